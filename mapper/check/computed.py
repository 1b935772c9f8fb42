"""Values that stand at no path of their own: looked up, called, calculated, or given by the context."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mapper.check import notation
from mapper.check.converters import conversion, converter, named, table_converter
from mapper.check.env import Env
from mapper.check.lookups import table_of
from mapper.check.model import (
    CELL_TYPES,
    ByFunction,
    ByMapping,
    Converter,
    Direction,
    Same,
    Side,
    TArithmetic,
    TCall,
    TContext,
    TExpr,
    TLookup,
    TNumber,
    TPath,
    TypeRef,
    source_side,
)
from mapper.diagnostics import diagnostic
from mapper.source import Span
from mapper.syntax import tree

Computed = TLookup | TCall | TArithmetic | TContext | TNumber

UNDONE = "it cannot be undone"
TEXTS = frozenset({"string", "markdown", "code", "id", "uri", "url", "canonical", "oid", "uuid"})
NUMBERS = frozenset({"integer", "positiveInt", "unsignedInt", "decimal"})
GIVEN_TYPES = {
    ("message", "received"): ("hl7v2", "TS"),
    ("batch", "date"): ("x12", "D8"),
    ("batch", "time"): ("x12", "TM"),
}
"""The types of members of the context that are no plain texts."""


def unread(env: Env, link: tree.Link) -> bool:
    """Whether a line would have to write into what is only read, or run over what is no list; told (E501, E406)."""
    sides: tuple[tuple[Side, tuple[tree.Expr, ...]], ...] = (("left", link.left), ("right", link.right))
    for side, exprs in sides:
        for expr in exprs:
            found = _what(env, expr, side)
            if found is None:
                continue
            what, why = found
            if link.each:
                help_text = "leave `each` out, or run over the list that is read"
                _tell(
                    env, "E406", f"{what} is one value, so there is nothing to run over", expr.span, help_text
                )
                return True
            if link.arrow == "<->":
                help_text = "make the line `->` or `<-`; what goes both ways stands behind `using`"
                _tell(env, "E501", f"{what} is only read: {why}", expr.span, help_text)
                return True
    return False


def _what(env: Env, expr: tree.Expr, side: Side) -> tuple[str, str] | None:
    """What an expression is that is no path, and why nothing can be written into it.

    `None` for a path, and for what is told elsewhere.
    """
    from mapper.check.expressions import calls, given_here  # these call each other

    match expr:
        case tree.Arithmetic():
            return "a calculation", UNDONE
        case tree.Read(path=path) if not given_here(env, side):
            if table_of(env, path, side) is not None:
                return "a look-up table", "its cells do not tell which row they come from"
            return ("what a function gives", UNDONE) if calls(env, path, side) else None
        case _:
            return None


def no_list(env: Env, link: tree.Link, sources: Sequence[tree.Expr]) -> bool:
    """Whether an `each` would have to run over a literal or a value of the context; told (E406)."""
    if not link.each or (
        isinstance(sources[0], tree.Read) and not sources[0].path.steps[0].name.startswith("$")
    ):
        return False
    help_text = "leave `each` out, or write the value in the body of an `each`"
    _tell(env, "E406", "there is nothing to run over", sources[0].span, help_text)
    return True


def computed_converter(
    env: Env, link: tree.Link, value: Computed, target: TPath, direction: Direction, span: Span
) -> Converter | None:
    """How a value gets the form of its target: by itself, or through what the line names behind `using` (E401)."""
    if link.using_table is not None:
        return table_converter(env, link, (value,), (target,), direction)
    form = env.node(source_side(direction)).format if link.using is not None else _form(target)
    types = _types(value, form)
    if link.using is not None:
        through = named(env, link.using, types[0], target.type, direction) if types else None
        if isinstance(through, ByMapping) or (isinstance(through, ByFunction) and through.lists):
            message = "a calculated value passes through a function of single values, or a table"
            env.tell(diagnostic("E401", message, link.using.span, "does not fit"))
            return None
        return through
    return _by_itself(env, link, value, types, target, direction, span)


def by_itself(
    env: Env, link: tree.Link, value: Computed, target: TPath, direction: Direction, span: Span
) -> Converter | None:
    """The same for a default, which does not pass through what the line names."""
    plain = replace(link, using=None, using_table=None)
    return computed_converter(env, plain, value, target, direction, span)


def _by_itself(
    env: Env,
    link: tree.Link,
    value: Computed,
    types: tuple[TypeRef, ...],
    target: TPath,
    direction: Direction,
    span: Span,
) -> Converter | None:
    target_type = target.type
    if isinstance(value, TContext) and types[0].name in ("ST", "AN") and target_type.name in TEXTS:
        return Same()
    if isinstance(value, TNumber) and target_type.format == "fhir":
        if target_type.name in NUMBERS:
            return Same()
        env.tell(diagnostic("E401", f"{target_type} cannot take a number", span, "a number"))
        return None
    found = next((way for each in types if (way := conversion(each, target_type)) is not None), None)
    if found is not None:
        return found
    if isinstance(value, TCall) and value.function is not None and _open(env, target):
        return Same()
    through = converter(env, link, types[0], target_type, direction, span)
    return None if isinstance(through, ByMapping) else through


def _open(env: Env, target: TPath) -> bool:
    """Whether a function may give a target's value whole: a composite, or what no schema tells more of."""
    info = env.schema(target.side, target.span).type(target.type.name)
    return info is None or info.kind != "primitive"


def _form(target: TPath) -> str:
    """The format in whose notation a value is converted to its target."""
    return target.base.format if target.base.format in notation.DELIMITED else "hl7v2"


def _types(value: Computed, form: str) -> tuple[TypeRef, ...]:
    """The types that a value may have, in the notation of a format where it has none of its own."""
    match value:
        case TLookup():
            return (value.type,)
        case TContext(set=name, member=member):
            return (TypeRef(*GIVEN_TYPES.get((name, member), (form, CELL_TYPES[form]["text"]))),)
        case TNumber():
            return (TypeRef(form, "N0" if form == "x12" else "SI" if form == "hl7v2" else "positiveInt"),)
        case TCall(function=info, direction=direction) if info is not None:
            declared = info.declaration.right if direction == "go" else info.declaration.left
            return tuple(TypeRef(declared.format, name.text) for name in declared.names)
        case _:
            return (TypeRef(form, CELL_TYPES[form]["number"]),)


def as_held(value: TExpr, link: tree.Link | None, target: str) -> TExpr:
    """A look-up whose cell has the notation that the target's types are converted from; a function or a table takes it
    as the source's format would hold it.
    """
    if not isinstance(value, TLookup) or (link is not None and (link.using or link.using_table)):
        return value
    return replace(value, form=target if target in notation.DELIMITED else "hl7v2")


def _tell(env: Env, code: str, message: str, span: Span, help_text: str) -> None:
    env.tell(diagnostic(code, message, span, "here", help=help_text))
