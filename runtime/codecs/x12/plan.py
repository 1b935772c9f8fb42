"""What the table says about writing a segment: formats and lengths of elements, and codes that need no statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runtime.codecs.x12.table import SegmentNode


@dataclass(frozen=True, slots=True)
class Constant:
    """The one legal code of an element: written if the segment is; only beside one of `beside` if that is not empty."""

    number: int
    code: str
    beside: frozenset[int]


@dataclass(frozen=True, slots=True)
class Part:
    """An element or a component: X12 type, lengths in characters (None: not known), components by number."""

    kind: str
    shortest: int
    longest: int | None
    components: Mapping[int, Part]
    constants: tuple[Constant, ...]


@dataclass(frozen=True, slots=True)
class SegmentPlan:
    """Elements by number, and the constants among them."""

    elements: Mapping[int, Part]
    constants: tuple[Constant, ...]


def plan_of(node: SegmentNode) -> SegmentPlan:
    """The plan of a position."""
    elements = node.data.get("elements") or ()
    return SegmentPlan(
        {each["n"]: _part(each) for each in elements}, _constants(elements, node.data.get("syntax") or ())
    )


def _part(data: Mapping[str, Any]) -> Part:
    components = data.get("components") or ()
    return Part(
        data.get("type") or "AN",
        data.get("min") or 0,
        data.get("max"),
        {each["n"]: _part(each) for each in components},
        _constants(components, data.get("syntax") or ()),
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
