"""CTX of a 999: what triggered a situational rule, and the claim; judged by pyx12, read back, and tied."""

from __future__ import annotations

from datetime import datetime

import pytest

from runtime.codecs.x12 import MemoryControlNumbers, read
from runtime.x12.acknowledge import (
    Group,
    Interchange,
    Note,
    Transaction,
    answers,
    collect,
    read_acknowledgement,
)
from runtime.x12.acknowledge.received import Claim
from runtime.x12.acknowledge.report import Fault
from runtime.x12.acknowledge.source_map import Key, MappedSegment, Origin, SourceMap
from runtime.x12.acknowledge.tie import Sent, Tied, tie
from runtime.x12.acknowledge.validation import checked_by
from runtime.x12.amounts import ZERO
from runtime.x12.validate import Trigger
from tests.x12 import judge
from tests.x12.mutations import parse, write
from tests.x12.tables import tables
from tests.x12.test_validate_rules import CASES, Case, valid
from tests.x12.validating import findings, validation

NOW = datetime(2025, 2, 11, 8, 30)  # noqa: DTZ001  # local time of the receiver

TRIGGERS = {
    "SIT-REPLACEMENT": ("REF", "I6", "CLM05-3", "1325"),
    "SIT-ACCIDENT": ("DTP", "I6", "CLM11-1", "1362"),
    "SIT-ADMISSION": ("DTP", "I6", "CLM05-1", "1331"),
    "SIT-ATTACHMENT": ("PWK", "8", "PWK02", "756"),
    "SIT-EPSDT": ("CRC", "I6", "SV111", "1073"),
    "SIT-AMBULANCE": ("NM1", "I6", "CR1", ""),
    "SIT-SELF-DEMOGRAPHICS": ("DMG", "I6", "SBR02", "1069"),
    "SIT-PATIENT-LEVELS": ("CLM", "I6", "HL04", "736"),
    "SIT-DEPENDENT-CLAIM": ("CLM", "I6", "HL03", "735"),
    "SIT-PAYER-ORDER": ("SBR", "I6", "SBR01", "1138"),
    "SIT-PAYER-DATE": ("DTP", "I6", "CAS", ""),
    "SIT-ADDRESS": ("N4", "8", "N4", ""),
}
"""For each rule: segment and code of IK3, the element or segment of CTX, and the number of CTX06."""


def implementation(interchanges: list[Interchange]) -> bytes:
    (made,) = answers(interchanges[0], tables(), MemoryControlNumbers(), NOW, ["999"])
    return made.data


def broken(case: Case) -> bytes:
    segments = parse(valid(case))
    case.change(segments)
    return write(segments)


def shown() -> list[Case]:
    return [case for case in CASES if case.rule in TRIGGERS]


def test_every_rule_with_a_trigger_is_tried() -> None:
    assert {case.rule for case in shown()} == set(TRIGGERS)


@pytest.mark.parametrize("case", shown(), ids=lambda each: f"{each.rule}-{each.set}-{each.place}")
def test_a_situational_fault_names_its_trigger_and_its_claim(case: Case) -> None:
    data = broken(case)
    expected = {
        (each.trigger.reference, each.trigger.ordinal)
        for each in findings(data)
        if each.rule == case.rule and each.level == "error" and each.trigger is not None
    }
    if not expected:
        pytest.skip("this case of the rule is a warning or has no trigger")
    interchanges = list(collect(read(data, tables()), checked_by(validation())))
    made = implementation(interchanges)
    assert judge.verdict(made) == (True, [])
    told = read_acknowledgement(made, tables())
    assert told.findings == []
    assert findings(made) == []
    faults = [fault for group in told.groups for each in group.transactions for fault in each.faults]
    mine = [
        (fault, trigger)
        for fault in faults
        for trigger in fault.triggers
        if (trigger.reference, trigger.ordinal) in expected
    ]
    assert {(trigger.reference, trigger.ordinal) for _, trigger in mine} == expected
    segment, code, reference, number = TRIGGERS[case.rule]
    assert (segment, code) in {
        (fault.segment, fault.code) for fault, _ in mine
    } or case.rule == "SIT-ACCIDENT"
    if case.rule != "SIT-ACCIDENT":
        assert {trigger.reference for _, trigger in mine} <= {reference, reference.replace("N4", "N404")}
    assert number in {trigger.data_element for _, trigger in mine}
    _tied(told_faults=[fault for fault, _ in mine], data=data, made=made)


def _tied(told_faults: list[Fault], data: bytes, made: bytes) -> None:
    """Each fault of a claim leads to the claim, and its trigger to where that came from."""
    sent = Sent(collect(read(data, tables()), lines=True))
    sources = SourceMap()
    for fault in told_faults:
        for each in fault.triggers:
            origin = Origin((f"Claim.{each.segment}",), (f"claim.map:{each.ordinal}",))
            for transaction in _transactions(data):
                sources.add(
                    Key("", "", transaction),
                    [MappedSegment(each.ordinal, each.segment, each.loop, {"": origin})],
                )
    found = [
        each for each in tie(read_acknowledgement(made, tables()), sent, sources) if isinstance(each, Tied)
    ]
    because = [(verdict, one) for verdict in found for one in verdict.triggers]
    assert because
    for verdict, one in because:
        if one.origin:
            assert one.origin.lines == (f"claim.map:{one.ordinal}",)
        if verdict.claim:
            assert sent.claim("", verdict.claim) is not None
    assert any(one.origin for _, one in because)
    assert {fault.claim for fault in told_faults} - {""} <= {each.claim for each in found}


def _transactions(data: bytes) -> list[str]:
    return [segment[2] for segment in parse(data) if segment[0] == "ST"]


# -- the claim's number --------------------------------------------------------------------------


def made_of(*notes: Note, control: str) -> tuple[bytes, tuple[Fault, ...]]:
    transaction = Transaction(("ST", "837", "0001", "005010X222A2"), "837P", "005010X222A2", True)
    for ordinal in (20, 60):
        claim = Claim(ordinal, control if ordinal == 20 else "OTHER", "1", ZERO, (), ("", ""), 0, 0, -1)
        transaction.claims.append(claim)
        transaction.ordinals.append(ordinal)
    transaction.notes.extend(notes)
    isa = "ISA*00*          *00*          *ZZ*AAA            *ZZ*BBB            *250101*0900*^*00501*000000001*0*T*:"
    gs = ["GS", "HC", "AAA", "BBB", "20250101", "0900", "1", "X", "005010X222A2"]
    group = Group(gs, transactions=[transaction])
    data = implementation([Interchange(isa.split("*"), groups=[group])])
    assert judge.verdict(data) == (True, [])
    (told,) = read_acknowledgement(data, tables()).groups
    return data, told.transactions[0].faults


def test_a_long_number_of_a_claim_is_cut_and_still_tied() -> None:
    """X12 RFI 2293: the first 35 characters."""
    control = "C" * 38
    data, (fault,) = made_of(Note("REF", 25, "2300", "1", claim=1), control=control)
    assert b"CTX*CLM01:" + b"C" * 35 + b"~" in data
    assert fault.claim == control[:35]


def test_a_number_that_is_at_fault_is_not_repeated() -> None:
    data, (fault,) = made_of(Note("CLM", 20, "2300", "8", 1, ik403="6", claim=1), control="BAD")
    assert b"CTX" not in data
    assert fault.claim == ""


def test_two_triggers_of_one_missing_segment_stand_together() -> None:
    one, two = Trigger("CLM", 20, "2300", 5, 1, "1331"), Trigger("CLM", 20, "2300", 11, 1, "1362")
    notes = [Note("DTP", 20, "2300", "I6", snip=4, claim=1, trigger=each) for each in (one, two)]
    data, (fault,) = made_of(*notes, control="C1")
    assert fault.triggers == (one, two)
    assert b"CTX*SITUATIONAL TRIGGER*CLM*20*2300*5:1*1331~" in data
    assert data.count(b"IK3*") == 1
    assert fault.claim == "C1"


def test_nothing_of_the_patient_is_in_a_context() -> None:
    """CTX holds places, numbers of the dictionary, and CLM01."""
    for case in shown():
        if case.rule not in ("SIT-SELF-DEMOGRAPHICS", "SIT-ADDRESS", "SIT-ADMISSION"):
            continue
        made = implementation(list(collect(read(broken(case), tables()), checked_by(validation())))).decode()
        numbers = {segment[1] for segment in parse(broken(case)) if segment[0] == "CLM"}
        for text in made.split("~"):
            parts = text.strip().split("*")
            if parts[0] == "CTX" and parts[1].startswith("CLM01:"):
                assert parts[1].removeprefix("CLM01:") in numbers
            elif parts[0] == "CTX":
                assert parts[1] == "SITUATIONAL TRIGGER"
                assert all(part.replace(":", "").isdecimal() for part in [parts[3], *parts[5:]])
