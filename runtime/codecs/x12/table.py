"""The structure of a transaction set, compiled from its table: loops and segments in the order of the guide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from runtime.codecs.x12.delimiters import COMPONENT

SetTable: TypeAlias = Mapping[str, Any]
"""A transaction set as plain data, as the schema makes it.

`set`, `transaction` (ST01), `functional` (GS01), `version` and `accepts` (GS08 and ST03), `unit` (slot or slots of the
loop by which a transaction streams, or null) and `root`, a loop node. A loop node has `slot`, `id`, `usage`, `max` and
`children` in guide order; a segment node has `slot`, `id`, `usage`, `max`, `pos`, `match` (`[element, component or 0,
codes]`, all of which must hold), `elements` and `syntax`. It is compiled on first use and must not change afterwards.
"""

UNPLACED = "?"
"""The slot of what has no place in a loop."""


@dataclass(slots=True, eq=False)
class SegmentNode:
    """A position in the guide where a segment stands. `index` is its place among the children of its loop.

    `rank` is equal for neighbours whose order does not matter, because they share a position of the standard.
    """

    slot: str
    id: str
    loop: LoopNode
    index: int
    rank: int
    maximum: int | None
    match: tuple[tuple[int, int, frozenset[str]], ...]
    strict: tuple[tuple[int, int, frozenset[str]], ...]
    data: Mapping[str, Any]

    @property
    def path(self) -> str:
        """Loops and segment, outermost first: `2000A/2010AA/NM1`."""
        return f"{self.loop.path}/{self.slot}" if self.loop.path else self.slot

    def takes(self, segment: list[str], strict: bool) -> bool:
        """Whether the segment has this position's id and qualifiers; if strict, a code of its first element too."""
        return segment[0] == self.id and all(
            value_at(segment, element, component) in codes
            for element, component, codes in (self.strict if strict else self.match)
        )


@dataclass(slots=True, eq=False)
class LoopNode:
    """A loop of the guide. `first` is the segment that begins it; `path` is empty for the transaction set itself.

    `chain` are the loops that are open in it, from the set itself to the loop.
    """

    slot: str
    id: str
    path: str
    parent: LoopNode | None
    index: int
    rank: int
    depth: int
    maximum: int | None
    data: Mapping[str, Any]
    is_unit: bool = False
    holds_unit: bool = False
    chain: tuple[LoopNode, ...] = ()
    children: list[SegmentNode | LoopNode] = field(default_factory=list)

    @property
    def first(self) -> SegmentNode | None:
        """The segment by which the loop is known; None for a loop that begins with none."""
        child = self.children[0] if self.children else None
        return child if isinstance(child, SegmentNode) else None

    def segments(self) -> Iterator[SegmentNode]:
        """All positions in this loop and below it, in guide order."""
        for child in self.children:
            if isinstance(child, SegmentNode):
                yield child
            else:
                yield from child.segments()


def value_at(segment: list[str], element: int, component: int) -> str:
    """An element, or a component of it (from 1); of a repeating element the first repetition. Empty if absent."""
    if element >= len(segment):
        return ""
    value = segment[element]
    if component:
        parts = value.split("\x1e", 1)[0].split(COMPONENT)
        return parts[component - 1] if component <= len(parts) else ""
    return value


def compile_root(table: SetTable) -> LoopNode:
    """The tree of nodes of a set."""
    unit = table.get("unit") or ()
    units = frozenset((unit,) if isinstance(unit, str) else unit)
    return _loop(table["root"], None, 0, 0, units)


def _loop(
    data: Mapping[str, Any], parent: LoopNode | None, index: int, rank: int, units: frozenset[str]
) -> LoopNode:
    path = "" if parent is None else f"{parent.path}/{data['slot']}".lstrip("/")
    depth = 0 if parent is None else parent.depth + 1
    loop = LoopNode(data["slot"], data["id"], path, parent, index, rank, depth, data["max"], data)
    loop.chain = (loop,) if parent is None else (*parent.chain, loop)
    inside = any(above.is_unit for above in loop.chain)
    loop.is_unit = not inside and (data["slot"] in units if units else parent is None)
    place, before = 0, None
    for number, child in enumerate(data["children"]):
        key = _same_position(child)
        place += key != before or key is None
        before = key
        if child["kind"] == "loop":
            node: SegmentNode | LoopNode = _loop(child, loop, number, place, units)
        else:
            node = _segment(child, loop, number, place)
        loop.children.append(node)
    loop.holds_unit = loop.is_unit or any(
        isinstance(child, LoopNode) and child.holds_unit for child in loop.children
    )
    return loop


def _segment(data: Mapping[str, Any], loop: LoopNode, index: int, rank: int) -> SegmentNode:
    match = tuple((element, component, frozenset(codes)) for element, component, codes in data["match"])
    first = next((each for each in data["elements"] if each["n"] == 1), None)
    strict = match
    if first is not None and first.get("codes") and not any(element == 1 for element, _, _ in match):
        strict = (*match, (1, 0, frozenset(first["codes"])))
    return SegmentNode(data["slot"], data["id"], loop, index, rank, data["max"], match, strict, data)


def _same_position(data: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """What neighbours share whose order the standard leaves open; None for what always has its own place."""
    first = data
    while first["kind"] == "loop":
        if not first["children"]:
            return None
        first = first["children"][0]
    position = first.get("pos")
    return None if position is None or first["id"] in {"HL", "ST"} else (data["kind"], first["id"], position)
