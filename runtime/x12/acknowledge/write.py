"""The answers to an interchange, as bytes: TA1, 999, 277CA, each in an interchange of its own.

Nothing is made up: the time and the control numbers are given, everything else comes from what was received. The same
input with the same time and numbers gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from runtime.codecs.x12 import ControlNumbers, Outgoing, Partner, SetTable, Style, write_interchange
from runtime.codecs.x12.style import DEFAULT_STYLE
from runtime.errors import Finding
from runtime.x12.acknowledge.implementation import implementation
from runtime.x12.acknowledge.received import CLAIM_SETS, Group, Interchange
from runtime.x12.acknowledge.status import Answerer, ClaimStatus, Moment
from runtime.x12.acknowledge.verdict import of_interchange, of_transaction
from runtime.x12.segments import value

Kind = Literal["ta1", "999", "277ca"]
KINDS: tuple[Kind, ...] = ("ta1", "999", "277ca")

_ACKNOWLEDGEMENTS = "FA"
_WANTED = "1"
_ID_WIDTH = 15


@dataclass(frozen=True, slots=True)
class Policy:
    """How to answer. `strict` and `copies`: see `verdict` and `implementation`. `received`: when the file came.

    `always` gives a TA1 also where ISA14 does not ask for one and nothing is wrong with the envelope.
    """

    strict: bool = False
    copies: bool = False
    always: bool = False
    received: datetime | None = None
    answerer: Answerer | None = None
    style: Style = field(default_factory=lambda: DEFAULT_STYLE)


@dataclass(frozen=True, slots=True)
class Answer:
    """One interchange to send back; `findings` tell what had to be changed to write it."""

    kind: Kind
    data: bytes
    findings: tuple[Finding, ...] = ()


def answers(
    interchange: Interchange,
    sets: Mapping[str, SetTable],
    numbers: ControlNumbers,
    now: datetime,
    kinds: Iterable[Kind] = KINDS,
    policy: Policy | None = None,
) -> Iterator[Answer]:
    """The answers that an interchange is due, in the order of `KINDS`; `sets` holds the tables of 999 and 277CA.

    No answer is due to acknowledgements (groups FA), to what has no ISA, and of 277CA to anything but claims that the
    999 accepts.
    """
    policy = policy or Policy()
    wanted = set(kinds)
    if not interchange.isa:
        return
    partner = _partner(interchange, policy.style)
    if "ta1" in wanted and (policy.always or interchange.codes or value(interchange.isa, 14) == _WANTED):
        yield _written("ta1", [], partner, numbers, now, policy, [_ta1(interchange, policy.style)])
    groups = [each for each in interchange.groups if _is_answered(each)]
    if "999" in wanted and groups:
        table = sets["999"]
        trees = [
            implementation(each, table, strict=policy.strict, copies=policy.copies).tree for each in groups
        ]
        yield _written("999", [Outgoing(table, tree) for tree in trees], partner, numbers, now, policy)
    if "277ca" in wanted:
        found = list(_statuses(interchange, groups, sets["277CA"], now, policy))
        if found:
            yield _written("277ca", found, partner, numbers, now, policy)


def _is_answered(group: Group) -> bool:
    """Acknowledgements are not acknowledged, and a group without a number cannot be named."""
    return value(group.gs, 1) not in ("", _ACKNOWLEDGEMENTS) and value(group.gs, 6) != ""


def _statuses(
    interchange: Interchange, groups: Iterable[Group], table: SetTable, now: datetime, policy: Policy
) -> Iterator[Outgoing]:
    for group in groups:
        for transaction in group.transactions:
            if transaction.set in CLAIM_SETS and of_transaction(transaction, policy.strict).code != "R":
                trace = "-".join((value(interchange.isa, 13), value(group.gs, 6), transaction.control))[:50]
                moments = (_moment(policy.received or now), _moment(now))
                status = ClaimStatus(transaction, table, trace, *moments, policy.answerer)
                yield Outgoing(table, {}, parts=status.parts)


def _moment(at: datetime) -> Moment:
    return Moment(at.strftime("%Y%m%d"), at.strftime("%H%M"))


def _ta1(interchange: Interchange, style: Style) -> list[str]:
    """ISA13, ISA09 and ISA10 of what came in, then the verdict."""
    verdict = of_interchange(interchange)
    echoed = (_clean(value(interchange.isa, n), style, 9) for n in (13, 9, 10))
    return ["TA1", *echoed, verdict.code, *verdict.codes]


def _partner(interchange: Interchange, style: Style) -> Partner:
    """Sender and receiver of the answer: those of what came in, the other way round."""
    isa = interchange.isa
    gs = next((group.gs for group in interchange.groups if group.gs), ())
    return Partner(
        sender=_clean(value(isa, 8), style, _ID_WIDTH),
        receiver=_clean(value(isa, 6), style, _ID_WIDTH),
        sender_qualifier=_clean(value(isa, 7), style, 2),
        receiver_qualifier=_clean(value(isa, 5), style, 2),
        group_sender=_clean(value(gs, 3), style, _ID_WIDTH),
        group_receiver=_clean(value(gs, 2), style, _ID_WIDTH),
        usage=_clean(value(isa, 15), style, 1),
    )


def _clean(text: str, style: Style, width: int) -> str:
    """What the sender says of itself, as it can stand in our envelope: it has other delimiters than ours."""
    return style.clean(text.encode("ascii", "replace").decode("ascii"))[0].strip()[:width]


def _written(
    kind: Kind,
    transactions: list[Outgoing],
    partner: Partner,
    numbers: ControlNumbers,
    now: datetime,
    policy: Policy,
    loose: Iterable[list[str]] = (),
) -> Answer:
    findings: list[Finding] = []
    data = write_interchange(
        transactions, partner, numbers, now, style=policy.style, findings=findings, loose=list(loose)
    )
    return Answer(kind, data, tuple(findings))
