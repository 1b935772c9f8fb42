"""Modules are made by several processes as they are by one: the same bytes, the same errors, nothing left behind."""

from __future__ import annotations

import multiprocessing
import shutil
import sys
from functools import cache
from pathlib import Path

import pytest

from mapper import ir
from mapper.assets import standard_mappings
from mapper.check.model import Checked
from mapper.driver import texts, workers
from mapper.driver.build import build_release
from mapper.driver.compile import Compiled, compile_project
from mapper.driver.texts import module_texts
from mapper.lower import lower_module, modules_of
from mapper.resolve import Library, Program

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="several processes are used on Linux alone")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept from other tests: all texts are made."""
    monkeypatch.setenv("MAPPER_CACHE", str(tmp_path / "cache"))


@cache
def compiled() -> Compiled:
    """Modules of tables and datatypes: many, and soon made."""
    root = standard_mappings()
    found = compile_project(sorted((root / "hl7v2_fhir" / "datatypes").glob("*.map")), Library((root,)))
    assert not found.failed
    return found


@pytest.fixture(params=[1, 2, 5])
def processes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """The number of processes that modules are made by."""
    number: int = request.param
    monkeypatch.setattr(texts, "processes", lambda tasks: number)
    return number


def held(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_release_is_the_same_bytes_whoever_made_it(
    tmp_path: Path, processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_release(compiled(), tmp_path / "several")
    shutil.rmtree(tmp_path / "cache")
    monkeypatch.setattr(texts, "processes", lambda tasks: 1)
    build_release(compiled(), tmp_path / "one")
    one = held(tmp_path / "one")
    assert sum(name.startswith("plain/") for name in one) >= workers.FEWEST
    assert held(tmp_path / "several") == one


def test_modules_come_in_the_order_of_imports(processes: int) -> None:
    made = compiled()
    with module_texts(made) as modules:
        assert [name for name, _ in modules] == modules_of(made.program, made.checked)
    assert multiprocessing.active_children() == []


def test_an_error_comes_out_as_it_is(processes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    last = modules_of(compiled().program, compiled().checked)[-1]

    def failing(program: Program, checked: Checked, name: str) -> ir.ModulePlan:
        if name == last:
            raise LookupError(name)
        return lower_module(program, checked, name)

    monkeypatch.setattr(texts, "lower_module", failing)
    with pytest.raises(LookupError, match=last), module_texts(compiled()) as modules:
        list(modules)
    assert multiprocessing.active_children() == []


def test_an_interrupt_leaves_no_process_behind(processes: int) -> None:
    with pytest.raises(KeyboardInterrupt), module_texts(compiled()):
        raise KeyboardInterrupt
    assert multiprocessing.active_children() == []


def test_few_modules_are_made_by_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda process: {0, 1})
    monkeypatch.setattr("threading.active_count", lambda: 1)
    assert workers.processes(workers.FEWEST) == 2
    assert workers.processes(workers.FEWEST - 1) == 1
    monkeypatch.setattr("threading.active_count", lambda: 2)
    assert workers.processes(workers.FEWEST) == 1
