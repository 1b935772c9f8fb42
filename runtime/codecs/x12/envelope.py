"""What the envelope of an interchange must agree on: control numbers, counts, order; and how that is told."""

from __future__ import annotations

from collections.abc import Iterable

from runtime.codecs.findings import (
    BAD_ISA,
    COUNT_MISMATCH,
    ENVELOPE_ORDER,
    NUMBER_MISMATCH,
    TOO_LARGE,
    TRUNCATED,
)
from runtime.codecs.x12.events import AckKind, Fault, Segment
from runtime.errors import Finding, Level

_MOST_NUMBERS = 50_000


class Seen:
    """Control numbers that have been used, to find repeated ones. It holds no more than a fixed number of them."""

    def __init__(self) -> None:
        self._numbers: set[str] = set()

    def repeats(self, number: str) -> bool:
        """Whether the number has been used before; it is used now."""
        if number in self._numbers:
            return True
        if len(self._numbers) < _MOST_NUMBERS and len(number) <= 64:
            self._numbers.add(number)
        return False


def element(segment: Segment | None, number: int) -> str:
    """Element of a segment, empty if it is absent."""
    return segment[number] if segment is not None and number < len(segment) else ""


def fault(
    code: str,
    words: str,
    where: str,
    offset: int,
    kind: AckKind = "",
    ack: str = "",
    level: Level = "error",
    **place: int | str,
) -> Fault:
    """A fault of the envelope at a segment, with its place in bytes."""
    return Fault(Finding(code, level, words, f"{where} (byte {offset})"), kind, ack, offset=offset, **place)  # type: ignore[arg-type]


def header_faults(problems: Iterable[str], offset: int) -> list[Fault]:
    """Faults of an ISA that can be read, but is not as it must be."""
    return [fault(BAD_ISA, words, "ISA", offset, "TA105", "022") for words in problems]


def number_fault(
    header: Segment | None,
    trailer: Segment | None,
    numbers: tuple[int, int],
    offset: int,
    kind: AckKind,
    ack: str,
) -> list[Fault]:
    """A fault if the control number of a trailer is not that of its header."""
    if element(header, numbers[0]) == element(trailer, numbers[1]):
        return []
    name, of = (
        f"{trailer[0] if trailer else ''}{numbers[1]:02}",
        f"{header[0] if header else ''}{numbers[0]:02}",
    )
    return [fault(NUMBER_MISMATCH, f"is not the control number of {of}", name, offset, kind, ack)]


def count_fault(
    trailer: Segment, counted: int, what: str, offset: int, kind: AckKind, ack: str
) -> list[Fault]:
    """A fault if the count of a trailer, its first element, is not what has been counted."""
    told = element(trailer, 1)
    if told.isdecimal() and len(told) <= 12 and int(told) == counted:
        return []
    words = (
        f"says {told}, but there are {counted} {what}" if _short(told) else f"is no count; {counted} {what}"
    )
    return [fault(COUNT_MISMATCH, words, f"{trailer[0]}01", offset, kind, ack)]


def missing(what: str, offset: int, kind: AckKind, ack: str, truncated: bool) -> Fault:
    """The fault of a header without its trailer."""
    if truncated:
        return fault(
            TRUNCATED, "the input ends, or another interchange begins, before it", what, offset, kind, ack
        )
    return fault(ENVELOPE_ORDER, "is missing", what, offset, kind, ack)


def misplaced(segment: Segment, offset: int) -> Fault:
    """The fault of a segment that may not stand where it does."""
    name = segment[0] if segment[0].isalnum() and segment[0].isascii() and len(segment[0]) <= 3 else "segment"
    return fault(ENVELOPE_ORDER, "stands outside of every transaction", name, offset, "TA105", "022")


def too_long(offset: int) -> Fault:
    """The fault of a segment without an end."""
    return fault(TOO_LARGE, "a segment has no end within the limit", "segment", offset, "TA105", "022")


def _short(text: str) -> bool:
    return text.isdecimal() and len(text) <= 12
