"""Cases that are not proven to come back as themselves (W904) are checked at run time (R211)."""

from __future__ import annotations

from tests.language.harness import Maker, Program, bundle_of

NAME = """choose {
 case PID-8 = "F" <-> name[1].text = "self" {
  PID-5[1].1.1 <-> name[1].family
 }
 otherwise {
  PID-5[1].1.1 <-> name[1].text
 }
}
"""
ORGANIZATION = """choose {
 case PID-8 = "F" <-> managingOrganization(Organization).name = "self" {
  PID-5[1].1.1 <-> managingOrganization(Organization).alias[1]
 }
 case PID-8 = "M" <-> gender = "male" {
  PID-5[1].1.1 <-> managingOrganization(Organization).name
 }
}
"""
SEX = """choose {
 case PID-8 = "F" <-> gender = "female" { }
 otherwise {
  PID-8 <-> maritalStatus.text
 }
}
"""
COVER = """PID <-> Patient as patient {
 PID-8 <-> maritalStatus.text
}
each INSURANCE <-> Coverage {
 "active" -> status
 patient <-> beneficiary
 patient <-> payor[1]
 IN1-36 <-> subscriberId
 choose {
  case IN1-17.1 = "S" <-> relationship.text = "self" {
   IN1-16[1].2 <-> policyHolder.display
  }
  otherwise {
   IN1-17.1 <-> relationship.coding[1].code
  }
 }
}
"""


def told_at(program: Program) -> list[str]:
    """The lines of the `.map` file that R211 names."""
    return [finding.line for finding in program.findings if finding.code == "R211"]


def test_a_result_that_reads_back_as_an_earlier_case_is_told(maker: Maker) -> None:
    program = maker.patient(NAME)
    program.go("PID|||||self|||M")
    (told,) = [finding for finding in program.findings if finding.code == "R211"]
    assert (told.code, told.level, told.line) == ("R211", "warning", "main.map:13")
    assert told.where == "Patient.name.text"
    assert "main.map:10 is tried before" in told.message
    assert "self" not in told.message


def test_a_result_that_comes_back_as_itself_is_not_told(maker: Maker) -> None:
    program = maker.patient(NAME)
    for segment in ("PID|||||Doe|||M", "PID|||||Doe|||F", "PID|||||self|||F", "PID|1"):
        program.go(segment)
        assert told_at(program) == []


def test_what_a_reference_leads_to_is_read(maker: Maker) -> None:
    program = maker.patient(ORGANIZATION)
    program.go("PID|||||self|||M")
    assert len(told_at(program)) == 1
    program.go("PID|||||Doe|||M")
    assert told_at(program) == []


def test_the_way_back_is_checked_too(maker: Maker) -> None:
    program = maker.patient(SEX)
    program.back(bundle_of({"resourceType": "Patient", "maritalStatus": {"text": "F"}}))
    assert len(told_at(program)) == 1
    program.back(bundle_of({"resourceType": "Patient", "maritalStatus": {"text": "F&F"}}))
    assert told_at(program) == []


def test_each_turn_of_a_loop_is_checked_for_itself(maker: Maker) -> None:
    program = maker.message(COVER)
    coverages = [
        {
            "resourceType": "Coverage",
            "subscriberId": str(number),
            "relationship": {"coding": [{"code": code}]},
        }
        for number, code in enumerate(("A", "S", "B", "S"))
    ]
    program.back(bundle_of({"resourceType": "Patient", "maritalStatus": {"text": "F"}}, *coverages))
    assert len(told_at(program)) == 2


def test_proven_cases_cost_nothing(maker: Maker) -> None:
    program = maker.patient('choose {\n case PID-30 = "Y" <-> deceasedBoolean = true { }\n}\n')
    assert "unproven" not in (program.release.folder / "plain" / "main.py").read_text("utf-8")
