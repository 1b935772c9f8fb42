from __future__ import annotations

from runtime.codecs.hl7v2 import (
    leaves,
    numbered_leaves,
    parse,
    position_of,
    segment_position,
    segment_positions,
)
from tests.unit.codecs.tables import STRUCTURES, message


def test_positions():
    read = parse(message("PID|1||7^^^A&B~8||DOE^\\T\\|&x", 'OBX|1|""', "OBX|2||3^4", "bad line"), STRUCTURES)
    found = [(where, text) for where, index, text in leaves(read) if index > 0]
    assert found == [
        ("PID-1", "1"),
        ("PID-3[1].1", "7"),
        ("PID-3[1].4.1", "A"),
        ("PID-3[1].4.2", "B"),
        ("PID-3[2]", "8"),
        ("PID-5.1", "DOE"),
        ("PID-5.2", "\\T\\"),
        ("PID-6.1.2", "x"),
        ("OBX[1]-1", "1"),
        ("OBX[1]-2", '""'),
        ("OBX[2]-1", "2"),
        ("OBX[2]-3.1", "3"),
        ("OBX[2]-3.2", "4"),
    ]
    assert [where for where, index, _ in leaves(read) if index == 0][:2] == ["MSH-3", "MSH-4"]
    assert [segment_position(read.segments, index) for index in range(5)] == [
        "MSH",
        "PID",
        "OBX[1]",
        "OBX[2]",
        "segment 5",
    ]


def test_positions_of_all_segments():
    segments = parse(message("OBX|1", "PID|1", "OBX|2", "no segment"), STRUCTURES).segments
    one_by_one = [segment_position(segments, index) for index in range(len(segments))]
    assert segment_positions(segments) == one_by_one == ["MSH", "OBX[1]", "PID", "OBX[2]", "segment 5"]


def test_numbers_and_positions_agree():
    read = parse(message("PID|1||7^^^A&B~8", "OBX|1", "OBX|2||3^4"), STRUCTURES)
    assert [position_of(read, leaf) for leaf in numbered_leaves(read)] == [
        where for where, _, _ in leaves(read)
    ]
    assert tuple(next(leaf for leaf in numbered_leaves(read) if leaf.subcomponent == 2)) == (
        1,
        3,
        1,
        4,
        2,
        "B",
    )
