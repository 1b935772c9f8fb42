"""X12 on the left: qualifiers, composites, runs of elements, fills, and what a loop requires; each run both ways."""

from __future__ import annotations

from typing import Any

from runtime.lib.context import Context
from tests.language.harness import Maker
from tests.language.x12 import HEAD, C, both


def test_segments_and_elements(maker: Maker) -> None:
    program = maker.program(
        partial=True,
        text=f"""{HEAD}
mapping member between x12 2010BA and fhir Patient {{
  NM103 <-> name[1].family
  NM104 <-> name[1].given[1]
  DMG02 <-> birthDate
  N401  <-> address[1].city
}}""",
    )
    tree = {
        "NM1": [["NM1", "IL", "1", "DOE", "JANE"]],
        "N4": [["N4", "TAMPA"]],
        "DMG": [["DMG", "D8", "19700102"]],
    }
    made, back = both(program, "member", tree)
    assert made == {
        "name": [{"family": "DOE", "given": ["JANE"]}],
        "birthDate": "1970-01-02",
        "address": [{"city": "TAMPA"}],
    }
    assert back == {"NM1": {3: "DOE", 4: "JANE"}, "DMG": {2: "19700102"}, "N4": {1: "TAMPA"}}


def test_a_qualifier_names_a_position_and_is_written_where_others_share_it(maker: Maker) -> None:
    program = maker.program(
        partial=True,
        text=f"""{HEAD}
mapping billing between x12 2010AA and fhir Organization {{
  REF("EI")/REF02 <-> identifier[system = "urn:ein"].value
  REF("SY")/REF02 <-> identifier[system = "urn:ssn"].value
}}""",
    )
    made, back = both(program, "billing", {"REF_EI": [["REF", "SY", "9"]]})
    assert made == {"identifier": [{"value": "9", "system": "urn:ssn"}]}
    assert back == {"REF_EI": {1: "SY", 2: "9"}}


def test_a_loop_is_chosen_by_the_code_of_its_first_segment(maker: Maker) -> None:
    program = maker.program(
        partial=True,
        text=f"""{HEAD}
mapping team between x12 2300 and fhir Claim {{
  loop 2310A("DN") <-> supportingInfo[category.text = "referring"] {{
    NM103 <-> code.text
  }}
  loop 2310A("P3") <-> supportingInfo[category.text = "primary"] {{
    NM103 <-> code.text
  }}
}}""",
    )
    made, back = both(program, "team", {"2310A": [{"NM1": [["NM1", "P3", "1", "PCP"]]}]})
    assert [info["code"]["text"] for info in made["supportingInfo"]] == ["PCP"]
    assert back == {"2310A": [{"NM1": {1: "P3", 3: "PCP"}}]}


def test_a_date_or_a_period_as_its_format_says(maker: Maker) -> None:
    program = maker.program(
        partial=True,
        text=f"""{HEAD}
mapping line between x12 2400 and fhir Claim.item {{
  DTP("472")/DTP03(D8)  <-> servicedDate
  DTP("472")/DTP03(RD8) <-> servicedPeriod
}}""",
    )
    day = {"DTP_472": [["DTP", "472", "D8", "20240131"]]}
    assert both(program, "line", day) == (
        {"servicedDate": "2024-01-31"},
        {"DTP_472": {2: "D8", 3: "20240131"}},
    )
    span = {"DTP_472": [["DTP", "472", "RD8", "20240101-20240131"]]}
    assert both(program, "line", span) == (
        {"servicedPeriod": {"start": "2024-01-01", "end": "2024-01-31"}},
        {"DTP_472": {2: "RD8", 3: "20240101-20240131"}},
    )


def test_runs_inside_an_element_and_inside_a_segment(maker: Maker) -> None:
    program = maker.program(
        partial=True,
        text=f"""{HEAD}
mapping claim between x12 2300 and fhir Claim {{
  HI("ABK")/HI01 <-> diagnosis[1] {{
    HI01-2 <-> diagnosisCodeableConcept.text
  }}
  each HI("ABK")/HI02..12 <-> diagnosis[2..] {{
    HI02-1 <-> "ABF"
    HI02-2 <-> diagnosisCodeableConcept.text
  }}
  each loop 2400 <-> item {{
    SV101-2 <-> productOrService.text
    each SV107-1..4 <-> diagnosisSequence
  }}
}}""",
    )
    tree = {
        "HI_ABK": [["HI", f"ABK{C}E119", f"ABF{C}I10", f"ABF{C}J45"]],
        "2400": [{"SV1": [["SV1", f"HC{C}99213", "", "", "", "", "", f"1{C}3"]]}],
    }
    made, back = both(program, "claim", tree)
    assert [(d["sequence"], d["diagnosisCodeableConcept"]["text"]) for d in made["diagnosis"]] == [
        (1, "E119"), (2, "I10"), (3, "J45"),
    ]  # fmt: skip
    assert made["item"][0]["diagnosisSequence"] == [1, 3]
    assert back == {
        "HI_ABK": {1: {1: "ABK", 2: "E119"}, 2: {1: "ABF", 2: "I10"}, 3: {1: "ABF", 2: "J45"}},
        "2400": [{"SV1": {1: {2: "99213"}, 7: {1: "1", 2: "3"}}}],
    }


def test_pointers_follow_what_they_point_to_however_it_is_numbered(maker: Maker) -> None:
    program = maker.program(
        partial=True,
        text=f"""{HEAD}
mapping claim between x12 2300 and fhir Claim {{
  HI("ABK")/HI01 <-> diagnosis[1] {{
    HI01-2 <-> diagnosisCodeableConcept.text
  }}
  each loop 2400 <-> item {{
    SV101-2 <-> productOrService.text
    each SV107-1..4 <-> diagnosisSequence
  }}
}}""",
    )
    claim = {
        "diagnosis": [{"sequence": 7, "diagnosisCodeableConcept": {"text": "E119"}}],
        "item": [{"sequence": 1, "productOrService": {"text": "99213"}, "diagnosisSequence": [7]}],
    }
    assert program.call("claim", "back", claim)["2400"][0]["SV1"][7] == {1: "1"}


def test_a_run_goes_on_in_the_next_segment(maker: Maker) -> None:
    program = maker.program(
        partial=True,
        text=f"""{HEAD}
mapping adjustments between x12 2430 and fhir ClaimResponse.item {{
  SVD06 <-> itemSequence
  each CAS02..19 step 3 under CAS <-> adjudication {{
    CAS01 <-> category.text
    CAS02 <-> reason.text
    CAS03 <-> amount.value
  }}
}}""",
    )
    tree = {"CAS": [["CAS", "CO", "45", "10", "", "96", "5.00"], ["CAS", "PR", "1", "3"]]}
    made, back = both(program, "adjustments", tree)
    assert [(a["category"]["text"], a["reason"]["text"], str(a["amount"]["value"])) for a in made["adjudication"]] == [
        ("CO", "45", "10"), ("CO", "96", "5.00"), ("PR", "1", "3"),
    ]  # fmt: skip
    assert back == {
        "CAS": [{1: "CO", 2: "45", 3: "10", 5: "96", 6: "5.00"}, {1: "PR", 2: "1", 3: "3"}],
    }
    many = {"adjudication": [{"category": {"text": "CO"}, "reason": {"text": str(n)}} for n in range(8)]}
    segments = program.call("adjustments", "back", many)["CAS"]
    assert [len(segment) - 1 for segment in segments] == [6, 2]


def test_values_of_a_partner_and_a_batch(maker: Maker) -> None:
    program = maker.program(
        partial=True,
        text=f"""{HEAD}
mapping claims between x12 837P and fhir Bundle* {{
  BHT02 <- $batch.purpose
  loop 1000A <- $partner.submitter {{
    NM103 <- name
    PER[1]/PER02 <- contact
  }}
  each loop 2300 under 2000A, 2000B, 2000C <-> Bundle {{
    "collection" -> type
    CLM01 <-> identifier.value
  }}
}}""",
    )
    given = {"batch": {"purpose": "00"}, "partner": {"submitter.name": "BILLER"}}
    tree: dict[str, Any] = {}
    program.release.function(program.release.entries["main.claims"], "back")(Context(given=given), {}, tree)
    assert tree == {"BHT": {2: "00"}, "1000A": {"NM1": {3: "BILLER"}}}
    assert "E201" in maker.codes(
        f"{HEAD}\nmapping m between x12 837P and fhir Bundle {{\n"
        "loop 1000A <- $partner.submitter {\nNM103 <- nane\n}\n}\n"
    )


def test_what_is_absent_takes_another_value_and_what_equals_it_counts_as_absent(maker: Maker) -> None:
    program = maker.program(
        partial=True,
        text=f"""{HEAD}
mapping line between x12 2400 and fhir Claim.item {{
  SV101-2 <-> productOrService.text
  SV101-7 <-> category.text
  SV105 <-> revenue.text
  fill category from revenue
}}""",
    )
    line = [["SV1", f"HC{C}99213", "", "", "", "11"]]
    made, back = both(program, "line", {"SV1": line})
    assert made["category"] == made["revenue"] == {"text": "11"}
    assert back == {"SV1": {1: {2: "99213"}, 5: "11"}}
    other = [["SV1", f"HC{C}99213{C}{C}{C}{C}{C}22", "", "", "", "11"]]
    made, back = both(program, "line", {"SV1": other})
    assert (made["category"], made["revenue"]) == ({"text": "22"}, {"text": "11"})
    assert back == {"SV1": {1: {2: "99213", 7: "22"}, 5: "11"}}


def test_required_segments_and_elements_are_written_where_a_loop_is_made(maker: Maker) -> None:
    compiled = maker.compile(
        f"""{HEAD}
mapping payer between x12 2010BB and fhir Organization {{
  NM103 <-> name
}}"""
    )
    (told,) = [each for each in compiled.diagnostics if each.code[0] != "W"]
    assert told.code == "E404"
    assert told.message == "the 2010BB/NM1 is made without its required `NM108`, `NM109`"
    complete = f"""{HEAD}
mapping payer between x12 2010BB and fhir Organization {{
  NM103 <-> name
  NM108 <- "PI"
  NM109 <-> identifier[1].value
}}"""
    assert maker.codes(complete) == set()


def test_a_qualifier_is_asked_for_in_the_first_element_that_has_it(maker: Maker) -> None:
    """CRC*07 may hold a 09 as a condition (CRC03); CRC*09 is the segment that the code names."""
    text = (
        HEAD
        + """mapping m between x12 2400 and fhir Claim.item {
  CRC("09")/CRC02 <-> category.text
}
"""
    )
    program = maker.program(text, partial=True)
    tree = {"CRC_07": [["CRC", "07", "Y", "09"]], "CRC_09": [["CRC", "09", "N", "ZV"]]}
    assert program.call("m", "go", tree) == {"category": {"text": "N"}}
