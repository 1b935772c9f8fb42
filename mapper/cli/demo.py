"""`mapper demo`: the ADT^A04 of a practice, with its overlay, to FHIR and back."""

from __future__ import annotations

from time import perf_counter

import click

from mapper.assets import standard_mappings
from mapper.cli.resources import resource_text
from mapper.cli.table import table
from mapper.coverage.accounting import Accounting
from mapper.coverage.loss import loss
from mapper.coverage.text import loss_text
from mapper.driver.session import Session, open_session
from mapper.trace import Trace
from runtime.translate import Result

HELP = """A tour: one message to FHIR and back.

Compiles the standard mappings, turns the ADT^A04 of an eClinicalWorks practice
into a FHIR Bundle with the overlay of its site (ecw_seed), shows where a few
elements came from and what is lost, and turns the Bundle back into HL7 v2.
"""
SITE = "ecw_seed"
MESSAGE = "sites/ecw_seed/a04_register.hl7"
TRACED = (
    "Patient.identifier[0].value",
    "Patient.name[0].family",
    "Patient.birthDate",
    "Encounter.class.code",
    "Coverage.subscriberId",
)
COMPARED = ("PID", "PV1", "IN1")


@click.command(help=HELP)
def command() -> None:
    """Show each step under a heading."""
    start = perf_counter()
    session = open_session("hl7v2_fhir.adt", SITE)
    translator = session.translator(tracing=True)
    verb = "compiled" if session.compiled is not None else "found compiled"
    click.echo(f"{len(session.manifest['sources'])} modules {verb} in {perf_counter() - start:.1f} s")

    message = (standard_mappings() / MESSAGE).read_bytes()
    _heading("The message, as the practice sends it")
    _show(message)
    there = translator.forward(message)
    _heading(f"As a FHIR Bundle (site {SITE})")
    for entry in there.output["entry"]:
        click.echo(resource_text(entry["resource"], there.output))
    _heading("Where it came from (mapper trace)")
    _trace(there)
    _heading("What is lost (mapper coverage)")
    _loss(session, there)
    _heading("And back, as HL7 v2")
    back = translator.back(there.data)
    _show(back.data)
    same = [name for name in COMPARED if _segment(message, name) == _segment(back.data, name)]
    click.echo(f"\nthe same as sent: {', '.join(same) or 'none'} (of {', '.join(COMPARED)})")


def _trace(result: Result) -> None:
    trace = Trace(result)
    rows = [
        (row.path, str(row.value), ", ".join(row.sources), ", ".join(row.lines))
        for path in TRACED
        for row in trace.of_output(path)
    ]
    click.echo(table(("element", "value", "from", "by the line"), rows), nl=False)


def _loss(session: Session, result: Result) -> None:
    account = loss(result, Accounting(session.release))
    findings = [*result.findings, *account.findings()]
    click.echo(loss_text(account, findings), nl=False)


def _heading(text: str) -> None:
    click.echo("\n" + click.style(f"-- {text} ".ljust(80, "-"), bold=True))


def _show(message: bytes) -> None:
    for segment in message.decode("utf-8").strip().splitlines():
        click.echo("\n     ".join(_cut(segment)))


def _cut(segment: str, width: int = 75) -> list[str]:
    """A segment in pieces that fit a terminal, cut between fields where that is possible."""
    pieces = []
    while len(segment) > width:
        at = segment.rfind("|", 1, width) + 1 or width
        pieces.append(segment[:at])
        segment = segment[at:]
    return [*pieces, segment]


def _segment(message: bytes, name: str) -> bytes:
    return next((each for each in message.split(b"\r") if each.startswith(name.encode() + b"|")), b"")
