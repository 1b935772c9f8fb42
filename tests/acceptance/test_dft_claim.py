"""Charges become claims: DFT^P03 to a Bundle, and on to an 837P that pyx12 takes, as a user would type it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mapper.cli import main
from tests.judges import judge_bundle
from tests.x12.judge import verdict
from tests.x12.returning import segments

SITE = """
zone = "America/Chicago"
billing_name = "NORTH CLINIC"
billing_npi = "1184830013"
billing_tax_id = "123456789"
billing_taxonomy = "207Q00000X"
billing_line = "12 MAIN STREET"
billing_city = "SPRINGFIELD"
billing_state = "IL"
billing_postal_code = "627010001"

[partner]
sender_id = "NORTH"
receiver_id = "CLEARING"
usage = "T"
[partner.submitter]
name = "NORTH CLINIC"
etin = "123456789"
contact = "BILLING"
phone = "5555550100"
[partner.receiver]
name = "CLEARING HOUSE"
id = "987654321"
"""
HEAD = r"""MSH|^~\&|EHR|NORTH|BILLING|CLEARING|20240305120000||DFT^P03^DFT_P03|MSG1|P|2.5.1
EVN|P03|20240305120000
PID|1||100^^^NORTH^MR||DOE^JANE^Q||19800203|F|||1 OAK STREET^APT 2^SPRINGFIELD^IL^62701|||||||ACCT100
PV1|1|O|CLINIC||||1234567893^ROE^RICHARD|1245319599^LOE^LISA|||||||||||V200
"""
PAYERS = """IN1|1|PPO|99999|PAYER ONE|1 PAYER WAY^^CHICAGO^IL^60601|||GROUP1|||||||CI|DOE^JANE^Q|SEL|19800203|1 OAK STREET^APT 2^SPRINGFIELD^IL^62701|||1||||||||||||||M1
IN1|2|HMO|88888|PAYER TWO||||GROUP2|||||||CI|DOE^JOHN|SPO|19790101|1 OAK STREET^^SPRINGFIELD^IL^62701|||2||||||||||||||M2
"""  # noqa: E501 - a segment is one line


def charge(**fields: str) -> str:
    """FT1 of its fields by number: `f4="20240301"`."""
    held = {int(name[1:]): value for name, value in fields.items()}
    return "FT1|" + "|".join(held.get(number, "") for number in range(1, max(held) + 1)) + "\n"


CHARGES = (
    charge(f1="1", f2="T1", f4="20240301", f6="CG", f10="1", f11="125.50", f19="E11.9^^I10C~I10^^I10C")[:-1]
    + "|1679576722^MOE^MARY|||||99213^OFFICE VISIT^CPT|25\n"
    + charge(
        f1="2", f2="T2", f4="20240301", f6="CG", f7="80048^PANEL^CPT", f10="2", f11="60", f19="I10^^I10C"
    )
    + charge(f1="3", f2="T3", f4="20240301", f6="PY", f7="COPAY^COPAY^L", f10="1", f11="25")
)
DIAGNOSES = "DG1|1||E119^DIABETES^I10C|||F|||||||||1\nDG1|2||I10^HYPERTENSION^I10C|||F|||||||||2\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("site") / "north.toml"
    path.write_text(SITE)
    return path


def typed(command: str, stdin: str | bytes) -> Result:
    """`mapper COMMAND` with something on standard input."""
    return CliRunner().invoke(main, command.split(), input=stdin)


def billed(message: str, site: Path) -> tuple[dict[str, Any], list[str]]:
    """The Bundle of a message, and the segments of the 837P that it becomes."""
    made = typed(f"run hl7v2_fhir.dft - --site {site}", message.replace("\n", "\r"))
    assert made.exit_code == 0, made.output
    sent = typed(f"run x12_fhir.claim_837p - --back --site {site}", made.stdout)
    assert sent.exit_code == 0, sent.output
    data = sent.stdout.encode()
    assert verdict(data) == (True, [])
    return json.loads(made.stdout, parse_float=Decimal), segments(data)


def test_charges_become_a_claim_and_the_claim_an_837(site: Path) -> None:
    bundle, sent = billed(HEAD + CHARGES + DIAGNOSES.replace("E119", "E11.9") + PAYERS, site)
    assert judge_bundle(bundle) == []
    assert bundle["type"] == "collection"
    assert [
        s for s in sent if s.startswith(("CLM", "HI", "SV1", "REF", "NM1*8", "NM1*DN", "SBR", "PRV"))
    ] == [
        "PRV*BI*PXC*207Q00000X",
        "NM1*85*2*NORTH CLINIC*****XX*1184830013",
        "REF*EI*123456789",
        "SBR*P*18*GROUP1******CI",
        "CLM*ACCT100*185.5***11:B:1*Y*A*Y*Y",
        "REF*EA*100",
        "HI*ABK:E119*ABF:I10",
        "NM1*DN*1*LOE*LISA****XX*1245319599",
        "NM1*82*1*MOE*MARY****XX*1679576722",
        "SBR*S*01*GROUP2******CI",
        "SV1*HC:99213:25::::OFFICE VISIT*125.5*UN*1***1:2",
        "REF*6R*T1",
        "SV1*HC:80048:::::PANEL*60*UN*2***2",
        "REF*6R*T2",
    ]
    assert {
        "N3*12 MAIN STREET",
        "N4*SPRINGFIELD*IL*627010001",
        "NM1*41*2*NORTH CLINIC*****46*123456789",
    } <= set(sent)
    assert "NM1*PR*2*PAYER TWO*****PI*88888" in sent


def test_codes_without_a_point_and_a_dependent(site: Path) -> None:
    charges = CHARGES.replace("E11.9", "E119")
    payers = PAYERS.splitlines()[0].replace("DOE^JANE^Q|SEL|19800203", "DOE^JOHN|SPO|19790101")
    bundle, sent = billed(HEAD + charges + DIAGNOSES + payers + "\n", site)
    (claim,) = (e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "Claim")
    assert claim["diagnosis"][0]["diagnosisCodeableConcept"]["coding"][0]["code"] == "E11.9"
    assert {"HI*ABK:E119*ABF:I10", "PAT*01", "NM1*QC*1*DOE*JANE*Q", "NM1*IL*1*DOE*JOHN****MI*M1"} <= set(sent)


def test_a_reversed_charge_is_told_and_no_line(site: Path) -> None:
    message = HEAD + CHARGES.replace("|PY|", "|CR|") + DIAGNOSES.replace("E119", "E11.9") + PAYERS
    made = typed(f"run hl7v2_fhir.dft - --site {site}", message.replace("\n", "\r"))
    assert made.exit_code == 0
    assert "a charge is reversed here" in made.stderr
    (claim,) = (
        e["resource"] for e in json.loads(made.stdout)["entry"] if e["resource"]["resourceType"] == "Claim"
    )
    assert len(claim["item"]) == 2


def test_without_a_site_nobody_bills() -> None:
    made = typed("run hl7v2_fhir.dft -", (HEAD + CHARGES + DIAGNOSES + PAYERS).replace("\n", "\r"))
    assert made.exit_code == 0
    assert "the site names no billing provider" in made.stderr
    assert judge_bundle(json.loads(made.stdout, parse_float=Decimal)) == []


def test_the_published_messages_become_valid_bundles(data: Path, site: Path) -> None:
    files = sorted((data / "samples" / "hl7v2").glob("DFT-P03-*.hl7"))
    assert len(files) == 2
    for path in files:
        made = typed(f"run hl7v2_fhir.dft {path} --site {site}", "")
        assert made.exit_code == 0, made.output
        bundle = json.loads(made.stdout, parse_float=Decimal)
        assert judge_bundle(bundle) == [], path.name
        (claim,) = (e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "Claim")
        assert [item["net"]["value"] for item in claim["item"]] == [100, 120]
        sent = typed(f"run x12_fhir.claim_837p - --back --site {site}", made.stdout)
        assert sent.stdout.startswith("ISA*"), sent.output
