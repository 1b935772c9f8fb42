"""Module texts that were made before, found again by all that decides them: a build makes what a change reaches.

What decides a text: the compiler, the project's X12 guides, the module's file and those of all that it imports with
their tables and functions, the overlays that change any of these, and which of the module's own mappings fill nodes
that other lines fill too (`Unit.is_shared`), the one thing that a text takes from the modules which use it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import orjson

from mapper.driver.cache import LIBRARY, cache_folder, compiler_stamp, function_files, table_files
from mapper.driver.store import Store
from mapper.lower.unit import shared_mappings

if TYPE_CHECKING:
    from mapper.driver.compile import Compiled
    from mapper.driver.texts import Texts

_KEPT = 1500  # texts, some 70 MB at the size of the standard modules


class KeptTexts:
    """The store's entries for the modules of one compiled program."""

    def __init__(self, compiled: Compiled) -> None:
        self._program, self._checked = compiled.program, compiled.checked
        self._store = Store(cache_folder() / "modules", _KEPT)
        self._own: dict[str, str] = {}
        self._reach: dict[str, frozenset[str]] = {}

    def read(self, name: str) -> Texts | None:
        """A module's texts, where they were kept."""
        try:
            plain, traced = orjson.loads(self._store.read(self.key(name)) or b"")
        except ValueError:
            return None
        return str(plain), str(traced)

    def keep(self, name: str, texts: Texts) -> None:
        self._store.write(self.key(name), orjson.dumps(texts))

    def prune(self) -> None:
        self._store.prune()

    def key(self, name: str) -> str:
        """The hash of all that decides a module's texts."""
        reached, overlays = self._reached(name), self._overlaid(self._reached(name))
        while not overlays <= reached:  # an overlay imports what another one may change
            reached = reached.union(*map(self._reached, overlays))
            overlays = self._overlaid(reached)
        applied = [overlay for overlay in self._program.overlays if overlay in overlays]
        shared = (each for each in self._shared if each.rpartition(".")[0] == name)
        told = [self._given, name, applied, [self._hash(each) for each in sorted(reached)], sorted(shared)]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:40]

    def _overlaid(self, modules: Iterable[str]) -> frozenset[str]:
        """The overlays that change something of some modules."""
        return frozenset().union(*(self._program.overlaid.get(name, ()) for name in modules))

    @cached_property
    def _shared(self) -> frozenset[str]:
        return shared_mappings(self._checked)

    @cached_property
    def _given(self) -> list[object]:
        """What decides the texts of all modules."""
        return [compiler_stamp(), [_content(path) for path in self._program.maps]]

    def _reached(self, name: str) -> frozenset[str]:
        """A module and all that it imports; there are no cycles in what was compiled."""
        known = self._reach.get(name)
        if known is None:
            imported = self._program.modules[name].imported
            known = frozenset({name}).union(*(self._reached(each) for each in {*imported.values()}))
            self._reach[name] = known
        return known

    def _hash(self, name: str) -> str:
        """Of a module's own files."""
        known = self._own.get(name)
        if known is None:
            module = self._program.modules[name]
            scope = self._program.scopes[name]
            code = {each.module for each in scope.functions.values() if not _in_library(each.module)}
            files = [*table_files(module), *(path for each in sorted(code) for path in function_files(each))]
            told = [
                name,
                PurePath(module.source.path).name,
                module.source.text,
                [_content(path) for path in files],
            ]
            known = hashlib.sha256(json.dumps(told).encode("utf-8", "surrogatepass")).hexdigest()
            self._own[name] = known
        return known


def _in_library(module: str) -> bool:
    """Whether the compiler's own stamp covers a module of functions."""
    return module == LIBRARY or module.startswith(f"{LIBRARY}.")


def _content(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
