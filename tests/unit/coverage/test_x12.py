"""Each populated element of an X12 file is in exactly one account, whatever becomes of its claims."""

from __future__ import annotations

import re
from collections import Counter
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mapper.coverage.accountant import Accountant
from mapper.coverage.accounting import Account, Accounting
from mapper.coverage.loss import loss
from mapper.driver.session import Session, open_session
from mapper.trace import Trace
from runtime.translate import Translator
from runtime.x12.feed import X12Feed
from tests.x12.claims import claims
from tests.x12.remittances import remittances

QUICK = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def claims_session() -> Session:
    return open_session("x12_fhir.claim_837p")


@pytest.fixture(scope="module")
def traced(claims_session: Session) -> Translator:
    return claims_session.translator(tracing=True)


def accounts(
    data: bytes, traced: Translator, plain: Translator | None = None, hold: bool = False
) -> tuple[list[Account], Counter[str]]:
    """All leaves of a file, and the sums; `plain` translates, and `traced` only accounts."""
    accountant = Accountant(traced, {})
    leaves: list[Account] = []
    counts: Counter[str] = Counter()
    for unit in X12Feed(plain or traced).forward(BytesIO(data), hold=hold, every=True):
        if unit.events:
            found = accountant.of(unit)
            leaves += found.leaves
            counts.update(found.counts)
    return leaves, counts


def elements(data: bytes) -> Counter[str]:
    """The populated elements of a file by segment and number, by plain splitting: `NM103`, `CLM05`."""
    text = data.decode()
    element, terminator, component = text[3], text[105], text[104]
    repetition = text[82]
    found: Counter[str] = Counter()
    for line in text.split(terminator):
        name, *values = line.strip("\r\n").split(element)
        for number, value in enumerate(values, 1):
            parts = [value] if name == "ISA" else re.split(f"[{re.escape(component + repetition)}]", value)
            found[f"{name}{number:02}"] += sum(1 for part in parts if part.strip())
    return +found


def told(leaves: list[Account]) -> Counter[str]:
    """The same of accounts, by their positions."""
    return Counter(
        re.sub(r"-\d+$", "", leaf.position.partition(" (")[0].rpartition("/")[2]) for leaf in leaves
    )


@QUICK
@given(seed=st.integers(0, 10**6), set_name=st.sampled_from(["837P", "837I", "835"]))
def test_every_populated_element_is_in_one_account(seed: int, set_name: str) -> None:
    module = {"837P": "claim_837p", "837I": "claim_837i", "835": "remittance"}[set_name]
    traced = open_session(f"x12_fhir.{module}").translator(tracing=True)
    document = remittances(seed) if set_name == "835" else claims(set_name, seed)
    data = document.bytes()
    leaves, counts = accounts(data, traced)
    assert told(leaves) == elements(data)
    assert counts.total() == elements(data).total()
    positions = Counter(leaf.position for leaf in leaves if " (segment " in leaf.position)
    assert set(positions.values()) <= {1, 2}  # two interchanges, groups or repetitions may share a number
    assert all(leaf.verdict.reason for leaf in leaves if leaf.verdict.kind == "ignored")
    assert counts["mapped"] > counts["unmapped"]


@QUICK
@given(seed=st.integers(0, 10**6))
def test_what_was_not_traced_is_accounted_for_alike(
    seed: int, claims_session: Session, traced: Translator
) -> None:
    data = claims("837P", seed).bytes()
    assert accounts(data, traced, claims_session.translator()) == accounts(data, traced)


@QUICK
@given(
    seed=st.integers(0, 10**6),
    number=st.integers(0, 10**6),
    change=st.sampled_from(["XYZ", "drop SE", "837X"]),
)
def test_broken_files_are_accounted_for_too(seed: int, number: int, change: str, traced: Translator) -> None:
    data = claims("837P", seed, plain=True).bytes()
    if change == "XYZ":
        lines = data.split(b"~")
        places = [n for n, line in enumerate(lines) if line.strip()[:3] in (b"REF", b"NM1", b"SV1", b"HI*")]
        place = places[number % len(places)]
        lines[place] = lines[place].replace(lines[place].strip()[:2], b"XYZ"[:2], 1)
        data = b"~".join(lines)
    elif change == "drop SE":
        data = re.sub(rb"SE\*\d+\*\w+~\s*", b"", data, count=1)
    else:
        data = data.replace(b"005010X222A1", b"005010X999")
    leaves, counts = accounts(data, traced)
    assert told([leaf for leaf in leaves if leaf.element != "refused transactions"]) == elements(data)
    assert counts.total() == elements(data).total()
    assert counts["unmapped"] > 0


def test_nothing_of_a_refused_transaction_is_mapped(traced: Translator) -> None:
    data = re.sub(rb"SE\*(\d+)", rb"SE*9\1", claims("837P", 3, size=1, plain=True).bytes())
    for hold in (False, True):
        leaves, counts = accounts(data, traced, hold=hold)
        assert counts["mapped"] == 0
        assert counts.total() == elements(data).total()
        reasons = " ".join({leaf.verdict.reason for leaf in leaves if leaf.verdict.kind == "unmapped"})
        assert "the transaction is refused" in reasons


def test_a_set_without_a_mapping_says_so(traced: Translator) -> None:
    leaves, counts = accounts(remittances(1).bytes(), traced)
    assert counts["mapped"] == 0
    reasons = {leaf.verdict.reason for leaf in leaves if leaf.verdict.kind == "unmapped"}
    assert reasons == {"no mapping takes the transaction set"}


def test_what_claims_share_counts_once_and_is_mapped_if_one_takes_it(traced: Translator) -> None:
    data = claims("837P", 11, size=3).bytes()
    leaves, _ = accounts(data, traced)
    names = [leaf for leaf in leaves if leaf.element == "2010AA/NM109"]
    assert len(names) == data.decode().count("NM1" + data.decode()[3] + "85")
    assert {leaf.verdict.kind for leaf in names} == {"mapped"}


def test_structure_is_ignored_with_its_reason(traced: Translator) -> None:
    leaves, _ = accounts(claims("837P", 5).bytes(), traced)
    reasons = {leaf.element: leaf.verdict.reason for leaf in leaves if leaf.verdict.kind == "ignored"}
    assert "envelope" in reasons["ISA13"]
    assert "envelope" in reasons["SE01"]
    assert "hierarchy" in reasons["2000A/HL01"]
    assert "counter" in reasons["2400/LX01"]
    assert "the one code" in reasons["2010AA/NM101"]
    assert "constant" in reasons["1000A/NM102"]


@QUICK
@given(seed=st.integers(0, 10**6))
def test_a_bundle_that_goes_back_is_accounted_for(seed: int, traced: Translator) -> None:
    feed = X12Feed(traced)
    bundles = [r.output for unit in feed.forward(claims("837P", seed).bytes()) for r in unit.results]
    result = feed.back(bundles)
    accountant = Accountant(traced, {})
    together = accountant.of(result)
    alone = [accountant.of(feed.back([bundle])) for bundle in bundles]
    assert sum(together.counts.values()) == sum(sum(each.counts.values()) for each in alone)
    assert together.counts["mapped"] == sum(each.counts["mapped"] for each in alone)
    assert together.counts["mapped"] > together.counts["unmapped"]


def test_accounts_show_no_values(traced: Translator) -> None:
    data = claims("837P", 7).bytes()
    separator = data.decode()[3]
    (name,) = set(
        re.findall(rf"NM1\{separator}85\{separator}2\{separator}([^{separator}]+)", data.decode())[:1]
    )
    leaves, _ = accounts(data, traced)
    assert name not in str([leaf._asdict() for leaf in leaves])


def test_a_translation_alone_can_be_asked(traced: Translator) -> None:
    units = X12Feed(traced).forward(claims("837P", 2, size=1).bytes())
    result = next(result for unit in units for result in unit.results)
    account = loss(result, Accounting(traced.release))
    assert {leaf.verdict.kind for leaf in account.leaves if leaf.element == "2300/CLM01"} == {"mapped"}
    assert Trace(result).of_input("2300/CLM01")
