"""The parents that HL segments name, beside the loops that their positions give."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from runtime.codecs.x12.events import Loop
from runtime.codecs.x12.table import LoopNode

_MOST_REMEMBERED = 256
_LONGEST_NUMBER = 12


class Place(NamedTuple):
    """An HL loop that has been: its HL01, its node, the loops from the set to it, and the HL01 by depth of those."""

    number: str
    loop: LoopNode
    frames: tuple[Loop, ...]
    numbers: dict[int, str]


class Hierarchy:
    """HL01 of the open loops by depth, the highest HL01 so far, and the last loops that a later HL may name.

    Memory does not grow with the number of HL segments: HL01 counts up by one (005010), so what is not above the
    highest number so far repeats one or is out of sequence; and only the last loops are remembered.
    """

    def __init__(self) -> None:
        self._open: dict[int, str] = {}
        self._highest = 0
        self._past: deque[Place] = deque(maxlen=_MOST_REMEMBERED)

    def follows(self, loop: LoopNode, number: str, parent: str) -> bool:
        """Note the HL of a loop that opens, if it is the next one and names the open loop that holds it."""
        above = loop.parent
        if number != str(self._highest + 1) or above is None or self._open.get(above.depth, "") != parent:
            return False
        self._open[loop.depth] = number
        self._highest += 1
        return True

    def open(self, depth: int, number: str, parent: str) -> tuple[int, str] | None:
        """Note the HL of the loop that opens at a depth; what is wrong as (element, words), None if nothing is."""
        above = next((self._open[d] for d in range(depth - 1, -1, -1) if d in self._open), "")
        problem = self._number_problem(number) or _parent_problem(number, parent, above)
        self._open[depth] = number
        if number.isdecimal() and len(number) <= _LONGEST_NUMBER:
            self._highest = max(self._highest, int(number))
        return problem

    def close(self, depth: int) -> None:
        """Forget the loop at a depth."""
        self._open.pop(depth, None)

    def remember(self, number: str, loop: LoopNode, frames: list[Loop]) -> None:
        """Keep a loop in which others may hang, for HL segments that name it after it has closed."""
        self._past.append(Place(number, loop, tuple(frames), dict(self._open)))

    def elsewhere(self, loop: LoopNode, parent: str) -> Place | None:
        """The closed loop that HL02 of a new loop names, if it is one in which that may hang; else None."""
        if loop.parent is None or self._open.get(loop.parent.depth) == parent:
            return None
        places = (each for each in reversed(self._past) if each.number == parent and each.loop is loop.parent)
        place = next(places, None)
        if place is None:
            return None
        self._open = dict(place.numbers)
        return place

    def _number_problem(self, number: str) -> tuple[int, str] | None:
        if not number.isdecimal() or len(number) > _LONGEST_NUMBER:
            return 1, "HL01 is not a number"
        if int(number) <= self._highest:
            return 1, "HL01 has been used before, or goes back"
        return None


def _parent_problem(number: str, parent: str, above: str) -> tuple[int, str] | None:
    if parent == above:
        return None
    if parent == number:
        return 2, "HL02 names the HL itself; its position decides"
    if not parent:
        return 2, "HL02 is missing; its position decides"
    if not above:
        return 2, "HL02 names a parent where none may be"
    return 2, "HL02 does not name the HL of the loop that holds it; its position decides"
