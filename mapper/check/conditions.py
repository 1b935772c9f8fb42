"""Conditions against schemas: what `=` means for the type at hand, and that codes can occur there."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, cast

from mapper.check import notation
from mapper.check.codes import coded_shape, system_for
from mapper.check.env import Env
from mapper.check.expressions import URI_TYPES, resolve_constant, resolve_expr
from mapper.check.given import GIVEN
from mapper.check.lookups import in_rows, resolve_lookup, table_of
from mapper.check.model import (
    Node,
    Side,
    TAnd,
    TCodeIs,
    TCompare,
    TCond,
    TConst,
    TExpr,
    TInList,
    TInTable,
    TNot,
    TOr,
    TPath,
    TPointsTo,
    TQuantified,
    TRead,
    TStep,
    TValued,
)
from mapper.check.paths import resolve_path
from mapper.check.tables import direction_for, find_table
from mapper.diagnostics import diagnostic
from mapper.resolve.program import LookupInfo
from mapper.syntax import tree

CODED = ("code", "Coding", "CodeableConcept")


def resolve_condition(env: Env, condition: tree.Condition, side: Side) -> TCond | None:
    """Resolve a condition that reads one side; what is wrong is told, then the result is `None`."""
    env = env.asked()
    match condition:
        case tree.And(terms=terms):
            known = _conjuncts(env, terms, side)
            return TAnd(known) if len(known) == len(terms) else None
        case tree.Or(terms=terms):
            known = tuple(
                found for term in terms if (found := resolve_condition(env, term, side)) is not None
            )
            return TOr(known) if len(known) == len(terms) else None
        case tree.Not(term=term):
            inner = resolve_condition(env, term, side)
            return TNot(inner) if inner is not None else None
        case tree.Quantified():
            return _quantified(env, condition, side)
        case tree.Holds(expr=expr) | tree.Valued(expr=expr):
            value = _row(env, expr, side)
            negated = isinstance(condition, tree.Valued) and condition.negated
            return TValued(value, negated) if value is not None else None
        case tree.Compare():
            return _compare(env, condition, side)
        case tree.InTable():
            return _in_table(env, condition, side)
        case tree.InList():
            return _in_list(env, condition, side)
        case tree.Matches():
            env.tell(
                diagnostic(
                    "E302",
                    "`matches` belongs to rules, not to mappings",
                    condition.span,
                    help="use a function and `valued`: `case phone(this) valued`",
                )
            )
            return None


def _conjuncts(env: Env, terms: tuple[tree.Condition, ...], side: Side) -> tuple[TCond, ...]:
    """The terms of an `and`: what one says of the discriminating field holds for those behind it."""
    known: list[TCond] = []
    for term in terms:
        found = resolve_condition(env, term, side)
        if found is not None:
            known.append(found)
            if types := discriminated(found):
                env = env.narrowed(side, types)
    return tuple(known)


def discriminated(guard: TCond) -> tuple[str, ...]:
    """The types that a guard on OBX-2 leaves for OBX-5; empty where it says nothing of them."""
    match guard:
        case TAnd(terms=terms):
            return next((types for term in terms if (types := discriminated(term))), ())
        case TOr(terms=terms):
            each = [discriminated(term) for term in terms]
            return tuple(dict.fromkeys(name for types in each for name in types)) if all(each) else ()
        case TCompare(operator="=", left=TRead(path=path), right=TConst(value=value)) if _tells_type(path):
            return (str(value),)
        case TInList(expr=TRead(path=path), items=items) if _tells_type(path):
            return tuple(str(item.value) for item in items)
        case _:
            return ()


def _tells_type(path: TPath) -> bool:
    return bool(path.steps) and (path.steps[-1].owner, path.steps[-1].element.name) in notation.DISCRIMINATORS


def _quantified(env: Env, condition: tree.Quantified, side: Side) -> TCond | None:
    """`any a.b = c`: the quantifier runs over the path of the comparison's left operand."""
    term = condition.term
    expr = getattr(term, "expr", getattr(term, "left", None))
    if not isinstance(expr, tree.Read):
        env.tell(diagnostic("E302", "a quantifier needs a path to run over", condition.span))
        return None
    path = resolve_path(env, expr.path, side)
    if path is None:
        return None
    place = (path.steps[-1].owner, path.steps[-1].element.name) if path.steps else None
    item = Node(side, env.node(side).format, path.types, ("this",), env.node(side), element=place)
    this = tree.Read(tree.Path((tree.Step("this", expr.span),), expr.span), expr.span)
    inner = resolve_condition(env.item(side, item), _with_operand(term, this), side)
    return TQuantified(condition.quantifier, path, item, inner) if inner is not None else None


def _with_operand(term: tree.Condition, operand: tree.Expr) -> tree.Condition:
    from dataclasses import replace

    match term:
        case tree.Compare():
            return replace(term, left=operand)
        case tree.Holds() | tree.Valued() | tree.InTable() | tree.InList() | tree.Matches():
            return replace(term, expr=operand)
        case _:
            return term


def _compare(env: Env, condition: tree.Compare, side: Side) -> TCond | None:
    pointed = _points_to(env, condition, side)
    if pointed is not None:
        return pointed
    left = resolve_expr(env, condition.left, side)
    if left is None:
        return None
    if _names_system(env, condition.right, left):
        constant = resolve_constant(env, condition.right, left)
        return TCompare(condition.operator, left, constant) if constant is not None else None
    if isinstance(left, TRead) and isinstance(condition.right, tree.String | tree.Code):
        return _compare_literal(env, condition, left)
    if not isinstance(condition.right, tree.Read | tree.Arithmetic | tree.Translated):
        constant = resolve_constant(env, condition.right, left)
        return TCompare(condition.operator, left, constant) if constant is not None else None
    right = resolve_expr(env, condition.right, side)
    if isinstance(left, TRead) and isinstance(right, TRead):
        right = _numbered(env, side, left, right)
    return TCompare(condition.operator, left, right) if right is not None else None


def _numbered(env: Env, side: Side, left: TRead, right: TRead) -> TRead:
    """`itemSequence = line`: beside a number the name of a row stands for the row's own number."""
    path = right.path
    element = env.schema(side, path.span).element(path.types[0], notation.COUNTER) if not path.steps else None
    counted = element is not None and notation.counts(path.base.format, element)
    if element is None or not counted or left.path.types != element.types:
        return right
    step = TStep(element, path.types[0], element.types, path.span)
    return TRead(replace(path, steps=(step,), types=element.types))


def _names_system(env: Env, expr: tree.Expr, beside: TExpr) -> bool:
    """`[system = v2_0203]`: the name of a system stands for its URI beside an element that holds one."""
    match expr, beside:
        case tree.Read(path=tree.Path(steps=(tree.Step(selects=(), args=None) as step,))), TRead(path=path):
            return path.types[0] in URI_TYPES and step.name in env.scope(expr.span).systems
        case _:
            return False


def _points_to(env: Env, condition: tree.Compare, side: Side) -> TPointsTo | None:
    """`[condition = problem]`: a reference and the resource of an alias."""
    match condition:
        case tree.Compare(
            operator="=", left=tree.Read(path=left), right=tree.Read(path=tree.Path(steps=(step,)))
        ):
            alias = env.aliases.get(step.name)
            if alias is None and step.name != "this":
                return None
            node = alias.node(side) if alias else _outer(env, side)
        case _:
            return None
    if node is None or not node.resource:
        return None
    path = resolve_path(env, left, side)
    if path is None or "Reference" not in path.types:
        return None
    return TPointsTo(path, node)


def _outer(env: Env, side: Side) -> Node | None:
    """`[target = this]`: inside a selector `this` on the right of `=` is the body's node."""
    return env.node(side).parent


def _compare_literal(env: Env, condition: tree.Compare, left: TRead) -> TCond | None:
    """`=` with a text or a code: on a coded type it holds if any coding has the code."""
    path, literal = left.path, cast("tree.String | tree.Code", condition.right)
    shape = coded_shape(path.types[0]) if path.base.format == "fhir" else None
    if shape is None:
        constant = resolve_constant(env, literal, left)
        return TCompare(condition.operator, left, constant) if constant is not None else None
    binding = path.steps[-1].element.binding if path.steps else None
    code = system_for(env, literal, binding, shape)
    if code is None:
        return None
    is_code = TCodeIs(path, code[0], code[1], cast('Literal["code", "Coding", "CodeableConcept"]', shape))
    if condition.operator not in ("=", "!="):
        env.tell(diagnostic("E302", "codes have no order", condition.span, "compared by size"))
        return None
    return is_code if condition.operator == "=" else TNot(is_code)


def _in_list(env: Env, condition: tree.InList, side: Side) -> TCond | None:
    value = resolve_expr(env, condition.expr, side)
    if value is None:
        return None
    constants = [resolve_constant(env, item, value) for item in condition.items]
    known = tuple(constant for constant in constants if constant is not None)
    return TInList(value, known) if len(known) == len(constants) else None


def _row(env: Env, expr: tree.Expr, side: Side) -> TExpr | None:
    """An expression of which is asked whether it is there: that may be a row of a look-up table."""
    if isinstance(expr, tree.Read) and env.node(side).format != GIVEN:
        table = table_of(env, expr.path, side)
        if table is not None:
            return resolve_lookup(env, expr, table, side, row=True)
    return resolve_expr(env, expr, side)


def _in_table(env: Env, condition: tree.InTable, side: Side) -> TCond | None:
    rows = env.scope(condition.table.span).tables.get(condition.table.text)
    if isinstance(rows, LookupInfo):
        held = in_rows(env, condition, rows, side)
        return TValued(held) if held is not None else None
    if condition.as_of is not None:
        help_text = "only a dated look-up table has rows that hold for some days"
        env.tell(diagnostic("E302", "a code table holds for every day", condition.as_of.span, help=help_text))
        return None
    table = find_table(env, condition.table)
    value = resolve_expr(env, condition.expr, side)
    if table is None or value is None:
        return None
    return TInTable(value, table, direction_for(side))
