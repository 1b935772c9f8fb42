"""Traces of X12: positions that are there, and values that come from where the trace says."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mapper.driver.session import Session, open_session
from mapper.trace import Trace, why
from mapper.trace.places import leaves_of
from mapper.trace.x12 import place_of, segment_leaves, under
from runtime.translate import Result
from runtime.x12.feed import X12Feed
from tests.x12.claims import claims
from tests.x12.remittances import remittances

QUICK = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
MODULES = {"837P": "claim_837p", "837I": "claim_837i", "835": "remittance"}


def session(set_name: str) -> Session:
    return open_session(f"x12_fhir.{MODULES[set_name]}")


def results(set_name: str, seed: int) -> list[Result]:
    document = remittances(seed) if set_name == "835" else claims(set_name, seed)
    feed = X12Feed(session(set_name).translator(tracing=True))
    return [result for unit in feed.forward(document.bytes()) for result in unit.results]


@QUICK
@given(seed=st.integers(0, 10**6), set_name=st.sampled_from(list(MODULES)))
def test_a_value_that_stands_once_comes_from_where_it_stands(seed: int, set_name: str) -> None:
    for result in results(set_name, seed):
        trace = Trace(result)
        texts: dict[tuple[int, ...], str] = {
            (ordinal, number, repetition, component): text
            for ordinal, standing in result.excerpt.segments.items()
            for number, repetition, component, text in segment_leaves(standing.segment)
        }
        once = {text for text, count in Counter(texts.values()).items() if count == 1 and len(text) > 4}
        for row in trace.rows:
            wheres = [where[:4] for where in row.wheres]
            for where in wheres:
                assert any(place[: len(where)] == where for place in texts), row.path
            if str(row.value) in once and len(wheres) == 1 and len(wheres[0]) == 4:
                assert texts[wheres[0]] == str(row.value), (row.path, row.sources)
        assert any(str(row.value) in once and row.sources for row in trace.rows)


@QUICK
@given(seed=st.integers(0, 10**6), set_name=st.sampled_from(list(MODULES)))
def test_so_does_one_on_the_way_back(seed: int, set_name: str) -> None:
    feed = X12Feed(session(set_name).translator(tracing=True))
    plain = X12Feed(session(set_name).translator())
    bundles = [result.output for result in results(set_name, seed)]
    for bundle in bundles:
        traced = feed.back([bundle])
        assert len(traced.data) == len(plain.back([bundle]).data)
        texts = {path: str(value) for path, value in leaves_of(bundle, ("Bundle",))}
        once = {text for text, count in Counter(texts.values()).items() if count == 1 and len(text) > 4}
        names = Counter[str]()
        for row in Trace(traced).rows:
            names[row.path] += 1
            if str(row.value) in once and len(row.wheres) == 1 and row.wheres[0] in texts:
                assert texts[row.wheres[0]] == str(row.value), (row.path, row.sources)
        assert names


@QUICK
@given(seed=st.integers(0, 10**6))
def test_joined_claims_keep_their_sources(seed: int) -> None:
    """Bundles that share a provider share its loop: what each said of it is still known to have gone there."""
    translator = session("837P").translator(tracing=True)
    feed = X12Feed(translator)
    bundles = [result.output for result in results("837P", seed)]
    result = feed.back(bundles)
    marked = {mark.where for _, mark in translator_trail(result)}
    assert marked


def translator_trail(result: Result) -> Any:
    assert result.context is not None
    return result.context.trail.found({control.control: tree for tree, control in result.written})


@pytest.fixture(scope="module")
def first() -> Trace:
    return Trace(results("837P", 4)[0])


def test_positions_name_loop_segment_and_element(first: Trace) -> None:
    (row,) = first.of_output("Claim.identifier[0].value")[:1]
    (source,) = row.sources
    place = place_of(source)
    assert place is not None
    assert (place.loop, place.id, place.element) == ("2300", "CLM", "01")
    assert int(place.ordinal) > 2


def test_questions_may_leave_parts_out(first: Trace) -> None:
    whole = first.of_input("2300/CLM01")
    assert whole
    assert set(whole) <= set(first.of_input("CLM01")) & set(first.of_input("2300/CLM")) & set(
        first.of_input("2300")
    )
    assert whole == first.of_input(whole[0].sources[0])
    assert not first.of_input("2300/CLM99")
    assert not first.of_input("no position")


@pytest.mark.parametrize(
    ("text", "wanted", "holds"),
    [
        ("2400/SV101-2 (segment 9 of ST 0001)", "SV101", True),
        ("2400/SV101-2 (segment 9 of ST 0001)", "2400/SV101-2", True),
        ("2400/SV101-2 (segment 9 of ST 0001)", "2400/SV101-1", False),
        ("2400/SV107 (segment 9 of ST 0001)", "SV107-1", True),
        ("2400/SV107 (segment 9 of ST 0001)", "SV107-2", False),
        ("2400/SV107 (segment 9 of ST 0001)", "2400", True),
        ("2400/SV107 (segment 9 of ST 0001)", "2300", False),
        ("2400/SV107 (segment 9 of ST 0001)", "SV1 (segment 9)", True),
        ("2400/SV107 (segment 9 of ST 0001)", "SV1 (segment 8)", False),
        ("BHT03 (segment 2 of ST 0001)", "BHT", True),
    ],
)
def test_what_lies_below_a_position(text: str, wanted: str, holds: bool) -> None:
    assert under(text, wanted) is holds


def test_why_an_element_is_empty_names_the_loop(first: Trace) -> None:
    import json

    path = session("837P").release.folder / "coverage.json"
    rows = json.loads(path.read_text())[first.result.mapping]
    (reason,) = why(first, "Claim.referral", rows, "go")
    assert reason.source == "2300/REF02"


def test_parts_of_runs_stand_where_they_were_sent() -> None:
    """HI02 to HI12 are read one after the other as if each were HI02."""
    for seed in range(20):
        for result in results("837P", seed):
            for row in Trace(result).of_output("Claim.diagnosis"):
                if row.path.endswith("coding[0].code") and row.sources:
                    number = int(row.path.split("[")[1].split("]")[0]) + 1
                    assert f"HI{number:02}-2" in row.sources[0], row
