"""OBX, AL1, DG1, PR1 as Observation, AllergyIntolerance, Condition and Procedure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import orjson

from tests.benchmarks.peers.by_hand.bundle import Builder
from tests.benchmarks.peers.by_hand.codes import (
    ALLERGY_CATEGORY,
    DIAGNOSIS_USE,
    OBSERVATION_STATUS,
    OWN,
    SEVERITY,
    STANDARD,
    THO,
)
from tests.benchmarks.peers.by_hand.datatypes import Json, concept, when
from tests.benchmarks.peers.by_hand.text import first, leaf, repetitions, unescape, whole
from tests.benchmarks.peers.by_hand.visit import coded, extend

NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
SPAN = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*-\s*(-?\d+(?:\.\d+)?)\s*")


CRITICALITY = {"SV": "high", "MI": "low"}
OBSERVER = "http://terminology.hl7.org/CodeSystem/practitioner-role"


def performed(made: Json, start: str | None, minutes: str) -> None:
    """PR1-5 as a time, or as a period of so many minutes (PR1-7)."""
    if minutes.isdigit():
        extend(made, "procedure-minutes", decimal(minutes), "valueDecimal")
    if start is None:
        return
    if minutes.isdigit() and "T" in start:
        end = datetime.fromisoformat(start) + timedelta(minutes=int(minutes))
        made["performedPeriod"] = {"start": start, "end": end.isoformat()}
    else:
        made["performedDateTime"] = start


def decimal(text: str) -> Any:
    """A number, digit for digit."""
    return orjson.Fragment(text)


def observation(obx: list[str], links: Json, builder: Builder) -> None:
    """OBX as Observation; NM and SN are quantities, codes are concepts, all else is text."""
    code = concept(whole(obx, 3))
    if code is None:
        return
    sent = first(obx, 11)
    made: Json = {
        "resourceType": "Observation",
        "status": OBSERVATION_STATUS.get(sent, "unknown"),
        "code": code,
        **links,
    }
    if sent:
        made["_status"] = alternate({"coding": [{"code": sent, "system": f"{THO}/v2-0085"}]})
    if moment := when(whole(obx, 14), builder.site):
        made["effectiveDateTime"] = moment
    if performers := [who for raw in repetitions(obx, 16) if (who := observer(raw, builder))]:
        made["performer"] = performers
    value(made, obx)
    if flags := [coded("v3-ObservationInterpretation", unescape(raw)) for raw in repetitions(obx, 8)]:
        made["interpretation"] = flags
    if text := first(obx, 7):
        made["referenceRange"] = [reference_range(text)]
    builder.add(made, f"{links['subject']['reference']}|{first(obx, 3)}|{first(obx, 1)}|{first(obx, 14)}")


def observer(raw: str, builder: Builder) -> Json | None:
    """XCN as a reference to the role of a responsible observer."""
    who = builder.practitioner(raw)
    if who is None:
        return None
    code = {"coding": [{"code": "responsibleObserver", "system": OBSERVER}]}
    role = {"resourceType": "PractitionerRole", "code": [code], "practitioner": who}
    return builder.add(role, f"{who['reference']}|responsibleObserver")


def alternate(sent: Json) -> Json:
    """What was sent, beside the code that it was translated to."""
    return {"extension": [{"url": f"{STANDARD}/alternate-codes", "valueCodeableConcept": sent}]}


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


def reference_range(text: str) -> Json:
    """OBX-7: low and high where it says so, and its text."""
    found = SPAN.fullmatch(text)
    if not found:
        return {"text": text}
    low, high = found.groups()
    return {"low": {"value": decimal(low)}, "high": {"value": decimal(high)}, "text": text}


def allergy(al1: list[str], subject: Json, builder: Builder) -> None:
    """AL1 as AllergyIntolerance."""
    code = concept(whole(al1, 3))
    made: Json = {"resourceType": "AllergyIntolerance"}
    made["clinicalStatus"] = coded("allergyintolerance-clinical", "active")
    made["verificationStatus"] = coded("allergyintolerance-verification", "confirmed")
    if kind := concept(whole(al1, 2)):
        made["type"] = "allergy"
        if category := ALLERGY_CATEGORY.get(first(al1, 2)):
            made["category"] = [category]
        made["_category"] = [alternate(with_system(kind, "v2-0127"))]
    if degree := concept(whole(al1, 4)):
        if criticality := CRITICALITY.get(first(al1, 4)):
            made["criticality"] = criticality
        made["_criticality"] = alternate(with_system(degree, "v2-0128"))
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


def with_system(value: Json, table: str) -> Json:
    """A concept with its first code as one of a table before it, where that does not say so itself."""
    for coding in value.get("coding", ())[:1]:
        if "system" not in coding:
            value["coding"].insert(0, {"system": f"{THO}/{table}", "code": coding["code"]})
    return value


def condition(dg1: list[str], links: Json, encounter: Json, builder: Builder) -> None:
    """DG1 as Condition, and as a diagnosis of the Encounter."""
    made: Json = {"resourceType": "Condition"}
    components = whole(dg1, 20).split("^")
    number = leaf(components, 0)
    if number:
        made["identifier"] = [entity(number, leaf(components, 1), builder)]
    action = first(dg1, 21)
    state = "entered-in-error" if action == "D" else "confirmed"
    if action != "D":
        made["clinicalStatus"] = coded("condition-clinical", "active")
    if action and action != "D":
        made["extension"] = [{"url": f"{OWN}/diagnosis-action", "valueCode": action}]
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
        asserted = {"url": f"{STANDARD}/condition-assertedDate", "valueDateTime": recorded}
        made.setdefault("extension", []).append(asserted)
    if (who := repetitions(dg1, 16)) and (asserter := builder.practitioner(who[0])):
        made["asserter"] = asserter
    reference = builder.add(made, number or f"{links['subject']['reference']}|{first(dg1, 3)}")
    kind = first(dg1, 6)
    use = DIAGNOSIS_USE.get(kind)
    row: Json = {"condition": reference}
    if kind:
        row["use"] = {"coding": [{"code": kind}]}
    if use:
        row["use"]["coding"].insert(0, {"system": f"{THO}/diagnosis-role", "code": use})
    elif kind:
        row["use"]["coding"].insert(0, {"system": f"{THO}/v2-0052", "code": kind})
    if (rank := first(dg1, 15)).isdigit() and int(rank):
        row["rank"] = int(rank)
    encounter.setdefault("diagnosis", []).append(row)


def entity(number: str, name: str, builder: Builder) -> Json:
    """EI as Identifier."""
    known: Json = {"value": number}
    if name:
        known |= {"system": f"{builder.site.base}/namespace/{name}", "assigner": {"display": name}}
    return known


def procedure(pr1: list[str], links: Json, builder: Builder) -> None:
    """PR1 as Procedure."""
    made: Json = {"resourceType": "Procedure"}
    components = whole(pr1, 19).split("^")
    number = leaf(components, 0)
    if number:
        made["identifier"] = [entity(number, leaf(components, 1), builder)]
    made["status"] = "completed"
    if kind := first(pr1, 6):
        made["category"] = {"coding": [{"code": kind}]}
    if text := first(pr1, 4):
        extend(made, "procedure-description", text, "valueString")
    made |= {"code": concept(whole(pr1, 3)) or {}, **links}
    performed(made, when(whole(pr1, 5), builder.site), first(pr1, 7))
    if who := [actor for raw in repetitions(pr1, 11) if (actor := builder.practitioner(raw))]:
        function = {"coding": [{"code": "304292004", "system": "http://snomed.info/sct"}]}
        made["performer"] = [{"actor": actor, "function": function} for actor in who]
    if reason := concept(whole(pr1, 15)):
        made["reasonCode"] = [reason]
    builder.add(made, number or f"{links['subject']['reference']}|{first(pr1, 3)}|{first(pr1, 5)}")
