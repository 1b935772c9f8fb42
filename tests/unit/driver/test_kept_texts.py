"""A build makes the texts of the modules that a change reaches, and finds the others as they were."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from mapper.assets import standard_mappings
from mapper.driver import texts
from mapper.driver.compile import Compiled, compile_project
from mapper.driver.kept_texts import KeptTexts
from mapper.driver.texts import module_texts
from mapper.emit import emit
from mapper.lower import lower_module, modules_of
from mapper.resolve import Library

LEAF = 'table sexes "http://a" <-> "http://hl7.org/fhir/administrative-gender" from "sexes.tsv"\n'
ROWS = "M\t<->\tmale\n"
USER = """use hl7v2 "2.5.1"
use fhir "4.0.1"
import leaf (sexes)

mapping m from hl7v2 PID to fhir Patient {
  PID-8 -> gender using table sexes
}
"""
PART = """use hl7v2 "2.5.1"
use fhir "4.0.1"

mapping name between hl7v2 XPN and fhir Patient {
  XPN.2 <-> name[1].given[1]
}
"""
SHARES = """use hl7v2 "2.5.1"
use fhir "4.0.1"
import part (name)

mapping whole between hl7v2 PID and fhir Patient {
  PID-5[1] <-> this using name
}
"""

SITE = """use hl7v2 "2.5.1"
use fhir "4.0.1"
import leaf (sexes)

override table sexes {
  "X" <-> "other"
}
"""


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The modules whose texts are made, in this process."""
    found: list[str] = []

    def recorded(compiled: Compiled, name: str) -> texts.Texts:
        found.append(name)
        return made_text(compiled, name)

    made_text = texts._texts
    monkeypatch.setattr(texts, "_texts", recorded)
    monkeypatch.setattr(texts, "processes", lambda tasks: 1)
    return found


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: list[str]) -> Callable[..., list[str]]:
    """Compiles files of a folder with its own cache; returns the modules that were made."""
    monkeypatch.setenv("MAPPER_CACHE", str(tmp_path / "cache"))
    for name, text in {
        "leaf.map": LEAF, "sexes.tsv": ROWS, "user.map": USER, "part.map": PART, "shares.map": SHARES,
    }.items():  # fmt: skip
        (tmp_path / name).write_text(text, encoding="utf-8")

    def run(*files: str, overlays: tuple[str, ...] = ()) -> list[str]:
        library = Library((tmp_path,))
        compiled = compile_project([tmp_path / name for name in files], library, overlays)
        assert [each.message for each in compiled.diagnostics if each.severity == "error"] == []
        made.clear()
        with module_texts(compiled) as modules:
            assert dict(modules) == fresh(compiled)
        return list(made)

    return run


def fresh(compiled: Compiled, names: Iterable[str] | None = None) -> dict[str, texts.Texts]:
    """The texts of some modules, or all, without any store."""
    plans = {
        name: lower_module(compiled.program, compiled.checked, name)
        for name in names or modules_of(compiled.program, compiled.checked)
    }
    return {
        name: (emit(plan, compiled.sources), emit(plan, compiled.sources, tracing=True))
        for name, plan in plans.items()
    }


Build = Callable[..., list[str]]


def test_what_did_not_change_is_not_made_again(build: Build) -> None:
    assert build("user.map") == ["leaf", "user"]
    assert build("user.map") == []
    assert build("leaf.map") == []


def test_a_change_is_made_where_it_reaches(build: Build, tmp_path: Path) -> None:
    build("user.map", "part.map")
    (tmp_path / "user.map").write_text(USER + "\n# changed\n", encoding="utf-8")
    assert build("user.map", "part.map") == ["user"]
    (tmp_path / "leaf.map").write_text("# changed\n" + LEAF, encoding="utf-8")
    assert build("user.map", "part.map") == ["leaf", "user"]


def test_rows_of_a_table_in_a_file_of_its_own_count(build: Build, tmp_path: Path) -> None:
    build("user.map")
    (tmp_path / "sexes.tsv").write_text(ROWS + "F\t<->\tfemale\n", encoding="utf-8")
    assert build("user.map") == ["leaf", "user"]


def test_a_mapping_that_begins_to_share_its_node_is_made_again(build: Build) -> None:
    assert build("part.map") == ["part"]
    assert build("shares.map") == ["part", "shares"]
    assert build("part.map") == []


def test_an_overlay_counts_where_what_it_changes_is_used(build: Build, tmp_path: Path) -> None:
    build("user.map", "part.map")
    (tmp_path / "site.map").write_text(SITE, encoding="utf-8")
    assert build("user.map", "part.map", overlays=("site",)) == ["leaf", "user"]
    assert build("user.map", "part.map", overlays=("site",)) == []
    (tmp_path / "site.map").write_text(SITE.replace("X", "Y"), encoding="utf-8")
    assert build("user.map", "part.map", overlays=("site",)) == ["leaf", "user"]
    assert build("user.map", "part.map") == []


def test_a_damaged_entry_is_made_again(build: Build, tmp_path: Path) -> None:
    build("user.map")
    for path in (tmp_path / "cache" / "modules").iterdir():
        path.write_bytes(b'["half')
    assert build("user.map") == ["leaf", "user"]


def test_a_module_with_the_same_key_has_the_same_text_in_any_program() -> None:
    """Whatever else is compiled beside it: what decides a text is in its key."""
    folder = standard_mappings()
    root, beside = (folder / "hl7v2_fhir" / name for name in ("datatypes/people.map", "segments/role.map"))
    alone, many = (compile_project(files, Library((folder,))) for files in ([root], [root, beside]))
    one, other = KeptTexts(alone), KeptTexts(many)
    names = modules_of(alone.program, alone.checked)
    same = [name for name in names if one.key(name) == other.key(name)]
    assert len(same) > len(names) / 2
    assert fresh(alone, same) == fresh(many, same)
