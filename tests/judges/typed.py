"""Own checks by R4's element table: names, cardinalities, formats, required codes, reference targets."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from typing import Any

from mapper.schema.model import Element, Schema
from tests.judges.finding import Verdict
from tests.judges.primitives import COMPILED, LOWEST, objection
from tests.judges.references import Index, target_type
from tests.judges.walk import Json, Placed, items, resources

JUDGE = "own"
FHIR_SCHEMA = "mapper.schema.fhir"
ALWAYS = frozenset({"resourceType", "fhir_comments"})
PRIMITIVE = frozenset(COMPILED) | frozenset(LOWEST) | {"boolean", "decimal"}


def reason() -> str | None:
    """Why these checks cannot be made, or `None`."""
    return None if find_spec(FHIR_SCHEMA) else "the FHIR schema is absent"


@cache
def schema() -> Schema:
    """R4 without profiles: the base standard is what every output must follow."""
    from mapper.schema.fhir import load

    return load()


def judge(placed: Placed) -> Iterator[Verdict]:
    """Objections to one resource and to what it contains."""
    if reason() is None:
        yield from _object(placed.resource, placed.path, placed.type)


def judge_references(bundle: Json) -> Iterator[Verdict]:
    """References of a Bundle that point to a type that the element does not allow."""
    if reason() is not None:
        return
    index = Index(bundle)
    for placed in resources(bundle):
        for path, value, element in _references(placed.resource, placed.path, placed.type):
            kind = target_type(index, placed, value)
            if kind and element.targets and not {kind, "Resource"} & set(element.targets):
                yield Verdict(JUDGE, "reference-target", path, f"a {kind} is not allowed here")


@cache
def elements_of(type_name: str) -> dict[str, Element]:
    """The children of a type by JSON name."""
    return {element.name: element for element in schema().elements(type_name)}


def _object(value: Json, path: str, type_name: str) -> Iterator[Verdict]:
    known = elements_of(type_name)
    if not known:
        yield Verdict(JUDGE, "type", path, f"unknown type {type_name}")
        return
    yield from _cardinalities(value, path, known)
    for name, child in value.items():
        element = known.get(name.removeprefix("_"))
        if element is None:
            if name not in ALWAYS:
                yield Verdict(JUDGE, "element", f"{path}.{name}", "unknown element")
        elif not name.startswith("_"):
            yield from _element(child, f"{path}.{name}", element)


def _cardinalities(value: Json, path: str, known: dict[str, Element]) -> Iterator[Verdict]:
    for name, element in known.items():
        if element.choice is None and element.minimum > 0 and not _present(value, name):
            yield Verdict(JUDGE, "minimum", f"{path}.{name}", "required and missing")
    for choice in {element.choice for element in known.values() if element.choice}:
        alternatives = [element for element in known.values() if element.choice == choice]
        given = [element.name for element in alternatives if _present(value, element.name)]
        if len(given) > 1:
            yield Verdict(JUDGE, "choice", f"{path}.{choice}", "more than one alternative given")
        if not given and alternatives[0].minimum > 0:
            yield Verdict(JUDGE, "minimum", f"{path}.{choice}", "required and missing")


def _present(value: Json, name: str) -> bool:
    return name in value or f"_{name}" in value


def _element(child: Any, path: str, element: Element) -> Iterator[Verdict]:
    if isinstance(child, list) != element.repeats:
        yield Verdict(
            JUDGE, "maximum", path, "a list where one is allowed" if isinstance(child, list) else "not a list"
        )
    for where, member in items(child, path):
        yield from _member(member, where, element)


def _member(member: Any, path: str, element: Element) -> Iterator[Verdict]:
    type_name = element.types[0]
    if member is None:
        return
    if type_name in PRIMITIVE:
        if told := objection(type_name, member):
            yield Verdict(JUDGE, type_name, path, told)
    elif isinstance(member, dict) and "resourceType" not in member and type_name != "Resource":
        yield from _object(member, path, type_name)
    binding = element.binding
    if binding and binding.strength == "required" and binding.codes and not fits(binding.codes, member):
        yield Verdict(JUDGE, "binding", path, f"no code of {binding.value_set}")


def fits(allowed: Any, value: Any) -> bool:
    """Whether a code, Coding or CodeableConcept has a code of a value set (`{system: codes}`)."""
    if isinstance(value, str):
        return any(value in codes for codes in allowed.values())
    if not isinstance(value, dict):
        return False
    if "coding" in value:
        return any(fits(allowed, coding) for coding in value["coding"])
    return value.get("code") in allowed.get(value.get("system"), ())


def _references(value: Json, path: str, type_name: str) -> Iterator[tuple[str, Json, Element]]:
    known = elements_of(type_name)
    for name, child in value.items():
        element = known.get(name)
        if element is None or element.types[0] in PRIMITIVE:
            continue
        for where, member in items(child, f"{path}.{name}"):
            if not isinstance(member, dict) or "resourceType" in member:
                continue
            if element.types[0] == "Reference":
                yield where, member, element
            yield from _references(member, where, element.types[0])
