"""What follows from conditions: the little that the checker proves, and nothing smarter.

Conditions are two-valued; an absent value makes a comparison false. Alternatives of one coded element exclude each
other: a selector on a code means an element that was made for that code.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from mapper.check.model import (
    TAnd,
    TCall,
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
    TRead,
    TTranslated,
    TValued,
)
from mapper.check.selectors import expr_text, text_of

OPPOSITE = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def conjuncts(conditions: Iterable[TCond]) -> list[TCond]:
    """All terms that hold together, with `not` driven inwards."""
    found: list[TCond] = []
    for condition in conditions:
        match condition:
            case TAnd(terms=terms):
                found += conjuncts(terms)
            case TNot(term=TOr(terms=terms)):
                found += conjuncts(TNot(term) for term in terms)
            case TNot(term=TNot(term=term)):
                found += conjuncts([term])
            case TNot(term=TValued(expr=expr, negated=negated)):
                found.append(TValued(expr, not negated))
            case _:
                found.append(condition)
    return found


def exclusive(first: Iterable[TCond], second: Iterable[TCond]) -> bool:
    """Whether the two can be shown never to hold together."""
    left, right = conjuncts(first), conjuncts(second)
    return any(_contradict(a, b) or _contradict(b, a) for a in left for b in right)


def implies(first: TCond, second: TCond) -> bool:
    """Whether `second` can be shown to hold wherever `first` does."""
    known = conjuncts([first])
    match second:
        case TAnd(terms=terms):
            return all(implies(first, term) for term in terms)
        case TOr(terms=terms):
            return any(implies(first, term) for term in terms) or _each_implies(first, second)
        case TNot(term=term):
            return _each_implies(first, second) or exclusive([first], [term])
        case _:
            return _each_implies(first, second) or any(_one_implies(a, second) for a in known)


def _each_implies(first: TCond, second: TCond) -> bool:
    if isinstance(first, TOr):
        return all(implies(term, second) for term in first.terms)
    return any(text_of(a) == text_of(second) for a in conjuncts([first]))


def _one_implies(a: TCond, b: TCond) -> bool:
    match b:
        case TValued(expr=expr, negated=False):
            return any(_is_part(inner, expr) for inner in _needs(a))
        case TInList(expr=expr, items=items):
            wanted = {item.value for item in items}
            values = _values(a, expr)
            return values is not None and values <= wanted
        case TInTable():
            values = _values(a, b.expr)
            return values is not None and values <= keys_of(b)
        case TCompare() if (found := _bound(a)) and (limit := _bound(b)):
            return found[0] == limit[0] and _within(found[1:], limit[1:])
        case _:
            return False


def _contradict(a: TCond, b: TCond) -> bool:
    match a:
        case TNot(term=term):
            return implies(b, term) if not isinstance(term, TNot) else False
        case TValued(expr=expr, negated=True):
            return any(_is_part(inner, expr) for inner in _needs(b))
        case TOr(terms=terms):
            return all(exclusive([term], [b]) for term in terms)
        case TCompare(operator=operator, left=left, right=TConst()) if operator != "=":
            return _bounds_apart(a, b) or (operator == "!=" and _values(b, left) == frozenset({_constant(a)}))
        case _:
            return _values_apart(a, b) or _bounds_apart(a, b) or _types_apart(a, b)


def _types_apart(a: TCond, b: TCond) -> bool:
    """`actor = patient` and `actor(Location) valued`: one reference cannot point to both."""
    first, second = _pointed(a), _pointed(b)
    return first is not None and second is not None and first[0] == second[0] and not first[1] & second[1]


def _pointed(condition: TCond) -> tuple[str, frozenset[str]] | None:
    """The single reference of an item that a condition is about, and the resource types that it may point to."""
    match condition:
        case TPointsTo(path=TPath(steps=(step,)), node=node):
            types = frozenset(node.types)
        case TValued(expr=TRead(path=TPath(steps=(step,))), negated=False) if step.deref:
            types = frozenset(step.deref)
        case _:
            return None
    return (step.element.slot, types) if not step.repeats else None


def _constant(condition: TCond) -> object:
    match condition:
        case TCompare(right=TConst(value=value)):
            return value
        case _:
            return None


def _subject(condition: TCond) -> TExpr | None:
    """What a condition compares with constants."""
    match condition:
        case TCompare(operator="=", left=left, right=TConst()):
            return left
        case TInList(expr=expr) | TInTable(expr=expr):
            return expr
        case TCodeIs(path=path):
            return TRead(path)
        case _:
            return None


def _values(condition: TCond, expr: TExpr) -> frozenset[object] | None:
    """The values that a condition leaves for an expression; `None` where it leaves any."""
    subject = _subject(condition)
    if subject is None or expr_text(subject) != expr_text(expr):
        return None
    match condition:
        case TCompare(right=TConst(value=value)) if isinstance(value, str | int | bool | Decimal):
            return frozenset({value})
        case TInList(items=items) if all(
            isinstance(item.value, str | int | bool | Decimal) for item in items
        ):
            return frozenset(item.value for item in items)
        case TInTable():
            return keys_of(condition)
        case TCodeIs(code=code):
            return frozenset({code})
        case _:
            return None


def keys_of(condition: TInTable) -> frozenset[object]:
    """The codes that are keys of the condition's table in its direction; a site's table holds unknown ones."""
    table, direction = condition.table, condition.direction
    rows = (row for row in table.rows if (row.going if direction == "go" else row.back))
    cells = (row.left[0] if direction == "go" else row.right[0] for row in rows)
    return frozenset(cell.code for cell in cells if cell is not None)


def _values_apart(a: TCond, b: TCond) -> bool:
    subject = _subject(a)
    if subject is None or _open_table(a) or _open_table(b):
        return False
    mine, other = _values(a, subject), _values(b, subject)
    return mine is not None and other is not None and not mine & other


def _open_table(condition: TCond) -> bool:
    return isinstance(condition, TInTable) and condition.table.from_site


def _needs(condition: TCond) -> list[TExpr]:
    """Expressions that must have a value for the condition to hold."""
    match condition:
        case TValued(expr=expr, negated=False):
            return [expr]
        case TCompare(operator=operator, left=left, right=right) if operator != "!=":
            return [*_inner(left, condition), *_inner(right, condition)]
        case TInList(expr=expr) | TInTable(expr=expr):
            return [expr]
        case TCodeIs(path=path):
            return [TRead(path)]
        case TNot() | TOr():
            return []
        case _:
            return []


def _inner(expr: TExpr, condition: TCompare) -> list[TExpr]:
    """`length(x) > 8` needs `x`; a translated value needs its source."""
    match expr:
        case TRead():
            return [expr]
        case TTranslated(path=path):
            return [TRead(path)]
        case TCall(function=None, args=(arg,)):
            bound = _bound(condition)
            return [arg] if bound is not None and (bound[1] > 0 or (bound[1] == 0 and not bound[2])) else []
        case _:
            return []


def _is_part(inner: TExpr, outer: TExpr) -> bool:
    """Whether a value of `inner` is a value within `outer`."""
    mine, whole = expr_text(inner), expr_text(outer)
    return mine == whole or (
        isinstance(inner, TRead) and isinstance(outer, TRead) and mine.startswith(whole + "/")
    )


# -- numbers -------------------------------------------------------------------------------------

Bound = tuple[str, Decimal, bool, Decimal, bool]
HUGE = Decimal("Infinity")


def _bound(condition: TCond) -> Bound | None:
    """Expression, lower end (and whether it belongs), upper end (and whether it belongs)."""
    match condition:
        case TCompare(operator=operator, left=left, right=TConst(value=value)):
            try:
                number = Decimal(str(value))
            except InvalidOperation:
                return None
            name = expr_text(left)
            return {
                "=": (name, number, True, number, True),
                "<": (name, -HUGE, True, number, False),
                "<=": (name, -HUGE, True, number, True),
                ">": (name, number, False, HUGE, True),
                ">=": (name, number, True, HUGE, True),
            }.get(operator)
        case _:
            return None


def _bounds_apart(a: TCond, b: TCond) -> bool:
    first, second = _bound(a), _bound(b)
    if first is None or second is None or first[0] != second[0]:
        return False
    return _before(first, second) or _before(second, first)


def _before(first: Bound, second: Bound) -> bool:
    return first[3] < second[1] or (first[3] == second[1] and not (first[4] and second[2]))


def _within(inner: tuple[Decimal, bool, Decimal, bool], outer: tuple[Decimal, bool, Decimal, bool]) -> bool:
    low = inner[0] > outer[0] or (inner[0] == outer[0] and (outer[1] or not inner[1]))
    high = inner[2] < outer[2] or (inner[2] == outer[2] and (outer[3] or not inner[3]))
    return low and high
