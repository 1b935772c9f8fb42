"""The seed's own ADT^A04 (section 6.1): with its site's overlay it is read rightly, without it nothing is made up."""

from __future__ import annotations

import json
from typing import Any

import pytest

from runtime.translate import Result, Translator
from tests.acceptance.bundles import Json, only, resources, target
from tests.judges import judge_bundle, judge_hl7v2

EXACT = ("MSH", "EVN", "PID", "PV1", "IN1")
NOT_A_NUMBER = b"|||||||||||||||||||||POLICY987654"
"""IN1-40, where this sender repeats the policy number, is a number in HL7."""
MISPLACED = {
    "PV1-11": "a hospital service stands in place of the temporary location",
    "IN1-15": "a date stands in place of the plan type",
    "IN1-16": "one letter stands in place of the insured's name",
    "IN1-17": "this is no relationship",
    "IN1-19": "this is no address",
}


@pytest.fixture(scope="module")
def result(overlaid: Translator, seed: bytes) -> Result:
    return overlaid.forward(seed)


@pytest.fixture(scope="module")
def bundle(result: Result) -> Json:
    return json.loads(result.data)


def test_the_patient(bundle: Json) -> None:
    patient = only(bundle, "Patient")
    assert patient["name"] == [{"family": "SMITH", "given": ["MARY", "J"]}]
    assert [each["value"] for each in patient["identifier"]] == ["MRN001234"]
    assert (patient["birthDate"], patient["gender"]) == ("1985-06-22", "female")
    assert patient["address"] == [
        {"line": ["456 OAK ST"], "city": "SPRINGFIELD", "state": "IL", "postalCode": "62704"}
    ]
    assert patient["telecom"] == [{"system": "phone", "use": "home", "value": "(217)555-0100"}]


def test_the_encounter(bundle: Json) -> None:
    encounter = only(bundle, "Encounter")
    assert encounter["class"]["code"] == "AMB"
    (attending,) = encounter["participant"]
    assert attending["type"][0]["coding"][0]["code"] == "ATND"
    assert target(bundle, attending["individual"])["name"][0]["family"] == "JOHNSON"
    assert target(bundle, encounter["subject"]) == only(bundle, "Patient")
    assert not resources(bundle, "Location")


def test_the_coverage(bundle: Json) -> None:
    coverage = only(bundle, "Coverage")
    assert coverage["subscriberId"] == "POLICY987654"
    assert coverage["relationship"]["coding"][0]["code"] == "self"
    assert target(bundle, coverage["subscriber"]) == only(bundle, "Patient")
    payor = target(bundle, coverage["payor"][0])
    assert payor["name"] == "BLUE CROSS BLUE SHIELD OF ILLINOIS"
    assert payor["identifier"][0]["value"] == "BCBS001"


def test_the_account(bundle: Json) -> None:
    account = only(bundle, "Account")
    assert [each["value"] for each in account["identifier"]] == ["ACCT554433"]
    assert target(bundle, account["coverage"][0]["coverage"]) == only(bundle, "Coverage")


def test_every_resource_is_valid(bundle: Json, seed: bytes) -> None:
    assert judge_bundle(bundle, seed) == []


def test_no_resource_stands_twice(bundle: Json) -> None:
    shown = [json.dumps({**each, "id": ""}, sort_keys=True) for each in resources(bundle)]
    assert len(set(shown)) == len(shown)
    names = [each["name"] for each in resources(bundle, "Organization")]
    assert len(set(names)) == len(names)


def test_the_same_input_gives_the_same_bytes(overlaid: Translator, result: Result, seed: bytes) -> None:
    assert overlaid.forward(seed).data == result.data


def test_back_gives_the_same_data(overlaid: Translator, result: Result, seed: bytes) -> None:
    returned = overlaid.back(result.data)
    assert _exact(returned.data) == _exact(seed)
    assert judge_hl7v2(returned.data.replace(NOT_A_NUMBER, b"")) == []
    assert overlaid.forward(returned.data).data == result.data


def _exact(message: bytes) -> dict[str, str]:
    """The named segments, as text; MSH-9.3, which a writer must add and 2.5 senders leave out, apart."""
    lines = message.decode().replace("^ADT_A01", "").split("\r")
    return {line[:3]: line for line in lines if line[:3] in EXACT}


# -- without the overlay: the standard mapping does not know how this sender shifts its fields ---------------


@pytest.fixture(scope="module")
def plain(bare: Translator, seed: bytes) -> Result:
    return bare.forward(seed)


@pytest.fixture(scope="module")
def made(plain: Result) -> Json:
    return json.loads(plain.data)


def test_what_stands_in_its_place_is_read(made: Json) -> None:
    assert only(made, "Patient")["name"][0]["family"] == "SMITH"
    assert only(made, "Encounter")["class"]["code"] == "AMB"
    payor = target(made, only(made, "Coverage")["payor"][0])
    assert payor["name"] == "BLUE CROSS BLUE SHIELD OF ILLINOIS"


def test_nothing_is_made_of_the_rest(made: Json) -> None:
    assert not resources(made, "Location")
    assert not resources(made, "RelatedPerson")
    assert {each["name"] for each in resources(made, "Organization")} == {
        "PRACTICE123",
        "VENDOR",
        "PRAC",
        "BLUE CROSS BLUE SHIELD OF ILLINOIS",
    }
    coverage = only(made, "Coverage")
    assert not {"subscriber", "subscriberId", "policyHolder", "type", "extension"} & set(coverage)
    assert "coding" not in coverage["relationship"]


def test_the_misplaced_fields_are_told(plain: Result) -> None:
    told = [(each.where, each.message) for each in plain.findings if each.code == "R210"]
    for field, words in MISPLACED.items():
        assert any(where == field and words in message for where, message in told), field


def test_no_finding_shows_a_value(plain: Result) -> None:
    told = " ".join(f"{each.where} {each.message}" for each in plain.findings)
    for value in ("MED", "SMITH", "19850622", "SELF", "POLICY"):
        assert value not in told


def test_every_plain_resource_is_valid(made: Json) -> None:
    assert judge_bundle(made) == []


def test_nothing_is_invented(made: Json) -> None:
    assert "timestamp" not in made
    assert all("system" not in each for each in only(made, "Patient")["identifier"])


def test_the_seed_needs_its_overlay(bare: Translator, overlaid: Translator, seed: bytes) -> None:
    def told(translator: Translator) -> Any:
        return [each.code for each in translator.forward(seed).findings if each.code == "R210"]

    assert len(told(bare)) >= len(MISPLACED)
    assert not told(overlaid)
