"""The guide's tables against the compiled mapping: how much of what ADT_A01 reaches is done, and why not the rest."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mapper.assets import standard_mappings
from mapper.claims import Place, Step, claims_of
from mapper.coverage.spec import SpecCoverage, spec_coverage
from mapper.coverage.witness import Witness, witness_of
from mapper.driver import Compiled, compile_project
from mapper.resolve import Library

LEAST = {"message": 0.85, "segment": 0.85, "datatype": 0.85, "code": 0.98}
REACHED = {"message": 33, "segment": 457, "datatype": 388, "code": 757}


NAME = "hl7v2_fhir.adt.adt"


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    root = standard_mappings()
    made = compile_project([root / "hl7v2_fhir" / "adt.map"], Library((root,)))
    assert not made.failed
    return made


@pytest.fixture(scope="module")
def witness(compiled: Compiled) -> Witness:
    """What the mapping does with made messages."""
    return witness_of(compiled, compiled.checked.mappings[NAME], "ADT_A01")


@pytest.fixture(scope="module")
def coverage(data: Path, compiled: Compiled, witness: Witness) -> SpecCoverage:
    mapping = compiled.checked.mappings[NAME]
    return spec_coverage(data / "v2-to-fhir", "ADT_A01", compiled.checked, mapping, witness)


@pytest.mark.parametrize("kind", LEAST)
def test_enough_is_implemented(coverage: SpecCoverage, kind: str) -> None:
    counts = coverage.counts(kind)
    assert counts["rows"] == REACHED[kind]
    assert coverage.share(kind, "shown") >= LEAST[kind], counts


def test_what_is_implemented_is_seen_at_work(coverage: SpecCoverage) -> None:
    """Hardly a row stands on the text of lines alone."""
    unseen = [each.rows[0] for each in coverage.judged if each.state == "implemented" and not each.shown]
    assert len(unseen) <= 5, unseen


def test_a_witness_shows_what_happened_and_nothing_else(compiled: Compiled, witness: Witness) -> None:
    claims = claims_of(compiled.checked, compiled.checked.mappings[NAME], "go")
    (sex,) = (each for each in claims if str(each.source) == "PID-8" and str(each.target) == "Patient.gender")
    assert witness.shows(sex)
    assert sex.source is not None
    assert sex.target is not None
    birth = Place("hl7v2", sex.source.root, (*sex.source.steps[:-1], Step("7", "7", "TS")))
    assert not witness.shows(replace(sex, source=birth)), "another source"
    name = Place("fhir", "Patient", (Step("name", "name", "HumanName"),))
    assert not witness.shows(replace(sex, target=name)), "another element"
    elsewhere = Place("fhir", "RelatedPerson", sex.target.steps)
    assert not witness.shows(replace(sex, target=elsewhere)), "another resource"
    active = next(each for each in claims if each.how == "constant" and str(each.target) == "Bundle.type")
    assert witness.shows(active)
    assert not witness.shows(replace(active, note="batch")), "another constant"


@pytest.mark.parametrize("kind", LEAST)
def test_the_rest_has_reasons(coverage: SpecCoverage, kind: str) -> None:
    assert [each.rows[0] for each in coverage.of(kind) if each.state == "missing"] == []
    assert all(each.reason for each in coverage.of(kind) if each.state == "skipped")
