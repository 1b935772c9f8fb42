"""What came in, as far as acknowledgements speak of it: interchanges, groups, transactions, claims, and notes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from runtime.x12.amounts import total
from runtime.x12.validate import Trigger

CLAIM_SETS = frozenset({"837P", "837I"})
"""The sets whose claims a 277CA answers."""

SYNTAX = frozenset({1, 2})
"""The SNIP types that a 999 tells of claims."""

MOST_NOTES = 1_000
"""Notes that one transaction keeps for its 999; one of more helps nobody. Claims are rejected all the same."""

_MOST_OF_CLAIM = 30
_LEVELS = {"A": "provider", "B": "subscriber", "C": "patient"}


@dataclass(frozen=True, slots=True)
class Note:
    """One fault as a 999 or 277CA tells it.

    `ik304` and `ik403` are the codes of a 999 (`ik403` empty for a whole segment), `status` the 277CA's
    (`A7:562:85`) where one is known. `trigger` is what a situational rule
    depends on. `value` is a copy of bad data, empty unless copies are asked for.
    """

    segment: str
    ordinal: int
    loop: str = ""
    ik304: str = "8"
    element: int = 0
    component: int = 0
    repetition: int = 0
    data_element: str = ""
    ik403: str = ""
    snip: int = 1
    claim: int = 0
    status: str = ""
    warning: bool = False
    value: str = ""
    trigger: Trigger | None = None

    @property
    def level(self) -> str:
        """Whose fault it is: `transaction`, `provider`, `subscriber`, `patient` or `claim`."""
        loop = self.loop
        if self.claim or loop[:2] in ("23", "24") or loop[:2] == "21":
            return "claim"
        if loop[:4] in ("2000", "2010"):
            return _LEVELS.get(loop[4:5], "transaction")
        return "transaction"


@dataclass(slots=True)
class Line:
    """A service line of a claim: its ordinal, procedure, charge, control number (REF*6R) and dates."""

    ordinal: int
    number: str
    qualifier: str = ""
    procedure: str = ""
    modifiers: tuple[str, ...] = ()
    charge: str = ""
    units: str = ""
    revenue: str = ""
    control: str = ""
    date: str = ""


@dataclass(slots=True)
class Claim:
    """A claim with what its status is addressed to. `first` and `last` are dates of service (D8), if there are any."""

    ordinal: int
    control: str
    charge: str
    amount: Decimal
    patient: tuple[str, ...]
    member: tuple[str, str]
    provider: int
    subscriber: int
    person: int
    trace: str = ""
    bill: str = ""
    first: str = ""
    last: str = ""
    lines: tuple[Line, ...] = ()
    notes: list[Note] = field(default_factory=list)

    def add(self, note: Note) -> None:
        """Keep a note; of very many the first ones."""
        if len(self.notes) < _MOST_OF_CLAIM:
            self.notes.append(note)

    @property
    def rejected(self) -> bool:
        return bool(self.notes)


@dataclass(slots=True)
class Provider:
    """A billing provider (2000A): ordinal of its HL, and its NM1 with the identifier that a 277CA may use."""

    ordinal: int
    name: tuple[str, ...]
    qualifier: str
    identifier: str


@dataclass(slots=True)
class Transaction:
    """A transaction set that came in. `version` is ST03, else GS08; `known` tells whether there is a table for it.

    `syntax` tells that it has an error of SNIP 1 or 2, `outside` that one is outside of its claims and their levels.
    """

    st: Sequence[str]
    set: str
    version: str
    known: bool
    notes: list[Note] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    accepted: bool = True
    reference: str = ""
    submitter: tuple[str, ...] = ()
    receiver: tuple[str, ...] = ()
    providers: list[Provider] = field(default_factory=list)
    subscribers: list[int] = field(default_factory=list)
    persons: list[int] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    ordinals: list[int] = field(default_factory=list)
    syntax: bool = False
    outside: bool = False
    _shared: dict[tuple[str, int], Note] = field(default_factory=dict)

    @property
    def control(self) -> str:
        """ST02."""
        return self.st[2] if len(self.st) > 2 else ""

    @property
    def total(self) -> Decimal:
        return total(claim.amount for claim in self.claims)

    def claim_of(self, note: Note) -> int:
        """The index of the claim that a note concerns, -1 if it concerns none."""
        if note.claim:
            return note.claim - 1 if note.claim <= len(self.claims) else -1
        return bisect_right(self.ordinals, note.ordinal) - 1 if note.ordinal else -1

    def place_of(self, note: Note) -> tuple[str, int]:
        """Whose fault a note is: the level, and the index of the claim, patient, subscriber or provider."""
        level = note.level
        if level == "claim":
            return level, self.claim_of(note)
        if level == "transaction":
            return level, 0
        starts: dict[str, Sequence[Provider | int]] = {
            "provider": self.providers,
            "subscriber": self.subscribers,
            "patient": self.persons,
        }
        return level, bisect_right(starts[level], note.ordinal, key=_ordinal) - 1

    def add(self, note: Note) -> None:
        """Take a note in: an error rejects its claim now, the claims of its provider, subscriber or patient later."""
        if len(self.notes) < MOST_NOTES:
            self.notes.append(note)
        if note.warning:
            return
        level, index = self.place_of(note)
        if note.snip in SYNTAX:
            self.syntax = True
            self.outside = self.outside or level == "transaction"
        if level == "claim" and index >= 0:
            self.claims[index].add(note)
        elif level != "transaction" and index >= 0:
            self._shared.setdefault((level, index), note)

    def close(self) -> None:
        """Give what providers, subscribers and patients have to their claims."""
        if self._shared:
            for claim in self.claims:
                for key in (
                    ("provider", claim.provider),
                    ("subscriber", claim.subscriber),
                    ("patient", claim.person),
                ):
                    if key in self._shared:
                        claim.add(self._shared[key])


def _ordinal(start: Provider | int) -> int:
    return start if isinstance(start, int) else start.ordinal


@dataclass(slots=True)
class Group:
    """A functional group. `declared` is GE01 as it stands, empty without a GE."""

    gs: Sequence[str]
    transactions: list[Transaction] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    declared: str = ""


@dataclass(slots=True)
class Interchange:
    """An interchange. `codes` are TA105 values of its faults, the first one is told."""

    isa: Sequence[str]
    groups: list[Group] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
