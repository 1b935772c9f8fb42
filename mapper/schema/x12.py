"""X12 transaction sets as typed trees: `837P`, loops `2010AA`, segments by their place `2010AA.NM1`, composites."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mapper.schema import x12_data as data
from mapper.schema import x12_elements as elements
from mapper.schema import x12_extra, x12_types
from mapper.schema.errors import UnknownVersion
from mapper.schema.model import Element, TypeInfo
from mapper.schema.x12_structure import first_segment, qualifiers
from mapper.schema.x12_types import PRIMITIVES, Type

Node = dict[str, Any]
_STEP = re.compile(r"([A-Z][A-Z0-9]{1,2})(\d\d)(?:-(\d{1,2}))?\Z")
_QUALIFIED = re.compile(r"([A-Z0-9]{2,6})(?:\(\"?|_)([A-Z0-9]{1,8})(?:\"?\))?\Z")


@dataclass(frozen=True, slots=True)
class Position:
    """A child that a step names, and the qualifier that tells it from others of that name.

    `qualifier` are the steps from the child to the coded element (`("1",)`, for a loop `("NM1", "1")`), empty where it
    has none; `codes` are those that may stand there; `exact` tells that the asked code is the only one, so that nothing
    needs to be compared when reading.
    """

    element: Element
    qualifier: tuple[str, ...]
    codes: tuple[str, ...]
    exact: bool


class X12Schema:
    """See `mapper.schema.model.Schema`. Elements are steps by number: `2010AA`, `NM1`, `9` for `2010AA/NM109`.

    Elements and composites that a guide does not use are left out.
    """

    format = "x12"

    def __init__(self, versions: Sequence[str], tables: Sequence[Mapping[str, Any]]) -> None:
        self.versions: Sequence[str] = tuple(versions)
        self.tables: Mapping[str, Mapping[str, Any]] = {table["set"]: table for table in tables}
        self._types = x12_types.build(tables)
        self._lists = data.code_lists()
        self._cache: dict[str, tuple[Element, ...]] = {}

    # -- Schema ------------------------------------------------------------------------------

    def type(self, name: str) -> TypeInfo | None:
        found = self._types.get(name)
        if found is not None:
            return found.info
        return TypeInfo(name, "primitive", PRIMITIVES[name]) if name in PRIMITIVES else None

    def elements(self, type_name: str) -> Sequence[Element]:
        if type_name not in self._cache:
            found = self._types.get(type_name)
            self._cache[type_name] = tuple(self._build(found)) if found else ()
        return self._cache[type_name]

    def element(self, type_name: str, step: str, after: str | None = None) -> Element | None:
        """The child that a step names: a number, a loop, a slot (`REF_G1`), or a segment id that stands once.

        A segment id that stands several times is no child: `positions` tells them all.
        """
        children = self.elements(type_name)
        if step.isascii() and step.isdigit():
            step = str(int(step)) if len(step) < 4 and not self._is_loop(type_name) else step
        exact = next((child for child in children if child.slot == step), None)
        if exact is not None:
            return exact
        named = [child for child in children if child.name == step]
        if named:
            return named[0] if len(named) == 1 else None
        qualified = _QUALIFIED.match(step)
        found = self.positions(type_name, qualified[1], qualified[2]) if qualified else ()
        return found[0].element if len(found) == 1 else None

    def type_names(self) -> Iterable[str]:
        return tuple(dict.fromkeys([*(t.info.name for t in self._types.by_name.values()), *PRIMITIVES]))

    # -- what X12 paths need beyond that -------------------------------------------------------

    def positions(self, type_name: str, step: str, code: str | None = None) -> Sequence[Position]:
        """All children of a loop with that segment or loop id; with a code, those whose qualifier may be that code."""
        found = self._types.get(type_name)
        if found is None or found.info.kind not in ("group", "message"):
            return ()
        positions = []
        for node, child in zip(_used(found.node["children"]), self.elements(type_name), strict=True):
            if node["id"] != step and node["slot"] != step:
                continue
            position = _position(node, child, code)
            if code is None or code in position.codes:
                positions.append(position)
        return tuple(positions)

    def enclosing(self, type_name: str) -> Sequence[str]:
        """The loops that hold a loop directly: two for 2300 (2000B, 2000C), none for a set."""
        return tuple(self._types.parents.get(type_name, ()))

    def chains(self, type_name: str) -> Sequence[tuple[str, ...]]:
        """The loops from the set down to a loop, itself included, once for each place where it stands."""
        return tuple(x12_types.chains(self._types, type_name)) if self.type(type_name) else ()

    def discriminator(self, type_name: str, step: str) -> str | None:
        """The sibling whose code tells the type of a date or time: `2` for the `3` of DTP."""
        found = self._types.get(type_name)
        if found is None or self._is_loop(type_name):
            return None
        held = self._members(found)
        element = next((element for element in held if str(element["n"]) == step), None)
        named = elements.format_of(element, held) if element else None
        return str(named["n"]) if named else None

    def set_of(self, type_name: str) -> str | None:
        """The set that a type belongs to; `None` for wider types and primitives."""
        found = self._types.get(type_name)
        return found.set or None if found else None

    def structure(self, type_name: str) -> Mapping[str, Any] | None:
        """The node of the structure table behind a loop, segment or composite; of a wider type all its cases merged.

        What all cases have keeps its syntax rules and no qualifiers.
        """
        found = self._types.get(type_name)
        if found is None or not found.cases:
            return found.node if found is not None else None
        key = "components" if found.info.kind == "composite" else "elements"
        syntax = [
            rule for rule in found.node["syntax"] if all(rule in case["syntax"] for case in found.cases)
        ]
        merged = found.node | {"slot": type_name, "match": [], "syntax": syntax, key: self._members(found)}
        return merged | {"usage": "S", "max": 1} if key == "elements" else merged

    def table(self, set_name: str) -> Mapping[str, Any] | None:
        """The structure table of one of the sets."""
        return self.tables.get(set_name)

    # -- Browsable -----------------------------------------------------------------------------

    def split(self, path: str) -> Sequence[str]:
        """`837P/2010AA/NM109`, `CLM05-3`, `REF("G1")/REF02` as steps; a loop below its set may be named at once."""
        steps: list[str] = []
        for part in (part.strip() for part in path.strip().split("/")):
            found = None if self.type(part) else _STEP.match(part)
            names = [found[1], str(int(found[2])), *filter(None, [found[3]])] if found else [part]
            # Behind its own segment an element is named in full: REF("G1")/REF02.
            above = steps[-1] if steps else ""
            if found and above not in self.tables and re.split(r"[_(]", above)[0] == found[1]:
                names = names[1:]
            steps += [name for name in names if name]
        while len(steps) > 1 and (lower := self._lower(steps[0], steps[1])):
            steps = [lower, *steps[2:]]
        return steps

    def below(self, owner: str, element: Element, step: str) -> Element | None:
        """Nothing: `split` has named loops that stand further down."""
        return None

    def documentation(self, path: str) -> str:
        """What the data element is, in numbers: the guides' own texts are not free."""
        owner, _, step = path.rpartition(".")
        found = self._types.get(owner)
        if found is None or self._is_loop(owner):
            return ""
        node = next((node for node in self._members(found) if str(node["n"]) == step), None)
        if node is None or node["components"] is not None:
            return ""
        longest = f"{node['min']} to {node['max']}" if node["min"] != node["max"] else str(node["max"])
        return (
            f"Data element {node['de']}: {node['type']}, {longest} character{'' if longest == '1' else 's'}."
        )

    def meaning(self, system: str, code: str) -> str:
        """Empty: what codes stand for is X12's text."""
        return ""

    def value_set_name(self, value_set: str) -> str:
        """What an external code list is called."""
        return data.code_list_name(value_set)

    def profile_minimum(self, path: str) -> int:
        """0: X12 has no profiles beside the guides."""
        return 0

    def slice_names(self, type_name: str, step: str) -> Sequence[str]:
        """Empty: X12 has no slices."""
        return ()

    # -- inside --------------------------------------------------------------------------------

    def _lower(self, upper: str, lower: str) -> str | None:
        """The loop somewhere below a set or loop that a path names next."""
        found = self._types.get(upper)
        if found is None or not self._is_loop(upper):
            return None
        names = (f"{found.set}.{lower}", lower)
        types = (self._types.get(name) for name in names)
        below = (t.info.name for t in types if t and t.set == found.set and t.info.kind == "group")
        return next((name for name in below if any(found.info.name in c for c in self.chains(name))), None)

    def _is_loop(self, type_name: str) -> bool:
        found = self._types.get(type_name)
        return found is not None and found.info.kind in ("group", "message")

    def _build(self, found: Type) -> Iterable[Element]:
        if found.info.kind in ("group", "message"):
            return [elements.child(node, self._types.name_of(node)) for node in _used(found.node["children"])]
        held = self._members(found)
        return [
            elements.numbered(element, self._composite(found, element), held, self._lists.get)
            for element in held
            if element["usage"] != "N"
        ]

    def _members(self, found: Type) -> Sequence[Node]:
        """The elements of a segment or components of a composite, of a wider type merged."""
        key = "components" if found.info.kind == "composite" else "elements"
        if found.cases:
            return elements.merge_lists([case[key] or [] for case in found.cases])
        return found.node[key] or []

    def _composite(self, found: Type, element: Node) -> str:
        if element["components"] is None:
            return ""
        if found.cases:
            return str(element["de"])
        return x12_types.composite_name(found.info.name, element)


def _used(nodes: Iterable[Node]) -> list[Node]:
    return [node for node in nodes if node["usage"] != "N"]


def _position(node: Node, child: Element, code: str | None) -> Position:
    segment = first_segment(node)
    coded = qualifiers(segment)
    keys = [*((number, component) for number, component, _ in segment["match"]), *list(coded)[:1]]
    # Where two elements tell positions apart, the asked code says which of them is meant (PWK).
    key = next(
        (key for key in keys if code is not None and code in coded.get(key, ())), keys[0] if keys else None
    )
    if key is None:
        return Position(child, (), (), exact=False)
    steps = tuple(str(number) for number in key if number)
    inside = (segment["slot"], *steps) if node["kind"] == "loop" else steps
    return Position(child, inside, coded[key], exact=coded[key] == (code,))


def schema(versions: Sequence[str], maps: Sequence[Path]) -> X12Schema:
    """The schema of the sets that accept the versions, in the order of these; of all sets without versions.

    Raises `UnknownVersion`, and `WrongMap` for map files that cannot be used.
    """
    infos, roots = x12_extra.sets(maps)
    known = tuple(dict.fromkeys(version for info in infos.values() for version in info.accepts))
    for version in versions:
        if version not in known:
            raise UnknownVersion(version, known)
    chosen = {
        info.set: data.table_of(info, roots[info.set]) if info.set in roots else data.set_table(info.set)
        for version in versions or known
        for info in infos.values()
        if version in info.accepts
    }
    return X12Schema(tuple(versions) or known, list(chosen.values()))
