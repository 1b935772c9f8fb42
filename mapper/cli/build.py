"""`mapper build [MAPPING...]`."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import click

from mapper.cli.options import site_option
from mapper.cli.table import paragraph, table
from mapper.driver.session import AUTO, Session, open_session
from runtime.release import MANIFEST

HELP = """Compile mappings to a release: a folder that the runtime takes without a compiler.

Without MAPPING, all modules of the project and all standard ones are compiled;
else the one module or .map file, with what it imports. The release is put in
place in one step, and only if there are no errors.

\b
Examples:
  mapper build
  mapper build --site ecw_seed -o build/ecw_seed
  mapper build mappings/mine.map --json
"""
EPILOG = """\b
Exit codes: 0 built, or nothing has changed; 1 the mappings have errors; 2 the
call is wrong.
"""
DEFAULT_FOLDER = Path("build/release")


@click.command(help=HELP, epilog=EPILOG)
@click.argument("mapping", default=AUTO)
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT_FOLDER,
    show_default=True,
    help="The folder of the release.",
)
@site_option
@click.option("--force", is_flag=True, help="Compile, even if nothing has changed.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object.")
def command(mapping: str, output: Path, site: str | None, force: bool, as_json: bool) -> None:
    """Build, and print what the release holds."""
    session = open_session(mapping, site, fresh=force)
    changed = _put(session.folder, output)
    click.echo(_json(session, output, changed) if as_json else _text(session, output, changed), nl=False)


def _put(made: Path, folder: Path) -> bool:
    """Copy a release to its place with one rename; `False` where the very same is there already."""
    manifest = folder / MANIFEST
    if manifest.is_file() and manifest.read_bytes() == (made / MANIFEST).read_bytes():
        return False
    if folder.exists() and not manifest.is_file() and any(folder.iterdir()):
        raise click.UsageError(f"{folder} is no release and is not empty; give another folder with -o")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".build-") as scratch:
        copy = shutil.copytree(made, Path(scratch) / "new", ignore=shutil.ignore_patterns("__pycache__"))
        if folder.exists():
            folder.replace(Path(scratch) / "old")
        copy.replace(folder)
    return True


def _rows(session: Session) -> list[tuple[str, str, str]]:
    """A row for each module with mappings: its name, its mappings, how many of them go both ways."""
    entries = session.manifest["mappings"]
    counts = Counter(entry["module"] for entry in entries)
    both = Counter(entry["module"] for entry in entries if entry["two_way"])
    return [(module, str(counts[module]), str(both[module])) for module in sorted(counts)]


def _text(session: Session, output: Path, changed: bool) -> str:
    rows = _rows(session)
    sources = session.manifest["sources"]
    messages = [entry for entry in session.manifest["mappings"] if entry["message"]]
    text = table(("module", "mappings", "both ways"), rows, right=(1, 2))
    others = len(sources) - len(rows)
    text += f"{len(rows)} modules with mappings, {others} with tables and functions\n"
    for entry in messages:
        text += paragraph(f"{entry['module']}.{entry['name']} takes {', '.join(sorted(entry['left'][1]))}")
    overlays = ", ".join(session.manifest["overlays"])
    text += f"overlays: {overlays}\n" if overlays else ""
    if session.compiled is not None:
        warnings = sum(each.severity == "warning" for each in session.compiled.diagnostics)
        text += f"{warnings} warnings; `mapper check` shows them\n" if warnings else ""
    return text + (f"built {output}\n" if changed else f"{output} is up to date\n")


def _json(session: Session, output: Path, changed: bool) -> str:
    manifest = session.manifest
    told: dict[str, Any] = {
        "folder": str(output),
        "changed": changed,
        "modules": sorted({entry["module"] for entry in manifest["mappings"]}),
        "mappings": manifest["mappings"],
        "overlays": manifest["overlays"],
        "sources": manifest["sources"],
    }
    return json.dumps(told, indent=2) + "\n"
