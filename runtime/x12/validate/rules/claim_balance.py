"""SNIP 3 for claims: charges, and what other payers paid and adjusted. Exact decimals, no tolerance.

Sources: X12 RFI 524, 1115, 1294, 1555.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from runtime.x12.validate.amounts import ZERO, adjusted, adjustments, amount, of, total
from runtime.x12.validate.finding import UNBALANCED, UNBALANCED_COB
from runtime.x12.validate.frame import Frame, value
from runtime.x12.validate.rule import Problem, rule

CLAIMS = "837P 837I"
_CHARGE = {"837P": ("SV1", 2), "837I": ("SV2", 3)}


@rule("BAL-837-1", 3, CLAIMS, "2300", "X12 RFI 1294")
def claim_total(claim: Frame) -> Iterator[Problem]:
    """The total charge of a claim (CLM02) is the sum of its lines' charges (SV102 or SV203)."""
    entry = claim.first("CLM")
    segment, element = _CHARGE[claim.set]
    lines = claim.inner("2400")
    if entry is None or not lines:
        return
    charge = amount(value(entry.segment, 2))
    found = total(amount(line.value(segment, element)) for line in lines)
    if charge is not None and found is not None and charge != found:
        message = "the claim's charge is not the sum of its lines' charges"
        yield Problem(UNBALANCED, message, claim, entry, 2, status="A7:178")


@rule("BAL-837-2", 3, CLAIMS, "2300", "X12 RFI 1115, 1294", when="2320")
def payer_total(claim: Frame) -> Iterator[Problem]:
    """What another payer paid (2320 AMT*D) and all its adjustments (2320 and its 2430) come to the total charge."""
    others = claim.inner("2320")
    charge = of(claim.first("CLM"), 2) if others else None
    for other in others:
        paid = other.first("AMT", "D")
        if paid is None or charge is None:
            continue
        found = total([of(paid, 2), adjusted(other), *(adjusted(each) for each in _of_payer(claim, other))])
        if found is not None and found != charge:
            message = "the payer's payment and adjustments do not come to the claim's charge"
            yield Problem(UNBALANCED_COB, message, other, paid, 2, status="A7:672")


@rule("BAL-837-3", 3, CLAIMS, "2300", "X12 RFI 524, 1294", when="2430")
def payer_payment(claim: Frame) -> Iterator[Problem]:
    """With line adjudications (2430), 2320 AMT*D is the sum of the payer's SVD02 less its claim adjustments."""
    for other in claim.inner("2320"):
        paid = other.first("AMT", "D")
        lines = _of_payer(claim, other)
        if paid is None or not lines:
            continue
        sent, at_claim, at_lines = of(paid, 2), adjusted(other), total(_paid(each) for each in lines)
        if sent is None or at_claim is None or at_lines is None:
            continue
        if sent != at_lines - at_claim:
            message = "the payer's payment is not the sum of its line payments less its claim adjustments"
            yield Problem(UNBALANCED_COB, message, other, paid, 2, status="A7:672")


@rule("BAL-837-4", 3, CLAIMS, "2400", "X12 RFI 1555", when="2430")
def line_adjudication(line: Frame) -> Iterator[Problem]:
    """A line's charge is what a payer paid (SVD02) and adjusted over all 2430 loops of that payer."""
    decided = line.inner("2430")
    if not decided:
        return
    segment, element = _CHARGE[line.set]
    charge = amount(line.value(segment, element))
    sums: dict[str, Decimal | None] = {}
    last: dict[str, Frame] = {}
    for each in decided:
        payer = each.value("SVD", 1)
        sums[payer] = total([sums.get(payer, ZERO), _paid(each), adjusted(each)])
        last[payer] = each
    for payer, found in sums.items():
        if found is not None and charge is not None and found != charge:
            message = "what the payer paid and adjusted does not come to the line's charge"
            frame = last[payer]
            yield Problem(UNBALANCED_COB, message, frame, frame.first("SVD"), 2, status="A7:672")


@rule("BAL-837-5", 3, CLAIMS, "2300", "X12 RFI 1294", when="2320")
def amounts_make_sense(claim: Frame) -> Iterator[Problem]:
    """An adjustment is not zero (a warning), and a line payment (SVD02) is not negative."""
    decided = [each for line in claim.inner("2400") for each in line.inner("2430")]
    for frame in [*claim.inner("2320"), *decided]:
        for entry in frame.all("CAS"):
            for number, (_, _, found) in enumerate(adjustments(entry.segment)):
                if found is not None and not found:
                    at = 3 + 3 * number
                    yield Problem(UNBALANCED_COB, "an adjustment of zero", frame, entry, at, warning=True)
        paid = frame.first("SVD")
        sent = of(paid, 2)
        if paid is not None and sent is not None and sent < 0:
            yield Problem(UNBALANCED_COB, "a negative payment", frame, paid, 2, status="A7:672")


def _of_payer(claim: Frame, other: Frame) -> list[Frame]:
    """The line adjudications (2430) of the payer of a 2320."""
    payers = other.inner("2330B")
    name = payers[0].value("NM1", 9) if payers else ""
    if not name:
        return []
    lines = claim.inner("2400")
    return [each for line in lines for each in line.inner("2430") if each.value("SVD", 1) == name]


def _paid(decided: Frame) -> Decimal | None:
    return amount(decided.value("SVD", 2))
