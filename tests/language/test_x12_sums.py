"""Joins across lists, and sums and quantifiers over what lies in loops, runs and lists."""

from __future__ import annotations

from typing import Any

from runtime.lib.bundle import finish
from runtime.lib.context import Context
from tests.language.harness import Maker, only, resources
from tests.language.x12 import HEAD, C

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
