"""`mapper fmt [--check] [FILES]`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mapper.cli.sources import map_sources
from mapper.diagnostics import Diagnostic, diagnostic
from mapper.driver.cache import shown_path
from mapper.driver.session import project_settings
from mapper.source import SourceFile, Span, read_source
from mapper.syntax.parser import parse
from mapper.syntax.printer import format_source

HELP = """Format .map files: one layout for everyone; comments stay, meaning never changes.

Without FILES, all modules of the project are formatted; - formats standard
input to standard output. A file with syntax errors is left as it is.

\b
Examples:
  mapper fmt
  mapper fmt --check mappings/
  mapper fmt - < pid.map
"""
EPILOG = """\b
Exit codes: 0 done (with --check: nothing to do); 1 a file cannot be read as
.map (with --check: a file is not formatted); 2 the call is wrong.
"""


@click.command(help=HELP, epilog=EPILOG)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--check", is_flag=True, help="Change nothing; name the files that are not formatted.")
@click.pass_context
def command(context: click.Context, files: tuple[Path, ...], check: bool) -> None:
    """Format in place."""
    if files == (Path("-"),):
        source = SourceFile("<stdin>", sys.stdin.buffer.read().decode("utf-8-sig", "replace"))
        click.echo(format_source(source), nl=False)
        context.exit(_tell(parse(source)[1], {source.path: source}))
    settings = project_settings(wanted=str(files[0]) if files else "")
    problems: list[Diagnostic] = []
    sources: dict[str, SourceFile] = {}
    changed = 0
    for path in map_sources(files, settings):
        found, changes = _format(path, sources, check)
        problems += found
        changed += changes
    verb = "would be changed" if check else "changed"
    click.echo(f"{changed} of {len(sources)} files {verb}", err=True)
    context.exit(_tell(problems, sources) or int(check and changed > 0))


def _format(path: Path, sources: dict[str, SourceFile], check: bool) -> tuple[list[Diagnostic], bool]:
    """Format one file; what is wrong with its syntax, and whether its text is another one now."""
    shown = shown_path(path)
    try:
        source = sources[shown] = read_source(path, shown)
    except UnicodeDecodeError as error:
        message = f"{shown} is not UTF-8: byte {error.start} cannot be read"
        return [diagnostic("E100", message, Span(shown, 0, 0), help="save the file as UTF-8")], False
    problems = parse(source)[1]
    text = format_source(source)
    if problems or text == source.text:
        return problems, False
    click.echo(shown, err=True)
    if not check:
        path.write_text(text, encoding="utf-8", newline="")
    return [], True


def _tell(problems: list[Diagnostic], sources: dict[str, SourceFile]) -> int:
    if not problems:
        return 0
    from mapper.render import write

    write(problems, sources, sys.stderr)
    return 1
