"""When a value of a v2 message has arrived in a Bundle: one rule for each kind of value.

A long value has arrived where a string of a resource equals it, or holds it as whole words. A short one (three
characters or fewer) could match by accident, so it must stand in a resource that its segment speaks of, at an
element that takes its datatype; a code must stand as a code, or its translation must. Times are equal when their
digits are, with seconds filled; numbers when their decimals are; telephone numbers when their digits are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from tests.acceptance.support.landed import Landed
from tests.acceptance.support.translations import Translate
from tests.acceptance.support.values import Leaf

SHORT = 3
ACTORS = frozenset({"Practitioner", "PractitionerRole", "Organization", "Location"})
RESOURCES: dict[str, frozenset[str]] = {
    "MSH": frozenset({"Bundle", "MessageHeader", "Organization", "Provenance", "Device", "Endpoint"}),
    "EVN": frozenset({"Provenance", "MessageHeader", "Encounter"}) | ACTORS,
    "PID": frozenset({"Patient", "Account", "RelatedPerson", "Organization"}),
    "PD1": frozenset({"Patient", "Consent", "Coverage", "RelatedPerson"}) | ACTORS,
    "NK1": frozenset({"Patient", "RelatedPerson"}) | ACTORS,
    "PV1": frozenset({"Encounter", "Account", "Coverage", "EpisodeOfCare", "Patient"}) | ACTORS,
    "PV2": frozenset({"Encounter", "Patient", "Account", "Condition"}) | ACTORS,
    "ROL": frozenset({"Encounter", "Procedure", "CareTeam", "Patient"}) | ACTORS,
    "OBX": frozenset({"Observation", "Specimen", "Device", "Encounter"}) | ACTORS,
    "AL1": frozenset({"AllergyIntolerance"}),
    "DG1": frozenset({"Condition", "Encounter"}) | ACTORS,
    "PR1": frozenset({"Procedure", "Encounter"}) | ACTORS,
    "GT1": frozenset({"Account", "RelatedPerson", "Patient"}) | ACTORS,
    "IN1": frozenset({"Coverage", "RelatedPerson", "Account", "Patient", "InsurancePlan"}) | ACTORS,
    "IN2": frozenset({"Coverage", "RelatedPerson", "Account", "Patient"}) | ACTORS,
    "IN3": frozenset({"Coverage", "CoverageEligibilityResponse", "Account"}) | ACTORS,
    "ACC": frozenset({"Account", "Encounter", "Condition", "Claim", "Observation"}) | ACTORS,
}
WORDS = frozenset(
    {"value", "valueString", "text", "display", "name", "description", "comment", "valueMarkdown"}
)
NAMES = WORDS | {"family", "given", "prefix", "suffix"}
PLACES = WORDS | {"line", "city", "state", "postalCode", "country", "district"}
KEYS = WORDS | {"system", "code", "valueCode", "valueUri", "version", "currency"}
CODES = frozenset(
    {
        "code",
        "valueCode",
        "gender",
        "status",
        "use",
        "type",
        "system",
        "language",
        "valueBoolean",
        "mode",
        "intent",
    }
    | {"severity", "criticality", "category", "operationalStatus", "comparator", "unit", "birthSex"}
)
TIMES = frozenset({"TS", "DTM", "DT", "TM", "DR"})
NUMBERS = frozenset({"NM", "SI"})
CODED = frozenset({"CWE", "CE", "CNE", "CF", "ID", "IS"})
VALUE_TYPES = {
    "NM": frozenset({"valueQuantity", "valueInteger"}),
    "SN": frozenset({"valueQuantity", "valueRange", "valueRatio"}),
    "CE": frozenset({"valueCodeableConcept"}),
    "CWE": frozenset({"valueCodeableConcept"}),
    "CNE": frozenset({"valueCodeableConcept"}),
    "DT": frozenset({"valueDateTime"}),
    "TS": frozenset({"valueDateTime"}),
    "DTM": frozenset({"valueDateTime"}),
    "TM": frozenset({"valueTime"}),
}
NUMERAL = re.compile(r"[+-]?\d+(\.\d+)?")
V2_SYSTEM = re.compile(r".*/v2-(\d{4})")
TIME = re.compile(r"(\d{4,14})(?:\.(\d+))?([+-]\d{4})?")
FHIR_TIME = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?)?)?)?"
)
OID = re.compile(r"[0-2](\.\d+)+")
PHONE_DIGITS = 7
COUNTRIES = "HL70399"
URIS = "urn:ietf:rfc:3986"


class Ground:
    """A Bundle's values, ready for look-ups."""

    def __init__(self, found: list[Landed], translate: Translate) -> None:
        self.found = found
        self.translate = translate
        self.strings: dict[str, list[Landed]] = {}
        for one in found:
            if isinstance(one.value, str):
                self.strings.setdefault(one.value.strip(), []).append(one)
        self.prose = [one for one in found if isinstance(one.value, str) and " " in one.value]
        self.times = {digits for one in found for digits in fhir_digits(one.value)}
        self.numbers = [one for one in found if is_number(one.value)]
        self.telephones = [
            digits_of(one.value) for one in found if one.name == "value" and "telecom" in one.names
        ]
        self.systems = {one.value for one in found if is_uri(one)}

    def near(self, leaf: Leaf, candidates: list[Landed]) -> Iterator[Landed]:
        """Those in resources that the segment speaks of."""
        allowed = RESOURCES[leaf.segment]
        yield from (one for one in candidates if one.resource in allowed)

    def arrived(self, leaf: Leaf) -> bool:
        """Whether a value has arrived."""
        if leaf.datatype in TIMES or leaf.composite in TIMES:
            return self.time(leaf.text)
        if leaf.datatype in NUMBERS or leaf.composite in NUMBERS:
            return self.number(leaf) or (leaf.composite == "XTN" and self.telephone(leaf))
        if leaf.composite == "XTN" and self.telephone(leaf):
            return True
        if leaf.place in ("OBX-2", "OBX-2.1"):
            return self.value_type(leaf.text)
        if self.code(leaf) or self.system(leaf) or self.implied(leaf):
            return True
        return self.short(leaf) if len(leaf.text) <= SHORT else self.long(leaf)

    # -- kinds of values -----------------------------------------------------------------------------

    def long(self, leaf: Leaf) -> bool:
        """Equal to a string anywhere, or whole words of a longer one."""
        if leaf.text in self.strings:
            return True
        words = re.compile(rf"(?<!\w){re.escape(leaf.text)}(?!\w)")
        return any(words.search(one.value) for one in self.prose) or self.given(leaf)

    def given(self, leaf: Leaf) -> bool:
        """Further given names stand apart in FHIR."""
        words = leaf.text.split()
        texts = {one.value for one in self.near(leaf, self.found) if one.name == "given"}
        return leaf.composite in ("XPN", "XCN") and len(words) > 1 and texts.issuperset(words)

    def short(self, leaf: Leaf) -> bool:
        """Equal to a string in a fitting resource, at an element for its datatype."""
        allowed = PLACES if leaf.table == COUNTRIES else elements_for(leaf.composite)
        if NUMERAL.fullmatch(leaf.text) and self.number(leaf):
            return True
        found = self.strings.get(leaf.text, [])
        return any(one.name in allowed for one in self.near(leaf, found) if not _is_code_of_other(one, leaf))

    def code(self, leaf: Leaf) -> bool:
        """The code as a code, in its own table or one that is not HL7's; or what it is translated to."""
        if leaf.table is None and leaf.composite not in CODED:
            return False
        for one in self.near(leaf, self.strings.get(leaf.text, [])):
            if one.name in ("code", "valueCode") and not _is_code_of_other(one, leaf):
                return leaf.table is not None or leaf.number in (1, 4)
        return leaf.table is not None and self.translated(leaf)

    def translated(self, leaf: Leaf) -> bool:
        """A translation of the code, as a code or a boolean in a fitting resource."""
        wanted = self.translate(leaf.table or "", leaf.text)
        if not wanted:
            return False
        flags = {text == "true" for text in wanted if text in ("true", "false")}
        for one in self.near(leaf, self.found):
            if isinstance(one.value, bool):
                if one.value in flags:
                    return True
            elif one.value in wanted and (one.name in CODES or "system" in one.name or ":" in one.text):
                return True
        return False

    def system(self, leaf: Leaf) -> bool:
        """Authorities and coding systems: as OID, UUID or URI, as the last part of one, or by translation."""
        text = leaf.text
        if (
            leaf.composite == "HD"
            or leaf.datatype == "HD"
            or leaf.table in ("HL70396", "HL70363", "HL70301", "HL70300")
        ):
            if leaf.table == "HL70301":
                return self.universal_type(leaf)
            return self.is_system(text) or any(
                text_ in self.systems for text_ in self._translated_systems(text)
            )
        return OID.fullmatch(text) is not None and self.is_system(text)

    def implied(self, leaf: Leaf) -> bool:
        """The name of a field's own table, whose code was translated: the new code brings its own system."""
        if leaf.table != "HL70396" or leaf.text != leaf.field_table or not leaf.siblings[0]:
            return False
        code = replace(leaf, text=leaf.siblings[leaf.number - 3][0], table=leaf.field_table, number=1)
        return self.translated(code)

    def value_type(self, text: str) -> bool:
        """OBX-2 arrives as the choice of Observation.value[x]."""
        wanted = VALUE_TYPES.get(text, frozenset({"valueString"}))
        return any(one.resource == "Observation" and not wanted.isdisjoint(one.names) for one in self.found)

    def _translated_systems(self, text: str) -> frozenset[str]:
        names = (self.translate(table, text) for table in ("HL70396", "HL70363", "oid"))
        return frozenset().union(*names)

    def is_system(self, text: str) -> bool:
        """Whether a system is it, has it as an OID or UUID, or ends in it."""
        forms = (text, f"urn:oid:{text}", f"urn:uuid:{text.lower()}")
        if any(form in self.systems for form in forms):
            return True
        return any(str(uri).endswith((f"/{text}", f":{text}", f"#{text}")) for uri in self.systems)

    def universal_type(self, leaf: Leaf) -> bool:
        """The kind of a universal id is told by the form of the URI that its id became."""
        ids = [decoded[0] for decoded in leaf.siblings if decoded and decoded[0]]
        prefix = {"ISO": "urn:oid:", "UUID": "urn:uuid:", "GUID": "urn:uuid:", "URI": ""}.get(leaf.text)
        if prefix is None:
            return False
        translated = self._translated_systems
        return any(f"{prefix}{one}" in self.systems or translated(one) & self.systems for one in ids)

    def telephone(self, leaf: Leaf) -> bool:
        """Digits within a telephone number that also has the local number of the same repetition."""
        digits = digits_of(leaf.text)
        if not digits or len(digits) < len(leaf.text) / 2:
            return False
        parts = {index: digits_of(part[0]) for index, part in enumerate(leaf.siblings, 1)}
        numbers = [parts[index] for index in (1, 7, 12) if len(parts.get(index, "")) >= PHONE_DIGITS]
        anchor = numbers or ([digits] if len(digits) >= PHONE_DIGITS else [])
        return any(digits in phone and any(number in phone for number in anchor) for phone in self.telephones)

    def number(self, leaf: Leaf) -> bool:
        """An equal number, or its text, in a fitting resource."""
        if not NUMERAL.fullmatch(leaf.text):
            return len(leaf.text) > SHORT and self.long(leaf)
        wanted = Decimal(leaf.text)
        if any(Decimal(one.text) == wanted for one in self.near(leaf, self.numbers)):
            return True
        return any(one.name in WORDS for one in self.near(leaf, self.strings.get(leaf.text, [])))

    def time(self, text: str) -> bool:
        """The same digits, seconds filled; a time in a bare date has not arrived."""
        found = TIME.fullmatch(text.replace(" ", ""))
        if not found:
            return len(text) > SHORT and text in self.strings
        digits = found.group(1)
        filled = {digits, digits.ljust(14, "0")} if len(digits) >= 8 else {digits}
        return not filled.isdisjoint(self.times)


def elements_for(composite: str) -> frozenset[str]:
    """The names of elements that take the text of a datatype."""
    if composite in ("XPN", "XCN", "CNN", "FN", "PPN"):
        return NAMES
    if composite in ("XAD", "SAD", "AD"):
        return PLACES
    if composite in ("ST", "TX", "FT", "XON", "PL", "FC", "NM"):
        return WORDS | PLACES if composite == "ST" else WORDS | {"code"}
    return KEYS


def _is_code_of_other(one: Landed, leaf: Leaf) -> bool:
    """Whether a code stands in a table of HL7 v2 that is not the value's own."""
    found = V2_SYSTEM.fullmatch(str(one.holder.get("system", ""))) if one.name == "code" else None
    return found is not None and leaf.table is not None and leaf.table != f"HL7{found.group(1)}"


def is_uri(one: Landed) -> bool:
    """Whether a value is the URI of a system, or an identifier that is a URI."""
    return one.name in ("system", "valueUri", "endpoint") or (
        one.name == "value" and one.holder.get("system") == URIS
    )


def is_number(value: object) -> bool:
    """Whether a value is a JSON number."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return False
    try:
        return Decimal(str(value)).is_finite()
    except InvalidOperation:
        return False


def fhir_digits(value: object) -> Iterator[str]:
    """The digits of a FHIR date or time as v2 writes them."""
    found = FHIR_TIME.fullmatch(value) if isinstance(value, str) else None
    if found:
        yield "".join(part for part in found.groups()[:6] if part)


def digits_of(value: object) -> str:
    """The digits of a text."""
    return re.sub(r"\D", "", str(value))
