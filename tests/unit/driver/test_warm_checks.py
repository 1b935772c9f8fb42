"""A second check reads what the first one kept, and tells exactly what a check from nothing tells."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from mapper.diagnostics import Diagnostic
from mapper.driver import cache, checking, reports, trees
from mapper.driver.checking import check_files
from mapper.driver.store import Store
from mapper.settings import settings_for
from mapper.source import SourceFile
from mapper.syntax.compact import pack
from mapper.syntax.tree import Module
from tests.conftest import ROOT

GOLDEN = ROOT / "tests" / "check" / "golden"
BAD = ROOT / "tests" / "syntax" / "bad"
CASES = [
    *sorted(GOLDEN.glob("*.map")),
    *sorted(BAD.glob("*.map")),
    ROOT / "mappings" / "hl7v2_fhir" / "adt.map",
]

LEAF = 'table sexes "http://a" <-> "http://hl7.org/fhir/administrative-gender" {\n  "M" <-> "male"\n}\n'
USER = """use hl7v2 "2.5.1"
use fhir "4.0.1"
import leaf (sexes)

mapping m from hl7v2 PID to fhir Patient {
  PID-8 -> gender using table sexes
}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of two modules, with a cache of its own."""
    monkeypatch.setenv("MAPPER_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "mapper.toml").write_text('sources = ["."]\n', encoding="utf-8")
    (folder / "leaf.map").write_text(LEAF, encoding="utf-8")
    (folder / "user.map").write_text(USER, encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


def told(folder: Path, *files: Path) -> list[Diagnostic]:
    return list(check_files(list(files), settings_for(folder)).diagnostics)


def codes(folder: Path) -> list[str]:
    return [each.code for each in told(folder, folder / "user.map")]


def cold(monkeypatch: pytest.MonkeyPatch, folder: Path, *files: Path) -> list[Diagnostic]:
    with monkeypatch.context() as patch:
        patch.setenv("MAPPER_CACHE", str(folder.parent / "empty"))
        try:
            return told(folder, *files)
        finally:
            shutil.rmtree(folder.parent / "empty")


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_warm_and_cold_tell_the_same(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAPPER_CACHE", str(tmp_path / "cache"))
    settings = settings_for(ROOT)
    first = check_files([path], settings)
    again = check_files([path], settings)
    assert again.diagnostics == first.diagnostics
    pointed = {label.span.file for each in first.diagnostics for label in each.labels}
    assert {name: again.sources[name] for name in pointed & first.sources.keys()} == {
        name: first.sources[name] for name in pointed & first.sources.keys()
    }
    shutil.rmtree(tmp_path / "cache" / "reports", ignore_errors=True)
    assert check_files([path], settings).diagnostics == first.diagnostics  # from trees alone


def test_what_did_not_change_is_not_compiled_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    codes(project)
    monkeypatch.setattr(checking, "_checked", lambda *_: pytest.fail("it was checked again"))
    assert codes(project) == []


def test_only_what_changed_is_parsed(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    codes(project)
    (project / "user.map").write_text(USER + "\n# changed\n", encoding="utf-8")
    parsed: list[str] = []

    def packed(module: Module) -> bytes:
        parsed.append(module.file)
        return pack(module)

    monkeypatch.setattr(trees, "pack", packed)
    assert codes(project) == []
    assert parsed == ["user.map"]


def test_a_change_of_an_imported_file_is_seen(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert codes(project) == []
    (project / "leaf.map").write_text(LEAF.replace("sexes", "sixes"), encoding="utf-8")
    assert "E201" in codes(project) or "E206" in codes(project)
    assert told(project, project / "user.map") == cold(monkeypatch, project, project / "user.map")
    (project / "leaf.map").write_text(LEAF, encoding="utf-8")
    assert codes(project) == []


def test_a_file_that_appears_is_seen(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "leaf.map").rename(project / "leaves.map")
    before = told(project, project / "user.map")
    assert [each.code for each in before] == ["E202"]
    assert before[0].help == "did you mean `leaves`?"
    (project / "leaf.map").write_text(LEAF, encoding="utf-8")
    assert told(project, project / "user.map") == cold(monkeypatch, project, project / "user.map") == []


def test_a_change_of_a_table_file_is_seen(project: Path) -> None:
    head = LEAF.split("{", maxsplit=1)[0]
    (project / "leaf.map").write_text(f'{head}from "sexes.tsv"\n', encoding="utf-8")
    (project / "sexes.tsv").write_text("M\t<->\tmale\n", encoding="utf-8")
    good = codes(project)
    (project / "sexes.tsv").write_text("M\t<->\tmale\nM\t<->\tfemale\n", encoding="utf-8")
    assert codes(project) != good


def test_the_tree_of_a_broken_file_is_not_kept(project: Path) -> None:
    (project / "user.map").write_text(USER + "mapping {\n", encoding="utf-8")
    first = told(project, project / "user.map")
    assert [each.code for each in first][:1] != []
    texts = [(project / name).read_text(encoding="utf-8") for name in ("leaf.map", "user.map")]
    kept = {path.name for path in (project.parent / "cache" / "trees").iterdir()}
    assert [trees._name(text) in kept for text in texts] == [True, False]


@pytest.mark.parametrize("content", [b"", b"[", b"[0,[7,1]]", b"null", b"\x00\xff", b"[" * 5000])
def test_damaged_files_of_the_cache_are_passed_over(project: Path, content: bytes) -> None:
    (project / "user.map").write_text(USER.replace("gender", "gendre"), encoding="utf-8")
    first = told(project, project / "user.map")
    assert [each.code for each in first] == ["E301"]
    for folder in ("trees", "reports"):
        for path in (project.parent / "cache" / folder).iterdir():
            path.write_bytes(content)
    assert told(project, project / "user.map") == first


def test_the_number_of_kept_files_is_bounded(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "_KEPT", 5)
    monkeypatch.setattr(reports, "_KEPT", 3)
    for number in range(8):
        (project / "user.map").write_text(f"{USER}# {number}\n", encoding="utf-8")
        codes(project)
    assert len(list((project.parent / "cache" / "trees").iterdir())) <= 5
    assert len(list((project.parent / "cache" / "reports").iterdir())) <= 3


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of another kind")
def test_a_folder_that_others_can_write_to_is_made_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o777)
    monkeypatch.setenv("MAPPER_CACHE", str(folder))
    assert cache.cache_folder() == folder
    assert folder.stat().st_mode & 0o022 == 0


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of another kind")
def test_the_folder_of_another_user_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAPPER_CACHE", str(tmp_path))
    owner = tmp_path.stat().st_uid
    monkeypatch.setattr(os, "getuid", lambda: owner + 1)
    assert cache.cache_folder() != tmp_path


def test_shipped_trees_are_read_and_not_written(tmp_path: Path) -> None:
    shipped = tmp_path / "shipped"
    trees.write_trees([LEAF], shipped)
    before = sorted(shipped.iterdir())
    kept = trees.Trees(Store(tmp_path / "own", 10, shipped))
    module, found = kept.parse(SourceFile("leaf.map", LEAF))
    assert (module.file, found) == ("leaf.map", [])
    assert not (tmp_path / "own").exists()
    kept.parse(SourceFile("user.map", USER))
    assert sorted(shipped.iterdir()) == before
    assert len(list((tmp_path / "own").iterdir())) == 1
