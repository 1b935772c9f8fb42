"""Ties what acknowledgements say to what was sent: to the claim, and to the source of the element that is at fault."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from runtime.errors import Finding
from runtime.x12.acknowledge.implementation import UNIT_WIDTH
from runtime.x12.acknowledge.received import CLAIM_SETS, Claim, Group, Interchange, Transaction
from runtime.x12.acknowledge.report import (
    BatchVerdict,
    ClaimVerdict,
    Fault,
    GroupVerdict,
    InterchangeVerdict,
    Report,
    Status,
    TransactionVerdict,
)
from runtime.x12.acknowledge.source_map import Key, Origin, SourceMap
from runtime.x12.segments import value


@dataclass(frozen=True, slots=True)
class Because:
    """What triggered a situational rule: where it stands in the transaction, and where it came from."""

    ordinal: int
    reference: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Tied:
    """One thing that was told, with what it is about.

    `what` is `interchange`, `group`, `transaction`, `fault`, `batch`, `claim` or `line`; `code` the verdict or error
    code, `codes` those that explain it; `element` tells that the code is of an element. `claim` is the CLM01 (or
    CLP01), `ordinal` the segment within the transaction, `origin` where it came from; `triggers` are what a situational
    fault depends on.
    """

    what: str
    code: str
    rejected: bool
    key: Key
    claim: str = ""
    ordinal: int = 0
    reference: str = ""
    statuses: tuple[Status, ...] = ()
    origin: Origin = field(default_factory=Origin)
    known: bool = True
    codes: tuple[str, ...] = ()
    element: bool = False
    triggers: tuple[Because, ...] = ()


@dataclass(frozen=True, slots=True)
class _Sent:
    key: Key
    transaction: Transaction


class Sent:
    """What was sent, as far as acknowledgements name it: made from `collect` of the sent files, or a part of them."""

    def __init__(self, interchanges: Iterable[Interchange] = ()) -> None:
        self._interchanges: dict[str, Interchange] = {}
        self._groups: dict[str, list[Group]] = {}
        self._transactions: dict[tuple[str, str], list[_Sent]] = {}
        self._batches: dict[str, list[_Sent]] = {}
        self._claims: dict[str, list[tuple[_Sent, Claim]]] = {}
        for each in interchanges:
            self.add(each)

    def add(self, interchange: Interchange) -> None:
        """Put an interchange that was sent in."""
        number = value(interchange.isa, 13)
        self._interchanges[number] = interchange
        for group in interchange.groups:
            control = value(group.gs, 6)
            self._groups.setdefault(control, []).append(group)
            for transaction in group.transactions:
                sent = _Sent(Key(number, control, transaction.control), transaction)
                self._transactions.setdefault((control, transaction.control), []).append(sent)
                if transaction.reference:
                    self._batches.setdefault(transaction.reference, []).append(sent)
                for claim in transaction.claims:
                    self._claims.setdefault(claim.control, []).append((sent, claim))

    def interchange(self, control: str) -> Interchange | None:
        return self._interchanges.get(control)

    def group(self, control: str) -> bool:
        return control in self._groups

    def transaction(self, group: str, control: str) -> _Sent | None:
        """The last transaction that was sent under these numbers."""
        found = self._transactions.get((group, control))
        return found[-1] if found else None

    def batch(self, reference: str) -> _Sent | None:
        """The last transaction with this BHT03; where a receiver answers with ST02 instead, the one with that."""
        found = self._batches.get(reference)
        return found[-1] if found else None

    def claim(self, batch: str, control: str) -> tuple[_Sent, Claim] | None:
        """The claim with this CLM01, of the transaction that the batch names if it was sent in several."""
        found = self._claims.get(control, [])
        same = [each for each in found if each[0].transaction.reference == batch]
        return (same or found)[-1] if found else None


def tie(report: Report, sent: Sent, sources: SourceMap | None = None) -> Iterator[Tied | Finding]:
    """Everything that a report tells, tied; a finding R511 for what answers nothing that was sent."""
    sources = sources or SourceMap()
    for interchange in report.interchanges:
        yield from _interchange(interchange, sent)
    for group in report.groups:
        yield from _group(group, sent, sources)
    for batch in report.batches:
        yield from _batch(batch, sent)
    for claim in report.claims:
        yield from _claim(claim, sent, sources)


def _unknown(what: str, where: str) -> Finding:
    return Finding("R511", "warning", f"answers {what} that is not among what was sent", where)


def _shown(control: str) -> str:
    """A control number as it may stand in a finding."""
    return control if control.isascii() and control.isalnum() and len(control) <= 9 else "?"


def _interchange(verdict: InterchangeVerdict, sent: Sent) -> Iterator[Tied | Finding]:
    known = sent.interchange(verdict.control) is not None
    if not known:
        yield _unknown("an interchange", f"TA1 of ISA13 {_shown(verdict.control)}")
    key = Key(verdict.control, "", "")
    codes = (verdict.note,) if verdict.note else ()
    yield Tied("interchange", verdict.code, verdict.rejected, key, known=known, codes=codes)


def _group(verdict: GroupVerdict, sent: Sent, sources: SourceMap) -> Iterator[Tied | Finding]:
    known = sent.group(verdict.control)
    if not known:
        yield _unknown("a group", f"AK1 of GS06 {_shown(verdict.control)}")
    yield Tied(
        "group",
        verdict.code,
        verdict.rejected,
        Key("", verdict.control, ""),
        known=known,
        codes=verdict.codes,
    )
    for each in verdict.transactions:
        yield from _transaction(each, verdict.control, sent, sources)


def _transaction(
    verdict: TransactionVerdict, group: str, sent: Sent, sources: SourceMap
) -> Iterator[Tied | Finding]:
    found = sent.transaction(group, verdict.control)
    key = found.key if found is not None else Key("", group, verdict.control)
    if found is None:
        yield _unknown("a transaction", f"AK2 of ST02 {_shown(verdict.control)}")
    yield Tied(
        "transaction", verdict.code, verdict.rejected, key, known=found is not None, codes=verdict.codes
    )
    for fault in verdict.faults:
        yield _fault(fault, verdict.rejected, key, found, sources)


def _fault(fault: Fault, rejected: bool, key: Key, found: _Sent | None, sources: SourceMap) -> Tied:
    claim = fault.claim
    if found is not None:
        claim = _claim_named(found.transaction, fault) or _claim_at(found.transaction, fault) or claim
    return Tied(
        "fault",
        fault.element_code or fault.code,
        rejected,
        key,
        claim,
        fault.ordinal,
        fault.reference,
        origin=sources.origin(key, fault.ordinal, fault.element, fault.component),
        known=found is not None,
        element=bool(fault.element),
        triggers=tuple(
            Because(
                each.ordinal,
                each.reference,
                sources.origin(key, each.ordinal, each.element, each.component),
            )
            for each in fault.triggers
        ),
    )


def _claim_named(transaction: Transaction, fault: Fault) -> str:
    """The number of the claim that CTX names, or that begins so; of several claims with it the one that is there."""
    told = fault.claim
    if not told:
        return ""
    named = [each for each in transaction.claims if each.control == told]
    if not named and len(told) == UNIT_WIDTH:
        named = [each for each in transaction.claims if each.control.startswith(told)]
    before = [each for each in named if each.ordinal <= fault.ordinal]
    return (before or named)[-1].control if named else ""


def _claim_at(transaction: Transaction, fault: Fault) -> str:
    """The number of the claim that a segment stands in; none for what is above the claims."""
    if transaction.set in CLAIM_SETS and fault.loop[:2] not in ("", "23", "24"):
        return ""
    later = [claim for claim in transaction.claims if claim.ordinal <= fault.ordinal]
    return later[-1].control if later else ""


def _batch(verdict: BatchVerdict, sent: Sent) -> Iterator[Tied | Finding]:
    found = sent.batch(verdict.batch)
    if found is None:
        yield _unknown("a transaction of claims", "2200B/TRN02")
    key = found.key if found is not None else Key("", "", "")
    code = verdict.statuses[0][0] if verdict.statuses else ""
    yield Tied("batch", code, verdict.rejected, key, statuses=verdict.statuses, known=found is not None)


def _claim(verdict: ClaimVerdict, sent: Sent, sources: SourceMap) -> Iterator[Tied | Finding]:
    found = sent.claim(verdict.batch, verdict.control)
    if found is None:
        yield _unknown("a claim", "2200D/TRN02")
        yield Tied(
            "claim", _code(verdict.statuses), verdict.rejected, Key("", "", ""), verdict.control, known=False
        )
        return
    key, claim = found[0].key, found[1]
    yield Tied(
        "claim",
        _code(verdict.statuses),
        verdict.rejected,
        key,
        claim.control,
        claim.ordinal,
        "CLM",
        verdict.statuses,
        sources.origin(key, claim.ordinal),
    )
    for line in verdict.lines:
        ordinal = next(
            (each.ordinal for each in claim.lines if line.control in (each.control, each.number)), 0
        )
        yield Tied(
            "line",
            _code(line.statuses),
            line.rejected,
            key,
            claim.control,
            ordinal,
            "LX",
            line.statuses,
            sources.origin(key, ordinal + 1) if ordinal else Origin(),
            known=bool(ordinal),
        )


def _code(statuses: tuple[Status, ...]) -> str:
    return statuses[0][0] if statuses and statuses[0] else ""
