"""Reads TA1, 999 and 277CA: the verdicts of a file, one by one. Nothing that a file holds raises an error."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import BinaryIO

from runtime.codecs.limits import DEFAULT_LIMITS, Limits
from runtime.codecs.x12 import (
    Event,
    Loose,
    SetTable,
    Slice,
    TransactionEnd,
    TransactionStart,
    read,
)
from runtime.errors import DecodeError, Finding
from runtime.x12.acknowledge.report import (
    BatchVerdict,
    ClaimVerdict,
    Fault,
    GroupVerdict,
    InterchangeVerdict,
    LineVerdict,
    Report,
    Status,
    TransactionVerdict,
    Verdict,
)
from runtime.x12.amounts import ZERO, amount, total
from runtime.x12.segments import LoopValue, Segment, first, inner, loops, segments, value
from runtime.x12.validate import Trigger


def read_acknowledgement(
    source: BinaryIO | bytes, sets: Mapping[str, SetTable], limits: Limits = DEFAULT_LIMITS
) -> Report:
    """The report of a file of acknowledgements; `sets` are the tables of 999 and 277CA at least."""
    report = Report()
    try:
        for each in verdicts(read(source, sets, limits)):
            report.add(each)
    except DecodeError as error:
        report.add(error.finding)
    return report


def verdicts(events: Iterable[Event]) -> Iterator[Verdict | Finding]:
    """Verdicts in the order of the file, and findings about the file: in constant memory, but for a 999's group."""
    status: _Status | None = None
    set_name, control, found = "", "", False
    for event in events:
        yield from event.findings
        if isinstance(event, Loose):
            for segment in event.segments:
                if segment[0] == "TA1":
                    found = True
                    yield _interchange(segment)
        elif isinstance(event, TransactionStart):
            set_name = event.table["set"] if event.table is not None else ""
            control = value(event.st, 2)
            status = _Status() if set_name == "277CA" else None
            found = found or set_name in ("999", "277CA")
        elif isinstance(event, Slice) and status is not None:
            yield from status.slice(event)
        elif isinstance(event, TransactionEnd):
            if status is not None:
                yield from status.end(control)
            elif set_name == "999":
                yield _group(event.tree)
            else:
                message = "the transaction is no acknowledgement and is passed over"
                yield Finding("R514", "warning", message, f"ST {_safe(control)}")
            status, set_name = None, ""
    if not found:
        yield Finding("R514", "error", "the file holds no TA1, 999 or 277CA", "input")


def _safe(control: str) -> str:
    return control if control.isalnum() and len(control) <= 9 else "?"


# -- TA1 -----------------------------------------------------------------------------------------


def _interchange(ta1: Segment) -> InterchangeVerdict:
    return InterchangeVerdict(*(value(ta1, n) for n in (1, 2, 3, 4, 5)))


# -- 999 -----------------------------------------------------------------------------------------


def _group(tree: LoopValue) -> GroupVerdict:
    ak1, ak9 = first(tree, "AK1"), first(tree, "AK9")
    return GroupVerdict(
        value(ak1, 1),
        value(ak1, 2),
        value(ak1, 3),
        value(ak9, 1),
        _count(value(ak9, 2)),
        _count(value(ak9, 3)),
        _count(value(ak9, 4)),
        _codes(ak9, 5),
        tuple(_transaction(loop) for loop in loops(tree, "2000")),
    )


def _transaction(loop: LoopValue) -> TransactionVerdict:
    ak2, ik5 = first(loop, "AK2"), first(loop, "IK5")
    faults = tuple(fault for each in loops(loop, "2100") for fault in _faults(each))
    return TransactionVerdict(
        value(ak2, 1), value(ak2, 2), value(ak2, 3), value(ik5, 1), _codes(ik5, 2), faults
    )


def _faults(loop: LoopValue) -> Iterator[Fault]:
    """The faults of one IK3: of its elements if there are any, else of the segment."""
    ik3 = first(loop, "IK3")
    claim = next((value(ctx, 1, 2) for ctx in segments(loop, "CTX") if value(ctx, 1, 1) == "CLM01"), "")
    place = (value(ik3, 1), max(_count(value(ik3, 2)), 0), value(ik3, 3), value(ik3, 4))
    elements, above = loops(loop, "2110"), _triggers(loop)
    if not elements:
        yield Fault(*place, claim=claim, triggers=above)
    for each in elements:
        ik4 = first(each, "IK4")
        copy = value(ik4, 4)
        yield Fault(
            *place,
            element=max(_count(value(ik4, 1, 1)), 0),
            component=max(_count(value(ik4, 1, 2)), 0),
            repetition=max(_count(value(ik4, 1, 3)), 0),
            data_element=value(ik4, 2),
            element_code=value(ik4, 3),
            claim=claim,
            copied=bool(copy),
            value=copy,
            triggers=_triggers(each) or above,
        )


def _triggers(loop: LoopValue) -> tuple[Trigger, ...]:
    """What CTX names as triggers of a situational rule, in an IK3 loop or an IK4 loop."""
    return tuple(
        Trigger(
            value(ctx, 2),
            max(_count(value(ctx, 3)), 0),
            value(ctx, 4),
            max(_count(value(ctx, 5, 1)), 0),
            max(_count(value(ctx, 5, 2)), 0),
            value(ctx, 6, 1),
        )
        for ctx in segments(loop, "CTX")
        if value(ctx, 1, 1) == "SITUATIONAL TRIGGER"
    )


def _codes(segment: Segment, start: int) -> tuple[str, ...]:
    return tuple(value(segment, n) for n in range(start, start + 5) if value(segment, n))


def _count(text: str) -> int:
    """A whole number; -1 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else -1


# -- 277CA ---------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Status:
    """A 277CA while it is read. Segments of a level are told once; levels are known by their HL."""

    receiver: BatchVerdict | None = None
    level: Segment = ()
    counts: list[int] = field(default_factory=lambda: [0, 0])
    charges: list[Decimal] = field(default_factory=lambda: [ZERO, ZERO])
    claim: Segment = ()

    def slice(self, event: Slice) -> Iterator[Verdict | Finding]:
        source = inner(event.tree, "2000A")
        receiver = inner(source, "2000B")
        if receiver and first(receiver, "HL") is not self.level:
            self.level = first(receiver, "HL")
            self.receiver = _batch(receiver)
            yield self.receiver
        provider = inner(receiver, "2000C")
        for patient in loops(provider, "2000D"):
            for loop in loops(patient, "2200D"):
                trace = first(loop, "TRN")
                if event.part and trace is self.claim:
                    continue  # a further part of a claim that was told
                self.claim = trace
                claim = _claim(loop, provider, self.receiver.batch if self.receiver is not None else "")
                self.counts[claim.rejected] += 1
                self.charges[claim.rejected] = total((self.charges[claim.rejected], claim.charge))
                yield claim

    def end(self, control: str) -> Iterator[Finding]:
        """Whether the totals of 2200B are those of the claims."""
        told = self.receiver
        if told is None or not any(self.counts):
            return
        pairs = (
            (told.accepted, self.counts[0], "QTY*90, accepted claims"),
            (told.rejected_count, self.counts[1], "QTY*AA, rejected claims"),
        )
        for stated, counted, what in pairs:
            if stated >= 0 and stated != counted:
                message = f"{what}: {stated} are stated, {counted} are listed"
                yield Finding("R513", "warning", message, f"2200B of ST {_safe(control)}")
        sums = (
            (told.accepted_charge, self.charges[0], "AMT*YU, charges of accepted claims"),
            (told.rejected_charge, self.charges[1], "AMT*YY, charges of rejected claims"),
        )
        for charge, summed, what in sums:
            if charge is not None and charge != summed:
                message = f"{what}: not the sum of what is listed"
                yield Finding("R513", "warning", message, f"2200B of ST {_safe(control)}")


def _batch(receiver: LoopValue) -> BatchVerdict:
    loop = inner(receiver, "2200B")
    stc = first(loop, "STC")
    return BatchVerdict(
        value(first(loop, "TRN"), 2),
        _statuses(loop),
        value(stc, 3),
        amount(value(stc, 4)),
        _count(value(first(loop, "QTY", "90"), 2)),
        _count(value(first(loop, "QTY", "AA"), 2)),
        amount(value(first(loop, "AMT", "YU"), 2)),
        amount(value(first(loop, "AMT", "YY"), 2)),
    )


def _claim(loop: LoopValue, provider: LoopValue, batch: str) -> ClaimVerdict:
    stc = first(loop, "STC")
    return ClaimVerdict(
        batch,
        value(first(loop, "TRN"), 2),
        value(first(inner(provider, "2100C"), "NM1"), 9),
        _statuses(loop),
        value(stc, 3),
        value(stc, 2),
        amount(value(stc, 4)) or ZERO,
        value(first(loop, "REF", "1K"), 2),
        value(first(loop, "REF", "D9"), 2),
        value(first(loop, "REF", "BLT"), 2),
        tuple(_line(each) for each in loops(loop, "2220D")),
    )


def _line(loop: LoopValue) -> LineVerdict:
    svc = first(loop, "SVC")
    return LineVerdict(value(first(loop, "REF", "FJ"), 2), value(svc, 1, 2), value(svc, 2), _statuses(loop))


def _statuses(loop: LoopValue) -> tuple[Status, ...]:
    """Every status of every STC: its first, tenth and eleventh element."""
    found = []
    for stc in segments(loop, "STC"):
        for element in (1, 10, 11):
            parts = tuple(value(stc, element, n) for n in (1, 2, 3))
            if any(parts):
                found.append(parts if parts[2] else parts[:2])
    return tuple(found)
