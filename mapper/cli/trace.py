"""`mapper trace MAPPING|auto INPUT [ELEMENT|POSITION]...`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mapper.cli.feed import outcomes
from mapper.cli.inputs import Input, Kind, kind_of, opened
from mapper.cli.options import received_option, site_option
from mapper.cli.outcome import Options, Outcome
from mapper.cli.table import paragraph, table, width
from mapper.driver.session import near_file, open_session
from mapper.render.findings import render

if TYPE_CHECKING:
    from mapper.driver.session import Session
    from mapper.trace import Reason, Row, Trace

HELP = """Show where each element of one message's output came from.

MAPPING is `auto`, a module, a mapping or a .map file; INPUT is a file, or - for
standard input. Of a file with several messages, claims or Bundles the first one
is traced, or that of --number. ELEMENT is an element of the output
(Patient.name), POSITION a place in the input (PID-13, 2010BA/NM109): it shows
where that went. Of an element that is empty it says which lines would write it,
and what stopped them. Values are shown: the trace is asked for one message.

\b
Examples:
  mapper trace auto adt.hl7
  mapper trace auto adt.hl7 Patient.name PID-13
  mapper trace auto bundle.json PID-5
  mapper trace auto claims.837 --number 3 Claim.facility 2010BA/NM109
  mapper trace auto bundles.ndjson 2300/CLM02
"""
EPILOG = """\b
Exit codes: 0 the message was translated; 1 it was not, or the mappings have
errors; 2 the call is wrong.
"""
MOST_VALUE = 24
LEAST_FROM = 36  # columns; with less for it, the source stands on a line of its own
NOTHING = "nothing stands there, and no line writes it"


@click.command(help=HELP, epilog=EPILOG)
@click.argument("mapping")
@click.argument("source", metavar="INPUT")
@click.argument("wanted", nargs=-1, metavar="[ELEMENT|POSITION]...")
@click.option("--back", is_flag=True, help="From FHIR to HL7 v2 or X12. Without it the content decides.")
@click.option(
    "--number", type=click.IntRange(1), default=1, help="Which message, claim or Bundle of the file."
)
@site_option
@received_option
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object.")
@click.pass_context
def command(
    context: click.Context,
    mapping: str,
    source: str,
    wanted: tuple[str, ...],
    back: bool,
    number: int,
    site: str | None,
    received: str | None,
    as_json: bool,
) -> None:
    """Exit codes as in the help."""
    from mapper.trace import Trace

    each = _input(source)
    session = open_session(mapping, site)
    translator = session.translator(tracing=True)
    message = {"received": received} if received else {}
    with opened(each) as stream:
        kind: Kind = "fhir" if back else kind_of(stream)
        options = Options(only=number)
        found = outcomes(translator, each, stream, kind, message, options)
        outcome, more = _chosen(found, number)
    if outcome is None:
        raise click.UsageError(f"{each.name} holds no message number {number}")
    if outcome.result is None:
        click.echo(
            render(outcome.findings, each.name if len(outcome.findings) > 1 else ""), err=True, nl=False
        )
        context.exit(1)
    if more:
        click.echo(f"{each.name} holds more than this one: --number names another", err=True)
    trace = Trace(outcome.result)
    click.echo(_json(trace, session, wanted) if as_json else _text(trace, session, wanted), nl=False)


def _input(source: str) -> Input:
    """Raises a usage error where there is no such file."""
    path = Path(source)
    if source != "-" and not path.is_file():
        raise click.UsageError(f"there is no file {source}{near_file(path)}")
    return Input("<stdin>", None) if source == "-" else Input(source, path)


def _chosen(found: Iterator[Outcome], number: int) -> tuple[Outcome | None, bool]:
    """The outcome with a number, else that of what failed in its place; and whether there are others behind it."""
    told: Outcome | None = None
    for outcome in found:
        if outcome.number == number:
            return outcome, any(each.number for each in found)
        if outcome.failed and not outcome.number:
            told = outcome
    return told, False


def _text(trace: Trace, session: Session, wanted: tuple[str, ...]) -> str:
    if not wanted:
        return _table([row for row in trace.rows if row.sources])
    return "\n".join(_answer(trace, session, each) for each in wanted)


def _answer(trace: Trace, session: Session, wanted: str) -> str:
    """The rows of an element or of a position, and for an element that is empty the lines that would write it."""
    rows = trace.of_output(wanted)
    if rows:
        return f"{wanted}\n{_table(list(rows))}"
    went = trace.of_input(wanted)
    if went:
        return f"{wanted} went to\n{_table(list(went))}"
    reasons = _reasons(trace, session, wanted)
    if reasons:
        lines = [(each.line, each.source, "; ".join((each.state, *each.findings))) for each in reasons]
        return f"{wanted} is empty. Lines that would write it:\n{table(('line', 'reads', 'what happened'), lines)}"
    return f"{wanted}: {_no_line(trace, session, wanted)}\n"


def _no_line(trace: Trace, session: Session, wanted: str) -> str:
    from mapper.coverage.accounting import Accounting
    from mapper.coverage.loss import loss, places_of

    leaves = loss(trace.result, Accounting(session.release)).leaves
    for leaf, where in zip(leaves, places_of(trace.result), strict=True):
        if trace.input.under(trace.place(where), wanted):
            verdict = leaf.verdict
            how = {"condition": "read by a condition", "key": "read by a key"}.get(verdict.how, verdict.kind)
            return f"{how} {verdict.line} {verdict.reason}".rstrip()
    return NOTHING


def _reasons(trace: Trace, session: Session, wanted: str) -> tuple[Reason, ...]:
    from mapper.trace import why

    path = session.release.folder / "coverage.json"
    claims: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return why(trace, wanted, claims.get(trace.result.mapping, {}), "go" if trace.forward else "back")


def _table(rows: list[Row]) -> str:
    cells = [
        (row.path, _short(row.value), ", ".join((*row.sources, *row.lines)) or "constant, id or reference")
        for row in rows
    ]
    longest = max((len(path) for path, _, _ in cells), default=0)
    if longest + MOST_VALUE + LEAST_FROM <= width():
        return table(("element", "value", "from"), cells)
    return "".join(f"{path}\n{paragraph(f'{value}  <- {came}', '    ')}" for path, value, came in cells)


def _short(value: object) -> str:
    text = "".join(character if character.isprintable() else " " for character in str(value))
    return text if len(text) <= MOST_VALUE else f"{text[: MOST_VALUE - 3]}..."


def _json(trace: Trace, session: Session, wanted: tuple[str, ...]) -> str:
    """One object: rows of all, or for each wanted element or position its rows and the lines that would write it."""
    if not wanted:
        return json.dumps({"mapping": trace.result.mapping, "rows": trace.as_json()}) + "\n"
    answers = [
        {
            "wanted": each,
            "rows": trace.as_json(trace.of_output(each) or trace.of_input(each)),
            "lines": [
                {"line": r.line, "reads": r.source, "state": r.state, "findings": list(r.findings)}
                for r in ([] if trace.of_output(each) else _reasons(trace, session, each))
            ],
        }
        for each in wanted
    ]
    return json.dumps({"mapping": trace.result.mapping, "answers": answers}) + "\n"
