"""The auto-posting view of 835 files: a payment, its claims one by one, and at the end whether it may be posted.

Claims come out while the file is read, before it is known whether the payment balances and whether SE is right: they
are provisional until the `Closing` of their payment. Memory does not depend on the number of claims, but for the
numbers of the last `_REMEMBERED` claims, which tell reversals what they reverse.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from runtime.codecs.x12 import Event, Slice, TransactionEnd, TransactionStart
from runtime.x12.amounts import ZERO, amount, total
from runtime.x12.posting.accounts import account
from runtime.x12.posting.claims import claim
from runtime.x12.posting.model import (
    Account,
    ClaimPayment,
    Closing,
    Kind,
    Payment,
    Posting,
    Problem,
    ProviderAdjustment,
    Reversed,
    Totals,
)
from runtime.x12.segments import Segment, first, loops, segments, value

_REMEMBERED = 20_000


def postings(events: Iterable[Event], key: bytes = b"") -> Iterator[Posting]:
    """The postings of every 835 among the events of `runtime.codecs.x12.read`; other transactions are passed over.

    `key` makes the digests of bank accounts; without one there are none. Nothing is raised for what the file holds.
    """
    current: _Remittance | None = None
    known = _Known()
    for event in events:
        if isinstance(event, TransactionStart):
            is_835 = event.table is not None and event.table["set"] == "835"
            current = _Remittance(value(event.st, 2), key, known) if is_835 else None
        elif current is not None and isinstance(event, Slice):
            yield from current.slice(event)
        elif current is not None and isinstance(event, TransactionEnd):
            yield from current.end(event)
            current = None


@dataclass(slots=True)
class _Known:
    """What claims of the file were, so that reversals and corrections can name them."""

    number: int = 0
    paid: OrderedDict[tuple[str, str], tuple[int, Decimal]] = field(default_factory=OrderedDict)
    reversals: OrderedDict[str, int] = field(default_factory=OrderedDict)

    def linked(self, made: ClaimPayment) -> ClaimPayment:
        """The claim with its links: of a reversal to what it reverses, of a correction to its reversal."""
        key = (made.control, made.payer_control)
        if made.kind is not Kind.REVERSAL:
            self._keep(self.paid, key, (made.number, made.paid))
            return replace(made, corrects=self.reversals.get(made.control, 0))
        self._keep(self.reversals, made.control, made.number)
        number, paid = self.paid.pop(key, (0, ZERO))
        problems = made.problems
        if number and paid != -made.paid:
            where = f"claim {made.number}/CLP04"
            told = Problem("R505", "a reversal does not take back what was paid", where, -made.paid, paid)
            problems = (*problems, told)
        return replace(made, reverses=Reversed(*key, number), problems=problems)

    @staticmethod
    def _keep(held: OrderedDict[Any, Any], key: Any, what: Any) -> None:
        held[key] = what
        if len(held) > _REMEMBERED:
            held.popitem(last=False)


class _Remittance:
    """One 835 while it is read."""

    def __init__(self, transaction: str, key: bytes, known: _Known) -> None:
        self.transaction = transaction
        self.key = key
        self.known = known
        self.payment: Payment | None = None
        self.totals = Totals()
        self.problems: list[Problem] = []
        self.last: Segment = ()

    def slice(self, event: Slice) -> Iterator[Posting]:
        yield from self._head(event.tree)
        for batch in loops(event.tree, "2000"):
            for loop in loops(batch, "2100"):
                clp = first(loop, "CLP")
                if event.part and clp is self.last:
                    continue  # a further part of a claim that was told
                self.last = clp
                self.known.number += 1
                made = claim(loop, self.known.number, _ordinal(event), self.transaction)
                if event.part:
                    told = Problem(
                        "R506",
                        "the claim is larger than the limit and was not read whole",
                        f"claim {made.number}",
                    )
                    made = replace(made, problems=(*made.problems, told))
                made = self.known.linked(made)
                self.totals.add(made)
                yield made

    def end(self, event: TransactionEnd) -> Iterator[Posting]:
        yield from self._head(event.tree)
        assert self.payment is not None  # the head is read by now
        found = [each for segment in segments(event.tree, "PLB") for each in self._provider(segment)]
        taken = total(each.amount for each in found)
        computed = total((self.totals.paid, self.totals.reversed, -taken))
        if computed != self.payment.amount:
            message = "claims, reversals and provider adjustments do not come to the payment"
            self._tell("R501", message, "BPR02", self.payment.amount, computed)
        if not event.accepted:
            self._tell("R506", "the transaction is not whole: its envelope or its count is wrong", "SE")
        yield Closing(
            self.transaction,
            self.payment,
            tuple(found),
            self.totals,
            computed,
            (*self.payment.problems, *self.problems),
        )

    def _tell(
        self,
        code: str,
        message: str,
        place: str,
        stated: Decimal | None = None,
        computed: Decimal | None = None,
    ) -> None:
        self.problems.append(Problem(code, message, f"ST {self.transaction}/{place}", stated, computed))

    def _head(self, tree: Mapping[str, Any]) -> Iterator[Payment]:
        """The payment, the first time that something is known of it."""
        if self.payment is not None:
            return
        bpr, trn = first(tree, "BPR"), first(tree, "TRN")
        payer = first(next(iter(loops(tree, "1000A")), {}), "N1")
        payee = first(next(iter(loops(tree, "1000B")), {}), "N1")
        paid = amount(value(bpr, 2))
        problems = []
        if paid is None:
            where = f"ST {self.transaction}/BPR02"
            problems.append(Problem("R503", "the payment's amount is missing or is not a number", where))
        signed = paid or ZERO
        self.payment = Payment(
            self.transaction,
            value(bpr, 1),
            -signed if value(bpr, 3) == "D" else signed,
            value(bpr, 4),
            value(bpr, 16),
            value(trn, 2),
            value(trn, 3) or value(bpr, 10),
            value(payer, 2),
            value(payee, 2),
            value(payee, 4),
            value(first(tree, "CUR"), 2) or "USD",
            self._account(bpr, 6),
            self._account(bpr, 12),
            tuple(problems),
        )
        yield self.payment

    def _account(self, bpr: Sequence[str], first_element: int) -> Account | None:
        return account(bpr, first_element, self.key)

    def _provider(self, segment: Segment) -> Iterator[ProviderAdjustment]:
        """PLB03 to PLB14: pairs of a reason with its reference, and an amount."""
        for at in range(3, len(segment), 2):
            if not value(segment, at) and not value(segment, at + 1):
                continue
            taken = amount(value(segment, at + 1))
            if taken is None:
                self._tell("R503", "a provider adjustment is missing or is not a number", f"PLB{at + 1:02d}")
            yield ProviderAdjustment(
                value(segment, 1),
                value(segment, 2),
                value(segment, at, 1),
                value(segment, at, 2),
                taken or ZERO,
            )


def _ordinal(event: Slice) -> int:
    """The ordinal of the claim's CLP."""
    for index, each in enumerate(event.segments):
        if each[0] == "CLP":
            return event.first + index
    return event.first
