"""SNIP 4 for the answers to claims (277CA): totals of levels, and actions that agree with statuses."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from runtime.x12.validate.amounts import ONE, ZERO, amount
from runtime.x12.validate.finding import DISAGREEMENT
from runtime.x12.validate.frame import Frame, value
from runtime.x12.validate.rule import Cause, Problem, rule

ANSWERS = "277CA"
_REJECTING = frozenset({"A3", "A4", "A6", "A7", "A8"})
_LISTED = "listed"


def _rejects(claim: Frame) -> bool:
    """Whether the first status of an STC has a category (crosswalk 11) by which a claim does not go on."""
    return any(value(each.segment, 1, 1) in _REJECTING for each in claim.all("STC"))


@rule("SIT-277-ACTION", 4, ANSWERS, "2200D", "crosswalk 11: STC01-1")
def action_agrees(claim: Frame) -> Iterator[Problem]:
    """A claim's action (STC03) is U exactly when a status (STC01-1 = A3, A4, A6, A7, A8) rejects it."""
    rejected, entry = _rejects(claim), claim.first("STC")
    _add(claim, rejected or (entry is not None and value(entry.segment, 3) == "U"))
    if entry is None or value(entry.segment, 3) not in ("U", "WQ"):
        return
    if (value(entry.segment, 3) == "U") != rejected:
        message = "the action does not agree with the status of the claim"
        yield Problem(DISAGREEMENT, message, claim, entry, 3, cause=Cause(claim, entry, 1, 1))


def _add(claim: Frame, rejected: bool) -> None:
    """Count a claim, and its charge (STC04), at the levels above it."""
    charge = amount(claim.value("STC", 4))
    for loop in ("2000C", "2000B"):
        level = claim.outer(loop)
        if level is None:
            continue
        sums = level.sums = level.sums or {}
        for name, more in ((f"count {rejected}", ONE), (f"charge {rejected}", charge), (_LISTED, ONE)):
            before = sums.get(name, ZERO)
            sums[name] = None if before is None or more is None else before + more


@rule("SIT-277-TOTALS", 4, ANSWERS, "2000B", "crosswalk 11: QTY, AMT")
def receiver_totals(level: Frame) -> Iterator[Problem]:
    """The totals of a transaction (2200B: QTY*90, QTY*AA, AMT*YU, AMT*YY) are those of the claims that it lists."""
    yield from _totals(level, "2200B", ("90", "AA"))


@rule("SIT-277-PROVIDER-TOTALS", 4, ANSWERS, "2000C", "crosswalk 11: QTY, AMT")
def provider_totals(level: Frame) -> Iterator[Problem]:
    """The totals of a provider (2200C: QTY*QA, QTY*QC, AMT*YU, AMT*YY) are those of the claims listed below it."""
    yield from _totals(level, "2200C", ("QA", "QC"))


def _totals(level: Frame, loop: str, quantities: tuple[str, str]) -> Iterator[Problem]:
    sums = level.sums
    if sums is None or _LISTED not in sums:
        return  # claims that are rejected with their transaction or provider are not listed
    for frame in level.inner(loop):
        for rejected, quantity, money in ((False, quantities[0], "YU"), (True, quantities[1], "YY")):
            for segment, qualifier, name in (("QTY", quantity, "count"), ("AMT", money, "charge")):
                entry = frame.first(segment, qualifier)
                if entry is None:
                    continue
                told: Decimal | None = amount(value(entry.segment, 2))
                found = sums.get(f"{name} {rejected}", ZERO)
                if told is not None and found is not None and told != found:
                    message = f"not the {name} of the claims that are listed"
                    yield Problem(DISAGREEMENT, message, frame, entry, 2)
