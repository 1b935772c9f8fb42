"""What a message reaches in the guide: message rows -> segment maps -> datatype maps -> code pairs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from mapper.spec.guide import CodePair, Guide, MessageRow, Row
from mapper.spec.place import distinct_key

T = TypeVar("T", bound=MessageRow | Row | CodePair)


@dataclass(frozen=True, slots=True)
class Reach:
    """The distinct rows with a target that a message reaches, in the guide's order.

    `unknown` lists names that a reached row refers to and that hold no rows, each with a source that does.
    """

    message: str
    messages: tuple[MessageRow, ...]
    segments: tuple[Row, ...]
    datatypes: tuple[Row, ...]
    codes: tuple[CodePair, ...]
    unknown: tuple[tuple[str, str], ...]

    def counts(self) -> dict[str, int]:
        """Rows of different text, by kind of table."""
        return {
            "message": len(self.messages),
            "segment": len(self.segments),
            "datatype": len(self.datatypes),
            "code": len(self.codes),
        }

    def distinct(self, kind: str) -> dict[tuple[str, ...], tuple[MessageRow | Row | CodePair, ...]]:
        """Rows of `message`, `segment`, `datatype` or `code`, those that say the same under one key."""
        match kind:
            case "message":
                return _grouped(((row.source, row.segment_map), row) for row in self.messages)
            case "segment":
                return _grouped((distinct_key(row), row) for row in self.segments)
            case "datatype":
                return _grouped((distinct_key(row), row) for row in self.datatypes)
            case _:
                return _grouped(((pair.map, pair.code, pair.target_code), pair) for pair in self.codes)


def reach(guide: Guide, message: str) -> Reach:
    """All that `message` (`ADT_A01`) reaches; empty for a message that the guide does not hold."""
    messages = tuple(dict.fromkeys(guide.messages.get(message, ())))
    maps = _names(row.segment_map for row in messages)
    segments = _distinct(row for name in maps for row in guide.segments.get(name, ()))
    datatypes = _datatype_rows(guide, segments)
    tables = _names(guide.code_map(row.table) or "" for row in (*segments, *datatypes))
    codes = tuple(dict.fromkeys(pair for name in tables for pair in guide.code_pairs(name)))
    unknown = tuple(_unknown(guide, messages, segments + datatypes))
    return Reach(message, messages, segments, datatypes, codes, unknown)


def _datatype_rows(guide: Guide, segments: Iterable[Row]) -> tuple[Row, ...]:
    waiting = _names(guide.datatype_map(row.datatype_map) or "" for row in segments)
    seen: dict[str, None] = {}
    while waiting:
        name = waiting.pop(0)
        if name not in seen:
            seen[name] = None
            waiting += _names(guide.datatype_map(row.datatype_map) or "" for row in guide.datatypes[name])
    return _distinct(row for name in seen for row in guide.datatypes[name])


def _unknown(guide: Guide, messages: Iterable[MessageRow], rows: Iterable[Row]) -> Iterator[tuple[str, str]]:
    told: set[str] = set()
    wanted = [(row.segment_map, row.source, row.segment_map in guide.segments) for row in messages]
    for row in rows:
        wanted.append((row.datatype_map, row.source, guide.datatype_map(row.datatype_map) is not None))
        wanted.append((row.table, row.source, guide.code_map(row.table) is not None))
    for name, source, known in wanted:
        if name and not known and name not in told:
            told.add(name)
            yield name, source


def _grouped(
    rows: Iterable[tuple[tuple[str, ...], T]],
) -> dict[tuple[str, ...], tuple[T, ...]]:
    found: dict[tuple[str, ...], list[T]] = {}
    for key, row in rows:
        found.setdefault(key, []).append(row)
    return {key: tuple(group) for key, group in found.items()}


def _names(names: Iterable[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if name]


def _distinct(rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple(dict.fromkeys(rows))
