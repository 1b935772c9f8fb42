"""Exact amounts. A value that is no number gives `None`: its own finding says so, and no sum is made with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache

from runtime.x12.validate.frame import Entry, Frame, value
from runtime.x12.validate.values import is_decimal

ZERO = Decimal(0)
ONE = Decimal(1)


@lru_cache(16_384)  # charges come from price lists, so they repeat
def amount(text: str) -> Decimal | None:
    """An amount; an absent one is zero."""
    if not text:
        return ZERO
    return Decimal(text) if is_decimal(text) else None


def total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum, unless one of the amounts is not known."""
    found = ZERO
    for each in amounts:
        if each is None:
            return None
        found += each
    return found


def adjustments(segment: Sequence[str]) -> Iterator[tuple[str, str, Decimal | None]]:
    """Group, reason and amount of each adjustment of a CAS segment."""
    for at in range(2, min(len(segment), 18), 3):
        if segment[at]:
            yield segment[1], segment[at], amount(value(segment, at + 1))


def adjusted(frame: Frame, group: str = "") -> Decimal | None:
    """The sum of a loop's own adjustments, of one group (`PR`) if asked for."""
    if "CAS" not in frame.segments:
        return ZERO
    sums = frame.sums
    if sums is None or "" not in sums:
        sums = frame.sums = {**(sums or {}), **_by_group(frame.segments["CAS"])}
    return sums.get(group, ZERO)


def _by_group(entries: Sequence[Entry]) -> dict[str, Decimal | None]:
    """The sums of adjustments by group, and of all of them under the empty name."""
    sums: dict[str, Decimal | None] = {"": ZERO}
    for _, segment in entries:
        group = value(segment, 1)
        for at in range(2, min(len(segment), 18), 3):
            if segment[at]:
                more = amount(segment[at + 1]) if at + 1 < len(segment) else ZERO
                for name in ("", group):
                    old = sums.get(name, ZERO)
                    sums[name] = None if old is None or more is None else old + more
    return sums


def of(entry: Entry | None, element: int) -> Decimal | None:
    """An amount of a segment; zero without the segment."""
    return ZERO if entry is None else amount(value(entry.segment, element))


def add(frame: Frame, name: str, more: Decimal | None) -> None:
    """Add to a running sum of a loop that its inner loops feed; an unknown amount makes the sum unknown."""
    sums = frame.sums
    if sums is None:
        sums = frame.sums = {}
    old = sums.get(name, ZERO)
    sums[name] = None if old is None or more is None else old + more


def added(frame: Frame, name: str) -> Decimal | None:
    """The running sum."""
    return ZERO if frame.sums is None else frame.sums.get(name, ZERO)
