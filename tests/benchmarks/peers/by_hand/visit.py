"""PV1, PV2, ROL as Encounter and what it refers to."""

from __future__ import annotations

from typing import Any

from tests.benchmarks.peers.by_hand.bundle import Builder
from tests.benchmarks.peers.by_hand.codes import CLASS, STATUS_OF_EVENT, THO, V2_0203, YES_NO
from tests.benchmarks.peers.by_hand.datatypes import Json, concept, identifier, telecom, when
from tests.benchmarks.peers.by_hand.text import first, repetitions, whole

OWN = "https://mapper.dev/fhir/StructureDefinition"
PARTICIPANTS = ((7, "ATND"), (8, "REF"), (9, "CON"), (17, "ADM"))
PLACES = ((3, "active"), (11, "active"), (6, "completed"), (42, "reserved"))
HOSPITALIZATION = ((13, "reAdmission", "v2-0092"), (14, "admitSource", "admit-source"))
HOSPITALIZATION_LISTS = (
    (15, "specialArrangement", "v2-0009"),
    (16, "specialCourtesy", "v2-0099"),
    (38, "dietPreference", "v2-0114"),
)
VISIT_CODES = ((18, "patient-type"), (20, "financial-class"), (41, "account-status"))
PV2_CODES = ((2, "accommodation"), (4, "transfer-reason"))


def encounter(pv1: list[str], event: str, subject: Json, builder: Builder) -> Json:
    """Encounter from PV1; PV2 and ROL add to it."""
    site = builder.site
    made: Json = {"resourceType": "Encounter"}
    identifiers = [known for raw in repetitions(pv1, 19) if (known := identifier(raw, site))]
    for known in identifiers:
        known.setdefault("type", {"coding": [{"system": V2_0203, "code": "VN"}]})
    identifiers += [known for raw in repetitions(pv1, 50) if (known := identifier(raw, site))]
    if identifiers:
        made["identifier"] = identifiers
    start, end = when(whole(pv1, 44), site), when(first(pv1, 45), site)
    made["status"] = "finished" if end else STATUS_OF_EVENT.get(event, "unknown")
    made["class"] = class_of(first(pv1, 2))
    if kind := first(pv1, 4):
        made["type"] = [coded("v2-0007", kind)]
    if service := first(pv1, 10):
        made["serviceType"] = coded("v2-0069", service)
    made["subject"] = subject
    if participants := participants_of(pv1, builder):
        made["participant"] = participants
    if start or end:
        made["period"] = {name: value for name, value in (("start", start), ("end", end)) if value}
    stay(made, pv1, builder)
    places(made, pv1, builder)
    for number, name in VISIT_CODES:
        extend(made, name, concept(whole(pv1, number)))
    return made


def coded(system: str, code: str) -> Json:
    """A CodeableConcept of HL7's terminology."""
    return {"coding": [{"system": f"{THO}/{system}", "code": code}]}


def extend(made: Json, name: str, value: Any, kind: str = "valueCodeableConcept") -> None:
    """Adds one of the project's own extensions."""
    if value is not None and value != "":
        made.setdefault("extension", []).append({"url": f"{OWN}/{name}", kind: value})


def class_of(code: str) -> Json:
    """PV1-2: an ActCode where there is one, else the v2 code."""
    known = CLASS.get(code)
    if known:
        return {"system": f"{THO}/v3-ActCode", "code": known}
    return {"system": f"{THO}/v2-0004", "code": code or "U"}


def participants_of(pv1: list[str], builder: Builder) -> list[Json]:
    """The doctors of PV1."""
    return [
        {"type": [coded("v3-ParticipationType", kind)], "individual": who}
        for number, kind in PARTICIPANTS
        for raw in repetitions(pv1, number)
        if (who := builder.practitioner(raw))
    ]


def stay(made: Json, pv1: list[str], builder: Builder) -> None:
    """The hospitalization and who provides the service."""
    found: Json = {}
    if raw := repetitions(pv1, 5):
        found["preAdmissionIdentifier"] = identifier(raw[0], builder.site)
    for number, name, system in HOSPITALIZATION:
        if code := first(pv1, number):
            found[name] = coded(system, code)
    for number, name, system in HOSPITALIZATION_LISTS:
        if raw := repetitions(pv1, number):
            found[name] = [concept(raw[0]) if "^" in raw[0] else coded(system, raw[0])]
    if code := first(pv1, 36):
        found["dischargeDisposition"] = coded("discharge-disposition", code)
    if found:
        made["hospitalization"] = found
    if name := first(pv1, 39):
        resource = {"resourceType": "Organization", "active": True, "name": name}
        made["serviceProvider"] = builder.add(resource, name)


def places(made: Json, pv1: list[str], builder: Builder) -> None:
    """The places of PV1 with their status."""
    found = []
    for number, status in PLACES:
        if (raw := whole(pv1, number)) and (place := builder.location(raw)):
            found.append({"location": place, "status": status})
    if found:
        made["location"] = found


def details(made: Json, pv2: list[str], builder: Builder) -> None:
    """PV2 into the Encounter."""
    site = builder.site
    if (raw := whole(pv2, 1)) and (place := builder.location(raw)):
        made.setdefault("location", []).append({"location": place, "status": "planned"})
    if reason := concept(whole(pv2, 3)):
        made["reasonCode"] = [reason]
    for number, name in PV2_CODES:
        extend(made, name, concept(whole(pv2, number)))
    extend(made, "planned-start", when(whole(pv2, 8), site), "valueDateTime")
    extend(made, "planned-end", when(whole(pv2, 9), site), "valueDateTime")
    if (days := first(pv2, 10)).isdigit():
        extend(made, "estimated-length-of-stay", int(days), "valueDecimal")
    extend(made, "visit-description", first(pv2, 12), "valueString")
    extend(made, "protection-indicator", YES_NO.get(first(pv2, 22)), "valueBoolean")
    extend(made, "mode-of-arrival", concept(whole(pv2, 38)))
    for raw in repetitions(pv2, 13):
        if who := builder.practitioner(raw):
            kind = coded("v3-ParticipationType", "REF")
            made.setdefault("participant", []).append({"type": [kind], "individual": who})


def role(rol: list[str], builder: Builder) -> Json | None:
    """ROL as a reference to a PractitionerRole."""
    who = next(filter(None, (builder.practitioner(raw) for raw in repetitions(rol, 4))), None)
    if who is None:
        return None
    made: Json = {"resourceType": "PractitionerRole", "practitioner": who}
    start, end = when(whole(rol, 5), builder.site), when(whole(rol, 6), builder.site)
    if start or end:
        made["period"] = {name: value for name, value in (("start", start), ("end", end)) if value}
    codes = [kind for number in (3, 10) if (kind := concept(whole(rol, number)))]
    if codes:
        made["code"] = codes
    if specialty := [kind for raw in repetitions(rol, 9) if (kind := concept(raw))]:
        made["specialty"] = specialty
    if points := [point for raw in repetitions(rol, 12) if (point := telecom(raw, "work"))]:
        made["telecom"] = points
    return builder.add(made, f"{who['reference']}|{first(rol, 3)}")
