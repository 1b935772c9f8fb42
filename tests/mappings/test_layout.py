"""The standard mappings are laid out as `mapper fmt` lays out."""

from __future__ import annotations

from click.testing import CliRunner

from mapper.assets import standard_mappings
from mapper.cli import main


def test_the_formatter_would_change_nothing() -> None:
    done = CliRunner().invoke(main, ["fmt", "--check", str(standard_mappings())])
    assert (done.exit_code, done.stdout) == (0, ""), done.output
