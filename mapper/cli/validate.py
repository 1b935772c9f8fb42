"""`mapper validate FILE...`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mapper.cli.inputs import Input, expand, opened
from mapper.cli.options import show_values_option
from mapper.cli.progress import progress
from mapper.cli.validate_report import JsonReport, Report, TextReport
from mapper.driver.session import project_settings
from mapper.schema import x12_data, x12_extra
from runtime.errors import DecodeError

if TYPE_CHECKING:
    from mapper.settings import Settings
    from runtime.x12.validate import Checked, CodeLists, Validation

HELP = """Check X12 files: syntax, guide, balance, situations, codes (SNIP 1 to 5).

FILE is a file, a folder, a pattern or - for standard input. All findings are
told, claim by claim: one bad claim never hides the next. Each has its loop,
element and segment, counted from ST, and what a 999 and a 277CA say of it.

An error in a claim rejects that claim, as in `mapper acknowledge`; one outside
of claims rejects the transaction. --strict rejects it for any of SNIP 1 or 2.

Code lists that are licensed or change often are read from --codes FOLDER: CSV
files with the columns code, from and to. Without them the form is checked.

\b
Examples:
  mapper validate claims.837
  mapper validate 'inbox/*.835' --snip 3
  mapper validate claims.837 --codes codes --json > findings.ndjson
"""
EPILOG = """\b
Exit codes: 0 no errors (there may be warnings); 1 errors; 2 the call is wrong
(a missing file or folder, an unreadable code list).
"""


@dataclass(frozen=True, slots=True)
class Step:
    """What was checked of one input: `checked`, or the error that ended its reading."""

    name: str
    offset: int
    checked: Checked | None
    error: DecodeError | None = None


@click.command(help=HELP, epilog=EPILOG)
@click.argument("inputs", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--snip", type=click.IntRange(1, 5), default=5, help="Check up to this SNIP type; 5 by default."
)
@click.option(
    "--codes",
    "folders",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="A folder with code lists (cpt.csv, carc.csv, ...); may be given several times.",
)
@click.option("--strict", is_flag=True, help="One error of SNIP 1 or 2 rejects its whole transaction.")
@click.option("--json", "as_json", is_flag=True, help="A JSON line for each finding and each transaction.")
@show_values_option
@click.option("-q", "--quiet", is_flag=True, help="Tell the verdicts only.")
@click.pass_context
def command(
    context: click.Context,
    inputs: Sequence[str],
    snip: int,
    folders: Sequence[Path],
    strict: bool,
    as_json: bool,
    show_values: bool,
    quiet: bool,
) -> None:
    """Check all files."""
    from runtime.x12.validate import Validation

    settings = project_settings()
    files = expand(inputs, "x12")
    lists = code_lists([*settings.x12_codes, *folders])
    sets = x12_extra.tables(settings.x12_maps)
    validation = Validation(sets, lists, x12_data.envelope(), snip, show_values, strict)
    report: Report = (
        JsonReport(sys.stdout) if as_json else TextReport(sys.stdout, settings.limits.findings, quiet)
    )
    with progress(_steps(validation, files, settings), files, "claims and envelopes") as steps:
        for step in steps:
            if step.error is not None:
                report.failed(step.name, step.error.finding)
            elif step.checked is not None:
                report.add(step.name, step.checked)
    report.close(validation.not_loaded)
    context.exit(1 if report.errors else 0)


def code_lists(folders: Sequence[Path]) -> CodeLists:
    """The code lists that ship, and those of folders. Raises `click.UsageError` for a file that is none."""
    from runtime.x12.validate import load_lists

    try:
        return load_lists(folders)
    except DecodeError as error:
        finding = error.finding
        raise click.UsageError(
            f"{finding.where} is no code list: {finding.message} ({finding.code})"
        ) from None


def _steps(validation: Validation, files: Sequence[Input], settings: Settings) -> Iterator[Step]:
    for each in files:
        with opened(each) as stream:
            try:
                for checked in validation.stream(stream, settings.limits):
                    yield Step(each.name, checked.event.offset, checked)
            except DecodeError as error:
                yield Step(each.name, 0, None, error)
