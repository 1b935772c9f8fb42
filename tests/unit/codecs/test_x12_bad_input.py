"""Each kind of broken X12 input gives a typed finding with its place, and what is good in it goes through."""

from __future__ import annotations

import time
import tracemalloc
from io import BytesIO
from typing import BinaryIO, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapper.schema.x12_data import set_tables
from runtime.codecs.limits import Limits
from runtime.codecs.x12 import (
    Event,
    Fault,
    InterchangeEnd,
    InterchangeStart,
    Loose,
    Slice,
    Stray,
    TransactionEnd,
    TransactionStart,
    emit,
    framing,
    held,
    read,
    verified,
)
from runtime.codecs.x12.framing import Batch, Framer
from runtime.errors import DecodeError
from tests.unit.codecs.test_x12_read import CLAIM, ISA, ONE
from tests.unit.codecs.test_x12_read import SAMPLES as ALL_SAMPLES

GS = "GS*HC*A*B*20260101*1200*1*X*005010X222A1~"
END = "GE*1*1~IEA*1*000000001~"
SECOND = CLAIM.replace("*0001", "*0002").replace("CLM*1*", "CLM*3*").replace("CLM*2*", "CLM*4*")


def events(text: str | bytes, limits: Limits | None = None) -> list[Event]:
    data = text.encode() if isinstance(text, str) else text
    found = list(read(data, set_tables(), limits or Limits()))
    assert b"".join(emit(found)) == data
    return found


def faults(text: str | bytes) -> list[Fault]:
    return [fault for event in events(text) for fault in event.faults]


def told(text: str | bytes) -> list[tuple[str, str, str]]:
    return [(fault.finding.code, fault.kind + fault.ack, fault.finding.where) for fault in faults(text)]


def claims(text: str | bytes) -> list[str]:
    return [
        claim["CLM"][0][1]
        for event in events(text)
        if isinstance(event, Slice)
        for provider in event.tree.get("2000A", [])
        for subscriber in provider.get("2000B", [])
        for claim in subscriber.get("2300", [])
    ]


def verdicts(text: str | bytes) -> list[bool]:
    return [event.accepted for event in events(text) if isinstance(event, TransactionEnd)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("SE*28*0001~", "SE*27*0001~", ("R115", "IK5024", "SE01 (byte 630)")),
        ("SE*28*0001~", "SE*x*0001~", ("R115", "IK5024", "SE01 (byte 630)")),
        ("SE*28*0001~", "SE*28*0009~", ("R134", "IK5023", "SE02 (byte 630)")),
        ("GE*1*1~", "GE*2*1~", ("R115", "AK9055", "GE01 (byte 641)")),
        ("GE*1*1~", "GE*1*2~", ("R134", "AK9054", "GE02 (byte 641)")),
        ("IEA*1*", "IEA*7*", ("R115", "TA105021", "IEA01 (byte 648)")),
        ("IEA*1*000000001", "IEA*1*000000002", ("R134", "TA105001", "IEA02 (byte 648)")),
        ("SE*28*0001~", "", ("R135", "IK5022", "SE (byte 630)")),
        ("GE*1*1~", "", ("R135", "AK9053", "GE (byte 641)")),
        ("*HC*A*", "*HP*A*", ("R136", "AK9051", "GS01 (byte 147)")),
        ("837*0001*005010X222A1", "837*0001*004010X098A1", ("R136", "IK502I6", "ST03 (byte 147)")),
        ("ST*837", "ST*888", ("R136", "IK5021", "ST01 (byte 147)")),
        ("~SBR*", "~\x00\xffSBR*", ("R105", "IK3041", "2000A/2000B/segment (segment 12 of ST 0001)")),
        ("HL*2*1*", "HL*2*7*", ("R137", "IK3048", "2000A/2000B/HL02 (segment 11 of ST 0001)")),
        ("HL*2*1*", "HL*2*2*", ("R137", "IK3048", "2000A/2000B/HL02 (segment 11 of ST 0001)")),
        ("HL*2*1*", "HL*2**", ("R137", "IK3048", "2000A/2000B/HL02 (segment 11 of ST 0001)")),
        ("HL*2*1*", "HL*1*1*", ("R137", "IK3048", "2000A/2000B/HL01 (segment 11 of ST 0001)")),
        ("HL*2*1*", "HL*x*1*", ("R137", "IK3048", "2000A/2000B/HL01 (segment 11 of ST 0001)")),
        ("NM1*41*", "N1*41*", ("R105", "IK3041", "N1 (segment 3 of ST 0001)")),
        ("ISA*00*          *", "ISA*00**", ("R133", "TA105022", "ISA (byte 0)")),
        ("*^*00501*", "*U*00501*", ("R133", "TA105022", "ISA (byte 0)")),
    ],
)
def test_each_fault_is_told_at_its_place(old: str, new: str, expected: tuple[str, str, str]) -> None:
    found = told(ONE.replace(old, new, 1))
    assert expected in found


@pytest.mark.parametrize(
    "text", [ONE.replace("HL*2*1*", f"HL*2*{parent}*") for parent in ("7", "2", "", "x")]
)
def test_a_wrong_parent_leaves_the_claim_where_it_stands(text: str) -> None:
    assert claims(text) == ["1", "2"]


def test_a_clean_file_is_clean() -> None:
    assert told(ONE) == []
    assert verdicts(ONE) == [True]


def test_numbers_that_repeat_are_told_and_both_transactions_read() -> None:
    text = ISA + GS + CLAIM + CLAIM + "GE*2*1~IEA*1*000000001~"
    assert told(text) == [("R134", "IK50223", "ST02 (byte 641)")]
    assert verdicts(text) == [True, False]
    twice = ONE + ONE
    assert [each[1] for each in told(twice)] == ["TA105025"]
    groups = ISA + (GS + CLAIM + "GE*1*1~") * 2 + "IEA*2*000000001~"
    assert [each[1] for each in told(groups)] == ["AK90519"]


@pytest.mark.parametrize("damage", ["SE*1*0001~", "SE*28*9~", "", "XX~YY~"])
def test_a_bad_transaction_hides_no_good_one(damage: str) -> None:
    text = ISA + GS + CLAIM.replace("SE*28*0001~", damage) + SECOND + "GE*2*1~IEA*1*000000001~"
    assert claims(text) == ["1", "2", "3", "4"]
    assert verdicts(text) == [False, True]


def test_a_truncated_interchange_is_told_and_the_next_one_read() -> None:
    cut = ONE[:480]
    for text, claim_count in ((cut, 0), (cut + ONE, 2), (ONE[:600] + "~" + ONE, 3)):
        found = told(text)
        assert {"IK5022", "AK9053", "TA105023"} <= {each[1] for each in found}
        assert {each[0] for each in found if each[1] == "TA105023"} == {"R109"}
        assert len(claims(text)) >= claim_count
        assert verdicts(text)[0] is False


def test_a_last_segment_without_terminator_is_told() -> None:
    assert told(ONE[:-1]) == [("R109", "", "IEA (byte 648)")]


def test_text_around_interchanges_is_kept_and_told() -> None:
    text = "$$ADD ID=X\r\n" + ONE + "\r\n\r\nhello\r\n" + ONE.replace("000000001", "000000002") + "\n"
    assert [each[0] for each in told(text)] == ["R138", "R138"]
    assert [event.data for event in events(text) if isinstance(event, Stray)] == [
        b"$$ADD ID=X\r\n",
        b"hello\r\n",
    ]
    assert len([event for event in events(text) if isinstance(event, InterchangeStart)]) == 2


def test_an_isa_that_cannot_be_read_is_told_and_the_next_one_read() -> None:
    text = "ISA*00*~GS*HC~" + ONE
    assert told(text)[0][0] == "R133"
    assert claims(text) == ["1", "2"]


def test_a_ta1_stands_in_an_interchange() -> None:
    text = ISA + "TA1*000000001*260101*1200*A*000~" + GS + CLAIM + END
    assert told(text) == []
    assert [event.segments[0][1] for event in events(text) if isinstance(event, Loose)] == ["000000001"]
    only = ISA + "TA1*000000001*260101*1200*A*000~IEA*0*000000001~"
    assert told(only) == []


@pytest.mark.parametrize("name", ["SE*1*1~", "GE*1*1~", "N3*X~", "~"])
def test_segments_outside_of_their_envelope_are_kept_and_told(name: str) -> None:
    text = ISA + name + GS + CLAIM + END
    assert told(text)[0][:2] == ("R135", "TA105022")
    assert claims(text) == ["1", "2"]


def test_a_transaction_without_a_group_is_read() -> None:
    text = ISA + CLAIM + "IEA*0*000000001~"
    assert told(text)[0] == ("R135", "TA105022", "ST (byte 106)")
    assert claims(text) == ["1", "2"]


def test_an_unknown_party_does_not_lend_its_segments_to_the_loop_before() -> None:
    text = ONE.replace("LX*1~", "NM1*82*1*R~NM1*ZZ*1*Q~N3*5 ST~REF*G2*1~LX*1~", 1).replace("SE*28", "SE*32")
    claim = next(event for event in events(text) if isinstance(event, Slice)).tree["2000A"][0]["2000B"][0][
        "2300"
    ][0]
    assert [segment[0] for segment in claim["?"]] == ["NM1", "N3", "REF"]
    assert list(claim["2310B"][0]) == ["NM1"]
    assert len(claim["2400"]) == 1


def test_an_unknown_level_is_kept_until_a_known_one() -> None:
    level = "HL*3*2*99*0~SBR*P~NM1*IL*1*X~CLM*9*1~"
    text = ONE.replace("SE*28*0001~", level + "HL*4*1*22*0~SBR*P~NM1*IL*1*Y~CLM*5*1~SE*36*0001~")
    assert claims(text) == ["1", "2", "5"]
    kept = [event for event in events(text) if isinstance(event, Slice)][-1].tree["?"]
    assert [segment[0] for segment in kept] == ["HL", "SBR", "NM1", "CLM"]


def test_a_level_hangs_under_the_one_that_it_names() -> None:
    levels = "HL*3*1*22*0~SBR*S~NM1*IL*1*Z~HL*4*2*23*0~PAT*19~NM1*QC*1*Y~CLM*5*1~"
    text = ONE.replace("SE*28*0001~", levels + "SE*35*0001~")
    slices = [event for event in events(text) if isinstance(event, Slice)]
    by_claim = slices[-1].tree["2000A"][0]["2000B"][0]
    assert by_claim["2010BA"][0]["NM1"][0][3] == "E"
    assert by_claim["2000C"][0]["2300"][0]["CLM"][0][1] == "5"
    assert slices[-2].unit is None
    assert slices[-2].tree["2000A"][0]["2000B"][0]["2010BA"][0]["NM1"][0][3] == "Z"
    assert [each[0] for each in told(text)] == ["R137"]
    assert [
        s.ordinal
        for e in events(text)
        if isinstance(e, Slice | TransactionEnd)
        for s in e.steps()
        if s.kind == "SEGMENT"
    ] == list(range(2, 36))


def test_a_segment_out_of_order_is_put_into_its_place_and_told() -> None:
    text = ONE.replace("LX*1~", "NM1*82*1*R~REF*9F*1~PRV*PE*PXC*2~LX*1~", 1).replace("SE*28", "SE*31")
    assert told(text) == [("R106", "IK3047", "2000A/2000B/2300/REF (segment 21 of ST 0001)")]
    claim = next(event for event in events(text) if isinstance(event, Slice)).tree["2000A"][0]["2000B"][0][
        "2300"
    ][0]
    assert claim["REF_9F"][0][2] == "1"
    assert list(claim["2310B"][0]) == ["NM1", "PRV"]


def test_a_huge_claim_comes_in_parts() -> None:
    lines = "".join(f"LX*{n}~SV1*HC:99213*1*UN*1***1~DTP*472*D8*20260101~" for n in range(1, 1001))
    text = ONE.replace("SE*28*0001~", lines + "SE*3028*0001~").encode()
    found = list(read(text, set_tables(), Limits(segments=500)))
    assert b"".join(emit(found)) == text
    parts = [event for event in found if isinstance(event, Slice) and event.part]
    assert [event.part for event in parts] == list(range(1, len(parts) + 1))
    assert all(fault.finding.code == "R103" for event in parts[:-1] for fault in event.faults)
    assert all(event.tree["2000A"][0]["2000B"][0]["2300"][0]["CLM"] for event in parts)
    steps = [step for event in found if isinstance(event, Slice | TransactionEnd) for step in event.steps()]
    assert (
        len([each for each in steps if each.kind == "CLOSE"])
        == len([each for each in steps if each.kind == "OPEN"]) + 1
    )


def test_loops_above_units_do_not_grow_without_end() -> None:
    claim = "CLM*9*1***11:B:1*Y*A*Y*Y~PRV*BI*PXC*2~LX*1~SV1*HC:99213*1*UN*1***1~"
    text = ONE.replace("SE*28*0001~", claim * 500 + "SE*2028*0001~").encode()
    found = list(read(text, set_tables(), Limits(segments=100)))
    assert b"".join(emit(found)) == text
    held_there = [len(event.tree["2000A"][0].get("PRV", [])) for event in found if isinstance(event, Slice)]
    assert len(held_there) == 502
    assert 50 < max(held_there) < 150
    assert "R103" in [finding.code for event in found for finding in event.findings]


def test_a_segment_without_end_is_cut_off() -> None:
    text = (ISA + GS + "ST*837*0001*005010X222A1~" + "X" * 2_000_000).encode()
    found = list(read(text, set_tables(), Limits(field=100_000)))
    assert b"".join(emit(found)) == text
    assert "R103" in [finding.code for event in found for finding in event.findings]
    assert isinstance([event for event in found if not isinstance(event, Stray)][-1], InterchangeEnd)


def test_bytes_that_are_no_utf8_are_read_and_told() -> None:
    text = ONE.encode().replace(b"*E*F*", b"*M\xfcller*F*").replace(b"*D*", b"*M\xc3\xbcller*")
    slices = [event for event in events(text) if isinstance(event, Slice)]
    provider = slices[0].tree["2000A"][0]
    assert provider["2010AA"][0]["NM1"][0][3] == "Müller"
    assert provider["2000B"][0]["2010BA"][0]["NM1"][0][3] == "Müller"
    assert [each[0] for each in told(text)] == ["R104"]


@pytest.mark.parametrize("marks", ["*:^~", "|>^\n", "\x1d\x1f\x1e\x1c", "\x1f:^~", "*\x1e\x1f~", "*:^\r"])
def test_any_delimiters_give_the_same_values(marks: str) -> None:
    text = ONE.translate(str.maketrans("*:^~", marks))
    assert [event.tree for event in events(text) if isinstance(event, Slice)] == [
        event.tree for event in events(ONE) if isinstance(event, Slice)
    ]
    assert told(text) == []


@pytest.mark.parametrize(
    "text",
    [
        ISA + GS + CLAIM[:200] + "~ISA*X~" + CLAIM[200:],
        ISA + CLAIM[:200] + "~GE*1*1~" + CLAIM[200:],
        ISA + "\n" + CLAIM[:100] + "~\r\n",
        ISA + "ST*999*1~AK1*HC*1~SE*3*\xfa~\n",
        ISA + "ST*888*1~\xfa~SE*3*\xfa~\n",
    ],
)
def test_what_stands_inside_out_is_kept_in_its_order(text: str) -> None:
    assert len(events(text.encode("latin-1"))) > 2


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\n"])
def test_line_ends_between_segments_are_no_data(end: str) -> None:
    regular = ONE.replace("~", "~" + end)
    mixed = ONE.replace("~N", "~" + end + "N")
    for text in (regular, mixed, regular[: -len(end)], regular.replace("~" + end + "N3", "~N3")):
        assert claims(text) == ["1", "2"]
        assert told(text) == []


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 400), st.sampled_from(["", "\n", "\r\n"]), st.booleans())
def test_chunks_of_any_size_give_the_same(size: int, end: str, cut: bool) -> None:
    data = (
        (ONE + ONE.replace("000000001", "000000002") + "x")[: -900 if cut else None]
        .replace("~", "~" + end)
        .encode()
    )
    small = list(Framer(BytesIO(data), Limits(), size).frames())
    large = list(Framer(BytesIO(data), Limits()).frames())
    lines = [
        [line for frame in frames if isinstance(frame, Batch) for line in frame.lines]
        for frames in (small, large)
    ]
    assert lines[0] == lines[1]
    offsets = [
        [n for f in frames if isinstance(f, Batch) for n in f.offsets[:-1]] for frames in (small, large)
    ]
    assert offsets[0] == offsets[1]


def test_slices_are_held_until_their_transaction_is_right() -> None:
    bad = CLAIM.replace("SE*28", "SE*2")
    data = (ISA + GS + bad + SECOND + "GE*2*1~IEA*1*000000001~").encode()
    for given_events in (held(read(data, set_tables())), verified(BytesIO(data), set_tables())):
        found = list(given_events)
        assert len([event for event in found if isinstance(event, Slice)]) == 2
        assert len([event for event in found if isinstance(event, TransactionStart)]) == 2


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *ONE.replace("~", "~|").split("|"),
                ISA,
                GS,
                CLAIM,
                SECOND,
                END,
                "HL*9*3*20~",
                "LX~",
                "~",
                "NM1*ZZ~",
                "IEA~",
                "x",
            ]
        ),
        max_size=40,
    )
)
def test_segments_in_any_order_are_kept(parts: list[str]) -> None:
    data = "".join(parts).encode()
    try:
        found = list(read(data, set_tables(), Limits(segments=50)))
    except DecodeError as error:
        assert error.finding.code == "R132"  # noqa: PT017
        return
    assert b"".join(emit(found)) == data
    steps = [step for event in found if isinstance(event, Slice | TransactionEnd) for step in event.steps()]
    assert all(step.ordinal > 1 or step.kind == "CLOSE" for step in steps)


@pytest.mark.parametrize(
    "text",
    [
        "QQQ*1~" * 50_000,
        "ISA" * 100_000,
        "NM1*ZZ~" * 40_000,
        "REF*ZZ*1~" * 30_000,
        "HL*1*1*99~" * 30_000,
    ],
    ids=["unknown segments", "no ISA", "unknown parties", "unknown qualifiers", "unknown levels"],
)
def test_hostile_segments_cost_bounded_time(text: str) -> None:
    data = (ISA + GS + CLAIM.replace("SE*28*0001~", text)).encode()
    start = time.process_time()
    found = list(read(data, set_tables(), Limits(findings=10)))
    assert time.process_time() - start < 10
    assert b"".join(emit(found)) == data
    assert all(len(event.faults) < 20 for event in found)


class Endless:
    """A stream of one transaction with many claims, made while it is read."""

    def __init__(self, count: int) -> None:
        claim = CLAIM[CLAIM.index("HL*2") : CLAIM.index("SE*28")]
        self._left = count
        self._claims = "".join(claim.replace("HL*2*", f"HL*{n}*") for n in range(2, 32)).encode()
        self._held = (ISA + GS + CLAIM[: CLAIM.index("HL*2")]).encode()

    def read(self, size: int) -> bytes:
        while len(self._held) < size and self._left:
            self._held += self._claims
            self._left -= 1
        part, self._held = self._held[:size], self._held[size:]
        return part


def test_memory_does_not_grow_with_the_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "CHUNK", 16 * 1024)
    peaks = []
    for count in (1, 10, 40):
        stream = Endless(count)
        tracemalloc.start()
        slices = sum(isinstance(event, Slice) for event in read(cast("BinaryIO", stream), set_tables()))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert slices == 60 * count
    assert peaks[2] < peaks[1] * 1.1


SAMPLES = [path for path in ALL_SAMPLES if path.parent.name[:3] in {"270", "271", "835", "837"}]


@pytest.mark.skipif(not SAMPLES, reason="the sample files are not there (MAPPER_DATA)")
@settings(max_examples=200, deadline=None)
@given(st.data())
def test_mutated_samples_are_kept_to_the_byte(data: st.DataObject) -> None:
    parts = data.draw(st.sampled_from(SAMPLES)).read_bytes().split(b"~")
    for _ in range(data.draw(st.integers(1, 6))):
        at, other = data.draw(st.integers(1, len(parts) - 1)), data.draw(st.integers(1, len(parts) - 1))
        match data.draw(st.sampled_from(["drop", "double", "swap", "cut", "noise"])):
            case "drop" if len(parts) > 4:
                del parts[at]
            case "double":
                parts.insert(other, parts[at])
            case "swap":
                parts[at], parts[other] = parts[other], parts[at]
            case "cut":
                parts[at] = parts[at][: data.draw(st.integers(0, len(parts[at])))]
            case _:
                parts[at] += data.draw(st.binary(max_size=8))
    text = b"~".join(parts)
    found = list(read(text, set_tables()))
    assert b"".join(emit(found)) == text
    starts = [event for event in found if isinstance(event, TransactionStart)]
    assert len(starts) == len([event for event in found if isinstance(event, TransactionEnd)])
