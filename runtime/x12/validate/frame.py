"""Loops while they are open, and what the rules read of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from runtime.codecs.x12.delimiters import COMPONENT, REPETITION
from runtime.x12.validate.plan import LoopPlan, SegmentPlan

T = TypeVar("T")


class Entry(NamedTuple):
    """A segment with its ordinal within the transaction."""

    ordinal: int
    segment: Sequence[str]


class Frame:
    """One occurrence of a loop. `seen` has the bits of the children that came; `late` what came too late or not yet.

    Segments and inner loops are kept by the ids of the guide (`REF`, `2400`), where the plan keeps them.
    """

    __slots__ = (
        "bad",
        "counts",
        "late",
        "loops",
        "memory",
        "memory",
        "ordinal",
        "parent",
        "plan",
        "seen",
        "segments",
        "sums",
        "told",
    )

    def __init__(self, plan: LoopPlan, parent: Frame | None, ordinal: int) -> None:
        self.plan = plan
        self.parent = parent
        self.ordinal = ordinal
        self.seen = 0
        self.bad = False
        self.late: list[tuple[int, int]] | None = None
        self.counts: dict[int, int] | None = None
        self.segments: dict[str, list[Entry]] = {}
        self.loops: dict[str, list[Frame]] = {}
        self.sums: dict[str, Decimal | None] | None = None
        self.told: dict[str, bool] | None = None
        self.memory: dict[str, Any] | None = None

    @property
    def id(self) -> str:
        """The id of the loop: `2300`."""
        return self.plan.id

    @property
    def set(self) -> str:
        """The set that the loop belongs to: `837P`."""
        return self.plan.set

    def all(self, segment: str, *qualifiers: str) -> list[Entry]:
        """Segments by id, and by what stands in their first element if qualifiers are given."""
        entries = self.segments.get(segment)
        if not entries:
            return []
        if not qualifiers:
            return entries
        return [each for each in entries if len(each[1]) > 1 and each[1][1] in qualifiers]

    def first(self, segment: str, *qualifiers: str) -> Entry | None:
        """The first such segment."""
        for each in self.segments.get(segment, ()):
            if not qualifiers or (len(each[1]) > 1 and each[1][1] in qualifiers):
                return each
        return None

    def value(self, segment: str, element: int, component: int = 0) -> str:
        """An element of the first segment with this id; empty without it."""
        entries = self.segments.get(segment)
        return value(entries[0][1], element, component) if entries else ""

    def inner(self, *loops: str) -> list[Frame]:
        """Inner loops by id, in the order of the ids."""
        if len(loops) == 1:
            return self.loops.get(loops[0]) or []
        return [frame for loop in loops for frame in self.loops.get(loop, ())]

    def has(self, child: str) -> bool:
        """Whether a segment or loop with this id has come, kept or not."""
        return bool(self.plan.bits.get(child, 0) & self.seen)

    def outer(self, *loops: str) -> Frame | None:
        """The nearest loop around this one (or itself) with one of these ids."""
        frame: Frame | None = self
        while frame is not None and frame.plan.id not in loops:
            frame = frame.parent
        return frame

    def below(self) -> Iterator[Frame]:
        """This loop and all loops kept below it."""
        yield self
        for frames in self.loops.values():
            for frame in frames:
                yield from frame.below()

    def within(self, other: Frame) -> bool:
        """Whether this loop is another one or lies in it."""
        frame: Frame | None = self
        while frame is not None:
            if frame is other:
                return True
            frame = frame.parent
        return False

    def spoil(self) -> None:
        """An error is in this loop: it counts up to the loop by which units are told apart, not for its neighbours."""
        frame: Frame | None = self
        while frame is not None:
            frame.bad = True
            if frame.plan.is_unit or frame.plan.holds_unit:
                return
            frame = frame.parent

    def let_go(self) -> None:
        """Undo the circles between this loop and its inner ones, so that they are freed at once."""
        for frames in self.loops.values():
            for frame in frames:
                if frame.loops:
                    frame.let_go()
        self.loops = {}
        self.memory = None

    def memo(self, name: str, make: Callable[[Frame], T]) -> T:
        """What several rules need of a complete loop, made once."""
        memory = self.memory
        if memory is None:
            memory = self.memory = {}
        if name not in memory:
            memory[name] = make(self)
        found: T = memory[name]
        return found

    def once(self, mark: str) -> bool:
        """True the first time it is asked with this mark: for what is told once for a loop."""
        if self.told is None:
            self.told = {}
        if mark in self.told:
            return False
        self.told[mark] = True
        return True


def value(segment: Sequence[str], element: int, component: int = 0) -> str:
    """An element or a component of a segment, first repetition; empty where absent."""
    if element >= len(segment):
        return ""
    found = segment[element]
    if REPETITION in found:
        found = found.split(REPETITION, 1)[0]
    if component:
        parts = found.split(COMPONENT)
        return parts[component - 1] if component <= len(parts) else ""
    return found


def count(frame: Frame, plan: SegmentPlan | LoopPlan) -> int:
    """Count one more occurrence of a child; the number of occurrences so far."""
    counts = frame.counts
    if counts is None:
        counts = frame.counts = {}
    counts[plan.bit] = number = counts.get(plan.bit, 1) + 1
    return number
