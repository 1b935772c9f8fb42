"""Laws that are known not to hold, each with its reason. Nothing is passed over that does not stand here.

Keys are mappings, `*` for all; signatures are a law and the element concerned, as `mapper verify` tells them.
"""

from __future__ import annotations

GAPS: dict[str, dict[str, str]] = {
    "hl7v2_fhir.datatypes.codes.units": {
        "survives CWE.2": "a unit's text that equals its code is written once; a text alone goes to CWE.1",
        "survives CWE.3": "a coding system without a code says nothing of a unit",
        "stable CWE.3": "a coding system without a code says nothing of a unit",
    },
    "hl7v2_fhir.datatypes.documents.attachment": {
        "survives ED.5": "data without an encoding cannot be read",
    },
    "hl7v2_fhir.segments.encounter.temporary_place": {
        "stable part.location": "a part of PV1: what it writes depends on PV1-2, which another mapping writes",
        "stable bundle.entry": "a part of PV1: what it writes depends on PV1-2, which another mapping writes",
    },
    "hl7v2_fhir.datatypes.quantities.quantity": {
        "stable CQ.2.3": "a coding system without a code says nothing of a unit",
    },
    "hl7v2_fhir.segments.header.message_header": {
        "stable part.extension": "MSH-11 and MSH-12 are required: where they are absent, they are written",
        "stable part.meta": "as above",
    },
    "hl7v2_fhir.segments.role.role": {
        "stable part.extension": "ROL-2 is required: without one, UC (unchanged) is written, and read from then on",
    },
}


def known(mapping: str) -> frozenset[str]:
    """The signatures that are known for a mapping."""
    return frozenset({**GAPS.get("*", {}), **GAPS.get(mapping, {})})
