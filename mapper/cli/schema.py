"""`mapper schema FORMAT [PATH]`."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click

from mapper.cli.schema_text import as_json, as_text, not_found, overview
from mapper.schema import SchemaError, load
from mapper.schema.describe import NotFound, describe
from mapper.settings import SettingsError, settings_for

HELP = """Browse a format: what stands at a path, its type, how often, its codes.

FORMAT is hl7v2, fhir or x12. PATH begins with a type: a segment, a message,
a datatype, a resource, a transaction set or a loop. Without PATH, the types
are listed.

\b
Examples:
  mapper schema hl7v2 PID-11
  mapper schema hl7v2 ADT_A01.INSURANCE --version 2.3
  mapper schema fhir Patient.name
  mapper schema fhir Observation.value --profile us-core
  mapper schema x12 2010AA/NM109
  mapper schema x12 835/2100
"""
EPILOG = """\b
Exit codes: 0 found; 2 there is no such format, version or path.
"""
_POSITION = re.compile(r"\[[^\]]*\]")  # makes no difference to what stands there
_DEFAULT_VERSIONS = {"hl7v2": "2.5.1"}


@click.command(help=HELP, epilog=EPILOG)
@click.argument("format", metavar="FORMAT")
@click.argument("path", required=False)
@click.option("--version", "version", help="The version; hl7v2 2.5.1, fhir R4 and all X12 guides without it.")
@click.option("--profile", help="Profiles to lay over the format: us-core.")
@click.option("--codes", "all_codes", is_flag=True, help="List every code of a binding, however many.")
@click.option("--json", "json_wanted", is_flag=True, help="Write one JSON object.")
def command(
    format: str,
    path: str | None,
    version: str | None,
    profile: str | None,
    all_codes: bool,
    json_wanted: bool,
) -> None:
    """Describe what stands at the path."""
    try:
        maps = settings_for(Path.cwd()).x12_maps if format == "x12" else ()
        schema = load(format, _versions(format, version), profile, maps)
    except (SchemaError, SettingsError) as error:
        raise click.UsageError(str(error)) from error
    if path is None:
        names = sorted(schema.type_names())
        click.echo(json.dumps(names, indent=2) if json_wanted else overview(schema, names), nl=json_wanted)
        return
    found = describe(schema, _POSITION.sub("", path.strip()))
    if isinstance(found, NotFound):
        raise click.UsageError(not_found(found, format))
    click.echo(as_json(found) if json_wanted else as_text(found, all_codes), nl=False)


def _versions(format: str, version: str | None) -> list[str]:
    wanted = version or _DEFAULT_VERSIONS.get(format)
    return [wanted] if wanted else []
