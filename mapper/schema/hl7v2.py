"""HL7 v2 as typed trees, merged over the declared versions: the first is checked, the others may lack elements."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from mapper.schema import hl7v2_data as data
from mapper.schema.model import Binding, Element, Strength, TypeInfo

# How binding a table is follows from the datatype: ID holds HL7's codes only, IS the site's; the table of any other
# type (HD, CX, PL) is that of one of its components.
STRENGTHS: Mapping[str, Strength] = {
    "ID": "required",
    "IS": "example",
    "CNE": "required",
    "CWE": "extensible",
    "CE": "extensible",
    "CF": "extensible",
}
# Tables that ID fields use although the standard leaves them open or hl7apy holds old copies: message types, events,
# versions, value types, identifier types, character sets, structures, authorities, coding systems, countries.
OPEN_TABLES = frozenset(
    f"HL7{number}"
    for number in (
        "0003",
        "0076",
        "0104",
        "0125",
        "0203",
        "0207",
        "0211",
        "0354",
        "0356",
        "0363",
        "0396",
        "0399",
    )
)


@dataclass(frozen=True, slots=True)
class SegmentField:
    """A field of a declared Z-segment; `name` may be used as a step instead of the number."""

    number: int
    name: str
    type: str
    repeats: bool = False
    text: str = ""


class Hl7v2Schema:
    """See `mapper.schema.model.Schema`. Type names: `ADT_A01`, `ADT_A01.INSURANCE`, `PID`, `CX`, `ST`."""

    format = "hl7v2"

    def __init__(
        self,
        versions: Sequence[str],
        declared: Mapping[str, tuple[Element, ...]] | None = None,
        titles: Mapping[str, str] | None = None,
        aliases: Mapping[tuple[str, str], str] | None = None,
    ) -> None:
        self.versions: Sequence[str] = tuple(versions)
        self._declared = dict(declared or {})
        self._titles = dict(titles or {})
        self._aliases = dict(aliases or {})
        self._cache: dict[str, tuple[Element, ...]] = {}
        self._types: dict[str, TypeInfo | None] = {}
        self._found: dict[tuple[str, str, str | None], Element | None] = {}

    def type(self, name: str) -> TypeInfo | None:
        if name not in self._types:
            self._types[name] = self._type(name)
        return self._types[name]

    def _type(self, name: str) -> TypeInfo | None:
        if name in self._titles:
            return TypeInfo(name, "segment", self._titles[name])
        for version in self._defining(name):
            kind = data.kind_of(version, name)
            if kind:
                return TypeInfo(name, kind, data.title(name))
        return TypeInfo(name, "primitive", data.title(name)) if name in data.PRIMITIVES else None

    def elements(self, type_name: str) -> Sequence[Element]:
        if type_name in self._declared:
            return self._declared[type_name]
        if type_name not in self._cache:
            self._cache[type_name] = self._build(type_name)
        return self._cache[type_name]

    def element(self, type_name: str, step: str, after: str | None = None) -> Element | None:
        """The child that a step names: a number, a declared field's name, a segment, a group, or a slot (`ROL.2`)."""
        asked = (type_name, step, after)
        if asked not in self._found:
            self._found[asked] = self._find(type_name, step, after)
        return self._found[asked]

    def _find(self, type_name: str, step: str, after: str | None) -> Element | None:
        step = self._aliases.get((type_name, step), step)
        children = self.elements(type_name)
        start = 0
        if after is not None:
            places = [place for place, child in enumerate(children) if after in (child.slot, child.name)]
            if not places:
                return None
            start = places[0] + 1
        exact = next((child for child in children[start:] if child.slot == step), None)
        return exact or next((child for child in children[start:] if child.name == step), None)

    def type_names(self) -> Iterable[str]:
        found: dict[str, None] = dict.fromkeys(self._titles)
        for version in self.versions:
            for kind in data.KINDS:
                found |= {name: None for name in data.names(version, kind) if version in self._defining(name)}
        return tuple(found | dict.fromkeys(data.PRIMITIVES))

    def type_versions(self, type_name: str) -> tuple[str, ...]:
        """The declared versions that define the type; all of them for primitives and declared segments."""
        if type_name in self._titles or type_name in data.PRIMITIVES:
            return tuple(self.versions)
        return tuple(version for version in self.versions if data.kind_of(version, type_name))

    def preadopted(self, type_name: str, step: str, after: str | None = None) -> Element | None:
        """An element that no declared version has, from the versions that do have it."""
        if self.element(type_name, step, after):
            return None
        return _all_versions().element(type_name, step, after)

    def split(self, path: str) -> Sequence[str]:
        """`ADT_A01.INSURANCE.IN1-3.1` as steps; positions (`[1]`) are left out."""
        return [step for step in re.split(r"[.\-]", re.sub(r"\[[^\]]*\]", "", path.strip())) if step]

    def below(self, owner: str, element: Element, step: str) -> Element | None:
        """`.1` of a plain value is the value."""
        info = self.type(element.types[0])
        return element if step == "1" and info and info.kind == "primitive" else None

    def documentation(self, path: str) -> str:
        """Empty: the names are all that is free of HL7's copyright."""
        return ""

    def meaning(self, system: str, code: str) -> str:
        """What a code of a table (`HL70001`) stands for; empty when unknown."""
        return data.meaning(system, code)

    def value_set_name(self, value_set: str) -> str:
        """What a table is called."""
        return data.table_name(value_set)

    def profile_minimum(self, path: str) -> int:
        """0: HL7 v2 has no profiles here."""
        return 0

    def slice_names(self, type_name: str, step: str) -> Sequence[str]:
        """Empty: HL7 v2 has no slices."""
        return ()

    def with_segment(
        self,
        structures: Iterable[str],
        name: str,
        after: str,
        required: bool,
        text: str,
        fields: Iterable[SegmentField],
    ) -> Hl7v2Schema:
        """A schema in which each of the structures holds the segment behind `after`.

        `after` may stand in a group, and the declared segment then belongs to that group; a structure without it is
        left as it is (`holder` tells beforehand).
        """
        fields = tuple(fields)
        declared = {**self._declared, name: tuple(map(self._declared_field, fields))}
        names = {(name, field.name): str(field.number) for field in fields if field.name}
        node = replace(_blank(name), minimum=int(required), text=text, versions=tuple(self.versions))
        for structure in structures:
            holder = self.holder(structure, after)
            if holder:
                siblings = declared.get(holder) or tuple(self.elements(holder))
                declared[holder] = _insert(siblings, node, after)
        return Hl7v2Schema(self.versions, declared, {**self._titles, name: text}, self._aliases | names)

    def holder(self, structure: str, segment: str) -> str | None:
        """The message or group, outermost first, that holds a segment directly."""
        children = self.elements(structure)
        if any(segment in (child.name, child.slot) and "." not in child.types[0] for child in children):
            return structure
        groups = (child.types[0] for child in children if "." in child.types[0])
        return next(filter(None, (self.holder(group, segment) for group in groups)), None)

    def _declared_field(self, field: SegmentField) -> Element:
        return replace(
            _blank(str(field.number)),
            types=(field.type,),
            maximum=None if field.repeats else 1,
            text=field.text or field.name,
            versions=tuple(self.versions),
        )

    def _build(self, type_name: str) -> tuple[Element, ...]:
        info = self.type(type_name)
        if info is None or info.kind == "primitive":
            return ()
        if info.kind in ("message", "group"):
            return self._structure(type_name)
        return self._numbered(type_name, "segment" if info.kind == "segment" else "composite")

    def _numbered(self, type_name: str, kind: data.Kind) -> tuple[Element, ...]:
        found: dict[int, list[tuple[str, data.Line]]] = {}
        for version in self.versions:
            for line in data.lines(version, kind, type_name):
                found.setdefault(line.number, []).append((version, line))
        return tuple(self._field(found[number]) for number in sorted(found))

    def _field(self, lines: list[tuple[str, data.Line]]) -> Element:
        present = [(version, line) for version, line in lines if line.type]
        line = (present or lines)[0][1]
        return Element(
            name=str(line.number),
            slot=str(line.number),
            types=(line.type or "ST",),
            minimum=line.minimum,
            maximum=line.maximum,
            text=line.text,
            binding=self._binding(line),
            length=line.length,
            versions=tuple(version for version, _ in present),
        )

    def _binding(self, line: data.Line) -> Binding | None:
        if not line.table:
            return None
        strength = STRENGTHS.get(line.type, "example")
        codes = frozenset[str]().union(*(data.codes(version, line.table) for version in self.versions))
        newest = next(
            (version for version in self.versions if data.codes(version, line.table)), self.versions[0]
        )
        if strength == "required" and (line.table in OPEN_TABLES or data.is_open(newest, line.table)):
            strength = "extensible"
        return Binding(strength, line.table, {line.table: codes} if codes else None)

    def _structure(self, type_name: str) -> tuple[Element, ...]:
        newest = self._newest(type_name)
        used: dict[str, int] = {}
        children: list[Element] = []
        for node in data.nodes(newest, type_name):
            used[node.name] = used.get(node.name, 0) + 1
            slot = node.name if used[node.name] == 1 else f"{node.name}.{used[node.name]}"
            children.append(self._child(type_name, node, slot, children[-1].name if children else None))
        return tuple(children)

    def _defining(self, name: str) -> Sequence[str]:
        """The versions to look a type up in: groups are those of the newest structure, under their newest names."""
        message, dot, _ = name.partition(".")
        return (self._newest(message),) if dot else self.versions

    def _newest(self, structure: str) -> str:
        """The first declared version that defines a structure."""
        return next((v for v in self.versions if data.nodes(v, structure)), self.versions[0])

    def _child(self, type_name: str, node: data.Node, slot: str, after: str | None) -> Element:
        return Element(
            name=node.name,
            slot=slot,
            types=(node.group or node.name,),
            minimum=node.minimum,
            maximum=node.maximum,
            text=data.title(node.group or node.name),
            after=after,
            versions=self._node_versions(type_name.split(".", maxsplit=1)[0], node),
        )

    def _node_versions(self, message: str, node: data.Node) -> tuple[str, ...]:
        """Versions whose structure holds the segment (of a group its first one) at any depth.

        Groups are not told by name, since names changed between versions (RESPONSE became PATIENT_RESULT).
        """
        mark = next(data.segments(self._newest(message), node.group), node.name) if node.group else node.name
        return tuple(version for version in self.versions if mark in _segments(version, message))


def _blank(name: str) -> Element:
    return Element(name, name, (name,), 0, 1)


@cache
def _all_versions() -> Hl7v2Schema:
    return Hl7v2Schema(data.versions())


@cache
def _segments(version: str, message: str) -> frozenset[str]:
    """Segments of a message, or of all messages of its type where a version lacks it (ADT_A05 in 2.3)."""
    if data.nodes(version, message):
        return frozenset(data.segments(version, message))
    family = message.split("_", maxsplit=1)[0] + "_"
    names = (name for name in data.names(version, "message") if name.startswith(family))
    return frozenset[str]().union(*(data.segments(version, name) for name in names))


def _insert(siblings: tuple[Element, ...], node: Element, after: str) -> tuple[Element, ...]:
    if any(child.name == node.name for child in siblings):
        return siblings
    place = next(i for i, child in enumerate(siblings) if after in (child.name, child.slot)) + 1
    while place < len(siblings) and siblings[place].after == after and siblings[place].name.startswith("Z"):
        place += 1
    return (*siblings[:place], replace(node, after=after), *siblings[place:])


def structures(schema: Hl7v2Schema, message_names: Iterable[str] | None = None) -> dict[str, Any]:
    """Plain data for the codec: `{"messages": {name: NODES}, "events": {...}, "version": newest}`.

    `NODES = [[slot, name, minimum, maximum_or_null, children_or_null], ...]`. Without names, all messages of the newest
    version; unknown names are left out.
    """
    chosen = data.names(schema.versions[0], "message") if message_names is None else message_names
    messages = {name: _nodes(schema, name) for name in chosen if schema.elements(name)}
    return {"messages": messages, "events": dict(data.events()), "version": schema.versions[0]}


def _nodes(schema: Hl7v2Schema, type_name: str) -> list[list[Any]]:
    return [
        [
            child.slot,
            child.name,
            child.minimum,
            child.maximum,
            _nodes(schema, child.types[0]) if "." in child.types[0] else None,
        ]
        for child in schema.elements(type_name)
    ]
