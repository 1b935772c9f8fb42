"""`mapper test [FILES]`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from mapper.render import render
from mapper.settings import SettingsError, settings_for
from mapper.verify.examples import ExampleReport, Outcome, files_with_examples, run_examples

MOST_DIFFERENCES = 20


HELP = """Run the examples of .map files. Without FILES: of every module of the project.

\b
Examples:
  mapper test
  mapper test mappings/registration.map --update
"""
EPILOG = """\b
Exit codes: 0 every example holds; 1 one does not, or its mapping has errors;
2 the call is wrong.
"""


@click.command(help=HELP, epilog=EPILOG)
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--update", is_flag=True, help="Write results that are missing or differ; then look at what changed."
)
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object.")
@click.pass_context
def command(context: click.Context, files: tuple[Path, ...], update: bool, as_json: bool) -> None:
    """Exit code 0 when every example holds, 1 when one does not, 2 for a mistake in the call."""
    try:
        settings = settings_for(files[0] if files else Path())
        report = run_examples(files or files_with_examples(settings), settings, update)
    except SettingsError as error:
        raise click.UsageError(str(error)) from error
    click.echo(_json(report) if as_json else _text(report), nl=False)
    failed = any(each.severity == "error" for each in report.diagnostics)
    context.exit(1 if failed else 0)


def _text(report: ExampleReport) -> str:
    """Values are shown: the files of examples are test data."""
    lines = [line for outcome in report.outcomes for line in _outcome(outcome)]
    text = "".join(f"{line}\n" for line in lines)
    if report.diagnostics:
        text += "\n" + render(report.diagnostics, report.sources)
    passed = sum(outcome.passed for outcome in report.outcomes)
    return f"{text}{passed} of {len(report.outcomes)} examples hold\n"


def _outcome(outcome: Outcome) -> list[str]:
    state = "wrote" if outcome.written else "ok   " if outcome.passed else "FAIL "
    ends = f"{outcome.source} -> {outcome.target}"
    told = [f"        {each}" for each in outcome.differences[:MOST_DIFFERENCES]]
    if len(outcome.differences) > MOST_DIFFERENCES:
        told.append(f"        ... and {len(outcome.differences) - MOST_DIFFERENCES} more")
    return [f"{state} {outcome.file}:{outcome.line}  {ends}", *told]


def _json(report: ExampleReport) -> str:
    outcomes = [
        {
            "file": str(outcome.file),
            "line": outcome.line,
            "from": outcome.source,
            "to": outcome.target,
            "passed": outcome.passed,
            "written": str(outcome.written) if outcome.written else None,
            "differences": [
                {"path": each.path, "expected": _plain(each.expected), "found": _plain(each.found)}
                for each in outcome.differences
            ],
        }
        for outcome in report.outcomes
    ]
    told = json.loads(render(report.diagnostics, report.sources, "json", files=report.files))
    return json.dumps({"examples": outcomes, "report": told}) + "\n"


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | bool | dict | list | None) else str(value)
