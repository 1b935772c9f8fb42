"""A message Bundle back to ADT bytes: the fields that the way there reads; decimals digit for digit."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from tests.benchmarks.peers.by_hand import back_people
from tests.benchmarks.peers.by_hand.back_datatypes import concept, field, number_text, person_id, segment
from tests.benchmarks.peers.by_hand.codes import OBSERVATION_STATUS, reverse
from tests.benchmarks.peers.by_hand.datatypes import Site
from tests.benchmarks.peers.by_hand.message import SITE
from tests.benchmarks.peers.by_hand.text import escape, v2_moment

Json = dict[str, Any]
STATUS = reverse(OBSERVATION_STATUS)


def from_fhir(data: bytes, site: Site = SITE) -> bytes:
    """The ADT message of a Bundle that `to_fhir` made."""
    bundle = json.loads(data, parse_float=Decimal)
    by_url = {entry["fullUrl"]: entry["resource"] for entry in bundle["entry"]}
    kinds: dict[str, list[Json]] = {}
    for resource in by_url.values():
        kinds.setdefault(resource["resourceType"], []).append(resource)
    patient, visit = kinds["Patient"][0], kinds["Encounter"][0]
    account = kinds.get("Account", [{}])[0]
    lines = [
        header(bundle, kinds["MessageHeader"][0], by_url),
        event(kinds["MessageHeader"][0], kinds.get("Provenance", [{}])[0], by_url),
        back_people.pid(patient, account, update(kinds.get("Provenance", []), by_url), site),
        *back_people.beside(patient, by_url),
        *back_people.visit(visit, by_url, site),
        *(observation(index, row, by_url) for index, row in enumerate(kinds.get("Observation", []), 1)),
        *(allergy(index, row) for index, row in enumerate(kinds.get("AllergyIntolerance", []), 1)),
        *diagnoses(visit, by_url),
        *(procedure(index, row, by_url) for index, row in enumerate(kinds.get("Procedure", []), 1)),
        *back_people.money(account, kinds.get("Coverage", []), by_url, site),
        *back_people.accident(visit),
    ]
    return ("\r".join(lines) + "\r").encode()


def header(bundle: Json, message: Json, by_url: dict[str, Json]) -> str:
    """MSH."""
    trigger = message["eventCoding"]["code"]
    target = message["destination"][0]
    tags = message.get("meta", {}).get("tag", [{}])
    fields = {
        3: back_people.application(message["source"]),
        4: facility(by_url.get(message.get("sender", {}).get("reference"), {})),
        5: back_people.application(target),
        6: facility(by_url.get(target.get("receiver", {}).get("reference"), {})),
        7: v2_moment(bundle.get("timestamp", "")),
        9: f"ADT^{trigger}^ADT_A01",
        10: escape(bundle.get("identifier", {}).get("value", "")),
        11: tags[0].get("code", ""),
        12: back_people.own(message, "message-version") or "2.5.1",
        17: country(by_url.get(message.get("sender", {}).get("reference"), {})),
        19: message.get("language", ""),
    }
    return segment("MSH", fields).replace("MSH|||", "MSH|^~\\&|", 1)


def update(rows: list[Json], by_url: dict[str, Json]) -> dict[int, str]:
    """PID-33 and PID-34 from the Provenance of the patient's data."""
    for row in rows[1:]:
        who = by_url.get(row["agent"][0]["who"]["reference"], {}) if row["agent"] else {}
        return {33: v2_moment(row["occurredDateTime"]), 34: facility(who)}
    return {}


def facility(owner: Json) -> str:
    """An Organization as HD."""
    name = escape(owner.get("name", ""))
    for known in owner.get("identifier", []):
        if known["value"].startswith("urn:oid:"):
            return f"{name}^{known['value'][8:]}^ISO"
    return name


def country(owner: Json) -> str:
    """MSH-17."""
    return str(owner.get("address", [{}])[0].get("country", ""))


def event(message: Json, provenance: Json, by_url: dict[str, Json]) -> str:
    """EVN."""
    people = [by_url[agent["who"]["reference"]] for agent in provenance.get("agent", [])]
    operators = [person_id(who) for who in people if who["resourceType"] == "Practitioner"]
    fields = {
        1: message["eventCoding"]["code"],
        2: v2_moment(provenance.get("recorded", "")),
        5: "~".join(operators),
        6: v2_moment(provenance.get("occurredDateTime", "")),
        7: back_people.place(by_url.get(provenance.get("location", {}).get("reference")), by_url)
        .lstrip("^")
        .replace("&", "^"),
    }
    return segment("EVN", fields)


def observation(index: int, row: Json, by_url: dict[str, Json]) -> str:
    """OBX."""
    kind, value, unit = observed(row)
    ranges = row.get("referenceRange", [{}])
    fields = {
        1: str(index),
        2: kind,
        3: concept(row["code"]),
        5: value,
        6: unit,
        7: escape(ranges[0].get("text", "")),
        8: "~".join(flag["coding"][0]["code"] for flag in row.get("interpretation", [])),
        11: STATUS.get(row["status"], ""),
        14: v2_moment(row.get("effectiveDateTime", "")),
        16: people(observers(row, by_url), by_url),
    }
    return segment("OBX", fields)


def observers(row: Json, by_url: dict[str, Json]) -> list[Json]:
    """The practitioners behind the roles that performed an observation."""
    return [by_url[role["reference"]]["practitioner"] for role in row.get("performer", [])]


def people(references: list[Json], by_url: dict[str, Json]) -> str:
    """References to practitioners as repetitions of XCN."""
    return "~".join(person_id(by_url[reference["reference"]]) for reference in references)


def observed(row: Json) -> tuple[str, str, str]:
    """OBX-2, OBX-5 and OBX-6 of a value."""
    if quantity := row.get("valueQuantity"):
        return "NM", number_text(quantity["value"]), field(quantity.get("code"), quantity.get("unit"), "UCUM")
    if coded := row.get("valueCodeableConcept"):
        return "CWE", concept(coded), ""
    text = row.get("valueString", "")
    return ("ST", escape(text), "") if text else ("", "", "")


def sent(beside: Json | None) -> str:
    """The code that was sent, from beside the one that it was translated to."""
    return concept(beside["extension"][0]["valueCodeableConcept"]) if beside else ""


def allergy(index: int, row: Json) -> str:
    """AL1."""
    reaction = row.get("reaction", [{}])[0]
    fields = {
        1: str(index),
        2: sent(row.get("_category", [None])[0]),
        3: concept(row.get("code")),
        4: sent(row.get("_criticality")),
        5: "~".join(escape(sign.get("text", "")) for sign in reaction.get("manifestation", [])),
        6: v2_moment(row.get("onsetDateTime", "")),
    }
    return segment("AL1", fields)


def diagnoses(visit: Json, by_url: dict[str, Json]) -> list[str]:
    """DG1 for each diagnosis of the visit."""
    made = []
    for index, row in enumerate(visit.get("diagnosis", []), 1):
        condition = by_url[row["condition"]["reference"]]
        code = condition["code"]
        text = code.get("text", "")
        use = row.get("use", {}).get("coding", [{}])[-1].get("code", "")
        known = condition.get("identifier", [{}])[0]
        wrong = condition["verificationStatus"]["coding"][0]["code"] == "entered-in-error"
        asserter = condition.get("asserter")
        fields = {
            1: str(index),
            3: concept({"coding": code.get("coding", [])}),
            4: escape(text),
            5: v2_moment(condition.get("onsetDateTime", "")),
            6: use,
            15: str(row.get("rank", "")),
            16: people([asserter], by_url) if asserter else "",
            19: v2_moment(condition.get("recordedDate", "")),
            20: field(known.get("value"), known.get("assigner", {}).get("display")),
            21: "D" if wrong else back_people.own(condition, "diagnosis-action") or "",
        }
        made.append(segment("DG1", fields))
    return made


def procedure(index: int, row: Json, by_url: dict[str, Json]) -> str:
    """PR1."""
    period = row.get("performedPeriod", {})
    minutes = back_people.own(row, "procedure-minutes")
    known = row.get("identifier", [{}])[0]
    fields = {
        1: str(index),
        3: concept(row["code"]),
        4: escape(back_people.own(row, "procedure-description") or ""),
        5: v2_moment(row.get("performedDateTime") or period.get("start", "")),
        7: "" if minutes is None else str(minutes),
        6: row.get("category", {}).get("coding", [{}])[0].get("code", ""),
        11: people([actor["actor"] for actor in row.get("performer", [])], by_url),
        15: concept(row.get("reasonCode", [None])[0]),
        19: field(known.get("value"), known.get("assigner", {}).get("display")),
    }
    return segment("PR1", fields)
