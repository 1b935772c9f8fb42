"""`mapper check [FILES]`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal, TextIO

import click

from mapper.cli.sources import map_sources
from mapper.diagnostics import Severity
from mapper.driver.checking import CheckReport, check_files
from mapper.driver.session import project_settings

HELP = """Find mistakes in .map files.

Without FILES, all modules of the project are checked, the overlays of its
sites too. A folder stands for the .map files below it. Every mistake is told, not
only the first; a broken file stops only itself and the files that import it.

\b
Examples:
  mapper check
  mapper check mappings/pid.map
  mapper check --format github
"""
EPILOG = """\b
Exit codes: 0 no errors (there may be warnings); 1 errors; 2 the call is
wrong. `mapper explain CODE` says more about a code.
"""
FORMATS = ["terminal", "json", "sarif", "github"]


@click.command(help=HELP, epilog=EPILOG)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="terminal",
    show_default=True,
    help="How to write diagnostics.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--notes", is_flag=True, help="Show notes too, not only how many there are.")
@click.pass_context
def command(
    context: click.Context,
    files: tuple[Path, ...],
    form: Literal["terminal", "json", "sarif", "github"],
    as_json: bool,
    notes: bool,
) -> None:
    """Check and report; the report is the result, so it goes to standard output."""
    settings = project_settings(wanted=str(files[0]) if files else "")
    chosen = map_sources(files, settings)
    checked = check_files(chosen, settings)
    form = "json" if as_json else form
    from mapper.render import render

    if form == "terminal":
        _write(checked, sys.stdout, len(chosen), notes)
    else:
        click.echo(render(checked.diagnostics, checked.sources, form, files=len(chosen)), nl=False)
    context.exit(1 if checked.failed else 0)


def _write(checked: CheckReport, stream: TextIO, files: int, notes: bool) -> None:
    """The report for a person. Notes say what was not proven or changes form: true, but no work to do."""
    from mapper.render import summary, write

    shown = [each for each in checked.diagnostics if notes or each.severity is not Severity.INFO]
    hidden = len(checked.diagnostics) - len(shown)
    if not hidden:
        write(shown, checked.sources, stream, files=files)
        return
    if shown:
        write(shown, checked.sources, stream, files=files)
    else:
        stream.write(f"{summary((), files)}\n")
    stream.write(f"{hidden} note{'s' if hidden > 1 else ''}; `mapper check --notes` shows them\n")
