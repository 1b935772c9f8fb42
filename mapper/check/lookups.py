"""Look-up tables in expressions: `mue[procedure = OBX-3.1].units as of OBX-14`."""

from __future__ import annotations

from decimal import Decimal

from mapper.check import notation
from mapper.check.converters import conversion
from mapper.check.env import Env
from mapper.check.model import (
    CELL_TYPES,
    Converter,
    Same,
    Side,
    TArithmetic,
    TCall,
    TConst,
    TContext,
    TExpr,
    TLookup,
    TNumber,
    TRead,
    TypeRef,
)
from mapper.diagnostics import diagnostic
from mapper.resolve.program import LookupInfo
from mapper.source import Span
from mapper.suggest import nearest
from mapper.syntax import tree

RECEIVED = ("message", "received")
"""The day that a dated table is read as of where a line says nothing else (docs/decisions/0021)."""

DAYS = {
    "hl7v2": frozenset({"DT", "TS", "DTM"}),
    "x12": frozenset({"D8", "DT"}),
    "fhir": frozenset({"date", "dateTime", "instant"}),
}
"""The types of each format that tell a day."""


def table_of(env: Env, path: tree.Path, side: Side) -> LookupInfo | None:
    """The look-up table that a path begins with; an element or a node of that name comes first."""
    first = path.steps[0]
    table = env.scope(path.span).tables.get(first.name)
    if not isinstance(table, LookupInfo) or first.name in env.aliases or first.args is not None:
        return None
    schema = env.schema(side, path.span)
    if any(schema.element(name, first.name) is not None for name in env.node(side).types):
        return None
    env.scope(path.span).use(first.name)
    return table


def resolve_lookup(
    env: Env, read: tree.Read, table: LookupInfo, side: Side, row: bool = False
) -> TLookup | None:
    """A look-up with all its keys, each of its column's type. `row`: whether it may ask for a row without a column."""
    first, *rest = read.path.steps
    if len(rest) > 1 or read.path.window is not None or any(step.selects or step.args for step in rest):
        _tell(env, "E301", f"a cell of `{table.name}` has no parts", rest[0].span, "not a column")
        return None
    if not rest and not row:
        names = ", ".join(f"`.{column.name.text}`" for column in table.declaration.columns)
        _tell(
            env, "E301", f"which column of `{table.name}`?", read.path.span, "a row", f"write one of {names}"
        )
        return None
    column = _column(env, table, rest[0]) if rest else None
    keys = _keys(env, table, first, side)
    day = _day(env, read, table, side)
    if keys is None or day is WRONG or (rest and column is None):
        return None
    form = env.node(side).format
    return TLookup(table, keys, column, day, not env.asking, read.span, form)  # type: ignore[arg-type]  # `WRONG` is told


def in_rows(env: Env, condition: tree.InTable, table: LookupInfo, side: Side) -> TLookup | None:
    """`x in table t`: whether the table, which has one key, has a row for x."""
    if len(table.keys) != 1:
        message = f"`{table.name}` has {len(table.keys)} keys, and this gives one value"
        pairs = " and ".join(f"{column.name.text} = ..." for column in table.keys)
        _tell(
            env,
            "E302",
            message,
            condition.table.span,
            "several keys",
            f"write `{table.name}[{pairs}] valued`",
        )
        return None
    env.scope(condition.table.span).use(table.name)
    key = _key(env, table, table.keys[0], condition.expr, side)
    read = tree.Read(tree.Path((), condition.table.span), condition.span, condition.as_of)
    day = _day(env, read, table, side)
    if key is None or day is WRONG:
        return None
    form = env.node(side).format
    return TLookup(table, (key,), None, day, False, condition.span, form)  # type: ignore[arg-type]  # as above


def _tell(env: Env, code: str, message: str, span: Span, label: str = "", help: str | None = None) -> None:
    env.tell(diagnostic(code, message, span, label, help=help))


def _column(env: Env, table: LookupInfo, step: tree.Step) -> int | None:
    names = [column.name.text for column in table.declaration.columns]
    if step.name in names:
        return names.index(step.name)
    close = nearest(step.name, names)
    hint = f"did you mean {close}?" if close else "it has " + ", ".join(names)
    _tell(env, "E301", f"`{table.name}` has no column `{step.name}`", step.span, "unknown", hint)
    return None


# -- keys --------------------------------------------------------------------------------------------


def _keys(
    env: Env, table: LookupInfo, step: tree.Step, side: Side
) -> tuple[tuple[TExpr, Converter], ...] | None:
    """The keys that a step's selectors give, in the order of the columns."""
    given: dict[str, tuple[TExpr, Converter]] = {}
    columns = {column.name.text: column for column in table.keys}
    for name, expr in _equations(env, table, step):
        if name is None or expr is None:
            return None
        if name.text not in columns:
            close = nearest(name.text, columns)
            hint = f"did you mean {close}?" if close else f"its keys are {', '.join(columns)}"
            _tell(env, "E302", f"`{name.text}` is no key of `{table.name}`", name.span, "not a key", hint)
            return None
        if name.text in given:
            _tell(env, "E302", f"the key `{name.text}` is given twice", name.span, "again here")
            return None
        key = _key(env, table, columns[name.text], expr, side)
        if key is None:
            return None
        given[name.text] = key
    missing = [name for name in columns if name not in given]
    if missing:
        shown = " and ".join(f"{name} = ..." for name in columns)
        message = f"a look-up in `{table.name}` gives all its keys: `{missing[0]}` is missing"
        _tell(env, "E302", message, step.span, "not one row", f"write `{table.name}[{shown}]`")
        return None
    return tuple(given[name] for name in columns)


def _equations(
    env: Env, table: LookupInfo, step: tree.Step
) -> list[tuple[tree.Name | None, tree.Expr | None]]:
    """The terms `column = value` of all selectors; what is no such term is told, then it has no name."""
    found: list[tuple[tree.Name | None, tree.Expr | None]] = []
    for select in step.selects:
        if isinstance(select, tree.Position):
            _tell(env, "E303", f"the rows of `{table.name}` have no positions", select.span, "a position")
            return [(None, None)]
        condition = select.condition
        for term in condition.terms if isinstance(condition, tree.And) else (condition,):
            match term:
                case tree.Compare(
                    operator="=",
                    left=tree.Read(path=tree.Path(steps=(tree.Step(selects=(), args=None) as column,))),
                    right=right,
                ):
                    found.append((tree.Name(column.name, column.span), right))
                case _:
                    _tell(
                        env,
                        "E302",
                        f"a row of `{table.name}` is found by its keys",
                        term.span,
                        "not `key = value`",
                        f"write `{table.name}[{table.keys[0].name.text} = ...]`",
                    )
                    return [(None, None)]
    return found


def _key(
    env: Env, table: LookupInfo, column: tree.Column, expr: tree.Expr, side: Side
) -> tuple[TExpr, Converter] | None:
    """A value for a key, and how it gets its column's form."""
    from mapper.check.expressions import resolve_expr  # expressions and look-ups contain each other

    if isinstance(expr, tree.Code | tree.Boolean | tree.Duration | tree.Absent):
        _unfit(env, table, column, expr.span)
        return None
    value = resolve_expr(env.asked(), expr, side)
    if value is None:
        return None
    match value:
        case TConst(value=literal):
            fits = {"text": str, "date": str}.get(column.type, Decimal)
            dated = isinstance(expr, tree.Date) == (column.type == "date")
            found: Converter | None = Same() if isinstance(literal, fits) and dated else None
        case TRead(path=path):
            if (many := next((step for step in path.steps if step.open), None)) is not None:
                name = notation.shown(path.base.format, many.owner, many.element.name)
                _tell(
                    env,
                    "E403",
                    f"`{name}` repeats",
                    many.span,
                    "which one?",
                    "write a position such as `[1]`",
                )
                return None
            found = _into(column, path.type)
        case TLookup():
            found = _into(column, value.type)
        case TNumber() | TArithmetic():
            found = Same() if column.type in ("number", "money") else None
        case TCall(function=None, name=name):
            found = Same() if column.type in ("number", "money") else None
        case _:  # a function's answer, a value of the context, a translated code
            found = Same() if column.type == "text" or isinstance(value, TCall) else None
    if found is None:
        _unfit(env, table, column, expr.span)
        return None
    return value, found


def _into(column: tree.Column, source: TypeRef) -> Converter | None:
    """How a value of a type gets the form of a column; text never becomes a number or a day unasked."""
    kinds = (CELL_TYPES["fhir"][column.type], *(("integer",) if column.type in ("number", "money") else ()))
    ways = (conversion(source, TypeRef("fhir", kind)) for kind in kinds)
    return next((way for way in ways if way is not None), None)


def _unfit(env: Env, table: LookupInfo, column: tree.Column, span: Span) -> None:
    kind = "an amount" if column.type == "money" else f"a {column.type}"
    _tell(
        env,
        "E401",
        f"the key `{column.name.text}` of `{table.name}` is {kind}",
        span,
        "does not fit",
        "name a part that is one value of that kind, or convert it with a function",
    )


# -- days --------------------------------------------------------------------------------------------

WRONG = object()


def _day(env: Env, read: tree.Read, table: LookupInfo, side: Side) -> TExpr | object | None:
    """What a dated table is read as of; `None` for any other table, `WRONG` where it is told."""
    from mapper.check.expressions import resolve_expr  # as above

    if not table.declaration.dated:
        if read.as_of is None:
            return None
        message = f"the rows of `{table.name}` hold for every day"
        hint = "leave `as of` out, or declare the table `dated`"
        _tell(env, "E302", message, read.as_of.span, "not dated", hint)
        return WRONG
    if read.as_of is None:
        return TContext(*RECEIVED, read.span)
    day = resolve_expr(env, tree.Read(read.as_of, read.as_of.span), side)
    if day is None:
        return WRONG
    if isinstance(day, TRead) and not any(step.open for step in day.path.steps):
        fits = day.path.types[0] in DAYS.get(day.path.base.format, ())
    else:
        fits = isinstance(day, TContext | TCall)
    if fits:
        return day
    _tell(
        env, "E401", "`as of` needs one day", read.as_of.span, "no day", "name an element that holds a date"
    )
    return WRONG
