"""What acknowledgements say of what was sent: verdicts on interchanges, groups, transactions, claims and lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from runtime.errors import Finding
from runtime.x12.amounts import ZERO
from runtime.x12.validate.finding import Trigger, reference

Status = tuple[str, ...]
"""Category, status and entity of an STC: `("A7", "562", "85")`."""

REJECTED_CATEGORIES = frozenset({"A3", "A4", "A6", "A7", "A8", "DR01", "DR02", "E0", "E1", "E2", "E3", "E4"})
"""Categories (code source 507) of a claim that does not go on: A3 returned, A4 not found, A6 to A8 in error."""


@dataclass(frozen=True, slots=True)
class InterchangeVerdict:
    """A TA1: `control` is the ISA13 that it answers, `code` A, E or R, `note` TA105."""

    control: str
    date: str
    time: str
    code: str
    note: str

    @property
    def rejected(self) -> bool:
        return self.code == "R"


@dataclass(frozen=True, slots=True)
class Fault:
    """One IK3, or one IK4 below it: where in the transaction, and the code. `copied` tells that IK404 holds a value.

    `claim` is what CTX says of the business unit (CLM01, its first 35 characters); `triggers` are the elements or
    segments (CTX SITUATIONAL TRIGGER) because of which a segment or element is asked for.
    """

    segment: str
    ordinal: int
    loop: str
    code: str
    element: int = 0
    component: int = 0
    repetition: int = 0
    data_element: str = ""
    element_code: str = ""
    claim: str = ""
    copied: bool = False
    value: str = ""
    triggers: tuple[Trigger, ...] = ()

    @property
    def reference(self) -> str:
        """`CLM05-3`, or the segment alone."""
        return reference(self.segment, self.element, self.component)


@dataclass(frozen=True, slots=True)
class TransactionVerdict:
    """An AK2 with its IK5: `code` is A, E, R and others of IK501."""

    set: str
    control: str
    version: str
    code: str
    codes: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def rejected(self) -> bool:
        return self.code not in ("A", "E")


@dataclass(frozen=True, slots=True)
class GroupVerdict:
    """A 999: `control` is the GS06 that it answers; counts are AK902 to AK904, -1 where they are no numbers."""

    functional: str
    control: str
    version: str
    code: str
    declared: int
    received: int
    accepted: int
    codes: tuple[str, ...] = ()
    transactions: tuple[TransactionVerdict, ...] = ()

    @property
    def rejected(self) -> bool:
        return self.code not in ("A", "E", "P")


@dataclass(frozen=True, slots=True)
class LineVerdict:
    """A 2220D: `control` is REF*FJ, the line control number of the claim (REF*6R)."""

    control: str
    procedure: str
    charge: str
    statuses: tuple[Status, ...]

    @property
    def rejected(self) -> bool:
        return rejects(self.statuses)


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    """A 2200D: `batch` is the BHT03 of the transaction, `control` the CLM01, `payer_control` REF*1K, for a later F8."""

    batch: str
    control: str
    provider: str
    statuses: tuple[Status, ...]
    action: str = ""
    date: str = ""
    charge: Decimal = ZERO
    payer_control: str = ""
    trace: str = ""
    bill: str = ""
    lines: tuple[LineVerdict, ...] = ()

    @property
    def rejected(self) -> bool:
        return self.action == "U" or rejects(self.statuses)


@dataclass(frozen=True, slots=True)
class BatchVerdict:
    """A 2200B: what became of a transaction of claims. Counts and charges are -1 and `None` where they are not told."""

    batch: str
    statuses: tuple[Status, ...]
    action: str
    charge: Decimal | None
    accepted: int
    rejected_count: int
    accepted_charge: Decimal | None
    rejected_charge: Decimal | None

    @property
    def rejected(self) -> bool:
        return self.action == "U" or rejects(self.statuses)


Verdict = InterchangeVerdict | GroupVerdict | BatchVerdict | ClaimVerdict


@dataclass(slots=True)
class Report:
    """All verdicts of a file of acknowledgements, and what is wrong with the file itself."""

    interchanges: list[InterchangeVerdict] = field(default_factory=list)
    groups: list[GroupVerdict] = field(default_factory=list)
    batches: list[BatchVerdict] = field(default_factory=list)
    claims: list[ClaimVerdict] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def add(self, verdict: Verdict | Finding) -> None:
        """Put one verdict where it belongs."""
        if isinstance(verdict, InterchangeVerdict):
            self.interchanges.append(verdict)
        elif isinstance(verdict, GroupVerdict):
            self.groups.append(verdict)
        elif isinstance(verdict, BatchVerdict):
            self.batches.append(verdict)
        elif isinstance(verdict, ClaimVerdict):
            self.claims.append(verdict)
        else:
            self.findings.append(verdict)

    @property
    def rejected(self) -> bool:
        """Whether anything that was sent was rejected."""
        return any(each.rejected for each in self.verdicts())

    def verdicts(self) -> Iterator[Verdict | TransactionVerdict]:
        """Every verdict, transactions after their group."""
        yield from self.interchanges
        for group in self.groups:
            yield group
            yield from group.transactions
        yield from self.batches
        yield from self.claims


def rejects(statuses: tuple[Status, ...]) -> bool:
    """Whether a status has a category of rejection."""
    return any(status[0] in REJECTED_CATEGORIES for status in statuses if status)
