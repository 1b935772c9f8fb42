"""Expressions: reads, calls, arithmetic and literals in the shape of the type that they meet."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

from mapper.check import notation
from mapper.check.alternatives import candidates
from mapper.check.codes import admits, coded_shape, system_for
from mapper.check.env import Env
from mapper.check.functions import LIBRARY, find_function, misfit
from mapper.check.given import GIVEN, given_value
from mapper.check.lookups import resolve_lookup, table_of
from mapper.check.model import (
    Side,
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
    TTranslated,
    TypeRef,
)
from mapper.check.paths import resolve_path
from mapper.check.tables import direction_for, find_table
from mapper.diagnostics import diagnostic
from mapper.resolve.program import LookupInfo
from mapper.schema.model import Element
from mapper.settings.site import MEMBERS
from mapper.suggest import nearest
from mapper.syntax import tree

CONTEXT: dict[str, dict[str, str]] = {
    "$site": dict.fromkeys(MEMBERS, "text"),
    "$message": {"received": "time", "id": "text", "channel": "text"},
    "$partner": {"submitter": "node", "receiver": "node"},
    "$batch": {"purpose": "text", "reference": "text", "date": "text", "time": "text"},
}

URI_TYPES = ("uri", "url", "canonical")

STRING_TYPES = {
    "string",
    "markdown",
    "code",
    "id",
    "uri",
    "url",
    "canonical",
    "oid",
    "uuid",
    "date",
    "dateTime",
    "instant",
    "time",
    "base64Binary",
    "xhtml",
}


_DAY = r"-(0[1-9]|[12]\d|3[01])"
_DATE = rf"\d{{4}}(-(0[1-9]|1[0-2])({_DAY})?)?"
_CLOCK = r"([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?"
_ZONE = r"(Z|[+-]((0\d|1[0-3]):[0-5]\d|14:00))"
ANY = re.compile(r".*", re.DOTALL)
# The forms of FHIR's date and time types (R4, section 2.24.0.1).
TIMES = {
    "date": re.compile(_DATE),
    "dateTime": re.compile(rf"{_DATE}|\d{{4}}-(0[1-9]|1[0-2]){_DAY}T{_CLOCK}{_ZONE}"),
    "instant": re.compile(rf"\d{{4}}-(0[1-9]|1[0-2]){_DAY}T{_CLOCK}{_ZONE}"),
    "time": re.compile(_CLOCK),
}


def resolve_expr(env: Env, expr: tree.Expr, side: Side, under: tuple[tree.Name, ...] = ()) -> TExpr | None:
    """Resolve an expression that reads one side; literals get the shape of plain text or number.

    `under` names the lists around the rows that a path leads to.
    """
    match expr:
        case tree.Read(path=path) if (rows := _lookup_table(env, path, side)) is not None:
            return resolve_lookup(env, expr, rows, side)
        case tree.Read(path=path, as_of=as_of):
            if as_of is not None:
                help_text = "only a dated look-up table has rows that hold for some days"
                env.tell(diagnostic("E302", "`as of` belongs to a look-up", as_of.span, help=help_text))
                return None
            return _read(env, path, side, under)
        case tree.Arithmetic(operator=operator, left=left, right=right):
            a, b = resolve_expr(env, left, side), resolve_expr(env, right, side)
            return TArithmetic(operator, a, b, expr.span) if a is not None and b is not None else None
        case tree.Translated(path=path, table=name):
            found, table = resolve_path(env, path, side), find_table(env, name)
            if found is None or table is None:
                return None
            return TTranslated(found, table, direction_for(side), expr.span)
        case tree.Absent(flavor=flavor):
            return TAbsent(flavor, expr.span)
        case _:
            return _plain(env, expr)


def _lookup_table(env: Env, path: tree.Path, side: Side) -> LookupInfo | None:
    """The look-up table that a path begins with."""
    return table_of(env, path, side) if env.node(side).format != GIVEN else None


def _plain(env: Env, literal: tree.Expr) -> TConst | None:
    match literal:
        case (
            tree.String(value=value)
            | tree.Date(value=value)
            | tree.Boolean(value=value)
            | tree.Number(value=value)
        ):
            return TConst(value, None, literal.span)
        case tree.Code(code=code):
            return TConst(code, None, literal.span)
        case _:
            env.tell(diagnostic("E407", "this kind of literal has no place in a mapping", literal.span))
            return None


def _read(env: Env, path: tree.Path, side: Side, under: tuple[tree.Name, ...]) -> TExpr | None:
    first = path.steps[0]
    if env.node(side).format == GIVEN:
        return given_value(env, path, side)
    if first.name == "$number":
        return TNumber(path.span)
    if first.name.startswith("$"):
        return _context(env, path)
    if first.args is not None and not first.loop and (called := _call(env, path, side)) is not NOT_A_CALL:
        return called
    resolved = resolve_path(env, path, side, under)
    return TRead(resolved) if resolved is not None else None


def _context(env: Env, path: tree.Path) -> TContext | None:
    members = CONTEXT.get(path.steps[0].name)
    if members is None or len(path.steps) != 2 or path.steps[1].name not in members:
        known = [f"{s}.{m}" for s, names in CONTEXT.items() for m in names]
        written = ".".join(step.name for step in path.steps)
        close = nearest(written, known)
        env.tell(
            diagnostic(
                "E201",
                f"there is no context value `{written}`",
                path.span,
                "unknown",
                help=f"did you mean {close}?" if close else "known are " + ", ".join(known),
            )
        )
        return None
    return TContext(path.steps[0].name[1:], path.steps[1].name, path.span)


NOT_A_CALL: Any = object()


def given_here(env: Env, side: Side) -> bool:
    """Whether a side stands for a member of the context."""
    return env.node(side).format == GIVEN


def calls(env: Env, path: tree.Path, side: Side) -> bool:
    """Whether a path is a call of a function."""
    first = path.steps[0]
    if first.args is None or first.loop or first.name.startswith("$"):
        return False
    return isinstance(_call(replace(env, diagnostics=[]), path, side), TCall)


def _call(env: Env, path: tree.Path, side: Side) -> TExpr | Any | None:
    """A function call, or `NOT_A_CALL` where the parentheses are a reference's types or a standard's name."""
    first = path.steps[0]
    scope = env.scope(path.span)
    if first.name not in LIBRARY and first.name not in scope.functions:
        schema = env.schema(side, path.span)
        types = env.node(side).types
        child = any(schema.element(t, first.name) or candidates(schema, t, first.name) for t in types)
        if child or first.name in env.aliases or len(path.steps) > 1:
            return NOT_A_CALL
        close = nearest(first.name, [*LIBRARY, *scope.functions])
        env.tell(
            diagnostic(
                "E207",
                f"there is no function `{first.name}`",
                first.span,
                "not declared or imported",
                help=f"did you mean {close}?" if close else "import it from lib",
            )
        )
        return None
    args = [resolve_expr(env, arg, side) for arg in first.args or ()]
    if any(arg is None for arg in args):
        return None
    known = tuple(arg for arg in args if arg is not None)
    if first.name in LIBRARY:
        return _fitting(env, TCall(first.name, None, "go", known, path.span))
    function = find_function(env, tree.Name(first.name, first.span))
    if function is None:
        return None
    direction = "go" if function.declaration.left.format == env.node(side).format else "back"
    if direction == "back" and not function.declaration.two_way:
        env.tell(
            diagnostic(
                "E501",
                f"`{first.name}` takes values of {function.declaration.left.format}",
                first.span,
                "only one-way",
                help="declare the function `between` the two formats, or call one that goes this way",
            )
        )
        return None
    return _fitting(env, TCall(first.name, function, direction, known, path.span))  # type: ignore[arg-type]


def _fitting(env: Env, call: TCall) -> TCall | None:
    """A call, if it gives as many values as the function takes (E401)."""
    problem = misfit(call.name, call.function, call.direction, len(call.args))
    if problem is None:
        return call
    help_text = "name a list, or use `+`" if call.function is None else None
    env.tell(diagnostic("E401", problem, call.span, "another number", help=help_text))
    return None


def resolve_constant(env: Env, literal: tree.Expr, beside: TExpr) -> TConst | None:
    """A literal in the shape of the value that it is compared with."""
    if isinstance(beside, TRead) and beside.path.steps:
        element = beside.path.steps[-1].element
        return constant_for(env, literal, element, beside.path)
    if isinstance(beside, TTranslated):
        return _translated_constant(env, literal, beside)
    if isinstance(beside, TLookup) and isinstance(literal, tree.Date) and beside.form in notation.DELIMITED:
        return TConst(literal.value.replace("-", ""), None, literal.span)
    return _plain(env, literal)


def _translated_constant(env: Env, literal: tree.Expr, beside: TTranslated) -> TConst | None:
    if not isinstance(literal, tree.String | tree.Code):
        env.tell(diagnostic("E407", "a translated value is compared with a code", literal.span))
        return None
    code = literal.code if isinstance(literal, tree.Code) else literal.value
    rows = beside.table.rows
    cells = [row.right[0] if beside.direction == "go" else row.left[0] for row in rows]
    known = {cell.code for cell in cells if cell is not None}
    if known and code not in known:
        close = nearest(code, known)
        env.tell(
            diagnostic(
                "E405",
                f"the table `{beside.table.name}` never gives `{code}`",
                literal.span,
                "never true",
                help=f"did you mean {close}?" if close else None,
            )
        )
        return None
    return TConst(code, None, literal.span)


def constant_for(env: Env, literal: tree.Expr, element: Element, path: TPath) -> TConst | None:
    """A literal in the shape of an element's type, checked against its binding."""
    type_ref = path.type
    if isinstance(literal, tree.Absent):
        return TConst(None, type_ref, literal.span)
    if type_ref.format != "fhir":
        return _v2_constant(env, literal, element, type_ref)
    shape = coded_shape(type_ref.name)
    if shape is not None and isinstance(literal, tree.String | tree.Code):
        code = system_for(env, literal, element.binding, shape)
        return TConst(coded(code[0], code[1], shape), type_ref, literal.span) if code else None
    value: Any = None
    match literal:
        case tree.Boolean(value=truth) if type_ref.name == "boolean":
            value = truth
        case tree.Number(value=number) if type_ref.name in ("integer", "positiveInt", "unsignedInt"):
            value = int(number) if _is_whole(number, type_ref.name) else None
        case tree.Number(value=number) if type_ref.name == "decimal":
            value = number
        case tree.String(value=text) if type_ref.name in STRING_TYPES:
            value = text if TIMES.get(type_ref.name, ANY).fullmatch(text) else None
        case tree.Date(value=text) if type_ref.name in ("date", "dateTime"):
            value = text if TIMES[type_ref.name].fullmatch(text) else None
        case tree.Code() if type_ref.name in URI_TYPES:
            env.scope(literal.span).use(literal.system)
            system = env.scope(literal.span).systems.get(literal.system)
            value = f"{system.uri}/{literal.code}" if system else None
        case tree.Read(path=tree.Path(steps=(step,))) if type_ref.name in URI_TYPES:
            env.scope(literal.span).use(step.name)
            found = env.scope(literal.span).systems.get(step.name)
            value = found.uri if found else None
    if value is None:
        env.tell(
            diagnostic(
                "E407",
                f"this literal is no {type_ref.name}",
                literal.span,
                f"{element.name} is {_article(type_ref.name)}",
            )
        )
        return None
    return TConst(value, type_ref, literal.span)


def _is_whole(number: Decimal, type_name: str) -> bool:
    least = {"positiveInt": 1, "unsignedInt": 0}.get(type_name)
    return number == number.to_integral_value() and (least is None or number >= least)


def _article(name: str) -> str:
    return f"{'an' if name[0] in 'aeio' else 'a'} {name}"


def _v2_constant(env: Env, literal: tree.Expr, element: Element, type_ref: TypeRef) -> TConst | None:
    match literal:
        case tree.String(value=text):
            if text and not admits(env, literal, element.binding, None, text):
                return None
            return TConst(text, type_ref, literal.span)
        case tree.Number(value=number):
            return TConst(
                format(number, "f") if isinstance(number, Decimal) else str(number), type_ref, literal.span
            )
        case tree.Code(code=code):
            return TConst(code, type_ref, literal.span)
        case tree.Date(value=text):
            return TConst(text.replace("-", ""), type_ref, literal.span)
        case _:
            env.tell(
                diagnostic(
                    "E407",
                    f"this literal is no {type_ref.name}",
                    literal.span,
                    "not a text or a number",
                    help='write the code or text in quotes, such as "Y"',
                )
            )
            return None


def coded(system: str | None, code: str, shape: str) -> Any:
    """A code as a `code`, `Coding` or `CodeableConcept` value."""
    if shape == "code":
        return code
    coding = {"system": system, "code": code} if system else {"code": code}
    return {"coding": [coding]} if shape == "CodeableConcept" else coding
