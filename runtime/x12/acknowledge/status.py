"""The 277CA (005010X214): what became of each claim, by receiver, billing provider, patient, claim and line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runtime.codecs.x12 import Segment, SetTable
from runtime.x12.acknowledge.received import Claim, Line, Note, Provider, Transaction
from runtime.x12.acknowledge.tree import Built
from runtime.x12.amounts import amount, total, written

RECEIVED = ("A1", "19")
"""Category and status of what was received as a whole: it goes on to the claims."""

ACCEPTED = ("A2", "20")
"""Of a claim that is accepted."""

INVALID = ("A7", "21")
"""Of a claim or line that is rejected, where validation gives no better status."""

MISSING = ("A6", "21")
"""The same where something is missing."""

_RELATED = ("A8", "178")
_MISSING_SEGMENT = frozenset({"3", "I6"})
_MISSING_ELEMENT = frozenset({"1", "2", "I9"})
_MOST_STATUSES = 3
_UNKNOWN = "UNKNOWN"

Status = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened, in the receiver's local time: CCYYMMDD and HHMM."""

    date: str
    time: str


@dataclass(frozen=True, slots=True)
class Answerer:
    """Who answers: name and identifier of 2100A, with `entity` PR (a payer) or AY (a clearinghouse)."""

    name: str
    identifier: str
    qualifier: str = "46"
    entity: str = "PR"


Write = Callable[[Mapping[str, Any]], list[Segment]]
"""Serializes a tree of a 277CA; see `Outgoing.parts`."""


@dataclass(frozen=True, slots=True)
class ClaimStatus:
    """The 277CA of one transaction of claims that the 999 accepts.

    `trace` names the transaction among all that were received; it becomes BHT03 and TRN02 of 2200A. Without `answerer`
    the receiver of the transaction (1000B) answers.
    """

    transaction: Transaction
    table: SetTable
    trace: str
    received: Moment
    now: Moment
    answerer: Answerer | None = None

    def parts(self, write: Write) -> Iterator[list[Segment]]:
        """The segments, claim by claim, so that no tree of all claims is needed.

        Each piece is written as a whole 277CA with one claim, of which the levels that were there before are left out.
        """
        by_provider: dict[int, list[Claim]] = {}
        for claim in self.transaction.claims:
            by_provider.setdefault(claim.provider, []).append(claim)
        count = level = parent = 0
        whole: list[Segment] = []
        for index, claims in by_provider.items():
            for number, claim in enumerate(claims):
                root, provider = self._levels(head=not count)
                if not number:
                    _provider(provider, self.transaction, self._party(index), claims)
                _claim(provider.open("2000D"), claim, self.now)
                whole = write(root.tree)
                starts = [n for n, segment in enumerate(whole) if segment[0] == "HL"]
                if not count:
                    level, begin = 4, 0
                else:
                    level += 1 if number else 2
                    begin = starts[3] if number else starts[2]
                if not number:
                    parent = level - 1
                    whole[starts[2]][1:3] = [str(parent), "2"]
                whole[starts[3]][1:3] = [str(level), str(parent)]
                piece = whole[begin:-1]
                count += len(piece)
                yield piece
        if not count:
            whole = write(self._levels(head=True)[0].tree)
            count = len(whole) - 1
            yield whole[:-1]
        yield [["SE", str(count + 1), whole[-1][2]]]

    def _party(self, index: int) -> Provider:
        """A billing provider; one without a name for claims that stand below none."""
        known = self.transaction.providers
        return known[index] if 0 <= index < len(known) else Provider(0, (), "", "")

    def _levels(self, head: bool) -> tuple[Built, Built]:
        """The root and a level 2000C; with `head`, what stands once is in it."""
        root = Built.root(self.table)
        if head:
            root.add("BHT", "0085", "08", self.trace, self.now.date, self.now.time, "TH")
        source = root.open("2000A")
        if head:
            _source(source, self.transaction, self.trace, self.received, self.now, self.answerer)
        receiver = source.open("2000B")
        if head:
            _receiver(receiver, self.transaction, self.now)
        return root, receiver.open("2000C") if self.transaction.claims else receiver


def _source(
    loop: Built,
    transaction: Transaction,
    trace: str,
    received: Moment,
    now: Moment,
    answerer: Answerer | None,
) -> None:
    name = [*transaction.receiver, *[""] * 7]
    found = answerer or Answerer(name[1], name[6], name[5] or "46")
    loop.open("2100A").add(
        "NM1",
        found.entity,
        "2",
        found.name or _UNKNOWN,
        "",
        "",
        "",
        "",
        found.qualifier,
        found.identifier or _UNKNOWN,
    )
    inner = loop.open("2200A")
    inner.add("TRN", "1", trace)
    inner.add("DTP", "050", "D8", received.date)
    inner.add("DTP", "009", "D8", now.date)


def _receiver(loop: Built, transaction: Transaction, now: Moment) -> None:
    kind, last, first, middle, _, qualifier, identifier = [*transaction.submitter, *[""] * 7][:7]
    loop.open("2100B").add(
        "NM1",
        "41",
        kind if kind in ("1", "2") else "2",
        last or _UNKNOWN,
        first,
        middle,
        "",
        "",
        qualifier or "46",
        identifier or _UNKNOWN,
    )
    trace = loop.open("2200B")
    trace.add("TRN", "2", transaction.reference or transaction.control)
    trace.add("STC", (*RECEIVED, "PR"), now.date, "WQ", written(transaction.total))
    _totals(trace, transaction.claims, "90", "AA")


def _provider(loop: Built, transaction: Transaction, provider: Provider, claims: Sequence[Claim]) -> None:
    kind, last, first, middle, suffix = [*provider.name, *[""] * 5][:5]
    loop.open("2100C").add(
        "NM1",
        "85",
        kind if kind in ("1", "2") else "2",
        last or _UNKNOWN,
        first,
        middle,
        "",
        suffix,
        provider.qualifier if provider.qualifier in ("XX", "FI", "SV") else "XX",
        provider.identifier or _UNKNOWN,
    )
    trace = loop.open("2200C")
    trace.add("TRN", "1", transaction.reference or transaction.control)
    sum_ = total(claim.amount for claim in claims)
    trace.add("STC", (*RECEIVED, "PR"), "", "WQ", written(sum_))
    _totals(trace, claims, "QA", "QC")


def _totals(loop: Built, claims: Iterable[Claim], accepted: str, rejected: str) -> None:
    """Counts and charges of accepted and rejected claims; they come to what was sent."""
    good = [claim for claim in claims if not claim.rejected]
    bad = [claim for claim in claims if claim.rejected]
    for qualifier, found in ((accepted, good), (rejected, bad)):
        if found:
            loop.add("QTY", qualifier, str(len(found)))
    for qualifier, found in (("YU", good), ("YY", bad)):
        if found:
            loop.add("AMT", qualifier, written(total(claim.amount for claim in found)))


def _claim(loop: Built, claim: Claim, now: Moment) -> None:
    _, last, first, middle, suffix = [*claim.patient, *[""] * 5][:5]
    qualifier, member = claim.member
    loop.open("2100D").add(
        "NM1",
        "QC",
        "1",
        last or _UNKNOWN,
        first,
        middle,
        "",
        suffix,
        qualifier if qualifier in ("MI", "II") else "MI",
        member or _UNKNOWN,
    )
    inner = loop.open("2200D")
    inner.add("TRN", "2", claim.control or "0")
    _statuses(inner, claim.notes, claim.rejected, now, written(claim.amount))
    if claim.trace:
        inner.add("REF", "D9", claim.trace)
    if claim.bill:
        inner.add("REF", "BLT", claim.bill)
    if claim.first:
        inner.add("DTP", "472", *_period(claim.first, claim.last))
    for line in claim.lines:
        notes = [note for note in claim.notes if _holds(claim, line.ordinal, note)]
        if notes and amount(line.charge) is not None and (line.procedure or line.revenue):
            _line(inner, line, notes, now)


def _line(loop: Built, line: Line, notes: Sequence[Note], now: Moment) -> None:
    inner = loop.open("2220D")
    procedure = (line.qualifier, line.procedure, *line.modifiers) if line.procedure else ("NU", line.revenue)
    units = line.units if amount(line.units) is not None else ""
    inner.add("SVC", procedure, line.charge, "", line.revenue if line.procedure else "", "", "", units)
    first, *more = _distinct(notes)
    inner.add("STC", first, now.date, "U", *[""] * 6, *more[: _MOST_STATUSES - 1])
    inner.add("REF", "FJ", line.control or line.number)
    if line.date:
        inner.add("DTP", "472", "RD8" if "-" in line.date else "D8", line.date)


def _holds(claim: Claim, ordinal: int, note: Note) -> bool:
    """Whether a note is about the line that begins at an ordinal (or a loop below it)."""
    if not ordinal or not note.loop.startswith("24"):
        return False
    starts = [line.ordinal for line in claim.lines if line.ordinal and line.ordinal <= note.ordinal]
    return bool(starts) and starts[-1] == ordinal


def _statuses(loop: Built, notes: Sequence[Note], rejected: bool, now: Moment, charge: str) -> None:
    found = _distinct(notes) if rejected else [(*ACCEPTED,)]
    for at in range(0, len(found), _MOST_STATUSES):
        first, *more = found[at : at + _MOST_STATUSES]
        loop.add("STC", first, now.date, "U" if rejected else "WQ", charge, *[""] * 5, *more)


def _distinct(notes: Iterable[Note]) -> list[Status]:
    return list(dict.fromkeys(status_of(note) for note in notes))


def status_of(note: Note) -> Status:
    """Category, status and entity of a note."""
    if note.status:
        return tuple(note.status.split(":"))[:3]
    if note.snip == 3:
        return _RELATED
    missing = note.ik403 in _MISSING_ELEMENT if note.element else note.ik304 in _MISSING_SEGMENT
    return MISSING if missing else INVALID


def _period(first: str, last: str) -> tuple[str, str]:
    return ("D8", first) if first == last else ("RD8", f"{first}-{last}")
