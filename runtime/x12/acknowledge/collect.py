"""Collects what acknowledgements need from the events of the codec and the findings of validation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from runtime.codecs.x12 import (
    COMPONENT,
    Event,
    Fault,
    GroupEnd,
    GroupStart,
    InterchangeEnd,
    InterchangeStart,
    Placed,
    Slice,
    TransactionEnd,
    TransactionStart,
)
from runtime.x12.acknowledge.received import (
    CLAIM_SETS,
    Claim,
    Group,
    Interchange,
    Line,
    Note,
    Provider,
    Transaction,
)
from runtime.x12.amounts import ZERO, amount
from runtime.x12.segments import LoopValue, Segment, dates, first, inner, loops, segments, value

Check = Callable[[Event], Iterable[Note]]
"""Notes of validation about what an event holds: `runtime.x12.acknowledge.validation` makes one."""

_ISA_CODES = {
    1: "010",
    2: "011",
    3: "012",
    4: "013",
    5: "005",
    6: "006",
    7: "007",
    8: "008",
    9: "014",
    10: "015",
    11: "016",
    12: "017",
    13: "018",
    14: "019",
    15: "020",
    16: "027",
}
"""TA105 for an element of an ISA that is not as it must be."""

_GS_CODES = {1: "1", 6: "6", 8: "2"}
"""AK905 for an element of a GS."""


def collect(
    events: Iterable[Event], check: Check | None = None, lines: bool = False
) -> Iterator[Interchange]:
    """The interchanges of a stream, each when it is complete.

    Without `check` only what the codec finds is told: envelope, unknown segments, hierarchy. Of each claim a few texts
    are kept, since the totals of a 277CA stand before its claims; of its service lines only those of claims that have
    faults, unless `lines` asks for all.
    """
    collector = _Collector(check, lines)
    for event in events:
        yield from collector.take(event)
    yield from collector.rest()


class _Collector:
    def __init__(self, check: Check | None, lines: bool) -> None:
        self.check = check
        self.lines = lines
        self.interchange: Interchange | None = None
        self.group: Group | None = None
        self.transaction: Transaction | None = None

    def take(self, event: Event) -> Iterator[Interchange]:
        """One event; the interchange that it ends."""
        if isinstance(event, InterchangeStart):
            yield from self.rest()
            self.interchange = Interchange(event.isa)
        elif isinstance(event, GroupStart):
            self.group = Group(event.gs)
            self._interchange().groups.append(self.group)
        elif isinstance(event, TransactionStart):
            self._begin(event)
        before = len(self.transaction.claims) if self.transaction is not None else 0
        if isinstance(event, Slice) and self.transaction is not None:
            _levels(self.transaction, event)
        self._faults(event)
        self._checked(event)
        if self.transaction is not None and not self.lines:
            for claim in self.transaction.claims[before:]:
                if not claim.notes:
                    claim.lines = ()
        if isinstance(event, TransactionEnd):
            self._end(event)
        elif isinstance(event, GroupEnd) and self.group is not None:
            self.group.declared = value(event.ge or (), 1)
            self.group = None
        elif isinstance(event, InterchangeEnd):
            yield from self.rest()

    def rest(self) -> Iterator[Interchange]:
        """The interchange that is open, if there is one."""
        if self.interchange is not None:
            yield self.interchange
        self.interchange = self.group = self.transaction = None

    def _interchange(self) -> Interchange:
        if self.interchange is None:
            self.interchange = Interchange(())
        return self.interchange

    def _begin(self, event: TransactionStart) -> None:
        name = event.table["set"] if event.table is not None else ""
        self.transaction = Transaction(event.st, name, event.version, event.table is not None)
        if self.group is None:
            self.group = Group(())
            self._interchange().groups.append(self.group)
        self.group.transactions.append(self.transaction)

    def _end(self, event: TransactionEnd) -> None:
        transaction = self.transaction
        if transaction is None:
            return
        _header(transaction, event.tree)
        transaction.accepted = event.accepted
        transaction.close()
        self.transaction = None

    def _faults(self, event: Event) -> None:
        for fault in event.faults:
            if fault.kind == "TA105" and self.interchange is not None:
                self.interchange.codes.append(fault.ack)
            elif fault.kind == "AK905" and self.group is not None:
                self.group.codes.append(fault.ack)
            elif fault.kind == "IK502" and self.transaction is not None:
                self.transaction.codes.append(fault.ack)
            elif fault.kind == "IK304" and self.check is None:
                self._note(_of_codec(fault))

    def _checked(self, event: Event) -> None:
        if self.check is not None:
            for note in self.check(event):
                self._note(note)

    def _note(self, note: Note) -> None:
        """Keep a note where it belongs: with its transaction, or as a code for the envelope's segment."""
        if note.segment == "ISA" and self.interchange is not None and not note.warning:
            self.interchange.codes.append(_ISA_CODES.get(note.element, "022"))
            return
        if note.segment == "GS" and self.group is not None and not note.warning:
            self.group.codes.append(_GS_CODES.get(note.element, ""))
            return
        if self.transaction is not None:
            self.transaction.add(note)


def _of_codec(fault: Fault) -> Note:
    loop = fault.loop.rpartition("/")[2]
    warning = fault.finding.level != "error"
    code = "7" if fault.element else ""
    return Note(fault.segment, fault.ordinal, loop, fault.ack, fault.element, ik403=code, warning=warning)


# -- what the segments say ---------------------------------------------------------------------


def _header(transaction: Transaction, tree: LoopValue) -> None:
    """BHT03, submitter and receiver of a transaction of claims."""
    if transaction.set not in CLAIM_SETS:
        return
    transaction.reference = value(first(tree, "BHT"), 3)
    transaction.submitter = _name(first(inner(tree, "1000A"), "NM1"))
    transaction.receiver = _name(first(inner(tree, "1000B"), "NM1"))


def _name(nm1: Segment) -> tuple[str, ...]:
    """NM102 to NM105, NM107 to NM109."""
    return tuple(value(nm1, n) for n in (2, 3, 4, 5, 7, 8, 9))


def _levels(transaction: Transaction, event: Placed) -> None:
    """The levels and the claim of one slice."""
    if transaction.set not in CLAIM_SETS:
        if transaction.known:
            _units(transaction, event)
        return
    lines: Iterator[Line] = iter(())
    for ordinal, (segment, move) in enumerate(
        zip(event.segments, event.moves, strict=True), start=event.first
    ):
        if segment[0] == "HL" and move.opens:
            level = move.opens[-1].id
            if level == "2000A":
                transaction.providers.append(_provider(ordinal, inner(event.tree, "2000A")))
            elif level == "2000B":
                transaction.subscribers.append(ordinal)
            elif level == "2000C":
                transaction.persons.append(ordinal)
        elif segment[0] == "CLM" and move.opens:
            transaction.ordinals.append(ordinal)
            transaction.claims.append(_claim(transaction, ordinal, event))
            lines = iter(transaction.claims[-1].lines)
        elif segment[0] == "LX" and move.opens:
            line = next(lines, None)
            if line is not None:
                line.ordinal = ordinal


def _units(transaction: Transaction, event: Placed) -> None:
    """The claims of an 835 by their numbers, so that notes can name them."""
    for ordinal, (segment, move) in enumerate(
        zip(event.segments, event.moves, strict=True), start=event.first
    ):
        if segment[0] == "CLP" and move.opens:
            transaction.ordinals.append(ordinal)
            charge = value(segment, 3)
            made = Claim(ordinal, value(segment, 1), charge, amount(charge) or ZERO, (), ("", ""), -1, -1, -1)
            transaction.claims.append(made)


def _provider(ordinal: int, loop: LoopValue) -> Provider:
    party = inner(loop, "2010AA")
    nm1 = first(party, "NM1")
    qualifier, identifier = value(nm1, 8), value(nm1, 9)
    if not identifier:
        qualifier, identifier = "FI", value(first(party, "REF", "EI", "SY"), 2)
    return Provider(ordinal, _name(nm1)[:5], qualifier, identifier)


def _claim(transaction: Transaction, ordinal: int, event: Placed) -> Claim:
    subscriber = inner(inner(event.tree, "2000A"), "2000B")
    person = inner(subscriber, "2000C")
    claim = inner(person, "2300") if person else inner(subscriber, "2300")
    insured = first(inner(subscriber, "2010BA"), "NM1")
    patient = first(inner(person, "2010CA"), "NM1") if person else insured
    clm = first(claim, "CLM")
    lines = tuple(_line(loop, n) for n, loop in enumerate(loops(claim, "2400"), start=1))
    served = _served(claim)
    bill = value(clm, 5, 1) + value(clm, 5, 3) if transaction.set == "837I" else ""
    charge = value(clm, 2)
    return Claim(
        ordinal,
        value(clm, 1),
        charge,
        amount(charge) or ZERO,
        _name(patient)[:5],
        (value(insured, 8), value(insured, 9)),
        len(transaction.providers) - 1,
        len(transaction.subscribers) - 1,
        len(transaction.persons) - 1 if person else -1,
        value(first(claim, "REF", "D9"), 2),
        bill,
        min(served, default=""),
        max(served, default=""),
        lines,
    )


def _served(claim: LoopValue) -> list[str]:
    """Dates of service: of the statement (DTP*434), else of the lines (DTP*472), else of the admission (DTP*435)."""
    lines = [segment for loop in loops(claim, "2400") for segment in segments(loop, "DTP", "472")]
    days = [day for segment in lines for day in dates(segment)]
    return list(dates(first(claim, "DTP", "434"))) or days or list(dates(first(claim, "DTP", "435")))


def _line(loop: LoopValue, number: int) -> Line:
    sv1, sv2 = first(loop, "SV1"), first(loop, "SV2")
    institutional = len(sv2) > 1
    parts = value(sv2, 2) if institutional else value(sv1, 1)
    qualifier, code, *modifiers = [*parts.split(COMPONENT), "", ""][:6]
    when = dates(first(loop, "DTP", "472"))
    return Line(
        0,
        value(first(loop, "LX"), 1) or str(number),
        qualifier,
        code,
        tuple(each for each in modifiers if each),
        value(sv2, 3) if institutional else value(sv1, 2),
        value(sv2, 5) if institutional else value(sv1, 4),
        value(sv2, 1) if institutional else "",
        value(first(loop, "REF", "6R"), 2),
        "-".join(when),
    )
