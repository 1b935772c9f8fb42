"""HL7 v2 messages made from a schema and from what a mapping reads: enough of them that each of its lines has a turn.

They are the same in every run. Each message has one kind of segment in view: that is there with much of what the
mapping reads of it, the others only where the structure wants them. (`mapper.verify` looks for the unexpected instead.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from mapper.schema.hl7v2 import Hl7v2Schema
from mapper.schema.model import Element
from mapper.verify.facts_model import SideFacts
from mapper.verify.values import GOOD, TELLING, URIS, UUIDS, VALUE_TYPES

Fields = dict[int, Any]

SHARES = (0.9, 0.35, 0.65)
"""How much of what is read stands in a message: with everything there, no line that waits for a gap has its turn."""

BESIDE = 0.06
"""How much of what is read stands in the other segments."""

VARIANTS = 12
"""How many more messages there are for a segment whose value has a type of its own in each."""

_CODED = ("ID", "IS")
_IDS = ("HD", "EI")  # their universal ids are of several kinds, which mappings tell apart


class Messages:
    """Messages of one structure of a mapping, as the codec serialises them."""

    def __init__(self, schema: Hl7v2Schema, facts: SideFacts, structure: str, event: str) -> None:
        """`event` is what MSH-9 says, `ADT^A01`."""
        self.schema = schema
        self.facts = facts
        self.structure = structure
        self.event = event
        self._focus = ""
        self._share = 0.0
        self._number = 0
        self._random = Random(0)

    def made(self, times: int) -> Iterator[dict[str, Any]]:
        """So many messages for each kind of segment that the mapping reads, one after the other."""
        for name in self._segments(self.structure):
            self._focus = name
            varied = any(each.types[0] == "varies" for each in self.schema.elements(name))
            for number in range(times * VARIANTS if varied else times):
                self._random = Random(f"{name} {number}")
                self._number = number
                self._share = SHARES[number % len(SHARES)]
                tree = self._group(self.structure)
                tree["MSH"] = {**self._segment("MSH"), **self._header()}
                yield tree

    def _segments(self, group: str) -> list[str]:
        found: dict[str, None] = {}
        for child in self._read_children(group):
            name = child.types[0]
            found.update(dict.fromkeys(self._segments(name) if "." in name else [name]))
        return list(found)

    def _read_children(self, group: str) -> list[Element]:
        read = self.facts.used.get(group, {})
        return [child for child in self.schema.elements(group) if child.name in read]

    def _header(self) -> Fields:
        kind, _, event = self.event.partition("^")
        times = ("20240229153045-0600", "202402291530")
        version = self._random.choice((self.schema.versions[0], *self.schema.versions))
        return {7: self._random.choice(times), 9: {1: kind, 2: event}, 10: "MSG-2", 12: version}

    # -- segments ----------------------------------------------------------------------------

    def _group(self, name: str) -> dict[str, Any]:
        read = self._read_children(name)
        tree: dict[str, Any] = {}
        for child in self.schema.elements(name):
            kind = child.types[0]
            if child.slot == "MSH" or not (child.minimum > 0 or (child in read and self._leads(kind))):
                continue
            count = self._random.choice((1, 2)) if child.repeats else 1
            make = self._group if "." in kind else self._segment
            tree[child.slot] = [make(kind) for _ in range(count)]
        return tree

    def _leads(self, kind: str) -> bool:
        """Whether this is the segment in view or a group that has it; PID and PV1 give the others their meaning."""
        if kind in (self._focus, "PID", "PV1"):
            return True
        return "." in kind and any(self._leads(child.types[0]) for child in self._read_children(kind))

    def _segment(self, name: str) -> Fields:
        read = self.facts.used.get(name, {})
        fields: Fields = {}
        for element in self.schema.elements(name):
            if name == "MSH" and int(element.name) <= 2:
                continue
            share = self._share if name == self._focus else BESIDE
            wanted = element.name in read and self._random.random() < share
            if wanted or element.minimum > 0 or (name == "PID" and element.name == "3"):
                fields[int(element.name)] = self._field(name, element, fields)
        return fields

    def _field(self, owner: str, element: Element, before: Fields) -> Any:
        kind = self._random.choice(element.types)
        if kind == "CE":  # what newer versions have in its place
            kind = self._random.choice(("CE", "CWE"))
        if kind == "varies":
            types = tuple(dict.fromkeys((*map(str, self.facts.pool.get((owner, "2"), ())), *VALUE_TYPES)))
            kind = before[2] = types[self._number % len(types)]
        values = [self._value(kind, owner, element, 0) for _ in range(self._count(element))]
        return values if len(values) > 1 else values[0]

    def _count(self, element: Element) -> int:
        return self._random.choice((1, 1, 2, 3)) if element.repeats else 1

    # -- values ------------------------------------------------------------------------------

    def _value(self, kind: str, owner: str, element: Element, depth: int) -> Any:
        """One repetition (depth 0), component (1) or subcomponent (2): text, or a dict of parts."""
        pool = [str(value) for value in self.facts.pool.get((owner, element.name), ())]
        info = self.schema.type(kind)
        if info is None or info.kind != "composite" or depth > 1:
            return self._text(kind, element, pool, owner)
        elements = self.schema.elements(kind)
        chosen = [each for each in elements if self._random.random() < self._share] or [elements[0]]
        parts = {int(each.name): self._value(each.types[0], kind, each, depth + 1) for each in chosen}
        known = [] if "varies" in element.types else [*pool, *_codes(element)]
        if known and isinstance(parts.get(1), str) and self._random.random() < 0.8:
            parts[1] = self._random.choice(known)
        return parts

    def _text(self, kind: str, element: Element, pool: Sequence[str], owner: str) -> str:
        choice = self._random.choice
        known = [text for text in pool if text]
        if known and self._random.random() < 0.7:
            return choice(known)
        if kind in _CODED or _codes(element):
            return choice(_codes(element) or ("A",))
        if owner in _IDS and self._random.random() < 0.5:
            return choice((*URIS, *UUIDS))
        return choice(GOOD.get(kind, TELLING))


def _codes(element: Element) -> tuple[str, ...]:
    if element.binding is None or not element.binding.codes:
        return ()
    return tuple(sorted(code for codes in element.binding.codes.values() for code in codes))[:60]
