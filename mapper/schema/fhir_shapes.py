"""What the FHIR codec and conditional requests need from R4, as plain data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from mapper.schema.fhir import FhirSchema
from mapper.schema.store import read


@dataclass(frozen=True, slots=True)
class SearchParam:
    """A search parameter; `paths` are element paths below the resource (`name.family`, `valueQuantity`)."""

    name: str
    type: str
    paths: tuple[str, ...]


Shapes = dict[str, dict[str, list[object]]]


def shapes(schema: FhirSchema, resource_types: Iterable[str] | None = None) -> Shapes:
    """`{type: {element: [type_name, is_list]}}` for the resources and every type reachable from them.

    A type without an entry is primitive. `Resource` stands for any resource: its `resourceType` names the shape.
    Without `resource_types`, all resources.
    """
    if resource_types is None:
        resource_types = [name for name, kind in read("fhir")["kinds"].items() if kind == "resource"]
    found: Shapes = {}
    waiting = [*resource_types, "Resource"]
    while waiting:
        name = waiting.pop()
        if name in found or not schema.elements(name):
            continue
        own = [element for element in schema.elements(name) if element.extension is None]
        found[name] = {element.name: [element.types[0], element.repeats] for element in own}
        waiting.extend(element.types[0] for element in own)
    return found


@cache
def search_params(resource_type: str) -> tuple[SearchParam, ...]:
    """R4's search parameters of a resource type with the elements they look at; empty when the type is unknown."""
    data = read("fhir_search")
    rows = {**data.get("Resource", {}), **data.get("DomainResource", {}), **data.get(resource_type, {})}
    if resource_type not in read("fhir")["kinds"]:
        return ()
    return tuple(SearchParam(name, *_split(row)) for name, row in rows.items())


def _split(row: str) -> tuple[str, tuple[str, ...]]:
    kind, *paths = row.split(" ")
    return kind, tuple(paths)
