"""X12: rows that are repetitions of an element inside loops, and conditions over what lies inside loops."""

from __future__ import annotations

import pytest

from runtime.lib.context import Context
from tests.language.harness import Maker

HEAD = """use x12 "005010X279A1"
use fhir "R4"
"""

E = "\x1e"


def test_rows_are_the_repetitions_of_an_element_in_the_loops_around(maker: Maker) -> None:
    program = maker.program(
        partial=True,
        text=f"""{HEAD}
mapping asked from x12 2100C to fhir Patient {{
  each 2110C[EQ01 valued]/EQ01 under 2110C -> name {{
    this -> text
    2110C/EQ03 -> family
  }}
}}""",
    )
    tree = {"2110C": [{"EQ": [["EQ", f"30{E}98", "", "FAM"]]}, {"EQ": [["EQ", ""]]}, {"EQ": [["EQ", "1"]]}]}
    assert program.call("asked", "go", tree) == {
        "name": [{"text": "30", "family": "FAM"}, {"text": "98", "family": "FAM"}, {"text": "1"}]
    }


@pytest.mark.parametrize(
    ("quantifier", "codes", "expected"),
    [
        ("any", ["30", "1"], True),
        ("any", ["30"], False),
        ("none", ["30"], True),
        ("none", ["1", "30"], False),
        ("all", ["1", "1"], True),
        ("all", ["1", "30"], False),
    ],
)
def test_a_condition_runs_over_elements_inside_loops(
    maker: Maker, quantifier: str, codes: list[str], expected: bool
) -> None:
    program = maker.program(
        partial=True,
        text=f"""{HEAD}
mapping asked from x12 2100C to fhir Patient {{
  NM103 -> name[1].family when {quantifier} 2110C/III02 in ["1", "2"]
}}""",
    )
    tree = {"NM1": [["NM1", "IL", "1", "DOE"]], "2110C": [{"III": [["III", "ZZ", code]]} for code in codes]}
    assert bool(program.call("asked", "go", tree)) is expected


def test_a_condition_runs_over_parts_of_resources(maker: Maker) -> None:
    program = maker.program(
        partial=True,
        text=f"""{HEAD}
mapping asked between x12 270 and fhir Bundle {{
  "collection" -> type
  this <-> Patient {{
    BHT03 <-> name[1].family
  }}
  BHT06 <- "RT" when any Patient.name.family = "DOE"
}}""",
    )
    for family, expected in (("DOE", "RT"), ("ROE", None)):
        context = Context()
        bundle = {
            "resourceType": "Bundle",
            "entry": [
                {
                    "fullUrl": "urn:uuid:1",
                    "resource": {"resourceType": "Patient", "name": [{"family": family}]},
                }
            ],
        }
        context.load(bundle)
        tree: dict[str, dict[int, str]] = {}
        program.release.function(program.release.entries["main.asked"], "back")(context, bundle, tree)
        assert tree["BHT"].get(6) == expected


def test_rows_inside_a_segment_of_a_level_are_only_read(maker: Maker) -> None:
    text = f"""{HEAD}
mapping asked between x12 2100C and fhir Patient {{
  each 2110C/EQ01 under 2110C ARROW name {{
    this ARROW text
  }}
}}"""
    assert "E406" in maker.codes(text.replace("ARROW", "<->"))
    assert "E406" not in maker.codes(text.replace("ARROW", "->"))


def test_a_mapping_for_two_resources_fills_the_one_that_the_line_names(maker: Maker) -> None:
    program = maker.program(
        partial=True,
        text=f"""{HEAD}
mapping place from x12 N3 to fhir Organization, Practitioner {{
  N301 -> address[1].line[1]
}}
mapping asked from x12 2100B to fhir CoverageEligibilityRequest {{
  this -> provider(Practitioner) {{
    NM103 -> name[1].family
    N3    -> this using place
  }}
}}""",
    )
    context = Context()
    tree = {"NM1": [["NM1", "1P", "1", "ROE"]], "N3": [["N3", "1 MAIN ST"]]}
    program.release.function(program.release.entries["main.asked"], "go")(context, tree, {})
    (made,) = context.made.values()
    assert made.kind == "Practitioner"


def test_a_run_is_read_where_its_first_place_is_empty(maker: Maker) -> None:
    program = maker.program(
        partial=True,
        text="""use x12 "005010X223A2"
use fhir "R4"
mapping remarks between x12 MOA and fhir ClaimResponse {
  each MOA03..07 <-> processNote.text
}""",
    )
    assert program.call("remarks", "go", ["MOA", "", "", "", "M1", "", "M2"]) == {
        "processNote": [{"text": "M1"}, {"text": "M2"}]
    }


def test_a_number_in_place_of_a_loop_is_told(maker: Maker) -> None:
    text = """use x12 "005010X221A1"
use fhir "R4"
mapping batch between x12 2000 and fhir PaymentReconciliation {
  TS3/TS301 -> disposition
}
mapping m from x12 835 to fhir PaymentReconciliation {
  2000 -> this using batch
}"""
    assert "E401" in maker.codes(text)
    assert "E401" not in maker.codes(text.replace("  2000 ->", "  loop 2000[1] ->"))
