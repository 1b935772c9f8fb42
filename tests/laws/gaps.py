"""Laws that are known not to hold, each with its reason. Nothing is passed over that does not stand here.

Keys are mappings, `*` for all; signatures are a law and the element concerned, as `mapper verify` tells them.
"""

from __future__ import annotations

NULL = 'an explicit null where a required element comes from: "" fires no default, so the element is missing'
ORIGINAL = "what is no structured number is kept as original text, which goes one way"
APPLICATION = (
    "HD.1 is MessageHeader.source.name, which another line writes; the device alone does not bring it back"
)

SPARSE = "the claim or remittance lacks what FHIR or the guide requires, and nothing is invented for it"
NAMELESS = "what has no name, number or other value of its own makes no resource, and so no loop comes back"
UNFIT = (
    "a code that is none of its list or form is told; what stands beside it alone in its segment goes with it"
)
NUMBERLESS = "a contact without a number to call has no row in PER"
FOREIGN = "a code of FHIR that is none of X12's is passed on; validation tells it"
CODELESS = "a diagnosis or procedure whose code is not of its form (told) is left without its code"
KIND = "the kind of an identifier without the identifier"
DELIMITERS = "text with characters that are delimiters of X12 is told and changed"
OTHER = "a line's adjudication by a payer that the claim does not name among its other payers"
LEADERLESS = "a loop of which only later segments have values is written without the segment that begins it"

GAPS: dict[str, dict[str, str]] = {
    "hl7v2_fhir.dft.charges": {
        "valid fhir.resources: Bundle.entry.resource.insurance: Field required": (
            "an IN1 of which nothing is mapped makes no item; that there is no IN1 at all is told"
        ),
    },
    "x12_fhir.inpatient.diagnoses_10": {
        "valid fhir.resources: Claim.diagnosis: Value error*": CODELESS,
        "valid fhir.resources: Claim.procedure: Value error*": CODELESS,
    },
    "x12_fhir.inpatient.diagnoses_9": {
        "valid fhir.resources: Claim.diagnosis: Value error*": CODELESS,
        "valid fhir.resources: Claim.procedure: Value error*": CODELESS,
    },
    "x12_fhir.adjudication.adjustments": {
        "stable 2320/*": "the group of an adjustment without its reason, amount and quantity is no row of CAS",
    },
    "x12_fhir.eligibility.asking_organization": {"stable part.identifier": KIND},
    "x12_fhir.eligibility.asking_person": {"stable part.identifier": KIND},
    "x12_fhir.eligibility_request.asked": {"survives C003.*": "a drug code has no modifiers"},
    "x12_fhir.datatypes.service": {"survives CodeableConcept.text": DELIMITERS},
    "x12_fhir.parties.billing_person": {"survives ContactPoint.value": DELIMITERS},
    "x12_fhir.parties.submitter": {"survives HumanName.text": NUMBERLESS},
    "x12_fhir.parties.billing_organization": {"survives HumanName.text": NUMBERLESS},
    "x12_fhir.claim_837p.professional_claims": {
        "valid pyx12: 1000A/PER*": NUMBERLESS,
        "valid pyx12: 2010BA/DMG*": "a gender without a date of birth has no place in DMG",
        "valid pyx12: 2300/HI*": UNFIT,
        "survives C004.1": UNFIT,
        "survives NM1.*": UNFIT,
        "survives SVD.*": OTHER,
        "survives C003.*": OTHER,
        "survives DTP.3": OTHER,
        "valid pyx12: 2400/SV1: segment 8": "an amount of units without its unit, or the unit alone",
        "valid pyx12: 2010AA/REF: segment 3": "a social security number of an organization has no place in FHIR",
        "valid fhir.resources: Bundle.entry.resource.accident.date*": SPARSE,
        "valid fhir.resources: Bundle.entry.resource.diagnosis.sequence*": UNFIT,
        "valid own: 2300/OI: R105": LEADERLESS,
        "valid own: 2010B*": LEADERLESS,
        "valid own: 2000B/*": LEADERLESS,
        "stable order": LEADERLESS,
        "valid pyx12: 2300/CLM11-1: element 7": FOREIGN,
        "valid pyx12: 2320/SBR02: element 7": FOREIGN,
        "survives Claim.item.prescription": NAMELESS,
        "survives Claim.provider_id": "an identifier with characters that are delimiters of X12 is told and changed",
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

YOUNG = {
    "x12_fhir.claim_837p.professional_claims": (
        "from X12: 2010AA/PER04 behind a PER03 that is absent, 2010BB/N3 N4 REF and 2010AC/NM108 NM109 REF where an "
        "organization has the number of another; 2430 of payers who are not named; from FHIR: provider_place, pay_to, "
        "contract, repricing and accident.date do not come back, a subType of no system in BHT06"
    ),
    "x12_fhir.claim_837i.institutional_claims": (
        "from X12: CLM05-1 that makes no type of bill, DMG03 without DMG02, 2310D/NM103 REF, 2430 of payers not "
        "named; from FHIR: pay_to, provider_place, patient_due, repricing, contract, item.productOrService.text"
    ),
}
"""Mappings that are held to a part of the laws only: total, deterministic, units as in the whole."""


def known(mapping: str) -> frozenset[str]:
    """The signatures that are known for a mapping."""
    return frozenset({**GAPS.get("*", {}), **GAPS.get(mapping, {})})
