"""SNIP 4 for claims and lines: what one segment asks of another."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.x12.validate.amounts import amount
from runtime.x12.validate.days import day, last_day, served
from runtime.x12.validate.finding import (
    DISAGREEMENT,
    SITUATION_MISSING_ELEMENT,
    SITUATION_MISSING_SEGMENT,
    SITUATION_UNUSED_SEGMENT,
)
from runtime.x12.validate.frame import Frame, value
from runtime.x12.validate.rule import ANY, Cause, Problem, rule

CLAIMS = "837P 837I"
_INPATIENT = {"837P": frozenset({"21", "51", "61"}), "837I": frozenset({"11", "18", "21", "41"})}
"""CLM05-1: places of service, and the first two digits of types of bill behind the leading zero."""
_NOT_POSITIVE = frozenset({"-", "0", "."})
"""How a number begins that may not be positive."""
_SENT = frozenset({"BM", "EL", "EM", "FX", "FT"})


@rule("SIT-REPLACEMENT", 4, CLAIMS, "2300", "crosswalk 4: CLM05-3, REF F8; edit FREQ-01")
def original_is_named(claim: Frame) -> Iterator[Problem]:
    """A claim that replaces or voids another (CLM05-3 = 7 or 8) names the payer's number for it (REF*F8)."""
    entry = claim.first("CLM")
    if entry is None:
        return
    frequency, original = value(entry.segment, 5, 3), claim.first("REF", "F8")
    if frequency in ("7", "8") and original is None:
        message = "the claim replaces or voids another, and no REF F8 names it"
        yield Problem(SITUATION_MISSING_SEGMENT, message, claim, entry, 5, 3, status="A7:464", missing="REF")
    if frequency == "1" and original is not None:
        message = "an original claim names a claim that it replaces"
        yield Problem(SITUATION_UNUSED_SEGMENT, message, claim, original, status="A7:464", warning=True)


@rule("SIT-ACCIDENT", 4, "837P", "2300", "crosswalk 4: CLM11, DTP 439")
def accident_is_dated(claim: Frame) -> Iterator[Problem]:
    """A claim of an accident (CLM11-1 to -3: AA, OA) has its date (DTP*439), of a car accident also its state."""
    entry = claim.first("CLM")
    if entry is None or len(entry.segment) < 12 or not entry.segment[11]:
        return
    causes = [value(entry.segment, 11, component) for component in (1, 2, 3)]
    if {"AA", "OA"} & set(causes) and claim.first("DTP", "439") is None:
        message = "the claim is of an accident, and no DTP 439 dates it"
        yield Problem(SITUATION_MISSING_SEGMENT, message, claim, entry, 11, 1, status="A6:187", missing="DTP")
    if "AA" in causes and not value(entry.segment, 11, 4) and value(entry.segment, 11, 5) in ("", "US"):
        message = "the claim is of a car accident, and its state is missing"
        cause = Cause(claim, entry, 11, causes.index("AA") + 1)
        yield Problem(SITUATION_MISSING_ELEMENT, message, claim, entry, 11, 4, status="A6:501", cause=cause)


@rule("SIT-ADMISSION", 4, CLAIMS, "2300", "crosswalk 4: DTP 435; edit POS-02")
def admission_is_dated(claim: Frame) -> Iterator[Problem]:
    """An inpatient claim has the day of admission (DTP*435)."""
    entry = claim.first("CLM")
    if entry is None or claim.first("DTP", "435") is not None:
        return
    if value(entry.segment, 5, 1) in _INPATIENT[claim.set]:
        message, cause = (
            "the claim is inpatient, and no DTP 435 has the day of admission",
            Cause(claim, entry, 5, 1),
        )
        yield Problem(SITUATION_MISSING_SEGMENT, message, claim, segment="DTP", status="A6:189", cause=cause)


@rule("SIT-RENDERING", 4, "837P", "2300", "crosswalk 5: 2310B; edit PRV-07", when="2310B")
def rendering_differs(claim: Frame) -> Iterator[Problem]:
    """The rendering provider (2310B) stands only if it is not the billing provider (a warning)."""
    for frame in claim.inner("2310B"):
        entry, billing = frame.first("NM1"), _billing(claim)
        if (
            entry is not None
            and billing is not None
            and value(entry.segment, 9) == billing.value("NM1", 9) != ""
        ):
            message = "the rendering provider is the billing provider"
            yield Problem(SITUATION_UNUSED_SEGMENT, message, frame, entry, status="A8:562:82", warning=True)


@rule("SIT-FACILITY", 4, "837P", "2300", "crosswalk 5: NM1 77; edit PRV-11", when="2310C")
def facility_differs(claim: Frame) -> Iterator[Problem]:
    """The service facility (2310C) stands only if its address is not the billing provider's (a warning)."""
    for frame in claim.inner("2310C"):
        entry, billing = frame.first("NM1"), _billing(claim)
        if (
            entry is not None
            and billing is not None
            and frame.has("N3")
            and _address(frame) == _address(billing)
        ):
            message = "the service facility's address is the billing provider's"
            yield Problem(SITUATION_UNUSED_SEGMENT, message, frame, entry, status="A8:562:77", warning=True)


@rule("SIT-REFERRAL", 4, CLAIMS, "2300", "edit REF-01", when="REF")
def referral_has_a_provider(claim: Frame) -> Iterator[Problem]:
    """A referral number (REF*9F) comes with the referring provider (a warning)."""
    entry = claim.first("REF", "9F")
    if entry is not None and not claim.inner("2310A" if claim.set == "837P" else "2310F"):
        message = "a referral, and no referring provider"
        yield Problem(SITUATION_MISSING_SEGMENT, message, claim, entry, status="A6:562:DN", warning=True)


@rule("SIT-ATTACHMENT", 4, CLAIMS, "2300", "crosswalk 4: PWK; edit TP-06", when="PWK")
def attachment_is_numbered(claim: Frame) -> Iterator[Problem]:
    """An attachment that is sent (PWK02 = BM, EL, EM, FX or FT) has its control number (PWK06)."""
    for frame in [claim, *claim.inner("2400")]:
        for entry in frame.all("PWK"):
            if value(entry.segment, 2) in _SENT and not value(entry.segment, 6):
                message, cause = (
                    "the attachment is sent, and its control number is missing",
                    Cause(frame, entry, 2),
                )
                kind = SITUATION_MISSING_ELEMENT
                yield Problem(kind, message, frame, entry, 6, status="A6:489", cause=cause)


@rule("SIT-EPSDT", 4, "837P", "2300", "crosswalk 4: CRC ZZ; edit EPSDT-01")
def screening_is_answered(claim: Frame) -> Iterator[Problem]:
    """A line of a child's screening (SV111 = Y) needs the referral's answer (CRC*ZZ): NU exactly when it is no."""
    answer = claim.first("CRC", "ZZ")
    if answer is None:
        for line in claim.inner("2400"):
            entry = line.first("SV1")
            if entry is not None and len(entry.segment) > 11 and entry.segment[11] == "Y":
                message = "the line is a screening, and the claim has no CRC ZZ"
                kind = SITUATION_MISSING_SEGMENT
                yield Problem(kind, message, line, entry, 11, status="A7:564", missing="2300/CRC")
        return
    said, none = value(answer.segment, 2), value(answer.segment, 3) == "NU"
    if said in ("Y", "N") and none != (said == "N"):
        message = "the condition does not fit the answer of CRC02"
        yield Problem(DISAGREEMENT, message, claim, answer, 3, status="A7:564")


@rule("SIT-AMBULANCE", 4, "837P", "2300", "crosswalk 5: NM1 PW, 45; edit AMB-01", when="CR1")
def ambulance_has_places(claim: Frame) -> Iterator[Problem]:
    """An ambulance claim (CR1) says where the patient was picked up and dropped off (2310E/F or 2420G/H)."""
    if not claim.has("CR1"):
        return
    for at_claim, at_line in (("2310E", "2420G"), ("2310F", "2420H")):
        if not claim.inner(at_claim) and not any(line.inner(at_line) for line in claim.inner("2400")):
            message = "the claim is of an ambulance, and this place is missing"
            missing, entry = SITUATION_MISSING_SEGMENT, claim.first("CR1")
            cause = None if entry is None else Cause(claim, entry)
            yield Problem(missing, message, claim, segment="NM1", loop=at_claim, status="A6:21", cause=cause)


@rule("SIT-PERIOD", 4, CLAIMS, ANY, "edit DATE-01", when="DTP")
def periods_run_forward(frame: Frame) -> Iterator[Problem]:
    """A period ends on or after the day on which it begins."""
    for entry in frame.all("DTP"):
        if value(entry.segment, 2) != "RD8":
            continue
        start, end = day(value(entry.segment, 3)), last_day(value(entry.segment, 3))
        if start is not None and end is not None and end < start:
            message = "the period ends before it begins"
            yield Problem(DISAGREEMENT, message, frame, entry, 3, status="A7:187")


@rule("SIT-FUTURE", 4, CLAIMS, "2300", "edit DATE-01")
def service_is_past(claim: Frame) -> Iterator[Problem]:
    """No service lies after the day on which the file was made (BHT04) (a warning)."""
    root = claim.outer(claim.set)
    made = root.value("BHT", 4) if root is not None else ""
    if day(made) is None:
        return
    for line, entry, first in served(claim):
        if first > made:
            message = "the service lies after the day of the file"
            yield Problem(DISAGREEMENT, message, line, entry, 3, status="A7:510", warning=True)


@rule("SIT-UNITS", 4, CLAIMS, "2300", "edit UNIT-01")
def units_are_positive(claim: Frame) -> Iterator[Problem]:
    """A line has more than no units (a warning)."""
    segment, element = ("SV1", 4) if claim.set == "837P" else ("SV2", 5)
    for line in claim.inner("2400"):
        for entry in line.all(segment):
            told = value(entry.segment, element)
            if told[:1] not in _NOT_POSITIVE:
                continue
            units = amount(told)
            if told and units is not None and units <= 0:
                message = "no units of service"
                yield Problem(DISAGREEMENT, message, line, entry, element, status="A7:476", warning=True)


@rule("SIT-LINE-NUMBER", 4, CLAIMS, "2300", "crosswalk 7: REF 6R", when="REF")
def line_numbers_are_unique(claim: Frame) -> Iterator[Problem]:
    """A line's control number (REF*6R), by which a payment is matched, stands once on a claim (a warning)."""
    seen: set[str] = set()
    for line in claim.inner("2400"):
        entry = line.first("REF", "6R")
        if entry is None:
            continue
        number = value(entry.segment, 2)
        if number and number in seen:
            message = "another line of the claim has the same control number"
            yield Problem(DISAGREEMENT, message, line, entry, 2, status="A7:478", warning=True)
        seen.add(number)


def _billing(claim: Frame) -> Frame | None:
    provider = claim.outer("2000A")
    names = provider.inner("2010AA") if provider is not None else []
    return names[0] if names else None


def _address(frame: Frame) -> list[str]:
    return [frame.value("N3", 1), frame.value("N3", 2), *(frame.value("N4", n) for n in (1, 2, 3))]
