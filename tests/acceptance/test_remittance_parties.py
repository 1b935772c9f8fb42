"""Who pays, who is paid and whom to ask (835): found by the laws of `mapper verify`, and held since."""

from __future__ import annotations

from typing import Any

import pytest

from runtime.translate import Result
from tests.acceptance.test_remittance import EXAMPLES, back, feed, forward, resources, segments

CHECK = (EXAMPLES / "check.835").read_text("utf-8")
CONTACT = "PER*BL*EDI SUPPORT*TE*8005550101~\n"


def written(text: str) -> bytes:
    """The example with another text, its segments counted again."""
    lines = text.split("~\n")
    first = next(number for number, line in enumerate(lines) if line.startswith("ST*"))
    last = next(number for number, line in enumerate(lines) if line.startswith("SE*"))
    lines[last] = f"SE*{last - first + 1}*0001"
    return "~\n".join(lines).encode()


def turned(data: bytes) -> tuple[dict[str, Any], Result]:
    (bundle,) = forward(data)
    return bundle, back(bundle)


@pytest.mark.parametrize(
    "contacts",
    [
        "PER*BL~\n",
        "PER*BL*EDI SUPPORT~\n",
        "PER*BL~\nPER*BL*EDI SUPPORT***FX*8005550101~\n",
        "PER*CX*DESK***EX*17*EX*18~\nPER*BL*EDI*UR*PLAN.EXAMPLE*EX*17*FX*8005550101~\nPER*IC**UR*PLAN.EXAMPLE~\n",
    ],
)
def test_contacts_of_the_payer_come_back_as_they_were(contacts: str) -> None:
    data = written(CHECK.replace(CONTACT, contacts))
    _, result = turned(data)
    assert segments(result.data) == segments(data)


def test_numbers_to_ask_about_a_claim_keep_their_places() -> None:
    contact = "PER*CX*DESK*TE*8005550102*EX*17*EX*18~\n"
    data = written(CHECK.replace("SVC*HC:99213", contact + "SVC*HC:99213", 1))
    _, result = turned(data)
    assert contact.strip("~\n") in segments(result.data)


@pytest.mark.parametrize("kind", ["XV", "FI"])
def test_a_payee_with_the_number_of_the_payer_is_another_organization(kind: str) -> None:
    payee = f"N1*PE*NORTH CLINIC*{kind}*12345~\nN3*1 ROAD~\nREF*PQ*7~\n"
    data = written(CHECK.replace("N1*PE*NORTH CLINIC*XX*1234567893~\n", payee))
    bundle, result = turned(data)
    assert [each["name"] for each in resources(bundle, "Organization")] == [
        "LAKESIDE HEALTH PLAN",
        "NORTH CLINIC",
    ]
    assert segments(result.data) == segments(data)


def test_patients_with_one_number_of_two_kinds_are_two() -> None:
    claim = "CLP*NC-1002*4*10*0**12*ICN7002~\nCAS*CO*45*10~\nNM1*QC*1*ROWE*NADIA****HN*M55501~\n"
    data = written(CHECK.replace("SE*22*0001~\n", claim + "SE*22*0001~\n"))
    bundle, result = turned(data)
    assert len(resources(bundle, "Patient")) == 2
    assert segments(result.data) == segments(data)


def test_a_day_of_production_has_no_time() -> None:
    """FHIR gives a time; DTM02 has eight characters and takes the day."""
    (bundle,) = forward(CHECK.encode())
    resources(bundle, "PaymentReconciliation")[0]["created"] = "2026-03-02T15:30:00Z"
    result = back(bundle)
    assert "DTM*405*20260302" in segments(result.data)
    assert {"R206", "R207", "R215"}.intersection(each.code for each in result.findings)


def test_what_has_no_place_is_told() -> None:
    (bundle,) = forward(CHECK.encode())
    payer = resources(bundle, "Organization")[0]
    payer["contact"][0]["telecom"] = [{"system": "fax", "value": "8005550101"}] * 4
    resources(bundle, "ClaimResponse")[0]["identifier"].append({"use": "secondary", "value": "7"})
    bundle["entry"].append({"resource": {"resourceType": "PaymentReconciliation", "disposition": "x"}})
    told = {each.message for each in back(bundle).findings}
    assert {
        "PER holds three numbers to call",
        "a number without its kind has no place in REF",
        "a Bundle holds one remittance; the first is taken",
        "the code has no row in the table",
    } <= told


@pytest.mark.parametrize("line", ["NM1*82*2*MARSH*TOMAS****XX*1003000126", "NM1*74*2*MARSH*TOMAS****C*1"])
def test_given_names_of_an_organization_are_told(line: str) -> None:
    data = written(CHECK.replace("NM1*82*1*MARSH*TOMAS****XX*1003000126", line))
    told = [each for unit in feed("x12_fhir.remittance").forward(data) for each in unit.findings]
    assert [each.code for each in told if "NM104" in each.message] == ["R210"]
