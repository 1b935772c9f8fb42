"""Laws that are known not to hold, each with its reason. Nothing is passed over that does not stand here.

Keys are mappings, `*` for all; signatures are a law and the element concerned, as `mapper verify` tells them.
"""

from __future__ import annotations

NULL = 'an explicit null where a required element comes from: "" fires no default, so the element is missing'
ORIGINAL = "what is no structured number is kept as original text, which goes one way"
APPLICATION = (
    "HD.1 is MessageHeader.source.name, which another line writes; the device alone does not bring it back"
)

KIND = "the kind of an identifier without the identifier"
DELIMITERS = "text with characters that are delimiters of X12 is told and changed"
AMOUNTLESS = "an adjustment without its amount may come to stand first in a CAS, where an amount is required"
UNUSED = (
    "the guides use fewer elements of HCP at some places than at others: what FHIR says beyond is passed on"
)
KINDLESS = "a condition of sight that does not say of what (CRC01) lacks its qualifier: no code says unknown"
PAYERLESS = "without a payer and a claim number a line's adjudication belongs to no ClaimResponse"
SHARED = "one who is named for a claim and for a line has one resource: the payer of a line's number is written in both"
NOBODY = (
    "a dependent of whom nothing else can be said makes no Patient: what PAT says of him is told and lost"
)

GAPS: dict[str, dict[str, str]] = {
    "hl7v2_fhir.dft.charges": {
        "valid fhir.resources: Bundle.entry.resource.insurance: Field required": (
            "an IN1 of which nothing is mapped makes no item; that there is no IN1 at all is told"
        ),
    },
    "x12_fhir.adjudication.adjustments": {
        "stable 2320/*": "the group of an adjustment without its reason, amount and quantity is no row of CAS",
    },
    "x12_fhir.eligibility.asking_organization": {"stable part.identifier": KIND},
    "x12_fhir.eligibility.asking_person": {"stable part.identifier": KIND},
    "x12_fhir.eligibility_request.asked": {"survives C003.*": "a drug code has no modifiers"},
    "x12_fhir.datatypes.service": {"survives CodeableConcept.text": DELIMITERS},
    "x12_fhir.parties.billing_person": {"survives ContactPoint.value": DELIMITERS},
    "x12_fhir.claim_837p.professional_claims": {
        "valid own: 2300/CRC: R105": KINDLESS,
        "stable 2430/*": PAYERLESS,
        "valid pyx12: 2310A/REF: segment 8": SHARED,
        "valid pyx12: 2310B/REF: segment 8": SHARED,
        "valid pyx12: 2310D/REF: segment 8": SHARED,
        "stable 2000C/*": NOBODY,
        "stable 2000B/SBR02": NOBODY,
        "stable order": NOBODY,
        "valid pyx12: 2430/CAS03: element 1": AMOUNTLESS,
        "valid pyx12: 2320/CAS03: element 1": AMOUNTLESS,
        "valid pyx12: 2300/HCP08: element 10": UNUSED,
        "valid pyx12: 2300/HCP09: element 10": UNUSED,
        "valid pyx12: 2300/HCP10: element 10": UNUSED,
        "valid pyx12: 2300/HCP11: element 10": UNUSED,
        "valid pyx12: 2300/HCP12: element 10": UNUSED,
        "valid pyx12: 2400/HCP08: element 10": UNUSED,
    },
    "x12_fhir.claim_837i.institutional_claims": {
        "valid pyx12: 2300/HCP09: element 10": UNUSED,
        "valid pyx12: 2300/HCP10: element 10": UNUSED,
        "stable 2430/*": PAYERLESS,
        "valid pyx12: 2310A/REF: segment 8": SHARED,
        "valid pyx12: 2310B/REF: segment 8": SHARED,
        "valid pyx12: 2310C/REF: segment 8": SHARED,
        "valid pyx12: 2310D/REF: segment 8": SHARED,
        "valid pyx12: 2310F/REF: segment 8": SHARED,
        "stable 2000C/*": NOBODY,
        "stable 2000B/SBR02": NOBODY,
        "stable order": NOBODY,
        "valid pyx12: 2430/CAS03: element 1": AMOUNTLESS,
        "valid pyx12: 2320/CAS03: element 1": AMOUNTLESS,
    },
    "hl7v2_fhir.datatypes.quantities.structured_quantity": {
        "survives SN.*": ORIGINAL,
        "stable part.extension*": ORIGINAL,
    },
    "hl7v2_fhir.datatypes.quantities.structured_range": {
        "survives SN.*": ORIGINAL,
        "stable part.extension*": ORIGINAL,
    },
    "hl7v2_fhir.datatypes.quantities.structured_ratio": {
        "survives SN.*": ORIGINAL,
        "stable part.extension*": ORIGINAL,
    },
    "hl7v2_fhir.segments.header.application": {
        "stable part.identifier*": APPLICATION,
        "survives HD.*": APPLICATION,
        "stable HD.*": APPLICATION,
    },
    "hl7v2_fhir.datatypes.people.related_person": {
        "survives XCN.10": "the type of a name without the name",
    },
    "hl7v2_fhir.segments.observation.observation": {
        "stable part.category": ORIGINAL,
        "stable part.status": NULL,
        "stable part.dataAbsentReason": ORIGINAL,
        "stable part.extension": "OBX-30 goes one way",
    },
    "hl7v2_fhir.segments.observation.result": {
        "stable OBX-2": ORIGINAL,
        "stable OBX-5*": ORIGINAL,
        "stable OBX-6*": "a unit without a value, or a coding system without a code, is no quantity",
        "survives OBX.5": "a document without its type and encoding",
    },
    "hl7v2_fhir.datatypes.codes.units": {
        "survives CWE.2": "a unit's text that equals its code is written once; a text alone goes to CWE.1",
        "survives CWE.3": "a coding system without a code says nothing of a unit",
        "stable CWE.*": "a coding system without a code says nothing of a unit",
    },
    "hl7v2_fhir.datatypes.documents.attachment": {
        "survives ED.5": "data without an encoding cannot be read",
    },
    "hl7v2_fhir.segments.encounter.temporary_place": {
        "stable part.location": "a part of PV1: what it writes depends on PV1-2, which another mapping writes",
        "stable bundle.entry": "a part of PV1: what it writes depends on PV1-2, which another mapping writes",
    },
    "hl7v2_fhir.datatypes.quantities.quantity": {
        "stable CQ.2.*": "a coding system without a code says nothing of a unit",
    },
    "hl7v2_fhir.segments.header.message_header": {
        "stable part.*": "MSH-11, MSH-12 and the site's names are written where they are absent, and read from then on",
        "survives EI.*": "MSH-24 and MSH-25 stand for the applications that MSH-3 and MSH-5 name",
    },
    "hl7v2_fhir.segments.patient.person": {
        "stable part.telecom.use": "PID-40 comes back in PID-13, which without a use is the home's",
    },
    "hl7v2_fhir.segments.procedure.procedure": {
        "stable PR1-3.9": "the description of the procedure takes the place of its code's text",
        "survives CodeableConcept.text": "the description of the procedure takes the place of its code's text",
    },
}


def known(mapping: str) -> frozenset[str]:
    """The signatures that are known for a mapping."""
    return frozenset({**GAPS.get("*", {}), **GAPS.get(mapping, {})})
