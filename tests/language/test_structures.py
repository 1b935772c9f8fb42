"""Structures: groups, a segment at two places, Z-segments, versions, named slices."""

from __future__ import annotations

import pytest

from tests.language.harness import HEAD, Maker, bundle_of, only, resources

US_CORE = HEAD.replace('"R4"', '"R4" profile "us-core"')


def test_groups_carry_belonging(maker: Maker) -> None:
    lines = """each PATIENT_RESULT.ORDER_OBSERVATION <-> DiagnosticReport as report {
 "final" -> status
 OBR-4.2 <-> code.text
 each OBSERVATION <-> result(Observation) {
  "final" -> status
  OBX-3.2 <-> code.text
  OBX-1 <- $number
 }
}
"""
    program = maker.message(
        lines.replace("each PATIENT_RESULT.", "PATIENT_RESULT[1] <-> this {\neach ") + "}",
        structure="ORU_R01",
    )
    segments = ["OBR||||^A", "OBX|1||^x", "OBX|2||^y", "OBR||||^B", "OBX|1||^z"]
    bundle = program.go(*segments)
    assert [len(r.get("result", ())) for r in resources(bundle, "DiagnosticReport")] == [2, 1]
    assert program.back(bundle) == segments


def test_a_segment_of_a_group_by_its_path(maker: Maker) -> None:
    program = maker.message(
        "PATIENT_RESULT[1].PATIENT.PID <-> Patient as patient {\n PID-7.1 <-> birthDate\n}",
        structure="ORU_R01",
    )
    assert program.both("PID|||||||1980") == ["PID|||||||1980"]


def test_a_segment_that_stands_at_two_places(maker: Maker) -> None:
    lines = """PID <-> Patient as patient {
 each ROL <-> generalPractitioner(Practitioner) {
  ROL-4[1].1 <-> identifier[1].value
 }
}
PV1 <-> Encounter as visit {
 "unknown" -> status
 "AMB" -> class
 PV1-19.1 <-> identifier[1].value
 each ROL after PV1 <-> participant.individual(Practitioner) {
  ROL-4[1].1 <-> identifier[1].value
 }
}
"""
    program = maker.message(lines)
    segments = ["PID|||||||", "ROL||||7", "PV1|||||||||||||||||||V", "ROL||||8"]
    bundle = program.go(*segments)
    assert len(only(bundle, "Patient")["generalPractitioner"]) == 1
    assert len(only(bundle, "Encounter")["participant"]) == 1
    assert program.back(bundle)[-3:] == segments[1:]


Z_SEGMENT = """extend hl7v2 ADT_A01 {
 segment ZPD after PID optional "Portal details" {
  1 portal_status ID "Y when the patient has an account"
  2 contact_times ST * "Preferred times"
 }
}
"""


def test_z_segments_both_ways(maker: Maker) -> None:
    lines = """PID <-> Patient as patient {
 PID-7.1 <-> birthDate
 ZPD-1 <-> name[1].text
 each ZPD-2 <-> address.text
}
"""
    program = maker.message(lines, before=Z_SEGMENT)
    segments = ["PID|||||||1980", "ZPD|Y|am~pm"]
    bundle = program.go(*segments)
    assert only(bundle, "Patient") == {
        "birthDate": "1980", "name": [{"text": "Y"}], "address": [{"text": "am"}, {"text": "pm"}],
    }  # fmt: skip
    assert program.back(bundle) == segments
    assert "R105" not in program.told()


def test_a_field_that_the_segment_lacks_is_refused(maker: Maker) -> None:
    body = "mapping m between hl7v2 ADT_A01 and fhir Bundle {\n ZPD-3 -> type\n}"
    assert "E301" in maker.codes(HEAD + Z_SEGMENT + body)


@pytest.mark.parametrize("version", ["2.3", "2.4", "2.5.1"])
def test_one_program_reads_all_its_versions(maker: Maker, version: str) -> None:
    program = maker.patient("PID-5[1].1.1 <-> name[1].family\nPID-8 <-> gender\nPID-35.1 -> name[1].text")
    bundle = program.go("PID|||||Doe|||male", version=version)
    assert only(bundle, "Patient") == {"name": [{"family": "Doe"}], "gender": "male"}


def test_a_newer_version_is_read_and_told(maker: Maker) -> None:
    program = maker.patient("PID-7.1 <-> birthDate")
    assert only(program.go("PID|||||||1980", version="2.9"), "Patient") == {"birthDate": "1980"}
    assert "R108" in program.told()


def test_a_named_slice_is_the_selector_that_the_profile_makes(maker: Maker) -> None:
    body = """mapping message between hl7v2 ADT_A01 and fhir Bundle {
 "collection" -> type
 MSH-9.1 <- "ADT"
 MSH-9.2 <- "A01"
 PV1-7[1] <-> Practitioner {
  PV1-7.1 <-> identifier(NPI).value
  PV1-7.9.1 <-> identifier[1].value
  PV1-7.2.1 <-> name[1].family
 }
}
"""
    program = maker.program(US_CORE + body)
    bundle = program.go("PV1|||||||7^Doe^^^^^^^8")
    assert only(bundle, "Practitioner")["identifier"] == [
        {"system": "http://hl7.org/fhir/sid/us-npi", "value": "7"}, {"value": "8"},
    ]  # fmt: skip
    assert program.back(bundle) == ["PV1|||||||7^Doe^^^^^^^8"]
    held = [{"value": "1", "system": "urn:x"}, {"value": "2", "system": "http://hl7.org/fhir/sid/us-npi"}]
    assert program.back(bundle_of({"resourceType": "Practitioner", "identifier": held})) == [
        "PV1|||||||2^^^^^^^^1"
    ]


def test_a_slice_of_codes(maker: Maker) -> None:
    body = """mapping panel between hl7v2 OBX and fhir Observation {
 "final" -> status
 OBX-3.2 <-> code.text
 OBX-7 <-> component(systolic).valueString
 OBX-8[1] <-> component(diastolic).valueString
}
"""
    program = maker.program(US_CORE + body)
    made = program.call("panel", "go", ["OBX", "", "", "^x", "", "", "", "120", "80"])
    assert [c["code"]["coding"][0]["code"] for c in made["component"]] == ["8480-6", "8462-4"]
    assert program.call("panel", "back", made)[8] in ("80", ["80"])


def test_an_unknown_slice_is_refused(maker: Maker) -> None:
    body = "mapping m between hl7v2 XCN and fhir Practitioner {\n XCN.1 <-> identifier(NIP).value\n}"
    assert "E304" in maker.codes(US_CORE + body)
