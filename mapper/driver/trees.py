"""Syntax trees of files that were read before, found again by their text: only what has changed is parsed.

Trees of files without mistakes are kept, and no others: what is told about a broken file is always found anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mapper.assets import standard_trees
from mapper.diagnostics import Diagnostic
from mapper.driver.cache import cache_folder
from mapper.driver.store import Store
from mapper.driver.workers import processes, workers
from mapper.source import SourceFile, read_source
from mapper.syntax.compact import fingerprint, pack, unpack
from mapper.syntax.tree import Module

if TYPE_CHECKING:
    from concurrent.futures import Future

_KEPT = 4000  # trees, some 40 MB at the size of the standard modules


@dataclass(frozen=True, slots=True)
class Trees:
    """Trees in a store, by the text that they were parsed from; `begun` are those that other processes make."""

    store: Store
    begun: dict[str, Future[None]] = field(default_factory=dict)

    def parse(self, source: SourceFile) -> tuple[Module, list[Diagnostic]]:
        """What `mapper.syntax.parser.parse` gives for the file."""
        name = _name(source.text)
        if (begun := self.begun.get(name)) is not None and not begun.cancel():
            begun.exception()  # whatever it is, it is found anew
        kept = self._kept(name, source)
        if kept is not None:
            return kept, []
        from mapper.syntax.parser import parse

        module, diagnostics = parse(source)
        if not diagnostics:
            with suppress(ValueError):  # a tree that has no compact form is parsed again
                self.store.write(name, pack(module))
        return module, diagnostics

    @contextmanager
    def ahead(self, files: Iterable[Path]) -> Iterator[None]:
        """Within the block other processes parse files, in this order, while this one reads them from the last on:
        where there are such processes, and many files without a tree.
        """
        texts = dict.fromkeys(text for path in files if (text := _text(path)) is not None)
        new = [text for text in texts if not self.store.holds(_name(text))]
        others = processes(len(new)) - 1
        if not others:
            yield
            return
        from mapper.syntax.grammar import parser

        parser()  # once for all
        with workers(others) as pool:
            self.begun.update({_name(text): pool.submit(_parse, self.store, text) for text in new})
            yield
        self.store.written += len(new)
        self.begun.clear()

    def _kept(self, name: str, source: SourceFile) -> Module | None:
        entry = self.store.read(name)
        try:
            return None if entry is None else unpack(entry, source.path, len(source.text))
        except ValueError:
            return None


def _parse(store: Store, text: str) -> None:
    Trees(store).parse(SourceFile("", text))


def _text(path: Path) -> str | None:
    """The text of a file; none of what cannot be read, which is told when it is read as a module."""
    try:
        return read_source(path).text
    except (OSError, UnicodeDecodeError):
        return None


@cache
def _salt() -> bytes:
    return fingerprint().encode()


def _name(text: str) -> str:
    """What the tree of a text is called in the store."""
    return f"{hashlib.sha256(_salt() + text.encode('utf-8', 'surrogatepass')).hexdigest()[:40]}.json"


def stored_trees() -> Trees:
    """The trees that ship with an installation, and those in the folder for what can be made again."""
    return Trees(Store(cache_folder() / "trees", _KEPT, standard_trees()))


def write_trees(texts: list[str], folder: Path) -> None:
    """Write the trees of some texts without mistakes, as they ship with an installation."""
    trees = Trees(Store(folder, _KEPT))
    for text in texts:
        trees.parse(SourceFile("", text))
