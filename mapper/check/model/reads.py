"""What expressions and conditions read: one walk for all stages that ask."""

from __future__ import annotations

from collections.abc import Iterator

from mapper.check.model.values import (
    TAnd,
    TArithmetic,
    TCall,
    TCodeIs,
    TCompare,
    TCond,
    TExpr,
    TInList,
    TInTable,
    TLookup,
    TNot,
    TOr,
    TPath,
    TPointsTo,
    TQuantified,
    TRead,
    TTranslated,
    TValued,
)


def reads_of(what: TExpr | TCond) -> Iterator[TPath]:
    """Every path that an expression or a condition reads."""
    match what:
        case TRead(path=path) | TTranslated(path=path) | TCodeIs(path=path) | TPointsTo(path=path):
            yield path
        case TCall() | TLookup():
            for part in _parts(what):
                yield from reads_of(part)
        case TArithmetic(left=left, right=right) | TCompare(left=left, right=right):
            yield from reads_of(left)
            yield from reads_of(right)
        case TAnd(terms=terms) | TOr(terms=terms):
            for term in terms:
                yield from reads_of(term)
        case TNot(term=term):
            yield from reads_of(term)
        case TQuantified(path=path, term=term):
            yield path
            yield from reads_of(term)
        case TValued(expr=expr) | TInTable(expr=expr) | TInList(expr=expr):
            yield from reads_of(expr)
        case _:
            pass


def _parts(what: TCall | TLookup) -> tuple[TExpr, ...]:
    """What is given to a function, or to a look-up."""
    if isinstance(what, TCall):
        return what.args
    keys = tuple(key for key, _ in what.keys)
    return keys if what.day is None else (*keys, what.day)
