"""HL7 v2: spot checks against the standard, the merge of versions, Z-segments, and the codec's tables."""

import json

import pytest

from mapper.schema import load
from mapper.schema.hl7v2 import Hl7v2Schema, SegmentField, structures

ADT_VERSIONS = ["2.5.1", "2.5", "2.4", "2.3.1", "2.3"]


@pytest.fixture(scope="module")
def schema() -> Hl7v2Schema:
    found = load("hl7v2", ADT_VERSIONS)
    assert isinstance(found, Hl7v2Schema)
    return found


def loaded(format, versions, profile=None):
    return load(format, versions, profile)


@pytest.mark.parametrize(
    ("owner", "step", "type_name", "minimum", "maximum", "text"),
    [
        ("PID", "3", "CX", 1, None, "Patient Identifier List"),
        ("PID", "5", "XPN", 1, None, "Patient Name"),
        ("PID", "7", "TS", 0, 1, "Date/Time of Birth"),
        ("PID", "8", "IS", 0, 1, "Administrative Sex"),
        ("PV1", "2", "IS", 1, 1, "Patient Class"),
        ("IN1", "36", "ST", 0, 1, "Policy Number"),
        ("OBX", "5", "varies", 0, None, "Observation Value"),
        ("CX", "4", "HD", 0, 1, "Assigning Authority"),
        ("TS", "1", "DTM", 0, 1, "Time"),
        ("XPN", "1", "FN", 0, 1, "Family Name"),
    ],
)
def test_fields_and_components(schema, owner, step, type_name, minimum, maximum, text):
    element = schema.element(owner, step)
    assert (element.types, element.minimum, element.maximum) == ((type_name,), minimum, maximum)
    assert element.text == text


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ADT_A01", "message"),
        ("ADT_A01.INSURANCE", "group"),
        ("ORU_R01.ORDER_OBSERVATION", "group"),
        ("PID", "segment"),
        ("CX", "composite"),
        ("ST", "primitive"),
        ("varies", "primitive"),
    ],
)
def test_kinds(schema, name, kind):
    assert schema.type(name).kind == kind


def test_unknown_names_are_none(schema):
    assert schema.type("QQQ") is None
    assert schema.element("PID", "99") is None
    assert schema.element("QQQ", "1") is None
    assert list(schema.elements("ST")) == []


def test_a_segment_that_stands_twice_is_told_by_what_it_follows(schema):
    assert schema.element("ADT_A01", "ROL").slot == "ROL"
    assert schema.element("ADT_A01", "ROL", after="PID").slot == "ROL"
    assert schema.element("ADT_A01", "ROL", after="PV1").slot == "ROL.2"
    assert schema.element("ADT_A01", "ROL.2").after == "PV2"
    assert schema.element("ADT_A01", "ROL", after="ACC") is None
    assert schema.element("ADT_A01", "ROL", after="ZZZ") is None


def test_groups_nest_and_carry_their_newest_name(schema):
    assert schema.element("ORU_R01", "PATIENT_RESULT").types == ("ORU_R01.PATIENT_RESULT",)
    assert schema.element("ORU_R01.PATIENT_RESULT", "PATIENT").types == ("ORU_R01.PATIENT",)
    assert schema.element("ORU_R01.PATIENT", "PID").minimum == 1
    assert schema.element("ORU_R01", "PATIENT_RESULT").versions == tuple(ADT_VERSIONS)
    assert schema.element("ORU_R01", "RESPONSE") is None
    assert schema.type("ORU_R01.RESPONSE") is None
    assert "ORU_R01.RESPONSE" not in schema.type_names()


def test_versions_tell_what_an_older_version_lacks(schema):
    assert schema.element("PID", "39").versions == ("2.5.1", "2.5")
    assert schema.element("ADT_A01", "SFT").versions == ("2.5.1", "2.5")
    assert schema.element("ADT_A01", "PID").versions == tuple(ADT_VERSIONS)
    assert schema.element("IN1", "36").versions == tuple(ADT_VERSIONS)
    assert schema.element("XPN", "14").versions == ("2.5.1", "2.5")


def test_a_structure_missing_in_a_version_borrows_that_versions_segments(schema):
    assert schema.type_versions("ADT_A05") == ("2.5.1", "2.5", "2.4")
    assert "2.3" in schema.element("ADT_A05", "PID").versions
    assert "2.3" not in schema.element("ADT_A05", "SFT").versions


def test_the_first_version_decides():
    newer = loaded("hl7v2", ["2.8.2", "2.5.1"])
    assert newer.element("PID", "7").types == ("DTM",)
    assert newer.element("PID", "10").types == ("CWE",)
    assert loaded("hl7v2", ["2.5.1", "2.8.2"]).element("PID", "10").types == ("CE",)


def test_withdrawn_fields_keep_an_older_definition():
    newer = loaded("hl7v2", ["2.8.2", "2.5.1"])
    assert newer.element("PID", "2").types == ("CX",)
    assert newer.element("PID", "2").versions == ("2.5.1",)
    assert loaded("hl7v2", ["2.8.2"]).element("PID", "2").versions == ()


def test_preadopted_fields_are_found_in_later_versions(schema):
    assert schema.element("PID", "40") is None
    assert schema.preadopted("PID", "40").types == ("XTN",)
    assert schema.preadopted("PID", "5") is None
    assert schema.preadopted("PID", "140") is None


def test_bindings(schema):
    sex = schema.element("PID", "8").binding
    assert (sex.strength, sex.value_set) == ("example", "HL70001")
    assert sex.codes["HL70001"] == {"F", "M", "O", "U", "A", "N"}
    use = schema.element("XPN", "7").binding
    assert use.strength == "required"
    assert {"L", "M", "N"} <= use.codes["HL70200"]
    assert schema.element("CX", "5").binding.strength == "extensible"
    assert schema.element("PID", "10").binding.strength == "extensible"
    assert schema.element("MSH", "3").binding.strength == "example"
    assert schema.element("PID", "5").binding is None
    assert schema.meaning("HL70001", "F") == "Female"


def test_lengths(schema):
    assert schema.element("PID", "19").length == 16
    assert schema.element("PID", "30").length == 1


@pytest.mark.parametrize(
    "version", ["2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.7.1", "2.8", "2.8.1", "2.8.2"]
)
def test_every_version_is_whole(version):
    """Each child of each structure, segment and datatype has a type of its own, and groups never recur."""
    schema = loaded("hl7v2", [version])
    for name in schema.type_names():
        for element in schema.elements(name):
            assert schema.type(element.types[0]) is not None, (name, element)
    assert schema.element("PID", "5").types == ("XPN",)
    assert structures(schema, ["ADT_A01"])["version"] == version


@pytest.mark.parametrize("version", ["2.3", "2.5.1", "2.8.2"])
def test_fields_are_those_of_hl7apy(version):
    hl7apy = pytest.importorskip("hl7apy")
    segments = hl7apy.load_library(version).SEGMENTS
    schema = loaded("hl7v2", [version])
    for name in ("MSH", "PID", "PV1", "IN1", "OBX"):
        ours = [(e.name, e.minimum, e.maximum or -1) for e in schema.elements(name) if e.versions]
        fields = [(field.rsplit("_", 1)[1], *count) for field, _, count, _ in segments[name][1] if count[1]]
        assert ours == fields


def test_z_segments(schema):
    fields = [SegmentField(1, "kind", "CWE"), SegmentField(3, "notes", "ST", repeats=True, text="Notes")]
    extended = schema.with_segment(["ADT_A01", "ADT_A03"], "ZPV", "PV2", False, "Visit extras", fields)
    assert extended.type("ZPV").kind == "segment"
    assert extended.element("ZPV", "3").repeats
    assert extended.element("ZPV", "kind").name == "1"
    assert extended.element("ADT_A01", "ZPV").after == "PV2"
    assert extended.element("ADT_A03", "ZPV") is not None
    assert extended.element("ADT_A02", "ZPV") is None
    assert schema.element("ADT_A01", "ZPV") is None
    assert [child.name for child in extended.elements("ADT_A01")][8:11] == ["PV2", "ZPV", "ROL"]


def test_a_z_segment_behind_a_group_member_joins_the_group(schema):
    assert schema.holder("ADT_A01", "IN2") == "ADT_A01.INSURANCE"
    extended = schema.with_segment(["ADT_A01"], "ZIN", "IN2", True, "Insurance extras", [])
    second = extended.with_segment(["ADT_A01"], "ZIX", "ZIN", False, "More", [])
    nodes = structures(second, ["ADT_A01"])["messages"]["ADT_A01"]
    group = next(node for node in nodes if node[0] == "INSURANCE")
    assert [child[0] for child in group[4]] == ["IN1", "IN2", "ZIN", "ZIX", "IN3", "ROL"]
    assert group[4][2] == ["ZIN", "ZIN", 1, 1, None]
    assert schema.holder("ADT_A01", "ZZZ") is None


def test_structures_are_plain_data(schema):
    tables = structures(schema, ["ADT_A01", "ADT_A05", "NO_SUCH"])
    assert json.loads(json.dumps(tables)) == tables
    assert sorted(tables["messages"]) == ["ADT_A01", "ADT_A05"]
    nodes = tables["messages"]["ADT_A01"]
    assert nodes[0] == ["MSH", "MSH", 1, 1, None]
    assert ["ROL.2", "ROL", 0, None, None] in nodes
    procedure = next(node for node in nodes if node[0] == "PROCEDURE")
    assert procedure[4][0] == ["PR1", "PR1", 1, 1, None]


@pytest.mark.parametrize(
    ("event", "structure"),
    [
        ("ADT^A01", "ADT_A01"),
        ("ADT^A03", "ADT_A03"),
        ("ADT^A04", "ADT_A01"),
        ("ADT^A08", "ADT_A01"),
        ("ADT^A28", "ADT_A05"),
        ("ADT^A31", "ADT_A05"),
        ("ADT^A40", "ADT_A39"),
        ("ORU^R01", "ORU_R01"),
        ("SIU^S12", "SIU_S12"),
        ("MDM^T02", "MDM_T02"),
        ("VXU^V04", "VXU_V04"),
        ("DFT^P03", "DFT_P03"),
    ],
)
def test_events(schema, event, structure):
    assert structures(schema, [])["events"][event] == structure
