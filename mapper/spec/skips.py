"""Rows of the guide that may stay unimplemented, each with its reason (`skips.tsv`; `*` stands for any text).

A reason excuses a row only where nothing implements it: coverage asks for it last.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mapper.spec.guide import CodePair, MessageRow, Row, read_lines

SKIPS = Path(__file__).with_name("skips.tsv")


@dataclass(frozen=True, slots=True)
class Skip:
    """A pattern of rows of one kind (`message`, `segment`, `datatype`, `code`), and why they are skipped."""

    kind: str
    map: str
    source: str
    target: str
    reason: str

    def covers(self, kind: str, map_name: str, source: str, target: str) -> bool:
        """Whether the row is one of these."""
        return (
            kind == self.kind
            and _fits(self.map, map_name)
            and _fits(self.source, source)
            and _fits(self.target, target)
        )


def read_skips(path: Path = SKIPS) -> tuple[Skip, ...]:
    """All skip patterns, in the file's order."""
    return tuple(Skip(**line) for line in read_lines(path))


def skip_for(row: MessageRow | Row | CodePair, skips: Iterable[Skip]) -> Skip | None:
    """The first pattern that covers the row, or `None`."""
    key = _key(row)
    return next((skip for skip in skips if skip.covers(*key)), None)


def _key(row: MessageRow | Row | CodePair) -> tuple[str, str, str, str]:
    match row:
        case MessageRow():
            return "message", row.segment_map, row.source, row.target
        case Row():
            return row.kind, row.map, row.source, row.target
        case CodePair():
            return "code", row.map, row.code, row.target_code


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in text.split("*")))


def _fits(pattern: str, text: str) -> bool:
    return _pattern(pattern).fullmatch(text) is not None
