"""Where the segments of a transaction stand, for traces: loop, segment, element, and the number counted from ST."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from runtime.codecs.x12 import COMPONENT, LoopNode, Placed, Segment, SegmentNode, Slice
from runtime.lib.context import Context
from runtime.lib.trail import Where


class Standing(NamedTuple):
    """A segment, and its position in the guide; of one that has no position the loop that it was found in."""

    segment: Segment
    node: SegmentNode | LoopNode

    @property
    def loop(self) -> LoopNode:
        return self.node if isinstance(self.node, LoopNode) else self.node.loop


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The segments that a mapping could read, by their ordinal in the transaction with a control number (ST02)."""

    segments: Mapping[int, Standing]
    control: str

    def text(self, where: Where) -> str:
        """`2010AA/NM109 (segment 12 of ST 0001)`; `where` is an ordinal, an element, a repetition and a component."""
        standing = self.segments.get(where[0])
        text = name_of(standing, *where[1:2], *where[3:4]) if standing is not None else "segment"
        return f"{text} (segment {where[0]} of ST {self.control})"


class Positions:
    """Segments of the transaction at hand with loop and ordinal; those above the units are kept for later ones."""

    def __init__(self, wanted: bool, control: str = "?") -> None:
        self.control = control
        self._wanted = wanted
        self._above: dict[int, Standing] = {}
        self._here: dict[int, Standing] = {}
        self._open: int | None = None

    def note(self, event: Placed) -> None:
        """Take the segments of an event, where a trace is wanted; those of loops that have closed are let go."""
        if not self._wanted:
            return
        if self._open is not None:
            self._above = {n: each for n, each in self._above.items() if depth_of(each.loop) < self._open}
        self._open = event.closed
        if isinstance(event, Slice):  # the end of a transaction that came whole adds to it
            self._here = {}
        for step in event.steps():
            if step.kind in ("SEGMENT", "UNPLACED"):
                standing = Standing(step.segment, step.node)
                held = self._here if depth_of(standing.loop) == IN_UNIT else self._above
                held[step.ordinal] = standing

    def excerpt(self) -> Excerpt:
        """What a mapping could read."""
        return Excerpt({**self._above, **self._here}, self.control)

    def place(self, context: Context, excerpt: Excerpt) -> None:
        """Tell a run's trail where the segments of an excerpt stand."""
        for ordinal, standing in excerpt.segments.items():
            context.trail.place(standing.segment, (ordinal,))
        context.trail.describe = excerpt.text


def name_of(standing: Standing, number: int | None = None, component: int | None = None) -> str:
    """`2010AA/NM109`, `2300/CLM05-3`; the component only where there are several."""
    segment, loop = standing.segment, standing.loop
    text = f"{loop.id}/{segment[0]}" if loop.parent is not None else segment[0]
    if number is None:
        return text
    text += f"{number:02}"
    if component is not None and (component > 1 or COMPONENT in element(segment, number)):
        text += f"-{component}"
    return text


IN_UNIT = 1 << 20
"""The depth of what belongs to one unit alone."""


@lru_cache(4096)
def depth_of(loop: LoopNode) -> int:
    """The depth of the innermost loop around that units share: what stands in it is kept while that is open."""
    if any(each.is_unit for each in loop.chain):
        return IN_UNIT
    return max(each.depth for each in loop.chain if each.holds_unit or each.parent is None)


def element(segment: Segment, number: int) -> str:
    """An element by its number; empty where the sender wrote fewer."""
    return segment[number] if number < len(segment) else ""
