"""Expands value sets into codes, as far as the packages hold the code systems they draw from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mapper.schema.make.vsac import EXPANSIONS

Json = Mapping[str, Any]
Codes = dict[str, set[str]]


class Unexpandable(Exception):
    """A value set draws from a code system that is not at hand, or by a filter that this expander does not know."""


class Terminology:
    """Value sets and code systems of several packages by canonical URL; later packages win."""

    def __init__(self, packages: Iterable[Iterable[Json]]) -> None:
        self.value_sets: dict[str, Json] = {}
        self.systems: dict[str, Json] = {}
        for package in packages:
            for resource in package:
                if resource["resourceType"] == "ValueSet":
                    self.value_sets[resource["url"]] = resource
                elif resource["resourceType"] == "CodeSystem":
                    self.systems[resource["url"]] = resource

    def expand(self, url: str) -> Codes | None:
        """System to codes, or `None` where it cannot be told."""
        try:
            return self._value_set(url.partition("|")[0], ())
        except Unexpandable:
            return None

    def displays(self, system: str, codes: set[str]) -> dict[str, str]:
        """The display of each of the codes that the system, or a value set that lists it, has one for."""
        listed = (
            concept
            for value_set in self.value_sets.values()
            for include in value_set.get("compose", {}).get("include", ())
            if include.get("system") == system
            for concept in include.get("concept", ())
        )
        own = (concept for concept, _ in _rows(self.systems.get(system, {}).get("concept", ()), ()))
        found = {c["code"]: c["display"] for c in (*listed, *own) if c["code"] in codes and c.get("display")}
        return dict(sorted(found.items()))

    def _value_set(self, url: str, above: tuple[str, ...]) -> Codes:
        if url in EXPANSIONS:
            return {system: set(codes) for system, codes in EXPANSIONS[url].items()}
        if url not in self.value_sets or url in above:
            raise Unexpandable(url)
        compose = self.value_sets[url].get("compose", {})
        if not compose.get("include"):
            raise Unexpandable(url)
        found: Codes = {}
        for include in compose["include"]:
            for system, codes in self._include(include, (*above, url)).items():
                found.setdefault(system, set()).update(codes)
        for exclude in compose.get("exclude", ()):
            for system, codes in self._include(exclude, (*above, url)).items():
                found.get(system, set()).difference_update(codes)
        return found

    def _include(self, include: Json, above: tuple[str, ...]) -> Codes:
        nested = [self._value_set(child.partition("|")[0], above) for child in include.get("valueSet", ())]
        if "system" not in include:
            return _intersection(nested)
        own = {include["system"]: self._system_codes(include)}
        return _intersection([own, *nested])

    def _system_codes(self, include: Json) -> set[str]:
        if "concept" in include:
            return {concept["code"] for concept in include["concept"]}
        system = self.systems.get(include["system"])
        if system is None or system.get("content") != "complete" or not system.get("concept"):
            raise Unexpandable(include["system"])
        rows = list(_rows(system["concept"], ()))
        for condition in include.get("filter", ()):
            rows = [row for row in rows if _passes(row, condition)]
        return {concept["code"] for concept, _ in rows if not _abstract(concept)}


def _rows(concepts: Iterable[Json], above: tuple[str, ...]) -> Iterator[tuple[Json, tuple[str, ...]]]:
    """Each concept with the codes above it."""
    for concept in concepts:
        yield concept, above
        yield from _rows(concept.get("concept", ()), (*above, concept["code"]))


def _passes(row: tuple[Json, tuple[str, ...]], condition: Json) -> bool:
    concept, above = row
    if condition["op"] == "is-a":
        return concept["code"] == condition["value"] or condition["value"] in _parents(concept, above)
    if condition["op"] == "descendent-of":
        return condition["value"] in _parents(concept, above)
    if condition["op"] == "is-not-a":
        return concept["code"] != condition["value"] and condition["value"] not in _parents(concept, above)
    raise Unexpandable(condition["op"])


def _parents(concept: Json, above: tuple[str, ...]) -> set[str]:
    listed = (entry for entry in concept.get("property", ()) if entry["code"] in ("subsumedBy", "parent"))
    return {*above, *(entry.get("valueCode", "") for entry in listed)}


def _abstract(concept: Json) -> bool:
    """A grouping concept (`notSelectable`, or `_ActCode...` in the v3 systems) is not a code to use."""
    flags = (entry for entry in concept.get("property", ()) if entry["code"] in ("notSelectable", "abstract"))
    return any(entry.get("valueBoolean") for entry in flags)


def _intersection(sets: list[Codes]) -> Codes:
    first, *rest = sets
    systems = [system for system in first if all(system in other for other in rest)]
    return {system: set.intersection(*(one[system] for one in sets)) for system in systems}
