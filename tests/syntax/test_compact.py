"""Trees as compact JSON: the same tree comes back, and no bytes make anything else than a tree or a `ValueError`."""

from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapper.source import SourceFile, Span, read_source
from mapper.syntax import tree
from mapper.syntax.compact import pack, unpack
from mapper.syntax.parser import parse

HERE = Path(__file__).parent
FILES = [*sorted((HERE / "good").glob("*.map")), *sorted((HERE.parents[1] / "mappings").rglob("*.map"))]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_same_tree_comes_back(path: Path) -> None:
    source = read_source(path, "shown/as.map")
    module, _ = parse(source)
    assert unpack(pack(module), "shown/as.map", len(source.text)) == module


def test_a_tree_belongs_to_the_file_that_it_is_read_for() -> None:
    text = 'system x "u"\n'
    module, _ = parse(SourceFile("one.map", text))
    again = unpack(pack(module), "two.map", len(text))
    assert again == parse(SourceFile("two.map", text))[0]
    assert again.declarations[0].span.file == "two.map"


@pytest.mark.parametrize("depth", [300, 3000])
def test_a_tree_that_is_too_deep_is_refused(depth: int) -> None:
    span = Span("x", 0, 1)
    deep: tree.Expr = tree.String("a", span)
    for _ in range(depth):
        deep = tree.Arithmetic("+", deep, tree.String("b", span), span)
    row = tree.LookupRow((deep,), None, None, span)
    table = tree.LookupTable(tree.Name("t", span), (), False, None, (row,), span)
    with pytest.raises(ValueError, match="too deep"):
        pack(tree.Module("x", (table,), span))


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 90) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@given(plain)
def test_other_json_is_a_tree_or_refused(value: object) -> None:
    try:
        found = unpack(orjson.dumps(value), "x.map", 1)
    except ValueError:
        return
    assert isinstance(found, tree.Module)


@given(st.binary(max_size=40))
def test_other_bytes_are_refused(data: bytes) -> None:
    try:
        found = unpack(data, "x.map", 1)
    except ValueError:
        return
    assert isinstance(found, tree.Module)
