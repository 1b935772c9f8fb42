"""The parents that HL segments name, beside the loops that their positions give."""

from __future__ import annotations


class Hierarchy:
    """HL01 of the open loops by depth, and the highest HL01 so far.

    Memory does not grow with the number of HL segments: HL01 counts up by one (005010), so what is not above the
    highest number so far repeats one or is out of sequence.
    """

    def __init__(self) -> None:
        self._open: dict[int, str] = {}
        self._highest = 0

    def open(self, depth: int, number: str, parent: str) -> tuple[int, str] | None:
        """Note the HL of the loop that opens at a depth; what is wrong as (element, words), None if nothing is."""
        above = next((self._open[d] for d in range(depth - 1, -1, -1) if d in self._open), "")
        problem = self._number_problem(number) or _parent_problem(number, parent, above)
        self._open[depth] = number
        if number.isdecimal() and len(number) <= 12:
            self._highest = max(self._highest, int(number))
        return problem

    def close(self, depth: int) -> None:
        """Forget the loop at a depth."""
        self._open.pop(depth, None)

    def _number_problem(self, number: str) -> tuple[int, str] | None:
        if not number.isdecimal() or len(number) > 12:
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
