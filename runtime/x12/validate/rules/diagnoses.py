"""SNIP 4 and 5 for diagnoses and the lines that point to them."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.codecs.x12.delimiters import COMPONENT
from runtime.x12.validate.days import last_day, served
from runtime.x12.validate.finding import DISAGREEMENT, NOT_IN_FORCE
from runtime.x12.validate.frame import Entry, Frame, value
from runtime.x12.validate.rule import Problem, rule

CLAIMS = "837P 837I"
ICD_10_SINCE = "20151001"  # 45 CFR 162.1002(c): services, or discharges, on or after this day
_TENTH = frozenset({"ABK", "ABF", "ABJ", "APR", "ABN", "BBR", "BBQ"})
_NINTH = frozenset({"BK", "BF", "BJ", "PR", "BN", "BR", "BQ"})
_LISTED = frozenset({"ABK", "ABF", "BK", "BF"})


Diagnosis = tuple[Entry, int, str, str]


def diagnoses(claim: Frame) -> list[Diagnosis]:
    """What HI holds, in its order: segment, element, qualifier, code."""
    return claim.memo("diagnoses", _diagnoses)


def _diagnoses(claim: Frame) -> list[Diagnosis]:
    found = []
    for entry in claim.all("HI"):
        for element, text in enumerate(entry.segment):
            if element and text:
                qualifier, _, rest = text.partition(COMPONENT)
                found.append((entry, element, qualifier, rest.partition(COMPONENT)[0]))
    return found


def listed(claim: Frame) -> list[Diagnosis]:
    """The diagnoses that pointers count."""
    return [each for each in diagnoses(claim) if each[2] in _LISTED]


@rule("SIT-POINTER", 4, "837P", "2300", "crosswalk 7: SV107; edit DX-04")
def pointers_exist(claim: Frame) -> Iterator[Problem]:
    """Each diagnosis pointer of a line (SV107) points to a diagnosis of the claim, and none twice."""
    count = len(listed(claim))
    for line in claim.inner("2400"):
        entry = line.first("SV1")
        if entry is None:
            continue
        seen: set[str] = set()
        for component, pointer in enumerate(value(entry.segment, 7).split(COMPONENT), 1):
            if pointer.isdecimal() and not 1 <= int(pointer) <= count:
                message = f"points to a diagnosis that is not among the claim's {count}"
                yield Problem(DISAGREEMENT, message, line, entry, 7, component, status="A7:477")
            elif pointer and pointer in seen:
                message = "points to the same diagnosis again"
                yield Problem(DISAGREEMENT, message, line, entry, 7, component, status="A7:477", warning=True)
            seen.add(pointer)


@rule("SIT-DIAGNOSIS-ONCE", 4, CLAIMS, "2300", "edit DX-03", when="HI")
def diagnoses_once(claim: Frame) -> Iterator[Problem]:
    """No diagnosis stands twice on a claim (a warning)."""
    seen: set[str] = set()
    for entry, element, _, code in listed(claim):
        if code in seen:
            message = "the same diagnosis again"
            yield Problem(DISAGREEMENT, message, claim, entry, element, 2, status="A8:255", warning=True)
        seen.add(code)


@rule("SIT-ICD-EDITION", 5, CLAIMS, "2300", "45 CFR 162.1002", when="HI")
def one_edition(claim: Frame) -> Iterator[Problem]:
    """Diagnoses and procedures are of the edition of ICD that is in force on the day of service or discharge."""
    days = [each.day for each in served(claim)]
    ends = (last_day(value(each.segment, 3)) for each in claim.all("DTP", "434"))
    days += [f"{each:%Y%m%d}" for each in ends if each is not None]
    if not days:
        return
    wrong = _NINTH if max(days) >= ICD_10_SINCE else _TENTH
    for entry, element, qualifier, _ in diagnoses(claim):
        if qualifier in wrong:
            message = "the edition of ICD that this names is not in force on the day of service"
            yield Problem(NOT_IN_FORCE, message, claim, entry, element, 1, status="A8:254")
