"""What a transaction holds as plain JSON values, for a warehouse or any reader that knows no X12."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from runtime.codecs.x12.automaton import automaton_of
from runtime.codecs.x12.delimiters import COMPONENT, REPETITION
from runtime.codecs.x12.envelope import element
from runtime.codecs.x12.events import (
    Event,
    GroupStart,
    InterchangeStart,
    Loop,
    Loose,
    Placed,
    Segment,
    Slice,
    TransactionStart,
)
from runtime.codecs.x12.table import UNPLACED, LoopNode, SegmentNode, SetTable

Json = dict[str, Any]


def content(tree: Loop, table: SetTable | None) -> Json:
    """The loops and segments of a tree as JSON.

    Every slot is a list, in guide order. A segment is an object of its elements that are not empty: `NM103`, and
    `SV101-2` for a component. An element that repeats is a list under its name: of texts, or of objects with the
    components. What has no place stands under `?`, with its id as `segment`. Without a table, all has no place.
    """
    if table is None:
        return {UNPLACED: [_unplaced(segment) for segments in tree.values() for segment in segments]}
    return _loop(tree, automaton_of(table).root)


def documents(events: Iterable[Event]) -> Iterator[Json]:
    """One JSON object for each slice, each end of a transaction and each TA1, with what identifies it.

    `kind` is `unit`, `end` or `loose` (outside of transactions); an `end` has `accepted`, and holds what stands outside
    of the units. `interchange`, `group` and `transaction` are the control numbers, `segments` the ordinals of the first
    and the last new segment.
    """
    about: Json = {}
    table: SetTable | None = None
    for event in events:
        if isinstance(event, InterchangeStart):
            about = {
                "sender": event.isa[6].strip(),
                "receiver": event.isa[8].strip(),
                "interchange": event.isa[13],
            }
        elif isinstance(event, GroupStart):
            about = {**about, "group": element(event.gs, 6)}
        elif isinstance(event, TransactionStart):
            table = event.table
            about = {
                **about,
                "transaction": element(event.st, 2),
                "set": table["set"] if table else element(event.st, 1),
                "version": event.version,
            }
        elif isinstance(event, Loose):
            unplaced = [_unplaced(segment) for segment in event.segments]
            yield {**about, "kind": "loose", "content": {UNPLACED: unplaced}}
        elif isinstance(event, Placed):
            yield {**about, **_described(event), "content": content(event.tree, table)}


def _described(event: Placed) -> Json:
    last = event.first + len(event.segments) - 1
    if isinstance(event, Slice):
        return {
            "kind": "unit",
            "loop": event.unit.slot if event.unit else None,
            "segments": [event.first, last],
        }
    return {"kind": "end", "accepted": getattr(event, "accepted", False), "segments": [event.first, last]}


def _loop(held: Mapping[str, list[Any]], loop: LoopNode) -> Json:
    found: Json = {}
    for child in loop.children:
        nodes = held.get(child.slot)
        if nodes:
            found[child.slot] = [
                _loop(node, child) if isinstance(child, LoopNode) else _segment(node, child) for node in nodes
            ]
    if held.get(UNPLACED):
        found[UNPLACED] = [_unplaced(segment) for segment in held[UNPLACED]]
    return found


class _Shape(NamedTuple):
    """How an element is shown: its name, whether it has components, and whether it may repeat."""

    name: str
    composite: bool
    repeats: bool


_SHAPES: dict[int, tuple[SegmentNode, list[_Shape]]] = {}
_MOST_SHAPES = 20_000


def _shapes(node: SegmentNode) -> list[_Shape]:
    """The shapes of the elements of a position; kept."""
    known = _SHAPES.get(id(node))
    if known is None or known[0] is not node:
        if len(_SHAPES) >= _MOST_SHAPES:
            _SHAPES.clear()
        described = {each["n"]: each for each in node.data.get("elements") or ()}
        shapes = []
        for number in range(1, max(described, default=0) + 1):
            each = described.get(number) or {}
            composite, repeats = bool(each.get("components")), (each.get("repeat") or 1) != 1
            shapes.append(_Shape(f"{node.id}{number:02}", composite, repeats))
        known = _SHAPES[id(node)] = (node, shapes)
    return known[1]


def _segment(segment: Segment, node: SegmentNode) -> Json:
    shapes = _shapes(node)
    found: Json = {}
    for shape, value in zip(shapes, segment[1:], strict=False):
        if value:
            if shape.composite or shape.repeats or COMPONENT in value or REPETITION in value:
                _add(found, shape.name, value, shape.composite or COMPONENT in value, shape.repeats)
            else:
                found[shape.name] = value
    for number, value in enumerate(segment[len(shapes) + 1 :], len(shapes) + 1):
        if value:
            _add(found, f"{node.id}{number:02}", value, COMPONENT in value, False)
    return found


def _unplaced(segment: Segment) -> Json:
    found: Json = {"segment": segment[0]}
    for number, value in enumerate(segment[1:], 1):
        if value:
            _add(found, f"{segment[0]}{number:02}", value, COMPONENT in value, False)
    return found


def _add(found: Json, name: str, value: str, composite: bool, repeats: bool) -> None:
    if repeats or REPETITION in value:
        values = value.split(REPETITION)
        found[name] = [_components(name, each) for each in values] if composite else values
    elif composite:
        found.update(_components(name, value))
    else:
        found[name] = value


def _components(name: str, value: str) -> Json:
    return {f"{name}-{place}": part for place, part in enumerate(value.split(COMPONENT), 1) if part}
