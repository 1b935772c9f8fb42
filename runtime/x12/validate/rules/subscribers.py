"""SNIP 4 for providers, subscribers and patients of claims."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.x12.validate.days import day, served
from runtime.x12.validate.finding import (
    DISAGREEMENT,
    SITUATION_MISSING_ELEMENT,
    SITUATION_MISSING_SEGMENT,
    SITUATION_UNUSED_ELEMENT,
)
from runtime.x12.validate.frame import Frame, value
from runtime.x12.validate.rule import ANY, Cause, Problem, rule

CLAIMS = "837P 837I"
_SELF = "18"


@rule("SIT-SELF", 4, CLAIMS, "2300", "crosswalk 3: SBR02; edit SUB-07")
def self_or_dependent(claim: Frame) -> Iterator[Problem]:
    """The subscriber is the patient (SBR02 = 18) exactly when the claim is not below a patient level (2000C)."""
    subscriber = claim.outer("2000B")
    entry = None if subscriber is None else subscriber.first("SBR")
    if subscriber is None or entry is None:
        return
    is_self, below = value(entry.segment, 2) == _SELF, claim.outer("2000C") is not None
    if below and is_self and subscriber.once("self"):
        message = "the subscriber is the patient, yet a claim stands below a dependent"
        yield Problem(DISAGREEMENT, message, subscriber, entry, 2, status="A8:156")
    if not below and not is_self and subscriber.once("dependent"):
        message = "a claim stands at the subscriber, who is not said to be the patient"
        yield Problem(DISAGREEMENT, message, subscriber, entry, 2, status="A8:156")


@rule("SIT-SELF-DEMOGRAPHICS", 4, CLAIMS, "2300", "crosswalk 3: 2010BA")
def patient_is_described(claim: Frame) -> Iterator[Problem]:
    """A subscriber who is the patient has an address, a birth date and a sex (2010BA N3, N4, DMG)."""
    subscriber = claim.outer("2000B")
    entry = None if subscriber is None else subscriber.first("SBR")
    if subscriber is None or entry is None or claim.outer("2000C") is not None:
        return
    if value(entry.segment, 2) != _SELF:
        return
    kind, cause = SITUATION_MISSING_SEGMENT, Cause(subscriber, entry, 2)
    for name in subscriber.inner("2010BA"):
        if name.value("NM1", 2) != "1":
            continue
        for segment, status in (("N3", "A6:126"), ("N4", "A6:126"), ("DMG", "A6:158")):
            if not name.has(segment) and subscriber.once(segment):
                message = "the subscriber is the patient, and this is missing"
                yield Problem(kind, message, name, segment=segment, status=status, cause=cause)


@rule("SIT-LEVELS", 4, CLAIMS, "2000A", "crosswalk 2: HL04")
def billing_has_children(level: Frame) -> Iterator[Problem]:
    """A billing provider's level says truly whether subordinate levels follow (HL04)."""
    yield from _children(level, level.has("2000B"))


@rule("SIT-PATIENT-LEVELS", 4, CLAIMS, "2000B", "crosswalk 2: HL04")
def subscriber_children(level: Frame) -> Iterator[Problem]:
    """A subscriber's level says truly whether patient levels (2000C) follow (HL04); it or they have claims."""
    yield from _children(level, level.has("2000C"))
    if not level.has("2000C") and not level.has("2300"):
        message, cause = "the subscriber has neither claims nor dependents", _level(level, 4)
        yield Problem(SITUATION_MISSING_SEGMENT, message, level, segment="CLM", loop="2300", cause=cause)


@rule("SIT-DEPENDENT-CLAIM", 4, CLAIMS, "2000C", "crosswalk 3: 2000C")
def dependent_has_claims(level: Frame) -> Iterator[Problem]:
    """A patient level (2000C) has at least one claim."""
    if not level.has("2300"):
        message, cause = "the dependent has no claim", _level(level, 3)
        yield Problem(SITUATION_MISSING_SEGMENT, message, level, segment="CLM", loop="2300", cause=cause)


def _level(level: Frame, element: int) -> Cause | None:
    entry = level.first("HL")
    return None if entry is None else Cause(level, entry, element)


def _children(level: Frame, there: bool) -> Iterator[Problem]:
    entry = level.first("HL")
    told = "" if entry is None else value(entry.segment, 4)
    if told in ("0", "1") and (told == "1") != there:
        message = "says that no level follows" if there else "says that levels follow, and none does"
        yield Problem(DISAGREEMENT, message, level, entry, 4)


@rule("SIT-BIRTH", 4, CLAIMS, "2300", "edit SUB-09")
def born_before_service(claim: Frame) -> Iterator[Problem]:
    """The patient was born when a service was rendered."""
    level, loop = claim.outer("2000C"), "2010CA"
    if level is None:
        level, loop = claim.outer("2000B"), "2010BA"
    if level is None:
        return
    for name in level.inner(loop):
        entry = name.first("DMG")
        born = "" if entry is None else value(entry.segment, 2)
        if any(each.day < born for each in served(claim)) and day(born) is not None:
            message = "the birth date lies after a date of service"
            yield Problem(DISAGREEMENT, message, name, entry, 2, status="A7:158")


@rule("SIT-GROUP-NAME", 4, CLAIMS, "2000B", "crosswalk 3: SBR04")
def group_name_or_number(level: Frame) -> Iterator[Problem]:
    """A group's name (SBR04) stands only without its number (SBR03) (a warning)."""
    entry = level.first("SBR")
    if entry is not None and value(entry.segment, 3) and value(entry.segment, 4):
        message = "the group's name beside its number"
        yield Problem(SITUATION_UNUSED_ELEMENT, message, level, entry, 4, warning=True)


@rule("SIT-MSP", 4, "837P", "2000B", "crosswalk 3: SBR05; edit COB-05")
def medicare_secondary(level: Frame) -> Iterator[Problem]:
    """The Medicare secondary payer type (SBR05) stands when Medicare is not primary, and only then (warnings)."""
    entry = level.first("SBR")
    if entry is None:
        return
    primary, kind = value(entry.segment, 1) == "P", value(entry.segment, 5)
    medicare = value(entry.segment, 9) in ("MA", "MB")
    if kind and primary:
        message = "a secondary payer type, though the payer is primary"
        yield Problem(SITUATION_UNUSED_ELEMENT, message, level, entry, 5, status="A7:480", warning=True)
    if medicare and not primary and not kind:
        message = "Medicare is not primary, and no secondary payer type says why"
        yield Problem(SITUATION_MISSING_ELEMENT, message, level, entry, 5, status="A7:480", warning=True)


@rule("SIT-ADDRESS", 4, CLAIMS, ANY, "crosswalk 2: N4; edit SUB-11", when="N4")
def address_is_complete(frame: Frame) -> Iterator[Problem]:
    """An address in the United States has a state and a postal code."""
    for entry in frame.all("N4"):
        segment = entry.segment
        if len(segment) > 3 and segment[2] and segment[3]:
            continue
        if value(segment, 4) in ("", "US") and not value(segment, 7):
            kind, cause = SITUATION_MISSING_ELEMENT, Cause(frame, entry, 4 if value(segment, 4) else 0)
            for element, status in ((2, "A6:501"), (3, "A6:500")):
                if not value(segment, element):
                    message = "an address in the United States has it"
                    yield Problem(kind, message, frame, entry, element, status=status, cause=cause)
