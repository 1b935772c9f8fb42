"""Pages of codes that commands tell, not the compiler: they show what the commands write (`--update` redraws)."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from mapper.cli import main
from tests.diagnostics.test_pages import PAGES, files

SHOWN = re.compile(r"```text\n(.*?)```\n", re.DOTALL)
README = Path(__file__).parents[2] / "README.md"


def utf8(text: str) -> bytes:
    return text.encode()


def latin1(text: str) -> bytes:
    return text.encode("latin-1")


CASES: dict[str, tuple[str, Callable[[str], bytes]]] = {
    "E100": ("check", latin1),
    "E801": ("test", utf8),
    "E802": ("test", utf8),
    "E803": ("verify", utf8),
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, with an empty cache."""
    monkeypatch.setenv("MAPPER_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(command: str, code: str) -> str:
    """What a command says of `example.map`, from the code's heading on, without the counts at the end."""
    done = CliRunner().invoke(main, [command, "example.map"])
    assert done.exit_code == 1, done.output
    return done.output[done.output.index(f"error[{code} ") :].rstrip("\n").rsplit("\n", 1)[0].split("\n\n")[0]


@pytest.mark.parametrize("code", CASES)
def test_the_wrong_example_gives_what_the_page_shows(
    code: str, folder: Path, request: pytest.FixtureRequest
) -> None:
    page = PAGES / f"{code}.md"
    text = page.read_text(encoding="utf-8")
    command, encoded = CASES[code]
    for name, content in files(text, "Wrong").items():
        (folder / name).write_bytes(encoded(content))
    if code == "E801":
        assert not (folder / "a04.hl7").exists()
    shown = told(command, code).rstrip("\n")
    drawn = SHOWN.sub(lambda _: f"```text\n{shown}\n```\n", text, count=1)
    if request.config.getoption("--update"):
        page.write_text(drawn, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == drawn


@pytest.mark.parametrize("code", CASES)
def test_the_right_example_is_right(code: str, folder: Path) -> None:
    text = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    command, _ = CASES[code]
    for name, content in (files(text, "Wrong") if code == "E802" else {}).items():
        (folder / name).write_text(content, encoding="utf-8")
    if code == "E801":
        given = files((PAGES / "E802.md").read_text(encoding="utf-8"), "Wrong")
        (folder / "a04.hl7").write_text(given["a04.hl7"], encoding="utf-8")
    for name, content in files(text, "Right").items():
        (folder / name).write_text(content, encoding="utf-8")
    if command == "test":
        CliRunner().invoke(main, ["test", "example.map", "--update"])
    done = CliRunner().invoke(main, [command, "example.map"])
    assert done.exit_code == 0, done.output


def test_the_readme_shows_what_check_tells(folder: Path) -> None:
    """The first thing that a reader sees of the project is true."""
    shown = re.search(r"```\n(error\[E503.*?)```\n", README.read_text(encoding="utf-8"), re.DOTALL)
    assert shown is not None
    table = folder / "mappings" / "tables"
    table.mkdir(parents=True)
    (folder / "mapper.toml").write_text("", encoding="utf-8")
    (table / "sex.map").write_text(SEX, encoding="utf-8")
    done = CliRunner().invoke(main, ["check", "mappings/tables/sex.map"])
    assert done.output.split("\n\n")[0].rstrip("\n") == shown[1].rstrip("\n")


SEX = """table sex "HL70001" <-> "http://hl7.org/fhir/administrative-gender" {
  "F" <-> "female"
  "M" <-> "male"

  "O" <-> "other"
  "A" <-> "other"
}
"""
