"""Rows under shared loops of X12: a Bundle for each claim, and back to the hierarchy of a transaction."""

from __future__ import annotations

from typing import Any

from runtime.lib.bundle import finish
from runtime.lib.context import Context
from tests.language.harness import Maker, Program, only
from tests.language.x12 import HEAD, both

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
