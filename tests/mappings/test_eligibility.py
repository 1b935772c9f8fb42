"""Eligibility: questions (270) there and back, answers (271) as Bundles; examples beside the mappings, samples."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from mapper.assets import standard_mappings
from mapper.driver import build_release, compile_project
from mapper.resolve import Library
from runtime.lib.context import Site
from runtime.release import Release
from runtime.translate import Translator
from runtime.x12.feed import X12Feed
from tests.judges import judge_bundle
from tests.x12.validating import errors

FOLDER = standard_mappings() / "x12_fhir"
EXAMPLES = FOLDER / "eligibility"
AT = datetime(2026, 3, 2, 9, 15)  # noqa: DTZ001
Json = dict[str, Any]


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> X12Feed:
    folder = tmp_path_factory.mktemp("eligibility") / "release"
    files = [FOLDER / "eligibility_request.map", FOLDER / "eligibility_response.map"]
    compiled = compile_project(files, Library((standard_mappings(),)))
    assert [each for each in compiled.diagnostics if each.code not in ("W904", "W905")] == []
    build_release(compiled, folder)
    site = Site(partner={"sender_id": "NORTH", "receiver_id": "LAKESIDE"})
    return X12Feed(Translator(Release(folder), site))


def made(feed: X12Feed, data: bytes) -> list[Json]:
    """The Bundles of a file, as they are written."""
    return [json.loads(result.data) for unit in feed.forward(data) for result in unit.results]


def segments(data: bytes) -> list[str]:
    """The segments of a transaction from BHT to the one before SE."""
    text = [segment.strip() for segment in data.decode().split("~")]
    start = next(n for n, segment in enumerate(text) if segment.startswith("BHT"))
    end = next(n for n, segment in enumerate(text) if segment.startswith("SE*"))
    return text[start:end]


def resources(bundle: Json, kind: str) -> list[Json]:
    return [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind]


@pytest.mark.parametrize("name", ["questions.270", "answers.271"])
def test_the_examples_give_what_stands_beside_them(
    feed: X12Feed, golden: Callable[[Path, str], None], name: str
) -> None:
    source = (EXAMPLES / name).read_bytes()
    assert errors(source) == []
    bundles = made(feed, source)
    assert [line for bundle in bundles for line in judge_bundle(bundle)] == []
    assert bundles == made(feed, source)
    golden((EXAMPLES / name).with_suffix(".json"), json.dumps(bundles, indent=2) + "\n")


def test_questions_come_back(feed: X12Feed) -> None:
    source = (EXAMPLES / "questions.270").read_bytes()
    bundles = made(feed, source)
    back = feed.back(copy.deepcopy(bundles), at=AT)
    assert errors(back.data) == []
    assert segments(back.data) == [
        part for line in segments(source) for part in (["EQ*30", "EQ*98"] if line == "EQ*30^98" else [line])
    ]
    assert made(feed, back.data) == bundles


def test_a_question_of_another_system_needs_no_more_than_fhir_asks_for(feed: X12Feed) -> None:
    entries: list[Json] = [
        {"resourceType": "Patient", "id": "p", "name": [{"family": "Roe"}], "gender": "unknown"},
        {"resourceType": "Organization", "id": "o", "name": "Plan"},
        {
            "resourceType": "Coverage",
            "id": "c",
            "status": "active",
            "subscriberId": "M1",
            "beneficiary": {"reference": "urn:uuid:p"},
            "payor": [{"reference": "urn:uuid:o"}],
        },
        {
            "resourceType": "CoverageEligibilityRequest",
            "id": "r",
            "status": "active",
            "purpose": ["benefits"],
            "patient": {"reference": "urn:uuid:p"},
            "created": "2026-01-01",
            "insurer": {"reference": "urn:uuid:o"},
            "provider": {"identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": "1234567893"}},
            "insurance": [{"coverage": {"reference": "urn:uuid:c"}}],
            "item": [
                {
                    "category": {
                        "coding": [{"system": "https://x12.org/codes/service-type-codes", "code": "30"}]
                    }
                }
            ],
        },
    ]
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": f"urn:uuid:{each['id']}", "resource": each} for each in entries],
    }
    back = feed.back([bundle], mapping="x12_fhir.eligibility_request.eligibility_requests", at=AT)
    text = segments(back.data)
    assert "NM1*IL*1*Roe*****MI*M1" in text
    assert text[-1] == "EQ*30"


def test_a_subscriber_of_whom_nothing_is_said_is_an_absent_patient(feed: X12Feed) -> None:
    source = (EXAMPLES / "questions.270").read_text()
    bare = re.sub(r"NM1\*IL\*1\*ROE.*?HL\*4", "NM1*IL*1~\nHL*4", source, flags=re.DOTALL)
    bare = re.sub(r"SE\*\d+", f"SE*{len(segments(bare.encode())) + 2}", bare)
    bundle = made(feed, bare.encode())[0]
    (request,) = resources(bundle, "CoverageEligibilityRequest")
    assert request["patient"]["extension"][0]["valueCode"] == "unknown"
    assert judge_bundle(bundle) == []


def response(feed: X12Feed, *benefits: str) -> Json:
    """The response that the first subscriber of the example gets, with other benefits."""
    text = (EXAMPLES / "answers.271").read_text()
    told = "".join(f"{each}~\n" for each in benefits)
    text = re.sub(
        r"(DTP\*356\*D8\*20240101~\n).*?(HL\*4)", lambda m: m[1] + told + m[2], text, flags=re.DOTALL
    )
    count = len(segments(text.encode())) + 2
    text = re.sub(r"SE\*\d+", f"SE*{count}", text)
    return resources(made(feed, text.encode())[0], "CoverageEligibilityResponse")[0]


@pytest.mark.parametrize(
    ("benefits", "inforce"),
    [(["EB*1**30"], True), (["EB*6**30"], False), (["EB*6**30", "EB*4**98"], True), (["EB*B**30"], None)],
)
def test_coverage_is_in_force_where_a_benefit_says_so(
    feed: X12Feed, benefits: list[str], inforce: bool | None
) -> None:
    assert response(feed, *benefits)["insurance"][0].get("inforce") is inforce


def test_an_amount_is_what_its_period_says(feed: X12Feed) -> None:
    told = response(feed, "EB*C**30***23*100", "EB*C**30***24*40", "EB*C**30***29*60.5")
    benefits = [item["benefit"][0] for item in told["insurance"][0]["item"]]
    assert benefits[0]["allowedMoney"]["value"] == 100
    assert benefits[1]["usedMoney"]["value"] == 40
    (remaining,) = benefits[2]["extension"]
    assert remaining["valueMoney"]["value"] == 60.5


def test_each_service_type_is_an_item(feed: X12Feed) -> None:
    items = response(feed, "EB*B**1^33^47****27*10", "EB*L")["insurance"][0]["item"]
    assert [item["category"].get("coding", [{"code": None}])[0]["code"] for item in items] == [
        "1", "33", "47", None,
    ]  # fmt: skip


def test_what_is_refused_before_any_subscriber_is_told(feed: X12Feed) -> None:
    bundles = made(feed, (EXAMPLES / "answers.271").read_bytes())
    (refused,) = resources(bundles[-1], "CoverageEligibilityResponse")
    assert refused["outcome"] == "error"
    assert [each["code"]["coding"][0]["code"] for each in refused["error"]] == ["51"]
    dependents = resources(bundles[1], "CoverageEligibilityResponse")
    assert [each["outcome"] for each in dependents] == ["complete", "error"]


SAMPLES = {
    "270_005010X279A1/dependent-health-benefit-check.270": 1,
    "270_005010X279A1/subscriber-health-benefit-check.270": 1,
    "271_005010X279A1/dependent-health-benefit-check.271": 1,
    "271_005010X279A1/subscriber-health-benefit-check.271": 1,
    "271_005010X279A1/subscriber-health-benefit-check-error.271": 1,
}


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_give_valid_bundles_and_questions_come_back(feed: X12Feed, data: Path, name: str) -> None:
    path = data / "samples" / "x12" / name
    if not path.is_file():
        pytest.skip(f"no sample {name}")
    source = path.read_bytes()
    if "error" in name:  # its SE02 is not its ST02: the end is refused
        assert [unit.error for unit in feed.forward(source)][-1]
        source = source.replace(b"SE*8*4323", b"SE*8*4321")
    bundles = made(feed, source)
    assert len(bundles) == SAMPLES[name]
    assert [line for bundle in bundles for line in judge_bundle(bundle)] == []
    if name.endswith(".270"):
        back = feed.back(copy.deepcopy(bundles), at=AT)
        assert segments(back.data) == segments(source)
        assert errors(back.data) == []
