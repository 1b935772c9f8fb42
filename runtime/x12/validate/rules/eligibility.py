"""SNIP 4 for questions about benefits (270) and their answers (271)."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.x12.validate.finding import (
    DISAGREEMENT,
    SITUATION_MISSING_ELEMENT,
    SITUATION_MISSING_SEGMENT,
    SITUATION_UNUSED_SEGMENT,
)
from runtime.x12.validate.frame import Frame, value
from runtime.x12.validate.rule import Cause, Problem, rule

BOTH = "270 271"
_SHARED = frozenset("ABCG")
"""EB01 of what the patient bears: coinsurance, co-payment, deductible, out of pocket (crosswalk 11)."""


@rule("SIT-BENEFIT-LEVELS", 4, BOTH, "2000C", "crosswalk 11: 2100C, 2100D")
def levels_are_true(level: Frame) -> Iterator[Problem]:
    """A subscriber's level says truly whether dependents (2000D) follow (HL04)."""
    entry = level.first("HL")
    told, there = "" if entry is None else value(entry.segment, 4), level.has("2000D")
    if told in ("0", "1") and (told == "1") != there:
        message = "says that no level follows" if there else "says that levels follow, and none does"
        yield Problem(DISAGREEMENT, message, level, entry, 4)


@rule("SIT-270-QUESTION", 4, "270", "2000C", "crosswalk 11: EQ01")
def something_is_asked(level: Frame) -> Iterator[Problem]:
    """A subscriber without dependents is the one who is asked about, so that there is a question (EQ)."""
    entry = level.first("HL")
    if entry is None or level.has("2000D"):
        return
    for name in level.inner("2100C"):
        if not name.has("2110C"):
            message, cause = "neither the subscriber nor a dependent is asked about", Cause(level, entry, 4)
            kind = SITUATION_MISSING_SEGMENT
            yield Problem(kind, message, name, segment="EQ", loop="2110C", cause=cause)


@rule("SIT-270-TRACE", 4, "270", "2000C", "crosswalk 11: TRN", when="TRN")
def trace_of_the_asked(level: Frame) -> Iterator[Problem]:
    """The trace (TRN) stands at the one who is asked about, not at a subscriber who is not (a warning)."""
    entry = level.first("TRN")
    if entry is None or not level.has("2000D"):
        return
    if not any(name.has("2110C") for name in level.inner("2100C")):
        message = "a trace of a subscriber who is not asked about"
        yield Problem(SITUATION_UNUSED_SEGMENT, message, level, entry, warning=True)


@rule("SIT-271-REJECTED", 4, "271", "2000C", "crosswalk 11: AAA03, EB01", when="AAA")
def rejected_has_no_benefits(level: Frame) -> Iterator[Problem]:
    """Of a person whose request is rejected (2100C or 2100D AAA01 = N) no benefits (EB) are told."""
    for name, inner in _names(level):
        refused = name.first("AAA", "N")
        for benefit in name.inner(inner) if refused is not None else ():
            entry = benefit.first("EB")
            if entry is not None and refused is not None:
                message, cause = "a benefit of a person whose request is rejected", Cause(name, refused, 1)
                yield Problem(SITUATION_UNUSED_SEGMENT, message, benefit, entry, cause=cause)


@rule("SIT-271-ANSWER", 4, "271", "2000C", "crosswalk 11: EB01, AAA03")
def something_is_answered(level: Frame) -> Iterator[Problem]:
    """A subscriber without dependents has benefits (EB) or is rejected (AAA)."""
    entry = level.first("HL")
    if entry is None or level.has("2000D"):
        return
    for name in level.inner("2100C"):
        if not name.has("2110C") and not name.has("AAA"):
            message, cause = "neither benefits nor a rejection", Cause(level, entry, 4)
            kind = SITUATION_MISSING_SEGMENT
            yield Problem(kind, message, name, segment="EB", loop="2110C", cause=cause)


@rule("SIT-271-AMOUNT", 4, "271", "2000C", "crosswalk 11: EB01, EB07, EB08", when="EB")
def share_is_told(level: Frame) -> Iterator[Problem]:
    """What a patient bears (EB01 = A, B, C, G) is told as an amount (EB07) or a share (EB08) (a warning)."""
    for name, inner in _names(level):
        for benefit in name.inner(inner):
            entry = benefit.first("EB")
            if entry is None or value(entry.segment, 1) not in _SHARED:
                continue
            if not value(entry.segment, 7) and not value(entry.segment, 8):
                message, cause = (
                    "neither an amount nor a share of what the patient bears",
                    Cause(benefit, entry, 1),
                )
                kind = SITUATION_MISSING_ELEMENT
                yield Problem(kind, message, benefit, entry, 7, warning=True, cause=cause)


def _names(level: Frame) -> Iterator[tuple[Frame, str]]:
    """The persons of a subscriber's level, and the loop of their benefits."""
    yield from ((name, "2110C") for name in level.inner("2100C"))
    for dependent in level.inner("2000D"):
        yield from ((name, "2110D") for name in dependent.inner("2100D"))
