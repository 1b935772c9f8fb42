"""Tables: rows both ways and one way, tuples, `otherwise`, `ignore`, rows of a site or a file, overrides."""

from __future__ import annotations

from runtime.lib.context import Site
from tests.language.harness import HEAD, Maker, bundle_of, only

SEX = """table sex "HL70001" <-> "http://hl7.org/fhir/administrative-gender" {
 "M" <-> "male"
 "F" <-> "female"
 "A"  -> "other"
 %s
}
"""
GENDER = "PID-7.1 <-> birthDate\nPID-8 <-> gender using table sex"


def gender(code: str) -> dict[str, object]:
    return bundle_of({"resourceType": "Patient", "birthDate": "1980", "gender": code})


def test_rows_go_both_ways(maker: Maker) -> None:
    program = maker.patient(GENDER, before=SEX % "")
    bundle = program.go("PID|||||||1980|F")
    assert only(bundle, "Patient")["gender"] == "female"
    assert program.back(bundle) == ["PID|||||||1980|F"]


def test_a_one_way_row_does_not_come_back(maker: Maker) -> None:
    program = maker.patient(GENDER, before=SEX % "")
    assert only(program.go("PID|||||||1980|A"), "Patient")["gender"] == "other"
    assert program.back(gender("other")) == ["PID|||||||1980"]
    assert program.told() == {"R202"}


def test_a_code_without_a_row_is_absent_and_told(maker: Maker) -> None:
    program = maker.patient(GENDER, before=SEX % "")
    assert "gender" not in only(program.go("PID|||||||1980|X"), "Patient")
    assert program.told() >= {"R202"}


def test_otherwise_gives_a_code(maker: Maker) -> None:
    program = maker.patient(GENDER, before=SEX % 'otherwise -> "unknown"\n otherwise <- "U"')
    assert only(program.go("PID|||||||1980|X"), "Patient")["gender"] == "unknown"
    assert program.back(gender("other")) == ["PID|||||||1980|U"]


def test_otherwise_may_be_a_function(maker: Maker) -> None:
    before = """function oid between hl7v2 ST and fhir uri "runtime.lib.ids:oid"
table place "HL70363" <-> "urn:ietf:rfc:3986" {
 "CLINIC" <-> "https://clinic.example"
 otherwise <-> oid
}
"""
    program = maker.patient("PID-3[1].4.1 <-> identifier[1].system using table place", before=before)
    for given, system in (("CLINIC", "https://clinic.example"), ("1.2.3", "urn:oid:1.2.3")):
        bundle = program.go(f"PID|||^^^{given}")
        assert only(bundle, "Patient") == {"identifier": [{"system": system}]}
        assert program.back(bundle) == [f"PID|||^^^{given}"]


def test_ignored_codes_are_absent_without_a_finding(maker: Maker) -> None:
    program = maker.patient(GENDER, before=SEX % 'ignore "X", "Y" "not a sex"')
    assert "gender" not in only(program.go("PID|||||||1980|X"), "Patient")
    assert "R202" not in program.told()


TUPLE = """table use "HL70201", "HL70202" <-> "http://hl7.org/fhir/contact-point-use" {
 "PRN", "PH" <-> "home"
 "WPN", "PH" <-> "work"
 "PRN", none  -> "home"
 "PRN", "CP" <-> "mobile"
}
"""


def test_tuples_translate_together(maker: Maker) -> None:
    program = maker.patient(
        "each PID-13 <-> telecom {\n PID-13.7 <-> value\n PID-13.2, PID-13.3 <-> use using table use\n}".replace(
            "PID-13.7", "PID-13.12"
        ),
        before=TUPLE,
    )
    bundle = program.go("PID|||||||||||||^PRN^PH^^^^^^^^^1~^PRN^CP^^^^^^^^^2~^PRN^^^^^^^^^^3")
    assert [t["use"] for t in only(bundle, "Patient")["telecom"]] == ["home", "mobile", "home"]
    assert program.back(bundle) == ["PID|||||||||||||^PRN^PH^^^^^^^^^1~^PRN^CP^^^^^^^^^2~^PRN^PH^^^^^^^^^3"]


def test_a_sites_own_rows(maker: Maker) -> None:
    before = 'table authority "HL70363" <-> "urn:ietf:rfc:3986" from site\n'
    program = maker.patient("PID-3[1].4.1 <-> identifier[1].system using table authority", before=before)
    program.site = Site(tables={"authority": {"CLINIC": "https://clinic.example"}})
    bundle = program.go("PID|||^^^CLINIC")
    assert only(bundle, "Patient") == {"identifier": [{"system": "https://clinic.example"}]}
    assert program.back(bundle) == ["PID|||^^^CLINIC"]


def test_rows_of_a_file(maker: Maker) -> None:
    before = 'table sex "HL70001" <-> "http://hl7.org/fhir/administrative-gender" from "sex.tsv"\n'
    rows = "# codes\nM\t<->\tmale\nF\t<->\tfemale\nA\t->\tother\n"
    program = maker.patient(GENDER, before=before, files={"sex.tsv": rows})
    assert program.both("PID|||||||1980|F") == ["PID|||||||1980|F"]
    assert only(program.go("PID|||||||1980|A"), "Patient")["gender"] == "other"


def test_an_override_replaces_rows(maker: Maker) -> None:
    overlay = 'import main (sex)\noverride table sex {\n "1" <-> "male"\n "2" <-> "female"\n}\n'
    program = maker.patient(GENDER, before=SEX % "", files={"practice.map": overlay}, overlays=("practice",))
    assert only(program.go("PID|||||||1980|1"), "Patient")["gender"] == "male"
    assert program.back(gender("female")) == ["PID|||||||1980|2"]


def test_the_source_coding_is_kept_beside_the_translation(maker: Maker) -> None:
    before = """mapping concept between hl7v2 CWE, CE and fhir CodeableConcept {
 CE.1 <-> coding[1].code
 CE.2 <-> coding[1].display
}
table marital "HL70002" <-> "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus" {
 "M" <-> "M"
 "X" <-> "S"
}
"""
    program = maker.patient("PID-16 <-> maritalStatus using table marital", before=before)
    bundle = program.go("PID||||||||||||||||X^Single")
    assert only(bundle, "Patient")["maritalStatus"] == {
        "coding": [
            {"system": "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus", "code": "S"},
            {"code": "X", "display": "Single"},
        ]
    }
    assert program.back(bundle) == ["PID||||||||||||||||X^Single"]
    assert only(program.go("PID||||||||||||||||Q^Queer"), "Patient")["maritalStatus"] == {
        "coding": [{"code": "Q", "display": "Queer"}]
    }


def test_a_table_into_a_boolean(maker: Maker) -> None:
    before = 'table yes "HL70136" <-> "boolean" {\n "Y" <-> "true"\n "N" <-> "false"\n}\n'
    program = maker.patient("PID-30 <-> deceasedBoolean using table yes", before=before)
    bundle = program.go("PID" + "|" * 30 + "N")
    assert only(bundle, "Patient") == {"deceasedBoolean": False}
    assert program.back(bundle) == ["PID" + "|" * 30 + "N"]


def test_two_rows_that_lead_to_one_code_are_refused(maker: Maker) -> None:
    assert "E503" in maker.codes(HEAD + SEX % '"N" <-> "male"')


def test_a_table_in_a_condition(maker: Maker) -> None:
    lines = (
        "choose {\n case PID-8 in table sex <-> gender valued {\n"
        "  PID-8 <-> gender using table sex\n }\n otherwise {\n  PID-8 -> name[1].text\n"
        " }\n}"
    )
    program = maker.patient(lines, before=SEX % "")
    assert only(program.go("PID||||||||F"), "Patient") == {"gender": "female"}
    assert only(program.go("PID||||||||Q"), "Patient") == {"name": [{"text": "Q"}]}
