"""X12 on the left: loops, qualifiers, composites, runs of elements, rows under shared loops; each run both ways."""

from __future__ import annotations

from typing import Any

from runtime.lib.bundle import finish
from runtime.lib.context import Context
from tests.language.harness import Maker, Program, only, resources

HEAD = """use x12 "005010X222A1"
use fhir "R4"
"""

C = "\x1f"


def both(program: Program, mapping: str, tree: dict[str, Any]) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """There, and back from there."""
    made = program.call(mapping, "go", tree)
    return made, program.call(mapping, "back", made)


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


UNDER = """
mapping claims between x12 837P and fhir Bundle* {
  each loop 2300 under 2000A, 2000B, 2000C <-> Bundle {
    "collection" -> type
    this <-> Patient {
      key identifier[1].value
      CLM01 <-> identifier[1].value
      837P/BHT04 -> birthDate
      2010AA/NM103 <-> managingOrganization.display
      2010BA/NM103 <-> name[1].family
      choose {
        case loop 2000C not valued <-> gender = "male" {
          2000B/SBR02 <-> "18"
        }
        otherwise {
          2000C/PAT01 <-> maritalStatus.text
        }
      }
      2010CA/NM103 <-> contact[1].name.family
    }
  }
}"""


def party(slot: str, name: str) -> dict[str, Any]:
    return {slot: [{"NM1": [["NM1", "", "", name]]}]}


def claims(*numbers: str) -> dict[str, Any]:
    return {"2300": [{"CLM": [["CLM", number]]} for number in numbers]}


def bundles(program: Program, tree: dict[str, Any]) -> list[dict[str, Any]]:
    """All Bundles that a mapping to many makes."""
    context = Context()
    program.release.function(program.release.entries["main.claims"], "go")(context, tree, {})
    return [finish(bundle, made.values()) for bundle, made in context.documents]


def hierarchy(tree: dict[str, Any]) -> list[Any]:
    """Parties and claim numbers of a built transaction, as they hang in each other."""
    found: list[Any] = []
    for provider in tree["2000A"]:
        members: list[Any] = []
        for member in provider["2000B"]:
            patients = [
                (patient["2010CA"]["NM1"][3], [each["CLM"][1] for each in patient["2300"]])
                for patient in member.get("2000C", ())
            ]
            own = [each["CLM"][1] for each in member.get("2300", ())]
            members.append((member["2010BA"]["NM1"][3], own, patients))
        found.append((provider["2010AA"]["NM1"][3], members))
    return found


def transaction(*members: dict[str, Any]) -> dict[str, Any]:
    provider = {**party("2010AA", "CLINIC"), "2000B": list(members)}
    return {"BHT": [["BHT", "0019", "00", "1", "20240101"]], "2000A": [provider]}


def test_one_bundle_for_each_claim_and_back_to_one_transaction(maker: Maker) -> None:
    program = maker.program(HEAD + UNDER, partial=True)
    kid = {**party("2010CA", "KID"), "PAT": [["PAT", "19"]], **claims("3")}
    sent = transaction(
        {**party("2010BA", "DOE"), **claims("1", "2")},
        {**party("2010BA", "DOE"), "2000C": [kid]},
        {**party("2010BA", "ROE"), **claims("4")},
    )
    made = bundles(program, sent)
    patients = [only(bundle, "Patient") for bundle in made]
    assert [patient["identifier"][0]["value"] for patient in patients] == ["1", "2", "3", "4"]
    assert {patient["birthDate"] for patient in patients} == {"2024-01-01"}
    assert [patient.get("contact") for patient in patients] == [
        None,
        None,
        [{"name": {"family": "KID"}}],
        None,
    ]
    back = program.call("claims", "back", {"Bundle": made})
    assert program.findings == []
    assert hierarchy(back) == [
        ("CLINIC", [("DOE", ["1", "2"], []), ("DOE", [], [("KID", ["3"])]), ("ROE", ["4"], [])]),
    ]


def test_claims_keep_their_order_where_a_subscriber_comes_again(maker: Maker) -> None:
    program = maker.program((HEAD + UNDER).replace('2000B/SBR02 <-> "18"', ""), partial=True)
    kid = {**party("2010CA", "KID"), "PAT": [["PAT", "19"]], **claims("2")}
    sent = transaction(
        {**party("2010BA", "DOE"), **claims("1"), "2000C": [kid]}, {**party("2010BA", "DOE"), **claims("3")}
    )
    back = program.call("claims", "back", {"Bundle": bundles(program, sent)})
    assert hierarchy(back) == [("CLINIC", [("DOE", ["1"], [("KID", ["2"])]), ("DOE", ["3"], [])])]


def test_a_loop_takes_no_more_rows_than_the_guide_allows(maker: Maker) -> None:
    program = maker.program(HEAD + UNDER, partial=True)
    sent = transaction({**party("2010BA", "DOE"), **claims(*(str(n) for n in range(130)))})
    back = program.call("claims", "back", {"Bundle": bundles(program, sent)})
    assert [len(own) for _, own, _ in hierarchy(back)[0][1]] == [100, 30]


def test_levels_on_the_side_of_fhir(maker: Maker) -> None:
    program = maker.program(
        partial=True,
        text=f"""{HEAD}
mapping billing between x12 2010AA and fhir Organization {{
  each PER03..08 step 2 under PER <-> contact.telecom under contact {{
    PER02 <-> contact.name.text
    PER04 <-> value
  }}
}}""",
    )
    tree = {"PER": [["PER", "IC", "ANN", "TE", "1", "FX", "2"], ["PER", "IC", "BOB", "TE", "3"]]}
    made, back = both(program, "billing", tree)
    assert made["contact"] == [
        {"telecom": [{"value": "1"}, {"value": "2"}], "name": {"text": "ANN"}},
        {"telecom": [{"value": "3"}], "name": {"text": "BOB"}},
    ]
    assert [(segment[2], segment[4], segment.get(6)) for segment in back["PER"]] == [
        ("ANN", "1", "2"), ("BOB", "3", None),
    ]  # fmt: skip


def test_one_mapping_for_several_loops_has_lines_for_one_of_them(maker: Maker) -> None:
    program = maker.program(
        partial=True,
        text=f"""{HEAD}
mapping member between x12 2010BA, 2010CA and fhir Patient {{
  2010BA/NM109 -> identifier[1].value
  NM103 <-> name[1].family
}}
mapping subscriber between x12 2000B and fhir Bundle {{
  "collection" -> type
  loop 2010BA <-> Patient using member
}}
mapping dependent between x12 2000C and fhir Bundle {{
  "collection" -> type
  loop 2010CA <-> Patient using member
}}""",
    )
    name = [["NM1", "IL", "1", "DOE", "", "", "", "", "MI", "7"]]
    for mapping, loop, expected in (
        ("subscriber", "2010BA", {"name": [{"family": "DOE"}], "identifier": [{"value": "7"}]}),
        ("dependent", "2010CA", {"name": [{"family": "DOE"}]}),
    ):
        context = Context()
        program.release.function(program.release.entries[f"main.{mapping}"], "go")(
            context, {loop: [{"NM1": name}]}, {}
        )
        (made,) = context.made.values()
        assert {k: v for k, v in made.node.items() if k not in ("id", "resourceType")} == expected


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


COB = """
mapping claims between x12 837P and fhir Bundle {
  "collection" -> type
  each loop 2300 under 2000A, 2000B, 2000C <-> Claim {
    key identifier[1].value
    CLM01 <-> identifier[1].value
    CLM02 <- sum(item.net.value)
    require CLM02 = sum(2400/SV102) else warn "the lines do not add up"
    loop 2310B <-> careTeam[role.text = "claim"] {
      NM103 <-> provider.display
    }
    each loop 2320 <-> insurance[focal = false] {
      this <-> claimResponse(ClaimResponse) {
        key insurer.identifier.value
        2330B/NM109 <-> insurer.identifier.value
      }
    }
    each loop 2400 <-> item as line {
      SV102 <-> net.value
      loop 2420A <-> careTeamSequence[role.text = "line"] {
        NM103 <-> provider.display
      }
      each loop 2430 <-> ClaimResponse.item[itemSequence = line] under ClaimResponse {
        SVD01 <-> ClaimResponse.insurer.identifier.value
        SVD02 <-> adjudication[category.text = "benefit"].amount.value
      }
    }
  }
}"""


def name(code: str, text: str, number: str = "") -> list[dict[str, Any]]:
    return [{"NM1": [["NM1", code, "1", text, "", "", "", "", "", number]]}]


def test_lines_join_what_other_payers_said_and_who_rendered_them(maker: Maker) -> None:
    program = maker.program(HEAD + COB, partial=True)
    line = {"2420A": name("82", "DR LINE")}
    claim = {
        "CLM": [["CLM", "A1", "30.50"]],
        "2310B": name("82", "DR CLAIM"),
        "2320": [{"2330B": name("PR", "P1", "111")}, {"2330B": name("PR", "P2", "222")}],
        "2400": [
            {
                "SV1": [["SV1", "", "10"]],
                **line,
                "2430": [{"SVD": [["SVD", "111", "4"]]}, {"SVD": [["SVD", "222", "3"]]}],
            },
            {"SV1": [["SV1", "", "20.50"]], **line, "2430": [{"SVD": [["SVD", "222", "1"]]}]},
        ],
    }
    context = Context()
    out: dict[str, Any] = {}
    program.release.function(program.release.entries["main.claims"], "go")(
        context, {"2000A": [{"2000B": [{"2300": [claim]}]}]}, out
    )
    assert context.findings == []
    bundle = finish(out, context.made.values())
    made = only(bundle, "Claim")
    assert [(member["sequence"], member["provider"]["display"]) for member in made["careTeam"]] == [
        (1, "DR CLAIM"), (2, "DR LINE"),
    ]  # fmt: skip
    assert [item["careTeamSequence"] for item in made["item"]] == [[2], [2]]
    paid = {
        response["insurer"]["identifier"]["value"]: [
            (item["itemSequence"], str(item["adjudication"][0]["amount"]["value"]))
            for item in response["item"]
        ]
        for response in resources(bundle, "ClaimResponse")
    }
    assert paid == {"111": [(1, "4")], "222": [(1, "3"), (2, "1")]}
    context = Context()
    context.load(bundle)
    tree: dict[str, Any] = {}
    program.release.function(program.release.entries["main.claims"], "back")(context, bundle, tree)
    back = tree["2000A"][0]["2000B"][0]["2300"][0]
    assert back["CLM"] == {1: "A1", 2: "30.50"}
    assert [[(each["SVD"][1], each["SVD"][2]) for each in each_line["2430"]] for each_line in back["2400"]] == [
        [("111", "4"), ("222", "3")], [("222", "1")],
    ]  # fmt: skip
    assert [each_line["2420A"]["NM1"][3] for each_line in back["2400"]] == ["DR LINE", "DR LINE"]
    assert back["2310B"]["NM1"] == {3: "DR CLAIM"}


def test_a_requirement_reads_sums_of_lists_in_lists(maker: Maker) -> None:
    program = maker.program(HEAD + COB, partial=True)
    claim = {
        "CLM": [["CLM", "A1", "30"]],
        "2400": [{"SV1": [["SV1", "", "10"]]}, {"SV1": [["SV1", "", "20.50"]]}],
    }
    context = Context()
    program.release.function(program.release.entries["main.claims"], "go")(
        context, {"2000A": [{"2000B": [{"2300": [claim]}]}]}, {}
    )
    assert [(finding.code, finding.message) for finding in context.findings] == [
        ("R210", "the lines do not add up")
    ]


def test_sums_over_runs(maker: Maker) -> None:
    program = maker.program(
        """use x12 "005010X221A1"
use fhir "R4"
mapping remit between x12 2110 and fhir ClaimResponse.item {
  require SVC02 - sum(CAS03..18 step 3) = SVC03 else warn "a line does not balance"
}""".replace('  REF("6R")/REF02 <-> extension_of\n', ""),
        partial=True,
    )
    line = {
        "SVC": [["SVC", "", "100", "60"]],
        "CAS": [["CAS", "CO", "45", "30", "", "96", "5"], ["CAS", "PR", "1", "5"]],
    }
    assert program.call("remit", "go", line) == {}
    assert program.findings == []
    line["SVC"] = [["SVC", "", "100", "61"]]
    program.call("remit", "go", line)
    assert [finding.code for finding in program.findings] == ["R210"]


def test_a_quantifier_runs_to_the_end_of_its_path(maker: Maker) -> None:
    program = maker.program(
        partial=True,
        text="""use x12 "005010X221A1"
use fhir "R4"
mapping paid between x12 2100 and fhir ClaimResponse {
  CLP01 <-> disposition
  "drg" -> preAuthRef when any 2110/SVC04 valued
  "predetermination" -> use when any 2110/SVC01-1 = "AD"
}""",
    )

    def made(*lines: list[str]) -> Any:
        tree = {"CLP": [["CLP", "A"]], "2110": [{"SVC": [line]} for line in lines]}
        found = program.call("paid", "go", tree)
        return "preAuthRef" in found, "use" in found

    assert made(["SVC", f"HC{C}99213", "1", "1"]) == (False, False)
    assert made(["SVC", f"HC{C}99213", "1", "1"], ["SVC", f"HC{C}99213", "1", "1", "0450"]) == (True, False)
    assert made(["SVC", f"HC{C}99213", "1"], ["SVC", f"AD{C}D0120", "1"]) == (False, True)


def test_a_sum_takes_all_that_a_selector_leaves(maker: Maker) -> None:
    program = maker.program(
        partial=True,
        text="""use x12 "005010X221A1"
use fhir "R4"
mapping paid between x12 2100 and fhir ClaimResponse {
  CLP01 <-> disposition
  CLP03 <- sum(adjudication[category.text = "a"].amount.value)
  CLP04 <- sum(item.adjudication[category.text = "a"].amount.value)
}""",
    )

    def amounts(*pairs: tuple[str, int]) -> list[Any]:
        return [{"category": {"text": text}, "amount": {"value": value}} for text, value in pairs]

    response = {
        "disposition": "A",
        "adjudication": amounts(("a", 1), ("b", 2), ("a", 4)),
        "item": [
            {"adjudication": amounts(("a", 8), ("a", 16))},
            {"adjudication": amounts(("b", 32), ("a", 64))},
        ],
    }
    assert program.call("paid", "back", response)["CLP"] == {1: "A", 3: "5", 4: "88"}
