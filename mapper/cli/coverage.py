"""`mapper coverage [MAPPING] [FILES|FOLDER...]`."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mapper.cli.options import show_values_option, site_option
from mapper.cli.table import table
from mapper.driver.session import AUTO, Uncompilable, find_wanted, open_session, project_settings

if TYPE_CHECKING:
    from mapper.coverage.feed import FeedCoverage, Lost
    from mapper.coverage.spec import Judged, SpecCoverage
    from mapper.coverage.static import Entry, StaticCoverage
    from mapper.driver.compile import Compiled

HELP = """Show what mappings leave out.

MAPPING is a module, a mapping or a .map file; `auto`, or nothing, is all message
mappings. Alone it lists what no line has, what goes one way only, what is ignored
on purpose, and what changes its form. With files or folders of messages it counts
what populated data was lost, by field. With --spec it compares the mapping with
the tables of the HL7 v2-to-FHIR guide: what is implemented, skipped with a
reason, and missing.

\b
Examples:
  mapper coverage hl7v2_fhir.adt
  mapper coverage hl7v2_fhir.adt inbox/ --show-values
  mapper coverage claims/ --json
  mapper coverage hl7v2_fhir.adt --spec data/v2-to-fhir --message ADT_A01
"""
EPILOG = """\b
Exit codes: 0 the report was made; 1 the mappings have errors, or no message
could be read; 2 the call is wrong.
"""
WIDTH = 80


@click.command(help=HELP, epilog=EPILOG)
@click.argument("mapping", default=AUTO)
@click.argument("inputs", nargs=-1, metavar="[FILES|FOLDER]...")
@click.option(
    "--spec",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of the guide's tables.",
)
@click.option(
    "--message", "structure", default="ADT_A01", show_default=True, help="The guide's message, for --spec."
)
@click.option("--all", "everything", is_flag=True, help="With --spec: list implemented rows, too.")
@site_option
@show_values_option
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object.")
@click.pass_context
def command(
    context: click.Context,
    mapping: str,
    inputs: tuple[str, ...],
    spec: Path | None,
    structure: str,
    everything: bool,
    site: str | None,
    show_values: bool,
    as_json: bool,
) -> None:
    """Exit codes as in the help."""
    if _is_input(mapping):
        mapping, inputs = AUTO, (mapping, *inputs)
    if inputs:
        feed = _feed(mapping, inputs, site, show_values)
        click.echo(json.dumps(feed.as_json()) if as_json else _feed_text(feed, show_values), nl=as_json)
        context.exit(0 if feed.messages else 1)
    compiled, names = _compiled(mapping, site)
    if spec is not None:
        report = _spec(compiled, names, spec, structure)
        click.echo(
            json.dumps(_spec_json(report)) if as_json else _spec_text(report, compiled, everything),
            nl=as_json,
        )
        return
    reports = [_static(compiled, name) for name in names]
    if as_json:
        click.echo(json.dumps([_static_json(report) for report in reports]))
    else:
        click.echo("\n".join(_static_text(report) for report in reports), nl=False)


def _is_input(first: str) -> bool:
    """Whether the first argument is no mapping but messages, `auto` left out; a module beside its folder goes first."""
    path = Path(first)
    if path.is_dir():
        return not path.with_suffix(".map").is_file()
    return path.is_file() and path.suffix != ".map"


def _compiled(wanted: str, site_name: str | None) -> tuple[Compiled, list[str]]:
    """The program, checked, with a site's overlays, and the qualified names of the wanted message mappings."""
    from mapper.driver.compile import compile_project
    from mapper.resolve import Library

    settings = project_settings(wanted=wanted)
    found = find_wanted(settings, wanted)
    overlays = settings.find_site(site_name).overlays
    library = Library(settings.roots, settings.x12_maps)
    compiled = compile_project(list(found.files), library, overlays, settings.functions)
    if compiled.failed:
        raise Uncompilable(compiled)
    names = [
        name
        for name, mapping in compiled.checked.mappings.items()
        if (not found.module or mapping.info.module == found.module)
        and (mapping.info.name == found.mapping if found.mapping else _is_message(compiled, name))
    ]
    if not names:
        raise click.UsageError(f"{wanted} has no mapping of a whole message; name a mapping")
    return compiled, names


def _is_message(compiled: Compiled, name: str) -> bool:
    mapping = compiled.checked.mappings[name]
    schema = compiled.program.scopes[mapping.info.module].schemas.get(mapping.left.format)
    info = schema.type(mapping.left.types[0]) if schema is not None else None
    return info is not None and info.kind == "message"


# -- static --------------------------------------------------------------------------------------


def _static(compiled: Compiled, name: str) -> StaticCoverage:
    from mapper.coverage.static import static_coverage

    mapping = compiled.checked.mappings[name]
    scope = compiled.program.scopes[mapping.info.module]
    schemas = {
        f: schema for f in (mapping.left.format, mapping.right.format) if (schema := scope.schemas.get(f))
    }
    return static_coverage(compiled.checked, mapping, schemas, compiled.sources, compiled.diagnostics)


def _static_text(report: StaticCoverage) -> str:
    parts = [f"{report.mapping}\n"]
    for title, entries in report.sections():
        parts.append(f"\n{title}: {len(entries)}\n")
        parts += [_entry(entry) for entry in entries]
    return "".join(parts)


def _entry(entry: Entry) -> str:
    import textwrap

    text = "  ".join(part for part in (entry.line, entry.element, entry.note) if part)
    return (
        textwrap.fill(text, WIDTH, initial_indent="  ", subsequent_indent="      ", break_on_hyphens=False)
        + "\n"
    )


def _static_json(report: StaticCoverage) -> dict[str, Any]:
    names = ("unmapped", "one_way", "ignored", "normalised", "unproven")
    return {
        "mapping": report.mapping,
        **{
            name: [{"element": e.element, "line": e.line, "note": e.note} for e in entries]
            for name, (_, entries) in zip(names, report.sections(), strict=True)
        },
    }


# -- a feed --------------------------------------------------------------------------------------


def _feed(wanted: str, inputs: tuple[str, ...], site: str | None, show_values: bool) -> FeedCoverage:
    from mapper.cli.feed import outcomes
    from mapper.cli.inputs import expand, kind_of, opened
    from mapper.cli.loss import Loss
    from mapper.coverage.feed import FeedCoverage

    translator = open_session(wanted, site).translator(tracing=True)
    loss, feed = Loss(translator, {}), FeedCoverage(show_values)
    for each in expand(inputs):
        with opened(each) as stream:
            for outcome in outcomes(translator, each, stream, kind_of(stream), {}):
                accounts = loss.of(outcome)
                if accounts is not None:
                    feed.add(accounts)
                if outcome.result is not None:
                    feed.messages += outcome.count
                else:
                    feed.failed += outcome.number > 0
    return feed


def _feed_text(feed: FeedCoverage, show_values: bool) -> str:
    counts = ", ".join(f"{number} {kind}" for kind, number in feed.counts.items())
    text = f"{feed.messages} messages ({feed.failed} more could not be translated)\n"
    text += f"{sum(feed.counts.values())} populated leaves: {counts}\n"
    for kind, title in (
        ("unmapped", "not mapped"),
        ("ignored", "ignored on purpose"),
        ("removed", "to be removed"),
    ):
        found = [(element, lost) for element, lost in feed.of(kind) if kind != "ignored" or _said(lost)]
        rows = [(element, str(lost.count), _why(lost, show_values)) for element, lost in found]
        if rows:
            text += f"\n{title}\n{table(('element', 'times', 'why'), rows, right=(1,))}"
    return text + _structure(feed)


def _said(lost: Lost) -> bool:
    """Whether an `ignore` line says that an element is left out."""
    return bool(lost.line) and lost.how == "ignore"


def _structure(feed: FeedCoverage) -> str:
    """What no line is needed for, by its reason: counters, the envelope, codes without an alternative."""
    counts: Counter[str] = Counter()
    elements: Counter[str] = Counter()
    for _, lost in feed.of("ignored"):
        if not _said(lost):
            counts[lost.reason] += lost.count
            elements[lost.reason] += 1
    rows = [(str(elements[reason]), str(count), reason) for reason, count in counts.most_common()]
    head = ("elements", "times", "why")
    return f"\nneeds no line\n{table(head, rows, right=(0, 1))}" if rows else ""


def _why(lost: Lost, show_values: bool) -> str:
    values = " | ".join(lost.values) if show_values else ""
    return "; ".join(part for part in (lost.reason, lost.line, values) if part)


# -- the guide -----------------------------------------------------------------------------------


def _spec(compiled: Compiled, names: list[str], folder: Path, structure: str) -> SpecCoverage:
    from mapper.coverage.spec import spec_coverage
    from mapper.coverage.witness import witness_of

    mapping = next(
        (m for name in names if structure in (m := compiled.checked.mappings[name]).left.types),
        compiled.checked.mappings[names[0]],
    )
    try:
        witness = witness_of(compiled, mapping, structure)
        return spec_coverage(folder, structure, compiled.checked, mapping, witness)
    except (OSError, KeyError) as error:
        raise click.UsageError(f"{folder} does not hold the tables of the guide") from error


def _spec_text(report: SpecCoverage, compiled: Compiled, everything: bool) -> str:
    from mapper.coverage.spec import KINDS

    rows = []
    for kind in KINDS:
        counts = report.counts(kind)
        numbers = [str(counts[each]) for each in ("rows", "implemented", "shown", "skipped", "missing")]
        rows.append((kind, *numbers, f"{report.share(kind):.1%}"))
    head = ("table", "rows", "implemented", "shown", "skipped", "missing", "share")
    counted = table(head, rows, right=(1, 2, 3, 4, 5, 6))
    text = f"{report.message}: distinct rows with a target that it reaches\n{counted}"
    text += "shown: seen at work in runs on made messages; the others by the lines alone\n"
    states = ("missing", "skipped", *(("implemented",) if everything else ()))
    unseen = [each for each in report.judged if each.state == "implemented" and not each.shown]
    if unseen:
        text += "\nimplemented, but not seen at work\n" + "".join(_judged(each, compiled) for each in unseen)
    for state in states:
        found = [each for each in report.judged if each.state == state]
        if found:
            text += f"\n{state}\n" + "".join(_judged(each, compiled) for each in found)
    return text


def _judged(each: Judged, compiled: Compiled) -> str:
    import textwrap

    from mapper.claims.data import line_of

    note = line_of(each.by.span, compiled.sources) if each.by is not None else each.reason
    text = f"{each.kind} {_row(each)}" + (f": {note}" if note else "")
    return (
        textwrap.fill(text, WIDTH, initial_indent="  ", subsequent_indent="      ", break_on_hyphens=False)
        + "\n"
    )


def _row(each: Judged) -> str:
    from mapper.spec import CodePair, MessageRow

    row = each.rows[0]
    match row:
        case MessageRow():
            return f"{row.source} -> {row.target} ({row.segment_map})"
        case CodePair():
            return f"{row.map} {row.code} -> {row.target_code}"
        case _:
            return f"{row.map} {row.source} -> {row.target}" + (
                f" = {row.assignment}" if row.assignment else ""
            )


def _spec_json(report: SpecCoverage) -> dict[str, Any]:
    from mapper.coverage.spec import KINDS

    return {
        "message": report.message,
        "counts": {kind: {**report.counts(kind), "share": round(report.share(kind), 4)} for kind in KINDS},
        "rows": [
            {
                "kind": each.kind,
                "row": _row(each),
                "state": each.state,
                "shown": each.shown,
                "reason": each.reason,
            }
            for each in report.judged
        ],
    }
