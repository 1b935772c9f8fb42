"""One claim of an 835 (loop 2100) as it is to be posted, with what does not balance.

Sources: `SVC03 = SVC02 - CAS`, `CLP04 = CLP03 - CAS of the claim and its lines`, `CLP05 = CAS of group PR` (balancing
section of 005010X221A1, in own words); CLP02 of 22 takes an earlier payment back and is never netted against it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from runtime.codecs.x12 import COMPONENT
from runtime.x12.amounts import ZERO, amount, total
from runtime.x12.posting.model import Adjustment, ClaimPayment, Kind, LinePayment, Problem
from runtime.x12.segments import Segment, first, loops, segments, value

KINDS = {
    "4": Kind.DENIAL,
    "22": Kind.REVERSAL,
    "23": Kind.FORWARDED,
    "25": Kind.PREDETERMINATION,
}
"""CLP02 where it is not simply a payment."""


@dataclass(slots=True)
class Reader:
    """Reads the amounts of one claim and keeps what is wrong with them."""

    where: str
    problems: list[Problem] = field(default_factory=list)

    def amount(self, segment: Segment, element: int, optional: bool = False) -> Decimal:
        """An amount; 0 with a problem if it is none."""
        text = value(segment, element)
        if not text and optional:
            return ZERO
        found = amount(text)
        if found is None:
            self.tell("R503", "an amount is missing or is not a number", f"{segment[0]}{element:02d}")
            return ZERO
        return found

    def tell(
        self,
        code: str,
        message: str,
        place: str,
        stated: Decimal | None = None,
        computed: Decimal | None = None,
        warning: bool = False,
    ) -> None:
        where = f"{self.where}/{place}"
        self.problems.append(Problem(code, message, where, stated, computed, warning))

    def adjustments(self, loop: Mapping[str, Any]) -> tuple[Adjustment, ...]:
        """Every CAS: a group, then up to six times reason, amount and units."""
        found = []
        for segment in segments(loop, "CAS"):
            for at in range(2, max(len(segment), 3), 3):
                if any(value(segment, n) for n in range(at, at + 3)):
                    units = amount(value(segment, at + 2)) if value(segment, at + 2) else None
                    owed = self.amount(segment, at + 1)
                    found.append(Adjustment(value(segment, 1), value(segment, at), owed, units))
        return tuple(found)

    def line(self, loop: Mapping[str, Any], number: int) -> LinePayment:
        """One service line, checked against its own adjustments."""
        svc = first(loop, "SVC")
        adjustments = self.adjustments(loop)
        charge, paid = self.amount(svc, 2), self.amount(svc, 3)
        computed = total((charge, *(-a.amount for a in adjustments)))
        if paid != computed:
            self.tell(
                "R502",
                "the line's charge less its adjustments is not its payment",
                f"SVC03 of line {number}",
                paid,
                computed,
            )
        code, *rest = value(svc, 1).split(COMPONENT)[1:] or [""]
        return LinePayment(
            number,
            code,
            tuple(each for each in rest[:4] if each),
            charge,
            paid,
            value(svc, 5),
            value(first(loop, "REF", "6R"), 2),
            value(svc, 6, 2),
            tuple(value(each, 2) for each in segments(loop, "DTM", "472", "150", "151")),
            adjustments,
            tuple(value(each, 2) for each in segments(loop, "LQ")),
        )


def claim(loop: Mapping[str, Any], number: int, ordinal: int, transaction: str) -> ClaimPayment:
    """The claim of a loop 2100. Its links to other claims are not its own to know."""
    clp = first(loop, "CLP")
    reader = Reader(f"ST {transaction} segment {ordinal}")
    lines = tuple(reader.line(each, n) for n, each in enumerate(loops(loop, "2110"), start=1))
    made = ClaimPayment(
        number,
        ordinal,
        value(clp, 1),
        value(clp, 2),
        KINDS.get(value(clp, 2), Kind.PAYMENT),
        reader.amount(clp, 3),
        reader.amount(clp, 4),
        reader.amount(clp, 5, optional=True),
        value(clp, 7),
        value(clp, 6),
        value(clp, 9),
        tuple(value(each, 2) for each in segments(loop, "DTM", "232", "233")),
        reader.adjustments(loop),
        tuple(_remarks(loop)),
        lines,
    )
    _balance(made, reader)
    return replace(made, problems=tuple(reader.problems))


def _remarks(loop: Mapping[str, Any]) -> Iterator[str]:
    """Remark codes of MIA (05, 20 to 23) and MOA (03 to 07)."""
    for name, places in (("MIA", (5, 20, 21, 22, 23)), ("MOA", (3, 4, 5, 6, 7))):
        for segment in segments(loop, name):
            yield from (value(segment, place) for place in places if value(segment, place))


def _balance(made: ClaimPayment, reader: Reader) -> None:
    computed = total((made.charge, *(-a.amount for a in made.everything)))
    if made.paid != computed:
        reader.tell(
            "R502", "the charge less all adjustments is not the payment", "CLP04", made.paid, computed
        )
    if made.lines:
        charged = total(line.charge for line in made.lines)
        if charged != made.charge:
            reader.tell(
                "R502", "the lines' charges do not come to the claim's", "CLP03", made.charge, charged
            )
    owed = total(a.amount for a in made.everything if a.group == "PR")
    if made.patient != owed:
        message = "the patient's responsibility is not the sum of the patient's adjustments"
        reader.tell("R504", message, "CLP05", made.patient, owed, warning=True)
    if made.kind is Kind.DENIAL and made.paid:
        reader.tell("R502", "a denied claim is paid", "CLP04", made.paid, ZERO)
    if made.kind is Kind.REVERSAL and (made.paid > 0 or made.charge > 0):
        reader.tell("R505", "a reversal has amounts of a payment: it would be posted twice", "CLP04")
