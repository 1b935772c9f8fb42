"""`mapper trace MAPPING|auto INPUT [ELEMENT|POSITION]...`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mapper.cli.options import received_option, site_option
from mapper.cli.table import table
from mapper.driver.session import near_file, open_session

if TYPE_CHECKING:
    from mapper.driver.session import Session
    from mapper.trace import Reason, Row, Trace

HELP = """Show where each element of one message's output came from.

MAPPING is `auto`, a module, a mapping or a .map file; INPUT is a file with one
message, or - for standard input. ELEMENT is an element of the output
(Patient.name), POSITION a place in the input (PID-13): it shows where that went.
Of an element that is empty it says which lines would write it, and what stopped
them. Values are shown: the trace is asked for one message.

\b
Examples:
  mapper trace auto adt.hl7
  mapper trace auto adt.hl7 Patient.name PID-13
  mapper trace auto bundle.json PID-5
"""
EPILOG = """\b
Exit codes: 0 the message was translated; 1 it was not, or the mappings have
errors; 2 the call is wrong.
"""
MOST_VALUE = 24


@click.command(help=HELP, epilog=EPILOG)
@click.argument("mapping")
@click.argument("source", metavar="INPUT")
@click.argument("wanted", nargs=-1, metavar="[ELEMENT|POSITION]...")
@click.option("--back", is_flag=True, help="From FHIR to HL7 v2. Without it the content decides.")
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
    site: str | None,
    received: str | None,
    as_json: bool,
) -> None:
    """Exit codes as in the help."""
    from mapper.trace import Trace
    from runtime.errors import MapperError

    data = _read(source)
    if data.lstrip(b" \t\r\n\xef\xbb\xbf")[:3] == b"ISA":
        raise click.UsageError("X12 cannot be traced yet: `mapper run` translates it")
    session = open_session(mapping, site)
    translator = session.translator(tracing=True)
    back = back or data.lstrip(b" \t\r\n\xef\xbb\xbf")[:1] == b"{"
    message = {"received": received} if received else None
    try:
        result = (translator.back if back else translator.forward)(data, message=message)
    except MapperError as error:
        told = error.finding
        click.echo(f"{told.level} {told.code} {told.where}: {told.message}", err=True)
        context.exit(1)
    trace = Trace(result)
    click.echo(_json(trace, session, wanted) if as_json else _text(trace, session, wanted), nl=False)


def _read(source: str) -> bytes:
    """Raises a usage error where there is no such file."""
    if source == "-":
        return sys.stdin.buffer.read()
    path = Path(source)
    if not path.is_file():
        raise click.UsageError(f"there is no file {source}{near_file(path)}")
    return path.read_bytes()


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
    from mapper.coverage.loss import loss
    from mapper.trace.model import under

    for leaf in loss(trace.result, Accounting(session.release)).leaves:
        if under(leaf.position, wanted):
            verdict = leaf.verdict
            how = {"condition": "read by a condition", "key": "read by a key"}.get(verdict.how, verdict.kind)
            return f"{how} {verdict.line} {verdict.reason}".rstrip()
    return "nothing stands there, and no line writes it"


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
    return table(("element", "value", "from"), cells)


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
