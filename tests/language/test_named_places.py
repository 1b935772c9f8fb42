"""Names that lead to a place: of a loop that several sets have, of a repetition around, of a primitive as a body."""

from __future__ import annotations

from tests.language.harness import Maker, only
from tests.language.test_lookup_tables import call, mapping, pid

X12 = 'use x12 "005010X279A1"\nuse fhir "R4"\n'
EXTENSIONS = """extend fhir Patient {
  extension citizenship * "https://x.example/citizenship" {
    extension note string * "note"
  }
  extension nick string * "https://x.example/nick"
  extension one string "https://x.example/one"
}
"""


def test_a_head_names_a_loop_of_one_of_several_sets(maker: Maker) -> None:
    text = f"""{X12}mapping m between x12 271.2100A, 271.2100B and fhir Organization {{
  NM103 <-> name
  2100A/NM109 <-> identifier[1].value
  2100B/NM109 <-> alias[1]
}}
mapping n from x12 271.2000A to fhir Bundle {{
  "collection" -> type
  loop 2100A -> Organization
}}
"""
    program = maker.program(text, partial=True)
    source = {"NM1": [["NM1", "PR", "2", "PAYER", "", "", "", "", "PI", "77"]]}
    assert call(program, "go", source) == {"name": "PAYER", "identifier": [{"value": "77"}]}
    back = call(program, "back", {"name": "PAYER", "identifier": [{"value": "77"}]})
    assert {number: back["NM1"][number] for number in (3, 9)} == {3: "PAYER", 9: "77"}


def test_the_loop_of_the_first_set_has_its_plain_name(maker: Maker) -> None:
    found = maker.compile(
        f"{X12}mapping m between x12 270.2100A and fhir Organization {{\n  NM103 <-> name\n}}\n"
    )
    assert [(d.code, d.help) for d in found.diagnostics] == [("E301", "did you mean 2100A?")]


def test_a_look_up_in_a_repetition_reads_that_repetition(maker: Maker) -> None:
    program = maker.message("""PID <-> Patient as patient {
  PID-7 <-> birthDate
}
each DG1 <-> Condition as problem {
  patient <-> subject
  DG1-3.1 <-> code.text
}
PV1 <-> Encounter as visit {
  PV1-19.1  <-> identifier[1].value
  "unknown"  -> status
  "AMB"      -> class
  each PV1-9 -> reasonCode {
    PV1-9.2.1 -> text
    problem[DG1-3.1 = PV1-9.1] -> visit.reasonReference[1]
  }
}""")
    bundle = program.go("PID|||||||19800203", f"PV1{'|' * 9}A^x~B^y{'|' * 10}V7", "DG1|||B", "DG1|||A")
    ids = {e["resource"]["code"]["text"]: e["fullUrl"] for e in bundle["entry"] if "code" in e["resource"]}
    held = [each["reference"] for each in only(bundle, "Encounter")["reasonReference"]]
    assert held == [ids["A"], ids["B"]]


def test_the_body_of_a_primitive_or_an_extension_writes_its_value(maker: Maker) -> None:
    lines = """PID-2 <-> birthDate {
  PID-2.7 <-> this
}
PID-4[1] <-> one {
  PID-4.1 <-> this
}
each PID-3 <-> nick {
  PID-3.1 <-> this
}"""
    program = maker.program(mapping(lines, EXTENSIONS))
    made = call(program, "go", pid(f2="^^^^^^2001", f3="A~B", f4="C"))
    assert made["birthDate"] == "2001"
    assert {e["valueString"] for e in made["extension"]} == {"A", "B", "C"}
    back = call(program, "back", made)
    assert (back[2], back[4], [each[1] for each in back[3]]) == ({7: "2001"}, [{1: "C"}], ["A", "B"])


def test_rows_are_not_regrouped_under_an_extension(maker: Maker) -> None:
    line = "each PID-3.1 <-> citizenship.note under citizenship"
    assert maker.codes(mapping(line, EXTENSIONS)) == {"E406"}
