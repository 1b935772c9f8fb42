"""Code systems whose every code is known here: those that FHIR R4 itself defines."""

from __future__ import annotations

from functools import cache

from mapper.schema.store import read

FHIR_OWN = "http://hl7.org/fhir/"
ABSENT_REASONS = "http://hl7.org/fhir/ValueSet/data-absent-reason"


@cache
def absent_reasons(format: str) -> frozenset[str]:
    """What may stand behind `absent` for a format: FHIR's data-absent-reason codes; HL7 v2 knows only `""`."""
    if format != "fhir":
        return frozenset({""})
    held = read("fhir_codes").get(ABSENT_REASONS, {})
    return frozenset(code for codes in held.values() for code in codes)


@cache
def codes_of(system: str) -> frozenset[str] | None:
    """The codes of a system; `None` where the system is unknown or only a part of it is at hand.

    Terminologies (SNOMED CT, LOINC) and HL7's tables are held in extracts; `http://hl7.org/fhir/...` systems whole.
    """
    held = read("fhir_display").get(system) if system.startswith(FHIR_OWN) else None
    return frozenset(held) if held else None
