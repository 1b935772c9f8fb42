"""Mappings within one format, overlays, and what is refused with a diagnostic instead of a failure."""

from __future__ import annotations

import pytest

from tests.language.harness import HEAD, Maker, only

PERSON = """mapping copy between fhir Patient and fhir Person {
 each name <-> name {
  family <-> family
  each given <-> given
 }
 birthDate <-> birthDate
 gender <-> gender
 each identifier <-> identifier {
  value <-> value
  system default "urn:none" <-> system
 }
}
"""


def test_fhir_to_fhir(maker: Maker) -> None:
    program = maker.program(HEAD + PERSON)
    patient = {
        "name": [{"family": "Doe", "given": ["Ann", "Bea"]}], "birthDate": "1980", "gender": "female",
        "identifier": [{"value": "7", "system": "urn:x"}],
    }  # fmt: skip
    person = program.call("copy", "go", {"resourceType": "Patient", **patient})
    assert person == patient
    assert program.call("copy", "back", {"resourceType": "Person", **person}) == patient


def test_hl7v2_to_hl7v2(maker: Maker) -> None:
    body = """mapping kin between hl7v2 NK1 and hl7v2 GT1 {
 NK1-1 <-> GT1-1
 NK1-2[1].1.1 <-> GT1-3[1].1.1
 each NK1-4 <-> GT1-5 {
  NK1-4.3 <-> GT1-5.3
 }
 choose {
  case NK1-3.1 = "SPO" <-> GT1-11.1 = "S" { }
  otherwise {
   NK1-3.1 <-> GT1-11.1
  }
 }
}
"""
    program = maker.program(HEAD + body)
    segment = ["NK1", "1", "Doe^Ann", "SPO", "^^Rome~^^Oslo"]
    made = program.call("kin", "go", segment)
    assert made == {1: "1", 3: [{1: {1: "Doe"}}], 5: [{3: "Rome"}, {3: "Oslo"}], 11: {1: "S"}}
    back = program.call("kin", "back", ["GT1", "1", "", "Doe", "", "^^Rome", "", "", "", "", "", "PAR"])
    assert back == {1: "1", 2: [{1: {1: "Doe"}}], 4: [{3: "Rome"}], 3: {1: "PAR"}}


BASE = """mapping person between hl7v2 PID and fhir Patient {
 PID-7.1 <-> birthDate
 PID-8 <-> gender
 PID-19 <-> identifier[1].value
}
"""
MESSAGE = """mapping message between hl7v2 ADT_A01 and fhir Bundle {
 "collection" -> type
 MSH-9.1 <- "ADT"
 MSH-9.2 <- "A01"
 PID <-> Patient as patient using person
}
"""


def test_an_overlay_drops_and_adds_lines(maker: Maker) -> None:
    overlay = (
        HEAD + "import main (person)\noverride mapping person {\n drop PID-19\n PID-19 <-> name[1].text\n}\n"
    )
    program = maker.program(HEAD + BASE + MESSAGE, files={"practice.map": overlay}, overlays=("practice",))
    bundle = program.go("PID|||||||1980" + "|" * 12 + "7")
    assert only(bundle, "Patient") == {"birthDate": "1980", "name": [{"text": "7"}]}
    assert program.back(bundle) == ["PID|||||||1980" + "|" * 12 + "7"]


def test_an_overlay_that_drops_nothing_is_refused(maker: Maker) -> None:
    overlay = HEAD + "import main (person)\noverride mapping person {\n drop PID-18\n}\n"
    compiled = maker.compile(HEAD + BASE + MESSAGE, {"practice.map": overlay}, ("practice",))
    assert "E210" in {d.code for d in compiled.diagnostics}


# Every kind of statement and path with which an analyst may try something that cannot be compiled. Each is either
# compiled and lowered, or told with a diagnostic; nothing raises.
LINES = [
    "fill gender from birthDate",
    'narrative "Head" name',
    "set gender = birthDate",
    "drop PID-8",
    "each PID-3 under PID <-> identifier",
    "PID-8 <-> gender as sex",
    "PID-7.1 <-> birthDate {\n}",
    "PID <-> this {\n}",
    "PID-5[1] <-> name[1] using flag",
    "PID-5[1] <-> name[1] using table sex",
    "PID-5[1] as a <-> name[1] as b {\n}",
    "each PID-3 by PID-3.4 <-> identifier",
    "each PID-3 by gender <-> identifier {\n}",
    "key identifier[1]",
    "key PID-3",
    "key nothing",
    'ignore PID-2, nothing "why"',
    "require PID-8",
    'require any PID-3.1 = "x" else warn "w"',
    "require all identifier.value valued",
    "choose {\n case PID-8 valued { }\n otherwise { }\n}",
    "choose {\n case <- gender valued { }\n}",
    'PID-8 matches "x" -> gender',
    '"x" <-> "y"',
    '"x" -> PID-8',
    'PID-8 -> "x"',
    "$number -> identifier[1].value",
    "$site.nothing -> gender",
    "$site.application <-> gender",
    "count(PID-3) -> multipleBirthInteger",
    "PID-8 + PID-7.1 -> gender",
    "PID-3.1 -> name[1].given",
    "each PID-3.1 <-> name.given",
    "each PID-3 <-> name[1].given {\n PID-3.1 <-> this\n}",
    "PID-3[1..2].1 <-> identifier[1].value",
    "each PID-3[2..3].1 <-> identifier[2..3].value",
    "PID-3[last].1 <-> identifier[last].value",
    "PID-3[CX.5 = PID-8].1 <-> identifier[1].value",
    'PID-3[CX.5 != "x"].1 <-> identifier[1].value',
    'PID-3[not CX.5 = "x" or CX.1 valued].1 <-> identifier[1].value',
    "PID-3[CX.5 in table sex].1 <-> identifier[1].value",
    "PID-8 <-> gender using table nothing",
    "PID-8 <-> gender using nothing",
    "PID-8 <-> gender default PID-7.1",
    'PID-8 default absent "UNK" <-> gender default absent "unknown"',
    "PID-8, PID-10[1] <-> gender using table sex",
    "PID-8 <-> maritalStatus using table sex",
    "PID-3[1] <-> managingOrganization(Organization)",
    "PID-3[1].1 <-> managingOrganization(Organization).identifier[1].value",
    "PID-3[1].1 <-> managingOrganization(Patient).identifier[1].value",
    "PID-3[1].1 <-> managingOrganization.display",
    'PID-3[1].1 <-> extension[url = "urn:x"].valueString',
    "PID-3[1].1 <-> contained[1]",
    "PID-3[1].1 <-> text.div",
    "PID-7 <-> birthDate when PID-8 valued",
    "PID-7 -> birthDate when gender valued",
    "PID-24 -> multipleBirthBoolean using flag",
    "mue[procedure = PID-8].units -> multipleBirthInteger",
    "PID-8 -> gender when PID-8 in table mue",
    "PID-2[1] <-> gender",
    "PID-99 <-> gender",
    "PID-8.2 <-> gender",
    "PID-8 <-> sex",
    "PID-8 <-> gender[1]",
    "PID-5..6 <-> gender",
    "OBX-5[1] <-> gender",
    "MSH-7 <-> birthDate",
    "src <-> birthDate",
]
BEFORE = """import lib (flag)
table sex "HL70001" <-> "http://hl7.org/fhir/administrative-gender" {
 "M" <-> "male"
}
table mue(procedure key, units number) {
 "a", 3
}
"""


@pytest.mark.parametrize("line", LINES)
def test_what_cannot_be_lowered_is_told(maker: Maker, line: str) -> None:
    for body in (
        line,
        f"PID <-> this {{\n {line}\n}}",
        f'choose {{\n case PID-8 = "F" <-> gender = "female" {{\n {line}\n }}\n}}',
    ):
        text = f"{HEAD}{BEFORE}mapping m between hl7v2 PID and fhir Patient {{\n{body}\n}}\n"
        compiled = maker.compile(text)
        assert compiled.failed or compiled.plans


@pytest.mark.parametrize("line", LINES)
def test_what_is_compiled_runs(maker: Maker, line: str) -> None:
    text = (
        f"{HEAD}{BEFORE}mapping message between hl7v2 ADT_A01 and fhir Bundle {{\n"
        f' "collection" -> type\n MSH-9.1 <- "ADT"\n MSH-9.2 <- "A01"\n'
        f" PID <-> Patient {{\n{line}\n}}\n}}\n"
    )
    if maker.compile(text).failed:
        return
    program = maker.program(text)
    segment = "PID|1|2|3^^^^x~4^^^^y||Doe^Ann||1980|F|||^^Rome|||||||||7"
    bundle = program.go(segment)
    program.back(bundle)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("PID-8 <-> gender as sex", "E407"),
        ('"x" <-> "y"', "E407"),
        ("PID-8, PID-2.1 -> gender", "E407"),
        ("PID-8 <-> gender using table sex {\n}", "E128"),
        ('PID-8 <-> gender default "unknown" {\n}', "E128"),
        ("PID-30 <-> deceasedBoolean using flag {\n}", "E128"),
        ("each PID-3 under PID <-> identifier", "E406"),
        ("fill gender from birthDate", "E401"),
        ('narrative "Head" name', "E302"),
        ("PID-5..6 <-> gender", "E303"),
        ("PID-8 -> gender using table mue", "E206"),
        ('PID-8 -> gender when PID-8 matches "x"', "E302"),
    ],
)
def test_what_has_no_meaning_is_refused(maker: Maker, line: str, code: str) -> None:
    assert code in maker.codes(f"{HEAD}{BEFORE}mapping m between hl7v2 PID and fhir Patient {{\n{line}\n}}\n")
