"""X12 transactions as sides of a trace: `2010BA/NM103 (segment 12 of ST 0001)`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from runtime.codecs.x12 import COMPONENT, REPETITION, Segment
from runtime.lib.trail import Where
from runtime.translate import Result
from runtime.x12.positions import Excerpt, Standing, name_of

_PLACE = re.compile(
    r"(?:(?P<loop>[0-9][0-9A-Z]{3,5})(?:/|$))?"
    r"(?:(?P<id>[A-Z][A-Z0-9]{1,2})(?P<element>\d\d)?(?:-(?P<component>\d+))?)?"
    r"(?: \(segment (?P<ordinal>\d+)(?: of ST (?P<control>\w+|\?))?\))?\Z"
)


class Place(NamedTuple):
    """What a position says: the parts that it leaves out are empty."""

    loop: str
    id: str
    element: str
    component: str
    ordinal: str
    control: str


def place_of(text: str) -> Place | None:
    """`2010BA/NM103 (segment 12 of ST 0001)` taken apart; loop, element and number may be left out."""
    found = _PLACE.match(text)
    if found is None or not (found["loop"] or found["id"]):
        return None
    return Place(*(each or "" for each in found.groups()))


def under(text: str, wanted: str) -> bool:
    """Whether a place is the wanted one or lies below it: an element of a segment, a segment of a loop."""
    place, asked = place_of(text), place_of(wanted)
    if place is None or asked is None:
        return False
    if place.element and not place.component:
        place = place._replace(component="1")  # of a plain element the first component is the element
    return all(not want or want == have for want, have in zip(asked, place, strict=True))


def segment_leaves(segment: Segment) -> Iterator[tuple[int, int, int, str]]:
    """The populated leaves of a segment: element, repetition, component, text."""
    for number, raw in enumerate(segment):
        if not number or not raw:
            continue
        if COMPONENT not in raw and REPETITION not in raw:
            yield number, 1, 1, raw
            continue
        for repetition, each in enumerate(raw.split(REPETITION), 1):
            for component, text in enumerate(each.split(COMPONENT), 1):
                if text:
                    yield number, repetition, component, text


class X12Input:
    """See `Input`."""

    def __init__(self, result: Result) -> None:
        self._excerpt: Excerpt = result.excerpt

    def leaves(self) -> Iterator[Where]:
        for ordinal, standing in sorted(self._excerpt.segments.items()):
            for number, repetition, component, _ in segment_leaves(standing.segment):
                yield (ordinal, number, repetition, component, 1)

    def text(self, where: Where) -> str:
        return self._excerpt.text(where)

    def under(self, place: str, wanted: str) -> bool:
        return under(place, wanted)

    def plain(self, place: str) -> str:
        return place.partition(" (")[0]

    def claimed(self, root: str, keys: tuple[Any, ...]) -> str:
        *loops, slot = root.split("/")
        if slot[:1].isdigit():
            return slot
        text = (f"{loops[-1]}/" if loops else "") + slot.partition("_")[0]
        if keys:
            text += f"{keys[0]:02}"
        return text + (f"-{keys[1]}" if len(keys) > 1 else "")


class X12Output:
    """See `Output`: the segments of an interchange by their transactions."""

    def __init__(self, result: Result) -> None:
        self._roots: dict[str, Any] = {}
        self._places: dict[str, dict[int, tuple[int, Standing]]] = {}
        for tree, written in result.written:
            name = written.control
            self._roots[name] = tree
            self._places[name] = {
                id(held): (ordinal, Standing([node.id], node))
                for ordinal, (node, held) in written.places.items()
            }

    @property
    def roots(self) -> Mapping[str, Any]:
        return self._roots

    def name(self, path: Where) -> str | None:
        places = self._places[path[0]]
        node = self._roots[path[0]]
        for depth, part in enumerate(path[1:], 1):
            node = node[part]
            found = places.get(id(node))
            if found is not None:
                ordinal, standing = found
                return f"{self._below(standing, node, path[depth + 1 :])} (segment {ordinal} of ST {path[0]})"
        return None

    def _below(self, standing: Standing, segment: Any, rest: Where) -> str:
        if not rest:
            return name_of(standing)
        element, below = rest[0], list(rest[1:])
        text = name_of(standing, element)
        if isinstance(segment[element], list) and below:
            below.pop(0)
        return text + (f"-{below[0]}" if below else "")

    def under(self, name: str, wanted: str) -> bool:
        return under(name, wanted)

    def target(self, text: str) -> str:
        """A target as a position: its innermost loop, segment and element."""
        *loops, last = text.split("/")
        return f"{loops[-1]}/{last}" if loops and re.match(r"\d", loops[-1]) else last

    def order(self, name: str) -> tuple[Any, ...]:
        place = place_of(name)
        if place is None:
            return ()
        return (
            list(self._roots).index(place.control),
            int(place.ordinal),
            int(place.element or 0),
            int(place.component or 0),
        )
