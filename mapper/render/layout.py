"""How source lies in the cells of a terminal: tabs, wide and combining characters, lines cut to a width."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

TAB = 4
CUT = "…"

_CONTROL = {code: 0x2400 + code for code in range(0x20) if code != 0x09} | {0x7F: 0x2421}
_HIDDEN = dict.fromkeys(
    [*range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x2028, 0x2029], 0xFFFD
)
_VISIBLE = _CONTROL | _HIDDEN


def visible(text: str) -> str:
    """The text with control and bidirectional characters made harmless, one character for one."""
    return text.translate(_VISIBLE)


def one_line(text: str) -> str:
    """A message on one line, whatever it quotes."""
    return visible(" ".join(text.split("\n")))


def cells(character: str) -> int:
    """How many cells of a terminal a character takes: 0, 1 or 2. A tab depends on its place; see `Cells`."""
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


@dataclass(frozen=True, slots=True)
class Cells:
    """A line of source as shown: character `i` begins in cell `starts[i]`; the last entry is the width."""

    text: str
    starts: tuple[int, ...]

    @property
    def width(self) -> int:
        return self.starts[-1]

    def at(self, character: int) -> int:
        """The cell of a 0-based character; positions past the end are the end."""
        return self.starts[min(character, len(self.starts) - 1)]


def lay_out(line: str) -> Cells:
    """Expand tabs to stops of four cells and find each character's cell."""
    shown: list[str] = []
    starts = [0]
    for character in visible(line):
        width = TAB - starts[-1] % TAB if character == "\t" else cells(character)
        shown.append(" " * width if character == "\t" else character)
        starts.append(starts[-1] + width)
    return Cells("".join(shown), tuple(starts))


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a line that fits: cells `first` up to `last`."""

    first: int
    last: int

    def clip(self, cell: int) -> int:
        """Where a cell of the line stands in the window; cells outside go to its nearer edge."""
        return max(self.first, min(cell, self.last)) - self.first


def window(line: Cells, focus: int, room: int) -> Window:
    """What to show of a line in `room` cells: the cell `focus`, a third of the room before it."""
    if line.width <= room:
        return Window(0, line.width)
    first = max(0, min(focus - room // 3, line.width - room))
    return Window(first, first + room)


def cut(line: Cells, part: Window) -> str:
    """The text of a window, with `…` where something is missing."""
    if part == Window(0, line.width):
        return line.text
    shown = _between(line.text, part.first, part.last)
    if part.first > 0:
        shown = CUT + _between(shown, 1, part.last - part.first)
    if part.last < line.width:
        shown = _between(shown, 0, part.last - part.first - 1) + CUT
    return shown


def _between(text: str, first: int, last: int) -> str:
    """The cells `first` up to `last`; half of a wide character is a space."""
    shown: list[str] = []
    cell = 0
    for character in text:
        end = cell + cells(character)
        if first <= cell and end <= last:
            shown.append(character)
        else:
            shown.append(" " * max(0, min(end, last) - max(cell, first)))
        cell = end
    return "".join(shown)
