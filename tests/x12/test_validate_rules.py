"""Each rule between segments fires where it should: a valid file, one change that breaks the rule, and its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from runtime.x12.validate import RULES
from tests.x12.claims import ACCIDENT, COB, DEPENDENT, FACILITY, INPATIENT, RENDERING, REPLACEMENT, claims
from tests.x12.mutations import parse, write
from tests.x12.remittances import LINES, PROVIDER, REVERSAL, remittances
from tests.x12.validating import findings

Segments = list[list[str]]
Change = Callable[[Segments], None]


@dataclass(frozen=True)
class Case:
    rule: str
    set: str
    need: frozenset[str]
    place: str
    change: Change


CASES: list[Case] = []


def case(rule: str, name: str, place: str, *need: str) -> Callable[[Change], Change]:
    def register(change: Change) -> Change:
        CASES.append(Case(rule, name, frozenset(need), place, change))
        return change

    return register


def at(segments: Segments, name: str, qualifier: str = "", after: int = 0) -> int:
    """The index of the first such segment behind another one."""
    return next(
        number
        for number, segment in enumerate(segments)
        if number >= after and segment[0] == name and (not qualifier or segment[1] == qualifier)
    )


def put(segment: list[str], element: int, value: str) -> None:
    segment += [""] * (element + 1 - len(segment))
    segment[element] = value


def valid(case: Case) -> bytes:
    """The first made document that has what the case needs and is free of the finding."""
    for seed in range(60):
        made = remittances if case.set == "835" else None
        data = (
            made(seed, need=case.need, plain=True, size=1)
            if made is not None
            else claims(case.set, seed, need=case.need, plain=True, size=1)
        ).bytes()
        if any(each.rule == case.rule for each in findings(data)):
            continue
        try:
            case.change(parse(data))
        except StopIteration:
            continue
        return data
    raise AssertionError("no document has what the case needs")


@pytest.mark.parametrize("case", CASES, ids=lambda each: f"{each.rule}-{each.set}")
def test_a_rule_fires_at_its_place(case: Case) -> None:
    segments = parse(valid(case))
    case.change(segments)
    told = [each for each in findings(write(segments)) if each.rule == case.rule]
    assert case.place in {"/".join(part for part in (each.loop, each.reference) if part) for each in told}
    assert all(each.snip == next(rule.snip for rule in RULES if rule.id == case.rule) for each in told)


def test_every_rule_has_a_case() -> None:
    """Those of answers and of eligibility have theirs in test_validate_answers."""
    assert {each.rule for each in CASES} == {
        each.id for each in RULES if {"837P", "837I", "835"} & set(each.sets)
    }


# -- balance of claims ---------------------------------------------------------------------------


@case("BAL-837-1", "837P", "2300/CLM02")
def _charge(s: Segments) -> None:
    s[at(s, "CLM")][2] += "1"


@case("BAL-837-1", "837I", "2300/CLM02")
def _charge_of_a_hospital(s: Segments) -> None:
    s[at(s, "CLM")][2] += "1"


@case("BAL-837-2", "837P", "2320/AMT02", COB)
def _other_total(s: Segments) -> None:
    s[at(s, "AMT", "D")][2] += "1"


@case("BAL-837-3", "837P", "2320/AMT02", COB)
def _other_payment(s: Segments) -> None:
    s[at(s, "AMT", "D")][2] += "1"


@case("BAL-837-4", "837P", "2430/SVD02", COB)
def _line_payment(s: Segments) -> None:
    s[at(s, "SVD")][2] += "1"


@case("BAL-837-5", "837P", "2430/SVD02", COB)
def _negative_payment(s: Segments) -> None:
    s[at(s, "SVD")][2] = "-5"


# -- balance and situations of remittances -------------------------------------------------------


@case("BAL-835-1", "835", "BPR02")
def _paid(s: Segments) -> None:
    s[at(s, "BPR")][2] += "1"


@case("BAL-835-2", "835", "2100/CLP04", LINES)
def _claim_paid(s: Segments) -> None:
    s[at(s, "CLP")][4] += "1"


@case("BAL-835-3", "835", "2110/SVC03", LINES)
def _line_paid(s: Segments) -> None:
    s[at(s, "SVC")][3] += "1"


@case("BAL-835-3B", "835", "2100/CLP03", LINES)
def _line_charge(s: Segments) -> None:
    s[at(s, "SVC")][2] += "1"


@case("BAL-835-4", "835", "2100/CLP05", LINES)
def _share(s: Segments) -> None:
    put(s[at(s, "CLP")], 5, "99999.01")


@case("BAL-835-5", "835", "2000/TS304", LINES)
def _batch(s: Segments) -> None:
    s.insert(at(s, "LX") + 1, ["TS3", "1234567893", "11", "20241231", "97", "1"])


@case("BAL-835-7", "835", "2100/CLP03", REVERSAL)
def _reversal(s: Segments) -> None:
    segment = next(each for each in s if each[0] == "CLP" and each[2] == "22")
    segment[3] = segment[3].lstrip("-")


@case("BAL-835-8", "835", "2110/CAS05", LINES)
def _again(s: Segments) -> None:
    number = at(s, "CAS", after=at(s, "SVC"))
    s[number] = [*s[number][:4], "", s[number][2], "1"]


@case("SIT-835-NON", "835", "BPR02", PROVIDER)
def _nothing(s: Segments) -> None:
    segment = s[at(s, "BPR")]
    segment[4], segment[2] = "NON", "1"


@case("SIT-835-ISSUER", "835", "TRN03")
def _issuer(s: Segments) -> None:
    put(s[at(s, "BPR")], 10, "1999999999")


@case("SIT-835-DATE", "835", "2100/DTM")
def _undated(s: Segments) -> None:
    s[:] = [each for each in s if each[0] != "DTM" or each[1] in ("405", "050")]


# -- subscribers and patients --------------------------------------------------------------------


@case("SIT-SELF", "837P", "2000B/SBR02", DEPENDENT)
def _self(s: Segments) -> None:
    put(s[at(s, "SBR", after=at(s, "HL", "2"))], 2, "18")


@case("SIT-SELF-DEMOGRAPHICS", "837P", "2010BA/DMG")
def _described(s: Segments) -> None:
    del s[next(n for n, each in enumerate(s) if each[0] == "DMG" and _is_subscriber(s, n))]


def _is_subscriber(s: Segments, number: int) -> bool:
    return [each[1] for each in s[:number] if each[0] == "NM1"][-1] == "IL"


@case("SIT-LEVELS", "837P", "2000A/HL04")
def _levels(s: Segments) -> None:
    s[at(s, "HL")][4] = "0"


@case("SIT-PATIENT-LEVELS", "837P", "2000B/HL04")
def _patient_levels(s: Segments) -> None:
    number = next(n for n, each in enumerate(s) if each[0] == "HL" and each[3] == "22" and each[4] == "0")
    s[number][4] = "1"


@case("SIT-DEPENDENT-CLAIM", "837P", "2300/CLM", DEPENDENT)
def _no_claim(s: Segments) -> None:
    patient = next(n for n, each in enumerate(s) if each[0] == "HL" and each[3] == "23")
    end = next((n for n in range(patient + 1, len(s)) if s[n][0] in ("HL", "SE")), len(s))
    del s[at(s, "CLM", after=patient) : end]


@case("SIT-BIRTH", "837P", "2010CA/DMG02", DEPENDENT)
def _unborn(s: Segments) -> None:
    for segment in s:
        if segment[0] == "DMG":
            segment[2] = "20260101"


@case("SIT-GROUP-NAME", "837P", "2000B/SBR04")
def _group(s: Segments) -> None:
    segment = s[at(s, "SBR")]
    put(segment, 3, "1234")
    put(segment, 4, "NAME")


@case("SIT-MSP", "837P", "2000B/SBR05")
def _medicare(s: Segments) -> None:
    segment = s[at(s, "SBR")]
    segment[1] = "P"
    put(segment, 5, "12")


@case("SIT-ADDRESS", "837P", "2010AA/N402")
def _address(s: Segments) -> None:
    s[at(s, "N4")][2] = ""


# -- claims and lines ----------------------------------------------------------------------------


@case("SIT-REPLACEMENT", "837I", "2300/CLM05-3", REPLACEMENT)
def _original(s: Segments) -> None:
    del s[at(s, "REF", "F8")]


@case("SIT-ACCIDENT", "837P", "2300/CLM11-1", ACCIDENT)
def _accident(s: Segments) -> None:
    del s[at(s, "DTP", "439")]


@case("SIT-ADMISSION", "837I", "2300/DTP", INPATIENT)
def _admission(s: Segments) -> None:
    del s[at(s, "DTP", "435")]


@case("SIT-ADMISSION", "837P", "2300/DTP")
def _admission_at_a_place(s: Segments) -> None:
    segment = s[at(s, "CLM")]
    segment[5] = "21" + segment[5][2:]
    if s[at(s, "CLM") + 1][:2] == ["DTP", "435"]:
        raise StopIteration


@case("SIT-RENDERING", "837P", "2310B/NM1", RENDERING)
def _rendering(s: Segments) -> None:
    s[at(s, "NM1", "82")][9] = s[at(s, "NM1", "85")][9]


@case("SIT-FACILITY", "837P", "2310C/NM1", FACILITY)
def _facility(s: Segments) -> None:
    billing, number = at(s, "NM1", "85"), at(s, "NM1", "77")
    s[number + 1 : number + 3] = [list(s[billing + 1]), list(s[billing + 2])]


@case("SIT-REFERRAL", "837I", "2300/REF")
def _referral(s: Segments) -> None:
    s.insert(at(s, "CL1") + 1, ["REF", "9F", "R123"])


@case("SIT-ATTACHMENT", "837I", "2300/PWK06")
def _attachment(s: Segments) -> None:
    s.insert(at(s, "CL1") + 1, ["PWK", "OZ", "EL"])


@case("SIT-EPSDT", "837P", "2400/SV111")
def _screening(s: Segments) -> None:
    put(s[at(s, "SV1")], 11, "Y")


@case("SIT-AMBULANCE", "837P", "2310E/NM1")
def _ambulance(s: Segments) -> None:
    s.insert(at(s, "HI"), ["CR1", "", "", "", "A", "DH", "12"])


@case("SIT-PERIOD", "837P", "2400/DTP03")
def _backwards(s: Segments) -> None:
    segment = s[at(s, "DTP", "472")]
    segment[2:] = ["RD8", "20240301-20240229"]


@case("SIT-FUTURE", "837P", "2400/DTP03")
def _future(s: Segments) -> None:
    s[at(s, "DTP", "472")][3] = "20991231"


@case("SIT-UNITS", "837P", "2400/SV104")
def _units(s: Segments) -> None:
    s[at(s, "SV1")][4] = "0"


@case("SIT-LINE-NUMBER", "837P", "2400/REF02", COB)
def _line_number(s: Segments) -> None:
    lines = [n for n, each in enumerate(s) if each[:2] == ["REF", "6R"]]
    claim = at(s, "CLM")
    following = next((n for n, each in enumerate(s) if n > claim and each[0] == "CLM"), len(s))
    first, second, *_ = (n for n in lines if claim < n < following) if len(lines) > 1 else iter(())
    s[second][2] = s[first][2]


# -- diagnoses and other payers ------------------------------------------------------------------


@case("SIT-POINTER", "837P", "2400/SV107-1")
def _pointer(s: Segments) -> None:
    s[at(s, "SV1")][7] = "12"


@case("SIT-DIAGNOSIS-ONCE", "837P", "2300/HI02-2")
def _twice(s: Segments) -> None:
    segment = s[at(s, "HI")]
    segment[2:] = ["ABF" + segment[1][3:]]


@case("SIT-ICD-EDITION", "837P", "2300/HI01-1")
def _edition(s: Segments) -> None:
    s[at(s, "HI")][1] = "BK:25000"


@case("SIT-PAYER-KNOWN", "837P", "2430/SVD01", COB)
def _payer(s: Segments) -> None:
    s[at(s, "SVD")][1] = "NOBODY"


@case("SIT-PAYER-ORDER", "837P", "2320/SBR01", COB)
def _order(s: Segments) -> None:
    first = at(s, "SBR")
    s[at(s, "SBR", after=at(s, "CLM"))][1] = s[first][1]


@case("SIT-PAYER-DATE", "837P", "2330B/DTP", COB)
def _undated_payer(s: Segments) -> None:
    s[:] = [each for each in s if each[:2] != ["DTP", "573"]]
    s.insert(at(s, "AMT", "D"), ["CAS", "PR", "1", "1"])
