"""Values that stand at no path: what functions give, what is counted or calculated, what the context says."""

from __future__ import annotations

import pytest

from runtime.errors import Finding
from tests.language.harness import HEAD, Maker, Program, bundle_of
from tests.language.test_lookup_tables import call, mapping, pid

NAMES = (
    'import lib (words)\nfunction shout between hl7v2 ST and fhir string "tests.language.functions:shout"\n'
)


@pytest.mark.parametrize(
    ("line", "fields", "made"),
    [
        ("count(PID-3) -> multipleBirthInteger", {"f3": "1~2"}, {"multipleBirthInteger": 2}),
        ("count(PID-3) -> multipleBirthInteger", {}, {"multipleBirthInteger": 0}),
        ("length(PID-19) -> multipleBirthInteger", {"f19": "abc"}, {"multipleBirthInteger": 3}),
        ("min(PID-25, PID-1) -> multipleBirthInteger", {"f25": "2", "f1": "7"}, {"multipleBirthInteger": 2}),
        ("max(PID-25, PID-1) -> multipleBirthInteger", {"f25": "2", "f1": "7"}, {"multipleBirthInteger": 7}),
        ("min(PID-25, PID-1) -> multipleBirthInteger", {}, {}),
        ("PID-25 - PID-1 -> multipleBirthInteger", {"f25": "2", "f1": "2"}, {"multipleBirthInteger": 0}),
        ("PID-25 - PID-1 -> multipleBirthInteger", {"f25": "2"}, {}),
        ("PID-25 * 2 -> name[1].text", {"f25": "2.50"}, {"name": [{"text": "5.00"}]}),
    ],
)
def test_numbers_are_calculated_and_get_the_form_of_their_target(
    maker: Maker, line: str, fields: dict[str, str], made: dict[str, object]
) -> None:
    assert call(maker.program(mapping(line, "")), "go", pid(**fields)) == made


def test_a_number_that_does_not_fit_is_told(maker: Maker) -> None:
    program = maker.program(mapping("PID-25 * 0.5 -> multipleBirthInteger", ""))
    assert call(program, "go", pid(f25="3")) == {}
    assert program.told() == {"R201"}
    assert call(program, "go", pid(f25="4")) == {"multipleBirthInteger": 2}


def test_back_numbers_are_written_as_text(maker: Maker) -> None:
    lines = "PID-25 <- sum(photo.size)\nPID-1 <- count(photo)\nPID-19 <- photo[1].size - 1"
    program = maker.program(mapping(lines, ""))
    back = call(program, "back", {"photo": [{"size": 3}, {"size": 4}]})
    assert back == {25: "7", 1: "2", 19: "2"}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("count(PID-3) <-> multipleBirthInteger", "E501"),
        ("PID-25 + 1 <-> multipleBirthInteger", "E501"),
        ("PID-25 <-> multipleBirthInteger + 1", "E501"),
        ("shout(PID-19) <-> name[1].text", "E501"),
        ("each count(PID-3) -> identifier.value", "E406"),
        ('each "x" -> identifier.value', "E406"),
        ("each $site.application -> identifier.value", "E406"),
        ("count(PID-3) -> birthDate", "E401"),
        ("count(PID-3) -> name[1].text using words", "E401"),
        ("$site.application -> active", "E401"),
        ("$site.application -> name[1].given[1] using words", "E401"),
        ("$message.received -> multipleBirthInteger", "E401"),
        ("$number -> name[1].text", "E401"),
        ("PID-25 <- $message.received", "E401"),
        ("shout(PID-19) -> birthDate", "E401"),
        ("sum(PID-25, PID-1) -> multipleBirthInteger", "E401"),
        ("min() -> multipleBirthInteger", "E118"),
        ("shout(PID-19, PID-23) -> name[1].text", "E401"),
        ("PID-19 -> name[1].text when shout(PID-19, PID-23) valued", "E401"),
        ("PID-7 -> birthDate default $site.application", "E401"),
    ],
)
def test_what_cannot_be_done_with_them_is_told(maker: Maker, line: str, code: str) -> None:
    assert maker.codes(mapping(line, NAMES)) == {code}


def test_the_context_has_types(maker: Maker) -> None:
    lines = """PID-19 -> identifier[1].value
$message.received -> birthDate
$site.application -> name[1].text using shout
PID-33 <- $message.received
PID-23 <- $site.application
PID-19 <- identifier[1].value"""
    program = maker.program(mapping(lines, NAMES.splitlines()[1] + "\n"))
    made = call(program, "go", pid(f19="x"), "20240506070809-0400")
    assert made["birthDate"] == "2024-05-06"
    back = call(program, "back", {"identifier": [{"value": "x"}]}, "20240506070809-0400")
    assert back == {19: "x", 33: "20240506070809-0400", 23: "MAPPER"}


def test_defaults_go_through_a_function_that_makes_lists(maker: Maker) -> None:
    line = "PID-5[1].2 -> name[1].given[2..] using words default PID-5[1].3"
    program = maker.program(mapping(line, NAMES.splitlines()[0] + "\n"))
    assert call(program, "go", pid(f5="Doe^^B C"))["name"][0]["given"][-2:] == ["B", "C"]


def test_a_calculated_default_gets_the_form_of_its_target(maker: Maker) -> None:
    lines = "PID-25 -> multipleBirthInteger default count(PID-3)\nPID-1 default count(photo) <- photo[1].size"
    program = maker.program(mapping(lines, ""))
    assert call(program, "go", pid(f3="1~2")) == {"multipleBirthInteger": 2}
    assert call(program, "back", {"photo": [{"title": "x"}]}) == {1: "1"}


# -- alternatives of one choice ----------------------------------------------------------------------

YES_NO = 'table yes "HL70136" <-> "urn:example:answers" {\n  "Y" <-> "true"\n  "N" <-> "false"\n}\n'


def test_alternatives_of_one_choice_lie_in_exclusive_cases(maker: Maker) -> None:
    lines = "PID-24 <-> multipleBirthBoolean using table yes\nPID-25 <-> multipleBirthInteger"
    assert maker.codes(mapping(lines, YES_NO)) == {"E408"}
    apart = """PID-24 -> multipleBirthBoolean using table yes when PID-25 not valued
PID-25 -> multipleBirthInteger"""
    assert maker.codes(mapping(apart, YES_NO)) == set()
    cases = """choose {
  case PID-25 valued <-> multipleBirthInteger valued {
    PID-25 <-> multipleBirthInteger
  }
  otherwise {
    PID-24 <-> multipleBirthBoolean using table yes
  }
}"""
    program = maker.program(mapping(cases, YES_NO))
    assert call(program, "go", pid(f24="Y", f25="2")) == {"multipleBirthInteger": 2}


def test_two_forms_of_one_element_are_alternatives(maker: Maker) -> None:
    text = """use x12 "005010X222A1"
use fhir "R4"
mapping m between x12 2400 and fhir Claim.item {
  DTP("472")/DTP03(D8)  <-> servicedDate
  DTP("472")/DTP03(RD8) <-> servicedPeriod
}
"""
    assert maker.codes(text) <= {"E404"}


# -- otherwise ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ('"A" <-> "a"\n otherwise -> "x"', None),
        ('"A" <-> "a"\n otherwise <- "X"', None),
        ('"A" <-> "a"\n otherwise <-> "x"', "E503"),
        ('"A" <-> "urn:x:a"\n otherwise <-> oid', None),
        ('"A" <-> "urn:oid:1.2.3"\n otherwise <-> oid', "E503"),
        ('"A" -> "urn:oid:1.2.3"\n otherwise <-> oid', None),
        ('"A" <-> "a"\n otherwise -> first', None),
        ('"A" <-> "a"\n otherwise <-> first', "E501"),
        ('"A" <-> "a"\n otherwise <-> frist', "E207"),
    ],
)
def test_an_otherwise_that_cannot_be_undone_is_told(maker: Maker, rows: str, code: str | None) -> None:
    first = 'function first from hl7v2 ST to fhir uri "tests.language.functions:first_word"\n'
    text = f'{HEAD}import lib (oid)\n{first}table t "left" <-> "right" {{\n {rows}\n}}\n'
    assert maker.codes(text) == ({code} if code else set())


@pytest.mark.parametrize("row", ['otherwise -> "x"', "otherwise <-> oid"])
def test_an_otherwise_stands_for_one_code(maker: Maker, row: str) -> None:
    table = f'table t "a" <-> "b", "c" {{\n "A" <-> "a", "1"\n {row}\n}}\n'
    assert maker.codes(f"{HEAD}import lib (oid)\n{table}") == {"E604"}


def test_a_requirement_of_a_mapping_reads_either_side(maker: Maker) -> None:
    lines = """PID-19 <-> identifier[1].value
require count(PID-3) > 0 else info "no list" at PID-3
require gender valued else error "no gender" """
    program = maker.message(f"PID <-> Patient {{\n{lines}\n}}")
    assert "R210" not in {f.code for f in _go(program, "PID|||1||||||||||||||||x")}
    assert [(f.level, f.message, f.where) for f in _go(program, f"PID{'|' * 19}x") if f.code == "R210"] == [
        ("info", "no list", "PID-3")
    ]
    program.back(bundle_of({"resourceType": "Patient", "identifier": [{"value": "x"}]}))
    assert [(f.level, f.message) for f in program.findings if f.code == "R210"] == [("error", "no gender")]


def _go(program: Program, segment: str) -> list[Finding]:
    program.go(segment)
    return program.findings
