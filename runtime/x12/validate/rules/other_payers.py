"""SNIP 4 for coordination of benefits: other payers (2320, 2330) and their line adjudications (2430)."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.x12.validate.finding import DISAGREEMENT, SITUATION_MISSING_SEGMENT, SITUATION_UNUSED_SEGMENT
from runtime.x12.validate.frame import Frame, value
from runtime.x12.validate.rule import Cause, Problem, rule

CLAIMS = "837P 837I"


@rule("SIT-PAYER-KNOWN", 4, CLAIMS, "2300", "crosswalk 6: 2330B NM109, 2430 SVD01; edit COB-04", when="2430")
def payer_is_known(claim: Frame) -> Iterator[Problem]:
    """A line adjudication names (SVD01) a payer that is among the claim's other payers (2330B NM109)."""
    known = {payer.value("NM1", 9) for other in claim.inner("2320") for payer in other.inner("2330B")}
    for line in claim.inner("2400"):
        for decided in line.inner("2430"):
            entry = decided.first("SVD")
            if entry is not None and value(entry.segment, 1) and value(entry.segment, 1) not in known:
                message = "names a payer that is not among the claim's other payers"
                yield Problem(DISAGREEMENT, message, decided, entry, 1, status="A8:479")


@rule("SIT-PAYER-ORDER", 4, CLAIMS, "2300", "crosswalk 6: 2320 SBR01; edit COB-01")
def payers_have_an_order(claim: Frame) -> Iterator[Problem]:
    """Each payer has its own place in the order (SBR01), and one that is not primary has another beside it."""
    subscriber = claim.outer("2000B")
    own = None if subscriber is None else subscriber.first("SBR")
    place = "" if own is None else value(own.segment, 1)
    others = claim.inner("2320")
    if subscriber is not None and own is not None and place in ("S", "T") and not others:
        message, cause = "the payer is not primary, and no other payer is told", Cause(subscriber, own, 1)
        kind = SITUATION_MISSING_SEGMENT
        yield Problem(kind, message, claim, segment="SBR", loop="2320", status="A7:171", cause=cause)
    seen = {place}
    for other in others:
        entry = other.first("SBR")
        place = "" if entry is None else value(entry.segment, 1)
        if entry is not None and place not in ("", "U") and place in seen:
            message = "another payer has the same place in the order"
            yield Problem(DISAGREEMENT, message, other, entry, 1, status="A7:171")
        seen.add(place)


@rule("SIT-PAYER-DATE", 4, CLAIMS, "2300", "crosswalk 6: DTP 573; edit COB-03", when="2320")
def adjudication_is_dated(claim: Frame) -> Iterator[Problem]:
    """A payer's adjustments are dated once: at the payer (2330B DTP*573), or at its line adjudications."""
    for other in claim.inner("2320"):
        payers = other.inner("2330B")
        if not payers:
            continue
        name = payers[0].value("NM1", 9)
        decided = [each for line in claim.inner("2400") for each in line.inner("2430")]
        at_lines = any(each.value("SVD", 1) == name and each.first("DTP", "573") for each in decided)
        entry = payers[0].first("DTP", "573")
        if entry is None and not at_lines and other.has("CAS"):
            message, adjusted = "the payer adjusted the claim, and nothing says when", other.first("CAS")
            cause = None if adjusted is None else Cause(other, adjusted)
            kind = SITUATION_MISSING_SEGMENT
            yield Problem(kind, message, payers[0], segment="DTP", status="A7:516", cause=cause)
        if entry is not None and at_lines:
            message = "the payer's decision is dated here and at the lines"
            yield Problem(SITUATION_UNUSED_SEGMENT, message, payers[0], entry, warning=True)
