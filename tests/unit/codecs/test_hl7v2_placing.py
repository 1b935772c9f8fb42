from __future__ import annotations

from runtime.codecs.hl7v2 import parse
from tests.unit.codecs.tables import STRUCTURES, codes, message, names


def placed(text: str, kind: str = "ADT^A04^ADT_A01"):
    read = parse(message(*(f"{name}|1" for name in text.split()), kind=kind), STRUCTURES)
    return names(read.tree), codes(read)


def test_groups_of_an_admission():
    tree, told = placed("EVN PID PD1 NK1 NK1 PV1 PV2 OBX AL1 DG1 DG1 PR1 PR1 GT1 IN1 IN2 IN1 ACC")
    assert tree["PROCEDURE"] == [{"PR1": ["PR1"]}, {"PR1": ["PR1"]}]
    assert tree["INSURANCE"] == [{"IN1": ["IN1"], "IN2": ["IN2"]}, {"IN1": ["IN1"]}]
    assert tree["ACC"] == ["ACC"]
    assert told == []


def test_one_name_in_several_slots_goes_by_order():
    tree, told = placed("EVN PID ROL ROL PV1 ROL PR1 ROL GT1 IN1 ROL")
    assert (tree["ROL"], tree["ROL.2"]) == (["ROL", "ROL"], ["ROL"])
    assert tree["PROCEDURE"] == [{"PR1": ["PR1"], "ROL": ["ROL"]}]
    assert tree["INSURANCE"] == [{"IN1": ["IN1"], "ROL": ["ROL"]}]
    assert told == []


def test_results_and_notes_belong_to_the_nearest_group():
    tree, told = placed("PID NTE PV1 OBR NTE OBX NTE OBX OBR OBX SPM OBX PID OBR", kind="ORU^R01")
    first, second = tree["PATIENT_RESULT"]
    assert first["PATIENT"] == [{"PID": ["PID"], "NTE": ["NTE"], "VISIT": [{"PV1": ["PV1"]}]}]
    assert first["ORDER_OBSERVATION"] == [
        {"OBR": ["OBR"], "NTE": ["NTE"], "OBSERVATION": [{"OBX": ["OBX"], "NTE": ["NTE"]}, {"OBX": ["OBX"]}]},
        {"OBR": ["OBR"], "OBSERVATION": [{"OBX": ["OBX"]}], "SPECIMEN": [{"SPM": ["SPM"], "OBX": ["OBX"]}]},
    ]
    assert second == {"PATIENT": [{"PID": ["PID"]}], "ORDER_OBSERVATION": [{"OBR": ["OBR"]}]}
    assert told == []


def test_a_late_segment_goes_back_to_its_slot_and_open_groups_stay_open():
    tree, told = placed("EVN PID PV1 IN1 GT1 IN2 DG1 IN1")
    assert tree["GT1"] == ["GT1"]
    assert tree["DG1"] == ["DG1"]
    assert tree["INSURANCE"] == [{"IN1": ["IN1"], "IN2": ["IN2"]}, {"IN1": ["IN1"]}]
    assert told == [("R106", "GT1"), ("R106", "DG1")]


def test_a_late_group_opens_and_takes_its_members():
    tree, told = placed("EVN PID PV1 PR1 IN1 PR1 ROL IN1")
    assert tree["PROCEDURE"] == [{"PR1": ["PR1"]}, {"PR1": ["PR1"], "ROL": ["ROL"]}]
    assert len(tree["INSURANCE"]) == 2
    assert told == [("R106", "PR1[2]")]


def test_a_late_visit_joins_the_patient():
    tree, told = placed("PID OBR OBX PV1 PV2 OBX", kind="ORU^R01")
    assert len(tree["PATIENT_RESULT"]) == 1
    assert tree["PATIENT_RESULT"][0]["PATIENT"] == [
        {"PID": ["PID"], "VISIT": [{"PV1": ["PV1"], "PV2": ["PV2"]}]}
    ]
    assert told[0] == ("R106", "PV1")


def test_a_required_segment_that_is_missing():
    tree, told = placed("PID IN2")
    assert tree["INSURANCE"] == [{"IN2": ["IN2"]}]
    assert told == [("R112", "EVN"), ("R112", "PV1"), ("R112", "INSURANCE.IN1")]


def test_an_end_that_is_too_early():
    assert placed("EVN PID")[1] == [("R112", "PV1")]
    assert placed("PID", kind="ORU^R01")[1] == [("R112", "PATIENT_RESULT.ORDER_OBSERVATION")]


def test_a_new_group_without_its_first_segment():
    tree, told = placed("PID ORC RXA RXR RXA RXR OBX", kind="VXU^V04")
    assert tree["ORDER"] == [
        {"ORC": ["ORC"], "RXA": ["RXA"], "RXR": ["RXR"]},
        {"RXA": ["RXA"], "RXR": ["RXR"], "OBSERVATION": [{"OBX": ["OBX"]}]},
    ]
    assert told == [("R112", "ORDER[2].ORC")]


def test_a_single_slot_that_occurs_twice_keeps_both():
    tree, told = placed("EVN PID PV1 PV1 PID AL1")
    assert (tree["PV1"], tree["PID"], tree["AL1"]) == (["PV1", "PV1"], ["PID", "PID"], ["AL1"])
    assert told == [("R107", "PV1[2]"), ("R107", "PID[2]")]


def test_segments_without_a_slot_are_kept_and_told():
    read = parse(message("EVN|1", "PID|1", "ZPI|1", "ARV|1", "SMITH JANE", "PV1|1"), STRUCTURES)
    assert [segment[0] for segment in read.unplaced] == ["ZPI", "ARV", "SMITH JANE"]
    assert codes(read) == [("R105", "ZPI"), ("R105", "ARV"), ("R113", "segment 6")]
    assert [finding.level for finding in read.findings] == ["info", "warning", "warning"]
    assert not any("SMITH" in finding.message + finding.where for finding in read.findings)
    assert read.tree["PV1"] == [["PV1", "1"]]


def test_hostile_names_do_not_fill_the_cache():
    for number in range(100):
        parse(message("EVN|1", "PID|1", "PV1|1", f"Z{number:02}|1"), STRUCTURES)
    from runtime.codecs.hl7v2.structure import automaton_of

    automaton = automaton_of(STRUCTURES, "ADT_A01")
    assert not any(name.startswith("Z") for name in automaton.start)
