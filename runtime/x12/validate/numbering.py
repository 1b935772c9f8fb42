"""Running numbers: HL01 counts the levels of a transaction, LX01 the lines of a claim."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

Wrong = tuple[int, str] | None


class Numbering:
    """Counts HL in a transaction and LX in a claim; `of` has the check of each segment id that is numbered."""

    def __init__(self, lines: bool) -> None:
        """`lines` tells whether LX counts lines of a claim (837) and so begins again with each CLM."""
        self._levels = 0
        self._lines = 0
        self.of: Mapping[str, Callable[[Sequence[str]], Wrong]] = (
            {"HL": self._hl, "LX": self._lx, "CLM": self._clm} if lines else {"HL": self._hl}
        )

    def _hl(self, segment: Sequence[str]) -> Wrong:
        self._levels += 1
        return None if _is(segment, self._levels) else (1, f"HL01 is not {self._levels}, the count of levels")

    def _lx(self, segment: Sequence[str]) -> Wrong:
        self._lines += 1
        return (
            None
            if _is(segment, self._lines)
            else (1, f"LX01 is not {self._lines}, the count of lines in the claim")
        )

    def _clm(self, _segment: Sequence[str]) -> Wrong:
        self._lines = 0
        return None


def _is(segment: Sequence[str], number: int) -> bool:
    return len(segment) > 1 and segment[1] == str(number)
