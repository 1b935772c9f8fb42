"""`mapper acknowledged FILE... --sent FILE`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mapper.cli.inputs import expand, opened
from mapper.cli.options import show_values_option
from mapper.cli.table import table
from mapper.driver.session import project_settings
from mapper.render.findings import finding_json, render
from mapper.render.layout import one_line
from runtime.errors import DecodeError, Finding

if TYPE_CHECKING:
    from runtime.codecs.limits import Limits
    from runtime.codecs.x12 import SetTable
    from runtime.x12.acknowledge.source_map import Origin, SourceMap
    from runtime.x12.acknowledge.tie import Because, Sent, Tied

HELP = """Read TA1, 999 and 277CA, beside what was sent.

Each verdict and each fault is told with the transaction, the claim and the
segment that it is about; with --source-map also with the path of the source
and the line of the mapping that made the element. Claims are named by their
place in what was sent; --show-values adds their numbers (CLM01).

\b
Examples:
  mapper acknowledged answer.999 --sent claims.837
  mapper acknowledged answer.277ca --sent claims.837 --source-map c.ndjson
  mapper acknowledged 'inbox/*' --sent 'sent/*.837' --rejected --json
"""
EPILOG = """\b
Exit codes: 0 nothing was rejected; 1 something was, or a file cannot be read;
2 the call is wrong (a missing file).
"""


@click.command(help=HELP, epilog=EPILOG)
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("--sent", multiple=True, metavar="FILE", help="What was sent; may be given several times.")
@click.option("--source-map", multiple=True, metavar="FILE", help="The source map of what was sent.")
@click.option("--rejected", is_flag=True, help="Tell only what was rejected or is at fault.")
@click.option("--json", "json_wanted", is_flag=True, help="One JSON line for each verdict and fault.")
@show_values_option
@click.pass_context
def command(
    context: click.Context,
    inputs: Sequence[str],
    sent: Sequence[str],
    source_map: Sequence[str],
    rejected: bool,
    json_wanted: bool,
    show_values: bool,
) -> None:
    """Tell what the acknowledgements say."""
    from mapper.schema.x12_extra import tables
    from runtime.x12.acknowledge import read_acknowledgement
    from runtime.x12.acknowledge.tie import Tied, tie

    settings = project_settings()
    sets = tables(settings.x12_maps)
    known, sources = _sent(sent, sets, settings.limits), _sources(source_map)
    failed = False
    for each in expand(inputs, "x12"):
        with opened(each) as stream:
            report = read_acknowledgement(stream, sets, settings.limits)
        found = (
            [*report.findings, *tie(report, known, sources)] if sent else [*report.findings, *_alone(report)]
        )
        findings = [one for one in found if isinstance(one, Finding)]
        verdicts = [one for one in found if isinstance(one, Tied)]
        failed = failed or any(one.rejected for one in verdicts) or any(f.level == "error" for f in findings)
        if rejected:
            verdicts = [one for one in verdicts if one.rejected or one.what == "fault"]
        if json_wanted:
            sys.stderr.writelines(json.dumps({"input": each.name} | finding_json(f)) + "\n" for f in findings)
            for one in verdicts:
                click.echo(json.dumps({"input": each.name} | _json(one, show_values), ensure_ascii=False))
        else:
            sys.stderr.write(render(findings, each.name))
            click.echo(_text(verdicts, show_values), nl=False)
    context.exit(1 if failed else 0)


def _sent(names: Sequence[str], sets: Mapping[str, SetTable], limits: Limits) -> Sent:
    from runtime.codecs.x12 import read
    from runtime.x12.acknowledge import collect
    from runtime.x12.acknowledge.tie import Sent

    sent = Sent()
    for each in expand(names, "x12") if names else ():
        with opened(each) as stream:
            try:
                for interchange in collect(read(stream, sets, limits), lines=True):
                    sent.add(interchange)
            except DecodeError as error:
                sys.stderr.write(render([error.finding], each.name))
    return sent


def _sources(names: Sequence[str]) -> SourceMap | None:
    from runtime.x12.acknowledge.source_map import SourceMap, load

    made = SourceMap() if names else None
    for name in names:
        try:
            with Path(name).open("rb") as stream:
                load(stream, made)
        except OSError as error:
            raise click.UsageError(f"{name}: {error.strerror}") from error
    if made is not None and made.findings:
        sys.stderr.write(render(made.findings))
    return made


def _alone(report: object) -> Iterator[Tied | Finding]:
    """The verdicts of a report without what was sent: nothing is tied, and nothing told about that."""
    from runtime.x12.acknowledge import Report
    from runtime.x12.acknowledge.tie import Sent, Tied, tie

    assert isinstance(report, Report)  # for the types
    return (each for each in tie(report, Sent()) if isinstance(each, Tied))


# -- showing -------------------------------------------------------------------------------------


def _json(one: Tied, values: bool) -> dict[str, object]:
    told: dict[str, object] = {
        "what": one.what,
        "code": one.code,
        "codes": list(one.codes),
        "rejected": one.rejected,
        "known": one.known,
        "interchange": one.key.interchange,
        "group": one.key.group,
        "transaction": one.key.transaction,
        "segment": one.ordinal,
        "element": one.reference,
        "statuses": [":".join(status) for status in one.statuses],
        "from": list(one.origin.paths),
        "lines": list(one.origin.lines),
        "because": [_because(each) for each in one.triggers],
    }
    told = {key: value for key, value in told.items() if value not in ("", 0, [])}
    return told | ({"claim": one.claim} if values and one.claim else {})


def _because(each: Because) -> dict[str, object]:
    told = {
        "segment": each.ordinal,
        "element": each.reference,
        "from": list(each.origin.paths),
        "lines": list(each.origin.lines),
    }
    return {key: value for key, value in told.items() if value not in ("", 0, [])}


def _text(verdicts: Sequence[Tied], values: bool) -> str:
    """A table of verdicts, and one of the sources of what they are about."""
    told = table(("what", "where", "verdict"), [_row(one, values) for one in verdicts])
    sources = [(one_line(_place(one)), one_line(_source(one.origin))) for one in verdicts if one.origin]
    sources += [
        (one_line(f"{_place(one)} because of {each.reference}"), one_line(_source(each.origin)))
        for one in verdicts
        for each in one.triggers
        if each.origin
    ]
    return told + ("\n" if sources else "") + table(("where", "comes from"), sources)


def _row(one: Tied, values: bool) -> tuple[str, str, str]:
    where = " ".join(part for part in (_place(one), one.claim if values else "") if part)
    codes = " ".join(":".join(status) for status in one.statuses) or " ".join((one.code, *one.codes))
    words = "; ".join(each for each in _words(one) if each)
    return one.what, one_line(where), one_line(f"{codes} {words}".strip())


def _source(origin: Origin) -> str:
    return " ".join((*origin.paths[:2], *(f"({line})" for line in origin.lines[:2])))


def _words(one: Tied) -> Iterator[str]:
    """What the codes mean: the verdict's, then those that explain it."""
    from runtime.x12.acknowledge.words import GROUP, INTERCHANGE, SET, meaning

    yield meaning(one.what, one.code, one.element)
    explained = {"interchange": INTERCHANGE, "group": GROUP, "transaction": SET}.get(one.what, {})
    yield from (explained.get(code, "") for code in one.codes)
    yield from (f"because of {each.reference} in segment {each.ordinal}" for each in one.triggers)


def _place(one: Tied) -> str:
    """`GS 1 ST 0001 segment 23 CLM05-3`."""
    key = one.key
    if one.what == "interchange":
        return f"ISA {key.interchange}"
    parts = [f"GS {key.group}" if key.group else "", f"ST {key.transaction}" if key.transaction else ""]
    if one.ordinal:
        parts.append(f"segment {one.ordinal} {one.reference}".rstrip())
    return " ".join(part for part in parts if part) or ("" if one.known else "not among what was sent")
