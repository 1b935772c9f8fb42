"""What a mapping's lines, and the guide itself, say of the elements of X12 segments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from mapper.coverage.claimed import UNMAPPED, Claimed, Row, Verdict, verdict_of
from mapper.trace.x12 import segment_leaves
from runtime.codecs.x12 import COMPONENT, REPETITION, Segment, SegmentNode
from runtime.codecs.x12.plan import plan_of
from runtime.x12.positions import Standing, name_of

ENVELOPE = Verdict("ignored", "ignore", "the envelope: the codec and the partner's settings write it", "", ())
LEVEL = Verdict("ignored", "ignore", "a level of the hierarchy: the order of the loops says it", "", ())
COUNTER = Verdict("ignored", "ignore", "a counter: the order of the loops says it", "", ())
FIXED = Verdict("ignored", "ignore", "the one code that may stand here: the guide writes it", "", ())
WRITTEN = Verdict("ignored", "constant", "a constant: the mapping writes it on the way back", "", ())
UNPLACED = Verdict("unmapped", "", "the segment has no place in the transaction set", "", ())
_TEXT = re.compile(f"[^{COMPONENT}{REPETITION}]+")
_MOST = 50_000  # kinds of segments that are remembered
_WRITTEN = {"ST": ENVELOPE, "SE": ENVELOPE, "HL": LEVEL, "LX": COUNTER}


class Leaf(NamedTuple):
    """A populated leaf of a segment: its element, repetition and component, its name for counting, and its verdict.

    `written` are constants that the mapping writes there, with their lines: one of them needs no line that reads it.
    """

    place: tuple[int, int, int]
    element: str
    verdict: Verdict
    written: Mapping[str, str] | None = None


class X12Claimed:
    """The claims of one mapping on segments. Segments of one position that are divided alike have the same leaves."""

    def __init__(self, rows: Mapping[str, list[list[Any]]], written: Mapping[str, list[list[Any]]]) -> None:
        """`rows` are those of a release's `coverage.json`, `written` the constants of the way back."""
        self._claimed = Claimed(rows)
        self._written: dict[tuple[str, tuple[int, ...]], dict[str, str]] = {}
        for root, constants in written.items():
            for keys, text, line in constants:
                self._written.setdefault((root, (*keys, 1)[:2]), {}).setdefault(text, line)
        self._known: dict[tuple[Any, ...], Sequence[Leaf]] = {}

    def leaves(self, standing: Standing) -> Sequence[Leaf]:
        """The leaves of a segment, in its order."""
        key = (standing.node, *map(_shape, standing.segment))
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _MOST:
                self._known.clear()
            found = self._known[key] = list(self._leaves(standing))
        if any(leaf.written for leaf in found):
            texts = segment_leaves(standing.segment)
            return [_constant(leaf, text) for leaf, (*_, text) in zip(found, texts, strict=True)]
        return found

    def _leaves(self, standing: Standing) -> Iterator[Leaf]:
        rows = list(self._rows(standing.node)) if isinstance(standing.node, SegmentNode) else []
        for number, repetition, component, _ in segment_leaves(standing.segment):
            verdict = self._verdict(standing, rows, (number, repetition, component))
            name, written = _element(standing, number, component), None
            if verdict is UNMAPPED and isinstance(standing.node, SegmentNode):
                written = self._written.get((standing.node.path, (number, component)))
            yield Leaf((number, repetition, component), name, verdict, written)

    def _rows(self, node: SegmentNode) -> Iterator[Row]:
        """The claims on a position, and those of an `ignore` on a loop around it."""
        yield from self._claimed.rows.get(node.path, ())
        for loop in node.loop.chain[1:]:
            for row in self._claimed.rows.get(loop.path, ()):
                if row.how == "ignore" and not row.keys:
                    yield row

    def _verdict(self, standing: Standing, rows: Sequence[Row], place: tuple[int, int, int]) -> Verdict:
        node, (number, repetition, component) = standing.node, place
        if not isinstance(node, SegmentNode):
            return UNPLACED
        found = verdict_of([row for row in rows if row.takes((number, component, 1), repetition)])
        if found is not UNMAPPED:
            return found
        return _WRITTEN.get(node.id) or (FIXED if _is_fixed(node, number, component) else UNMAPPED)


def _constant(leaf: Leaf, text: str) -> Leaf:
    """A leaf that holds what the mapping writes there itself."""
    line = leaf.written.get(text) if leaf.written else None
    return leaf if line is None else leaf._replace(verdict=WRITTEN._replace(line=line))


def _shape(raw: str) -> str:
    """How an element is divided, without its content."""
    if COMPONENT not in raw and REPETITION not in raw:
        return "x" if raw else ""
    return _TEXT.sub("x", raw)


def _is_fixed(node: SegmentNode, number: int, component: int) -> bool:
    """Whether only one code may stand in an element or component, so that it is written where no line does it."""
    plan = plan_of(node)
    if component == 1 and any(constant.number == number for constant in plan.constants):
        return True
    part = plan.elements.get(number)
    return part is not None and any(constant.number == component for constant in part.constants)


def _element(standing: Standing, number: int, component: int) -> str:
    """An element as mappings write it: `2300/REF("G1")/REF02`, where the loop has several positions of a segment."""
    text = name_of(standing, number, component)
    node = standing.node
    qualifier = node.slot.partition("_")[2] if isinstance(node, SegmentNode) else ""
    if not qualifier:
        return text
    loop, _, last = text.rpartition("/")
    return f'{loop}/{node.id}("{qualifier}")/{last}'.lstrip("/")


def envelope_leaves(segment: Segment, verdict: Verdict = ENVELOPE) -> Iterator[Leaf]:
    """The leaves of a segment of the envelope; of an ISA each element is one, padding does not count."""
    for number, text in enumerate(segment):
        if number and text.strip():
            yield Leaf((number, 1, 1), f"{segment[0]}{number:02}", verdict)
