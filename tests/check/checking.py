"""Checks a file the way `mapper check` does: parse, resolve, check."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mapper.assets import standard_mappings
from mapper.check import check
from mapper.diagnostics import Diagnostic
from mapper.resolve import Library, load_modules, resolve
from mapper.source import SourceFile

CASES = Path(__file__).parent / "golden"


def check_file(path: Path) -> tuple[list[Diagnostic], Mapping[str, SourceFile]]:
    """What is told about a case (not about the standard mappings that it imports), with the sources by shown path."""
    library = Library((CASES / "modules", path.parent, standard_mappings()))
    found, sources = check_files([path], library, overlay=path.stem)
    inside = [each for each in found if each.span is None or CASES.name in Path(each.span.file).parts]
    return inside, sources


def check_files(
    paths: list[Path], library: Library, overlay: str | None = None
) -> tuple[list[Diagnostic], Mapping[str, SourceFile]]:
    """Everything that is told about some files and what they import."""
    modules, sources, syntax = load_modules(paths, library, _shown)
    program, names = resolve(modules, sources, [overlay] if overlay is not None else [])
    _, meaning = check(program)
    return list(dict.fromkeys([*syntax, *names, *meaning])), sources


def _shown(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
