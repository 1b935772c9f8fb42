"""HL7 v2 messages made from the schema, with most weight on what a mapping reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from mapper.schema.hl7v2 import Hl7v2Schema
from mapper.schema.model import Element
from mapper.verify import texts
from mapper.verify.facts_model import SideFacts
from mapper.verify.values import VALUE_TYPES
from runtime.codecs.hl7v2 import NULL

Draw = Any
Fields = dict[int, Any]

MOST_FIELDS = 5
MOST_PARTS = 4
MOST_SEGMENTS = 5
DEEPEST = 1

# Components that only qualify another: alone they say nothing, and no sender means anything by them.
QUALIFIED = {("HD", 3): 2, ("EI", 4): 3, ("SN", 3): 2, ("CQ", 2): 1, ("MO", 2): 1}


class Hl7v2Inputs:
    """Draws segments and messages as the codec serialises them."""

    def __init__(self, schema: Hl7v2Schema, facts: SideFacts, events: Mapping[str, str]) -> None:
        self.schema = schema
        self.facts = facts
        self.events = events

    # -- messages ----------------------------------------------------------------------------

    def message(self, draw: Draw, structure: str) -> dict[str, Any]:
        """A message of a structure: its required segments, and some of those that the mapping reads."""
        tree = self.group(draw, structure)
        tree["MSH"] = {**self.segment(draw, "MSH"), **self._header(draw, structure)}
        return tree

    def _header(self, draw: Draw, structure: str) -> Fields:
        events = [event for event, name in self.events.items() if name == structure] or ["ADT^A01"]
        kind, _, event = draw(st.sampled_from(sorted(events))).partition("^")
        return {
            7: draw(st.sampled_from(("20240229153045-0600", "202402291530"))),
            9: {1: kind, 2: event},
            10: draw(st.sampled_from(("1", "MSG-2"))),
            11: "P",
            12: draw(st.sampled_from((*(self.schema.versions[0],) * 5, *self.schema.versions))),
        }

    def group(self, draw: Draw, type_name: str) -> dict[str, Any]:
        """A message or group: chosen slots with one or more occurrences."""
        children = [child for child in self.schema.elements(type_name) if child.slot != "MSH"]
        read = self.facts.used.get(type_name, {})
        wanted = [child for child in children if child.name in read]
        chosen = _some(draw, wanted, (), MOST_SEGMENTS)
        tree: dict[str, Any] = {}
        for child in children:
            if child.minimum > 0 or child in chosen:
                tree[child.slot] = self._slot(draw, type_name, child)
        return tree

    def _slot(self, draw: Draw, owner: str, child: Element) -> list[Any]:
        name = child.types[0]
        several = child.repeats and (owner, child.name) not in self.facts.firsts
        count = draw(st.sampled_from((1, 1, 2))) if several else 1
        make = self.group if "." in name else self.segment
        return [make(draw, name) for _ in range(count)]

    # -- segments and datatypes --------------------------------------------------------------

    def segment(self, draw: Draw, name: str) -> Fields:
        """Some fields of a segment; required ones almost always."""
        elements = [
            each for each in self.schema.elements(name) if not (name == "MSH" and int(each.name) <= 2)
        ]
        read = self.facts.used.get(name, {})
        chosen = _some(draw, [e for e in elements if e.name in read], elements, MOST_FIELDS)
        complete = draw(st.integers(0, 9)) < 9
        fields: Fields = {}
        for element in elements:
            if element in chosen or (complete and element.minimum > 0):
                fields[int(element.name)] = self._field(draw, name, element, fields)
        return fields

    def _field(self, draw: Draw, owner: str, element: Element, before: Fields) -> Any:
        if draw(st.integers(0, 24)) == 24:
            return NULL
        type_name = element.types[0]
        if type_name == "varies":
            type_name = before[2] if before.get(2) in VALUE_TYPES else draw(st.sampled_from(VALUE_TYPES))
            before[2] = type_name
        count = (
            draw(st.sampled_from((1, 1, 1, 2, 3)))
            if element.repeats and (owner, element.name) not in self.facts.firsts
            else 1
        )
        values = [self.value(draw, type_name, owner, element) for _ in range(count)]
        return values if count > 1 else values[0]

    def value(self, draw: Draw, type_name: str, owner: str, element: Element | None, depth: int = 0) -> Any:
        """One repetition (depth 0), component (1) or subcomponent (2): text, or a dict of parts."""
        name = element.name if element is not None else ""
        pool = [str(value) for value in self.facts.pool.get((owner, name), ())]
        info = self.schema.type(type_name)
        if info is None or info.kind != "composite" or depth > DEEPEST:
            return draw(texts.leaf(type_name, _codes(element), pool))
        return self.composite(draw, type_name, depth, pool, _codes(element))

    def composite(
        self, draw: Draw, type_name: str, depth: int, pool: Sequence[str] = (), known: Sequence[str] = ()
    ) -> Fields:
        """Some components; the first often from the values that the mapping or the table knows for the whole."""
        elements = self.schema.elements(type_name)
        read = self.facts.used.get(type_name, {})
        wanted = [e for e in elements if e.name in read] or list(elements[:1])
        chosen = _some(draw, wanted, elements, MOST_PARTS) or [wanted[0]]
        parts: Fields = {}
        for element in chosen:
            parts[int(element.name)] = self.value(draw, element.types[0], type_name, element, depth + 1)
        for (name, number), other in QUALIFIED.items():
            if name == type_name and number in parts and other not in parts:
                del parts[number]
        if 1 in parts and isinstance(parts[1], str) and (pool or known) and draw(st.booleans()):
            parts[1] = draw(st.sampled_from(tuple(dict.fromkeys((*pool, *known)))[:60]))
        return dict(sorted(parts.items()))


def _codes(element: Element | None) -> tuple[str, ...]:
    if element is None or element.binding is None or not element.binding.codes:
        return ()
    return tuple(sorted(code for codes in element.binding.codes.values() for code in codes))[:40]


def _some(draw: Draw, wanted: Sequence[Element], others: Sequence[Element], most: int) -> list[Element]:
    """Some of the wanted elements, and seldom one of the others; in their order."""
    names = {element.slot: element for element in (*wanted, *others)}
    if not names:
        return []
    likely = st.sampled_from([e.slot for e in wanted]) if wanted else st.sampled_from(list(names))
    rare = st.one_of(likely, likely, likely, likely, st.sampled_from(list(names)))
    chosen = set(draw(st.lists(rare, unique=True, max_size=most)))
    return [element for slot, element in names.items() if slot in chosen]
