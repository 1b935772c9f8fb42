"""Code tables, forward and back, as dictionaries."""

from __future__ import annotations

THO = "http://terminology.hl7.org/CodeSystem"
V2_0203 = f"{THO}/v2-0203"
OMB = "urn:oid:2.16.840.1.113883.6.238"
US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition"
HL7 = "http://hl7.org/fhir"

SEX = {"F": "female", "M": "male", "O": "other", "A": "other", "U": "unknown", "N": "other"}
NAME_USE = {"L": "official", "D": "usual", "M": "maiden", "N": "nickname", "A": "anonymous", "S": "anonymous"}
ADDRESS_USE = {"H": "home", "B": "work", "O": "work", "C": "temp", "BA": "old"}
TELECOM_USE = {"PRN": "home", "WPN": "work", "VHN": "temp", "ORN": "home"}
TELECOM_SYSTEM = {
    "PH": "phone",
    "CP": "phone",
    "FX": "fax",
    "BP": "pager",
    "Internet": "email",
    "SAT": "phone",
}
CLASS = {"E": "EMER", "I": "IMP", "O": "AMB", "P": "PRENC"}
SYSTEMS = {
    "LN": "http://loinc.org",
    "SCT": "http://snomed.info/sct",
    "I10C": f"{HL7}/sid/icd-10-cm",
    "I10P": "http://www.cms.gov/Medicare/Coding/ICD10",
    "I9": f"{HL7}/sid/icd-9-cm",
    "C4": "http://www.ama-assn.org/go/cpt",
    "RXNORM": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "UCUM": "http://unitsofmeasure.org",
    "CDCREC": OMB,
    "ISO639": "urn:iso:std:iso:639:-2",
}
MARITAL = {"M": "M", "S": "S", "D": "D", "W": "W", "A": "L", "I": "I", "P": "T", "U": "UNK", "L": "L"}
OMB_RACE = frozenset({"1002-5", "2028-9", "2054-5", "2076-8", "2106-3"})
OMB_ETHNICITY = {"H": "2135-2", "N": "2186-5", "2135-2": "2135-2", "2186-5": "2186-5"}
RELATIONSHIP = {
    "SPO": "SPS",
    "CHD": "CHILD",
    "MTH": "MTH",
    "FTH": "FTH",
    "SIB": "SIB",
    "PAR": "PRN",
    "GRD": "GUARD",
}
RELIGION = {"LUT": "1028", "CAT": "1041", "JEW": "1026", "BAP": "1001"}
UNPUBLISHED = frozenset({"HL70050", "HL70114", "HL70347", "ISO3166"})
OWN = "https://mapper.dev/fhir/StructureDefinition"
STANDARD = f"{HL7}/StructureDefinition"
CONTACT_ROLE = {"C": "C", "E": "E", "N": "N", "F": "F", "I": "I", "S": "S", "U": "U"}
SUBSCRIBER = {"SEL": "self", "SELF": "self", "SPO": "spouse", "CHD": "child", "PAR": "parent", "OTH": "other"}
STATUS_OF_EVENT = {"A01": "in-progress", "A04": "in-progress", "A08": "in-progress", "A03": "finished"}
OBSERVATION_STATUS = {
    "F": "final",
    "P": "preliminary",
    "C": "corrected",
    "X": "cancelled",
    "D": "entered-in-error",
}
ALLERGY_CATEGORY = {"DA": "medication", "FA": "food", "EA": "environment", "MA": "environment"}
SEVERITY = {"SV": "severe", "MO": "moderate", "MI": "mild"}
DIAGNOSIS_USE = {"A": "AD", "F": "DD"}
YES_NO = {"Y": True, "N": False}


def reverse(table: dict[str, str]) -> dict[str, str]:
    """The way back; the first code of several wins."""
    return {right: left for left, right in reversed(table.items())}


def system_of(name: str) -> str | None:
    """The URI of a coding system by its table 0396 mnemonic or HL7 table, else under the site's base."""
    known = SYSTEMS.get(name)
    if known is None and name.startswith("HL7") and name not in UNPUBLISHED:
        return f"{THO}/v2-{name[3:]}"
    return known or (f"https://lakeside.example/fhir/namespace/{name}" if name in UNPUBLISHED else None)


NAMES_OF_SYSTEMS = {uri: name for name, uri in SYSTEMS.items()}


def name_of(uri: str) -> str:
    """The way back of `system_of`."""
    known = NAMES_OF_SYSTEMS.get(uri)
    if known is None and uri.startswith(f"{THO}/v2-"):
        return f"HL7{uri[len(THO) + 4 :]}"
    if known is None and "/namespace/" in uri:
        return uri.rsplit("/", 1)[-1]
    return known or ""
