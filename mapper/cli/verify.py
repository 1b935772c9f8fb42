"""`mapper verify MAPPING...`."""

from __future__ import annotations

import json
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mapper.driver.session import Uncompilable, UnknownName, find_wanted, project_modules, project_settings
from mapper.registry import REGISTRY

if TYPE_CHECKING:
    from mapper.driver.compile import Compiled
    from mapper.settings import Settings
    from mapper.verify.verifier import Counterexample, Verified

HELP = """Test the laws of mappings on inputs that are made from the schemas and the mapping.

MAPPING is a module, a mapping, a folder of modules or a .map file; without it, all
modules of the project. From both sides: no input raises; the output is valid; what a
two-way line carries comes back; a second trip changes nothing; a second run gives the
same bytes. The smallest input that breaks a law is shown. The inputs are generated,
so the values that are shown are nobody's.

\b
Examples:
  mapper verify hl7v2_fhir.datatypes
  mapper verify mappings/mine.map --examples 1000
  mapper verify hl7v2_fhir.adt --save counterexamples
"""
EPILOG = """\b
Exit codes: 0 all laws hold on what was tried; 1 one is broken, or the
mappings have errors; 2 the call is wrong.
"""

LAW_BROKEN = REGISTRY["E803"]


@click.command(help=HELP, epilog=EPILOG)
@click.argument("mappings", metavar="MAPPING...", nargs=-1)
@click.option(
    "--examples", default=100, show_default=True, type=click.IntRange(1), help="Inputs for each side."
)
@click.option("--seed", type=int, help="Another choice of inputs; the same seed makes the same choice.")
@click.option(
    "--most", default=3, show_default=True, type=click.IntRange(1), help="Counterexamples for each side."
)
@click.option(
    "--save", type=click.Path(file_okay=False, path_type=Path), help="Write counterexamples to a folder."
)
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object.")
@click.pass_context
def command(
    context: click.Context,
    mappings: tuple[str, ...],
    examples: int,
    seed: int | None,
    most: int,
    save: Path | None,
    as_json: bool,
) -> None:
    """Verify, and report each mapping as it is done."""
    if find_spec("hypothesis") is None or find_spec("fhir") is None:
        raise click.UsageError("mapper verify needs more packages: pip install 'mapper[verify]'")
    from mapper.verify.verifier import Options, Verifier, mappings_of

    settings = project_settings(wanted=mappings[0] if mappings else "")
    compiled, names = _compiled(settings, mappings)
    results: list[Verified] = []
    with tempfile.TemporaryDirectory(prefix="mapper-verify-") as scratch:
        verifier = Verifier(compiled, Path(scratch) / "release")
        for mapping in mappings_of(compiled, names):
            verified = verifier.verify(mapping, Options(examples, seed, most))
            results.append(verified)
            if not as_json:
                click.echo(_text(verified), nl=False)
    if save is not None:
        _save(results, save)
    failed = sum(bool(each.found) for each in results)
    click.echo(
        json.dumps(_json(results)) if as_json else f"{len(results) - failed} of {len(results)} mappings hold"
    )
    context.exit(1 if failed else 0)


def _compiled(settings: Settings, wanted: tuple[str, ...]) -> tuple[Compiled, list[str]]:
    """What was asked for, compiled, and the names of the modules and mappings to verify."""
    from mapper.driver.compile import compile_project
    from mapper.resolve import Library

    library = Library(settings.roots, settings.x12_maps)
    files: dict[Path, None] = {}
    names: list[str] = []
    for each in wanted or tuple(library.name_of(path) for path in project_modules(settings)):
        folder = library.folder_files(each) if not each.endswith(".map") else {}
        if folder:
            files.update(dict.fromkeys(folder.values()))
            names.append(each)
            continue
        found = find_wanted(settings, each)
        files.update(dict.fromkeys(found.files))
        names.append(f"{found.module}.{found.mapping}" if found.mapping else found.module)
    if not files:
        raise UnknownName("the project has no .map files")
    compiled = compile_project(list(files), library, (), settings.functions)
    if compiled.failed:
        raise Uncompilable(compiled)
    return compiled, names


def _text(verified: Verified) -> str:
    if verified.skipped:
        return f"skip  {verified.mapping}: {verified.skipped}\n"
    if not verified.found:
        return f"ok    {verified.mapping}\n"
    return "".join(_counterexample(each, number) for number, each in enumerate(verified.found, 1))


def _counterexample(found: Counterexample, number: int) -> str:
    paths = ", ".join(found.paths[:6]) + (" ..." if len(found.paths) > 6 else "")
    left = found.format
    way = f"{left} -> FHIR -> {left}" if found.side == "left" else f"FHIR -> {left} -> FHIR"
    lines = [
        f"error[{LAW_BROKEN.heading}]: {found.mapping}: {found.law}: {paths}",
        f"      {found.text} ({way})",
        *_block("given", found.given),
        *_block("result", found.result),
        f"      {_example(found, number)}",
    ]
    return "".join(f"{line}\n" for line in lines)


def _block(title: str, data: bytes) -> list[str]:
    text = data.decode("utf-8", "replace").replace("\r", "\n").strip("\n")
    return [f"      {title}:", *(f"        {line}" for line in text.split("\n"))]


def _files(found: Counterexample, number: int) -> tuple[str, str]:
    name = f"{found.mapping.rsplit('.', 1)[-1]}_{found.law}_{found.side}_{number}"
    return f"{name}.{found.suffix}", f"{name}.json"


def _example(found: Counterexample, number: int) -> str:
    """The line that a message mapping's module may take over."""
    left, right = _files(found, number)
    return f'example "{left}" {"->" if found.side == "left" else "<-"} "{right}"'


def _save(results: list[Verified], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for verified in results:
        for number, found in enumerate(verified.found, 1):
            left, right = _files(found, number)
            v2, fhir = (found.given, found.result) if found.side == "left" else (found.result, found.given)
            (folder / left).write_bytes(v2)
            (folder / right).write_bytes(fhir)


def _json(results: list[Verified]) -> list[dict[str, Any]]:
    return [
        {
            "mapping": verified.mapping,
            "skipped": verified.skipped or None,
            "broken": [
                {
                    "law": found.law,
                    "side": found.side,
                    "paths": list(found.paths),
                    "text": found.text,
                    "given": found.given.decode("utf-8", "replace"),
                    "result": found.result.decode("utf-8", "replace"),
                }
                for found in verified.found
            ],
        }
        for verified in results
    ]
