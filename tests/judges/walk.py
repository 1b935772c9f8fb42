"""Walks through FHIR JSON: every object with its FHIRPath position, every resource with what it contains."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Placed:
    """A resource, where it stands, and the resource that contains it (`None` for an entry's own resource)."""

    path: str
    resource: Json
    container: Json | None = None

    @property
    def type(self) -> str:
        return str(self.resource.get("resourceType", ""))


def items(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """The members of a list with their index in the position, or the value itself."""
    if isinstance(value, list):
        for index, member in enumerate(value):
            yield f"{path}[{index}]", member
    else:
        yield path, value


def objects(value: Any, path: str) -> Iterator[tuple[str, Json]]:
    """Every object of a resource, outermost first, but not of resources inside it."""
    if not isinstance(value, dict):
        return
    yield path, value
    for name, child in value.items():
        for position, member in items(child, f"{path}.{name}"):
            if name not in ("contained", "resource"):
                yield from objects(member, position)


def strings(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every string in the value with its position."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, child in value.items():
            yield from strings(child, f"{path}.{name}")
    elif isinstance(value, list):
        for position, member in items(value, path):
            yield from strings(member, position)


def with_contained(resource: Json, path: str) -> Iterator[Placed]:
    """The resource and the resources contained in it."""
    yield Placed(path, resource)
    for position, inner in items(resource.get("contained", []), f"{path}.contained"):
        if isinstance(inner, dict):
            yield Placed(position, inner, resource)


def resources(bundle: Json) -> Iterator[Placed]:
    """Every resource of a Bundle with what it contains; of another resource, itself and what it contains."""
    if bundle.get("resourceType") != "Bundle":
        yield from with_contained(bundle, str(bundle.get("resourceType", "")))
        return
    for position, entry in items(bundle.get("entry", []), "Bundle.entry"):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict):
            yield from with_contained(resource, f"{position}.resource")


def codes(concept: Any, system: str | None = None) -> set[str]:
    """The codes of a CodeableConcept, of one system or of all."""
    if not isinstance(concept, dict):
        return set()
    codings = [coding for coding in concept.get("coding", []) if isinstance(coding, dict)]
    return {str(c.get("code")) for c in codings if system is None or c.get("system") == system}
