"""Remittances (835): valid Bundles, back to the same segments, accepted by pyx12; told where they cannot be."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapper.assets import standard_mappings
from mapper.driver.session import open_session
from runtime.lib.context import Site
from runtime.translate import Result, Translator
from runtime.x12.feed import X12Feed
from tests.judges import judge_bundle
from tests.x12.document import Document
from tests.x12.judge import verdict
from tests.x12.remittances import DENIAL, LINES, PROVIDER, REVERSAL, remittances
from tests.x12.returning import plain

SITE = Site(partner={"sender_id": "PAYER", "receiver_id": "PRACTICE"})
EXAMPLES = standard_mappings() / "x12_fhir" / "remittance"
AT = datetime(2024, 1, 2, 3, 4)  # noqa: DTZ001
ENVELOPE = ("ISA", "GS", "ST", "SE", "GE", "IEA")
SEEDS = st.integers(0, 10**9)
RICH = frozenset({DENIAL, PROVIDER, REVERSAL, LINES})


@cache
def feed(module: str) -> X12Feed:
    return X12Feed(Translator(open_session(module, None).release, SITE))


def forward(data: bytes, module: str = "x12_fhir.remittance") -> list[dict[str, Any]]:
    """The Bundles of an interchange, as JSON gives them."""
    units = list(feed(module).forward(data))
    assert [each for unit in units for each in unit.findings if each.level == "error"] == []
    return [json.loads(result.data, parse_float=Decimal) for unit in units for result in unit.results]


def back(bundle: dict[str, Any]) -> Result:
    return feed("x12_fhir.remittance").back([bundle], at=AT)


def one(seed: int, need: frozenset[str] = frozenset()) -> Document:
    return remittances(seed, need=need, size=1, plain=True)


def resources(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    found = (entry["resource"] for entry in bundle["entry"])
    return [each for each in found if each["resourceType"] == kind]


def extension(node: dict[str, Any], name: str) -> dict[str, Any]:
    return next((each for each in node.get("extension", ()) if each["url"].endswith("/" + name)), {})


def segments(data: bytes) -> list[str]:
    """The segments between ST and SE in the form in which they are compared.

    945.00 and 945 are one number; bank accounts (BPR06 to BPR15) do not come back, as mapped.
    """
    found = []
    for line in data.decode().split("~"):
        elements = [plain(each) for each in line.strip().split("*")]
        if elements[0] == "BPR":
            elements[6:16] = [""] * len(elements[6:16])
        if elements[0] and elements[0] not in ENVELOPE:
            found.append("*".join(elements).rstrip("*"))
    return found


# -- the samples --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def samples(data: Path) -> list[Path]:
    return sorted((data / "samples" / "x12" / "835_005010X221A1").glob("*.835"))


def test_every_sample_gives_valid_bundles(samples: list[Path]) -> None:
    assert len(samples) == 5
    for path in samples:
        for module, kind in (
            ("x12_fhir.remittance", "ClaimResponse"),
            ("x12_fhir.explanation", "ExplanationOfBenefit"),
        ):
            bundles = forward(path.read_bytes(), module)
            assert [judge_bundle(bundle) for bundle in bundles] == [[]] * len(bundles), path.name
            claims = path.read_text().count("CLP*")
            assert sum(len(resources(bundle, kind)) for bundle in bundles) == claims, path.name


def test_a_payer_without_a_technical_contact_is_told(samples: list[Path]) -> None:
    (path,) = (each for each in samples if each.stem == "medicare-part-a")
    told = [each.message for each in back(*forward(path.read_bytes())).findings if each.level == "error"]
    assert told == ["an 835 names the payer's technical contact"]


def test_a_hospital_is_no_professional(samples: list[Path]) -> None:
    (path,) = (each for each in samples if each.stem == "medicare-part-a")
    (bundle,) = forward(path.read_bytes())
    kinds = {each["type"]["coding"][0]["code"] for each in resources(bundle, "ClaimResponse")[:1]}
    assert kinds == {"institutional"}


# -- the example beside the mapping ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "name"),
    [("x12_fhir.remittance", "payment.json"), ("x12_fhir.explanation", "explanation.json")],
)
def test_the_example_gives_what_stands_beside_it(
    module: str, name: str, golden: Callable[[Path, str], None]
) -> None:
    source = (EXAMPLES / "payment.835").read_bytes()
    assert verdict(source) == (True, [])
    (bundle,) = forward(source, module)
    assert judge_bundle(bundle) == []
    golden(EXAMPLES / name, json.dumps(bundle, indent=2, default=float) + "\n")


def test_the_example_comes_back() -> None:
    source = (EXAMPLES / "payment.835").read_bytes()
    assert segments(back(*forward(source)).data) == segments(source)


# -- generated ones -----------------------------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_what_goes_there_comes_back_and_pyx12_accepts_it(seed: int) -> None:
    document = one(seed)
    (bundle,) = forward(document.bytes())
    result = back(bundle)
    assert [each.message for each in result.findings if each.level == "error"] == []
    assert segments(result.data) == segments(document.bytes())
    accepted, errors = verdict(result.data)
    assert accepted, errors


@settings(max_examples=5, deadline=None)
@given(SEEDS)
def test_bundles_are_valid_and_say_the_same_after_a_turn(seed: int) -> None:
    (bundle,) = forward(one(seed, RICH).bytes())
    assert judge_bundle(bundle) == []
    (again,) = forward(back(bundle).data)
    for each in (bundle, again):  # the mark of an account does not come back
        (payment,) = resources(each, "PaymentReconciliation")
        payment["extension"] = [e for e in payment["extension"] if not e["url"].endswith("account-mark")]
    assert again == bundle


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_details_add_up_to_the_payment(seed: int) -> None:
    (bundle,) = forward(one(seed, frozenset({PROVIDER})).bytes())
    (payment,) = resources(bundle, "PaymentReconciliation")
    amounts = [Decimal(str(each["amount"]["value"])) for each in payment["detail"]]
    assert sum(amounts) == Decimal(str(payment["paymentAmount"]["value"]))
    claims = len(resources(bundle, "ClaimResponse"))
    assert sum("response" in each for each in payment["detail"]) == claims


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_no_account_number_is_in_a_bundle(seed: int) -> None:
    document = one(seed)
    (bpr,) = (s for _, _, s in document.rows() if s.id == "BPR")
    text = json.dumps(forward(document.bytes()), default=str)
    for place in (7, 9, 13, 15):
        assert not bpr.get(place) or bpr.get(place) not in text
    (payment,) = resources(forward(document.bytes())[0], "PaymentReconciliation")
    assert extension(payment, "account-mark").get("valueString", "") == bpr.get(15)[-4:]


def test_a_reversal_is_a_response_of_its_own_that_names_what_it_takes_back() -> None:
    (bundle,) = forward(one(3, RICH).bytes())
    responses = resources(bundle, "ClaimResponse")
    assert len({each["id"] for each in responses}) == len(responses)
    (reversal,) = (e for e in responses if extension(e, "claim-status-code").get("valueCode") == "22")
    taken_back = extension(reversal, "reversed-claim")["valueIdentifier"]["value"]
    assert taken_back in {each["value"] for each in reversal["identifier"]}
    assert reversal["payment"]["amount"]["value"] < 0
    control = reversal["request"]["identifier"]["value"]
    same = [each for each in responses if each["request"]["identifier"]["value"] == control]
    assert len(same) == 2  # and the one that corrects


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("PaymentReconciliation", "the payment does not equal the sum of its details"),
        ("ClaimResponse", "a claim response does not balance"),
    ],
)
def test_what_does_not_balance_is_told_on_the_way_back(kind: str, told: str) -> None:
    (bundle,) = forward(one(5, RICH).bytes())
    found = resources(bundle, kind)[0]
    amount = found["paymentAmount"] if kind == "PaymentReconciliation" else found["payment"]["amount"]
    amount["value"] = Decimal(str(amount["value"])) + 1
    assert told in [each.message for each in back(bundle).findings if each.level == "error"]


def test_what_does_not_balance_is_told_on_the_way_there() -> None:
    data = one(5, RICH).bytes()
    wrong = re.sub(rb"BPR\*I\*\d+", b"BPR*I*7", data, count=1)
    told = [each.message for unit in feed("x12_fhir.remittance").forward(wrong) for each in unit.findings]
    assert "the payment does not equal its claims less provider adjustments" in told


# -- what members see ---------------------------------------------------------------------------


@settings(max_examples=5, deadline=None)
@given(SEEDS)
def test_explanations_are_valid_one_for_each_claim(seed: int) -> None:
    document = one(seed, RICH)
    (bundle,) = forward(document.bytes(), "x12_fhir.explanation")
    assert judge_bundle(bundle) == []
    clps = [segment for _, _, segment in document.rows() if segment.id == "CLP"]
    found = resources(bundle, "ExplanationOfBenefit")
    assert [each["identifier"][0]["value"] for each in found] == [clp.get(7) for clp in clps]


CATEGORIES = {
    ("PR", "1"): "deductible",
    ("PR", "2"): "coinsurance",
    ("PR", "3"): "copay",
    ("CO", "45"): "discount",
    ("CO", "96"): "noncovered",
    ("PR", "96"): "noncovered",
    ("CO", "204"): "noncovered",
    ("PR", "204"): "noncovered",
}


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_adjustments_stand_as_sent_and_under_their_category(seed: int) -> None:
    (bundle,) = forward(one(seed, RICH).bytes(), "x12_fhir.explanation")
    for explanation in resources(bundle, "ExplanationOfBenefit"):
        for holder in (explanation, *explanation.get("item", ())):
            sent, kept = [], []
            for each in holder.get("adjudication", ()):
                category = each["category"]["coding"][0]["code"]
                amount = each["amount"]["value"]
                if category == "adjustmentreason":
                    group = extension(each, "adjustment-group")["valueCode"]
                    sent.append((CATEGORIES.get((group, each["reason"]["coding"][0]["code"])), amount))
                elif category in CATEGORIES.values():
                    kept.append((category, amount))
            assert sorted(pair for pair in sent if pair[0]) == sorted(kept)
