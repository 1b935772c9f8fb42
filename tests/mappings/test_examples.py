"""Examples: those of the standard mappings hold, and `mapper test` says what is wrong with others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mapper.assets import standard_mappings
from mapper.cli import main
from mapper.settings import Settings
from mapper.verify.examples import files_with_examples, run_examples
from tests.x12 import judge

TINY = """use hl7v2 "2.5.1"
use fhir "R4"

mapping tiny between hl7v2 ADT_A01 and fhir Bundle {
  "message" -> type
  MSH-9.1 <- "ADT"
  MSH-9.2 <- "A01"
  PID <-> Patient as patient {
    key identifier[1]
    PID-3[1].1   <-> identifier[1].value
    PID-5[1].1.1 <-> name[1].family
  }
}

example "a.hl7" ARROW "a.json"
"""
MESSAGE = b"MSH|^~\\&|||||20260101||ADT^A01^ADT_A01|1|P|2.5.1\rPID|||17||DOE\r"


def project(folder: Path, arrow: str = "->") -> Path:
    path = folder / "tiny.map"
    path.write_text(TINY.replace("ARROW", arrow), encoding="utf-8")
    (folder / "a.hl7").write_bytes(MESSAGE)
    return path


def run(path: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["test", str(path), *options])


def test_update_writes_what_then_holds(tmp_path: Path) -> None:
    path = project(tmp_path)
    written = run(path, "--update")
    assert written.exit_code == 0, written.output
    assert json.loads((tmp_path / "a.json").read_bytes())["entry"][0]["resource"]["name"] == [
        {"family": "DOE"}
    ]
    held = run(path)
    assert (held.exit_code, held.output.splitlines()[-1]) == (0, "1 of 1 examples hold")


def test_a_difference_is_told_by_its_path_with_values(tmp_path: Path) -> None:
    path = project(tmp_path)
    run(path, "--update")
    (tmp_path / "a.hl7").write_bytes(MESSAGE.replace(b"DOE", b"ROE"))
    done = run(path)
    assert done.exit_code == 1
    assert "entry[0].resource.name[0].family: expected 'DOE', found 'ROE'" in done.output
    assert "error[E802 example-differs]" in done.output


def test_a_missing_file_is_told_where_it_is_named(tmp_path: Path) -> None:
    done = run(project(tmp_path))
    assert done.exit_code == 1
    assert "error[E801 example-missing-file]: there is no file `a.json`" in done.output


def test_the_way_back_is_compared_by_field(tmp_path: Path) -> None:
    path = project(tmp_path, "<->")
    run(path, "--update")
    done = run(path)
    assert done.exit_code == 1  # the tiny mapping writes no MSH-10
    assert "a.json -> a.hl7" in done.output
    assert "MSH-10.1: expected '1', found nothing" in done.output
    assert "PID" not in done.output


def test_json_report(tmp_path: Path) -> None:
    path = project(tmp_path)
    run(path, "--update")
    told = json.loads(run(path, "--json").output)
    assert [each["passed"] for each in told["examples"]] == [True]


def test_update_writes_a_missing_message(tmp_path: Path) -> None:
    path = project(tmp_path)
    run(path, "--update")
    (tmp_path / "a.hl7").unlink()
    path.write_text(TINY.replace("ARROW", "<-"), encoding="utf-8")
    assert run(path, "--update").exit_code == 0
    assert b"PID|||17||DOE" in (tmp_path / "a.hl7").read_bytes()


def standard() -> list[Path]:
    root = standard_mappings()
    return files_with_examples(Settings(root, sources=(root,)))


@pytest.mark.parametrize("path", standard(), ids=lambda path: path.stem)
def test_examples_of_the_standard_mappings_hold(path: Path) -> None:
    root = standard_mappings()
    report = run_examples([path], Settings(root, sources=(root,)))
    assert [each.message for each in report.diagnostics] == []
    assert report.outcomes


@pytest.fixture
def visit(tmp_path: Path) -> Path:
    """A project with the example of a professional claim alone."""
    folder = standard_mappings() / "x12_fhir"
    text = (folder / "claim_837p.map").read_text("utf-8")
    kept = [line for line in text.splitlines() if not line.startswith("example")]
    path = tmp_path / "claim_837p.map"
    path.write_text("\n".join([*kept, 'example "visit.837" <-> "visit.json"', ""]), encoding="utf-8")
    (tmp_path / "claim_837p.toml").write_bytes((folder / "claim_837p.toml").read_bytes())
    for kind in ("837", "json"):
        (tmp_path / f"visit.{kind}").write_bytes((folder / f"claims/office_visit.{kind}").read_bytes())
    return path


def test_claims_go_both_ways_and_differences_are_told_by_loop_and_element(visit: Path) -> None:
    assert run(visit).output.splitlines()[-1] == "2 of 2 examples hold"
    claim = visit.with_name("visit.837")
    claim.write_bytes(claim.read_bytes().replace(b"ROWE*NADIA", b"ROWE*NINA"))
    done = run(visit)
    assert done.exit_code == 1
    assert "name[0].given[0]: expected 'NADIA', found 'NINA'" in done.output
    assert "2000A/2000B/2010BA/NM1/NM104: expected 'NINA', found 'NADIA'" in done.output

    (visit.with_name("visit.json")).unlink()
    claim.unlink()
    assert "there is no file `visit.837`" in run(visit).output


def test_mistakes_in_a_claim_are_told_in_its_own_file(visit: Path) -> None:
    claim = visit.with_name("visit.837")
    claim.write_bytes(claim.read_bytes().replace(b"\nSBR*P", b"\nXYZ*P").replace(b"SE*31", b"SE*30"))
    done = run(visit)
    assert done.exit_code == 1
    assert "R105 2000A/2000B/XYZ (segment 13 of ST 0001)" in done.output
    assert "visit.837:15:1" in done.output
    assert "│ XYZ*P*18*GRP-9******CI~" in done.output
    assert "SE01 (" in done.output or "SE01:" in done.output

    claim.write_bytes(b"ISA*00*")
    assert "cannot be read" in run(visit).output


def test_update_writes_a_claim_one_segment_a_line(visit: Path) -> None:
    claim = visit.with_name("visit.837")
    before = claim.read_bytes()
    claim.unlink()
    visit.write_text(visit.read_text("utf-8").replace('<-> "visit.json"', '<- "visit.json"'), "utf-8")
    assert run(visit, "--update").exit_code == 0
    written = claim.read_bytes()
    assert [line[:3] for line in written.splitlines()] == [line[:3] for line in before.splitlines()]
    assert run(visit).output.splitlines()[-1] == "1 of 1 examples hold"


@pytest.mark.parametrize(
    "name", ["claims/office_visit.837", "claims/hospital_stay.837", "claims/charges.837"]
)
def test_examples_of_claims_are_valid(name: str) -> None:
    assert judge.verdict((standard_mappings() / "x12_fhir" / name).read_bytes()) == (True, [])
