from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.codecs.hl7v2 import NULL, parse, unescape
from runtime.codecs.limits import DEFAULT_LIMITS, Limits
from runtime.errors import DecodeError
from tests.unit.codecs.tables import A04, STRUCTURES, check_position, codes, message, names


def refused(data: bytes, limits: Limits = DEFAULT_LIMITS) -> tuple[str, str]:
    with pytest.raises(DecodeError) as caught:
        parse(data, STRUCTURES, limits)
    return caught.value.finding.code, caught.value.finding.where


def test_reads_a_message():
    read = parse(A04, STRUCTURES)
    assert (read.message_type, read.trigger, read.structure) == ("ADT", "A04", "ADT_A01")
    assert (read.version, read.control_id, read.clean) == ("2.5.1", "MSG1", True)
    assert read.segments[0][:4] == ["MSH", "|", "^~\\&", "ECW"]
    assert read.tree["PID"][0][8] == "F"
    assert read.tree["INSURANCE"][0]["IN1"][0] is read.segments[4]
    assert read.findings == []


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r\r\n", b"\r\n\r\n"])
def test_line_ends_and_blank_lines(end):
    assert parse(A04.replace(b"\r", end), STRUCTURES).segments == parse(A04, STRUCTURES).segments


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"\x0b", b"\x1c\r"),
        (b"\x0b", b"\x1c"),
        (b"\xef\xbb\xbf", b""),
        (b"\r\n  \n", b"\n\n"),
        (b"", b"\x00"),
    ],
)
def test_frames_and_marks_are_stripped(before, after):
    read = parse(before + A04 + after, STRUCTURES)
    assert read.segments == parse(A04, STRUCTURES).segments
    assert read.findings == []


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_character_sets(codec):
    text = A04.decode().replace("DOE", "DÖE|")
    assert parse(text.encode(codec), STRUCTURES).segments == parse(text.encode(), STRUCTURES).segments


def test_last_segment_needs_no_end():
    assert parse(A04[:-1], STRUCTURES).segments == parse(A04, STRUCTURES).segments


def test_a_message_that_was_cut_is_told():
    cut = parse(A04[: A04.index(b"JANE")], STRUCTURES)
    assert codes(cut) == [("R112", "PV1"), ("R109", "PID-5")]
    assert [finding.level for finding in cut.findings] == ["warning", "error"]
    whole = A04[: A04.index(b"PV1")]
    assert codes(parse(whole, STRUCTURES)) == [("R112", "PV1")]
    assert codes(parse(b"\x0b" + whole[:-1] + b"\x1c\r", STRUCTURES)) == [("R112", "PV1")]


def test_other_delimiters_are_rewritten_exactly():
    own = (
        "MSH*:+!;*A*B*C*D*2024**ADT:A04*1*P*2.5.1\r"
        "PID*1**7:::X;Y;Z+8**a|b^c~d&e\\f*x!F!y!S!z!R!!T!!E!*!.br!!X41!!H!\r"
    )
    pid = parse(own.encode(), STRUCTURES).segments[1]
    assert pid[3] == "7^^^X&Y&Z~8"
    assert unescape(pid[5]) == "a|b^c~d&e\\f"
    assert pid[6] == "x*y:z+;!"
    assert pid[7] == "\\.br\\A\\H\\"


def test_truncation_character():
    read = parse(
        A04.replace(b"^~\\&|", b"^~\\&#|", 1).replace(b"JANE", b"JA#").replace(b"PAYER\r", b"a\\P\\b\r"),
        STRUCTURES,
    )
    assert read.segments[0][2] == "^~\\&"
    assert read.segments[4][4] == "a#b"
    assert codes(read) == [("R111", "line 3")]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", ("R101", "line 1")),
        (b" \r\n", ("R101", "line 1")),
        (b"PID|1\r", ("R101", "line 1")),
        (b"BHS|^~\\&|A\rMSH|^~\\&|A\r", ("R101", "line 1")),
        (b"\x89PNG\r\n\x1a\n\x00\xff\xfe", ("R101", "line 1")),
        (b'{"resourceType": "Patient"}', ("R101", "line 1")),
        (b"MSH", ("R109", "MSH-2")),
        (b"MSH|", ("R109", "MSH-2")),
        (b"MSH|^~\\&", ("R109", "MSH-2")),
        (b"MSH|^~\\&|A|B", ("R109", "MSH-4")),
        (b"MSH|^~\\|A|B|C|D|E||ADT^A04\r", ("R102", "MSH-2")),
        (b"MSH||A|B|C|D|E||ADT^A04\r", ("R102", "MSH-2")),
        (b"MSH|^~\\\\&|A|B|C|D|E||ADT^A04\r", ("R102", "MSH-2")),
        (b"MSH|^~\\&$%|A|B|C|D|E||ADT^A04\r", ("R102", "MSH-2")),
        (b"MSH|^A\\&|A|B|C|D|E||ADT^A04\r", ("R102", "MSH-2")),
        (b"MSH|^|\\&|A|B|C|D|E||ADT^A04\r", ("R102", "MSH-2")),
        (b"MSHX^~\\&XA\r", ("R102", "MSH-1")),
        (b"MSH ^~\\& A\r", ("R102", "MSH-1")),
        (A04 + b"PV", ("R109", "line 6")),
        (A04 + A04, ("R114", "segment 6")),
    ],
)
def test_refuses(data, expected):
    assert refused(data) == expected


def test_errors_hold_no_values():
    with pytest.raises(DecodeError) as caught:
        parse(b"SMITH^JANE|1980", STRUCTURES)
    assert "SMITH" not in str(caught.value)


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (Limits(message=200), ("R103", "byte 200")),
        (Limits(segments=4), ("R103", "segment 5")),
        (Limits(fields=12), ("R103", "line 3")),
        (Limits(field=30), ("R103", "line 3, PID-3")),
        (Limits(repetitions=1), ("R103", "line 3, PID-3")),
        (Limits(components=5), ("R103", "line 3, PID-3")),
    ],
)
def test_limits(limits, expected):
    assert refused(A04, limits) == expected


def test_limits_allow_exactly_that_much():
    exact = Limits(message=len(A04), segments=5, fields=13, repetitions=2, components=7, field=46)
    assert parse(A04, STRUCTURES, exact).findings == []


def test_a_50_megabyte_field_is_refused():
    data = A04.replace(b"DOE", b"x" * 50_000_000)
    assert refused(data) == ("R103", f"byte {Limits().message}")
    assert refused(data, Limits(message=100_000_000)) == ("R103", "line 3, PID-5")


def test_a_flood_of_findings_is_cut():
    read = parse(A04 + b"ZZZ|1\r" * 50, STRUCTURES, Limits(findings=10))
    assert [code for code, _ in codes(read)] == ["R105"] * 10 + ["R103"]
    assert len(read.unplaced) == 50


def test_many_odd_segments_cost_linear_time():
    odd = b"OBX|1\r" * 20_000 + b"PV1|1\r" * 5_000
    started = time.process_time()
    read = parse(A04 + odd, STRUCTURES)
    assert time.process_time() - started < 3
    assert len(read.findings) == Limits().findings + 1


def test_explicit_null_and_escapes_make_a_message_unclean():
    assert not parse(A04.replace(b"JANE", b'""'), STRUCTURES).clean
    assert not parse(A04.replace(b"JANE", b"a\\T\\b"), STRUCTURES).clean
    assert parse(A04.replace(b"JANE", b'""'), STRUCTURES).segments[2][5].split("^")[1] == NULL


def test_newer_version_is_told_and_older_is_not():
    assert codes(parse(A04.replace(b"2.5.1", b"2.8"), STRUCTURES)) == [("R108", "MSH-12")]
    assert codes(parse(A04.replace(b"2.5.1", b"2.3"), STRUCTURES)) == []
    assert codes(parse(A04.replace(b"2.5.1", b"two"), STRUCTURES)) == []
    assert parse(A04.replace(b"2.5.1", b"2.5.1^USA"), STRUCTURES).version == "2.5.1"


def test_structure_comes_from_the_event_first():
    assert parse(message("PID|1", kind="ADT^A04^ACK"), STRUCTURES).structure == "ADT_A01"
    assert parse(message("PID|1", kind="ADT^A99^ADT_A01"), STRUCTURES).structure == "ADT_A01"
    assert parse(message("MSA|AA|1", kind="ACK"), STRUCTURES).structure == "ACK"


def test_unknown_structure_keeps_the_segments():
    read = parse(message("PID|1", kind="QRY^Q99"), STRUCTURES)
    assert (read.structure, names(read.tree)) == ("", {"MSH": ["MSH"]})
    assert [segment[0] for segment in read.unplaced] == ["PID"]
    assert codes(read) == [("R110", "MSH-9")]
    assert codes(parse(b"MSH|^~\\&|A\rPID|1\r", STRUCTURES)) == [("R110", "MSH-9")]


def test_an_event_of_a_structure_that_the_set_lacks_is_unknown():
    partial: Any = {**STRUCTURES, "messages": {}}
    assert codes(parse(A04, partial)) == [("R110", "MSH-9")]


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_a_message_or_a_decode_error(data):
    try:
        parse(data, STRUCTURES)
    except DecodeError as error:
        check_position(error)


@settings(deadline=None)
@given(st.data())
def test_a_mutated_message_gives_a_message_or_a_decode_error(data):
    start = data.draw(st.integers(0, len(A04)))
    end = data.draw(st.integers(start, len(A04)))
    piece = data.draw(
        st.one_of(
            st.binary(max_size=20), st.sampled_from([b"\r", b"|", b"\\X", b"\\XFF\\", b"^~\\&", b"MSH|"])
        )
    )
    mutated = A04[:start] + piece + A04[end:]
    try:
        read = parse(mutated, STRUCTURES)
    except DecodeError as error:
        check_position(error)
    else:
        placed = sum(1 for _ in _segments(read.tree))
        assert placed + len(read.unplaced) == len(read.segments)


def _segments(group):
    for occurrences in group.values():
        for one in occurrences:
            if isinstance(one, dict):
                yield from _segments(one)
            else:
                yield one
