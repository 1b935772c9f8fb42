"""The HL7 v2 judge passes a right message and catches each kind of mistake."""

from __future__ import annotations

import pytest

from tests.judges import judge_hl7v2

GOOD = (
    b"MSH|^~\\&|A|B|C|D|20260101||ADT^A01^ADT_A01|1|P|2.5.1\r"
    b"EVN|A01|20260101\r"
    b"PID|1||1^^^H^MR||Doe \\T\\ Roe^J||19800101|F\r"
    b"PV1|1|O\r"
    b"AL1|1||x\r"
    b"IN1|1|P^Q|3\r"
)

BAD = {
    "no MSH": (GOOD[4:], "own: header"),
    "no control id": (GOOD.replace(b"|1|P|", b"||P|"), "own: header: MSH-10"),
    "line feeds": (GOOD.replace(b"\r", b"\n"), "own: line"),
    "no last CR": (GOOD[:-1], "own: line"),
    "open escape": (GOOD.replace(b"\\T\\", b"\\T"), "own: escape: PID[line 3]"),
    "unknown escape": (GOOD.replace(b"\\T\\", b"\\Q\\"), "own: escape: PID[line 3]"),
    "empty last fields": (GOOD.replace(b"PV1|1|O", b"PV1|1|O|||"), "own: trailing: PV1[line 4]"),
    "wrong bytes": (GOOD.replace(b"Doe", b"D\xf6e"), "own: charset: MSH-18"),
    "required field": (GOOD.replace(b"1^^^H^MR", b""), "hl7apy: validate: PID.PID_3"),
    "required segment": (GOOD.replace(b"PV1|1|O\r", b""), "hl7apy: validate: ADT_A01.PV1"),
    "repeating too often": (GOOD.replace(b"19800101", b"19800101~19800102"), "hl7apy: validate: PID.PID_7"),
    "not a date": (GOOD.replace(b"19800101", b"June 1980"), "hl7apy: ValueError"),
    "too many components": (GOOD.replace(b"|O\r", b"|O^x^y\r"), "hl7apy"),
    "unknown structure": (GOOD.replace(b"ADT_A01", b"ADT_Q99"), "hl7apy: structure: MSH-9.3"),
    "segment out of place": (GOOD.replace(b"AL1|1||x", b"OBR|1||x"), "hl7apy"),
}


@pytest.mark.parametrize("version", [b"2.3.1", b"2.4", b"2.5", b"2.5.1"])
def test_a_good_message_passes(version: bytes) -> None:
    assert judge_hl7v2(GOOD.replace(b"2.5.1", version)) == []


@pytest.mark.parametrize(("data", "expected"), BAD.values(), ids=BAD.keys())
def test_a_bad_message_is_caught(data: bytes, expected: str) -> None:
    told = judge_hl7v2(data)
    assert any(line.startswith(expected) for line in told), told


def test_no_values_are_told() -> None:
    told = judge_hl7v2(
        GOOD.replace(b"19800101", b"SECRETDATE").replace(
            b"|F\r", b"|F|SECRET^NAME^|||||||||||||||||||||||||||||||||||SECRET\r"
        )
    )
    assert not any("SECRET" in line for line in told), told
