"""How values are written: delimiters, what stands instead of a delimiter in data, upper case."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from runtime.codecs.x12.delimiters import COMPONENT, REPETITION, Delimiters


@dataclass(frozen=True)
class Style:
    """`replacement` stands instead of a delimiter or control character in data, `replacements` by character before it.

    X12 has no escape. `upper` writes all data in upper case, which many payers ask for.
    """

    delimiters: Delimiters = field(default_factory=Delimiters)
    replacement: str = " "
    replacements: Mapping[str, str] = field(default_factory=dict)
    upper: bool = False

    @cached_property
    def reserved(self) -> re.Pattern[str]:
        """What data may not hold: the delimiters, and control characters."""
        own = self.delimiters
        marks = {own.element, own.component, own.repetition, own.terminator, COMPONENT, REPETITION} - {""}
        return re.compile("[" + "".join(re.escape(mark) for mark in sorted(marks)) + "\x00-\x1f\x7f]")

    def clean(self, text: str) -> tuple[str, int]:
        """The text without reserved characters, and how many there were."""
        text, count = self.reserved.subn(self._instead, text)
        return text.upper() if self.upper else text, count

    def _instead(self, match: re.Match[str]) -> str:
        instead = self.replacements.get(match.group(), self.replacement)
        return " " if self.reserved.search(instead) else instead


DEFAULT_STYLE = Style()
