"""The crosswalk's rows of DFT^P03: a value of a field is found in the Claim's Bundle and in the 837P made of it."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from tempfile import NamedTemporaryFile
from typing import Any, NamedTuple

import pytest

from mapper.driver.session import open_session
from runtime.translate import Translator
from runtime.x12.feed import X12Feed
from tests.acceptance.test_dft_claim import SITE
from tests.x12 import judge
from tests.x12.crosswalk import FOLDER, Element, leaves
from tests.x12.returning import AT
from tests.x12.specimens import placed

MESSAGE = r"""MSH|^~\&|EHR|NORTH|BILLING|CLEARING|20240305120000||DFT^P03^DFT_P03|MSG1|P|2.5.1
EVN|P03|20240305120000
PID|1||100^^^NORTH^MR||DOE^JANE^Q||19800203|F|||1 OAK STREET^APT 2^SPRINGFIELD^IL^62701|||||||ACCT100
PV1|1|O|CLINIC||||1234567893^ROE^RICHARD|1245319599^LOE^LISA|||||||||||V200
ROL||AD|PP
FT1|1|T1||20240301||CG||||2|||||||||E119^^I10C
DG1|1||E119^DIABETES^I10C|||F|||||||||1
DG1|2||I10^HYPERTENSION^I10C|||F|||||||||2
IN1|1|PPO|99999|PAYER ONE|1 PAYER WAY^^CHICAGO^IL^60601|||GROUP1|||||||CI|DOE^JANE^Q|SEL|19800203|1 OAK STREET^^SPRINGFIELD^IL^62701|||1||||||||||||||M1
"""  # noqa: E501 - a segment is one line

WITH = {
    "PV1-44": {"PV1-2": "I"},
    "PV1-45": {"PV1-2": "I", "PV1-44": "20240201"},
    "FT1-8": {"FT1-25": "99213"},
    "FT1-26": {"FT1-25": "99213"},
    "ACC-4": {"ACC-1": "20240220"},
    "ACC-5": {"ACC-1": "20240220"},
    "DG1-3": {"FT1-19": "J069^^I10C"},
    "PR1-16": {"PR1-3": "20610"},
    "ROL-4": {"PV1-8": ""},
    "IN1-16": {"IN1-17": "SPO"},
    "IN2-61": {"IN1-36": ""},
}
"""What else has to be said for a field to count."""

ORDER = ("MSH", "EVN", "PID", "PV1", "ROL", "FT1", "PR1", "DG1", "IN1", "IN2", "ACC")


class Charged(NamedTuple):
    section: str
    kind: str
    field: str
    value: str
    path: str
    becomes: str
    element: str = ""
    written: str = ""


def charged() -> list[Charged]:
    lines = (FOLDER / "dft.tsv").read_text().splitlines()
    return [Charged(*line.split("\t")) for line in lines if line[:1] not in ("", "#", "!")]


def message(put: dict[str, str]) -> bytes:
    """The message with fields set; what is charged and for how much is there unless the fields say it."""
    held = [line.split("|") for line in MESSAGE.splitlines()]
    usual = {"FT1-25": "99213"} if not {"FT1-7", "FT1-25", "PR1-3", "PR1-16"} & set(put) else {}
    usual |= {} if {"FT1-11", "FT1-12"} & set(put) else {"FT1-11": "100"}
    for name, value in (usual | put).items():
        segment, _, number = name.partition("-")
        at = next((one for one in held if one[0] == segment), None)
        if at is None:
            at = [segment]
            held.append(at)
        place = int(number) - (1 if segment == "MSH" else 0)
        at += [""] * (place + 1 - len(at))
        at[place] = value
    held.sort(key=lambda one: ORDER.index(one[0]))
    return "".join("|".join(one) + "\r" for one in held).encode()


@cache
def translators() -> tuple[Translator, Translator]:
    """The mapping of charges and that of claims, at a practice that bills."""
    with NamedTemporaryFile("w", suffix=".toml") as file:
        file.write(SITE)
        file.flush()
        charges, claims = (
            open_session(name, file.name).translator() for name in ("hl7v2_fhir.dft", "x12_fhir.claim_837p")
        )
    return charges, claims


def claim(put: dict[str, str]) -> dict[str, Any]:
    """The Bundle of a message with fields set."""
    bundle: dict[str, Any] = json.loads(translators()[0].forward(message(put)).data, parse_float=Decimal)
    return bundle


@pytest.mark.parametrize("row", charged(), ids=lambda row: f"{row.field}={row.value}")
def test_a_field_is_found_in_the_claim_and_in_the_837(row: Charged) -> None:
    around = WITH.get(row.field, {})
    bundle = claim(around | {row.field: row.value})
    found, usual = leaves(bundle), leaves(claim({**around, row.field: ""}))
    assert found[row.path, row.becomes] > usual[row.path, row.becomes]
    written = X12Feed(translators()[1]).back([bundle], at=AT).data
    assert judge.verdict(written) == (True, [])
    if row.element:
        assert row.written in Element.of(row.element).values(placed(written))
