"""Files are parsed by several processes as they are by one: the same trees, the same findings, nothing left behind."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from mapper.diagnostics import Diagnostic
from mapper.driver import trees
from mapper.driver.store import Store
from mapper.driver.trees import Trees
from mapper.resolve import Library, load_modules, reached
from mapper.syntax.compact import pack

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="several processes are used on Linux alone")


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """Twelve modules, each of which imports the next one, and a folder of tables; the sixth one has a mistake."""
    root = tmp_path / "modules"
    (root / "tables").mkdir(parents=True)
    for name in ("t", "unused"):
        (root / "tables" / f"{name}.map").write_text(f'table {name} "a" <-> "b" {{\n  "x" <-> "y"\n}}\n')
    for number in range(12):
        following = f"import m{number + 1} (t{number + 1})\n" if number < 11 else "import tables (t)\n"
        broken = "table\n" if number == 6 else ""
        text = f'{following}table t{number} "a" <-> "b" {{\n  "x{number}" <-> "y"\n}}\n{broken}'
        (root / f"m{number}.map").write_text(text)
    return Library((root,))


def read(
    library: Library, folder: Path, count: int, monkeypatch: pytest.MonkeyPatch
) -> tuple[object, object, list[Diagnostic], list[str]]:
    """What several processes read of the library, beginning with the first module, and how many trees were kept."""
    monkeypatch.setattr(trees, "processes", lambda tasks: count)
    found = Trees(Store(folder, 100))
    files = [library.roots[0] / "m0.map"]
    with found.ahead(reached(files, library)):
        modules, sources, diagnostics = load_modules(files, library, str, found.parse)
    assert multiprocessing.active_children() == []
    assert not found.begun
    packed = {name: (pack(module.tree), module.tree.span.file) for name, module in modules.items()}
    return packed, sources, diagnostics, sorted(each.name for each in folder.iterdir())


@pytest.mark.parametrize("count", [2, 5])
def test_trees_are_the_same_whoever_parsed(
    library: Library, tmp_path: Path, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = read(library, tmp_path / "one", 1, monkeypatch)
    assert one[2]
    assert len(one[3]) == 12  # eleven modules without the broken one, and a table
    assert read(library, tmp_path / "several", count, monkeypatch) == one


def test_a_process_that_fails_leaves_its_file_to_the_reader(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(store: Store, text: str) -> None:
        raise MemoryError

    one = read(library, tmp_path / "one", 1, monkeypatch)
    monkeypatch.setattr(trees, "_parse", failing)
    assert read(library, tmp_path / "several", 3, monkeypatch) == one


def test_what_is_reached_is_what_is_loaded(library: Library) -> None:
    files = [library.roots[0] / "m0.map"]

    def names(paths: Sequence[Path]) -> list[str]:
        return [library.name_of(path) for path in paths]

    modules, _, _ = load_modules(files, library)
    assert sorted(names(reached(files, library))) == sorted(modules)
    assert names(reached(files, library)) == ["m0", *(f"m{number}" for number in range(1, 12)), "tables.t"]


def test_an_interrupt_leaves_no_process_behind(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trees, "processes", lambda tasks: 3)
    files = reached([library.roots[0] / "m0.map"], library)
    with pytest.raises(KeyboardInterrupt), Trees(Store(tmp_path / "trees", 100)).ahead(files):
        raise KeyboardInterrupt
    assert multiprocessing.active_children() == []
