"""Professional claims between X12 and FHIR: generated ones come back as they were; samples become valid Bundles."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mapper.assets import standard_mappings
from mapper.driver.session import open_session
from runtime.x12.feed import X12Feed
from tests.judges import judge_bundle
from tests.x12.claims import claims
from tests.x12.judge import verdict
from tests.x12.returning import plain

AT = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
SITE = """zone = "America/Chicago"
base = "https://north.example/fhir"

[partner]
sender_id = "CLINIC"
receiver_id = "PAYER"
usage = "T"
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("site") / "clinic.toml"
    path.write_text(SITE)
    return path


@pytest.fixture(scope="module")
def feed(site: Path) -> X12Feed:
    return feed_of(site)


@cache
def feed_of(site: Path) -> X12Feed:
    return X12Feed(open_session("x12_fhir.claim_837p", str(site)).translator())


def segments(data: bytes) -> list[str]:
    """The segments inside the transactions, with the usual delimiters and numbers in their shortest form."""
    text = data.decode()
    element, component, terminator = text[3], text[104], text[105]
    rows = (row.strip().replace(component, ":").split(element) for row in text[106:].split(terminator))
    return [
        "*".join(plain(value) for value in row)
        for row in rows
        if row[0] not in ("", "GS", "GE", "IEA", "ST", "SE")
    ]


def there(feed: X12Feed, data: bytes) -> list[dict]:
    return [result.output for unit in feed.forward(data) for result in unit.results]


@given(seed=st.integers(0, 10_000))
@example(seed=9999)  # an adjustment of less than a dollar
@settings(max_examples=6, deadline=None)
def test_a_generated_claim_comes_back_as_it_was(site: Path, seed: int) -> None:
    feed = feed_of(site)
    sent = claims("837P", seed).bytes()
    back = feed.back(there(feed, sent), at=AT)
    assert segments(back.data) == segments(sent)
    accepted, errors = verdict(back.data)
    assert accepted, errors


@given(seed=st.integers(0, 10_000))
@settings(max_examples=3, deadline=None)
def test_a_generated_claim_becomes_a_valid_bundle(site: Path, seed: int) -> None:
    feed = feed_of(site)
    units = list(feed.forward(claims("837P", seed).bytes()))
    assert [f for unit in units for f in unit.findings if f.level == "error"] == []
    for unit in units:
        for result in unit.results:
            assert judge_bundle(result.output) == []


def test_the_same_interchange_gives_the_same_bytes(feed: X12Feed) -> None:
    sent = claims("837P", 11).bytes()
    first, second = ([r.data for u in feed.forward(sent) for r in u.results] for _ in range(2))
    assert first == second


SAMPLES = [
    *("ambulance.example5", "autoaccident", "cob.2ndary.example4", "cob.example3.A", "cob.example3.B"),
    *("cob.example3.C", "cob.example4", "drug.example10.1", "drug.example10.2", "drug.example10.3"),
    *("example1", "example2", "example6", "example7", "example8", "example9", "example11", "example12"),
]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_becomes_a_valid_bundle(feed: X12Feed, data: Path, name: str) -> None:
    sent = (data / "samples" / "x12" / "837_005010X222A2" / f"demo.{name}.837").read_bytes()
    units = list(feed.forward(sent))
    assert {f.code for unit in units for f in unit.findings if f.level == "error"} <= {"R105"}
    results = [result for unit in units for result in unit.results]
    assert len(results) == sent.count(b"CLM*")
    for result in results:
        assert judge_bundle(result.output) == []


def test_a_coverage_stays_itself_when_it_says_something_else(feed: X12Feed) -> None:
    """Payer, member and patient tell one from another; the group does not."""
    text = (standard_mappings() / "x12_fhir" / "claims" / "office_visit.837").read_text("utf-8")
    dependent = "HL*3*2*23*0~PAT*19~NM1*QC*1*ROWE*KIM~N3*1 ROAD~N4*ALBANY*NY*12207~DMG*D8*20100101*F~CLM*"
    ids = [
        next(e["resource"]["id"] for e in bundle["entry"] if e["resource"]["resourceType"] == "Coverage")
        for changed in (
            text,
            text.replace("*GRP-9*", "*GRP-10*"),
            text.replace("*M55501~", "*M55502~"),
            text.replace("*LHP01~", "*LHP02~"),
            text.replace("*22*0~", "*22*1~").replace("*18*GRP-9", "**GRP-9").replace("CLM*", dependent, 1),
        )
        for bundle in there(feed, changed.encode())
    ]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 4


@pytest.mark.parametrize(("pointers", "told"), [("1", 0), ("1:2", 0), ("2:3", 1), ("3", 1), ("1:2:11:12", 1)])
def test_a_pointer_to_a_diagnosis_that_is_not_there_is_told(feed: X12Feed, pointers: str, told: int) -> None:
    text = (standard_mappings() / "x12_fhir" / "claims" / "office_visit.837").read_text("utf-8")
    lines = text.split("~\n")
    number = next(number for number, line in enumerate(lines) if line.startswith("SV1*"))
    lines[number] = "*".join([*lines[number].split("*")[:7], pointers])
    (unit,) = (unit for unit in feed.forward("~\n".join(lines).encode()) if unit.results)
    found = [each for each in unit.findings if each.code == "R210" and "SV107" in each.where]
    assert len(found) == told
