"""SNIP 4 and 5 for diagnoses and the lines that point to them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from runtime.codecs.x12.delimiters import COMPONENT
from runtime.x12.validate.days import last_day, service_day
from runtime.x12.validate.finding import DISAGREEMENT, NOT_IN_FORCE
from runtime.x12.validate.frame import Entry, Frame, value
from runtime.x12.validate.rule import Problem, rule

CLAIMS = "837P 837I"
ICD_10_SINCE = date(2015, 10, 1)  # 45 CFR 162.1002(c): services, or discharges, on or after this day
_TENTH = frozenset({"ABK", "ABF", "ABJ", "APR", "ABN", "BBR", "BBQ"})
_NINTH = frozenset({"BK", "BF", "BJ", "PR", "BN", "BR", "BQ"})
_LISTED = frozenset({"ABK", "ABF", "BK", "BF"})


def diagnoses(claim: Frame) -> list[tuple[Entry, int, str]]:
    """The diagnoses that pointers count: segment, element, code; in their order."""
    found = []
    for entry in claim.all("HI"):
        for element in range(1, len(entry.segment)):
            qualifier, _, rest = entry.segment[element].partition(COMPONENT)
            if qualifier in _LISTED:
                found.append((entry, element, rest.partition(COMPONENT)[0]))
    return found


@rule("SIT-POINTER", 4, "837P", "2300", "crosswalk 7: SV107; edit DX-04")
def pointers_exist(claim: Frame) -> Iterator[Problem]:
    """Each diagnosis pointer of a line (SV107) points to a diagnosis of the claim, and none twice."""
    count = len(diagnoses(claim))
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
    for entry, element, code in diagnoses(claim):
        if code in seen:
            message = "the same diagnosis again"
            yield Problem(DISAGREEMENT, message, claim, entry, element, 2, status="A8:255", warning=True)
        seen.add(code)


@rule("SIT-ICD-EDITION", 5, CLAIMS, "2300", "45 CFR 162.1002", when="HI")
def one_edition(claim: Frame) -> Iterator[Problem]:
    """Diagnoses and procedures are of the edition of ICD that is in force on the day of service or discharge."""
    served = service_day(claim)
    if served is None:
        return
    ends = [last_day(value(each.segment, 3)) for each in claim.all("DTP", "434")]
    served = max([served, *(each for each in ends if each is not None)])
    wrong = _NINTH if served >= ICD_10_SINCE else _TENTH
    for entry in claim.all("HI"):
        for element in range(1, len(entry.segment)):
            if entry.segment[element].partition(COMPONENT)[0] in wrong:
                message = "the edition of ICD that this names is not in force on the day of service"
                yield Problem(NOT_IN_FORCE, message, claim, entry, element, 1, status="A8:254")
