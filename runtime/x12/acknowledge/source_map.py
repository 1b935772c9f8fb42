"""Where each element of a built transaction came from: kept beside what was sent, asked when an acknowledgement comes.

A file of JSON lines without any values. The first line of each transaction names it:

    {"source_map":1,"interchange":"000000907","group":"1","transaction":"0001","set":"837P"}

then one line for each of its segments that has a source:

    {"n":23,"id":"CLM","loop":"2300","from":{"2":[["Claim.total"],["claim.map:41"]],"5.3":[[],["claim.map:44"]]}}

`n` is the ordinal of the segment (ST is 1); keys of `from` are elements, with components behind a point, "" for the
whole segment; each has paths of the source and lines of mappings.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from runtime.errors import Finding

VERSION = 1
LONGEST_LINE = 1024 * 1024
"""Bytes that one line of a source map may have."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Paths of the source (`Claim.item[0].net`, `FT1-11`) and lines of mappings (`claim.map:41`)."""

    paths: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.paths or self.lines)


@dataclass(frozen=True, slots=True)
class Key:
    """Which transaction: ISA13, GS06 and ST02 of what was sent."""

    interchange: str
    group: str
    transaction: str


@dataclass(slots=True)
class MappedSegment:
    """The origins of one segment: by element, or element and component (`5.3`), `""` for the whole segment."""

    ordinal: int
    id: str
    loop: str
    origins: dict[str, Origin] = field(default_factory=dict)

    def of(self, element: int = 0, component: int = 0) -> Origin:
        """The origin of an element: its own, that of the element around it or of its components, else the segment's."""
        if element:
            for key in (f"{element}.{component}" if component else "", str(element)):
                if key and key in self.origins:
                    return self.origins[key]
            below = [origin for key, origin in self.origins.items() if key.startswith(f"{element}.")]
            if below:
                return joined(below)
        if "" in self.origins:
            return self.origins[""]
        return joined(self.origins.values())


class SourceMap:
    """The origins of one or more transactions."""

    def __init__(self) -> None:
        self._transactions: dict[Key, dict[int, MappedSegment]] = {}
        self.findings: list[Finding] = []

    def add(self, key: Key, segments: Iterable[MappedSegment]) -> None:
        """Put the segments of a transaction in."""
        held = self._transactions.setdefault(key, {})
        for segment in segments:
            held[segment.ordinal] = segment

    def segment(self, key: Key, ordinal: int) -> MappedSegment | None:
        """The segment of a transaction. An empty interchange or group, on either side, stands for any of them."""
        for known, held in self._transactions.items():
            if _same(known, key) and ordinal in held:
                return held[ordinal]
        return None

    def origin(self, key: Key, ordinal: int, element: int = 0, component: int = 0) -> Origin:
        """Where an element came from; an empty origin if that is not known."""
        found = self.segment(key, ordinal)
        return found.of(element, component) if found is not None else Origin()

    def __len__(self) -> int:
        return sum(len(held) for held in self._transactions.values())


def joined(origins: Iterable[Origin]) -> Origin:
    """One origin that names all."""
    found = list(origins)
    return Origin(
        tuple(dict.fromkeys(path for each in found for path in each.paths)),
        tuple(dict.fromkeys(line for each in found for line in each.lines)),
    )


def _same(known: Key, asked: Key) -> bool:
    return known.transaction == asked.transaction and all(
        not wanted or not have or wanted == have
        for wanted, have in ((asked.interchange, known.interchange), (asked.group, known.group))
    )


# -- writing and reading -------------------------------------------------------------------------


def dump(key: Key, set_name: str, segments: Iterable[MappedSegment]) -> Iterator[bytes]:
    """The lines of one transaction."""
    head = {
        "source_map": VERSION,
        "interchange": key.interchange,
        "group": key.group,
        "transaction": key.transaction,
        "set": set_name,
    }
    yield _line(head)
    for segment in segments:
        if segment.origins:
            origins = {name: [list(each.paths), list(each.lines)] for name, each in segment.origins.items()}
            yield _line({"n": segment.ordinal, "id": segment.id, "loop": segment.loop, "from": origins})


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def load(stream: BinaryIO, into: SourceMap | None = None) -> SourceMap:
    """The map of a stream of lines, added to another one if there is one.

    A line that is none is passed over with a finding R515; nothing is raised.
    """
    made = SourceMap() if into is None else into
    key: Key | None = None
    number = 0
    while line := stream.readline(LONGEST_LINE):
        number += 1
        found = _read(line)
        if found is None:
            if line.strip():
                _tell(made, number, "is not a line of a source map")
        elif "source_map" in found:
            key = _key(found)
            if key is None:
                _tell(made, number, f"is not of version {VERSION}")
        else:
            segment = _segment(found)
            if segment is None or key is None:
                _tell(made, number, "belongs to no transaction or names no segment")
            else:
                made.add(key, (segment,))
    return made


def _tell(made: SourceMap, number: int, message: str) -> None:
    if len(made.findings) < 100:
        made.findings.append(Finding("R515", "warning", message, f"line {number} of the source map"))


def _read(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _key(found: Mapping[str, Any]) -> Key | None:
    if found.get("source_map") != VERSION:
        return None
    return Key(*(str(found.get(name, "")) for name in ("interchange", "group", "transaction")))


def _segment(found: Mapping[str, Any]) -> MappedSegment | None:
    ordinal, origins = found.get("n"), found.get("from")
    if not isinstance(ordinal, int) or not isinstance(origins, dict):
        return None
    made = MappedSegment(ordinal, str(found.get("id", "")), str(found.get("loop", "")))
    for name, pair in origins.items():
        if isinstance(pair, list) and len(pair) == 2 and all(isinstance(each, list) for each in pair):
            made.origins[name] = Origin(tuple(map(str, pair[0])), tuple(map(str, pair[1])))
    return made
