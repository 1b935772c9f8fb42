"""`each X by K`: rows that share a value become one element; look-ups among the pairs of an `each`."""

from __future__ import annotations

from tests.language.harness import HEAD, Maker, only, resources

PRESSURE = """each PATIENT_RESULT <-> Patient as patient {
 PATIENT.PID <-> this {
  PID-7.1 <-> birthDate
 }
 each ORDER_OBSERVATION <-> DiagnosticReport as report {
  "final" -> status
  OBR-4.2 <-> code.text
  patient <-> subject
  each OBSERVATION[OBX-2 = "NM"] by OBX-4 <-> result(Observation)[code.text = "panel"] as panel {
   "final" -> status
   OBSERVATION[1].OBX-14.1 -> effectiveDateTime
   OBR-4.2 -> note[1].text
   each OBSERVATION <-> component {
    OBX-1 <- $number
    OBX-3.2 <-> code.text
    OBX-7 <-> valueString
   }
  }
  each OBSERVATION <-> result(Observation) {
   "final" -> status
   OBX-3.2 <-> code.text
  }
 }
}
"""


def test_rows_that_share_a_value_become_one(maker: Maker) -> None:
    program = maker.message(PRESSURE, structure="ORU_R01")
    bundle = program.go(
        "PID|||||||1980", "OBR||||^Vitals", "OBX|1|NM|^sys|a||||120||||||2020", "OBX|2|ST|^note",
        "OBX|3|NM|^dia|a|||80",
        "OBX|4|NM|^sys|b|||130",
    )  # fmt: skip
    panels = [o for o in resources(bundle, "Observation") if "component" in o]
    assert [[c["code"]["text"] for c in panel["component"]] for panel in panels] == [["sys", "dia"], ["sys"]]
    assert panels[0]["note"] == [{"text": "Vitals"}]
    assert [o["code"]["text"] for o in resources(bundle, "Observation") if "component" not in o] == ["note"]


def test_back_the_first_rows_position_stands_for_the_value(maker: Maker) -> None:
    program = maker.message(PRESSURE, structure="ORU_R01")
    bundle = program.go(
        "PID|||||||1980",
        "OBR||||^Vitals",
        "OBX|1|NM|^sys|a|||120",
        "OBX|2|NM|^dia|a|||80",
        "OBX|3|NM|^sys|b|||130",
    )
    assert program.back(bundle) == [
        "PID|||||||1980", "OBR||||^Vitals", "OBX|1|NM|^sys|1|||120", "OBX|2|NM|^dia|1|||80", "OBX|1|NM|^sys|3|||130",
    ]  # fmt: skip


def test_repetitions_group_too(maker: Maker) -> None:
    lines = "each PID-3 by PID-3.4.1 <-> contact {\n each PID-3 <-> telecom {\n  PID-3.1 <-> value\n }\n}"
    program = maker.patient(lines)
    bundle = program.go("PID|||1^^^A~2^^^B~3^^^A")
    assert [[t["value"] for t in c["telecom"]] for c in only(bundle, "Patient")["contact"]] == [
        ["1", "3"],
        ["2"],
    ]
    assert program.back(bundle) == ["PID|||1^^^1~3^^^1~2^^^3"]


def test_by_without_a_body_is_refused(maker: Maker) -> None:
    body = "mapping m between hl7v2 PID and fhir Patient {\n each PID-3.1 by PID-3.4 <-> identifier.value\n}"
    assert "E406" in maker.codes(HEAD + body)


CLAIM = """PID <-> Patient as patient {
 PID-7.1 <-> birthDate
}
PV1 <-> Encounter as visit {
 "unknown" -> status
 "AMB" -> class
 PV1-19.1 <-> identifier[1].value
}
each DG1 <-> Condition as problem {
 patient <-> subject
 DG1-1 <-> identifier[1].value
 DG1-3.1 <-> code.text
}
"""


def test_a_look_up_among_the_pairs_of_an_each(maker: Maker) -> None:
    program = maker.message(CLAIM + "problem[DG1-3.1 = PV1-2] <-> visit.reasonReference[1]")
    segments = ["PID|||||||1980", "PV1||B|||||||||||||||||V", "DG1|1||A", "DG1|2||B"]
    bundle = program.go(*segments)
    urls = [e["fullUrl"] for e in bundle["entry"] if e["resource"]["resourceType"] == "Condition"]
    assert only(bundle, "Encounter")["reasonReference"] == [{"reference": urls[1]}]
    assert program.back(bundle) == segments


def test_a_look_up_without_a_match_is_told(maker: Maker) -> None:
    program = maker.message(CLAIM + "problem[DG1-3.1 = PV1-2] <-> visit.reasonReference[1]")
    bundle = program.go("PID|||||||1980", "PV1||X|||||||||||||||||V", "DG1|1||A")
    assert "reasonReference" not in only(bundle, "Encounter")
    assert "R212" in program.told()
    program.go("PID|||||||1980", "PV1|||||||||||||||||||V", "DG1|1||A")
    assert "R212" not in program.told()


def test_a_look_up_of_a_part(maker: Maker) -> None:
    lines = """PID <-> Patient as patient {
 PID-7.1 <-> birthDate
}
each NK1 <-> RelatedPerson as kin {
 patient <-> patient
 NK1-2[1].1.1 <-> name[1].family
 NK1-16.1 <-> birthDate
}
each GT1 <-> Organization {
 GT1-2[1].1 <-> name
 kin[NK1-2[1].1.1 = GT1-3[1].1.1].birthDate <-> alias[1]
}
"""
    program = maker.message(lines)
    segments = ["PID|||||||1980", "NK1||A||||||||||||||1999", "NK1||B||||||||||||||1998", "GT1||X|B"]
    bundle = program.go(*segments)
    assert only(bundle, "Organization") == {"name": "X", "alias": ["1998"]}
    assert program.back(bundle) == segments


def test_a_look_up_needs_rows(maker: Maker) -> None:
    lines = CLAIM + "visit[PV1-2 = PID-8] -> patient.generalPractitioner[1]\n"
    assert "E302" in maker.codes(HEAD + "mapping m between hl7v2 ADT_A01 and fhir Bundle {\n" + lines + "}")
