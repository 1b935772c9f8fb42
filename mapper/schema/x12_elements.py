"""X12 structure nodes as the elements that the compiler sees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mapper.schema.model import Binding, Element
from mapper.schema.x12_types import PRIMITIVES

Node = dict[str, Any]
FORMAT_QUALIFIER, FORMATTED = "1250", "1251"  # "this is the format" and "the date or time in that format"
DAY = len("CCYYMMDD")

CodeList = Callable[[str], "frozenset[str] | None"]


def child(node: Node, type_name: str) -> Element:
    """A loop or segment as a child of its loop."""
    return Element(
        name=node["id"],
        slot=node["slot"],
        types=(type_name,),
        minimum=int(node["usage"] == "R"),
        maximum=node["max"],
        text=node["name"],
    )


def numbered(element: Node, composite: str, siblings: Sequence[Node], lists: CodeList) -> Element:
    """An element of a segment, or a component of a composite; `composite` is its type where it has components."""
    codes = element["codes"]
    number = str(element["n"])
    return Element(
        name=number,
        slot=number,
        types=(composite,) if composite else types_of(element, siblings),
        minimum=int(element["usage"] == "R"),
        maximum=element["repeat"],
        text=element["name"],
        binding=binding(element, lists),
        fixed=codes[0] if codes is not None and len(codes) == 1 and not element["external"] else None,
        length=element["max"] or None,
    )


def types_of(element: Node, siblings: Sequence[Node]) -> tuple[str, ...]:
    """The primitive types of an element; of a date or time those of the formats that may be named beside it.

    A date that has room for a day alone is one in the form D8: no time of day is written into it.
    """
    if element["de"] == FORMATTED:
        qualifier = format_of(element, siblings)
        named = tuple(code for code in (qualifier or {}).get("codes") or () if code in PRIMITIVES)
        if named:
            return named
    if element["type"] == "DT" and element["max"] == DAY:
        return ("D8",)
    return (element["type"] if element["type"] in PRIMITIVES else "AN",)


def format_of(element: Node, siblings: Sequence[Node]) -> Node | None:
    """The element beside a date or time that names its format: the nearest before it."""
    before = [other for other in siblings if other["n"] < element["n"] and other["de"] == FORMAT_QUALIFIER]
    return before[-1] if element["de"] == FORMATTED and before else None


def binding(element: Node, lists: CodeList) -> Binding | None:
    """The guide's own codes are those of the data element (`DE98`), others those of the list that it names.

    External lists grow while a guide stands still, and what is at hand may be a year old: they are extensible.
    """
    if element["external"]:
        name = element["external"]
        held = lists(name)
        codes = held if element["codes"] is None else (held or frozenset()) | frozenset(element["codes"])
        return Binding("extensible", name, None if codes is None else {name: codes})
    if not element["codes"]:
        return None
    name = f"DE{element['de']}"
    return Binding("required", name, {name: frozenset(element["codes"])})


def merged(cases: Sequence[Node]) -> Node:
    """What all uses of an element have in common: the loosest usage, all codes, the longest text."""
    first = cases[0]
    coded = all(case["codes"] for case in cases)
    external = {case["external"] for case in cases}
    repeats = [case["repeat"] for case in cases]
    return first | {
        "usage": "R" if all(case["usage"] == "R" for case in cases) else "S",
        "repeat": None if None in repeats else max(repeats),
        "min": min(case["min"] for case in cases),
        "max": max(case["max"] for case in cases),
        "codes": list(dict.fromkeys(code for case in cases for code in case["codes"])) if coded else None,
        "external": external.pop() if len(external) == 1 else None,
    }


def merge_lists(lists: Sequence[Sequence[Node]]) -> list[Node]:
    """The elements of a wider type: every number that one of its cases uses, merged over the cases."""
    by_number: dict[int, list[Node]] = {}
    for held in lists:
        for element in held:
            if element["usage"] != "N":
                by_number.setdefault(element["n"], []).append(element)
    # A case that does not use an element makes it optional in the wider type.
    made = [(merged(cases), len(cases) == len(lists)) for _, cases in sorted(by_number.items())]
    return [element if always else element | {"usage": "S"} for element, always in made]
