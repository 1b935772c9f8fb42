"""How a value passes from one type to another: unchanged, by a conversion, a mapping, a table or a function."""

from __future__ import annotations

from itertools import product

from mapper.check import notation
from mapper.check.codes import coded_shape
from mapper.check.env import Env
from mapper.check.functions import by_function, find_function
from mapper.check.model import (
    ByFunction,
    ByMapping,
    ByTable,
    Converter,
    Direction,
    Same,
    TExpr,
    TPath,
    TRead,
    TypeRef,
)
from mapper.check.tables import find_table
from mapper.diagnostics import diagnostic
from mapper.resolve.program import FunctionInfo, MappingInfo
from mapper.source import Span
from mapper.suggest import nearest
from mapper.syntax import tree
from runtime.lib.conversions import CONVERSIONS


def converter(
    env: Env, link: tree.Link, source: TypeRef, target: TypeRef, direction: Direction, span: Span
) -> Converter | None:
    """The one way for that pair of types (E401, E402); told where there is none or several."""
    if link.using is not None:
        return named(env, link.using, source, target, direction)
    found = conversion(source, target)
    if found is not None:
        return found
    return _automatic(env, source, target, direction, span)


def conversion(source: TypeRef, target: TypeRef) -> Converter | None:
    """The implicit conversion between two primitive types, as the runtime library lists them."""
    entry = CONVERSIONS.get((source.format, source.name, target.format, target.name))
    if entry is None:
        return None
    if entry.go is None:
        return Same()
    return ByFunction(entry.go, None, entry.go_takes_context, False, entry.normalises, False)


def named(
    env: Env, name: tree.Name, source: TypeRef, target: TypeRef, direction: Direction
) -> Converter | None:
    """`using name`: a mapping or a function in scope."""
    scope = env.scope(name.span)
    mapping = scope.mappings.get(name.text)
    scope.use(name.text)
    if mapping is not None:
        if not _fits(env, mapping, source, target, name.span):
            _tell_unfit(env, mapping, source, target, name.span)
            return None
        return _through(env, mapping, direction, name.span)
    if name.text not in scope.functions:
        close = nearest(name.text, [*scope.mappings, *scope.functions])
        env.tell(
            diagnostic(
                "E205",
                f"there is no mapping or function `{name.text}`",
                name.span,
                "not declared or imported",
                help=f"did you mean {close}?" if close else None,
            )
        )
        return None
    function = find_function(env, name)
    if function is None:
        return None
    if not _fits(env, function, source, target, name.span):
        _tell_unfit(env, function, source, target, name.span)
        return None
    info = env.schema("left" if env.left.format == source.format else "right", name.span).type(source.name)
    raw = (
        source.format in notation.DELIMITED
        and info is not None
        and info.kind == "composite"
        and source.name not in ("TS", "DTM")
    )
    call = by_function(function, _function_direction(function, source, direction), raw)
    if call is None:
        env.tell(
            diagnostic(
                "E501",
                f"`{name.text}` does not go {'back' if direction == 'back' else 'forward'}",
                name.span,
                "only one-way",
                help="make the line one-way, or declare the function `between` the two types",
            )
        )
    return call


def _fits(env: Env, info: FunctionInfo | MappingInfo, source: TypeRef, target: TypeRef, span: Span) -> bool:
    """Whether a function or mapping is declared for the two types or wider ones, in either order.

    Wider than a type is what the module that uses it (`span`) says: the one that declares may know other versions.
    """
    left, right = info.declaration.left, info.declaration.right
    return any(
        (_has(left, one) and _has(right, other)) or (_has(left, other) and _has(right, one))
        for one in _widened(env, source, span)
        for other in _widened(env, target, span)
    )


def _widened(env: Env, ref: TypeRef, span: Span) -> tuple[TypeRef, ...]:
    """A type, and the wider one that it is a case of: what is declared for that fits it, too."""
    schema = env.scope(span).schemas.get(ref.format)
    info = schema.type(ref.name) if schema is not None else None
    if info is None or info.general is None:
        return (ref,)
    return ref, TypeRef(ref.format, info.general)


def _tell_unfit(
    env: Env, info: FunctionInfo | MappingInfo, source: TypeRef, target: TypeRef, span: Span
) -> None:
    left, right = info.declaration.left, info.declaration.right
    kind = "function" if isinstance(info, FunctionInfo) else "mapping"
    sides = [f"{t.format} {', '.join(name.text for name in t.names)}" for t in (left, right)]
    env.tell(
        diagnostic(
            "E401",
            f"the {kind} `{info.name}` does not connect {source} and {target}",
            span,
            "does not fit",
            notes=[f"it is declared between {sides[0]} and {sides[1]}"],
        )
    )


def _function_direction(function: FunctionInfo, source: TypeRef, direction: Direction) -> Direction:
    """A function may name its formats in the other order than the mapping does."""
    left, right = function.declaration.left.format, function.declaration.right.format
    if left == right:
        return direction
    return "go" if left == source.format else "back"


def _through(env: Env, mapping: MappingInfo, direction: Direction, span: Span) -> ByMapping | None:
    if direction == "back" and not mapping.declaration.two_way:
        env.tell(
            diagnostic(
                "E501",
                f"the mapping `{mapping.name}` goes one way only",
                span,
                "needed in both directions",
                help="make the line `->`, or declare the mapping `between` the two types",
            )
        )
        return None
    return ByMapping(mapping)


def mappings_for(
    env: Env, source: TypeRef, target: TypeRef, direction: Direction, span: Span
) -> list[MappingInfo]:
    """The mappings in scope for a pair of types; those for wider types only where there is none for the pair itself."""
    left, right = (source, target) if direction == "go" else (target, source)
    scope = env.scope(span)
    for one, other in product(_widened(env, left, span), _widened(env, right, span)):
        found = {
            name: m
            for name, m in scope.mappings.items()
            if _has(m.declaration.left, one) and _has(m.declaration.right, other)
        }
        for name in found:
            scope.use(name)
        if found:
            return list(found.values())
    return []


def _has(types: tree.Types, wanted: TypeRef) -> bool:
    return types.format == wanted.format and any(name.text == wanted.name for name in types.names)


def _automatic(
    env: Env, source: TypeRef, target: TypeRef, direction: Direction, span: Span
) -> Converter | None:
    found = mappings_for(env, source, target, direction, span)
    if len(found) == 1:
        return _through(env, found[0], direction, span)
    arrow = "to" if direction == "go" else "back from"
    a, b = (source, target) if direction == "go" else (target, source)
    if not found:
        env.tell(
            diagnostic(
                "E401",
                f"nothing says how {a.format} {a.name} corresponds {arrow} {b.format} {b.name}",
                span,
                f"{a.name} and {b.name}",
                help=f"import or write a mapping between {a} and {b}, or name a part of each side",
            )
        )
        return None
    names = ", ".join(f"`{m.name}`" for m in found)
    env.tell(
        diagnostic(
            "E402",
            f"several mappings fit {a.name} and {b.name}: {names}",
            span,
            "which one?",
            help=f"say which: `using {found[0].name}`",
        )
    )
    return None


def table_converter(
    env: Env, link: tree.Link, sources: tuple[TExpr, ...], targets: tuple[TPath, ...], direction: Direction
) -> Converter | None:
    """`using table t`: the columns must fit the sides in number, and each side must be able to hold a code."""
    name = link.using_table
    assert name is not None
    table = find_table(env, name)
    if table is None:
        return None
    source_columns = table.declaration.left if direction == "go" else table.declaration.right
    target_columns = table.declaration.right if direction == "go" else table.declaration.left
    if (len(source_columns), len(target_columns)) != (len(sources), len(targets)):
        env.tell(
            diagnostic(
                "E604",
                f"the table `{table.name}` has other columns than this line",
                name.span,
                help="give one path for each system of the table's side",
            )
        )
        return None
    source_shapes = tuple(_shape(env, each.path) if isinstance(each, TRead) else "text" for each in sources)
    target_shapes = tuple(_shape(env, path) for path in targets)
    beside = None
    if target_shapes == ("CodeableConcept",) or source_shapes == ("CodeableConcept",):
        first = sources[0].path.type if isinstance(sources[0], TRead) else None
        found = mappings_for(env, first, targets[0].type, direction, name.span) if first is not None else []
        beside = found[0] if len(found) == 1 else None
    return ByTable(table, direction, source_shapes, target_shapes, beside)


def _shape(env: Env, path: TPath) -> str:
    """How a side holds a code: FHIR's three shapes or a primitive's name; in v2 `text` or `coded` (component 1)."""
    type_ref = path.type
    if type_ref.format == "fhir":
        return coded_shape(type_ref.name) or type_ref.name
    info = env.schema(path.side, path.span).type(type_ref.name)
    return "coded" if info is not None and info.kind == "composite" else "text"
