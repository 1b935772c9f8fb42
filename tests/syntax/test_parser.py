"""Trees and diagnostics of whole files against golden files (`pytest tests/syntax --update` rewrites them)."""

from pathlib import Path

import pytest

from mapper.source import SourceFile, read_source
from mapper.syntax.parser import parse
from tests.conftest import Golden
from tests.syntax.dump import diagnostics_text, tree_text

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def cases(folder: str) -> list[Path]:
    return sorted((HERE / folder).glob("*.map"))


@pytest.mark.parametrize("path", cases("good"), ids=lambda path: path.stem)
def test_tree(path: Path, golden: Golden) -> None:
    source = read_source(path, path.name)
    module, diagnostics = parse(source)
    assert diagnostics == []
    golden(path.with_suffix(".tree"), "".join(tree_text(d, source) for d in module.declarations))


@pytest.mark.parametrize("path", cases("bad"), ids=lambda path: path.stem)
def test_diagnostics(path: Path, golden: Golden) -> None:
    source = read_source(path, path.name)
    module, diagnostics = parse(source)
    kept = ", ".join(getattr(getattr(d, "name", None), "text", type(d).__name__) for d in module.declarations)
    golden(
        path.with_suffix(".txt"),
        diagnostics_text(diagnostics, source) + f"\nstill there: {kept or 'nothing'}\n",
    )
    expected = path.stem.split("_")[0]
    if expected.startswith("E"):
        assert expected in {diagnostic.code for diagnostic in diagnostics}


@pytest.mark.parametrize("path", sorted((ROOT / "mappings").rglob("*.map")), ids=lambda path: path.stem)
def test_standard_mappings_parse(path: Path) -> None:
    assert parse(read_source(path))[1] == []


def test_sketches_parse(data: Path) -> None:
    sketches = sorted((data.parent / "design" / "sketch").glob("*.map"))
    if not sketches:
        pytest.skip("the sketches are not here")
    assert {path.name: parse(read_source(path))[1] for path in sketches} == {
        path.name: [] for path in sketches
    }


def test_every_declaration_lies_within_the_text() -> None:
    source = read_source(HERE / "good" / "statements.map", "statements.map")
    for declaration in parse(source)[0].declarations:
        text = source.text[declaration.span.start : declaration.span.end]
        assert text.startswith("mapping ")
        assert text.endswith("}")


def test_windows_line_ends_change_nothing_but_spans() -> None:
    from tests.syntax.dump import without_spans

    text = (HERE / "good" / "statements.map").read_text(encoding="utf-8")
    unix, windows = (parse(SourceFile("x.map", t)) for t in (text, text.replace("\n", "\r\n")))
    assert windows[1] == []
    assert without_spans(unix[0].declarations) == without_spans(windows[0].declarations)


@pytest.mark.parametrize("text", ["", "\n", "# only a comment", "  ", "\n\n# a\n\n"])
def test_empty_files_are_modules(text: str) -> None:
    module, diagnostics = parse(SourceFile("x.map", text))
    assert (module.declarations, diagnostics) == ((), [])
