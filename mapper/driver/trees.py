"""Syntax trees of files that were read before, found again by their text: only what has changed is parsed.

Trees of files without mistakes are kept, and no others: what is told about a broken file is always found anew.
"""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mapper.assets import standard_trees
from mapper.diagnostics import Diagnostic
from mapper.driver.cache import cache_folder
from mapper.source import SourceFile
from mapper.syntax.compact import fingerprint, pack, unpack
from mapper.syntax.tree import Module

_KEPT = 4000  # trees, some 40 MB at the size of the standard modules; the longest unused go first
_DAY = 86_400.0  # seconds; how exactly it is known when a tree was last used


@dataclass(slots=True)
class Trees:
    """A store of trees in a folder; `shipped` is searched first and never written. `written` counts new trees."""

    folder: Path
    shipped: Path | None = None
    written: int = 0

    def parse(self, source: SourceFile) -> tuple[Module, list[Diagnostic]]:
        """What `mapper.syntax.parser.parse` gives for the file."""
        name = f"{_key(source.text)}.json"
        kept = self._kept(name, source)
        if kept is not None:
            return kept, []
        from mapper.syntax.parser import parse

        module, diagnostics = parse(source)
        if not diagnostics:
            self._keep(name, module)
        return module, diagnostics

    def _kept(self, name: str, source: SourceFile) -> Module | None:
        for folder in (self.shipped, self.folder):
            if folder is None:
                continue
            try:
                path = folder / name
                module = unpack(path.read_bytes(), source.path, len(source.text))
                if folder is self.folder and time.time() - path.stat().st_mtime > _DAY:
                    os.utime(path)
            except (OSError, ValueError):
                continue
            return module
        return None

    def _keep(self, name: str, module: Module) -> None:
        """In one rename: a reader sees a whole tree or none. A folder that cannot be written keeps nothing."""
        scratch = self.folder / f".{name}.{os.getpid()}"
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            scratch.write_bytes(pack(module))
            scratch.replace(self.folder / name)
            self.written += 1
        except (OSError, ValueError):
            scratch.unlink(missing_ok=True)

    def prune(self) -> None:
        """Remove the longest unused beyond those that are kept."""
        if self.written:
            keep_newest(self.folder, _KEPT)


def keep_newest(folder: Path, most: int) -> None:
    """Remove files of a folder beyond so many, the longest unchanged first."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            try:
                found.append((entry.stat().st_mtime, entry.path))
            except OSError:  # another process has just removed it
                continue
    for _, path in sorted(found, reverse=True)[most:]:
        Path(path).unlink(missing_ok=True)


@cache
def _salt() -> bytes:
    return fingerprint().encode()


def _key(text: str) -> str:
    return hashlib.sha256(_salt() + text.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def stored_trees() -> Trees:
    """The trees that ship with an installation, and those in the folder for what can be made again."""
    return Trees(cache_folder() / "trees", standard_trees())


def write_trees(texts: list[str], folder: Path) -> None:
    """Write the trees of some texts without mistakes, as they ship with an installation."""
    store = Trees(folder)
    for text in texts:
        store.parse(SourceFile("", text))
