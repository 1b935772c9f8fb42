"""The guide's tables against the compiled mapping: how much of what ADT_A01 reaches is done, and why not the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapper.assets import standard_mappings
from mapper.coverage.spec import SpecCoverage, spec_coverage
from mapper.driver import compile_project
from mapper.resolve import Library

LEAST = {"message": 0.85, "segment": 0.85, "datatype": 0.85, "code": 0.98}
REACHED = {"message": 33, "segment": 457, "datatype": 388, "code": 757}


@pytest.fixture(scope="module")
def coverage(data: Path) -> SpecCoverage:
    root = standard_mappings()
    compiled = compile_project([root / "hl7v2_fhir" / "adt.map"], Library((root,)))
    assert not compiled.failed
    (mapping,) = (m for m in compiled.checked.mappings.values() if m.info.qualified == "hl7v2_fhir.adt.adt")
    return spec_coverage(data / "v2-to-fhir", "ADT_A01", compiled.checked, mapping)


@pytest.mark.parametrize("kind", LEAST)
def test_enough_is_implemented(coverage: SpecCoverage, kind: str) -> None:
    counts = coverage.counts(kind)
    assert counts["rows"] == REACHED[kind]
    assert coverage.share(kind) >= LEAST[kind], counts


@pytest.mark.parametrize("kind", LEAST)
def test_the_rest_has_reasons(coverage: SpecCoverage, kind: str) -> None:
    assert [each.rows[0] for each in coverage.of(kind) if each.state == "missing"] == []
    assert all(each.reason for each in coverage.of(kind) if each.state == "skipped")
