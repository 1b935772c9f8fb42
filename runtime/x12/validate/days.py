"""On which day a claim or a line was served: the day on which its codes must be in force."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from runtime.x12.validate.frame import Entry, Frame
from runtime.x12.validate.values import is_date


@lru_cache(8192)
def day(text: str) -> date | None:
    """The day of CCYYMMDD, or the first day of a period CCYYMMDD-CCYYMMDD (or a day with a time behind it)."""
    text = text[:8]
    if len(text) != 8 or not is_date(text):
        return None
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def last_day(text: str) -> date | None:
    """The last day of a period, or the day itself."""
    start, dash, end = text.partition("-")
    return day(end) if dash else day(start)


def dated(frame: Frame, *qualifiers: str) -> date | None:
    """The first day of the first date (DTP or DTM) with one of the qualifiers, tried in their order."""
    entries = frame.segments.get("DTP") or frame.segments.get("DTM")
    if not entries:
        return None
    element = 3 if entries[0].segment[0] == "DTP" else 2
    for qualifier in qualifiers:
        for _, segment in entries:
            if len(segment) > element and segment[1] == qualifier:
                found = day(segment[element][:8])
                if found is not None:
                    return found
    return None


class Served(NamedTuple):
    """A date of service of a line: its first day as CCYYMMDD."""

    line: Frame
    entry: Entry
    day: str


def served(claim: Frame) -> list[Served]:
    """The dates of service (DTP*472) of a claim's lines that are days."""
    return claim.memo("served", _served)


def _served(claim: Frame) -> list[Served]:
    return [
        Served(line, entry, entry.segment[3][:8])
        for line in claim.inner("2400")
        for entry in line.segments.get("DTP", ())
        if entry.segment[1] == "472" and len(entry.segment) > 3 and day(entry.segment[3][:8]) is not None
    ]


def service_day(frame: Frame) -> date | None:
    """The day of service that governs a loop: its line's, else its claim's, else the first line's; None if unknown."""
    line = frame.outer("2400", "2110")
    if line is not None:
        found = dated(line, "472", "150")
        if found is not None:
            return found
    claim = frame.outer("2300", "2100")
    if claim is None:
        return None
    found = dated(claim, "434", "435", "232", "233")
    if found is not None:
        return found
    days = [each for inner in claim.inner("2400", "2110") if (each := dated(inner, "472", "150")) is not None]
    return min(days, default=None)
