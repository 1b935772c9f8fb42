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


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAPPER_CACHE", str(tmp_path / "cache"))


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


def test_an_example_of_x12_says_that_it_cannot_be_run_yet(tmp_path: Path) -> None:
    path = project(tmp_path)
    (tmp_path / "a.835").write_bytes(b"ISA*00*")
    path.write_text(TINY.replace('"a.hl7"', '"a.835"').replace("ARROW", "->"), encoding="utf-8")
    done = run(path)
    assert done.exit_code == 1
    assert "examples of X12 cannot be run yet" in done.output
