"""What is known of the target side after a case of a `choose`, and which conditions that shows to be false.

Constants, table ranges, elements that are never written, and complements; nothing smarter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from mapper.check.env import Env
from mapper.check.model import (
    ByMapping,
    ByTable,
    Direction,
    TAnd,
    TCase,
    TCodeIs,
    TCompare,
    TCond,
    TConst,
    TCopy,
    TExpr,
    TInList,
    TInTable,
    TNot,
    TOr,
    TRead,
    TReference,
    TScope,
    TValued,
)
from mapper.check.model.reads import reads_of
from mapper.check.passes.logic import exclusive, implies, keys_of
from mapper.check.passes.made import filled_slots
from mapper.check.passes.writes import Place, Write, place, slot_of
from mapper.resolve.program import MappingInfo


@dataclass(frozen=True)
class Known:
    """What is known of the target side after a case: what is written there, and its own guard."""

    written: list[Write]
    guard: TCond | None
    direction: Direction
    env: Env

    @cached_property
    def _placed(self) -> list[tuple[Write, Place]]:
        return [(write, write.place) for write in self.written]

    def never(self, condition: TCond) -> bool:
        """Whether a condition is shown to be false."""
        if self.guard is not None and exclusive([self.guard], [condition]):
            return True
        match condition:
            case TAnd(terms=terms):
                return any(self.never(term) for term in terms)
            case TOr(terms=terms):
                return all(self.never(term) for term in terms)
            case TNot(term=term):
                return self._always(term)
            case TValued(expr=expr, negated=True):
                return self._always(TValued(expr))
            case TValued(expr=expr):
                return not self._writers(expr)
            case TCompare(operator=operator, left=left) if operator != "=":
                return operator != "!=" and not self._writers(left)
            case TCodeIs() | TCompare() | TInList() | TInTable():
                return self._never_value(*_wanted(condition))
            case _:
                return False

    def _always(self, condition: TCond) -> bool:
        """Whether a condition is shown to be true: a constant is written, or the case's own guard says so."""
        if self.guard is not None and implies(self.guard, condition):
            return True
        match condition:
            case TValued(expr=expr, negated=False):
                return any(
                    _fixed(write) is not None and not write.conditions for write in self._writers(expr)
                )
            case _:
                return False

    def _never_value(self, expr: TExpr, values: frozenset[object] | None) -> bool:
        """Whether everything that may be written there is known, and none of it among the values."""
        for write in self._writers(expr):
            given = _given(write) if isinstance(expr, TRead) and write.place == place(expr.path) else None
            if given is None or values is None or given & values:
                return False
        return True

    def _writers(self, expr: TExpr) -> list[Write]:
        """Writes that may touch what an expression reads: there, within it, or around it."""
        reads = [place(path) for path in reads_of(expr)]
        return [w for w, at in self._placed if any(self._touches(w, at, read) for read in reads)]

    def _touches(self, write: Write, mine: Place, read: Place) -> bool:
        if mine == read[: len(mine)] and len(mine) < len(read):
            return self._fills(write, slot_of(read[len(mine)]))
        return read == mine[: len(read)]

    def _fills(self, write: Write, slot: str) -> bool:
        """Whether a line may write an element below its path: a mapping does if it names it, a plain value never."""
        through = _through(write)
        if through:
            found = [filled_slots(info, self.direction, self.env.checked) for info in through]
            return any(slots is None or slot in slots for slots in found)
        if isinstance(write.statement, TScope | TCase | TReference):
            return False
        info = self.env.schema(write.path.side, write.path.span).type(write.path.types[0])
        return info is None or info.kind != "primitive"


def _through(write: Write) -> list[MappingInfo]:
    """The mappings that fill what a line writes."""
    match write.statement:
        case TScope(using=using) if using is not None:
            return [using]
        case TCopy() if write.way is not None:
            return [c.mapping for _, c in write.way.converters if isinstance(c, ByMapping)]
        case _:
            return []


def _wanted(condition: TCodeIs | TCompare | TInList | TInTable) -> tuple[TExpr, frozenset[object] | None]:
    """What a condition compares, and the values that make it true; `None` where they are not known."""
    match condition:
        case TCodeIs(path=path, code=code):
            return TRead(path), frozenset({code})
        case TCompare(left=left, right=TConst(value=value)) if isinstance(value, str | bool | int):
            return left, frozenset({value})
        case TCompare(left=left):
            return left, None
        case TInList(expr=expr, items=items):
            return expr, _hashable(item.value for item in items)
        case TInTable(expr=expr, table=table):
            return expr, None if table.from_site else keys_of(condition)


def _hashable(values: Iterable[object]) -> frozenset[object] | None:
    known = list(values)
    return frozenset(known) if all(isinstance(value, str | bool | int) for value in known) else None


def _fixed(write: Write) -> object:
    match write.way.sources if write.way is not None else ():
        case (TConst(value=value),):
            return value
        case _:
            return None


def _given(write: Write) -> frozenset[object] | None:
    """The codes that a line can write; `None` where they are not known."""
    if write.way is None:
        return _guarded(write)
    constant = _fixed(write)
    if constant is not None:
        return _codes_of(constant)
    tables = [converter for _, converter in write.way.converters if isinstance(converter, ByTable)]
    if (
        len(tables) != 1
        or len(write.way.converters) != 1
        or len(write.way.targets) != 1
        or write.way.defaults
    ):
        return None
    by = tables[0]
    if by.table.from_site or by.table.otherwise:
        return None
    rows = (row for row in by.table.rows if (row.going if by.direction == "go" else row.back))
    cells = (row.right[0] if by.direction == "go" else row.left[0] for row in rows)
    return frozenset(cell.code for cell in cells if cell is not None)


def _guarded(write: Write) -> frozenset[object] | None:
    """The value that a guard writes."""
    if not isinstance(write.statement, TCase):
        return None
    for guard in (write.statement.left, write.statement.right):
        for term in guard.terms if isinstance(guard, TAnd) else (guard,):
            match term:
                case TCodeIs(path=path, code=code) if path is write.path:
                    return frozenset({code})
                case TCompare(operator="=", left=TRead(path=path), right=TConst(value=value)) if (
                    path is write.path
                ):
                    return _codes_of(value)
                case TInList(expr=TRead(path=path), items=(first, *_)) if path is write.path:
                    return _codes_of(first.value)
                case _:
                    pass
    return None


def _codes_of(value: object) -> frozenset[object] | None:
    """The codes in a constant: itself, or those of its codings."""
    match value:
        case str() | bool() | int():
            return frozenset({value})
        case {"coding": [*codings]}:
            return frozenset(coding.get("code") for coding in codings)
        case {"code": code}:
            return frozenset({code})
        case _:
            return None
