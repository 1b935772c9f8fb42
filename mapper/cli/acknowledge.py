"""`mapper acknowledge FILE...`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mapper.cli.inputs import Input, expand, opened
from mapper.cli.options import at_option, control_numbers, numbers_option
from mapper.driver.session import project_settings
from mapper.render.findings import render
from mapper.settings import Settings
from runtime.errors import DecodeError, Finding

if TYPE_CHECKING:
    from runtime.codecs.x12 import SetTable
    from runtime.x12.acknowledge import Answer, Interchange
    from runtime.x12.acknowledge.collect import Check

HELP = """Answer X12 files with TA1, 999 and 277CA.

`auto` gives what is due: a TA1 where the sender asks for one (ISA14) or the
envelope is wrong, a 999 for each group, a 277CA for the claims that the 999
accepts. A fault inside a claim rejects that claim and no other; --strict
rejects the whole transaction, as many receivers do.

Answers go to standard output, or each to a file of its own in the folder of
--out. Control numbers come from --numbers or from `x12.control_numbers` in
mapper.toml, so that no number is given twice.

\b
Examples:
  mapper acknowledge claims.837 --numbers control.sqlite > answers.x12
  mapper acknowledge claims.837 --kind 277ca --at 2025-02-11T08:30
  mapper acknowledge 'inbox/*.837' --out outbox --strict
"""
EPILOG = """\b
Exit codes: 0 everything was accepted; 1 something was rejected, or a file
cannot be read; 2 the call is wrong (a missing file).
"""


@click.command(help=HELP, epilog=EPILOG)
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option(
    "--kind", type=click.Choice(["auto", "ta1", "999", "277ca"]), default="auto", help="Which answers."
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="A folder for one file an answer."
)
@at_option
@numbers_option
@click.option("--strict", is_flag=True, help="One error rejects its whole transaction.")
@click.option(
    "--copies", is_flag=True, help="Repeat bad values in the 999 (IK404). They may be patient data."
)
@click.option(
    "--snip",
    type=click.IntRange(0, 5),
    default=5,
    help="Check up to this SNIP type; 0 checks the envelope only.",
)
@click.option(
    "--codes",
    "folders",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="A folder with code lists, as for `mapper validate`.",
)
@click.option("-q", "--quiet", is_flag=True, help="Tell nothing; the exit code does.")
@click.pass_context
def command(
    context: click.Context,
    inputs: Sequence[str],
    kind: str,
    out: Path | None,
    at: datetime | None,
    numbers: Path | None,
    strict: bool,
    copies: bool,
    snip: int,
    folders: Sequence[Path],
    quiet: bool,
) -> None:
    """Write the answers to all inputs."""
    from mapper.schema.x12_extra import tables
    from runtime.x12.acknowledge import KINDS, Policy, answers

    settings = project_settings()
    sets = tables(settings.x12_maps)
    check = _check(settings, sets, folders, snip, copies) if snip else None
    told = _Teller(quiet)
    wanted = KINDS if kind == "auto" else tuple(each for each in KINDS if each == kind)
    policy = Policy(strict=strict, copies=copies, always=kind == "ta1")
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
    sequence = control_numbers(numbers, settings, told.text)
    moment = at or datetime.now().astimezone().replace(tzinfo=None)
    for each in expand(inputs, "x12"):
        for interchange in _received(each, settings, sets, check, told):
            told.verdicts(each.name, interchange, strict)
            for answer in answers(interchange, sets, sequence, moment, wanted, policy):
                told.findings(each.name, answer.findings)
                _write(answer, each, out, told.next())
    context.exit(1 if told.rejected else 0)


class _Teller:
    """Tells verdicts and findings on standard error, and knows whether anything was rejected."""

    def __init__(self, quiet: bool) -> None:
        self.rejected = False
        self._number = 0
        self._write: Callable[[str], object] = (lambda _: None) if quiet else sys.stderr.write

    def next(self) -> int:
        self._number += 1
        return self._number

    def text(self, text: str) -> None:
        self._write(text)

    def line(self, text: str) -> None:
        self._write(text + "\n")

    def findings(self, name: str, findings: Sequence[Finding]) -> None:
        if findings:
            self._write(render(findings, name))

    def verdicts(self, name: str, interchange: Interchange, strict: bool) -> None:
        """A line for each transaction, and for an envelope that is not accepted as it is."""
        from runtime.x12.acknowledge.verdict import of_interchange, of_transaction

        words = {"A": "accepted", "E": "accepted with errors", "R": "rejected"}
        whole = of_interchange(interchange)
        self.rejected = self.rejected or whole.code == "R"
        if whole.code != "A":
            self.line(f"{name}: interchange {words[whole.code]} (TA105 {whole.codes[0]})")
        for group in interchange.groups:
            for each in group.transactions:
                verdict = of_transaction(each, strict)
                bad = sum(claim.rejected for claim in each.claims)
                claims = (
                    f", {bad} of {len(each.claims)} claims rejected"
                    if each.claims and verdict.code != "R"
                    else ""
                )
                self.rejected = self.rejected or verdict.code == "R" or bad > 0
                control = each.control if each.control.isalnum() and len(each.control) <= 9 else "?"
                self.line(f"{name}: ST {control} {words[verdict.code]}{claims}")


def _check(
    settings: Settings, sets: Mapping[str, SetTable], folders: Sequence[Path], snip: int, copies: bool
) -> Check:
    from mapper.cli.validate import code_lists
    from mapper.schema.x12_data import envelope
    from runtime.x12.acknowledge.validation import checked_by
    from runtime.x12.validate import Validation

    lists = code_lists([*settings.x12_codes, *folders])
    return checked_by(Validation(sets, lists, envelope(), snip, copies))


def _received(
    each: Input, settings: Settings, sets: Mapping[str, SetTable], check: Check | None, told: _Teller
) -> Iterator[Interchange]:
    from runtime.codecs.x12 import read
    from runtime.x12.acknowledge import collect

    with opened(each) as stream:
        try:
            yield from collect(read(stream, sets, settings.limits), check)
        except DecodeError as error:
            told.rejected = True
            told.findings(each.name, [error.finding])


def _write(answer: Answer, each: Input, out: Path | None, number: int) -> None:
    if out is None:
        sys.stdout.buffer.write(answer.data)
        sys.stdout.buffer.flush()
        return
    stem = each.path.stem if each.path is not None else "stdin"
    (out / f"{stem}.{number}.{answer.kind}").write_bytes(answer.data)
