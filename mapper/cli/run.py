"""`mapper run MAPPING|auto INPUT...`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from functools import lru_cache, partial
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mapper.cli.feed import outcomes
from mapper.cli.inputs import Input, Kind, expand, kind_of, opened
from mapper.cli.loss import Loss
from mapper.cli.options import (
    at_option,
    control_numbers,
    numbers_option,
    received_option,
    show_values_option,
    site_option,
)
from mapper.cli.outcome import Options, Outcome
from mapper.cli.output import Output
from mapper.cli.progress import progress
from mapper.cli.report import JsonReport, Report, TextReport
from mapper.driver.session import open_session, project_settings

if TYPE_CHECKING:
    from runtime.lib.bundle import BundleKind
    from runtime.translate import Translator

HELP = """Translate HL7 v2 and X12 to FHIR, and FHIR back to them.

MAPPING is `auto` (the content tells which mapping to use, and in which
direction), a module (hl7v2_fhir.adt), a mapping (hl7v2_fhir.adt.adt), a .map
file, or `content`: what X12 files hold, as JSON, without any mapping. INPUT is
a file, a folder, a pattern or - for standard input; a file may hold many
messages: a batch (FHS, BHS), messages one after the other, an X12 interchange
(a Bundle for each claim, a Bundle for each remittance), or NDJSON.

The result alone goes to standard output: one FHIR Bundle as JSON, several as
NDJSON; with --back, v2 messages, or one X12 interchange of all Bundles. What
was found on the way goes to standard error: a bad message is told with its
place, and the rest go on.

Of X12, what a claim became is given before the end of its transaction is read;
if that end refuses it, R217 says how much to take back. --hold waits instead.

\b
Examples:
  mapper run auto adt.hl7
  mapper run auto adt.hl7 --site ecw_seed --bundle transaction > bundle.json
  mapper run auto bundle.json --back
  mapper run hl7v2_fhir.adt 'inbox/**/*.hl7' --json --report report.ndjson
  cat batch.hl7 | mapper run mappings/mine.map - > bundles.ndjson
  mapper run auto claims.837 --hold > bundles.ndjson
  mapper run auto bundles.ndjson --back --numbers control.sqlite > claims.837
  mapper run content claims.837 > warehouse.ndjson
"""
EPILOG = """\b
Exit codes: 0 every message was translated; 1 a message failed, or the
mappings have errors; 2 the call is wrong (an unknown name, a missing file).
"""


@click.command(help=HELP, epilog=EPILOG)
@click.argument("mapping")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option(
    "--back", is_flag=True, help="From FHIR to HL7 v2 or X12. Without it the first input's content decides."
)
@site_option
@click.option(
    "--bundle",
    type=click.Choice(["message", "transaction"]),
    help="The kind of Bundle to make; the settings' own by default.",
)
@received_option
@click.option("--hold", is_flag=True, help="Give nothing of an X12 transaction before its end is accepted.")
@at_option
@numbers_option
@click.option(
    "--source-map",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Keep where each element of the X12 that is written came from, for `mapper acknowledged`.",
)
@click.option("--ndjson", is_flag=True, help="One line for each Bundle, for a single one too.")
@click.option(
    "--json", "as_json", is_flag=True, help="Report as JSON: a line for each message, then the counts."
)
@click.option(
    "--report",
    "report_file",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write the report to a file instead of standard error.",
)
@click.option(
    "--loss",
    is_flag=True,
    help="Account for every populated field of a feed too (it takes five times as long); of one message it always is.",
)
@show_values_option
@click.option("-q", "--quiet", is_flag=True, help="Report nothing; the exit code tells.")
@click.pass_context
def command(
    context: click.Context,
    mapping: str,
    inputs: Sequence[str],
    back: bool,
    site: str | None,
    bundle: BundleKind | None,
    received: str | None,
    hold: bool,
    at: datetime | None,
    numbers: Path | None,
    source_map: Path | None,
    ndjson: bool,
    as_json: bool,
    report_file: Path | None,
    loss: bool,
    show_values: bool,
    quiet: bool,
) -> None:
    """Run the mapping over all inputs."""
    if mapping == "content":
        context.exit(_content(inputs, as_json, quiet))
    files = expand(inputs, "fhir" if back else None)
    session = open_session(mapping, site)
    traced = session.translator(bundle, tracing=True)
    translator = traced if loss or source_map else session.translator(bundle)
    message = {"received": received} if received else {}
    several, account = len(files) > 1, Loss(traced, message)
    with ExitStack() as stack:
        told = stack.enter_context(report_file.open("w", encoding="utf-8")) if report_file else sys.stderr
        report: Report = (
            JsonReport(told, show_values, account, loss)
            if as_json
            else TextReport(told, show_values, several, account, loss, quiet)
        )
        tell = (lambda _: None) if quiet or as_json else sys.stderr.write
        sequence = lru_cache(1)(partial(control_numbers, numbers, session.settings, tell))
        sources = stack.enter_context(source_map.open("wb")).write if source_map else None
        options = Options(hold=hold, at=at, numbers=sequence, sources=sources)
        output = Output(sys.stdout.buffer, several or ndjson, sys.stdout.isatty())
        found = _all(translator, files, "fhir" if back else None, message, options)
        for outcome in stack.enter_context(progress(found, files)):
            output.add(outcome)
            report.add(outcome)
        output.close()
        report.close()
    context.exit(1 if report.faults else 0)


def _content(inputs: Sequence[str], as_json: bool, quiet: bool) -> int:
    from mapper.cli.content import write_content

    told = StringIO() if quiet else sys.stderr
    settings = project_settings()
    files = expand(inputs, "x12")
    return write_content(files, settings.limits, sys.stdout.buffer, told, as_json, settings.x12_maps)


def _all(
    translator: Translator,
    files: Sequence[Input],
    kind: Kind | None,
    message: dict[str, str],
    options: Options,
) -> Iterator[Outcome]:
    """All messages of all inputs, in one direction: that of `kind`, else of the first input's content."""
    for each in files:
        with opened(each) as stream:
            kind = kind or kind_of(stream)
            yield from outcomes(translator, each, stream, kind, message, options)
