"""How a value passes, in generated code: unchanged, by a function, a mapping or a table."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from mapper import ir
from mapper.check import notation
from mapper.check.model import (
    ByFunction,
    ByMapping,
    ByTable,
    Converter,
    Same,
    TArithmetic,
    TCall,
    TExpr,
    TLookup,
    TPath,
    TRead,
    TTranslated,
    Way,
)
from mapper.lower.block import Block
from mapper.lower.cells import computed, is_computed
from mapper.lower.cursor import Cursor
from mapper.lower.out import OutNode
from mapper.lower.read_numbered import NumberedReader
from mapper.lower.tables import shape_name
from mapper.lower.values import (
    all_values,
    describe,
    expr_where,
    function_expr,
    list_where,
    lower_expr,
    read_path,
)
from mapper.resolve.program import MappingInfo
from mapper.source import Span

if TYPE_CHECKING:
    from mapper.lower.function import Frame, FunctionLowering

TABLES = "runtime.lib.tables"


def value_of(
    low: FunctionLowering, frame: Frame, way: Way, span: Span, removed: ast.expr | None = None
) -> tuple[ast.expr, ast.expr | None]:
    """The converted value of a single line, with source-side defaults tried in order, and where it came from.

    Nothing stands in for a value that the source asks to be removed.
    """
    converter = way.converters[0][1]
    first = way.sources[0]
    if isinstance(converter, ByTable) and (len(way.sources) > 1 or len(way.targets) > 1):
        wheres = [where for source in way.sources for where in expr_where(low, source)]
        return _tuple(low, frame, converter, way, span), ir.where(*wheres)
    if isinstance(first, TRead):
        if isinstance(converter, ByFunction) and converter.lists and _is_list(first.path):
            values = all_values(low, first.path, frame.block)
            value: ast.expr = frame.block.bind("value", _called(low, converter, values), span)
            where: ast.expr | None = list_where(low, first.path)
        else:
            cursor = read_path(low, first.path, frame.block)
            value, where = (
                converted(low, frame, converter, cursor, way, span),
                where_of(low, converter, cursor),
            )
    else:
        value = computed(low, frame.block, first, converter, span)
        wheres = expr_where(low, first)
        where = ir.where(*wheres) if wheres else None
    for default, through in way.defaults:
        if is_source_value(default):
            where = where if isinstance(where, ast.Name) else note_where(low, frame.block, where)
            value = or_default(low, frame, way, value, default, through, span, removed, where)
    return value, where


def _is_list(path: TPath) -> bool:
    return any(s.open or (s.position is not None and not s.position.single) for s in path.steps)


def is_source_value(default: TExpr) -> bool:
    """Whether a default reads the source, and so makes nodes as a copied value does."""
    if isinstance(default, TLookup):
        return not default.fixed
    return isinstance(default, TRead | TCall | TTranslated | TArithmetic)


def or_default(
    low: FunctionLowering,
    frame: Frame,
    way: Way,
    value: ast.expr,
    default: TExpr,
    through: Converter,
    span: Span,
    removed: ast.expr | None,
    where: ast.expr,
) -> ast.expr:
    """The value, or another one where it is absent; `where` is the local that tells where it came from (tracing)."""
    name = low.names.new("value")
    block = frame.block
    block.add(ir.Assign(name, value, span))
    with low.branch(frame, None) as inner:
        if isinstance(default, TRead):
            cursor = read_path(low, default.path, inner)
            other = converted(low, frame, through, cursor, way, span)
            wheres = [where_of(low, through, cursor)]
        else:
            other = computed(low, inner, default, through, span)
            wheres = expr_where(low, default)
        assert isinstance(where, ast.Name)
        inner.add(ir.Note(where.id, ir.where(*wheres)))
        if low.source.format in notation.DELIMITED and (isinstance(through, Same) or _is_visible(through)):
            other = ast.BoolOp(
                ast.Or(), [other, ir.const(None)]
            )  # absent v2 text is empty, all else is `None`
        inner.add(ir.Assign(name, other, span))
    test = ir.not_(is_there(low, way, ir.var(name)))
    block.add(
        ir.If(test if removed is None else ir.both([test, ir.not_(removed)]), inner.statements, span=span)
    )
    return ir.var(name)


def note_where(low: FunctionLowering, block: Block, where: ast.expr | None) -> ast.Name:
    """A local of the tracing flavour that tells where a value came from; a default changes it."""
    name = low.names.new("where")
    block.add(ir.Note(name, where or ir.const(None)))
    return ir.var(name)


def where_of(low: FunctionLowering, converter: Converter, cursor: Cursor) -> ast.expr:
    """Where what a conversion reads stands: a composite that a function takes whole, else the value alone."""
    if isinstance(converter, ByMapping) or (isinstance(converter, ByFunction) and converter.raw):
        return cursor.where
    return low.reader.value_where(cursor)


def is_there(low: FunctionLowering, way: Way, value: ast.expr) -> ast.expr:
    """Whether a converted value is there: v2 text and untouched v2 text are falsy when absent, all else is `None`."""
    if low.target.format in notation.DELIMITED:
        return value
    if is_computed(way.sources[0]):
        return ir.call(low.unit.module.use("runtime.lib.arithmetic", "is_valued"), value)
    converter = way.converters[0][1]
    if low.source.format in notation.DELIMITED and (isinstance(converter, Same) or _is_visible(converter)):
        return value
    return ir.compare(value, "is not", ir.const(None))


def converted(
    low: FunctionLowering, frame: Frame, converter: Converter, cursor: Cursor, way: Way, span: Span
) -> ast.expr:
    """The converted value of what stands at a cursor; a value that does not fit is told and absent."""
    reader = low.reader
    block = frame.block
    match converter:
        case Same():
            return block.bind("value", reader.text(cursor), span)
        case ByFunction(raw=True):
            return _told(
                low,
                frame,
                cursor,
                cursor.value,
                _called(low, converter, reader.argument(cursor, block, span)),
                way,
                span,
            )
        case ByFunction():
            if _is_visible(converter) and isinstance(reader, NumberedReader):
                return block.bind("value", reader.text(cursor, "visible_text"), span)
            text = block.bind("value", reader.text(cursor), span)
            return _told(low, frame, cursor, text, _called(low, converter, text), way, span)
        case ByMapping(mapping=mapping):
            return _primitive_call(low, frame, mapping, cursor, span)
        case ByTable():
            return _translated(low, frame, converter, cursor, way, span)


def _is_visible(converter: Converter) -> bool:
    """Whether text passes as it is unless it is blank."""
    return isinstance(converter, ByFunction) and converter.target == "runtime.lib.text:visible"


def worth_calling(low: FunctionLowering, cursor: Cursor) -> ast.expr:
    """Whether another mapping has anything to read; what was divided already it looks through itself."""
    if cursor.kind in ("parts", "segment"):
        return ir.const(True)
    return low.reader.valued(cursor) if cursor.kind in ("leaf", "pair") else cursor.value


def _called(low: FunctionLowering, how: ByFunction, value: ast.expr) -> ast.expr:
    return ir.call(function_expr(low, how), *([ir.var("c")] if how.takes_context else []), value)


def _told(
    low: FunctionLowering,
    frame: Frame,
    cursor: Cursor,
    present: ast.expr,
    called: ast.expr,
    way: Way,
    span: Span,
) -> ast.expr:
    """`value = f(x) if x else None`, and a finding where x is there but f has no answer."""
    name = low.names.new("value")
    test = low.reader.valued(cursor) if cursor.kind in ("leaf", "pair") else present
    frame.block.add(ir.Assign(name, ir.const(None), span))
    inner: list[ir.Stmt] = [ir.Assign(name, called, span)]
    first = way.sources[0]
    what = describe(first.path) if isinstance(first, TRead) else ""
    unfit = ir.method(ir.var("c"), "unfit", low.site(span, what))
    traced = ir.method(ir.var("c"), "unfit", low.site(span, what), cursor.where)
    inner.append(ir.If(ir.compare(ir.var(name), "is", ir.const(None)), [ir.Do(unfit, span, traced)]))
    frame.block.add(ir.If(test, inner, span=span))
    return ir.var(name)


# -- mappings ------------------------------------------------------------------------------------


def call_mapping(
    low: FunctionLowering,
    frame: Frame,
    mapping: MappingInfo,
    cursor: Cursor,
    node: OutNode,
    span: Span,
    type_name: str = "",
) -> None:
    """Let another mapping fill a node."""
    if node.kind in ("reference", "resource") or (node.kind == "root" and node.using is None):
        node.using = node.using or mapping
    if node.kind == "reference" and not (node.step is not None and len(node.step.types) == 1):
        node.type = low.resource_type(mapping, type_name) or node.type
    node.filled = True
    if low.direction == "back" and low.unit.uses_number(mapping):
        frame.block.add(ir.Do(ir.method(ir.var("c"), "count", low.number()), span))
    argument = low.source_argument(mapping, cursor, frame.block, span)
    function = low.unit.function(mapping, low.direction, cursor.type, node.type)
    plain = ir.call(function, ir.var("c"), argument, node.var)
    traced = ir.call(function, ir.var("c"), argument, node.var, cursor.where)
    frame.block.add(ir.Do(plain, span, traced))


def call_first(
    low: FunctionLowering, frame: Frame, mapping: MappingInfo, cursor: Cursor, node: OutNode, span: Span
) -> None:
    """Let another mapping fill a resource that further lines of its body fill too.

    What a mapping only fills (constants, defaults) it puts where it finds its node made. A node that is empty when the
    mapping has read its source may still be made by the lines behind it: then the mapping is called once more.
    """
    call_mapping(low, frame, mapping, cursor, node, span)
    if low.direction == "back" or node.finished or node.kind not in ("resource", "reference"):
        return
    called = frame.block.statements[-1]
    empty = low.names.new(f"{node.name}_empty")
    frame.head.append(ir.Assign(empty, ir.const(False)))
    frame.block.add(ir.Assign(empty, ir.not_(low.writer.made(node)), span))
    node.fills.append(ir.If(ir.var(empty), [called], span=span))


def _primitive_call(
    low: FunctionLowering, frame: Frame, mapping: MappingInfo, cursor: Cursor, span: Span
) -> ast.expr:
    """A mapping whose target is a plain value gives it back."""
    argument = low.source_argument(mapping, cursor, frame.block, span)
    function = low.unit.function(mapping, low.direction, cursor.type)
    name = low.names.new("value")
    plain = ir.if_else(_there(low, cursor), ir.call(function, ir.var("c"), argument), ir.const(None))
    traced = ir.if_else(
        _there(low, cursor), ir.call(function, ir.var("c"), argument, cursor.where), ir.const(None)
    )
    frame.block.add(ir.Assign(name, plain, span, traced))
    return ir.var(name)


def _there(low: FunctionLowering, cursor: Cursor) -> ast.expr:
    return worth_calling(low, cursor)


def narrowed(low: FunctionLowering, path: TPath, type_name: str) -> TPath:
    """A path whose last followed reference leads to one type only."""
    steps = tuple(
        replace(step, deref=(type_name,), types=(type_name,)) if type_name in step.deref else step
        for step in path.steps
    )
    one = replace(path, steps=steps, types=(type_name,))
    if id(path) in low.claiming:
        low.claiming.add(id(one))
        low.kept.append(one)
    return one


# -- tables --------------------------------------------------------------------------------------


def _translated(
    low: FunctionLowering, frame: Frame, how: ByTable, cursor: Cursor, way: Way, span: Span
) -> ast.expr:
    """A translation, with the source's coding kept beside it on a CodeableConcept."""
    use = low.unit.module.use
    source, target = how.source_shapes[0], how.target_shapes[0]
    table = low.unit.table(how.table, how.direction)
    block = frame.block
    key = low.reader.text(cursor) if source not in ("Coding", "CodeableConcept") else cursor.value
    code = block.bind("code", key, span)
    otherwise = low.table_function(how)
    first = way.sources[0]
    site = low.site(span, describe(first.path) if isinstance(first, TRead) else "")
    found = ir.call(use(TABLES, f"from_{shape_name(source)}"), ir.var("c"), table, code, site, otherwise)
    if target == "CodeableConcept" or (
        target == "coded" and source == "CodeableConcept" and how.beside is not None
    ):
        original = _original(low, frame, how, cursor, span)
        function = use(TABLES, "to_concept" if target == "CodeableConcept" else "to_coded")
        name = low.names.new("value")
        frame.block.add(ir.Assign(name, ir.const(None), span))
        call = ir.call(function, found, original)
        traced = ir.trail("translate", function, found, original)
        frame.block.add(ir.If(_there(low, cursor), [ir.Assign(name, call, span, traced)], span=span))
        return ir.var(name)
    value = ir.call(use(TABLES, f"to_{shape_name(target)}"), found)
    name = low.names.new("value")
    frame.block.add(ir.Assign(name, ir.const(None), span))
    frame.block.add(ir.If(_there(low, cursor), [ir.Assign(name, value, span)], span=span))
    return ir.var(name)


def _original(low: FunctionLowering, frame: Frame, how: ByTable, cursor: Cursor, span: Span) -> ast.expr:
    """The source as the other side's concept, through the mapping for the two types; `None` without one."""
    if how.beside is None:
        return ir.const(None)
    name = low.names.new("original")
    frame.block.add(ir.Assign(name, low.writer.fresh(), span))
    if how.source_shapes[0] == "CodeableConcept":
        rest = ir.call(
            low.unit.module.use(TABLES, "untranslated_part"),
            low.unit.table(how.table, how.direction),
            cursor.value,
        )
        cursor = replace(cursor, value=frame.block.bind("rest", rest, span))
    argument = low.source_argument(how.beside, cursor, frame.block, span)
    function = low.unit.function(how.beside, low.direction)
    plain = ir.call(function, ir.var("c"), argument, ir.var(name))
    traced = ir.call(function, ir.var("c"), argument, ir.var(name), cursor.where)
    frame.block.add(ir.If(_there(low, cursor), [ir.Do(plain, span, traced)], span=span))
    return ir.var(name)


def _tuple(low: FunctionLowering, frame: Frame, how: ByTable, way: Way, span: Span) -> ast.expr:
    """A translation of several columns at once."""
    use = low.unit.module.use
    table = low.unit.table(how.table, how.direction)
    codes: list[ast.expr] = []
    for source, shape in zip(way.sources, how.source_shapes, strict=True):
        value = lower_expr(low, source, frame.block)
        codes.append(ir.call(use(TABLES, f"key_{shape_name(shape)}"), value))
    key = ast.Tuple(codes, ast.Load()) if len(codes) > 1 else codes[0]
    found = ir.call(use(TABLES, "from_tuple"), ir.var("c"), table, key, low.site(span, ""))
    shapes = ir.literal(tuple(shape_name(shape) for shape in how.target_shapes))
    cells = frame.block.bind("cells", ir.call(use(TABLES, "to_tuple"), found, shapes), span)
    if len(how.target_shapes) > 1:
        return cells
    return frame.block.bind("value", ir.if_else(cells, ir.index(cells, 0), ir.const(None)), span)
