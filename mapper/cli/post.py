"""`mapper post FILE...`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence

import click

from mapper.cli.inputs import Input, expand, opened
from mapper.cli.posting_text import as_json as posting_json
from mapper.cli.posting_text import as_text
from mapper.driver.session import project_settings
from mapper.render.findings import finding_json, render
from runtime.codecs.x12 import Event, read
from runtime.errors import DecodeError, Finding
from runtime.x12.posting import Closing, Posting, postings

KEY = "MAPPER_ACCOUNT_KEY"

HELP = f"""Show what an 835 asks to be posted: payment, claims, adjustments.

Adjustments are added up by group and reason. Denials, patient responsibility
and provider adjustments are told apart; a reversal names the claim that it
takes back and is never netted. What does not balance is refused, and the
difference is shown. A claim is provisional until its payment's last line.

Bank accounts show their last characters only. With a key in the environment
variable {KEY}, each gets a digest by which the same account can be known again.

\b
Examples:
  mapper post remittance.835
  mapper post remittance.835 --lines
  mapper post 'inbox/*.835' --json > postings.ndjson
"""
EPILOG = """\b
Exit codes: 0 everything may be posted; 1 something is refused, or a file
cannot be read; 2 the call is wrong (a missing file).
"""


@click.command(help=HELP, epilog=EPILOG)
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("--lines", is_flag=True, help="Show the service lines of each claim.")
@click.option(
    "--json", "json_wanted", is_flag=True, help="One JSON line for each payment, claim and closing."
)
@click.pass_context
def command(context: click.Context, inputs: Sequence[str], lines: bool, json_wanted: bool) -> None:
    """Write the postings of all inputs."""
    refused = False
    for each in expand(inputs, "x12"):
        for found in _postings(each):
            if isinstance(found, Finding):
                refused = refused or found.level == "error"
                told = json.dumps({"input": each.name} | finding_json(found)) + "\n"
                sys.stderr.write(told if json_wanted else render([found], each.name))
                continue
            refused = refused or (isinstance(found, Closing) and not found.postable)
            if json_wanted:
                click.echo(json.dumps({"input": each.name} | posting_json(found), ensure_ascii=False))
            else:
                click.echo("\n".join(as_text(found, lines)))
    context.exit(1 if refused else 0)


def _postings(each: Input) -> Iterator[Posting | Finding]:
    """The postings of one input, and the findings of its reading."""
    from mapper.schema.x12_extra import tables

    settings = project_settings()
    key = os.environ.get(KEY, "").encode()
    waiting: list[Finding] = []
    closings = 0

    def noted(events: Iterator[Event]) -> Iterator[Event]:
        for event in events:
            waiting.extend(event.findings)
            yield event

    with opened(each) as stream:
        events = noted(read(stream, tables(settings.x12_maps), settings.limits))
        try:
            for found in postings(events, key):
                yield from waiting
                waiting.clear()
                closings += isinstance(found, Closing)
                yield found
        except DecodeError as error:
            waiting.append(error.finding)
            closings = -1
    yield from waiting
    if not closings:
        yield Finding("R507", "error", "the file holds no 835", "input")
