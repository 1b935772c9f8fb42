"""What the table says about writing a segment: formats and lengths of elements, and codes that need no statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runtime.codecs.x12.table import LoopNode, SegmentNode

UNBOUNDED = 1 << 30
"""The length of an element whose longest is not known."""


@dataclass(frozen=True, slots=True)
class Constant:
    """The one legal code of an element: written if the segment is; only beside one of `beside` if that is not empty."""

    number: int
    code: str
    beside: frozenset[int]


@dataclass(frozen=True, slots=True)
class Part:
    """An element or a component: X12 type, lengths in characters, components by number, codes (none: any text).

    `simple` tells that letters and digits are written as they are; `whole` the same of digits.
    """

    kind: str
    shortest: int
    longest: int
    simple: bool
    whole: bool
    components: Mapping[int, Part]
    constants: tuple[Constant, ...]
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SegmentPlan:
    """Elements by number, and the constants among them."""

    elements: Mapping[int, Part]
    constants: tuple[Constant, ...]


class LoopPlan:
    """Children of a loop with their places, and how it begins: with HL, with an LX that counts, or with what is given.

    `leader` is that last kind; without it a reader takes the segments that follow for those of another loop.
    """

    __slots__ = ("children", "hierarchy", "leader", "line", "places")

    def __init__(self, loop: LoopNode) -> None:
        first = loop.first
        self.children = tuple(loop.children)
        self.places = {child.slot: child.index for child in loop.children}
        self.hierarchy = first if loop.parent is not None and first is not None and first.id == "HL" else None
        self.line = first if first is not None and first.id == "LX" else None
        known = loop.parent is None or self.hierarchy is not None or self.line is not None
        self.leader = None if known else first


def qualifiers_of(node: SegmentNode) -> dict[int, str]:
    """The elements by which a segment is known in its place: the first code of each."""
    return {element: min(codes) for element, component, codes in node.match if not component}


def plan_of(node: SegmentNode) -> SegmentPlan:
    """The plan of a position."""
    elements = node.data.get("elements") or ()
    return SegmentPlan(
        {each["n"]: _part(each) for each in elements}, _constants(elements, node.data.get("syntax") or ())
    )


def _part(data: Mapping[str, Any]) -> Part:
    components = data.get("components") or ()
    kind = data.get("type") or "AN"
    number = kind == "R" or (kind[0] == "N" and kind[1:].isdecimal())
    return Part(
        kind,
        data.get("min") or 0,
        data.get("max") or UNBOUNDED,
        not number and not components,
        kind in {"R", "N0"} and not components,
        {each["n"]: _part(each) for each in components},
        _constants(components, data.get("syntax") or ()),
        frozenset(data.get("codes") or ()),
    )


def _constants(elements: Any, syntax: Any) -> tuple[Constant, ...]:
    """Required elements with one code, and situational ones whose partner in a pair (P0809) is there."""
    found = []
    for each in elements:
        codes = each.get("codes")
        if not codes or len(codes) != 1 or each.get("components"):
            continue
        if each["usage"] == "R":
            found.append(Constant(each["n"], codes[0], frozenset()))
        elif each["usage"] == "S":
            beside = {
                n for rule in syntax if rule[0] == "P" for n in _numbers(rule) if each["n"] in _numbers(rule)
            }
            if beside - {each["n"]}:
                found.append(Constant(each["n"], codes[0], frozenset(beside - {each["n"]})))
    return tuple(found)


def _numbers(rule: str) -> list[int]:
    return [int(rule[at : at + 2]) for at in range(1, len(rule) - 1, 2)]
