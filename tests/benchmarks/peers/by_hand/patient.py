"""PID, PD1, NK1, GT1 as Patient, its contacts, RelatedPerson and Account."""

from __future__ import annotations

from typing import Any

from tests.benchmarks.peers.by_hand.bundle import Builder
from tests.benchmarks.peers.by_hand.codes import (
    CONTACT_ROLE,
    HL7,
    MARITAL,
    OMB,
    OMB_ETHNICITY,
    OMB_RACE,
    OWN,
    RELATIONSHIP,
    RELIGION,
    SEX,
    THO,
    US_CORE,
    V2_0203,
    YES_NO,
)
from tests.benchmarks.peers.by_hand.datatypes import (
    SSN,
    Json,
    address,
    concept,
    human_name,
    identifier,
    telecom,
    when,
)
from tests.benchmarks.peers.by_hand.text import day, first, leaf, repetitions, whole

EXTENSION = f"{HL7}/StructureDefinition"


def patient(pid: list[str], builder: Builder) -> Json:
    """Patient from PID alone."""
    made: Json = {"resourceType": "Patient"}
    if extensions := patient_extensions(pid):
        made["extension"] = extensions
    if identifiers := patient_identifiers(pid, builder):
        made["identifier"] = identifiers
    names = [name for raw in (*repetitions(pid, 5), *repetitions(pid, 9)) if (name := human_name(raw))]
    if names:
        made["name"] = names
    telecoms(made, pid, home=13, work=14)
    made["gender"] = SEX.get(first(pid, 8), "unknown")
    birth(made, pid, builder)
    death(made, pid, builder)
    addresses = [place for raw in repetitions(pid, 11) if (place := address(raw))]
    if addresses:
        made["address"] = addresses
        if county := first(pid, 12):
            for place in addresses:
                place.setdefault("district", county)
    personal(made, pid)
    return made


def telecoms(made: Json, segment: list[str], home: int, work: int) -> None:
    """Two telecom fields as one list; the second one is for work."""
    points = [point for raw in repetitions(segment, home) if (point := telecom(raw, "home"))]
    points += [point for raw in repetitions(segment, work) if (point := telecom(raw, "work"))]
    if points:
        made["telecom"] = points


def patient_identifiers(pid: list[str], builder: Builder) -> list[Json]:
    """PID-3, PID-19 and PID-20."""
    site = builder.site
    made = [known for raw in repetitions(pid, 3) if (known := identifier(raw, site))]
    if ssn := first(pid, 19):
        made.append({"system": SSN, "value": ssn, "type": {"coding": [{"system": V2_0203, "code": "SS"}]}})
    if license_number := first(pid, 20):
        made.append({"value": license_number, "type": {"coding": [{"system": V2_0203, "code": "DL"}]}})
    return made


def birth(made: Json, pid: list[str], builder: Builder) -> None:
    """PID-7: the day, and the time beside it where it is sent."""
    raw = first(pid, 7)
    if date := day(raw):
        made["birthDate"] = date
        if len(raw) > 8 and (moment := when(raw, builder.site)):
            made["_birthDate"] = {
                "extension": [{"url": f"{EXTENSION}/patient-birthTime", "valueDateTime": moment}]
            }
    order, twin = first(pid, 25), first(pid, 24)
    if order.isdigit():
        made["multipleBirthInteger"] = int(order)
    elif twin in YES_NO:
        made["multipleBirthBoolean"] = YES_NO[twin]


def death(made: Json, pid: list[str], builder: Builder) -> None:
    """PID-29, else PID-30."""
    moment, indicator = when(whole(pid, 29), builder.site), first(pid, 30)
    if moment:
        made["deceasedDateTime"] = moment
    elif indicator in YES_NO:
        made["deceasedBoolean"] = YES_NO[indicator]


def personal(made: Json, pid: list[str]) -> None:
    """Language, marital status."""
    if language := concept(whole(pid, 15)):
        made["communication"] = [{"language": language, "preferred": True}]
    status = whole(pid, 16)
    if status and (sent := concept(status)):
        if code := MARITAL.get(first(pid, 16)):
            system = f"{THO}/v3-{'NullFlavor' if code == 'UNK' else 'MaritalStatus'}"
            sent["coding"].insert(0, {"system": system, "code": code})
        made["maritalStatus"] = sent


def patient_extensions(pid: list[str]) -> list[Json]:
    """Race, ethnicity, mother's maiden name, religion, birth place, citizenship."""
    made = [*race(pid), *ethnicity(pid)]
    if maiden := repetitions(pid, 6):
        made.append({"url": f"{EXTENSION}/patient-mothersMaidenName", "valueString": first(maiden, 0)})
    if maiden and len(maiden_name := human_name(maiden[0]) or {}) > 1:
        made.append({"url": f"{OWN}/mothers-maiden-name", "valueHumanName": maiden_name})
    if county := first(pid, 12):
        made.append({"url": f"{OWN}/county-code", "valueString": county})
    if religion := concept(whole(pid, 17)):
        if code := RELIGION.get(first(pid, 17)):
            system = f"{THO}/v3-ReligiousAffiliation"
            religion["coding"].insert(0, {"system": system, "code": code})
        made.append({"url": f"{EXTENSION}/patient-religion", "valueCodeableConcept": religion})
    if place := first(pid, 23):
        made.append({"url": f"{EXTENSION}/patient-birthPlace", "valueAddress": {"text": place}})
    for raw in repetitions(pid, 26):
        country: Json = {"url": "code", "valueCodeableConcept": concept(raw)}
        made.append({"url": f"{EXTENSION}/patient-citizenship", "extension": [country]})
    return made


def race(pid: list[str]) -> list[Json]:
    """PID-10 as the race extension of US Core."""
    parts: list[Json] = []
    texts = []
    for raw in repetitions(pid, 10):
        components = raw.split("^")
        code, display = leaf(components, 0), leaf(components, 1)
        if code or display:
            texts.append(display or code)
        if code:
            coding = {"system": OMB, "code": code}
            if display:
                coding["display"] = display
            kind = "ombCategory" if code in OMB_RACE else "detailed"
            parts.append({"url": kind, "valueCoding": coding})
    if not texts:
        return []
    parts.append({"url": "text", "valueString": ", ".join(texts)})
    return [{"url": f"{US_CORE}/us-core-race", "extension": parts}]


def ethnicity(pid: list[str]) -> list[Json]:
    """PID-22 as the ethnicity extension of US Core."""
    found = repetitions(pid, 22)
    if not found:
        return []
    components = found[0].split("^")
    code, display = leaf(components, 0), leaf(components, 1)
    parts: list[Json] = []
    if known := OMB_ETHNICITY.get(code):
        coding = {"system": OMB, "code": known}
        if display:
            coding["display"] = display
        parts.append({"url": "ombCategory", "valueCoding": coding})
    parts.append({"url": "text", "valueString": display or code})
    return [{"url": f"{US_CORE}/us-core-ethnicity", "extension": parts}]


def contact(nk1: list[str], builder: Builder) -> Json | None:
    """NK1 as Patient.contact."""
    made: Json = {}
    if relations := relationships(nk1):
        made["relationship"] = relations
    if (names := repetitions(nk1, 2)) and (name := human_name(names[0])):
        made["name"] = name
    telecoms(made, nk1, home=5, work=6)
    if (places := repetitions(nk1, 4)) and (place := address(places[0])):
        made["address"] = place
    if gender := SEX.get(first(nk1, 15)):
        made["gender"] = gender
    if (owners := repetitions(nk1, 13)) and (owner := builder.organization(owners[0])):
        made["organization"] = owner
    contact_extensions(made, nk1, builder)
    start, end = day(first(nk1, 8)), day(first(nk1, 9))
    if start or end:
        made["period"] = {name: value for name, value in (("start", start), ("end", end)) if value}
    return made if {"name", "telecom", "address", "organization"} & made.keys() else None


def contact_extensions(made: Json, nk1: list[str], builder: Builder) -> None:
    """NK1-16 and NK1-14."""
    found: list[Json] = []
    if born := when(whole(nk1, 16), builder.site):
        found.append({"url": f"{OWN}/contact-birth-date", "valueDateTime": born})
    if status := concept(whole(nk1, 14)):
        found.append({"url": f"{OWN}/contact-marital-status", "valueCodeableConcept": status})
    if found:
        made["extension"] = found


RELATIVES = frozenset({"SPO", "PAR", "MTH", "FTH", "CHD", "SIB", "GRD", "GRP", "OTH"})


def relative(nk1: list[str], subject: Json, builder: Builder) -> None:
    """NK1 as RelatedPerson too, where it is a relative."""
    if first(nk1, 3) not in RELATIVES:
        return
    made: Json = {"resourceType": "RelatedPerson", "active": True, "patient": subject}
    if names := [name for raw in repetitions(nk1, 2) if (name := human_name(raw))]:
        made["name"] = names
    if places := [place for raw in repetitions(nk1, 4) if (place := address(raw))]:
        made["address"] = places
    telecoms(made, nk1, home=5, work=6)
    if gender := SEX.get(first(nk1, 15)):
        made["gender"] = gender
    if born := day(first(nk1, 16)):
        made["birthDate"] = born
    start, end = day(first(nk1, 8)), day(first(nk1, 9))
    if start or end:
        made["period"] = {name: value for name, value in (("start", start), ("end", end)) if value}
    made["relationship"] = [related(nk1, 3)]
    if role := concept(whole(nk1, 7)):
        made["relationship"].append(role)
    builder.add(made, f"{subject['reference']}|NK1|{first(nk1, 1)}|{whole(nk1, 2)}")


def related(segment: list[str], number: int) -> Json:
    """A relationship of table 0063 as it was sent, with HL7's own code before it."""
    sent = concept(whole(segment, number)) or {"coding": []}
    if code := RELATIONSHIP.get(first(segment, number)):
        sent["coding"].insert(0, {"system": f"{THO}/v3-RoleCode", "code": code})
    elif first(segment, number) == "EMR":
        sent["coding"].insert(0, {"system": f"{THO}/v2-0131", "code": "E"})
    return sent


def relationships(nk1: list[str]) -> list[Json]:
    """NK1-7 as a contact role and NK1-3 as a relationship."""
    made = []
    if (role := whole(nk1, 7)) and (sent := concept(role)):
        code = CONTACT_ROLE.get(first(nk1, 7))
        if code and "system" not in sent["coding"][0]:
            sent["coding"][0]["system"] = f"{THO}/v2-0131"
        sent["extension"] = [{"url": f"{OWN}/contact-role", "valueBoolean": True}]
        made.append(sent)
    if whole(nk1, 3):
        made.append(related(nk1, 3))
    return made


def related_person(
    segment: list[str], fields: dict[str, int], subject: Json, builder: Builder
) -> Json | None:
    """A person beside the patient (guarantor, policy holder), from the fields that the caller names."""
    names = [name for raw in repetitions(segment, fields["name"]) if (name := human_name(raw))]
    if not names:
        return None
    made: Json = {"resourceType": "RelatedPerson", "active": True, "patient": subject, "name": names}
    if fields["own"] and first(segment, fields["relationship"]):
        made["relationship"] = [related(segment, fields["relationship"])]
        guarantor_details(made, segment, builder)
    if gender := SEX.get(first(segment, fields["sex"])):
        made["gender"] = gender
    if date := day(first(segment, fields["birth"])):
        made["birthDate"] = date
    places = [place for raw in repetitions(segment, fields["address"]) if (place := address(raw))]
    if places:
        made["address"] = places
    if "home" in fields:
        telecoms(made, segment, home=fields["home"], work=fields["work"])
    key = f"{names[0].get('family', '')}|{names[0].get('given', '')}|{fields['own']}"
    return builder.add(made, f"{subject['reference']}|{key}")


GUARANTOR = {
    "own": 1,
    "name": 3,
    "relationship": 11,
    "sex": 9,
    "birth": 8,
    "address": 5,
    "home": 6,
    "work": 7,
}


def guarantor_details(made: Json, gt1: list[str], builder: Builder) -> None:
    """GT1-2, GT1-4, GT1-12, GT1-15 to GT1-18."""
    identifiers = [known for raw in repetitions(gt1, 2) if (known := identifier(raw, builder.site))]
    if ssn := first(gt1, 12):
        kind = {"coding": [{"system": V2_0203, "code": "SS"}]}
        identifiers.append({"system": SSN, "value": ssn, "type": kind})
    if identifiers:
        made["identifier"] = identifiers
    rows: list[tuple[str, str, Any]] = []
    for number, name in ((4, "spouse-name"), (16, "employer-name")):
        rows += [(name, "valueHumanName", human_name(raw)) for raw in repetitions(gt1, number)]
    rows += [("guarantor-priority", "valueString", first(gt1, 15))]
    rows += [("employer-address", "valueAddress", address(raw)) for raw in repetitions(gt1, 17)]
    rows += [("employer-telecom", "valueContactPoint", telecom(raw, "work")) for raw in repetitions(gt1, 18)]
    found = [{"url": f"{OWN}/{name}", kind: value} for name, kind, value in rows if value]
    if found:
        made["extension"] = found


def guarantor(gt1: list[str], account: Json, subject: Json, builder: Builder) -> None:
    """GT1 as Account.guarantor: the patient, or somebody else."""
    party = subject if first(gt1, 11) in ("SEL", "SLF") else related_person(gt1, GUARANTOR, subject, builder)
    if party is None:
        return
    account.setdefault("guarantor", []).append({"party": party})
