"""What an 835 asks to be posted: a payment, its claims with their lines and adjustments, and provider adjustments.

Amounts are exact decimals in the currency of the remittance (USD unless CUR02 says otherwise). Signs are those of the
835: a positive adjustment of a claim lowers what is paid, a positive provider adjustment lowers the payment.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum

from runtime.x12.amounts import ZERO, total


class Kind(Enum):
    """What is to be done with a claim, by CLP02."""

    PAYMENT = "payment"
    DENIAL = "denial"
    REVERSAL = "reversal"
    PREDETERMINATION = "predetermination"
    FORWARDED = "forwarded"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something is not posted: a code of `docs/errors/`, where, and what is missing or too much.

    A warning does not keep it from being posted.
    """

    code: str
    message: str
    where: str
    stated: Decimal | None = None
    computed: Decimal | None = None
    warning: bool = False

    @property
    def difference(self) -> Decimal | None:
        """What is stated less what the parts come to."""
        if self.stated is None or self.computed is None:
            return None
        return self.stated - self.computed


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One of the up to six adjustments of a CAS: group (CO, PR, OA, PI), reason, amount and units."""

    group: str
    reason: str
    amount: Decimal
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class LinePayment:
    """One SVC (2110): `number` counts from 1 within the claim, `control` is REF*6R, `original` SVC06's code."""

    number: int
    procedure: str
    modifiers: tuple[str, ...]
    charge: Decimal
    paid: Decimal
    units: str = ""
    control: str = ""
    original: str = ""
    dates: tuple[str, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def denied(self) -> bool:
        """Nothing is paid, and one adjustment that is not the patient's takes the whole charge."""
        return (
            self.charge > 0
            and self.paid == 0
            and any(a.group != "PR" and a.amount == self.charge for a in self.adjustments)
        )


@dataclass(frozen=True, slots=True)
class Reversed:
    """The claim that a reversal takes back: `number` counts the claims of the file, 0 if it is not in this file."""

    control: str
    payer_control: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class ClaimPayment:
    """One CLP (2100). `number` counts the claims of the file from 1, `ordinal` is CLP's in its transaction.

    `corrects` is the number of the reversal in this file that a claim follows, 0 if it follows none.
    """

    number: int
    ordinal: int
    control: str
    status: str
    kind: Kind
    charge: Decimal
    paid: Decimal
    patient: Decimal
    payer_control: str
    filing: str = ""
    frequency: str = ""
    dates: tuple[str, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()
    lines: tuple[LinePayment, ...] = ()
    reverses: Reversed | None = None
    corrects: int = 0
    problems: tuple[Problem, ...] = ()

    @property
    def everything(self) -> tuple[Adjustment, ...]:
        """Adjustments of the claim and of all its lines."""
        return (*self.adjustments, *(a for line in self.lines for a in line.adjustments))

    @property
    def postable(self) -> bool:
        return not self.refused and self.kind is not Kind.PREDETERMINATION

    @property
    def refused(self) -> bool:
        """Whether a problem forbids to post the claim."""
        return any(not each.warning for each in self.problems)

    def by_reason(self) -> dict[tuple[str, str], Decimal]:
        """Adjustments added up by group and reason, in order of their appearance."""
        sums: dict[tuple[str, str], Decimal] = {}
        for each in self.everything:
            key = (each.group, each.reason)
            sums[key] = total((sums.get(key, ZERO), each.amount))
        return sums


@dataclass(frozen=True, slots=True)
class ProviderAdjustment:
    """One adjustment of a PLB. `amount` has the 835's sign: positive takes from the payment."""

    provider: str
    period: str
    code: str
    reference: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Account:
    """A bank account as far as it may be kept: the last characters, and a keyed hash if there was a key."""

    routing: str
    number: str
    kind: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """The head of a remittance (BPR, TRN, 1000A, 1000B). `amount` is negative for a debit (BPR03 = D).

    `notification` tells that no money moves with this file (BPR01 = H, BPR04 = NON): there is nothing to deposit.
    """

    transaction: str
    handling: str
    amount: Decimal
    method: str
    date: str
    trace: str
    payer_id: str
    payer: str
    payee: str
    payee_id: str
    currency: str = "USD"
    account_from: Account | None = None
    account_to: Account | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def notification(self) -> bool:
        return self.handling == "H" or self.method == "NON"


@dataclass(slots=True)
class Totals:
    """Sums over the claims of a payment. Reversals have their own and are in no other sum."""

    claims: int = 0
    denials: int = 0
    reversals: int = 0
    refused: int = 0
    charged: Decimal = ZERO
    paid: Decimal = ZERO
    patient: Decimal = ZERO
    reversed: Decimal = ZERO
    adjustments: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    reversed_adjustments: dict[tuple[str, str], Decimal] = field(default_factory=dict)

    def add(self, claim: ClaimPayment) -> None:
        """Count a claim."""
        self.refused += claim.refused
        if claim.kind is Kind.REVERSAL:
            self.reversals += 1
            self.reversed = total((self.reversed, claim.paid))
            sums = self.reversed_adjustments
        else:
            self.claims += 1
            self.denials += claim.kind is Kind.DENIAL
            self.charged = total((self.charged, claim.charge))
            self.paid = total((self.paid, claim.paid))
            self.patient = total((self.patient, claim.patient))
            sums = self.adjustments
        for key, value in claim.by_reason().items():
            sums[key] = total((sums.get(key, ZERO), value))


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of a remittance: until it is here, its claims are provisional.

    `computed` is what claims, reversals and provider adjustments come to. `problems` are those that forbid to post the
    payment as a whole; a claim's own problems forbid to post that claim.
    """

    transaction: str
    payment: Payment
    provider_adjustments: tuple[ProviderAdjustment, ...]
    totals: Totals
    computed: Decimal
    problems: tuple[Problem, ...] = ()

    @property
    def difference(self) -> Decimal:
        return self.payment.amount - self.computed

    @property
    def postable(self) -> bool:
        """The payment may be posted: it balances, and so does each of its claims."""
        return not self.problems and not self.totals.refused


Posting = Payment | ClaimPayment | Closing
"""What the view gives, in the order of the file."""
