"""Populated leaves of both formats with the chain of typed steps that leads to each, indices left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mapper.schema.fhir import FhirSchema
from mapper.schema.hl7v2 import Hl7v2Schema
from mapper.verify.facts_model import Chain, Step
from runtime.codecs import hl7v2
from runtime.codecs.hl7v2 import NULL, Message

Leaf = tuple[Chain, str]


def hl7v2_leaves(message: Message, schema: Hl7v2Schema) -> Iterator[Leaf]:
    """Leaves of a message; explicit nulls and delimiters alone are none, nor is what the codec writes."""
    for leaf in hl7v2.numbered_leaves(message):
        segment = message.segments[leaf.segment]
        if not leaf.text or leaf.text == NULL or (segment[0] == "MSH" and leaf.field <= 2):
            continue
        chain = list(_chain(schema, segment, (leaf.field, leaf.component, leaf.subcomponent)))
        yield tuple(chain), hl7v2.unescape(leaf.text)


def _chain(schema: Hl7v2Schema, segment: list[str], numbers: tuple[int, ...]) -> Iterator[Step]:
    owner = segment[0]
    for depth, number in enumerate(numbers):
        element = schema.element(owner, str(number))
        yield owner, str(number)
        type_name = element.types[0] if element is not None else "ST"
        info = schema.type(type_name)
        if info is None or info.kind != "composite":
            if any(rest != 1 for rest in numbers[depth + 1 :]):
                yield type_name, ".".join(map(str, numbers[depth + 1 :]))
            return
        owner = type_name


def bundle_leaves(bundle: Mapping[str, Any], schema: FhirSchema) -> Iterator[Leaf]:
    """Leaves of all resources of a Bundle."""
    for entry in bundle.get("entry", ()):
        yield from fhir_leaves(entry["resource"], "", schema)


def fhir_leaves(value: Any, type_name: str, schema: FhirSchema, chain: Chain = ()) -> Iterator[Leaf]:
    """Leaves of a resource or datatype; ids, narrative and what references point to are left out."""
    if isinstance(value, Mapping):
        yield from _object(value, str(value.get("resourceType", type_name)), schema, chain)
    elif value is not None:
        yield chain, str(value)


def _object(value: Mapping[str, Any], type_name: str, schema: FhirSchema, chain: Chain) -> Iterator[Leaf]:
    left_out = {"resourceType", "id", "fullUrl"} | ({"text"} if _is_resource(schema, type_name) else set())
    for name, child in value.items():
        if name in left_out or (type_name == "Reference" and name == "reference"):
            continue
        if name == "extension":
            yield from _extensions(child, schema.elements(type_name), schema, chain, type_name)
        elif name.startswith("_"):
            yield from _beside(child, type_name, name[1:], schema, chain)
        else:
            element = schema.element(type_name, name)
            step = (type_name, element.name if element else name)
            for item in child if isinstance(child, list) else [child]:
                yield from fhir_leaves(item, element.types[0] if element else "", schema, (*chain, step))


def _is_resource(schema: FhirSchema, type_name: str) -> bool:
    info = schema.type(type_name)
    return info is not None and info.kind == "resource"


def _extensions(
    extensions: Any, declared: Any, schema: FhirSchema, chain: Chain, owner: str
) -> Iterator[Leaf]:
    known = {element.extension: element for element in declared if element.extension}
    for extension in extensions if isinstance(extensions, list) else []:
        element = known.get(extension.get("url"))
        if element is None:
            yield (*chain, ("extension", str(extension.get("url")))), ""
            continue
        step = (owner, element.name)
        for name, child in extension.items():
            if name.startswith("value"):
                yield from fhir_leaves(child, element.types[0], schema, (*chain, step))
            elif name == "extension":
                yield from _extensions(
                    child, schema.elements(element.types[0]), schema, (*chain, step), element.types[0]
                )


def _beside(child: Any, owner: str, name: str, schema: FhirSchema, chain: Chain) -> Iterator[Leaf]:
    """Extensions of a primitive."""
    element = schema.element(owner, name)
    type_name = element.types[0] if element is not None else "string"
    for item in child if isinstance(child, list) else [child]:
        if isinstance(item, Mapping):
            declared = schema.element_extensions(owner, name)
            yield from _extensions(
                item.get("extension"), declared, schema, (*chain, (owner, name)), type_name
            )
