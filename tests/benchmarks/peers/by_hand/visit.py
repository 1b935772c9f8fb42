"""PV1, PV2, ROL as Encounter and what it refers to."""

from __future__ import annotations

from typing import Any

from tests.benchmarks.peers.by_hand.bundle import Builder
from tests.benchmarks.peers.by_hand.codes import (
    CLASS,
    HL7,
    OWN,
    STANDARD,
    STATUS_OF_EVENT,
    THO,
    V2_0203,
    YES_NO,
)
from tests.benchmarks.peers.by_hand.datatypes import Json, address, concept, identifier, telecom, when
from tests.benchmarks.peers.by_hand.text import first, repetitions, whole

PARTICIPANTS = ((7, "ATND", ""), (8, "REF", "referrer"), (9, "CON", "consultant"), (17, "ADM", "admitter"))
PLACES = ((3, "active", ""), (11, "active", "temporary"), (6, "completed", ""), (42, "reserved", ""))
ADMIT_SOURCE = {"1": "mp", "2": "mp", "4": "hosp-trans", "5": "nursing", "6": "other", "7": "emd"}
SERVICE_TYPE = {"MED": "382"}
R5 = f"{HL7}/5.0/StructureDefinition/extension-Encounter"
VISIT_CODES = ((18, "patient-type"), (20, "financial-class"), (41, "account-status"))
PV2_CODES = ((2, "accommodation"), (4, "transfer-reason"))


def encounter(pv1: list[str], event: str, subject: Json, builder: Builder) -> Json:
    """Encounter from PV1; PV2 and ROL add to it."""
    site = builder.site
    made: Json = {"resourceType": "Encounter"}
    identifiers = [known for raw in repetitions(pv1, 19) if (known := identifier(raw, site))]
    for known in identifiers:
        known["type"] = {"coding": [{"system": V2_0203, "code": "VN"}], "text": "visit number"}
    identifiers += [known for raw in repetitions(pv1, 50) if (known := identifier(raw, site))]
    if identifiers:
        made["identifier"] = identifiers
    start, end = when(whole(pv1, 44), site), when(first(pv1, 45), site)
    made["status"] = "finished" if end else STATUS_OF_EVENT.get(event, "unknown")
    made["class"] = class_of(first(pv1, 2))
    if kind := first(pv1, 4):
        made["type"] = [beside(f"{THO}/v2-0007", kind, kind)]
    if service := first(pv1, 11 if site.shifts else 10):
        known_as = SERVICE_TYPE.get(service)
        system = f"{THO}/service-type" if known_as else f"{THO}/v2-0069"
        made["serviceType"] = beside(system, known_as or service, service)
    made["subject"] = subject
    if participants := participants_of(pv1, builder):
        made["participant"] = participants
    if start or end:
        made["period"] = {name: value for name, value in (("start", start), ("end", end)) if value}
    stay(made, pv1, builder)
    places(made, pv1, builder)
    for number, name in VISIT_CODES:
        if code := first(pv1, number + (site.shifts and number == 20)):
            extend(made, name, {"coding": [{"code": code}]})
    return made


def coded(system: str, code: str) -> Json:
    """A CodeableConcept of HL7's terminology."""
    return {"coding": [{"system": f"{THO}/{system}", "code": code}]}


def beside(system: str, code: str, sent: str) -> Json:
    """A CodeableConcept of a code and the one that was sent."""
    return {"coding": [{"system": system, "code": code}, {"code": sent}]}


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
        {"type": [participation(kind, text)], "individual": who}
        for number, kind, text in PARTICIPANTS
        for raw in repetitions(pv1, number)
        if (who := builder.practitioner(raw))
    ]


def participation(kind: str, text: str) -> Json:
    """The type of a participant, told apart by its text; the attender by its code's display."""
    made = coded("v3-ParticipationType", kind)
    if text:
        made["text"] = text
    else:
        made["coding"][0]["display"] = "attender"
    return made


def stay(made: Json, pv1: list[str], builder: Builder) -> None:
    """The hospitalization and who provides the service."""
    found: Json = {}
    if raw := repetitions(pv1, 5):
        found["preAdmissionIdentifier"] = identifier(raw[0], builder.site)
    if code := first(pv1, 13):
        found["reAdmission"] = beside(f"{THO}/v2-0092", code, code)
    shifts = builder.site.shifts
    if code := first(pv1, 15 if shifts else 14):
        source = ADMIT_SOURCE.get(code)
        found["admitSource"] = beside(f"{THO}/admit-source", source, code) if source else concept(code)
    if codes := [beside(f"{THO}/v2-0009", code, code) for code in repetitions(pv1, 15) if not shifts]:
        found["specialArrangement"] = codes
    for number, name in ((16, "specialCourtesy"), (38, "dietPreference")):
        if raw := repetitions(pv1, number):
            found[name] = [concept(raw[0])]
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
    for number, status, kind in PLACES:
        if builder.site.shifts and kind:
            continue
        if (raw := whole(pv1, number)) and (place := builder.location(raw)):
            found.append({"location": place, "status": status, **classified(kind)})
    if found:
        made["location"] = found


def classified(kind: str) -> Json:
    """The extension that tells one place of a status from another one."""
    if not kind:
        return {}
    value = {"coding": [{"system": f"{HL7}/ValueSet/subject-location", "code": kind}]}
    return {
        "extension": [{"url": f"{STANDARD}/subject-locationClassification", "valueCodeableConcept": value}]
    }


def details(made: Json, pv2: list[str], builder: Builder) -> None:
    """PV2 into the Encounter."""
    site = builder.site
    if (raw := whole(pv2, 1)) and (place := builder.location(raw)):
        row = {"location": place, "status": "planned", **classified("pending")}
        made.setdefault("location", []).append(row)
    if reason := concept(whole(pv2, 3)):
        made["reasonCode"] = [reason]
    for number, name in PV2_CODES:
        extend(made, name, concept(whole(pv2, number)))
    for number, name in ((8, "plannedStartDate"), (9, "plannedEndDate")):
        if date := when(whole(pv2, number), site):
            made.setdefault("extension", []).append({"url": f"{R5}.{name}", "valueDateTime": date})
    if (days := first(pv2, 10)).isdigit():
        extend(made, "estimated-length-of-stay", int(days), "valueDecimal")
    extend(made, "visit-description", first(pv2, 12), "valueString")
    if (guarded := YES_NO.get(first(pv2, 22))) is not None:
        extend(made, "protection-indicator", guarded, "valueBoolean")
        code = "R" if guarded else "N"
        made["meta"] = {"security": [{"system": f"{THO}/v3-Confidentiality", "code": code}]}
    if code := first(pv2, 38):
        arrival = {"system": f"{THO}/v2-0430", "code": code}
        url = f"{STANDARD}/encounter-modeOfArrival"
        made.setdefault("extension", []).append({"url": url, "valueCoding": arrival})
    for raw in repetitions(pv2, 13):
        if who := builder.practitioner(raw):
            kind = participation("REF", "referral source")
            made.setdefault("participant", []).append({"type": [kind], "individual": who})


ROLES = {
    "PP": {"system": "http://snomed.info/sct", "code": "446050000"},
    "AT": {"system": f"{THO}/v3-ParticipationType", "code": "ATND"},
}


def role_code(rol: list[str]) -> Json | None:
    """ROL-3 as it was sent, with a standard code before it."""
    sent = concept(whole(rol, 3))
    if sent and (known := ROLES.get(first(rol, 3))):
        sent["coding"].insert(0, known)
    return sent


def role(rol: list[str], builder: Builder) -> Json | None:
    """ROL as a reference to a PractitionerRole."""
    who = next(filter(None, (builder.practitioner(raw) for raw in repetitions(rol, 4))), None)
    if who is None:
        return None
    if places := [place for raw in repetitions(rol, 11) if (place := address(raw))]:
        builder.resource(who)["address"] = places
    made: Json = {"resourceType": "PractitionerRole", "practitioner": who}
    if number := first(rol, 1):
        made["identifier"] = [{"value": number}]
    extend(made, "role-instruction", first(rol, 2), "valueCode")
    extend(made, "organization-unit-type", concept(whole(rol, 10)))
    start, end = when(whole(rol, 5), builder.site), when(whole(rol, 6), builder.site)
    if start or end:
        made["period"] = {name: value for name, value in (("start", start), ("end", end)) if value}
    if code := role_code(rol):
        made["code"] = [code]
    if specialty := [kind for raw in repetitions(rol, 9) if (kind := concept(raw))]:
        made["specialty"] = specialty
    if points := [point for raw in repetitions(rol, 12) if (point := telecom(raw, "work"))]:
        made["telecom"] = points
    return builder.add(made, f"{who['reference']}|{first(rol, 3)}")
