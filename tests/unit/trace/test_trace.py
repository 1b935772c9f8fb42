"""The tracing flavour makes the same output, and what it marks is there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from mapper.assets import standard_mappings
from mapper.cli.trace import command
from mapper.driver.session import Session
from mapper.trace import Trace, why
from mapper.trace.places import matches
from runtime.errors import MapperError
from tests.unit.trace.conftest import messages

SEED = standard_mappings() / "sites/ecw_seed/a04_register.hl7"


@pytest.fixture(scope="module")
def seed(session: Session) -> Trace:
    return Trace(session.translator(tracing=True).forward(SEED.read_bytes()))


def test_both_flavours_give_the_same_bytes_and_marks_name_what_is_there(session: Session, data: Path) -> None:
    plain, traced = session.translator(), session.translator(tracing=True)
    count = 0
    for path in messages(data):
        try:
            there = plain.forward(path.read_bytes())
        except MapperError:
            continue
        went = traced.forward(path.read_bytes())
        back, came = plain.back(there.data), traced.back(there.data)
        assert went.data == there.data, path.name
        assert came.data == back.data, path.name
        assert [f.code for f in went.findings] == [f.code for f in there.findings]
        for result in (went, came):
            trace = Trace(result)
            above = list(trace.populated)
            for row in trace.rows:
                assert all(
                    any(matches(leaf, where) for leaf in above if leaf[:2] == where[:2])
                    for where in row.wheres
                )
        count += 1
    assert count >= 40


def test_rows_of_an_output_are_its_leaves(seed: Trace) -> None:
    paths = [row.path for row in seed.rows]
    assert len(paths) == len(set(paths))


@pytest.mark.parametrize(
    ("element", "source"),
    [
        ("Patient.name[0].family", "PID-5.1"),
        ("Patient.name.given[1]", "PID-5.3"),
        ("Patient.gender", "PID-8"),
        ("Patient.birthDate", "PID-7"),
        ("Account.identifier[0].value", "PID-18"),
        ("Encounter.period.start", "PV1-44"),
    ],
)
def test_an_element_knows_its_source(seed: Trace, element: str, source: str) -> None:
    (row,) = [row for row in seed.of_output(element.replace("name.", "name[0].")) if row.sources]
    assert row.sources == (source,)
    assert row.lines
    assert all(".map:" in line for line in row.lines)


def test_where_a_field_went(seed: Trace) -> None:
    assert [row.path for row in seed.of_input("PID-5")] == [
        "Patient.name[0].family",
        "Patient.name[0].given[0]",
        "Patient.name[0].given[1]",
    ] + [row.path for row in seed.of_input("PID-5") if not row.path.startswith("Patient.name")]


def test_numbers_may_be_left_out(seed: Trace) -> None:
    assert seed.of_output("Patient.name") == seed.of_output("Patient.name[0]")
    assert not seed.of_output("Patient.nam")


def test_back_positions_are_those_of_the_message(session: Session) -> None:
    translator = session.translator(tracing=True)
    bundle = translator.forward(SEED.read_bytes()).data
    trace = Trace(translator.back(bundle))
    (row,) = trace.of_output("PID-8")
    assert row.sources == ("Patient.gender",)
    assert any(row.path == "PID-5.1.1" for row in trace.of_input("Patient.name.family"))


def test_why_an_element_is_empty(session: Session, seed: Trace) -> None:
    claims = json.loads((session.release.folder / "coverage.json").read_text())[seed.result.mapping]
    reasons = why(seed, "Patient.communication", claims, "go")
    assert {each.source.partition(".")[0] for each in reasons} == {"PID-15"}
    assert all("empty" in each.state for each in reasons)
    assert not why(seed, "Patient.photo", claims, "go")


def test_a_plain_result_has_no_trace(session: Session) -> None:
    with pytest.raises(ValueError, match="traced"):
        Trace(session.translator().forward(SEED.read_bytes()))


def test_the_command_shows_elements_positions_and_reasons() -> None:
    wanted = ["Patient.name", "PID-13", "Patient.communication"]
    done = CliRunner().invoke(command, ["hl7v2_fhir.adt", str(SEED), *wanted], catch_exceptions=False)
    assert done.exit_code == 0
    assert "PID-5.1" in done.output
    assert "Patient.telecom[0].value" in done.output
    assert "Patient.communication is empty" in done.output
    assert max(map(len, done.output.splitlines())) <= 80


def test_the_command_as_json() -> None:
    done = CliRunner().invoke(command, ["hl7v2_fhir.adt", str(SEED), "--json"], catch_exceptions=False)
    rows = {row["element"]: row for row in json.loads(done.output)["rows"]}
    assert rows["Patient.name[0].family"]["from"] == ["PID-5.1"]
