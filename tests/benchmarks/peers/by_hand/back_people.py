"""PID, PD1, ROL, NK1, PV1, PV2, GT1, IN1, IN2, ACC from their resources."""

from __future__ import annotations

from typing import Any

from tests.benchmarks.peers.by_hand.back_datatypes import (
    address,
    common_name,
    concept,
    field,
    human_name,
    identifier,
    organization,
    parts,
    person_id,
    segment,
    telecom,
)
from tests.benchmarks.peers.by_hand.codes import (
    CLASS,
    OWN,
    RELATIONSHIP,
    SEX,
    SUBSCRIBER,
    US_CORE,
    V2_0203,
    reverse,
)
from tests.benchmarks.peers.by_hand.datatypes import SSN, Site
from tests.benchmarks.peers.by_hand.patient import EXTENSION
from tests.benchmarks.peers.by_hand.text import escape, v2_moment
from tests.benchmarks.peers.by_hand.visit import PARTICIPANTS, R5

Json = dict[str, Any]
SEX_CODE = reverse(SEX)
CLASS_CODE = reverse(CLASS)
RELATION_CODE = reverse(RELATIONSHIP)
SUBSCRIBER_CODE = reverse(SUBSCRIBER)
FLAG: dict[Any, str] = {True: "Y", False: "N"}
STAYS = ((13, "reAdmission"), (14, "admitSource"), (36, "dischargeDisposition"))
STAY_CODES = ((15, "specialArrangement"), (16, "specialCourtesy"))
PLACES = {"active": (3, 11), "completed": (6, 43), "reserved": (42, 42), "planned": (0, 0)}
LEVEL = {"si": 4, "bu": 7, "lvl": 8, "wa": 1, "ro": 2, "bd": 3}


def application(end: Json) -> str:
    """The source or destination as HD."""
    endpoint = end.get("endpoint", "")
    oid = f"^{endpoint[8:]}^ISO" if endpoint.startswith("urn:oid:") else ""
    return escape(end.get("name", "")) + oid


def extension(resource: Json, url: str) -> Json:
    """An extension by its URL, or nothing."""
    return next((found for found in resource.get("extension", []) if found["url"] == url), {})


def own(resource: Json, name: str) -> Any:
    """The value of one of the project's own extensions."""
    found = extension(resource, f"{OWN}/{name}")
    return next((value for key, value in found.items() if key.startswith("value")), None)


def pid(patient: Json, account: Json, update: dict[int, str], site: Site) -> str:
    """PID."""
    work = [telecom(point) for point in patient.get("telecom", []) if point.get("use") == "work"]
    home = [telecom(point) for point in patient.get("telecom", []) if point.get("use") != "work"]
    if site.shifts:
        home = [escape(point["value"]) for point in patient.get("telecom", [])]
    fields = {
        1: "1",
        3: "~".join(identifier(known) for known in patient.get("identifier", [])),
        5: "~".join(human_name(name) for name in patient.get("name", [])),
        6: maiden_name(patient),
        7: birth(patient),
        8: SEX_CODE.get(patient["gender"], ""),
        10: "~".join(race(patient)),
        11: "~".join(address(place) for place in patient.get("address", [])),
        13: "~".join(home),
        14: "~".join(work),
        15: concept(patient.get("communication", [{}])[0].get("language")),
        16: concept(patient.get("maritalStatus")),
        17: concept(extension(patient, f"{EXTENSION}/patient-religion").get("valueCodeableConcept")),
        18: "~".join(identifier(known) for known in account.get("identifier", [])),
        12: escape(own(patient, "county-code") or ""),
        22: ethnicity(patient),
        23: escape(
            extension(patient, f"{EXTENSION}/patient-birthPlace").get("valueAddress", {}).get("text", "")
        ),
        24: FLAG.get(patient.get("multipleBirthBoolean"), ""),
        25: str(patient.get("multipleBirthInteger", "")),
        26: citizenship(patient),
        29: v2_moment(patient.get("deceasedDateTime", "")),
        30: FLAG.get(patient.get("deceasedBoolean"), ""),
        **update,
    }
    return segment("PID", fields)


def maiden_name(patient: Json) -> str:
    """PID-6, whole where it was more than a family name."""
    if name := own(patient, "mothers-maiden-name"):
        return human_name(name)
    return escape(extension(patient, f"{EXTENSION}/patient-mothersMaidenName").get("valueString", ""))


def birth(patient: Json) -> str:
    """PID-7: with its time where the extension has it."""
    times = patient.get("_birthDate", {}).get("extension", [])
    return v2_moment(times[0]["valueDateTime"] if times else patient.get("birthDate", ""))


def race(patient: Json) -> list[str]:
    """PID-10."""
    found = extension(patient, f"{US_CORE}/us-core-race")
    return [race_text(part) for part in found.get("extension", []) if "valueCoding" in part]


def race_text(part: Json) -> str:
    """One race; a category of OMB says its system itself."""
    coding = part["valueCoding"]
    if part["url"] == "ombCategory":
        return field(coding["code"], coding.get("display"))
    return concept({"coding": [coding]})


def ethnicity(patient: Json) -> str:
    """PID-22."""
    found = extension(patient, f"{US_CORE}/us-core-ethnicity")
    parts = {part["url"]: part for part in found.get("extension", [])}
    code = parts.get("ombCategory", {}).get("valueCoding", {}).get("code", "")
    text = escape(parts.get("text", {}).get("valueString", ""))
    return f"{ETHNIC.get(code, code)}^{text}" if code else text


ETHNIC = {"2186-5": "N", "2135-2": "H"}


def citizenship(patient: Json) -> str:
    """PID-26."""
    url = f"{EXTENSION}/patient-citizenship"
    found = [part["extension"][0] for part in patient.get("extension", []) if part["url"] == url]
    return "~".join(concept(part["valueCodeableConcept"]) for part in found)


def beside(patient: Json, by_url: dict[str, Json]) -> list[str]:
    """PD1, the ROLs of the patient, NK1."""
    practitioners = [by_url[reference["reference"]] for reference in patient.get("generalPractitioner", [])]
    grouped: dict[str, list[Json]] = {}
    for who in practitioners:
        grouped.setdefault(who["resourceType"], []).append(who)
    clinics = "~".join(organization(who) for who in grouped.get("Organization", []))
    doctors = "~".join(person_id(who) for who in grouped.get("Practitioner", []))
    guarded = FLAG.get(own(patient, "protection-indicator"), "")
    fields = {3: clinics, 4: doctors, 12: guarded}
    made = [segment("PD1", fields)] if any(fields.values()) else []
    made += [role(who, by_url) for who in grouped.get("PractitionerRole", [])]
    made += [next_of_kin(index, row, by_url) for index, row in enumerate(patient.get("contact", []), 1)]
    return made


def role(who: Json, by_url: dict[str, Json]) -> str:
    """ROL."""
    period, codes = who.get("period", {}), who.get("code", [])
    fields = {
        1: escape(who.get("identifier", [{}])[0].get("value", "")),
        2: own(who, "role-instruction") or "UC",
        3: concept(codes[0]) if codes else "",
        4: person_id(by_url[who["practitioner"]["reference"]]),
        5: v2_moment(period.get("start", "")),
        6: v2_moment(period.get("end", "")),
        9: "~".join(concept(kind) for kind in who.get("specialty", [])),
        10: concept(own(who, "organization-unit-type")),
        11: "~".join(address(where) for where in by_url[who["practitioner"]["reference"]].get("address", [])),
        12: "~".join(telecom(point) for point in who.get("telecom", [])),
    }
    return segment("ROL", fields)


def next_of_kin(index: int, row: Json, by_url: dict[str, Json]) -> str:
    """NK1."""
    relations = row.get("relationship", [])
    period = row.get("period", {})
    points = row.get("telecom", [])
    fields = {
        1: str(index),
        2: human_name(row["name"]) if "name" in row else "",
        3: concept(relations[-1]) if relations else "",
        4: address(row["address"]) if "address" in row else "",
        5: "~".join(telecom(point) for point in points if point.get("use") != "work"),
        6: "~".join(telecom(point) for point in points if point.get("use") == "work"),
        7: concept(relations[0]) if len(relations) > 1 else "",
        8: v2_moment(period.get("start", "")),
        9: v2_moment(period.get("end", "")),
        13: organization(by_url[row["organization"]["reference"]]) if "organization" in row else "",
        14: concept(own(row, "contact-marital-status")),
        16: v2_moment(own(row, "contact-birth-date") or ""),
        15: SEX_CODE.get(row.get("gender", ""), ""),
    }
    return segment("NK1", fields)


def place(location: Json | None, by_url: dict[str, Json]) -> str:
    """A Location and what it is part of as PL."""
    values: dict[int, str] = {}
    while location is not None:
        text = escape(location["name"])
        for known in location.get("identifier", []):
            text += f"&{escape(known['value'])}&{known['type']['coding'][0]['code']}"
        values[LEVEL[location["physicalType"]["coding"][0]["code"]]] = text
        location = by_url.get(location.get("partOf", {}).get("reference"))
    last = max(values, default=0)
    return "^".join(values.get(number, "") for number in range(1, last + 1))


def visit(encounter: Json, by_url: dict[str, Json], site: Site) -> list[str]:
    """PV1, PV2 and the ROLs of the visit."""
    planned: list[str] = []
    fields = stay(encounter)
    for row in encounter.get("location", []):
        text = place(by_url[row["location"]["reference"]], by_url)
        first, second = PLACES[row["status"]]
        if first and "extension" in row:
            first = second
        if not first:
            planned.append(text)
        else:
            fields[second if fields.get(first) else first] = text
    referrals: list[str] = []
    roles = doctors(fields, encounter, referrals, by_url)
    identifiers(fields, encounter)
    if site.shifts:
        for number, other in ((10, 11), (14, 15), (20, 21)):
            fields[other] = fields.pop(number, "")
    made = [segment("PV1", fields)]
    if details := pv2(encounter, planned, referrals):
        made.append(details)
    return made + roles


def stay(encounter: Json) -> dict[int, str]:
    """What PV1 has of the visit itself."""
    found = encounter.get("hospitalization", {})
    code, period = encounter["class"]["code"], encounter.get("period", {})
    fields = {1: "1", 2: CLASS_CODE.get(code, code)}
    for number, value in ((4, encounter.get("type", [None])[0]), (10, encounter.get("serviceType"))):
        fields[number] = bare(value)
    for number, name in STAYS:
        fields[number] = bare(found.get(name))
    for number, name in STAY_CODES:
        fields[number] = bare(found.get(name, [None])[0])
    fields[38] = concept(found.get("dietPreference", [None])[0])
    if "preAdmissionIdentifier" in found:
        fields[5] = identifier(found["preAdmissionIdentifier"])
    for number, name in ((18, "patient-type"), (20, "financial-class"), (41, "account-status")):
        fields[number] = concept(own(encounter, name))
    fields[44] = v2_moment(period.get("start", ""))
    fields[45] = v2_moment(period.get("end", ""))
    return fields


def bare(value: Json | None) -> str:
    """The code of a concept whose table the field knows."""
    return escape(value["coding"][-1]["code"]) if value else ""


NUMBERS = {code: number for number, code, _ in PARTICIPANTS}


def doctors(
    fields: dict[int, str], encounter: Json, referrals: list[str], by_url: dict[str, Json]
) -> list[str]:
    """The participants: doctors into PV1, roles as segments of their own; PV2 gets the sources of referrals."""
    roles = []
    for row in encounter.get("participant", []):
        who = by_url[row["individual"]["reference"]]
        if who["resourceType"] == "PractitionerRole":
            roles.append(role(who, by_url))
        else:
            kind = row["type"][0]
            if kind.get("text") == "referral source":
                referrals.append(person_id(who))
                continue
            number = NUMBERS[kind["coding"][0]["code"]]
            before = fields.get(number)
            fields[number] = f"{before}~{person_id(who)}" if before else person_id(who)
    provider = encounter.get("serviceProvider")
    if provider:
        fields[39] = escape(by_url[provider["reference"]].get("name", ""))
    return roles


def identifiers(fields: dict[int, str], encounter: Json) -> None:
    """PV1-19 and PV1-50."""
    for known in encounter.get("identifier", []):
        codings = known.get("type", {}).get("coding", [{}])
        visit_number = codings[0].get("code") == "VN" and codings[0].get("system") == V2_0203
        fields[19 if visit_number else 50] = identifier(known)


def pv2(encounter: Json, planned: list[str], referrals: list[str]) -> str:
    """PV2, or nothing."""
    days = own(encounter, "estimated-length-of-stay")
    fields = {
        1: planned[0] if planned else "",
        2: concept(own(encounter, "accommodation")),
        3: concept(encounter.get("reasonCode", [None])[0]),
        4: concept(own(encounter, "transfer-reason")),
        8: v2_moment(extension(encounter, f"{R5}.plannedStartDate").get("valueDateTime", "")),
        9: v2_moment(extension(encounter, f"{R5}.plannedEndDate").get("valueDateTime", "")),
        10: "" if days is None else str(days),
        12: escape(own(encounter, "visit-description") or ""),
        13: "~".join(referrals),
        22: FLAG.get(own(encounter, "protection-indicator"), ""),
        38: extension(encounter, f"{EXTENSION}/encounter-modeOfArrival")
        .get("valueCoding", {})
        .get("code", ""),
    }
    return segment("PV2", fields) if any(fields.values()) else ""


def money(account: Json, coverages: list[Json], by_url: dict[str, Json], site: Site) -> list[str]:
    """GT1, IN1 and IN2."""
    made = []
    for index, row in enumerate(account.get("guarantor", []), 1):
        made.append(segment("GT1", {1: str(index), **guarantor(by_url[row["party"]["reference"]])}))
    priorities = {
        row["coverage"]["reference"]: row.get("priority", "") for row in account.get("coverage", [])
    }
    for index, policy in enumerate(coverages, 1):
        priority = str(priorities.get(f"urn:uuid:{policy['id']}", ""))
        made.append(segment("IN1", {1: str(index), 22: priority, **insurance(policy, by_url, site)}))
        if employee := in2(policy):
            made.append(employee)
    return made


def guarantor(party: Json) -> dict[int, str]:
    """What GT1 has of a person."""
    relation = party.get("relationship", [{"coding": [{}]}])[0]["coding"]
    ssn = [known for known in party.get("identifier", []) if known.get("system") == SSN]
    numbers = [known for known in party.get("identifier", []) if known.get("system") != SSN]
    return {
        2: "~".join(identifier(known) for known in numbers),
        4: human_name(own(party, "spouse-name") or {}),
        12: ssn[0]["value"] if ssn else "",
        15: escape(own(party, "guarantor-priority") or ""),
        16: human_name(own(party, "employer-name") or {}),
        17: address(own(party, "employer-address") or {}),
        18: telecom(own(party, "employer-telecom")) if own(party, "employer-telecom") else "",
        3: "~".join(human_name(name) for name in party.get("name", [])),
        5: "~".join(address(where) for where in party.get("address", [])),
        6: "~".join(telecom(point) for point in party.get("telecom", []) if point.get("use") != "work"),
        7: "~".join(telecom(point) for point in party.get("telecom", []) if point.get("use") == "work"),
        8: v2_moment(party.get("birthDate", "")),
        9: SEX_CODE.get(party.get("gender", ""), ""),
        11: concept({"coding": relation}),
    }


def shifted(policy: Json, payor: Json, holder: Json, by_url: dict[str, Json]) -> dict[int, str]:
    """What IN1 has of a Coverage for the site that shifts its fields."""
    plan = policy.get("class", [{}])[0]
    name = holder.get("name", [{}])[0]
    employer = by_url.get(policy.get("policyHolder", {}).get("reference"), {})
    relation = bare(policy.get("relationship"))
    return {
        2: escape(plan.get("value", "")),
        3: "~".join(identifier(known) for known in payor.get("identifier", [])),
        4: escape(payor.get("name", "")),
        10: escape(policy.get("subscriberId", "")),
        11: escape(employer.get("name", "")),
        15: v2_moment(holder.get("birthDate", "")),
        16: SEX_CODE.get(holder.get("gender", ""), ""),
        17: parts(common_name(name, 1)),
        19: relation.upper(),
        40: escape(policy.get("subscriberId", "")),
    }


def insurance(policy: Json, by_url: dict[str, Json], site: Site) -> dict[int, str]:
    """What IN1 has of a Coverage."""
    payor = by_url[policy["payor"][0]["reference"]] if policy["payor"] else {}
    holder = by_url.get(policy.get("subscriber", {}).get("reference"), {})
    rows = {row["type"]["coding"][0]["code"]: row for row in policy.get("class", [])}
    plan, group, period = rows.get("plan", {}), rows.get("group", {}), policy.get("period", {})
    relation = policy.get("relationship", {}).get("coding", [{}])
    if site.shifts:
        return shifted(policy, payor, holder, by_url)
    known = relation[0].get("code", "")
    sent = concept({"coding": relation[1:]}) if len(relation) > 1 else SUBSCRIBER_CODE.get(known, known)
    sex = (own(policy, "insured-sex") or {}).get("coding", [{}])[0].get("code", "")
    return {
        2: "^".join(filter(None, (escape(plan.get("value", "")), escape(plan.get("name", ""))))),
        3: "~".join(identifier(known) for known in payor.get("identifier", [])),
        4: escape(payor.get("name", "")),
        5: "~".join(address(where) for where in payor.get("address", [])),
        6: "~".join(human_name(row["name"]) for row in payor.get("contact", [])),
        7: "~".join(telecom(point) for point in payor.get("telecom", [])),
        8: escape(group.get("value", "")),
        9: escape(group.get("name", "")),
        12: v2_moment(period.get("start", "")),
        13: v2_moment(period.get("end", "")),
        15: bare(policy.get("type")),
        16: "~".join(human_name(name) for name in holder.get("name", [])),
        17: sent,
        18: v2_moment(holder.get("birthDate", "")),
        19: "~".join(address(where) for where in holder.get("address", [])),
        36: escape(policy.get("subscriberId", "")),
        43: sex,
    }


def in2(policy: Json) -> str:
    """IN2, or nothing."""
    known, number = own(policy, "insured-employee-id"), own(policy, "insured-ssn")
    fields = {
        1: identifier(known) if known else "",
        2: number or "",
        3: escape(own(policy, "insured-employer-name") or ""),
        34: concept(own(policy, "insured-language")),
    }
    return segment("IN2", fields) if any(fields.values()) else ""


def accident(encounter: Json) -> list[str]:
    """ACC, where there was one."""
    parts = {part["url"]: part for part in extension(encounter, f"{OWN}/accident").get("extension", [])}
    fields = {
        1: v2_moment(parts.get("time", {}).get("valueDateTime", "")),
        2: concept(parts.get("code", {}).get("valueCodeableConcept")),
        3: escape(parts.get("location", {}).get("valueString", "")),
        4: concept(parts.get("autoAccidentState", {}).get("valueCodeableConcept")),
        5: FLAG.get(parts.get("jobRelated", {}).get("valueBoolean"), ""),
        6: FLAG.get(parts.get("deathIndicator", {}).get("valueBoolean"), ""),
    }
    return [segment("ACC", fields)] if any(fields.values()) else []
