"""The shell around the commands: quick help, known and unknown names."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

from mapper.cli import COMMANDS, main

HEAVY = ("lark", "jinja2", "rich", "hypothesis", "hl7apy", "mapper.check", "mapper.syntax", "mapper.schema")


def test_help_lists_every_command_and_loads_none() -> None:
    code = f"import sys; from mapper.cli import main; main(['--help'], standalone_mode=False); \
print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert all(name in done.stdout for name in COMMANDS)
    assert done.stdout.endswith("[]\n")


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help(name: str) -> None:
    done = CliRunner().invoke(main, [name, "--help"])
    assert done.exit_code == 0, done.output


def test_an_unknown_command_gets_its_neighbour() -> None:
    done = CliRunner().invoke(main, ["explian"])
    assert done.exit_code == 2
    assert "there is no command 'explian'; did you mean `explain`?" in done.output


def test_explain_prints_the_page_and_fails_on_unknown_codes() -> None:
    page = CliRunner().invoke(main, ["explain", "E503"])
    assert (page.exit_code, page.output[:24]) == (0, "# E503 not-invertible\n\nTw"[:24])
    unknown = CliRunner().invoke(main, ["explain", "E5033"])
    assert unknown.exit_code == 2
    assert "E503 (not-invertible)" in unknown.output
