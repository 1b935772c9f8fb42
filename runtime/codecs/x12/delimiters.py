"""The delimiters of an interchange: read from its ISA, translated to fixed ones while reading, and back.

The values that generated code reads have `COMPONENT` between the components of an element and `REPETITION` between
its repetitions, whatever the interchange itself uses. The translation exchanges characters and so loses nothing: a
control character that stands in data takes the place of the delimiter, and goes back to it on writing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

COMPONENT = "\x1f"
"""Between the components of an element, in every value that this codec gives."""

REPETITION = "\x1e"
"""Between the repetitions of an element, in every value that this codec gives."""

ISA_WIDTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
"""Widths of ISA01 to ISA16 in characters (X12.5)."""

ISA_LENGTH = 106
"""Characters of an ISA segment with its terminator."""

_SEPARATORS = tuple(3 + sum(ISA_WIDTHS[:n]) + n for n in range(16))
_LONGEST_ISA = 512
_REPETITION_SINCE = "00402"


@dataclass(frozen=True)
class Delimiters:
    """Characters that an interchange uses. `repetition` is empty before 00402; `line_end` follows each terminator."""

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    terminator: str = "~"
    line_end: str = ""

    @cached_property
    def to_fixed(self) -> bytes:
        """The table for `bytes.translate` from the interchange's delimiters to the fixed ones."""
        table = bytearray(range(256))
        _exchange(table, self.component, COMPONENT)
        if self.repetition:
            _exchange(table, self.repetition, REPETITION)
        return bytes(table)

    @cached_property
    def from_fixed(self) -> bytes:
        """The inverse table."""
        table = bytearray(256)
        for own, fixed in enumerate(self.to_fixed):
            table[fixed] = own
        return bytes(table)

    @cached_property
    def fixed_element(self) -> str:
        """The element separator as it reads after the translation."""
        return chr(self.to_fixed[ord(self.element)])

    @cached_property
    def fixed_terminator(self) -> str:
        """The segment terminator as it reads after the translation."""
        return chr(self.to_fixed[ord(self.terminator)])


def _exchange(table: bytearray, own: str, fixed: str) -> None:
    """Compose the table with the exchange of what `own` now reads as and `fixed`."""
    old, new = table[ord(own)], ord(fixed)
    other = table.index(new)
    table[ord(own)], table[other] = new, old


@dataclass(frozen=True, slots=True)
class Header:
    """An ISA segment as it stands: elements by number, delimiters, bytes with the line end, problems in words."""

    segment: list[str]
    delimiters: Delimiters
    raw: bytes
    problems: tuple[str, ...]


def is_exact(data: bytes | bytearray, at: int) -> bool:
    """Whether an ISA of the right width stands at `at`: all sixteen separators where they must be."""
    if len(data) < at + ISA_LENGTH - 1 or data[at : at + 3] != b"ISA":
        return False
    separator = data[at + 3]
    return not _alphanumeric(separator) and all(data[at + n] == separator for n in _SEPARATORS)


def read_header(data: bytes, at: int) -> Header | None:
    """The ISA that stands at `at`, read by its separators; None if there is none that can be read."""
    window = data[at : at + _LONGEST_ISA]
    if len(window) < 4 or window[:3] != b"ISA" or _alphanumeric(window[3]):
        return None
    parts = window.split(window[3:4], 16)
    if len(parts) < 17 or len(parts[16]) < 2 or any(b"\n" in part or b"\r" in part for part in parts[:16]):
        return None
    component, terminator = parts[16][:1], parts[16][1:2]
    if component.isalnum() or terminator.isalnum() or b" " in (component, terminator):
        return None
    length = len(window) - len(parts[16]) + 2
    rest = window[length:]
    line_end = rest[: len(rest) - len(rest.lstrip(b"\r\n"))]
    texts = [part.decode("latin-1") for part in (*parts[:16], component)]
    own = _delimiters(texts, window[3:4], component, terminator, line_end)
    return Header(texts, own, window[: length + len(line_end)], tuple(_problems(texts, own)))


def _delimiters(
    texts: list[str], element: bytes, component: bytes, terminator: bytes, line_end: bytes
) -> Delimiters:
    repetition = texts[11] if len(texts[11]) == 1 and texts[12] >= _REPETITION_SINCE else ""
    if repetition.isalnum() or repetition in {" ", *map(_text, (element, component, terminator))}:
        repetition = ""
    return Delimiters(_text(element), _text(component), repetition, _text(terminator), _text(line_end))


def _text(data: bytes) -> str:
    return data.decode("latin-1")


def _problems(texts: list[str], own: Delimiters) -> list[str]:
    """What is wrong with the delimiters or the widths of an ISA."""
    found = [
        f"ISA{number:02} has {len(text)} characters instead of {width}"
        for number, (text, width) in enumerate(zip(texts[1:], ISA_WIDTHS, strict=True), 1)
        if len(text) != width
    ]
    marks = [own.element, own.component, own.terminator]
    if len(set(marks)) < len(marks):
        found.append("two delimiters are the same character")
    if texts[12] >= _REPETITION_SINCE and not own.repetition:
        found.append("ISA11 is no repetition separator")
    return found


def _alphanumeric(byte: int) -> bool:
    return chr(byte).isalnum() or byte in b" \r\n"
