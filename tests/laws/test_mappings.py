"""The laws on every standard mapping, with a small budget and always the same inputs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mapper.assets import standard_mappings
from mapper.driver.compile import Compiled, compile_project
from mapper.resolve import Library
from mapper.verify.verifier import Options, Verifier, mappings_of
from mapper.verify.x12_subject import TransactionSubject as X12Subject
from runtime.codecs.x12 import read
from runtime.errors import MapperError
from tests.laws.gaps import GAPS, known

PARTS, MESSAGES = 12, 8
FOLDERS = ("hl7v2_fhir", "x12_fhir")


def modules() -> list[Path]:
    return sorted(path for folder in FOLDERS for path in (standard_mappings() / folder).rglob("*.map"))


def names() -> list[str]:
    """Mappings by qualified name, read from the files without compiling them."""
    root = standard_mappings()
    return [
        ".".join((*path.relative_to(root).with_suffix("").parts, line.split()[1]))
        for path in modules()
        for line in path.read_text("utf-8").splitlines()
        if line.startswith("mapping ")
    ]


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    made = compile_project(modules(), Library((standard_mappings(),)))
    assert [each.message for each in made.diagnostics if each.severity == "error"] == []
    return made


@pytest.fixture(scope="module")
def verifier(compiled: Compiled) -> Iterator[Verifier]:
    made, scratch = Verifier.in_scratch(compiled)
    yield made
    scratch.cleanup()


@pytest.mark.parametrize("name", names())
def test_laws_hold(verifier: Verifier, name: str) -> None:
    (mapping,) = (each for each in mappings_of(verifier.compiled, [name]) if each.info.qualified == name)
    entry = verifier.release.entries[name]
    options = Options(examples=MESSAGES if entry.message else PARTS, most=1, known=known(name))
    told = [f"{each.law} {each.paths}: {each.text}" for each in verifier.verify(mapping, options).found]
    assert told == []


def test_gaps_name_mappings() -> None:
    assert set(GAPS) - {"*"} <= set(names())
    assert all(reason for gaps in GAPS.values() for reason in gaps.values())


def test_a_patient_of_whom_only_pd1_speaks_is_told(verifier: Verifier) -> None:
    """PD1 fills a Patient that PID makes: without PID there is none, and the loss is told."""
    subject = verifier.subject(verifier.compiled.checked.mappings["hl7v2_fhir.adt.adt"])
    assert not isinstance(subject, str)
    header = b"MSH|^~\\&|||||20260101||ADT^A01^ADT_A01|1|P|2.5.1\r"
    gone = subject.go(header + b"PD1||||||||Y\r")
    assert "Patient" not in {entry["resource"]["resourceType"] for entry in gone.tree["entry"]}
    assert "R213" in {finding.code for finding in gone.findings}


# -- counterexamples that the laws found, and that hold since

QUESTION = (
    "ST*270*0001*005010X279A1~BHT*0022*13*1*20240229*1530~HL*1**20*1~NM1*PR*2*PLAN*****PI*1~HL*2*1*21*1~"
    "NM1*1P*2*CLINIC*{given}****XX*1234567893~HL*3*2*22*0~{subscriber}"
)


def question(verifier: Verifier, subscriber: str, given: str = "") -> tuple[X12Subject, bytes]:
    """The subject of questions about eligibility, and an interchange of one question."""
    subject = verifier.subject(
        verifier.compiled.checked.mappings["x12_fhir.eligibility_request.eligibility_requests"]
    )
    assert isinstance(subject, X12Subject)
    body = QUESTION.format(given=given, subscriber=subscriber)
    head = "ISA*00*          *00*          *ZZ*A              *ZZ*B              *260101*0000*^*00501*000000001*0*P*:~"
    group = "GS*HS*A*B*20260101*0000*1*X*005010X279A1~"
    end = f"SE*{body.count('~') + 1}*0001~GE*1*1~IEA*1*000000001~"
    return subject, (head + group + body + end).encode()


def test_a_loop_keeps_its_segments_when_nothing_is_known_for_its_first(verifier: Verifier) -> None:
    """Without NM1 the PRV of 2100C is read into 2000C, where the guide has no place for it."""
    subject, data = question(verifier, "NM1*IL*1~PRV*RF*PXC*207Q00000X~EQ*30~")
    back = subject.back(subject.go(data).tree)
    assert b"~NM1*IL" in back.data
    assert b"~PRV*RF*PXC*207Q00000X~" in back.data
    assert "R112" in {finding.code for finding in back.findings}
    assert all(event.faults == [] for event in read(back.data, subject.tables))


def test_given_names_of_an_organization_are_told(verifier: Verifier) -> None:
    subject, data = question(verifier, "NM1*IL*1*DOE~EQ*30~", given="ANN")
    assert "R210" in {finding.code for finding in subject.go(data).findings}


def test_a_coverage_of_which_neither_member_nor_payer_is_known_says_so(verifier: Verifier) -> None:
    subject, data = question(verifier, "NM1*IL*1~DTP*102*D8*20240101~EQ*30~")
    (bundle,) = subject.go(data).tree
    (cover,) = (e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "Coverage")
    assert cover["beneficiary"]["extension"][0]["valueCode"] == "unknown"


def test_a_day_beside_a_period_is_told(verifier: Verifier) -> None:
    days = "DTP*291*RD8*20240101-20240131~DTP*291*D8*20240101~"
    subject, data = question(verifier, f"NM1*IL*1*DOE~{days}EQ*30~")
    gone = subject.go(data)
    (bundle,) = gone.tree
    (asked,) = (e["resource"] for e in bundle["entry"] if "servicedPeriod" in e["resource"])
    assert "servicedDate" not in asked
    assert "R210" in {finding.code for finding in gone.findings}


def test_a_bundle_without_a_question_makes_no_transaction(verifier: Verifier) -> None:
    subject, _ = question(verifier, "NM1*IL*1*DOE~")
    patient = {"resource": {"resourceType": "Patient", "name": [{"family": "DOE"}]}}
    with pytest.raises(MapperError, match="R214"):
        subject.back([{"resourceType": "Bundle", "type": "collection", "entry": [patient]}])


def test_what_one_organization_is_as_payer_and_as_provider_is_kept_in_both(verifier: Verifier) -> None:
    """One number makes one Organization: its extensions are those of both, and what differs is told by name."""
    subject, data = question(verifier, "NM1*IL*1*DOE~EQ*30~")
    data = data.replace(b"*PLAN*****PI*1~", b"*CLINIC*****XX*1234567893~")
    data = data.replace(b"HL*3*2*22", b"PRV*RF*PXC*207Q00000X~HL*3*2*22").replace(b"SE*10", b"SE*11")
    gone = subject.go(data)
    assert b"207Q00000X" in gone.data
    told = next(finding.message for finding in gone.findings if finding.code == "R204")
    assert told.endswith("(Organization.extension(x12-entity))")


STAY = (
    "ST*837*0001*005010X223A2~BHT*0019*00*A*20240229*1530*CH~NM1*41*2*SENDER*****46*1~PER*IC**{kind}*1~NM1*40*2*PLAN*****46*2~"
    "HL*1**20*1~NM1*85*2*CLINIC*****XX*1234567893~N3*A~N4*BO~REF*EI*1~HL*2*1*22*1~SBR*P~NM1*IL*1*DOE~NM1*PR*2*PAYER*****PI*1~"
    "HL*3*2*23*0~PAT*19~NM1*QC*1*ROE~N3*A~N4*BO~DMG*D8*20240229*F~CLM*A*10***13:A:1**A*Y*Y~DTP*434*RD8*20240101-20240131~"
    "CL1***01~HI*ABK:I10~LX*1~SV2*0450**10*DA*10~"
)


def stay(verifier: Verifier, name: str, body: str) -> tuple[X12Subject, bytes]:
    """The subject of claims, and an interchange of one claim."""
    subject = verifier.subject(verifier.compiled.checked.mappings[name])
    assert isinstance(subject, X12Subject)
    version = body.split("~", 1)[0].rsplit("*", 1)[1]
    head = "ISA*00*          *00*          *ZZ*A              *ZZ*B              *260101*0000*^*00501*000000001*0*P*:~"
    group = f"GS*HC*A*B*20260101*0000*1*X*{version}~"
    end = f"SE*{body.count('~') + 1}*0001~GE*1*1~IEA*1*000000001~"
    return subject, (head + group + body + end).encode()


INSTITUTIONAL = "x12_fhir.claim_837i.institutional_claims"


def test_a_payers_turn_alone_makes_a_coverage(verifier: Verifier) -> None:
    """Without group, plan and member the payer, the subscriber and his kinship were lost with the Coverage."""
    subject, data = stay(verifier, INSTITUTIONAL, STAY.format(kind="TE"))
    back = subject.back(subject.go(data).tree).data
    for segment in (b"~NM1*IL*1*DOE~", b"~NM1*PR*2*PAYER*****PI*1~", b"~PAT*19~"):
        assert segment in back


def test_a_pointer_to_no_diagnosis_is_told(verifier: Verifier) -> None:
    subject, data = stay(verifier, INSTITUTIONAL, STAY.format(kind="TE"))
    tree = subject.go(data).tree
    subject, _ = stay(verifier, PROFESSIONAL, STAY.format(kind="TE"))
    (claim,) = (e["resource"] for e in tree[0]["entry"] if e["resource"]["resourceType"] == "Claim")
    claim["item"][0]["diagnosisSequence"] = [1, 7]
    told = [each for each in subject.back(tree).findings if each.code == "R212"]
    assert [each.where.rsplit(".", 1)[-1] for each in told] == ["diagnosisSequence"]


def office(body: str) -> str:
    """The stay as a claim of an office: 837P."""
    made = body.replace("005010X223A2", "005010X222A1").replace("CL1***01~", "")
    return made.replace("SV2*0450**10*DA*10", "SV1*HC:99213*10*UN*1***1")


PROFESSIONAL = "x12_fhir.claim_837p.professional_claims"


@pytest.mark.parametrize("name", [PROFESSIONAL, INSTITUTIONAL])
def test_a_line_adjudicated_by_a_payer_whom_the_claim_does_not_name_is_kept(
    verifier: Verifier, name: str
) -> None:
    body = STAY.format(kind="TE") + "SVD*STRANGER*10*HC:99213**1~CAS*CO*45*5~DTP*573*D8*20240301~"
    subject, data = stay(verifier, name, office(body) if name == PROFESSIONAL else body)
    gone = subject.go(data)
    back = subject.back(gone.tree)
    assert b"~SVD*STRANGER*10*HC:99213**1~CAS*CO*45*5~DTP*573*D8*20240301~" in back.data
    assert "R212" in {finding.code for finding in gone.findings}


@pytest.mark.parametrize(("total", "told"), [("10", False), ("12.5", True)])
def test_a_total_that_is_not_the_sum_of_its_lines_is_told(verifier: Verifier, total: str, told: bool) -> None:
    body = office(STAY.format(kind="TE")).replace("CLM*A*10*", f"CLM*A*{total}*")
    subject, data = stay(verifier, PROFESSIONAL, body)
    gone = subject.go(data)
    assert any("CLM02" in finding.message for finding in gone.findings) is told
    assert b"~CLM*A*10*" in subject.back(gone.tree).data


def test_a_payer_is_not_the_provider_who_has_its_number(verifier: Verifier) -> None:
    """A payer's number and an NPI are two things, though the digits are the same."""
    body = STAY.format(kind="TE").replace("*PAYER*****PI*1~", "*PAYER*****PI*1234567893~N3*B~N4*LA~")
    subject, data = stay(verifier, INSTITUTIONAL, body.replace("XX*1~", "XX*1234567893~"))
    gone = subject.go(data)
    assert "R204" not in {finding.code for finding in gone.findings}
    assert b"~NM1*PR*2*PAYER*****PI*1234567893~N3*B~N4*LA~" in subject.back(gone.tree).data


def test_contacts_come_back_as_they_were_grouped(verifier: Verifier) -> None:
    """Two contacts without names are two: an extension stays behind its number."""
    numbers = "PER*IC**EM*A*TE*1~PER*IC**TE*2*EX*3~"
    for kind in ("1", "2"):
        body = office(STAY.format(kind="TE")).replace("NM1*85*2", f"NM1*85*{kind}")
        subject, data = stay(verifier, PROFESSIONAL, body.replace("REF*EI*1~", f"REF*EI*1~{numbers}"))
        assert f"~{numbers}".encode() in subject.back(subject.go(data).tree).data


def test_a_gender_without_a_date_of_birth_is_told(verifier: Verifier) -> None:
    subject, data = stay(verifier, INSTITUTIONAL, STAY.format(kind="TE"))
    tree = subject.go(data).tree
    (patient,) = (e["resource"] for e in tree[0]["entry"] if e["resource"]["resourceType"] == "Patient")
    del patient["birthDate"]
    back = subject.back(tree)
    assert b"~DMG" not in back.data
    assert "R210" in {finding.code for finding in back.findings}


def test_an_access_number_of_a_machine_comes_back(verifier: Verifier) -> None:
    subject, data = stay(verifier, PROFESSIONAL, office(STAY.format(kind="ED")))
    assert b"~PER*IC**ED*1~" in subject.back(subject.go(data).tree).data
