"""Coded elements whose codes come from lists outside the guide: which list, which form, and on which day they count.

Sources of the forms: CMS (HCPCS Level II, place of service, ICD-10-CM and -PCS, CLIA), AMA (CPT categories I to III),
NUBC (revenue codes), NUCC (taxonomy), 45 CFR 162.406 (NPI), FDA (NDC, 5-4-2), USPS (states, ZIP).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from runtime.x12.validate import finding as kinds
from runtime.x12.validate.codelists import ALWAYS, CodeLists
from runtime.x12.validate.days import service_day
from runtime.x12.validate.elements import ElementTable
from runtime.x12.validate.finding import Kind
from runtime.x12.validate.frame import Entry, Frame, value
from runtime.x12.validate.plan import SegmentPlan, SetPlan
from runtime.x12.validate.values import passes_luhn

FORMS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for name, pattern in {
        "procedures": "[0-9]{4}[0-9AFMTU]|[A-Z][0-9]{4}",
        "modifiers": "[A-Z0-9]{2}",
        "icd-10-cm": "[A-Z][0-9][0-9A-Z][0-9A-Z]{0,4}",
        "icd-9-cm": "[0-9]{3}[0-9]{0,2}|V[0-9]{2}[0-9]{0,2}|E[0-9]{3}[0-9]?",
        "icd-10-pcs": "[0-9A-HJ-NP-Z]{7}",
        "icd-9-procedures": "[0-9]{2}[0-9]{0,2}",
        "taxonomy": "[0-9A-Z]{9}[A-Z]",
        "adjustment-reasons": "[1-9][0-9]?|[1-3][0-9]{2}|[ABDPWY][0-9]{1,2}",
        "remark-codes": "M[0-9]{1,3}|MA[0-9]{2,3}|N[0-9]{1,4}",
        "revenue-codes": "[0-9]{4}",
        "ndc": "[0-9]{11}",
        "clia": "[0-9]{2}D[0-9]{7}",
        "zip": "[0-9]{5}(?:[0-9]{4})?",
        "place-of-service": "[0-9]{2}",
        "states": "[A-Z]{2}",
        "countries": "[A-Z]{2}",
        "currencies": "[A-Z]{3}",
    }.items()
}
UNLISTED = frozenset({"ndc", "clia", "zip"})  # forms without a list behind them
_HCPCS = re.compile("[A-V][0-9]{4}")
_MOST_GOOD = 2_000  # elements remembered as good

Needed: TypeAlias = "tuple[int, int, frozenset[str]]"


@dataclass(frozen=True, slots=True)
class Coding:
    """An element with codes of a list. `need` is an element that must hold one of some values for it to apply.

    `status` is the 277CA status (entity left out) of a code that is not good.
    """

    segments: tuple[str, ...]
    element: int
    component: int
    list: str
    status: str = ""
    need: Needed | None = None


@dataclass(frozen=True, slots=True)
class CodedElement:
    """The codings of one element of a position. `good` remembers whole elements that are good on any day."""

    element: int
    codings: tuple[Coding, ...]
    outside: Needed | None
    """What must stand in another element (NM108) for any of them to apply."""
    good: set[str]


Coded: TypeAlias = "tuple[tuple[CodedElement, ...], Frame, Entry]"
CodingPlans: TypeAlias = "Mapping[SegmentPlan, tuple[CodedElement, ...]]"

_QUALIFIERS = {
    "icd-10-cm": {"ABK", "ABF", "ABJ", "APR", "ABN"},
    "icd-9-cm": {"BK", "BF", "BJ", "PR", "BN"},
    "icd-10-pcs": {"BBR", "BBQ"},
    "icd-9-procedures": {"BR", "BQ"},
    "procedures": {"BP", "BO"},
}


def _one(element: int, component: int, *values: str) -> Needed:
    return (element, component, frozenset(values))


def _table() -> Iterator[Coding]:
    yield Coding(("NM1",), 9, 0, "npi", "A7:562", _one(8, 0, "XX"))
    yield Coding(("N1",), 4, 0, "npi", "A7:562", _one(3, 0, "XX"))
    yield Coding(("N4",), 2, 0, "states", "A7:501")
    yield Coding(("N4",), 3, 0, "zip", "A7:500")
    yield Coding(("N4",), 4, 0, "countries", "A7:501")
    yield Coding(("CUR",), 2, 0, "currencies")
    yield Coding(("PRV",), 3, 0, "taxonomy", "A7:145", _one(2, 0, "PXC"))
    yield Coding(("CLM",), 5, 1, "place-of-service", "A7:249", _one(5, 2, "B"))
    yield Coding(("CLM",), 11, 4, "states", "A7:501")
    yield Coding(("SV1",), 5, 0, "place-of-service", "A7:249")
    yield Coding(("SV2",), 1, 0, "revenue-codes", "A7:455")
    for segment, element in (("SV1", 1), ("SV2", 2), ("SVC", 1), ("SVC", 6), ("SVD", 3)):
        need = _one(element, 1, "HC")
        yield Coding((segment,), element, 2, "procedures", "A7:507", need)
        for component in range(3, 7):
            yield Coding((segment,), element, component, "modifiers", "A7:453", need)
    for element in range(1, 13):
        for name, qualifiers in _QUALIFIERS.items():
            status = "A7:254" if element == 1 and name.endswith("cm") else "A7:255"
            yield Coding(("HI",), element, 2, name, status, _one(element, 1, *qualifiers))
    for element in range(2, 18, 3):
        yield Coding(("CAS",), element, 0, "adjustment-reasons", "A7:521")
    yield Coding(("LQ",), 2, 0, "remark-codes", "", _one(1, 0, "HE"))
    for element in range(3, 8):
        yield Coding(("MOA",), element, 0, "remark-codes")
    for element in (5, 20, 21, 22, 23):
        yield Coding(("MIA",), element, 0, "remark-codes")
    yield Coding(("LIN",), 3, 0, "ndc", "A7:218", _one(2, 0, "N4"))
    yield Coding(("REF",), 2, 0, "clia", "", _one(1, 0, "X4"))


def codings(plan: SetPlan) -> CodingPlans:
    """The coded elements of each position of a set, by element."""
    rows = list(_table())
    found: dict[SegmentPlan, tuple[CodedElement, ...]] = {}
    for segment in plan.segments.values():
        here: dict[int, list[Coding]] = {}
        for row in rows:
            if segment.id in row.segments and not segment.unused and _possible(row, segment):
                here.setdefault(row.element, []).append(row)
        if here:
            found[segment] = tuple(_coded(element, here[element]) for element in sorted(here))
    return found


def _coded(element: int, here: Sequence[Coding]) -> CodedElement:
    needs = {each.need for each in here if each.need is not None and each.need[0] != element}
    return CodedElement(element, tuple(here), next(iter(needs), None), set())


def _possible(row: Coding, segment: SegmentPlan) -> bool:
    """Whether the position has the element, and may have a value that the coding needs."""
    element = _part(segment.elements, row.element)
    if element is None or (row.component and _part(element.get("components") or (), row.component) is None):
        return False
    if row.need is None:
        return True
    number, component, values = row.need
    needed = _part(segment.elements, number)
    if needed is not None and component:
        needed = _part(needed.get("components") or (), component)
    codes = None if needed is None else needed.get("codes")
    return needed is not None and (not codes or not values.isdisjoint(codes))


def _part(parts: Sequence[ElementTable], number: int) -> ElementTable | None:
    return next((part for part in parts if part["n"] == number and part.get("usage") != "N"), None)


@dataclass(frozen=True, slots=True)
class CodeProblem:
    """A code that is not good."""

    kind: Kind
    message: str
    coding: Coding
    status: str


def check_codes(
    here: Iterable[CodedElement], frame: Frame, entry: Entry, lists: CodeLists
) -> Iterator[CodeProblem]:
    """The codes of one segment that are not good."""
    segment = entry.segment
    length = len(segment)
    for each in here:
        if each.element >= length:
            return
        whole = segment[each.element]
        if not whole or whole in each.good:
            continue
        if each.outside is not None and value(segment, *each.outside[:2]) not in each.outside[2]:
            continue
        always = True
        for coding in each.codings:
            need = coding.need
            if need is not None and value(segment, need[0], need[1]) not in need[2]:
                continue
            code = value(segment, coding.element, coding.component)
            if code:
                problem, for_ever = _problem(coding, code, frame, segment, lists)
                always = always and for_ever
                if problem is not None:
                    yield problem
        if always:
            if len(each.good) >= _MOST_GOOD:
                each.good.clear()
            each.good.add(whole)


def _problem(
    coding: Coding, code: str, frame: Frame, segment: Sequence[str], lists: CodeLists
) -> tuple[CodeProblem | None, bool]:
    """What is wrong with a code, and whether it is good on any day and beside anything."""
    name = coding.list
    if name == "npi":
        problem = _npi(coding, code, segment)
        return problem, problem is None
    if segment[0] == "N4" and name != "countries" and value(segment, 4) not in ("", "US"):
        return None, False  # provinces and postal codes of other countries follow other rules
    if name == "zip" and value(segment, 2) in _CANADA:
        return None, False
    form = FORMS.get(name)
    if form is not None and form.fullmatch(code) is None:
        return CodeProblem(
            kinds.BAD_FORM, f"not of the form of a code of {name}", coding, coding.status
        ), False
    if name == "procedures":
        name = "hcpcs" if _HCPCS.fullmatch(code) else "cpt"
    known = None if name in UNLISTED else lists.get(name)
    if known is None:
        return None, True
    state = known.state(code, service_day(frame) if known.dated else None)
    if state == "good":
        return None, not known.dated or known.codes[code] == (ALWAYS,)
    message = f"the code of the list {name} is not in force on the day of service"
    kind = kinds.NOT_IN_FORCE
    if state == "unknown":
        kind, message = kinds.NOT_IN_LIST, f"not a code of the list {name}"
    return CodeProblem(kind, message, coding, coding.status), False


_CANADA = frozenset(
    ["AB", "BC", "MB", "NB", "NF", "NL", "NS", "NT", "NU", "ON", "PE", "PQ", "QC", "SK", "YT"]
)


def _npi(coding: Coding, code: str, segment: Sequence[str]) -> CodeProblem | None:
    if code[:1] in ("1", "2") and passes_luhn(code):
        return None
    entity = value(segment, 1)
    status = f"{coding.status}:{entity}" if entity.isalnum() and len(entity) <= 3 else coding.status
    message = "not a National Provider Identifier: its check digit does not hold"
    return CodeProblem(kinds.BAD_FORM, message, coding, status)
