"""OBX, AL1, DG1, PR1 as Observation, AllergyIntolerance, Condition and Procedure."""

from __future__ import annotations

import re
from typing import Any

import orjson

from tests.benchmarks.peers.by_hand.bundle import Builder
from tests.benchmarks.peers.by_hand.codes import (
    ALLERGY_CATEGORY,
    DIAGNOSIS_USE,
    OBSERVATION_STATUS,
    SEVERITY,
    THO,
)
from tests.benchmarks.peers.by_hand.datatypes import Json, concept, when
from tests.benchmarks.peers.by_hand.text import first, leaf, repetitions, unescape, whole
from tests.benchmarks.peers.by_hand.visit import coded

NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
SPAN = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*-\s*(-?\d+(?:\.\d+)?)\s*")


def decimal(text: str) -> Any:
    """A number, digit for digit."""
    return orjson.Fragment(text)


def observation(obx: list[str], links: Json, builder: Builder) -> None:
    """OBX as Observation; NM and SN are quantities, codes are concepts, all else is text."""
    code = concept(whole(obx, 3))
    if code is None:
        return
    status = OBSERVATION_STATUS.get(first(obx, 11), "unknown")
    made: Json = {"resourceType": "Observation", "status": status, "code": code, **links}
    if moment := when(whole(obx, 14), builder.site):
        made["effectiveDateTime"] = moment
    if performers := [who for raw in repetitions(obx, 16) if (who := builder.practitioner(raw))]:
        made["performer"] = performers
    value(made, obx)
    if flags := [coded("v3-ObservationInterpretation", unescape(raw)) for raw in repetitions(obx, 8)]:
        made["interpretation"] = flags
    if text := first(obx, 7):
        made["referenceRange"] = [reference_range(text, quantity_unit(obx))]
    builder.add(made, f"{links['subject']['reference']}|{first(obx, 3)}|{first(obx, 1)}|{first(obx, 14)}")


def quantity_unit(obx: list[str]) -> Json:
    """OBX-6 as unit, system and code of a Quantity."""
    unit = concept(whole(obx, 6))
    if not unit or "coding" not in unit:
        return {}
    coding = unit["coding"][0]
    made = {"unit": coding.get("display") or coding["code"]}
    if "system" in coding:
        made |= {"system": coding["system"], "code": coding["code"]}
    return made


def value(made: Json, obx: list[str]) -> None:
    """OBX-5 by the type in OBX-2."""
    found = repetitions(obx, 5)
    if not found:
        return
    kind, raw = first(obx, 2), found[0]
    if kind == "NM" and NUMBER.fullmatch(raw):
        made["valueQuantity"] = {"value": decimal(raw), **quantity_unit(obx)}
    elif kind in ("CE", "CWE", "CNE"):
        made["valueCodeableConcept"] = concept(raw)
    else:
        made["valueString"] = "\n".join(unescape(part) for part in found)


def reference_range(text: str, unit: Json) -> Json:
    """OBX-7: low and high where it says so, and its text."""
    found = SPAN.fullmatch(text)
    if not found:
        return {"text": text}
    low, high = found.groups()
    return {"low": {"value": decimal(low), **unit}, "high": {"value": decimal(high), **unit}, "text": text}


def allergy(al1: list[str], subject: Json, builder: Builder) -> None:
    """AL1 as AllergyIntolerance."""
    code = concept(whole(al1, 3))
    made: Json = {"resourceType": "AllergyIntolerance"}
    made["clinicalStatus"] = coded("allergyintolerance-clinical", "active")
    made["verificationStatus"] = coded("allergyintolerance-verification", "confirmed")
    if category := ALLERGY_CATEGORY.get(first(al1, 2)):
        made["category"] = [category]
    if code:
        made["code"] = code
    made["patient"] = subject
    if onset := when(whole(al1, 6), builder.site):
        made["onsetDateTime"] = onset
    if signs := [{"text": unescape(raw)} for raw in repetitions(al1, 5)]:
        reaction: Json = {"manifestation": signs}
        if severity := SEVERITY.get(first(al1, 4)):
            reaction["severity"] = severity
        made["reaction"] = [reaction]
    builder.add(made, f"{subject['reference']}|{whole(al1, 3)}")


def condition(dg1: list[str], links: Json, encounter: Json, builder: Builder) -> None:
    """DG1 as Condition, and as a diagnosis of the Encounter."""
    made: Json = {"resourceType": "Condition"}
    components = whole(dg1, 20).split("^")
    number = leaf(components, 0)
    if number:
        known: Json = {"value": number}
        if name := leaf(components, 1):
            known["assigner"] = {"display": name}
        made["identifier"] = [known]
    state = "entered-in-error" if first(dg1, 21) == "D" else "confirmed"
    made["verificationStatus"] = coded("condition-ver-status", state)
    made["category"] = [coded("condition-category", "encounter-diagnosis")]
    code = concept(whole(dg1, 3)) or {}
    if text := first(dg1, 4):
        code["text"] = text
    made |= {"code": code, **links}
    if onset := when(whole(dg1, 5), builder.site):
        made["onsetDateTime"] = onset
    if recorded := when(whole(dg1, 19), builder.site):
        made["recordedDate"] = recorded
    if (who := repetitions(dg1, 16)) and (asserter := builder.practitioner(who[0])):
        made["asserter"] = asserter
    reference = builder.add(made, number or f"{links['subject']['reference']}|{first(dg1, 3)}")
    use = DIAGNOSIS_USE.get(first(dg1, 6))
    row: Json = {"condition": reference}
    if use:
        row["use"] = coded("diagnosis-role", use)
    if (rank := first(dg1, 15)).isdigit() and int(rank):
        row["rank"] = int(rank)
    encounter.setdefault("diagnosis", []).append(row)


def procedure(pr1: list[str], links: Json, builder: Builder) -> None:
    """PR1 as Procedure."""
    made: Json = {"resourceType": "Procedure"}
    components = whole(pr1, 19).split("^")
    number = leaf(components, 0)
    if number:
        made["identifier"] = [{"value": number}]
        if name := leaf(components, 1):
            made["identifier"][0]["assigner"] = {"display": name}
    made["status"] = "completed"
    if kind := first(pr1, 6):
        made["category"] = {"coding": [{"system": f"{THO}/v2-0230", "code": kind}]}
    code = concept(whole(pr1, 3)) or {}
    if text := first(pr1, 4):
        code["text"] = text
    made |= {"code": code, **links}
    if moment := when(whole(pr1, 5), builder.site):
        made["performedDateTime"] = moment
    if who := [actor for raw in repetitions(pr1, 11) if (actor := builder.practitioner(raw))]:
        made["performer"] = [{"actor": actor} for actor in who]
    if reason := concept(whole(pr1, 15)):
        made["reasonCode"] = [reason]
    builder.add(made, number or f"{links['subject']['reference']}|{first(pr1, 3)}|{first(pr1, 5)}")
