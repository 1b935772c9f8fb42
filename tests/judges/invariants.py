"""Invariants of R4 that matter for ADT, written from the specification: they need no node."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from tests.judges.finding import Verdict
from tests.judges.walk import Json, Placed, codes, items, objects, strings

JUDGE = "own"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
Told = Iterator[tuple[str, str, str]]


def judge(placed: Placed) -> Iterator[Verdict]:
    """Objections to one resource: its own invariants, and those of the datatypes inside it."""
    for rule in (*EVERY_RESOURCE, *RESOURCES.get(placed.type, ())):
        yield from (Verdict(JUDGE, *told) for told in rule(placed.resource, placed.path))
    for path, value in objects(placed.resource, placed.path):
        for check in EVERY_OBJECT:
            yield from (Verdict(JUDGE, *told) for told in check(value, path))


# ---- every resource ----------------------------------------------------------------------------------


def _contained(resource: Json, path: str) -> Told:
    pointed = {text for _, text in strings(resource, path) if text.startswith("#")}
    for where, inner in items(resource.get("contained", []), f"{path}.contained"):
        if "contained" in inner:
            yield "dom-2", where, "contains another resource"
        own = any(text == "#" or text.startswith("#") for _, text in strings(inner, where))
        if f"#{inner.get('id')}" not in pointed and not own:
            yield "dom-3", where, "nothing refers to it"
        if {"versionId", "lastUpdated"} & inner.get("meta", {}).keys():
            yield "dom-4", f"{where}.meta", "has a version or a time of update"
        if "security" in inner.get("meta", {}):
            yield "dom-5", f"{where}.meta.security", "has a security label"


# ---- every object ------------------------------------------------------------------------------------


def _not_empty(value: Json, path: str) -> Told:
    if not (value.keys() - {"id"}) and "._" not in path:
        yield "ele-1", path, "has neither value nor children"
    for name, child in value.items():
        if child == [] or child is None or child == "":
            yield "ele-1", f"{path}.{name}", "is empty"


def _extension(value: Json, path: str) -> Told:
    for where, extension in items(value.get("extension", []), f"{path}.extension"):
        if not isinstance(extension, dict):
            continue
        has_value = any(name.startswith(("value", "_value")) for name in extension)
        if has_value == ("extension" in extension):
            yield "ext-1", where, "has both or neither of value and extensions"


def _period(value: Json, path: str) -> Told:
    start, end = value.get("start"), value.get("end")
    if isinstance(start, str) and isinstance(end, str) and _after(start, end):
        yield "per-1", path, "starts after its end"


def _after(start: str, end: str) -> bool:
    """Whether a date or time lies after another one, as far as both are precise and the zones agree."""
    common = min(len(start), len(end), 10)
    if start[:common] != end[:common] or common < 10:
        return start[:common] > end[:common]
    return start[19:] == end[19:] and start[:19] > end[:19]


def _quantity(value: Json, path: str) -> Told:
    number = value.get("value")
    if "code" in value and "system" not in value and isinstance(number, (int, float, Decimal)):
        yield "qty-3", path, "has a code for its unit without a system"


def _range(value: Json, path: str) -> Told:
    low, high = value.get("low"), value.get("high")
    if not (isinstance(low, dict) and isinstance(high, dict) and "value" in low and "value" in high):
        return
    if "referenceRange" in path.rsplit(".", 1)[-1]:
        return  # a backbone of Observation, not a Range: rng-2 does not bind it, HL7's examples break it
    if Decimal(str(low["value"])) > Decimal(str(high["value"])):
        yield "rng-2", path, "low is above high"


def _telecom(value: Json, path: str) -> Told:
    for where, point in items(value.get("telecom", []), f"{path}.telecom"):
        if "value" in point and "system" not in point:
            yield "cpt-2", where, "has a value without a system"


def _reference(value: Json, path: str) -> Told:
    for name, child in value.items():
        for where, member in items(child, f"{path}.{name}"):
            if isinstance(member, dict) and member.keys() == {"type"} and isinstance(member["type"], str):
                yield "reference", where, "names only a type"


# ---- single resources --------------------------------------------------------------------------------


def _patient(resource: Json, path: str) -> Told:
    for where, contact in items(resource.get("contact", []), f"{path}.contact"):
        if not ({"name", "telecom", "address", "organization"} & contact.keys()):
            yield "pat-1", where, "has no details and no organization"


def _observation(resource: Json, path: str) -> Told:
    valued = any(name.startswith("value") for name in resource)
    if valued and "dataAbsentReason" in resource:
        yield "obs-6", path, "has a value and a reason why it has none"
    parts = [code for part in resource.get("component", []) for code in codes(part.get("code"))]
    if valued and codes(resource.get("code")) & set(parts):
        yield "obs-7", path, "has a value beside a component of the same code"
    for where, span in items(resource.get("referenceRange", []), f"{path}.referenceRange"):
        if not ({"low", "high", "text"} & span.keys()):
            yield "obs-3", where, "has no low, high or text"


def _condition(resource: Json, path: str) -> Told:
    clinical = codes(resource.get("clinicalStatus"), f"{TERMINOLOGY}/condition-clinical")
    verified = codes(resource.get("verificationStatus"), f"{TERMINOLOGY}/condition-ver-status")
    problem = any("problem-list-item" in codes(category) for category in resource.get("category", []))
    if problem and not clinical and "entered-in-error" not in verified:
        yield "con-3", path, "a problem of the list needs a clinical status"
    abated = any(name.startswith("abatement") for name in resource)
    if abated and not clinical & {"inactive", "resolved", "remission"}:
        yield "con-4", path, "is abated but not inactive, resolved or in remission"
    if "entered-in-error" in verified and "clinicalStatus" in resource:
        yield "con-5", path, "has a clinical status though entered in error"
    yield from _stages(resource, path)


def _stages(resource: Json, path: str) -> Told:
    for where, stage in items(resource.get("stage", []), f"{path}.stage"):
        if not ({"summary", "assessment"} & stage.keys()):
            yield "con-1", where, "has neither summary nor assessment"
    for where, evidence in items(resource.get("evidence", []), f"{path}.evidence"):
        if not ({"code", "detail"} & evidence.keys()):
            yield "con-2", where, "has neither code nor detail"


def _allergy(resource: Json, path: str) -> Told:
    verified = codes(resource.get("verificationStatus"), f"{TERMINOLOGY}/allergyintolerance-verification")
    if "clinicalStatus" not in resource and "entered-in-error" not in verified:
        yield "ait-1", path, "needs a clinical status"
    if "clinicalStatus" in resource and "entered-in-error" in verified:
        yield "ait-2", path, "has a clinical status though entered in error"


def _organization(resource: Json, path: str) -> Told:
    if not ({"name", "identifier"} & resource.keys()):
        yield "org-1", path, "has neither name nor identifier"
    for check, name in (("org-2", "address"), ("org-3", "telecom")):
        for where, member in items(resource.get(name, []), f"{path}.{name}"):
            if member.get("use") == "home":
                yield check, where, "an organization is at home nowhere"


def _attachment(value: Json, path: str) -> Told:
    other_type = {"origin", "who", "resourceType", "contentType"} & value.keys()
    if isinstance(value.get("data"), str) and not other_type:
        yield "att-1", path, "has data without a content type"


Rule = Callable[[Any, str], Told]
EVERY_RESOURCE: tuple[Rule, ...] = (_contained,)
EVERY_OBJECT: tuple[Rule, ...] = (
    _not_empty, _extension, _period, _quantity, _range, _telecom, _reference, _attachment,
)  # fmt: skip
RESOURCES: dict[str, tuple[Rule, ...]] = {
    "Patient": (_patient,),
    "Observation": (_observation,),
    "Condition": (_condition,),
    "AllergyIntolerance": (_allergy,),
    "Organization": (_organization,),
}
