"""SNIP 3 and 4 for the 835: lines, claims and the whole payment balance; exact decimals, no tolerance.

AMT, QTY, MIA, MOA and TS3 are informational and never enter. Sources: X12 RFI 227, 738, 1756, 2348, 2601, 2660.
"""

from __future__ import annotations

from collections.abc import Iterator

from runtime.x12.validate.amounts import ONE, ZERO, add, added, adjusted, adjustments, amount, of, total
from runtime.x12.validate.days import dated
from runtime.x12.validate.finding import DISAGREEMENT, SITUATION_MISSING_SEGMENT, UNBALANCED_REMITTANCE
from runtime.x12.validate.frame import Frame, value
from runtime.x12.validate.rule import Problem, rule

_REVERSAL = "22"
_DATES_OF_CLAIM = ("232", "233")
_DATES_OF_LINE = ("472", "150", "151")


@rule("BAL-835-3", 3, "835", "2110", "X12 RFI 2348")
def line_balance(line: Frame) -> Iterator[Problem]:
    """A line's charge (SVC02) less its adjustments is its payment (SVC03)."""
    entry = line.first("SVC")
    charge, paid, less = of(entry, 2), of(entry, 3), adjusted(line)
    if entry is None or charge is None or paid is None or less is None:
        return
    if charge - less != paid:
        message = "the charge less the adjustments is not the payment"
        yield Problem(UNBALANCED_REMITTANCE, message, line, entry, 3)


@rule("BAL-835-2", 3, "835", "2100", "X12 RFI 2348, 2601")
def claim_balance(claim: Frame) -> Iterator[Problem]:
    """A claim's charge (CLP03) less all its adjustments, its lines' too, is its payment (CLP04)."""
    entry = claim.first("CLP")
    if entry is None:
        return
    charge, paid, less = (
        of(entry, 3),
        of(entry, 4),
        total(adjusted(each) for each in (claim, *claim.inner("2110"))),
    )
    root, batch = claim.outer("835"), claim.outer("2000")
    if root is not None:
        add(root, "payments", paid)
    if batch is not None:
        add(batch, "claims", ONE)
        add(batch, "charges", charge)
    if charge is not None and paid is not None and less is not None and charge - less != paid:
        message = "the charge less the adjustments of the claim and its lines is not the payment"
        yield Problem(UNBALANCED_REMITTANCE, message, claim, entry, 4)


@rule("BAL-835-3B", 3, "835", "2100", "X12 RFI 2348", when="2110")
def lines_make_the_claim(claim: Frame) -> Iterator[Problem]:
    """With lines, their charges come to CLP03, and their payments less the claim's own adjustments to CLP04."""
    entry, lines = claim.first("CLP"), claim.inner("2110")
    if entry is None or not lines:
        return
    for element, source, what in ((3, 2, "charge"), (4, 3, "payment")):
        told = of(entry, element)
        found = total(amount(line.value("SVC", source)) for line in lines)
        less = adjusted(claim) if element == 4 else ZERO
        if told is not None and found is not None and less is not None and told != found - less:
            message = f"the lines do not come to the claim's {what}"
            yield Problem(UNBALANCED_REMITTANCE, message, claim, entry, element)


@rule("BAL-835-4", 3, "835", "2100", "X12 RFI 2348")
def patient_share(claim: Frame) -> Iterator[Problem]:
    """The patient's share (CLP05) is the sum of the adjustments of group PR (a warning: many payers break it)."""
    entry = claim.first("CLP")
    told, found = of(entry, 5), total(adjusted(each, "PR") for each in (claim, *claim.inner("2110")))
    if entry is None or told is None or found is None or value(entry.segment, 2) == _REVERSAL:
        return
    if told != found:
        message = "the patient's share is not the sum of the adjustments of group PR"
        yield Problem(UNBALANCED_REMITTANCE, message, claim, entry, 5, warning=True)


@rule("BAL-835-1", 3, "835", "835", "X12 RFI 2601; 738, 1756, 2660 for negative payments")
def payment_balance(root: Frame) -> Iterator[Problem]:
    """The payment (BPR02) is the claims' payments less the provider adjustments (PLB), and not negative."""
    entry = root.first("BPR")
    sent = of(entry, 2)
    if entry is None or sent is None:
        return
    claims = added(root, "payments")
    less = total(
        amount(value(each.segment, at))
        for each in root.all("PLB")
        for at in range(4, min(len(each.segment), 15), 2)
    )
    if claims is not None and less is not None and sent != claims - less:
        message = "the payment is not the claims' payments less the provider adjustments"
        yield Problem(UNBALANCED_REMITTANCE, message, root, entry, 2)
    if sent < 0:
        message = "a negative payment: PLB with FB moves a balance to the next remittance"
        yield Problem(UNBALANCED_REMITTANCE, message, root, entry, 2)


@rule("BAL-835-5", 3, "835", "2000", "X12 RFI 2601")
def batch_totals(batch: Frame) -> Iterator[Problem]:
    """TS304 and TS305 are the count and the charges of a batch's claims (a warning: they are informational)."""
    entry = batch.first("TS3")
    if entry is None:
        return
    for element, name in ((4, "claims"), (5, "charges")):
        told, found = of(entry, element), added(batch, name)
        if value(entry.segment, element) and told is not None and found is not None and told != found:
            message = f"not the batch's {'count of claims' if name == 'claims' else 'charges'}"
            yield Problem(UNBALANCED_REMITTANCE, message, batch, entry, element, warning=True)


@rule("BAL-835-7", 3, "835", "2100", "X12 RFI 227")
def reversal_is_negative(claim: Frame) -> Iterator[Problem]:
    """A reversal (CLP02 = 22) negates the charge of the claim that it takes back."""
    entry = claim.first("CLP")
    if entry is None or value(entry.segment, 2) != _REVERSAL:
        return
    charge = of(entry, 3)
    if charge is not None and charge > 0:
        message = "a reversal has the negated charge of the claim that it takes back"
        yield Problem(UNBALANCED_REMITTANCE, message, claim, entry, 3)


@rule("BAL-835-8", 3, "835", "2100", "X12 RFI 2601", when="CAS")
def adjustments_once(claim: Frame) -> Iterator[Problem]:
    """One group and reason is told once in a loop, and no adjustment is zero (warnings)."""
    for frame in (claim, *claim.inner("2110")):
        seen: set[tuple[str, str]] = set()
        for entry in frame.all("CAS"):
            for number, (group, reason, found) in enumerate(adjustments(entry.segment)):
                at = 2 + 3 * number
                if found is not None and not found:
                    message = "an adjustment of zero"
                    yield Problem(UNBALANCED_REMITTANCE, message, frame, entry, at + 1, warning=True)
                elif (group, reason) in seen:
                    message = "the same group and reason again"
                    yield Problem(UNBALANCED_REMITTANCE, message, frame, entry, at, warning=True)
                seen.add((group, reason))


@rule("SIT-835-NON", 4, "835", "835", "crosswalk 8: BPR01, BPR04")
def nothing_paid(root: Frame) -> Iterator[Problem]:
    """Without a payment (BPR04 = NON) the amount is zero."""
    entry = root.first("BPR")
    if entry is not None and value(entry.segment, 4) == "NON" and of(entry, 2):
        yield Problem(DISAGREEMENT, "no payment is made, but its amount is not zero", root, entry, 2)


@rule("SIT-835-ISSUER", 4, "835", "835", "crosswalk 8: BPR10, TRN03")
def one_issuer(root: Frame) -> Iterator[Problem]:
    """The originators of the payment and of its trace (BPR10, TRN03) are the same (a warning)."""
    entry, issuer = root.first("TRN"), root.value("BPR", 10)
    if entry is not None and issuer and value(entry.segment, 3) not in ("", issuer):
        yield Problem(DISAGREEMENT, "the originator is not that of BPR10", root, entry, 3, warning=True)


@rule("SIT-835-DATE", 4, "835", "2100", "crosswalk 8: DTM 232, 472, 150")
def dated_service(claim: Frame) -> Iterator[Problem]:
    """A claim or each of its lines says when the service was (a warning)."""
    if dated(claim, *_DATES_OF_CLAIM) is not None:
        return
    lines = claim.inner("2110")
    if not lines or any(dated(line, *_DATES_OF_LINE) is None for line in lines):
        message = "neither the claim nor each of its lines has a date of service"
        yield Problem(SITUATION_MISSING_SEGMENT, message, claim, segment="DTM", warning=True)
