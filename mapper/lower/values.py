"""Expressions and paths as generated code reads them."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mapper import ir
from mapper.check import notation
from mapper.check.model import (
    ByFunction,
    Converter,
    Node,
    TAbsent,
    TArithmetic,
    TCall,
    TConst,
    TContext,
    TExpr,
    TLookup,
    TNumber,
    TPath,
    TRead,
    TStep,
    TTranslated,
)
from mapper.lower.block import Block
from mapper.lower.cursor import Cursor
from mapper.lower.joins import joins

if TYPE_CHECKING:
    from mapper.lower.function import FunctionLowering

LIBRARY = {"count": "count", "length": "length", "sum": "total", "min": "least", "max": "most"}


def base_cursor(low: FunctionLowering, node: Node) -> Cursor:
    """The cursor of a node, or of the node that `this` stands for."""
    found: Node | None = node
    while found is not None and found not in low.cursors:
        found = found.path.base if found.path is not None and not found.path.steps else None
    if found is None:
        raise LookupError(f"no source for {node.types}")  # a checked path always has one
    return low.cursors[found]


def read_path(low: FunctionLowering, path: TPath, block: Block | None, upto: int | None = None) -> Cursor:
    """The single place that a path (or its first `upto` steps) leads to."""
    cursor = base_cursor(low, path.base)
    for number, step in enumerate(path.steps[:upto]):
        cursor = read_step(low, path, number, step, cursor, block)
    return cursor


def read_step(
    low: FunctionLowering, path: TPath, number: int, step: TStep, cursor: Cursor, block: Block | None
) -> Cursor:
    """One step of a single read: a list is filtered by its selectors and by what other lines claim, then counted."""
    reader = low.unit.reader(path.base.format)
    filtered = filtered_items(low, path, number, step, cursor, block)
    if filtered is None:
        return reader.one(cursor, step, block, path.span)
    place: ast.expr = ir.const(None)
    position = step.position.first if step.position else 1
    if block is not None:
        if reader.numbered(step):
            place = note_place(low, block, places_of(filtered), position)
        filtered = block.bind(f"{ir.identifier(step.element.name)}_items", filtered, path.span)
        if (step.selectors or step.resource) and step.position is None:
            tell = ir.method(ir.var("c"), "further", low.site(path.span, describe(path)), filtered)
            block.add(
                ir.If(
                    ir.compare(ir.call(ir.var("len"), filtered), ">", ir.const(1)), [ir.Do(tell, path.span)]
                )
            )
    chosen: ast.expr = ir.call(
        low.unit.module.use("runtime.lib.fhir", "pick"),
        filtered,
        ir.const(position),
        _absent(low, path, step),
    )
    if block is not None:
        chosen = block.bind(step.element.name.lower(), chosen, path.span)
        held = chosen.id if isinstance(chosen, ast.Name) else ""
        return reader.item(step, held, reader.item_where(cursor, step, held, place))
    return _unnamed(reader.item(step, "_", reader.item_where(cursor, step, "_", place)), chosen)


def places_of(items: ast.expr) -> ast.expr:
    """The 0-based places in the whole list of the items that a filter leaves."""
    assert isinstance(items, ast.ListComp), "filtered_items makes one"
    loop = items.generators[0]
    assert isinstance(loop.target, ast.Name)
    number = f"{loop.target.id}_at"
    target = ast.Tuple([ast.Name(number, ast.Store()), loop.target], ast.Store())
    whole = ast.comprehension(target, ir.call(ir.var("enumerate"), loop.iter), loop.ifs, 0)
    return ast.ListComp(ir.var(number), [whole])


def note_place(low: FunctionLowering, block: Block, places: ast.expr, position: int) -> ast.Name:
    """A local of the tracing flavour: the place of the item with a 1-based position among those that are left."""
    name = low.names.new("place")
    block.add(ir.Note(name, ir.trail("nth", places, ir.const(position))))
    return ir.var(name)


def _unnamed(cursor: Cursor, value: ast.expr) -> Cursor:
    """The cursor of an item that has no local name: its expressions stand for the name."""

    class Replace(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:  # the ast module's naming
            return value if node.id == "_" else node

    def replaced(tree: ast.expr) -> ast.expr:
        import copy

        return Replace().visit(copy.deepcopy(tree))  # type: ignore[no-any-return]

    holder = (replaced(cursor.holder[0]), cursor.holder[1]) if cursor.holder else None
    return Cursor(cursor.kind, replaced(cursor.value), replaced(cursor.where), cursor.type, holder)


def _absent(low: FunctionLowering, path: TPath, step: TStep) -> ast.expr:
    return low.unit.reader(path.base.format).absent(step)


def list_where(low: FunctionLowering, path: TPath) -> ast.expr:
    """Where the values of all items stand that a path's open steps run over."""
    reader = low.unit.reader(path.base.format)
    many = [number for number, step in enumerate(path.steps) if _many(step)]
    cursor = read_path(low, path, None, many[0] if many else None)
    for step in path.steps[many[0] :] if many else ():
        cursor = Cursor(
            cursor.kind, cursor.value, reader.any_where(cursor.where, step, _many(step)), step.types[0]
        )
    return reader.value_where(cursor)


def _many(step: TStep) -> bool:
    return step.open or (step.position is not None and not step.position.single)


def expr_where(low: FunctionLowering, expr: TExpr) -> list[ast.expr]:
    """Where the values stand that an expression reads."""
    match expr:
        case TRead(path=path) | TTranslated(path=path):
            return [list_where(low, path)]
        case TLookup(keys=keys):
            return [where for key, _ in keys for where in expr_where(low, key)]
        case TCall(args=args):
            return [where for arg in args for where in expr_where(low, arg)]
        case TArithmetic(left=left, right=right):
            return [*expr_where(low, left), *expr_where(low, right)]
        case _:
            return []


def filtered_items(
    low: FunctionLowering, path: TPath, number: int, step: TStep, cursor: Cursor, block: Block | None
) -> ast.expr | None:
    """The items of a list that a line may take: its selectors hold, and no more specific line claims them.

    `None` where the step is no list, or nothing narrows it but a position.
    """
    from mapper.lower.conditions import lower_condition

    exclusions = low.partition.exclusions(path, number) if id(path) in low.claiming else []
    joined = joins(low, path, number)
    reader = low.unit.reader(path.base.format)
    listed = step.element.repeats or reader.listed(step)
    if not listed or not (step.selectors or exclusions or joined):
        return None
    items = pointed_items(low, step, cursor) or reader.many(cursor, step, block, path.span)
    name = low.names.new("item")
    item = reader.item(step, name, cursor.where)
    tests: list[ast.expr] = []
    if step.element_node is not None:
        low.cursors[step.element_node] = item
    tests.extend(lower_condition(low, selector.condition, None) for selector in step.selectors)
    for other in exclusions:
        held = _holds(low, other, reader.item(other, name, cursor.where))
        tests += [ir.not_(ir.both(held))]
    tests.extend(join(item) for join in joined)
    return ir.comprehension(name, items, tests)


def pointed_items(low: FunctionLowering, step: TStep, cursor: Cursor) -> ast.expr | None:
    """The items of a list around that the numbers at a place point to; `None` where a step leads to no such items."""
    if step.pointer is None:
        return None
    node, element = step.pointer
    held = ir.get(base_cursor(low, node).value, element.slot, ast.Tuple([], ast.Load()))
    use = low.unit.module.use("runtime.lib.fhir", "pointed")
    return ir.call(use, cursor.value, ir.const(step.element.slot), held)


def _holds(low: FunctionLowering, step: TStep, item: Cursor) -> list[ast.expr]:
    """The tests of another line's selectors on an item."""
    from mapper.lower.conditions import lower_condition

    if step.element_node is not None:
        low.cursors[step.element_node] = item
    tests = [lower_condition(low, selector.condition, None) for selector in step.selectors]
    if step.deref:
        tests.append(ir.method(ir.var("c"), "points_to_type", item.value, ir.literal(step.deref)))
    return tests


def lower_expr(low: FunctionLowering, expr: TExpr, block: Block | None) -> ast.expr:
    """The decoded value of an expression."""
    match expr:
        case TRead(path=path):
            cursor = read_path(low, path, block)
            return low.unit.reader(path.base.format).text(cursor)
        case TConst(value=value):
            return ir.literal(value)
        case TContext(set=name, member=member):
            return ir.method(ir.var("c"), "context", ir.const(name), ir.const(member))
        case TNumber():
            return (
                ir.call(ir.var("str"), low.number())
                if low.target.format in notation.DELIMITED
                else low.number()
            )
        case TCall():
            return _call(low, expr, block)
        case TTranslated(path=path, table=table, direction=direction):
            value = lower_expr(low, TRead(path), block)
            return ir.call(
                low.unit.module.use("runtime.lib.tables", "code_of"), low.unit.table(table, direction), value
            )
        case TArithmetic(operator=operator, left=left, right=right):
            name = {"+": "add", "-": "subtract", "*": "multiply"}[operator]
            function = low.unit.module.use("runtime.lib.arithmetic", name)
            return ir.call(function, lower_expr(low, left, block), lower_expr(low, right, block))
        case TAbsent(flavor=flavor):
            return low.writer.missing(flavor)
        case TLookup():
            return _looked_up(low, expr, block)


def _looked_up(low: FunctionLowering, expr: TLookup, block: Block | None) -> ast.expr:
    """A cell of a look-up table; a condition has no need to tell that there is none."""
    use = low.unit.module.use
    keys = [_with(low, how, lower_expr(low, key, block)) for key, how in expr.keys]
    args = [low.unit.rows(expr.table), ast.Tuple(keys, ast.Load()), ir.const(expr.column)]
    if expr.day is not None or expr.told:
        args.append(lower_expr(low, expr.day, block) if expr.day is not None else ir.const(None))
    if expr.told:
        args.append(low.site(expr.span, expr.table.name))
    found = ir.call(use("runtime.lib.lookups", "look_up"), ir.var("c"), *args)
    kind = expr.table.declaration.columns[expr.column].type if expr.column is not None else "text"
    if kind == "text" or expr.form not in notation.DELIMITED:
        return found
    raw = "raw_day" if kind == "date" else "raw_number"
    return ir.call(use("runtime.lib.lookups", raw), found)


def _with(low: FunctionLowering, how: Converter, value: ast.expr) -> ast.expr:
    """A key in the form of its column; what does not fit is no key."""
    if not isinstance(how, ByFunction):
        return value
    context = [ir.var("c")] if how.takes_context else []
    return ir.call(
        low.unit.module.use("runtime.lib.lookups", "fitting"), function_expr(low, how), value, *context
    )


def _call(low: FunctionLowering, expr: TCall, block: Block | None) -> ast.expr:
    from mapper.check.functions import by_function

    if expr.function is None:
        function = low.unit.module.use("runtime.lib.arithmetic", LIBRARY[expr.name])
        lists = expr.name != "length"  # which is that of a text; all others run over lists
        return ir.call(function, *(_list_or_value(low, arg, block, lists) for arg in expr.args))
    how = by_function(expr.function, expr.direction, raw=False)
    if how is None:
        raise LookupError(expr.name)  # the checker refuses such a call
    args = [_list_or_value(low, arg, block) if how.lists else _argument(low, arg, block) for arg in expr.args]
    return ir.call(function_expr(low, how), *([ir.var("c")] if how.takes_context else []), *args)


def _argument(low: FunctionLowering, arg: TExpr, block: Block | None) -> ast.expr:
    """An argument of a library function, which takes an absent one as empty text."""
    value = lower_expr(low, arg, block)
    if isinstance(arg, TRead) and arg.path.base.format == "fhir":
        return ast.BoolOp(ast.Or(), [value, ir.const("")])
    return value


def _list_or_value(
    low: FunctionLowering, arg: TExpr, block: Block | None, selected: bool = False
) -> ast.expr:
    """All items of an argument whose path runs over a list, else its value."""
    if isinstance(arg, TRead) and any(step.open or (selected and several(step)) for step in arg.path.steps):
        return all_values(low, arg.path, block, selected)
    return lower_expr(low, arg, block)


def all_values(low: FunctionLowering, path: TPath, block: Block | None, selected: bool = False) -> ast.expr:
    """The values of all items that a path's open steps run over, flattened into one list.

    `selected`: of steps with a selector all matches count, not the first alone.
    """
    loops, item = every_item(low, path, block, selected)
    value = low.unit.reader(path.base.format).text(item)
    return ast.ListComp(value, loops) if loops else ast.List([value], ast.Load())


def every_item(
    low: FunctionLowering, path: TPath, block: Block | None, selected: bool
) -> tuple[list[ast.comprehension], Cursor]:
    """The loops over the lists of a path, and what it leads to in their innermost turn."""
    from mapper.lower.rows import run_items

    cursor = base_cursor(low, path.base)
    reader = low.unit.reader(path.base.format)
    loops: list[ast.comprehension] = []
    for number, step in enumerate(path.steps):
        at = None if loops else block
        ranged = step.position is not None and not step.position.single
        if not (step.open or ranged or (selected and several(step))):
            cursor = read_step(low, path, number, step, cursor, at)
            continue
        items = filtered_items(low, path, number, step, cursor, at)
        if items is None:
            items = reader.many(cursor, step, at, path.span)
        items = run_items(low, path.base.format, step, items)
        if ranged and step.position is not None:
            items = ast.Subscript(
                items, ast.Slice(ir.const(step.position.first - 1), ir.const(step.position.end)), ast.Load()
            )
        name = low.names.new("each")
        loops.append(ast.comprehension(ast.Name(name, ast.Store()), items, [], 0))
        cursor = reader.item(step, name, cursor.where)
    return loops, cursor


def several(step: TStep) -> bool:
    """Whether a selector of a list, or a resource type, may leave several items."""
    single = step.position is not None and step.position.single
    narrowed = bool(step.selectors) or step.resource
    return step.repeats and narrowed and step.level is None and not single


def function_expr(low: FunctionLowering, how: ByFunction) -> ast.expr:
    """The Python function behind a conversion; one direction of a pair becomes a module constant."""
    module, name = how.target.split(":")
    if how.attribute is None:
        return low.unit.module.use(module, name, name)
    imported = low.unit.module.use(module, name, f"{name}_pair")
    return low.unit.module.constant(f"{name}_{how.attribute}", ir.attribute(imported, how.attribute))


def describe(path: TPath) -> str:
    """A path for findings: standards' notation, no selectors, no values."""
    from mapper.check.paths import written_path

    return written_path(path)


Values = Sequence[ast.expr]
