"""Resources that one case refers to, and resources that lines behind a mapping make."""

from __future__ import annotations

from tests.language.harness import Maker, only, resources

REFERRED = """PID <-> Patient as patient {
 PID-8 <-> maritalStatus.text
 choose {
  case PID-30 = "Y" <-> deceasedBoolean = true { }
  otherwise {
   PID <-> link[type = "refer"].other(RelatedPerson) {
    PID-23 <-> name[1].text
    patient <-> patient
   }
  }
 }
}
PID <-> Account {
 "active" -> status
 PID-18.1 <-> name
 patient <-> subject[1]
}
"""
SHARED = """mapping visit between hl7v2 PV1 and fhir Encounter {
 "finished" -> status
 PV1-2.1 <-> class.code default "U"
 PV1-39.1 <-> identifier[1].value
}
"""
VISIT = """PV1 <-> Encounter using visit {
 PID-18.1 <-> identifier[2].value
}
"""


def test_a_resource_referred_to_in_one_case_is_referred_to_behind_it(maker: Maker) -> None:
    program = maker.message(REFERRED)
    for flag in ("Y", "N"):
        bundle = program.go("PID||||||||F||||||||||ACC" + "|" * 5 + "somebody" + "|" * 7 + flag)
        (patient,) = [e for e in bundle["entry"] if e["resource"]["resourceType"] == "Patient"]
        assert only(bundle, "Account")["subject"] == [{"reference": patient["fullUrl"]}]
        assert len(resources(bundle, "RelatedPerson")) == (flag == "N")


def test_what_a_mapping_only_fills_stands_in_a_resource_that_lines_behind_it_make(maker: Maker) -> None:
    program = maker.message(VISIT, before=SHARED)
    bundle = program.go("PID||||||||||||||||||ACC", "PV1|1")
    held = only(bundle, "Encounter")
    assert held["status"] == "finished"
    assert held["class"] == {"code": "U"}
    assert held["identifier"][1] == {"value": "ACC"}
    assert [finding for finding in program.findings if finding.code == "R211"] == []
