"""Reading X12: every byte is kept, segments stand in their loops, nothing but DecodeError is ever raised."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapper.schema.x12_data import set_tables
from runtime.codecs.x12 import Event, Slice, TransactionEnd, TransactionStart, emit, read
from runtime.errors import DecodeError

DATA = Path(os.environ.get("MAPPER_DATA", "../shared/data")) / "samples" / "x12"
SAMPLES = sorted(path for path in DATA.glob("*/*") if path.is_file())
SUPPORTED = [
    path
    for path in SAMPLES
    if path.parent.name.split("_")[1][:9] in {"005010X22", "005010X27"} or "835" in path.parent.name
]

ISA = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260101*1200*^*00501*000000001*0*P*:~"
CLAIM = (
    "ST*837*0001*005010X222A1~BHT*0019*00*1*20260101*1200*CH~NM1*41*2*A*****46*1~PER*IC*B*TE*5555555555~"
    "NM1*40*2*C*****46*2~HL*1**20*1~NM1*85*2*D*****XX*1234567893~N3*1 ST~N4*X*NY*10001~REF*EI*123456789~"
    "HL*2*1*22*0~SBR*P*18*******CI~NM1*IL*1*E*F****MI*1~N3*2 ST~N4*X*NY*10001~DMG*D8*19800101*F~"
    "NM1*PR*2*G*****PI*3~CLM*1*10***11:B:1*Y*A*Y*Y~HI*ABK:J10~LX*1~SV1*HC:99213*10*UN*1***1~DTP*472*D8*20260101~"
    "CLM*2*20***11:B:1*Y*A*Y*Y~HI*ABK:J10~LX*1~SV1*HC:99213*20*UN*1***1~DTP*472*D8*20260101~SE*28*0001~"
)
ONE = ISA + "GS*HC*A*B*20260101*1200*1*X*005010X222A1~" + CLAIM + "GE*1*1~IEA*1*000000001~"


def events(data: bytes | str) -> list[Event]:
    return list(read(data.encode() if isinstance(data, str) else data, set_tables()))


def slices(data: bytes | str) -> list[Slice]:
    return [event for event in events(data) if isinstance(event, Slice)]


def codes(data: bytes | str) -> list[str]:
    return [finding.code for event in events(data) for finding in event.findings]


@pytest.mark.skipif(not SAMPLES, reason="the sample files are not there (MAPPER_DATA)")
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_samples_are_written_again_as_they_were(path: Path) -> None:
    data = path.read_bytes()
    assert b"".join(emit(events(data))) == data


def test_a_slice_is_the_transaction_with_one_claim() -> None:
    first, second = slices(ONE)
    assert [first.tree["2000A"][0]["2000B"][0]["2300"][0]["CLM"][0][1] for first in (first, second)] == [
        "1",
        "2",
    ]
    assert first.tree["1000A"][0]["NM1"][0][9] == "1"
    assert first.tree["2000A"][0]["2000B"][0]["2010BA"] is second.tree["2000A"][0]["2000B"][0]["2010BA"]
    assert first.tree["2000A"][0]["2000B"][0]["2300"][0]["2400"][0]["SV1"][0][1] == "HC\x1f99213"
    assert codes(ONE) == []


def test_steps_count_segments_and_close_what_they_open() -> None:
    told = [event for event in events(ONE) if isinstance(event, Slice | TransactionEnd)]
    steps = [step for event in told for step in event.steps()]
    assert [step.ordinal for step in steps if step.kind in {"SEGMENT", "UNPLACED"}] == list(range(2, 29))
    opened = [step.node for step in steps if step.kind == "OPEN"]
    assert len([step for step in steps if step.kind == "CLOSE"]) == len(opened) + 1  # the set itself
    assert [step.node.slot for step in told[0].steps()][-3:] == ["DTP_472", "2400", "2300"]


def test_offsets_are_those_of_the_stream() -> None:
    for event in events("\ufeff \r\n" + ONE.replace("~", "~\r\n")):
        if isinstance(event, Slice):
            data = ("\ufeff \r\n" + ONE.replace("~", "~\r\n")).encode()
            for offset, segment in zip(event.offsets, event.segments, strict=True):
                assert data[offset:].startswith(f"{segment[0]}*".encode())


def test_unknown_transactions_are_kept_and_others_go_through() -> None:
    text = ONE.replace("GE*1*1~", "ST*999999*0002~ABC*1~SE*3*0002~GE*2*1~")
    found = events(text)
    assert [event.table and event.table["set"] for event in found if isinstance(event, TransactionStart)] == [
        "837P",
        None,
    ]
    assert codes(text) == ["R136"]
    assert b"".join(emit(found)) == text.encode()


@pytest.mark.parametrize(
    "data", [b"", b"   \n", b"hello", b"MSH|^~\\&|", "ISA*00".encode("utf-16"), ISA.encode("cp037")]
)
def test_what_holds_no_interchange_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError) as caught:
        events(data)
    assert caught.value.finding.code == "R132"


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), st.integers(0, len(ONE)), st.integers(0, 60))
def test_damaged_input_is_written_again_as_it_was(noise: bytes, at: int, gone: int) -> None:
    data = ONE[:at].encode() + noise + ONE[at + gone :].encode()
    try:
        found = list(read(data, set_tables()))
    except DecodeError as error:
        assert error.finding.code == "R132"  # noqa: PT017
        return
    assert b"".join(emit(found)) == data
