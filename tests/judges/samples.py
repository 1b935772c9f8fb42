"""A message Bundle that every judge accepts, to be spoilt one way at a time."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from tests.judges.walk import Json

TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition"


def identifier(name: str) -> str:
    """The id of one of the sample's resources."""
    return str(uuid5(NAMESPACE_URL, name))


def reference(kind: str) -> Json:
    """A reference to the sample's only resource of that type."""
    return {"reference": f"urn:uuid:{identifier(kind)}"}


def concept(system: str, code: str) -> Json:
    """A CodeableConcept of HL7's terminology."""
    return {"coding": [{"system": f"{TERMINOLOGY}/{system}", "code": code}]}


def entry(kind: str, **elements: Any) -> Json:
    """An entry with a resource of that type."""
    resource = {"resourceType": kind, "id": identifier(kind), **elements}
    return {"fullUrl": f"urn:uuid:{identifier(kind)}", "resource": resource}


def good_bundle() -> Json:
    """The Bundle of an admission, a new copy at each call."""
    entries = [*message_entries(), *visit_entries(), *clinical_entries()]
    return {
        "resourceType": "Bundle",
        "type": "message",
        "timestamp": "2026-04-21T10:15:00-05:00",
        "entry": entries,
    }


def message_entries() -> list[Json]:
    """The message's own resources."""
    return [
        entry(
            "MessageHeader",
            eventCoding={"system": f"{TERMINOLOGY}/v2-0003", "code": "A01"},
            source={"name": "EHR", "endpoint": "urn:oid:2.16.840.1.113883.19.5"},
            focus=[reference("Patient"), reference("Encounter")],
        ),
        entry(
            "Provenance",
            target=[reference("MessageHeader")],
            recorded="2026-04-21T10:15:00-05:00",
            agent=[{"who": reference("Practitioner")}],
        ),
    ]


def race() -> Json:
    """The race extension of US Core."""
    coding = {"system": "urn:oid:2.16.840.1.113883.6.238", "code": "2106-3", "display": "White"}
    parts = [{"url": "ombCategory", "valueCoding": coding}, {"url": "text", "valueString": "White"}]
    return {"url": f"{US_CORE}/us-core-race", "extension": parts}


def patient() -> Json:
    """A patient who follows US Core."""
    return entry(
        "Patient",
        meta={"profile": [f"{US_CORE}/us-core-patient"]},
        extension=[race(), {"url": f"{US_CORE}/us-core-birthsex", "valueCode": "F"}],
        identifier=[
            {"system": "urn:oid:2.16.840.1.113883.19.5", "value": "MRN1", "type": concept("v2-0203", "MR")}
        ],
        name=[{"use": "official", "family": "Everywoman", "given": ["Eve", "E"]}],
        telecom=[{"system": "phone", "value": "(217)555-0100", "use": "home"}],
        gender="female",
        birthDate="1985-06-22",
        contact=[{"name": {"family": "Everyman"}, "relationship": [concept("v2-0131", "N")]}],
        generalPractitioner=[reference("Practitioner")],
        maritalStatus=concept("v3-MaritalStatus", "M"),
    )


def visit_entries() -> list[Json]:
    """The patient, the visit and who pays for it."""
    return [
        patient(),
        entry(
            "Encounter",
            status="in-progress",
            **{"class": {"system": f"{TERMINOLOGY}/v3-ActCode", "code": "AMB"}},
            type=[{"text": "Routine"}],
            subject=reference("Patient"),
            participant=[
                {"individual": reference("Practitioner"), "type": [concept("v3-ParticipationType", "ATND")]}
            ],
            period={"start": "2026-04-21T10:15:00-05:00"},
            location=[{"location": reference("Location"), "status": "active"}],
        ),
        entry(
            "Practitioner",
            identifier=[{"system": "http://example.org/id", "value": "P1"}],
            name=[{"family": "Who"}],
        ),
        entry("Organization", active=True, name="Blue Example"),
        entry(
            "Location", status="active", name="Ward 1", physicalType=concept("location-physical-type", "wa")
        ),
        entry("Account", status="active", identifier=[{"value": "ACCT1"}], subject=[reference("Patient")]),
        entry(
            "Coverage",
            status="active",
            subscriberId="POLICY1",
            subscriber=reference("Patient"),
            beneficiary=reference("Patient"),
            relationship=concept("subscriber-relationship", "self"),
            payor=[reference("Organization")],
        ),
    ]


def clinical_entries() -> list[Json]:
    """What is said about the patient's health."""
    return [
        entry(
            "Condition",
            verificationStatus=concept("condition-ver-status", "confirmed"),
            category=[concept("condition-category", "encounter-diagnosis")],
            code={"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "I10"}]},
            subject=reference("Patient"),
            encounter=reference("Encounter"),
        ),
        entry(
            "AllergyIntolerance",
            clinicalStatus=concept("allergyintolerance-clinical", "active"),
            verificationStatus=concept("allergyintolerance-verification", "confirmed"),
            code={"text": "Penicillin"},
            patient=reference("Patient"),
        ),
        entry(
            "Observation",
            status="final",
            code={"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
            subject=reference("Patient"),
            valueQuantity={
                "value": 72,
                "unit": "/min",
                "system": "http://unitsofmeasure.org",
                "code": "/min",
            },
        ),
        entry(
            "Procedure",
            status="completed",
            code={"text": "Biopsy"},
            subject=reference("Patient"),
            performedDateTime="2026-04-21",
        ),
    ]
