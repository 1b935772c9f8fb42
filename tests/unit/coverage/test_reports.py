"""The static report, and the guide's rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapper.assets import standard_mappings
from mapper.claims import claims_of
from mapper.coverage.spec import KINDS, SpecCoverage, spec_coverage
from mapper.coverage.static import static_coverage
from mapper.driver.compile import Compiled, compile_project
from mapper.resolve import Library
from mapper.spec import Row

NAME = "hl7v2_fhir.adt.adt"


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    root = standard_mappings()
    return compile_project([root / "hl7v2_fhir/adt.map"], Library((root,)))


@pytest.fixture(scope="module")
def guide(compiled: Compiled, data: Path) -> SpecCoverage:
    return spec_coverage(data / "v2-to-fhir", "ADT_A01", compiled.checked, compiled.checked.mappings[NAME])


def test_claims_go_through_called_mappings(compiled: Compiled) -> None:
    claims = claims_of(compiled.checked, compiled.checked.mappings[NAME], "go")
    pairs = {(str(claim.source), str(claim.target)) for claim in claims}
    assert ("PID-5.1.1", "Patient.name.family") in pairs
    assert ("INSURANCE.IN1-4.1", "Organization.name") in pairs
    back = claims_of(compiled.checked, compiled.checked.mappings[NAME], "back")
    assert ("Patient.name.family", "PID-5.1.1") in {(str(claim.source), str(claim.target)) for claim in back}


def test_the_static_report(compiled: Compiled) -> None:
    mapping = compiled.checked.mappings[NAME]
    scope = compiled.program.scopes[mapping.info.module]
    schemas = {name: schema for name in ("hl7v2", "fhir") if (schema := scope.schemas.get(name)) is not None}
    report = static_coverage(compiled.checked, mapping, schemas, compiled.sources, compiled.diagnostics)
    assert any(entry.element.startswith("MSH-9.1") or "MSH-9.2" in entry.element for entry in report.one_way)
    assert all(entry.note for entry in report.ignored)
    assert all(entry.line for entry in (*report.one_way, *report.ignored, *report.normalised))
    assert "Patient.name" not in {entry.element for entry in report.unmapped}


def test_rows_of_the_guide_are_judged_once(guide: SpecCoverage) -> None:
    for kind in KINDS:
        counts = guide.counts(kind)
        assert counts["rows"] == counts["implemented"] + counts["skipped"] + counts["missing"]
    assert all(each.reason for each in guide.judged if each.state == "skipped")


@pytest.mark.parametrize(
    ("map_name", "source", "target", "state"),
    [
        ("PID[Patient]", "PID-5", "name[1]", "implemented"),
        ("PID[Patient]", "PID-8", "gender", "implemented"),
        ("XPN[HumanName]", "XPN.2", "[1].given[1]", "implemented"),
        ("CX[Identifier]", "CX.1", "value", "implemented"),
        ("PV1[Basic-EncounterHistory]", "PV1-43", "extension[1].valueReference", "skipped"),
    ],
)
def test_a_row(guide: SpecCoverage, map_name: str, source: str, target: str, state: str) -> None:
    wanted = (map_name, source, target)
    found = [
        each.state
        for each in guide.judged
        if any(isinstance(row, Row) and (row.map, row.source, row.target) == wanted for row in each.rows)
    ]
    assert found == [state]


def test_codes_are_looked_up_in_the_compiled_tables(guide: SpecCoverage) -> None:
    assert guide.share("code") >= 0.98
