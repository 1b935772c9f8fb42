from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.codecs.hl7v2 import NULL, parse, segment_values, serialize
from runtime.errors import EncodeError
from tests.unit.codecs.tables import A04, STRUCTURES, codes, message, values

HEADER: dict[int, Any] = {9: {1: "ADT", 2: "A04"}, 10: "1", 12: "2.5.1"}
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(
    lambda text: text != NULL
)
NUMBERS = st.integers(1, 5)
COMPONENT = st.one_of(TEXT, st.dictionaries(st.integers(2, 4), TEXT, min_size=1, max_size=3))
REPETITION = st.one_of(
    TEXT, st.just(NULL), st.dictionaries(st.integers(2, 6), COMPONENT, min_size=1, max_size=4)
)
FIELD = st.one_of(REPETITION, st.lists(REPETITION, min_size=2, max_size=3))
FIELDS = st.dictionaries(st.integers(1, 30), FIELD, min_size=1, max_size=5)


def written(**slots: Any) -> str:
    return serialize({"MSH": HEADER, **slots}, STRUCTURES, "ADT_A01").decode()


def test_a_parsed_message_is_written_as_it_was():
    read = parse(A04, STRUCTURES)
    assert serialize(values(read.tree), STRUCTURES, read.structure) == A04


def test_segments_come_in_the_order_of_the_structure():
    text = written(
        INSURANCE=[{"IN1": {2: "x"}, "IN2": [{2: "y"}]}],
        PV1={2: "I"},
        **{"ROL.2": [{3: "r"}]},
        PID=[{8: "F"}],
    )
    assert [line[:3] for line in text.split("\r")] == ["MSH", "PID", "PV1", "ROL", "IN1", "IN2", ""]


def test_empties_are_cut_and_absent_values_leave_their_place():
    text = written(
        PID={1: None, 3: {1: "a", 4: {2: "b"}, 9: ""}, 5: [{2: "x"}, None, ""], 9: "", 7: {}},
        PV1={},
        EVN={2: ""},
    )
    assert text.split("\r")[1:] == ["PID|||a^^^&b||^x", ""]


def test_leaves_are_escaped_and_null_is_not():
    text = written(PID={5: {1: "A|B^C", 2: "x\ny"}, 8: NULL, 11: [NULL, {1: NULL}]})
    assert text.split("\r")[1] == 'PID|||||A\\F\\B\\S\\C^x\\.br\\y|||""|||""~""'


@pytest.mark.parametrize(
    ("version", "expected"),
    [("2.3", "ADT^A04"), ("2.3.1", "ADT^A04^ADT_A01"), ("2.5.1", "ADT^A04^ADT_A01"), ("", "ADT^A04^ADT_A01")],
)
def test_the_structure_is_named_where_the_version_has_room(version, expected):
    text = serialize({"MSH": {9: {1: "ADT", 2: "A04"}, 12: version}}, STRUCTURES, "ADT_A01").decode()
    assert text.split("|")[8].rstrip("\r") == expected


def test_the_declared_character_set_is_used():
    data = serialize({"MSH": {**HEADER, 18: "8859/1"}, "PID": {5: "MÜLLER"}}, STRUCTURES, "ADT_A01")
    assert "MÜLLER".encode("latin-1") in data
    assert parse(data, STRUCTURES).segments[1][5] == "MÜLLER"


@pytest.mark.parametrize("declared", ["", "8859/1", "KLINGON"])
def test_utf_8_is_declared_where_it_is_needed(declared):
    data = serialize({"MSH": {**HEADER, 18: declared}, "PID": {5: "張"}}, STRUCTURES, "ADT_A01")
    read = parse(data, STRUCTURES)
    assert (read.segments[0][18], read.segments[1][5]) == ("UNICODE UTF-8", "張")
    assert "R104" not in dict(codes(read))


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        ({"PIX": {1: "x"}}, ("R130", "PIX")),
        ({"INSURANCE": [{"PID": {1: "x"}}]}, ("R130", "INSURANCE.PID")),
        ({"PID": {3: 5}}, ("R131", "PID-3")),
        ({"PID": {3: {1: {1: {1: "x"}}}}}, ("R131", "PID-3")),
        ({"PID": {3: {1: ["x"]}}}, ("R131", "PID-3")),
        ({"PID": {3: "\ud800"}}, ("R131", "")),
        ({"MSH": []}, ("R131", "MSH")),
    ],
)
def test_what_cannot_be_written(slots, expected):
    with pytest.raises(EncodeError) as caught:
        written(**slots) if "MSH" not in slots else serialize(slots, STRUCTURES, "ADT_A01")
    assert (caught.value.finding.code, caught.value.finding.where) == expected


def test_an_unknown_structure_cannot_be_written():
    with pytest.raises(EncodeError) as caught:
        serialize({"MSH": HEADER}, STRUCTURES, "ADT_Z99")
    assert caught.value.finding.code == "R110"


@settings(deadline=None)
@given(
    st.fixed_dictionaries({"PID": FIELDS, "PV1": FIELDS, "IN1": FIELDS, "ROL": st.lists(FIELDS, max_size=2)})
)
def test_parsing_gives_the_written_tree_back(fields):
    header = {9: {1: "ADT", 2: "A04", 3: "ADT_A01"}, 10: "1", 12: "2.5.1", 18: "UNICODE UTF-8"}
    tree = {
        "MSH": [header],
        "EVN": [{1: "A04"}],
        "PID": [fields["PID"]],
        "PV1": [fields["PV1"]],
        "ROL.2": fields["ROL"],
        "INSURANCE": [{"IN1": [fields["IN1"]]}],
    }
    tree = {slot: occurrences for slot, occurrences in tree.items() if occurrences}
    read = parse(serialize(tree, STRUCTURES, "ADT_A01"), STRUCTURES)
    assert values(read.tree) == tree
    assert read.findings == []


def test_values_of_a_segment():
    segment = parse(message("PID|1||1^^^A&B~2||&x|\\T\\|"), STRUCTURES).segments[1]
    assert segment_values(segment) == {
        1: "1",
        3: [{1: "1", 4: {1: "A", 2: "B"}}, "2"],
        5: {1: {2: "x"}},
        6: "&",
    }
