"""`mapper new NAME`."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import click

HELP = """Begin a project: a folder with settings, a site, a first mapping and an example.

The new project passes `mapper check` and `mapper test` as it stands.

\b
Examples:
  mapper new clinic
  cd clinic && mapper check && mapper test
"""
EPILOG = """\b
Exit codes: 0 made; 2 the folder is there already, or the name cannot be one.
"""
TEMPLATE = Path(__file__).parent / "template"
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
NEXT = """\
{files}
Next:
  cd {folder}
  mapper check                       find mistakes
  mapper test                        run the examples
  mapper run registration mappings/registration/admit.hl7
  mapper schema hl7v2 PID            what else there is to map
"""


@click.command(help=HELP, epilog=EPILOG)
@click.argument("name", type=click.Path(path_type=Path))
def command(name: Path) -> None:
    """Copy the template."""
    if not _NAME.fullmatch(name.name):
        raise click.UsageError(f"{str(name)!r} cannot be the name of a project; letters, digits, - and _ can")
    if name.exists() and (not name.is_dir() or any(name.iterdir())):
        raise click.UsageError(f"{name} exists and is not empty")
    shutil.copytree(TEMPLATE, name, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    (name / ".gitignore").write_text("build/\n", encoding="utf-8")
    made = sorted(path.relative_to(name.parent) for path in name.rglob("*") if path.is_file())
    files = "".join(f"  {path}\n" for path in made)
    click.echo(NEXT.format(files=files, folder=name), nl=False)
