"""A structure table compiled for checking: for each position what the hot path needs, and nothing that it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runtime.codecs.x12.table import LoopNode, SegmentNode, SetTable, compile_root
from runtime.x12.validate.elements import Condition, ElementTable, Lists, holds, implied, vacuous
from runtime.x12.validate.fast import matcher

if TYPE_CHECKING:
    from runtime.x12.validate.coding import CodedElement
    from runtime.x12.validate.rule import Rule

NEVER = 1_000_000
NUMBERED = frozenset({"HL", "LX", "CLM"})


@dataclass(slots=True, eq=False)
class SegmentPlan:
    """A position of the guide. `fits` tells from the joined segment that there is nothing to tell.

    `bit` stands for the position within its loop; `before` holds the bits of what must have come by now.
    """

    node: SegmentNode
    id: str
    loop: str
    bit: int
    before: int
    maximum: int | None
    unused: bool
    required: bool
    elements: Sequence[ElementTable]
    fits: Callable[[str], object]
    conditions: tuple[tuple[int, str, Condition], ...]
    """Syntax conditions that usage alone does not decide, each with the elements that a segment has without it."""
    least: int
    """A segment with no more parts (id and elements) than these needs neither a condition nor a running number."""
    coded: tuple[CodedElement, ...] = ()
    """The elements with codes of lists, by their number."""


@dataclass(slots=True, eq=False)
class LoopPlan:
    """A loop of the guide. `kept` says whether its content stays at hand until the unit around it is done."""

    node: LoopNode
    set: str
    id: str
    bit: int
    before: int
    maximum: int | None
    unused: bool
    is_unit: bool
    holds_unit: bool
    kept: bool
    required: int = 0
    rules: tuple[Rule, ...] = ()
    children: list[SegmentPlan | LoopPlan] = field(default_factory=list)
    bits: dict[str, int] = field(default_factory=dict)
    """The bits of all children with an id."""

    @property
    def first(self) -> str:
        """The id of the segment that begins the loop."""
        first = self.node.first
        return "" if first is None else first.id

    @property
    def shown(self) -> str:
        """The loop's id in findings; the transaction itself has none."""
        return "" if self.node.parent is None else self.id

    def data_element(self, segment: str, number: int, component: int) -> str:
        """The number in the data element dictionary of an element of one of the loop's segments."""
        for plan in self.segments(segment):
            for part in plan.elements:
                if part["n"] == number:
                    inner = next(
                        (each for each in part.get("components") or () if each["n"] == component), part
                    )
                    return inner.get("de", "")
        return ""

    def segments(self, name: str) -> Iterator[SegmentPlan]:
        """The loop's own positions with this id."""
        return (child for child in self.children if isinstance(child, SegmentPlan) and child.id == name)

    def missing(self, bits: int) -> Iterator[SegmentPlan | LoopPlan]:
        """The children behind a set of bits."""
        return (child for child in self.children if child.bit & bits)


@dataclass(frozen=True, slots=True)
class SetPlan:
    """A set compiled: its name, its root, and the plan of each node of the codec's tree."""

    name: str
    root: LoopPlan
    segments: Mapping[SegmentNode, SegmentPlan]
    loops: Mapping[LoopNode, LoopPlan]


def compile_set(table: SetTable, lists: Lists, root: LoopNode | None = None) -> SetPlan:
    """Compile a table; `lists` are the code lists by name that are checked on the way. `root` is the codec's tree."""
    segments: dict[SegmentNode, SegmentPlan] = {}
    loops: dict[LoopNode, LoopPlan] = {}
    node = compile_root(table) if root is None else root
    accepted = [str(table.get("version", "")), *table.get("accepts", ())]
    whole = not table.get("unit")

    def loop_plan(loop: LoopNode, bit: int, before: int, inside: bool) -> LoopPlan:
        inside = inside or (loop.is_unit and not whole)
        kept = not whole and (inside or not loop.holds_unit)
        unit = loop.is_unit and not whole
        plan = LoopPlan(
            loop,
            str(table["set"]),
            loop.id,
            bit,
            before,
            loop.maximum,
            loop.data.get("usage") == "N",
            unit,
            loop.holds_unit or whole,
            kept,
        )
        loops[loop] = plan
        _children(plan, loop, inside)
        return plan

    def _children(plan: LoopPlan, loop: LoopNode, inside: bool) -> None:
        earlier, same, rank = 0, 0, -1
        for child in loop.children:
            bit = 1 << child.index
            if child.rank != rank:
                earlier, same, rank = earlier | same, 0, child.rank
            if isinstance(child, LoopNode):
                made: SegmentPlan | LoopPlan = loop_plan(child, bit, earlier, inside)
            else:
                made = segments[child] = _segment(child, plan.shown, bit, earlier, lists, accepted)
            plan.children.append(made)
            plan.bits[made.id] = plan.bits.get(made.id, 0) | bit
            if child.data.get("usage") == "R":
                same |= bit
        plan.required = earlier | same

    root_plan = loop_plan(node, 1, 0, False)
    return SetPlan(str(table["set"]), root_plan, segments, loops)


def _segment(
    node: SegmentNode, loop: str, bit: int, before: int, lists: Lists, accepted: list[str]
) -> SegmentPlan:
    elements: list[ElementTable] = list(node.data.get("elements") or ())
    if node.id == "ST":
        elements = _versions(elements, accepted)
    unused = node.data.get("usage") == "N"
    conditions = sorted(
        (
            (vacuous(each), each, holds(each))
            for each in node.data.get("syntax") or ()
            if not implied(each, elements)
        ),
        key=lambda each: each[0],
    )
    least = min((each[0] for each in conditions), default=NEVER)
    return SegmentPlan(
        node,
        node.id,
        loop,
        bit,
        before,
        node.maximum,
        unused,
        node.data.get("usage") == "R",
        elements,
        _never if unused else matcher(node.id, elements, lists),
        tuple(conditions),
        0 if node.id in NUMBERED else least,
    )


def _never(_joined: str) -> None:
    """What is not used has no valid form."""


def _versions(elements: list[ElementTable], accepted: list[str]) -> list[ElementTable]:
    """ST03 takes every version that the set accepts, not only the one that the guide's table was made for."""
    return [
        {**each, "codes": accepted} if each["n"] == 3 and each.get("codes") else each for each in elements
    ]
