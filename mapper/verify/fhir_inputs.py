"""FHIR resources and Bundles made from the schema, with most weight on what a mapping reads."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from mapper.schema.fhir import FhirSchema
from mapper.schema.model import Element
from mapper.verify.facts_model import SideFacts

EVENTS = "http://terminology.hl7.org/CodeSystem/v2-0003"
Draw = Any
Json = dict[str, Any]

MOST_ELEMENTS = 5
DEEPEST = 6
MOST_RESOURCES = 12

TEXTS = ("A", "Bo", "a b", "O'Neil", "x|y^z&w~v\\u", "é", "漢字", "😀", "line\nbreak", "1")
PRIMITIVES: dict[str, tuple[Any, ...]] = {
    "boolean": (True, False),
    "date": ("2024-02-29", "2024-02", "2024"),
    "dateTime": ("2024-02-29T15:30:45-06:00", "2024-02-29", "2024", "2024-02-29T15:30:45.123Z"),
    "instant": ("2024-02-29T15:30:45-06:00", "2024-02-29T21:30:45.5Z"),
    "time": ("15:30:45", "15:30:00"),
    "integer": (1, 0, -2),
    "positiveInt": (1, 2, 33),
    "unsignedInt": (0, 1, 33),
    "decimal": (Decimal(1), Decimal("12.50"), Decimal("-0.001")),
    "uri": ("https://verify.example/a", "urn:oid:1.2.3.4", "http://loinc.org"),
    "url": ("https://verify.example/a", "mailto:a@verify.example"),
    "canonical": ("https://verify.example/a",),
    "oid": ("urn:oid:1.2.3.4",),
    "uuid": ("urn:uuid:2b0f2a0c-6b5e-4a53-9d0c-0f9b6a0a1c11",),
    "code": ("A", "zz"),
    "id": ("a1",),
    "base64Binary": ("QQ==",),
    "xhtml": ('<div xmlns="http://www.w3.org/1999/xhtml">A</div>',),
}
TEXTUAL = frozenset({"code", "string", "markdown", "id"})
"""Primitives that can hold any code."""
# What the rest of its type says nothing without.
TELLING = {
    ("Coding", "code"), ("Identifier", "value"), ("ContactPoint", "value"), ("Quantity", "value"),
    ("Location", "name"), ("Organization", "name"), ("Encounter", "class"),
}  # fmt: skip
SKIPPED = frozenset({"id", "meta", "contained", "implicitRules", "extension", "modifierExtension"})


class FhirInputs:
    """Draws values of one case; `entries` are the resources that references lead to."""

    def __init__(self, schema: FhirSchema, facts: SideFacts, events: Sequence[str] = ()) -> None:
        self.schema = schema
        self.facts = facts
        self.events = events

    def bundle(self, draw: Draw) -> Json:
        """A message Bundle of resources that the mapping reads."""
        case = _Case(self, draw)
        read = sorted(self.facts.resources)
        chosen = draw(st.lists(st.sampled_from(read), unique=True, max_size=5)) if read else []
        for kind in dict.fromkeys(name for name in ("MessageHeader", "Patient") if name in read):
            case.resource(kind)
        for kind in chosen:
            if all(entry["resource"]["resourceType"] != kind for entry in case.entries):
                case.resource(kind)
        for entry in case.entries:
            if entry["resource"]["resourceType"] == "MessageHeader" and self.events:
                code = draw(st.sampled_from(self.events))
                entry["resource"] |= {"eventCoding": {"system": EVENTS, "code": code}}
        return {
            "resourceType": "Bundle",
            "type": "message",
            "timestamp": "2024-02-29T15:30:45-06:00",
            "entry": case.entries,
        }

    def collection(self, draw: Draw) -> Json:
        """A Bundle without a message: nearly all of the resources that the mapping reads as members."""
        case = _Case(self, draw)
        for kind in sorted(self.facts.resources):
            if draw(st.integers(0, 9)) < 9:
                for _ in range(draw(st.sampled_from((1, 1, 2)))):
                    case.resource(kind)
        return {"resourceType": "Bundle", "type": "collection", "entry": case.entries}

    def part(self, draw: Draw, type_name: str) -> tuple[Any, list[Json]]:
        """A value of one type, and the entries that it refers to."""
        case = _Case(self, draw)
        info = self.schema.type(type_name)
        if info is not None and info.kind == "primitive":
            return case.primitive(type_name, ("", ""), None), []
        value = case.object(type_name, 0)
        if info is not None and info.kind == "resource":
            value = {"resourceType": type_name, **value}
        return value, case.entries


class _Case:
    def __init__(self, inputs: FhirInputs, draw: Draw) -> None:
        self.schema, self.facts, self.draw = inputs.schema, inputs.facts, draw
        self.entries: list[Json] = []

    def resource(self, kind: str, depth: int = 0) -> str:
        """Add a resource; returns its full URL."""
        number = len(self.entries) + 1
        identifier = f"00000000-0000-4000-8000-{number:012d}"
        entry: Json = {
            "fullUrl": f"urn:uuid:{identifier}",
            "resource": {"resourceType": kind, "id": identifier},
        }
        self.entries.append(entry)
        entry["resource"].update(self.object(kind, depth))
        return str(entry["fullUrl"])

    # -- objects -----------------------------------------------------------------------------

    def object(self, type_name: str, depth: int) -> Json:
        """An object with its required elements and some of those that the mapping reads; never empty."""
        elements = [e for e in self.schema.elements(type_name) if e.name not in SKIPPED]
        read = self.facts.used.get(type_name, {})
        wanted = [
            e for e in elements if e.name in read or (e.choice and e.choice.removesuffix("[x]") in read)
        ]
        chosen = self._chosen(wanted, elements, depth)
        if depth == 0 or self.draw(st.integers(0, 9)) < 9:  # what nothing identifies is seldom worth sending
            chosen |= {
                element.name for element in elements if (type_name, element.name) in self.facts.keys | TELLING
            }
        value: Json = {}
        for element in self._exclusive(elements, chosen):
            self._put(value, type_name, element, depth)
        if not value and elements:
            self._put(value, type_name, (wanted or elements)[0], depth)
        return value

    def _chosen(self, wanted: Sequence[Element], others: Sequence[Element], depth: int) -> set[str]:
        if depth > DEEPEST or not (wanted or others):
            return set()
        likely = st.sampled_from([e.name for e in wanted or others])
        rare = st.one_of(*[likely] * 9, st.sampled_from([e.name for e in others]))
        return set(self.draw(st.lists(rare, unique=True, max_size=MOST_ELEMENTS if depth == 0 else 3)))

    def _exclusive(self, elements: Sequence[Element], chosen: set[str]) -> list[Element]:
        """Chosen and required elements, one alternative of each choice."""
        taken: dict[str, Element] = {}
        for element in sorted(elements, key=lambda e: e.name not in chosen):
            if element.name in chosen or (
                element.minimum > 0 and (element.choice or element.name) not in taken
            ):
                taken.setdefault(element.choice or element.name, element)
        return [element for element in elements if element in taken.values()]

    def _put(self, value: Json, owner: str, element: Element, depth: int) -> None:
        if element.extension is not None:
            value.setdefault("extension", []).append(self._extension(owner, element, depth))
            return
        count = self.draw(st.sampled_from((1, 1, 2))) if element.repeats else 1
        items = [each for _ in range(count) if (each := self._item(owner, element, depth)) is not None]
        if not items:
            return
        value[element.name] = items if element.repeats else items[0]
        beside = [self._beside(owner, element, depth) for _ in items]
        if any(beside):
            value[f"_{element.name}"] = beside if element.repeats else beside[0]

    def _beside(self, owner: str, element: Element, depth: int) -> Json | None:
        """Extensions that the mapping reads on a primitive."""
        info = self.schema.type(element.types[0])
        if info is None or info.kind != "primitive":
            return None
        read = self.facts.used.get(element.types[0], {})
        declared = [e for e in self.schema.element_extensions(owner, element.name) if e.name in read]
        if not declared or not self.draw(st.booleans()):
            return None
        return {"extension": [self._extension(element.types[0], self.draw(st.sampled_from(declared)), depth)]}

    def _extension(self, owner: str, element: Element, depth: int) -> Json:
        members = [e for e in self.schema.elements(element.types[0]) if e.extension is not None]
        if members and "." in element.types[0]:
            chosen = self._chosen(members, members, depth) or {members[0].name}
            parts = [
                self._extension(element.types[0], e, depth) for e in members if e.name in chosen or e.minimum
            ]
            return {"url": element.extension, "extension": parts}
        kind = element.types[0]
        value = self._item(owner, element, depth)
        return {
            "url": element.extension,
            f"value{kind[0].upper()}{kind[1:]}": value if value is not None else {"display": "A"},
        }

    # -- values ------------------------------------------------------------------------------

    def _item(self, owner: str, element: Element, depth: int) -> Any:
        kind = element.types[0]
        key = (owner, element.name)
        if kind == "Reference":
            return self._reference(key, element, depth)
        if kind in ("Resource", "Extension", "Narrative", "Meta"):
            return None
        info = self.schema.type(kind)
        if info is not None and info.kind == "primitive":
            return self.primitive(kind, key, element)
        return self._coded(kind, key, element, depth) or self.object(kind, depth + 1)

    def _coded(self, kind: str, key: tuple[str, str], element: Element, depth: int) -> Json | None:
        """A Coding or CodeableConcept with a code that the mapping or the binding knows."""
        if kind not in ("Coding", "CodeableConcept"):
            return None
        known = self._codes(key, element)
        required = element.binding is not None and element.binding.strength == "required"
        if not known or not (required or self.draw(st.booleans())):
            return None
        system, code = self.draw(st.sampled_from(known))
        coding = {"system": system, "code": code} if system else {"code": code}
        return coding if kind == "Coding" else {"coding": [coding]}

    def _codes(self, key: tuple[str, str], element: Element | None) -> list[tuple[str, str]]:
        pool = [each for each in self.facts.pool.get(key, ()) if isinstance(each, tuple)]
        bound = element.binding.codes if element is not None and element.binding is not None else None
        if (
            bound
            and element is not None
            and element.binding is not None
            and element.binding.strength == "required"
        ):
            pool = [each for each in pool if each[1] in bound.get(each[0], ())]
        codes = [
            (system, code)
            for system, members in sorted((bound or {}).items())
            for code in sorted(members)[:30]
        ]
        return list(dict.fromkeys((*pool, *codes)))[:80]

    def primitive(self, kind: str, key: tuple[str, str], element: Element | None) -> Any:
        """A value of a primitive type; a required code is one of its value set."""
        pool = [v[1] if isinstance(v, tuple) else v for v in self.facts.pool.get(key, ())]
        if kind == "code" and (codes := self._codes(key, element)):
            return self.draw(st.sampled_from(list(dict.fromkeys(code for _, code in codes))))
        closed = [value for value in pool if isinstance(value, str)] if key in self.facts.closed else []
        if closed and kind in TEXTUAL:
            return self.draw(st.sampled_from(closed))
        longest = self.facts.longest.get(key)
        known = PRIMITIVES.get(kind, TEXTS)
        usual = st.sampled_from([text for text in known if not longest or len(str(text)) <= longest] or known)
        fitting = [value for value in pool if isinstance(value, str)] if kind in TEXTUAL else []
        return self.draw(st.one_of(usual, st.sampled_from(fitting[:60])) if fitting else usual)

    def _reference(self, key: tuple[str, str], element: Element, depth: int) -> Json | None:
        """To a resource that the Bundle holds, or to a new one; what only an identifier or a name says is seldom."""
        allowed = [kind for kind in self.facts.targets.get(key, ()) if kind in self.facts.used]
        fitting = allowed or list(self.facts.joins.get(key, element.targets))
        held = [e for e in self.entries if e["resource"]["resourceType"] in fitting]
        if held and (depth > 1 or not allowed or self.draw(st.booleans())):
            return {"reference": self.draw(st.sampled_from(held))["fullUrl"]}
        if allowed and depth <= DEEPEST and len(self.entries) < MOST_RESOURCES:
            return {"reference": self.resource(self.draw(st.sampled_from(sorted(allowed))), depth + 1)}
        return {"display": "A"}
