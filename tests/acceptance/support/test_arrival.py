"""The measurement counts what has arrived, and nothing that matches by accident."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.support import Arrival, measure, total, translations
from tests.acceptance.support.translations import Translate

TABLES = translations(Path(__file__).parents[3] / "mappings" / "tables")
MSH = "MSH|^~\\&|||||20260311081407-0600||ADT^A01|7781|P|2.5.1\r"


def arrived(line: str, *resources: dict[str, Any], translate: Translate = TABLES) -> Arrival:
    """The arrival of one segment's values in some resources; the header's own values are left out of the message."""
    bundle = {"resourceType": "Bundle", "entry": [{"resource": resource} for resource in resources]}
    return measure(("MSH|^~\\&|\r" + line + "\r").encode(), bundle, translate)


def patient(**elements: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": "p", **elements}


YES = [
    ("PID|||||Haverford", patient(name=[{"family": "Haverford"}])),
    ("PID|||||^^Ruth Anne", patient(name=[{"given": ["Delia", "Ruth", "Anne"]}])),
    ("PID|||||^^J", patient(name=[{"given": ["Mary", "J"]}])),
    ("PID|||||Do\\T\\e", patient(name=[{"family": "Do&e"}])),
    ("PID|||||||19850622", patient(birthDate="1985-06-22")),
    ("PID|||||||198506221530", patient(deceasedDateTime="1985-06-22T15:30:00-05:00")),
    ("PID||||||||F", patient(gender="female")),
    ("PID|||||||||||^^^IL", patient(address=[{"state": "IL"}])),
    ("PID|||||||||||456 OAK ST&OAK ST&456", patient(
        address=[{"line": ["456 OAK ST"]}], extension=[{"valueString": "456"}])),
    ("PID|||||||||||||^^^^1^218^5550143", patient(telecom=[{"value": "+1-218-555-0143"}])),
    ("PID|||||||||||||^WPN^PH^^^218^5550143", patient(
        telecom=[{"system": "phone", "use": "work", "value": "218-5550143"}])),
    ("PID||||||||||||||||||||||||||||||Y", patient(deceasedBoolean=True)),
    ("PID|||1^^^&2.16.840.1&ISO^MR", patient(identifier=[
        {"system": "urn:oid:2.16.840.1", "value": "1", "type": {"coding": [{"code": "MR"}]}}])),
    ("PID|||7781^^^LAKESIDE", patient(identifier=[{"value": "7781", "system": "https://x.org/namespace/LAKESIDE"}])),
    ("PV1||I", {"resourceType": "Encounter", "class": {"code": "IMP"}}),
    ("DG1|||I10^^I10C", {"resourceType": "Condition", "code": {
        "coding": [{"code": "I10", "system": "http://hl7.org/fhir/sid/icd-10-cm"}]}}),
    ("OBX||NM|x100||84.30", {"resourceType": "Observation", "code": {"text": "x100"}, "valueQuantity": {
        "value": 84.3}}),
    ("IN1||||||||||||||||||||||2", {"resourceType": "Coverage", "order": 2}),
]  # fmt: skip

NO = [
    ("nothing", "PID|||||Haverford", patient()),
    ("an id", "PID|||||Haverford", patient() | {"id": "Haverford"}),
    ("a raw segment", "PID|||||Haverford", patient(extension=[{"valueString": "PID|||||Haverford"}])),
    ("a raw field", "PID|||||Haverford^Delia", patient(name=[{"text": "Haverford^Delia"}])),
    ("a packed message", "PID|||||Haverford", {"resourceType": "Binary", "data": base64.b64encode(
        b"MSH|^~\\&|A|B\rPID|||||Haverford\r and so on and so forth").decode()}),
    ("narrative", "PID|||||Haverford", patient(text={"div": "<div>Haverford</div>"})),
    ("part of a word", "PID|||||Haver", patient(name=[{"text": "Delia Haverford"}])),
    ("a short text elsewhere", "PID|||||^^J", {"resourceType": "Practitioner", "name": [{"given": ["J"]}]}),
    ("a short text at a wrong element", "PID|||||||||||^^^IL", patient(maritalStatus={"coding": [{"code": "IL"}]})),
    ("a code of another table", "PV1||||1", {"resourceType": "Encounter", "type": [
        {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0023", "code": "1"}]}]}),
    ("a wrong translation", "PID||||||||F", patient(gender="male")),
    ("a code as a name", "PID||||||||F", patient(name=[{"given": ["F"]}])),
    ("a constant flag", "PID||||||||||||||||||||||||||||||Y", patient(active=True)),
    ("a cut time", "PID|||||||198506221530", patient(birthDate="1985-06-22")),
    ("a day of a time", "PID|||||||19850622", patient(deceasedDateTime="1985-06-22T10:00:00Z")),
    ("an area code of another phone", "PID|||||||||||||^^^^^218^5550143", patient(
        telecom=[{"value": "+1-218-555-9999"}])),
    ("a number of another segment", "IN1||||||||||||||||||||||2", {"resourceType": "Observation", "valueInteger": 2}),
]  # fmt: skip


@pytest.mark.parametrize(("line", "resource"), YES, ids=[row[0] for row in YES])
def test_arrived(line: str, resource: dict[str, Any]) -> None:
    found = arrived(line, resource)
    assert found.missing == ()
    assert found.places > 0


@pytest.mark.parametrize(("line", "resource"), [row[1:] for row in NO], ids=[row[0] for row in NO])
def test_not_arrived(line: str, resource: dict[str, Any]) -> None:
    found = arrived(line, resource)
    assert found.missing, found


def test_without_translations_a_translated_code_has_not_arrived() -> None:
    line = "PID||||||||F"
    assert arrived(line, patient(gender="female"), translate=lambda _table, _code: frozenset()).missing


def test_what_counts() -> None:
    null_and_set_id = arrived('PID|1||||""|||', patient())
    assert null_and_set_id.places == 0
    assert null_and_set_id.share == 1.0
    assert arrived("ZPD|value", patient()).places == 0
    header = measure(
        MSH.encode(), {"resourceType": "Bundle", "timestamp": "2026-03-11T08:14:07-06:00"}, TABLES
    )
    assert [one.place for one in header.missing] == ["MSH-9.1", "MSH-9.2", "MSH-10", "MSH-11.1", "MSH-12.1"]


def test_distinct_texts_and_places() -> None:
    line = "PV1|||||||D1180^Who|D1180^Who"
    found = arrived(line, {"resourceType": "Practitioner", "identifier": [{"value": "D1180"}]})
    assert (found.texts, found.texts_arrived) == (2, 1)
    assert (found.places, found.places_arrived) == (4, 2)
    assert found.by_field() == {"PV1-7": ["PV1-7.2"], "PV1-8": ["PV1-8.2"]}
    both = total([found, found])
    assert (both.texts, both.texts_arrived, len(both.missing)) == (4, 2, 4)


def test_values_only_when_asked_for() -> None:
    found = arrived("PID|||||Haverford", patient())
    assert "Haverford" not in found.report()
    assert "PID-5.1: Haverford" in found.report(show_values=True)


def test_tables_are_read() -> None:
    assert TABLES("HL70001", "F") == {"female"}
    assert "http://loinc.org" in TABLES("HL70396", "LN")
    assert "http://terminology.hl7.org/CodeSystem/v2-0063" in TABLES("HL70396", "HL70063")
    assert TABLES("HL70136", "Y") >= {"true"}
    assert TABLES("HL70001", "no such code") == frozenset()
