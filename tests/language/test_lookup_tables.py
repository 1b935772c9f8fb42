"""Look-up tables in mappings: rows found by keys and by days, in each direction that a line goes."""

from __future__ import annotations

from typing import Any

import pytest

from runtime.lib.context import Context
from tests.language.harness import HEAD, SITE, Maker, Program, only

WARDS = """table wards(code key, name, beds number, opened date) {
  "3W", "Three West", 24, 2019-03-01
  "ICU", "Intensive Care", 8, 2020-01-15
  "OLD", absent, 0, absent
}
"""
FEES = """table fees(code key, amount money) dated {
  "99213", 80.00 from 2023-01-01 to 2023-12-31
  "99213", 95.50 from 2024-01-01
  "free", 0 from 2020-01-01 to 2023-06-30
}
"""
ROOM = 'table room(ward key, number key number, name) {\n  "3W", 1, "Aspen"\n  "3W", 2, "Birch"\n}\n'


def call(program: Program, direction: str, source: Any, received: str | None = None) -> dict[Any, Any]:
    """What the mapping `m` makes of a value; the site and the message are given."""
    out: dict[Any, Any] = {}
    context = Context(SITE, {"received": received} if received else None)
    program.release.function(program.release.entries["main.m"], direction)(context, source, out)
    program.findings = context.findings
    return out


def pid(**fields: str) -> list[str]:
    """PID with some fields: `pid(f19="x")`."""
    segment = ["PID", *[""] * 40]
    for name, value in fields.items():
        segment[int(name[1:])] = value
    return segment


def mapping(lines: str, before: str) -> str:
    return f"{HEAD}{before}mapping m between hl7v2 PID and fhir Patient {{\n{lines}\n}}\n"


def test_cells_are_read_by_a_key_in_both_directions(maker: Maker) -> None:
    lines = """PID-19 -> identifier[1].value
wards[code = PID-19].name -> name[1].text
wards[code = PID-19].opened -> birthDate
wards[code = PID-19].beds -> multipleBirthInteger
PID-7 <- wards[code = name[1].family].opened
PID-23 <- wards[code = name[1].family].name
PID-25 <- wards[code = name[1].family].beds"""
    program = maker.program(mapping(lines, WARDS))
    made = call(program, "go", pid(f19="ICU"))
    assert made["name"] == [{"text": "Intensive Care"}]
    assert (made["birthDate"], made["multipleBirthInteger"]) == ("2020-01-15", 8)
    assert call(program, "go", pid(f19="OLD"))["multipleBirthInteger"] == 0  # a number that is there
    assert program.told() == set()  # an empty cell of a row is absent, and no miss
    back = call(program, "back", {"resourceType": "Patient", "name": [{"family": "3W"}]})
    assert (back[7], back[23], back[25]) == ("20190301", "Three West", "24")
    assert program.told() == set()


def test_a_miss_is_told_and_writes_nothing(maker: Maker) -> None:
    lines = """PID-19 -> identifier[1].value
wards[code = PID-19].name -> name[1].text
PID-23 <- wards[code = name[1].family].name"""
    program = maker.program(mapping(lines, WARDS))
    assert call(program, "go", pid(f19="XX")) == {"identifier": [{"value": "XX"}]}
    assert [f.code for f in program.findings] == ["R212"]
    assert "XX" not in str(program.findings)
    assert call(program, "go", pid()) == {} == call(program, "back", {"name": [{"text": "3W"}]})
    assert program.told() == set()  # nothing was asked


def test_all_keys_of_a_row_count_each_in_its_form(maker: Maker) -> None:
    lines = """room[number = PID-25 and ward = PID-19].name -> name[1].text
PID-23 <- room[ward = name[1].family][number = multipleBirthInteger].name"""
    program = maker.program(mapping(lines, ROOM))
    assert call(program, "go", pid(f19="3W", f25="02.0")) == {"name": [{"text": "Birch"}]}
    back = call(program, "back", {"name": [{"family": "3W"}], "multipleBirthInteger": 1})
    assert back == {23: "Aspen"}
    assert call(program, "go", pid(f19="3W", f25="two")) == {}
    assert call(program, "go", pid(f19="3W")) == {}
    assert program.told() == set()


@pytest.mark.parametrize(
    ("day", "amount"),
    [
        ("20221231", None), ("20230101", "80.00"), ("20231231", "80.00"), ("20240101", "95.50"),
        ("20231231235959-0500", "80.00"), ("2023", "80.00"), ("202407", "95.50"), ("20230230", None), ("", None),
    ],
)  # fmt: skip
def test_a_dated_row_holds_from_its_first_to_its_last_day(maker: Maker, day: str, amount: str | None) -> None:
    program = maker.program(mapping("fees[code = PID-19].amount as of PID-7 -> identifier[1].value", FEES))
    made = call(program, "go", pid(f19="99213", f7=day))
    assert made == ({"identifier": [{"value": amount}]} if amount else {})
    assert program.told() == (set() if amount else {"R212"})


def test_without_a_day_of_its_own_a_dated_table_is_read_as_of_the_day_of_receipt(maker: Maker) -> None:
    program = maker.program(mapping("fees[code = PID-19].amount -> identifier[1].value", FEES))
    made = call(program, "go", pid(f19="99213"), "2024-05-06T07:08:09Z")
    assert made == {"identifier": [{"value": "95.50"}]}
    assert call(program, "go", pid(f19="99213")) == {}  # nobody said when: there is no "now"
    assert program.told() == {"R212"}


@pytest.mark.parametrize(
    ("day", "amount"),
    [("2023", "80.00"), ("2023-02", "80.00"), ("2024-06-30T23:00:00-05:00", "95.50"), ("2022-12", None)],
)
def test_back_the_day_is_read_from_fhir(maker: Maker, day: str, amount: str | None) -> None:
    lines = "PID-23 <- fees[code = name[1].text].amount as of deceasedDateTime"
    program = maker.program(mapping(lines, FEES))
    back = call(program, "back", {"name": [{"text": "99213"}], "deceasedDateTime": day})
    assert back == ({23: amount} if amount else {})


def test_conditions_ask_without_telling(maker: Maker) -> None:
    lines = """PID-19 -> name[1].text when PID-19 in table wards
PID-19 -> name[1].family when wards[code = PID-19].beds >= 20
PID-19 -> name[1].given[1] when wards[code = PID-19] valued and wards[code = PID-19].opened not valued
PID-19 -> name[1].prefix[1] when PID-19 in table fees as of PID-7"""
    program = maker.program(mapping(lines, WARDS + FEES))
    assert call(program, "go", pid(f19="3W")) == {"name": [{"text": "3W", "family": "3W"}]}
    assert call(program, "go", pid(f19="ICU")) == {"name": [{"text": "ICU"}]}
    assert call(program, "go", pid(f19="OLD")) == {"name": [{"text": "OLD", "given": ["OLD"]}]}
    assert call(program, "go", pid(f19="free", f7="20230101")) == {"name": [{"prefix": ["free"]}]}
    assert call(program, "go", pid(f19="free", f7="20240101")) == {}
    assert program.told() == set()


def test_a_two_way_case_may_be_chosen_by_a_look_up(maker: Maker) -> None:
    lines = """PID-19 <-> identifier[1].value
choose {
  case wards[code = PID-19].beds > 10 <-> gender = "male" {
    PID-23 <-> name[1].family
  }
  otherwise {
    PID-23 <-> name[1].text
  }
}"""
    program = maker.program(mapping(lines, WARDS))
    for segment in (pid(f19="3W", f23="x"), pid(f19="ICU", f23="x")):
        made = call(program, "go", segment)
        assert made["name"] == [{"family": "x"}] if made.get("gender") == "male" else [{"text": "x"}]
        assert call(program, "back", made) == {19: segment[19], 23: "x"}


def test_a_look_up_stands_in_for_an_absent_value(maker: Maker) -> None:
    lines = """PID-19 <-> identifier[1].value
PID-23 <-> name[1].text default wards[code = PID-19].name
PID-7 -> birthDate default wards[code = PID-19].opened"""
    program = maker.program(mapping(lines, WARDS))
    assert call(program, "go", pid(f19="3W"))["name"] == [{"text": "Three West"}]
    assert call(program, "go", pid(f19="3W"))["birthDate"] == "2019-03-01"
    assert call(program, "go", pid(f19="3W", f23="own"))["name"] == [{"text": "own"}]


def test_a_key_that_reads_nothing_fills_and_never_makes(maker: Maker) -> None:
    lines = """PID-5[1].1.1 -> name[1].family
wards[code = "3W"].name -> name[1].text
wards[code = $site.application].beds -> multipleBirthInteger
"home" -> address[1].use
wards[code = "3W"].name -> address[1].city"""
    program = maker.program(mapping(lines, WARDS.replace('"OLD"', '"MAPPER"')))
    made = call(program, "go", pid(f5="Doe"))
    assert made == {"name": [{"family": "Doe", "text": "Three West"}], "multipleBirthInteger": 0}


def test_a_cell_passes_through_tables_functions_and_calculations(maker: Maker) -> None:
    before = (
        WARDS
        + """table ward_sex "x" <-> "http://hl7.org/fhir/administrative-gender" {
  "Three West" <-> "male"
}
function trimmed from hl7v2 ST to fhir string "tests.language.functions:shout"
"""
    )
    lines = """wards[code = PID-19].name -> gender using table ward_sex
wards[code = PID-19].name -> name[1].text using trimmed
wards[code = PID-19].beds * 2 -> multipleBirthInteger
wards[code = wards[code = PID-19].name].name -> name[1].family"""
    program = maker.program(mapping(lines, before))
    made = call(program, "go", pid(f19="3W"))
    assert made == {"gender": "male", "name": [{"text": "THREE WEST"}], "multipleBirthInteger": 48}
    assert program.told() == {"R212"}  # no ward is called Three West


def test_a_table_is_imported_and_read_in_the_tracing_flavour_too(maker: Maker) -> None:
    program = maker.message(
        "PID <-> Patient {\n  wards[code = PID-19].name -> name[1].text\n}",
        before="import places (wards)\n",
        files={"places.map": WARDS},
    )
    assert only(program.go(f"PID{'|' * 19}3W"), "Patient") == {"name": [{"text": "Three West"}]}


def test_an_x12_line_looks_its_procedure_up(maker: Maker) -> None:
    text = f"""use x12 "005010X222A1"
use fhir "R4"
{FEES}mapping m between x12 2400 and fhir Claim.item {{
  SV101-2 <-> productOrService.text
  fees[code = SV101-2].amount as of DTP("472")/DTP03(D8) -> net.value
  SV102 <- fees[code = productOrService.text].amount as of servicedDate
}}
"""
    program = maker.program(text, partial=True)
    source = {"SV1": [["SV1", "HC\x1f99213"]], "DTP_472": [["DTP", "472", "D8", "20230501"]]}
    made = call(program, "go", source)
    assert (str(made["net"]["value"]), made["productOrService"]) == ("80.00", {"text": "99213"})
    back = call(program, "back", {"productOrService": {"text": "99213"}, "servicedDate": "2024-01-01"})
    assert back["SV1"][2] == "95.50"
