"""What reading a stream of interchanges gives, event by event, and the findings with what acknowledgements need."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeAlias

from runtime.codecs.x12.automaton import Move
from runtime.codecs.x12.delimiters import Delimiters
from runtime.codecs.x12.table import LoopNode, SegmentNode, SetTable
from runtime.errors import Finding

Segment: TypeAlias = list[str]
"""`[0]` the segment id, `[n]` element n; components and repetitions stand between `COMPONENT` and `REPETITION`."""

Loop: TypeAlias = dict[str, list[Any]]
"""Slots of a loop, each with its segments or loops in order. `?` holds segments that have no place."""

AckKind = Literal["", "TA105", "AK905", "IK502", "IK304"]
"""The element of a TA1 or 999 that can carry a fault: of the interchange, group, transaction or segment."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A finding with its place in numbers, and the code that an acknowledgement gives it.

    `ordinal` counts segments in the transaction from ST = 1; 0 outside of one. `offset` is in bytes from the begin of
    the stream. `element` is 0 if the whole segment is meant. `ack` is a code of the element `kind`.
    """

    finding: Finding
    kind: AckKind = ""
    ack: str = ""
    loop: str = ""
    segment: str = ""
    ordinal: int = 0
    element: int = 0
    offset: int = 0


class Irregular(NamedTuple):
    """How the bytes of a segment differ from the usual: what stands before it and behind it, and its encoding."""

    lead: str
    ending: str
    encoding: str


@dataclass(slots=True)
class Event:
    """Base of all events. `offset` is that of its first byte in the stream."""

    offset: int
    faults: list[Fault] = field(default_factory=list, kw_only=True)

    @property
    def findings(self) -> list[Finding]:
        """The findings of the faults."""
        return [fault.finding for fault in self.faults]


@dataclass(slots=True)
class Stray(Event):
    """Bytes that belong to no interchange. Line ends between interchanges are given too, without a fault."""

    data: bytes


@dataclass(slots=True)
class Segments(Event):
    """Base of the events that hold segments of the stream, in order, so that `emit` can write them again."""

    segments: list[Segment] = field(default_factory=list, kw_only=True)
    irregular: dict[int, Irregular] = field(default_factory=dict, kw_only=True)


@dataclass(slots=True)
class InterchangeStart(Event):
    """An ISA. `raw` are its bytes with terminator and line end; `isa` its elements, with the delimiters in them."""

    isa: Segment
    delimiters: Delimiters
    raw: bytes


@dataclass(slots=True)
class Loose(Segments):
    """A segment of an interchange outside of its transactions: a TA1, or one that has no place there (a fault)."""


@dataclass(slots=True)
class GroupStart(Segments):
    """A GS."""

    gs: Segment


@dataclass(slots=True)
class TransactionStart(Segments):
    """An ST. `table` is the set's, None if the set or its version is not known; `version` is ST03, else GS08."""

    st: Segment
    table: SetTable | None
    version: str


class Step(NamedTuple):
    """One step of the walk through the loops: `OPEN` and `CLOSE` of a loop, `SEGMENT` at its position, `UNPLACED`.

    `ordinal` is that of the segment in its transaction, for `OPEN` of the segment that begins the loop, for `CLOSE` of
    the last segment before. `at` is the index of the segment among the event's segments.
    """

    kind: Literal["OPEN", "SEGMENT", "CLOSE", "UNPLACED"]
    node: LoopNode | SegmentNode
    segment: Segment
    ordinal: int
    at: int


@dataclass(slots=True)
class Placed(Segments):
    """Base of the events whose segments have been placed in loops.

    `moves` and `offsets` run beside `segments`; `first` is the ordinal of the first one. `opened` are the loops that
    are open before them; `closed` is how many stay open after them. `steps()` tells the walk, which `valid`ation
    follows.
    """

    tree: Loop
    first: int
    moves: list[Move] = field(default_factory=list, kw_only=True)
    offsets: list[int] = field(default_factory=list, kw_only=True)
    opened: tuple[LoopNode, ...] = field(default=(), kw_only=True)
    closed: int | None = field(default=None, kw_only=True)

    def steps(self) -> Iterator[Step]:
        """The walk through these segments."""
        stack = list(self.opened)
        ordinal, index, segment = self.first - 1, -1, [""]
        for index, (move, segment) in enumerate(zip(self.moves, self.segments, strict=True)):
            if len(stack) > move.keep:
                before = self.segments[index - 1] if index else segment
                while len(stack) > move.keep:
                    yield Step("CLOSE", stack.pop(), before, ordinal, index - 1)
            ordinal += 1
            for loop in move.opens:
                stack.append(loop)
                yield Step("OPEN", loop, segment, ordinal, index)
            if move.node is None:
                yield Step("UNPLACED", stack[min(move.depth, len(stack) - 1)], segment, ordinal, index)
            else:
                yield Step("SEGMENT", move.node, segment, ordinal, index)
        if self.closed is not None:
            while len(stack) > self.closed:
                yield Step("CLOSE", stack.pop(), segment, ordinal, index)


@dataclass(slots=True)
class Slice(Placed):
    """The tree of the transaction, pruned to one unit: its header loops and the path to the unit.

    `unit` is the unit's loop (its node), None if the open loops closed without one (a subscriber without claims). Loops
    above the unit are shared between slices and must not be changed. `part` is 0; it counts from 1 if the unit is
    larger than the limit and so comes in parts, each with an error R103.
    """

    unit: LoopNode | None
    part: int = 0


@dataclass(slots=True)
class TransactionEnd(Placed):
    """An SE, or the place where it is missing (`se` is None).

    `tree` is the transaction without its units: header loops, trailing segments (PLB of an 835) and SE. A set that
    does not stream has everything in it. `accepted` tells that envelope and count are right: whoever has taken slices
    of a transaction that is not accepted must take them back.
    """

    se: Segment | None
    st: Segment
    accepted: bool


@dataclass(slots=True)
class GroupEnd(Segments):
    """A GE, or the place where it is missing (`ge` is None). `transactions` counts those that were there."""

    ge: Segment | None
    transactions: int
    accepted: bool


@dataclass(slots=True)
class InterchangeEnd(Segments):
    """An IEA, or the place where it is missing (`iea` is None). `groups` counts those that were there."""

    iea: Segment | None
    groups: int
    accepted: bool
