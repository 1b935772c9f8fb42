"""Rules between segments of 277CA, 270 and 271: clean files are clean, each seeded fault is told at its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from runtime.codecs.x12 import MemoryControlNumbers, read
from runtime.x12.acknowledge import answers, collect
from runtime.x12.acknowledge.validation import checked_by
from runtime.x12.validate import RULES
from tests.x12 import judge
from tests.x12.faults import document, plant
from tests.x12.mutations import parse, write
from tests.x12.tables import tables
from tests.x12.test_validate_rules import Segments, at, put
from tests.x12.validating import findings, validation

NOW = datetime(2025, 2, 11, 8, 30)  # noqa: DTZ001  # local time of the receiver

HEAD = (
    "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *250101*0900*^*00501*000000001*0*T*:~"
    "GS*{gs}*SENDER*RECEIVER*20250101*0900*1*X*005010X279A1~ST*{st}*0001*005010X279A1~"
    "BHT*0022*{purpose}*Q1*20250101*0900~HL*1**20*1~NM1*PR*2*PLAN*****PI*842610001~"
    "HL*2*1*21*1~NM1*1P*2*CLINIC*****SV*2000035~"
)
TAIL = "SE*{count}*0001~GE*1*1~IEA*1*000000001~"
SELF = "HL*3*2*22*0~TRN*1*T1*9877281234~NM1*IL*1*DOE*ANN****MI*111~DMG*D8*19430519~"
CHILD = (
    "HL*3*2*22*1~NM1*IL*1*DOE*ANN****MI*111~HL*4*3*23*0~TRN*1*T1*9877281234~NM1*03*1*DOE*BEN~DMG*D8*20100519~"
)
QUESTIONS = [SELF + "EQ*30~", CHILD + "EQ*30~"]
ANSWERS = [
    SELF.replace("TRN*1", "TRN*2") + "EB*1**30~EB*B**30***27*10~EB*A**30*****.2~",
    CHILD.replace("TRN*1", "TRN*2") + "EB*1**30~EB*C**30***23*500~",
    SELF.replace("TRN*1", "TRN*2").replace("DMG", "AAA*N**75*C~DMG"),
]


def eligibility(name: str, body: str) -> bytes:
    gs, purpose = ("HS", "13") if name == "270" else ("HB", "11")
    text = HEAD.format(gs=gs, st=name, purpose=purpose) + body
    count = text[text.index("ST*") :].count("~") + 1
    return (text + TAIL.format(count=count)).encode()


def status(seed: int, faulty: bool = False) -> bytes:
    """A 277CA of ours, of a file all of whose claims are accepted, or of one with a segment that no guide has."""
    data = plant("unknown-segment", seed, "837P").data if faulty else document("837P", seed, size=3).bytes()
    (interchange,) = collect(read(data, tables()))
    made = list(answers(interchange, tables(), MemoryControlNumbers(), NOW, ["277ca"]))
    return made[0].data if made else status(seed + 100, faulty)


def test_clean_files_are_clean() -> None:
    files = [eligibility("270", each) for each in QUESTIONS] + [eligibility("271", each) for each in ANSWERS]
    files += [status(seed, faulty) for seed in range(5) for faulty in (False, True)]
    for data in files:
        assert [(each.rule, each.where, each.message) for each in findings(data)] == []


def drop(name: str) -> Callable[[Segments], None]:
    def change(segments: Segments) -> None:
        segments[:] = [each for each in segments if each[0] != name]

    return change


def set_(name: str, qualifier: str, element: int, text: str) -> Callable[[Segments], None]:
    return lambda segments: put(segments[at(segments, name, qualifier)], element, text)


def insert(before: str, *segment: str) -> Callable[[Segments], None]:
    return lambda segments: segments.insert(at(segments, before), list(segment))


def trace(segments: Segments) -> None:
    segments.insert(at(segments, "HL", "3") + 1, ["TRN", "1", "T9", "9877281234"])


CASES = [
    ("SIT-BENEFIT-LEVELS", eligibility("270", QUESTIONS[0]), set_("HL", "3", 4, "1"), "2000C/HL04"),
    ("SIT-BENEFIT-LEVELS", eligibility("271", ANSWERS[1]), set_("HL", "3", 4, "0"), "2000C/HL04"),
    ("SIT-270-QUESTION", eligibility("270", QUESTIONS[0]), drop("EQ"), "2110C/EQ"),
    ("SIT-270-TRACE", eligibility("270", QUESTIONS[1]), trace, "2000C/TRN"),
    (
        "SIT-271-REJECTED",
        eligibility("271", ANSWERS[0]),
        insert("DMG", "AAA", "N", "", "75", "C"),
        "2110C/EB",
    ),
    (
        "SIT-271-REJECTED",
        eligibility("271", ANSWERS[1]),
        insert("DMG", "AAA", "N", "", "75", "C"),
        "2110D/EB",
    ),
    ("SIT-271-ANSWER", eligibility("271", ANSWERS[0]), drop("EB"), "2110C/EB"),
    ("SIT-271-AMOUNT", eligibility("271", ANSWERS[0]), set_("EB", "A", 8, ""), "2110C/EB07"),
    ("SIT-271-AMOUNT", eligibility("271", ANSWERS[1]), set_("EB", "C", 7, ""), "2110D/EB07"),
    ("SIT-277-TOTALS", status(1), set_("QTY", "90", 2, "77"), "2200B/QTY02"),
    ("SIT-277-TOTALS", status(1), set_("AMT", "YU", 2, "7.77"), "2200B/AMT02"),
    ("SIT-277-PROVIDER-TOTALS", status(1), set_("QTY", "QA", 2, "77"), "2200C/QTY02"),
]


def test_every_rule_has_a_case() -> None:
    others = {each.id for each in RULES if not {"837P", "837I", "835"} & set(each.sets)}
    assert {each[0] for each in CASES} | {"SIT-277-ACTION"} == others


def test_samples_are_clean(data: Path) -> None:
    files = [path for name in ("270", "271") for path in (data / "samples" / "x12").glob(f"{name}_*/*")]
    assert len(files) >= 5
    for path in files:
        assert [each.where for each in findings(path.read_bytes()) if each.snip == 4] == []


def test_a_question_that_is_missing_is_told_by_a_999() -> None:
    segments = parse(eligibility("270", QUESTIONS[0]))
    drop("EQ")(segments)
    sent = collect(read(write(segments), tables()), checked_by(validation()))
    (made,) = answers(next(sent), tables(), MemoryControlNumbers(), NOW, ["999"])
    assert judge.verdict(made.data) == (True, [])
    assert b"CTX*SITUATIONAL TRIGGER*HL*7*2000*4*736~" in made.data


@pytest.mark.parametrize("case", CASES, ids=lambda each: each[0])
def test_a_fault_is_told_at_its_place(case: tuple[str, bytes, Callable[[Segments], None], str]) -> None:
    rule, data, change, place = case
    segments = parse(data)
    change(segments)
    told = [each for each in findings(write(segments)) if each.rule == rule]
    assert {"/".join((each.loop, each.reference)) for each in told} == {place}
    assert {each.snip for each in told} == {4}


@pytest.mark.parametrize("seed", range(3))
def test_an_action_that_does_not_agree_with_its_status_is_told(seed: int) -> None:
    segments = parse(status(seed))
    claim = at(
        segments,
        "STC",
        after=at(segments, "HL", after=max(n for n, s in enumerate(segments) if s[0] == "HL")),
    )
    put(segments[claim], 3, "U")
    told = [each for each in findings(write(segments)) if each.rule == "SIT-277-ACTION"]
    assert [(each.loop, each.reference) for each in told] == [("2200D", "STC03")]
