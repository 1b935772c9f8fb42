"""X12 as JSON, and loops of 270 and 271 as they were checked by hand (pyx12 has no map of them)."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from mapper.schema.x12_data import set_table, set_tables
from runtime.codecs.x12 import Placed, SegmentNode, Slice, content, documents, read
from tests.unit.codecs.test_x12_read import ISA, ONE

DATA = Path(os.environ.get("MAPPER_DATA", "../shared/data")) / "samples" / "x12"


def test_a_claim_as_json() -> None:
    first = next(event for event in read(ONE.encode(), set_tables()) if isinstance(event, Slice))
    found = content(first.tree, set_table("837P"))
    assert list(found) == ["ST", "BHT", "1000A", "1000B", "2000A"]
    subscriber = found["2000A"][0]["2000B"][0]
    assert subscriber["2010BA"][0]["NM1"] == [
        {"NM101": "IL", "NM102": "1", "NM103": "E", "NM104": "F", "NM108": "MI", "NM109": "1"}
    ]
    claim = subscriber["2300"][0]
    assert claim["CLM"][0]["CLM05-1"] == "11"
    assert claim["HI_ABK"] == [{"HI01-1": "ABK", "HI01-2": "J10"}]
    assert claim["2400"][0]["SV1"][0] == {
        "SV101-1": "HC",
        "SV101-2": "99213",
        "SV102": "10",
        "SV103": "UN",
        "SV104": "1",
        "SV107-1": "1",
    }


def test_repetitions_are_lists_however_many_there_are() -> None:
    start = (
        ISA
        + "GS*HB*A*B*20260101*1200*1*X*005010X279A1~ST*271*0001*005010X279A1~"
        + "HL*1**20*1~HL*2*1*21*1~HL*3*2*22*0~NM1*IL*1*X~"
    )
    for value, expected in (("30", ["30"]), ("1^33", ["1", "33"])):
        text = f"{start}EB*1**{value}~SE*7*0001~GE*1*1~IEA*1*000000001~"
        unit = next(event for event in read(text.encode(), set_tables()) if isinstance(event, Slice))
        subscriber = content(unit.tree, set_table("271"))["2000A"][0]["2000B"][0]["2000C"][0]
        assert subscriber["2100C"][0]["2110C"][0]["EB"][0]["EB03"] == expected


def test_what_has_no_place_is_in_the_json() -> None:
    text = ONE.replace("LX*1~", "QQQ*A:B**C~LX*1~", 1)
    first = next(event for event in read(text.encode(), set_tables()) if isinstance(event, Slice))
    claim = content(first.tree, set_table("837P"))["2000A"][0]["2000B"][0]["2300"][0]
    assert claim["?"] == [{"segment": "QQQ", "QQQ01-1": "A", "QQQ01-2": "B", "QQQ03": "C"}]
    unknown = next(
        event
        for event in read(text.replace("ST*837", "ST*888").encode(), set_tables())
        if isinstance(event, Slice)
    )
    assert content(unknown.tree, None)["?"][0] == {
        "segment": "ST",
        "ST01": "888",
        "ST02": "0001",
        "ST03": "005010X222A1",
    }


def test_documents_say_where_they_come_from() -> None:
    text = ONE.replace("GS*", "TA1*000000009*260101*1200*A*000~GS*", 1)
    found = list(documents(read(text.encode(), set_tables())))
    assert [each["kind"] for each in found] == ["loose", "unit", "unit", "end"]
    unit = {key: value for key, value in found[1].items() if key != "content"}
    assert unit == {
        "sender": "SENDER",
        "receiver": "RECEIVER",
        "interchange": "000000001",
        "group": "1",
        "transaction": "0001",
        "set": "837P",
        "version": "005010X222A1",
        "kind": "unit",
        "loop": "2300",
        "segments": [2, 22],
    }
    assert found[3]["accepted"] is True
    assert json.dumps(found) == json.dumps(list(documents(read(text.encode(), set_tables()))))


# Loop of each segment from BHT on, read by hand against the positions and qualifiers of X279A1.
_HEAD = "- BHT | 2000A HL | 2100A NM1 | 2000B HL | 2100B NM1"
_COVERAGE = "EB | {0} EB LS | {1} NM1 | {0} LE | {0} EB | {0} EB | {0} EB | - SE"
BY_HAND = {
    "subscriber-health-benefit-check.270": f"{_HEAD} | 2000C HL TRN | 2100C NM1 DMG DTP | 2110C EQ | - SE",
    "dependent-health-benefit-check.270": (
        f"{_HEAD} | 2000C HL | 2100C NM1 | 2000D HL TRN | 2100D NM1 DMG DTP | 2110D EQ | - SE"
    ),
    "subscriber-health-benefit-check-error.271": f"{_HEAD} AAA | - SE",
    "subscriber-health-benefit-check.271": (
        f"{_HEAD} | 2000C HL TRN | 2100C NM1 N3 N4 DMG DTP | 2110C {_COVERAGE.format('2110C', '2120C')}"
    ),
    "dependent-health-benefit-check.271": (
        f"{_HEAD} | 2000C HL | 2100C NM1 N3 N4 DMG | 2000D HL TRN | 2100D NM1 N3 N4 DMG INS DTP | "
        f"2110D {_COVERAGE.format('2110D', '2120D')}"
    ),
}


def by_hand(name: str) -> list[tuple[str, str]]:
    blocks = [block.split() for block in BY_HAND[name].split("|")]
    return [(loop, segment) for loop, *segments in blocks for segment in segments]


@pytest.mark.skipif(not DATA.is_dir(), reason="the sample files are not there (MAPPER_DATA)")
@pytest.mark.parametrize("name", BY_HAND)
def test_eligibility_has_the_loops_that_were_read_by_hand(name: str) -> None:
    (path,) = DATA.glob(f"*/{name}")
    steps = [
        step
        for event in read(path.read_bytes(), set_tables())
        if isinstance(event, Placed)
        for step in event.steps()
    ]
    found = [
        (step.node.loop.slot if step.node.loop.parent else "-", step.segment[0])
        for step in steps
        if step.kind == "SEGMENT" and isinstance(step.node, SegmentNode)
    ]
    assert found == by_hand(name)
    assert not [step for step in steps if step.kind == "UNPLACED"]
