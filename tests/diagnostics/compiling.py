"""Checks small programs that are given as text, the way `mapper check` checks files."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import chdir
from pathlib import Path

from mapper.assets import standard_mappings
from mapper.check.program import check
from mapper.diagnostics import Diagnostic
from mapper.resolve.modules import Library, load_modules
from mapper.resolve.program import resolve
from mapper.source import SourceFile


def check_texts(files: Mapping[str, str], folder: Path) -> tuple[list[Diagnostic], Mapping[str, SourceFile]]:
    """The diagnostics of the first file and what it imports. The files are put into `folder`."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    first = Path(next(iter(files)))
    with chdir(folder):
        library = Library((folder, standard_mappings()))
        modules, sources, diagnostics = load_modules([folder / first], library, lambda path: path.name)
        program, names = resolve(modules, sources, overlays=[first.stem])
        _, meaning = check(program)
    return list(dict.fromkeys([*diagnostics, *names, *meaning])), sources
