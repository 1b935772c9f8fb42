"""Syntax trees of files that were read before, found again by their text: only what has changed is parsed.

Trees of files without mistakes are kept, and no others: what is told about a broken file is always found anew.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mapper.assets import standard_trees
from mapper.diagnostics import Diagnostic
from mapper.driver.cache import cache_folder
from mapper.driver.store import Store
from mapper.source import SourceFile
from mapper.syntax.compact import fingerprint, pack, unpack
from mapper.syntax.tree import Module

_KEPT = 4000  # trees, some 40 MB at the size of the standard modules


@dataclass(frozen=True, slots=True)
class Trees:
    """Trees in a store, by the text that they were parsed from."""

    store: Store

    def parse(self, source: SourceFile) -> tuple[Module, list[Diagnostic]]:
        """What `mapper.syntax.parser.parse` gives for the file."""
        name = f"{_key(source.text)}.json"
        kept = self._kept(name, source)
        if kept is not None:
            return kept, []
        from mapper.syntax.parser import parse

        module, diagnostics = parse(source)
        if not diagnostics:
            with suppress(ValueError):  # a tree that has no compact form is parsed again
                self.store.write(name, pack(module))
        return module, diagnostics

    def _kept(self, name: str, source: SourceFile) -> Module | None:
        entry = self.store.read(name)
        try:
            return None if entry is None else unpack(entry, source.path, len(source.text))
        except ValueError:
            return None


@cache
def _salt() -> bytes:
    return fingerprint().encode()


def _key(text: str) -> str:
    return hashlib.sha256(_salt() + text.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def stored_trees() -> Trees:
    """The trees that ship with an installation, and those in the folder for what can be made again."""
    return Trees(Store(cache_folder() / "trees", _KEPT, standard_trees()))


def write_trees(texts: list[str], folder: Path) -> None:
    """Write the trees of some texts without mistakes, as they ship with an installation."""
    trees = Trees(Store(folder, _KEPT))
    for text in texts:
        trees.parse(SourceFile("", text))
