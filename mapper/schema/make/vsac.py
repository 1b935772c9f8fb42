"""Value sets of the NLM's VSAC that US Core 6.1.0's race, ethnicity and birth-sex value sets are composed of.

VSAC needs an account, so these few are kept here; together they give the expansions that US Core publishes at
hl7.org/fhir/us/core/STU6.1 (ValueSet-birthsex, ValueSet-omb-race-category, ValueSet-omb-ethnicity-category).
"""

from __future__ import annotations

VSAC = "http://cts.nlm.nih.gov/fhir/ValueSet/"
CDCREC = "urn:oid:2.16.840.1.113883.6.238"
GENDER = "http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender"
NULL_FLAVOR = "http://terminology.hl7.org/CodeSystem/v3-NullFlavor"

EXPANSIONS: dict[str, dict[str, set[str]]] = {
    f"{VSAC}2.16.840.1.113762.1.4.1": {GENDER: {"F", "M"}},
    f"{VSAC}2.16.840.1.113762.1.4.1021.102": {NULL_FLAVOR: {"ASKU", "UNK"}},
    f"{VSAC}2.16.840.1.113762.1.4.1021.103": {NULL_FLAVOR: {"ASKU", "OTH", "UNK"}},
    f"{VSAC}2.16.840.1.114222.4.11.836": {
        CDCREC: {"1002-5", "2028-9", "2054-5", "2076-8", "2106-3", "2131-1"}
    },
    f"{VSAC}2.16.840.1.114222.4.11.837": {CDCREC: {"2135-2", "2186-5"}},
}
