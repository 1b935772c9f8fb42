"""check, build, fmt, schema, new, demo: what they print, what they change, and their exit codes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from mapper.cli import COMMANDS, main
from tests.integration.cli.conftest import PROJECT, Run

TWO_MISTAKES = """use hl7v2 "2.5.1"
use fhir "R4"

mapping broken between hl7v2 PID and fhir Patient {
  PID-99 <-> birthDate
  PID-8  <-> gendre
}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A new project; the commands run in it."""
    shutil.copytree(PROJECT, tmp_path, dirs_exist_ok=True)
    return tmp_path


# -- check ---------------------------------------------------------------------------------------


def test_check_tells_every_mistake_of_a_file(mapper: Run, project: Path) -> None:
    (project / "mappings" / "broken.map").write_text(TWO_MISTAKES)
    done = mapper("check")
    assert done.exit_code == 1
    assert "mappings/broken.map:5:3" in done.stdout
    assert "mappings/broken.map:6:14" in done.stdout
    assert "did you mean `gender`?" in done.stdout
    assert "2 errors" in done.stdout
    assert "in 2 files" in done.stdout


@pytest.mark.parametrize("form", ["json", "sarif", "github"])
def test_check_speaks_to_machines(mapper: Run, project: Path, form: str) -> None:
    (project / "broken.map").write_text(TWO_MISTAKES)
    done = mapper("check", "broken.map", "--format", form)
    assert done.exit_code == 1
    if form == "github":
        assert done.stdout.startswith("::error file=broken.map,line=5,")
    else:
        report = json.loads(done.stdout)
        assert len(report["diagnostics"] if form == "json" else report["runs"][0]["results"]) == 2


def test_check_applies_an_overlay_that_no_site_uses(mapper: Run, project: Path) -> None:
    (project / "mappings" / "over.map").write_text(
        'use hl7v2 "2.5.1"\nuse fhir "R4"\n\nimport registration (registration)\n\n'
        "override mapping registration {\n  drop PID-77\n}\n"
    )
    done = mapper("check")
    assert (done.exit_code, "error[E210" in done.stdout) == (1, True), done.stdout


def test_check_reads_a_file_that_is_not_utf8(mapper: Run, project: Path) -> None:
    (project / "latin.map").write_bytes("# Größe\n".encode("latin-1"))
    done = mapper("check", "latin.map")
    assert (done.exit_code, "error[E100" in done.stdout) == (1, True)


def test_check_needs_files(mapper: Run, tmp_path: Path) -> None:
    assert "mapper new NAME" in mapper("check").stderr
    (tmp_path / "adt.map").write_text("")
    done = mapper("check", "adr.map")
    assert (done.exit_code, "did you mean `adt.map`?" in done.stderr) == (2, True)


def test_settings_errors_name_the_key(mapper: Run, tmp_path: Path) -> None:
    (tmp_path / "mapper.toml").write_text('source = ["mappings"]\n')
    done = mapper("check")
    assert done.exit_code == 2
    assert "mapper.toml:1: source: there is no such setting; did you mean `sources`?" in done.stderr


# -- build ---------------------------------------------------------------------------------------


def test_build_makes_a_release_and_then_finds_nothing_to_do(mapper: Run, project: Path) -> None:
    first = mapper("build", "registration")
    assert first.exit_code == 0, first.stderr
    assert "registration.registration takes ADT_A01" in first.stdout
    assert (project / "build" / "release" / "manifest.json").is_file()
    assert max(map(len, first.stdout.splitlines())) <= 80
    assert mapper("build", "registration").stdout.endswith("build/release is up to date\n")
    mapping = project / "mappings" / "registration.map"
    mapping.write_text(mapping.read_text() + "\n# changed\n")
    told = json.loads(mapper("build", "registration", "--json").stdout)
    assert told["changed"] is True


def test_build_leaves_the_old_release_where_there_are_errors(mapper: Run, project: Path) -> None:
    assert mapper("build", "registration").exit_code == 0
    before = (project / "build" / "release" / "manifest.json").read_bytes()
    mapping = project / "mappings" / "registration.map"
    mapping.write_text(mapping.read_text().replace("birthDate", "birthDay"))
    done = mapper("build", "registration")
    assert (done.exit_code, "birthDay" in done.stderr) == (1, True)
    assert (project / "build" / "release" / "manifest.json").read_bytes() == before


def test_build_does_not_overwrite_what_is_no_release(mapper: Run, project: Path) -> None:
    done = mapper("build", "registration", "-o", "mappings")
    assert (done.exit_code, "is no release" in done.stderr) == (2, True)


# -- fmt -----------------------------------------------------------------------------------------


def test_fmt_changes_layout_once(mapper: Run, project: Path) -> None:
    mapping = project / "mappings" / "registration.map"
    formatted = mapping.read_text()
    mapping.write_text(formatted.replace("    PID-7       <->", "  PID-7 <->"))
    assert mapper("fmt", "--check").exit_code == 1
    assert mapper("fmt").exit_code == 0
    assert mapping.read_text() == formatted
    assert mapper("fmt", "--check").exit_code == 0


def test_fmt_of_standard_input(mapper: Run) -> None:
    done = mapper("fmt", "-", input=b'use hl7v2   "2.5.1"\n')
    assert (done.exit_code, done.stdout) == (0, 'use hl7v2 "2.5.1"\n')
    assert mapper("fmt", "-", input=b"nonsense {\n").exit_code == 1


# -- schema --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (("hl7v2", "PID-11"), "Patient Address"),
        (("hl7v2", "PID-3[2].4"), "Assigning Authority"),
        (("hl7v2", "PID-8"), "Female"),
        (("hl7v2", "ADT_A01.INSURANCE", "--version", "2.3"), "IN1"),
        (("fhir", "Patient.name"), "HumanName"),
        (("fhir", "Patient.gender"), "codes (required)"),
        (("fhir", "Patient", "--profile", "us-core"), "birthsex"),
        (("fhir",), "HumanName"),
    ],
)
def test_schema_shows_what_stands_there_in_80_columns(
    mapper: Run, arguments: tuple[str, ...], shown: str
) -> None:
    done = mapper("schema", *arguments)
    assert done.exit_code == 0, done.stderr
    assert shown in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert json.loads(mapper("schema", *arguments, "--json").stdout)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("fhir", "Patien"), "did you mean Patient"),
        (("hl7v2", "PID-99"), "the last is 39"),
        (("hl7v3",), "known: hl7v2, fhir"),
        (("hl7v2", "PID", "--version", "9"), "2.5.1"),
        (("fhir", "Patient", "--profile", "uk"), "us-core"),
    ],
)
def test_schema_knows_what_is_near(mapper: Run, arguments: tuple[str, ...], told: str) -> None:
    done = mapper("schema", *arguments)
    assert (done.exit_code, told in done.stderr) == (2, True), done.stderr


# -- new, demo -----------------------------------------------------------------------------------


def test_a_new_project_passes_at_once(mapper: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert mapper("new", "clinic").exit_code == 0
    monkeypatch.chdir(tmp_path / "clinic")
    for command in (("check",), ("test",), ("fmt", "--check")):
        done = CliRunner().invoke(main, command)
        assert done.exit_code == 0, done.output
    assert mapper("new", tmp_path / "clinic").exit_code == 2


def test_the_demo_goes_there_and_back(mapper: Run) -> None:
    done = mapper("demo")
    assert done.exit_code == 0, done.stderr
    for shown in ("SMITH", "1985-06-22", "POLICY987654", "IN1-10", "the same as sent: PID, PV1, IN1"):
        assert shown in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


# -- all -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_help_fits_and_has_examples(mapper: Run, command: str) -> None:
    done = mapper(command, "--help")
    assert done.exit_code == 0
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert command in ("explain", "demo") or "Examples:" in done.stdout
