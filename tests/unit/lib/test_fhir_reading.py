"""Reading FHIR in generated code: extensions by URL, and lists whose holes were taken out before."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from runtime.codecs.fhir.document import _may_have_holes
from runtime.lib.fhir import by_url, extension, hole, is_valued, without_holes

HOLE = hole()
LEAVES = st.sampled_from(["a", True, 1, None])
NODES: st.SearchStrategy[Any] = st.recursive(
    LEAVES | st.just(HOLE),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "given", "_given", "_birthDate"]), inner, max_size=3)
    ),
    max_leaves=12,
)


def holes(value: Any) -> int:
    """How many items of lists of nodes only say why they are absent."""
    if isinstance(value, dict):
        return sum(holes(v) for k, v in value.items() if not (k.startswith("_") and isinstance(v, list)))
    if isinstance(value, list):
        return sum(
            holes(item) + (isinstance(item, dict) and item != {} and not is_valued(item)) for item in value
        )
    return 0


@given(st.dictionaries(st.sampled_from(["name", "given", "contact"]), NODES, max_size=3).map(deepcopy))
def test_holes_become_empty_nodes_and_nothing_else_changes(tree: dict[str, Any]) -> None:
    before = deepcopy(tree)
    found = without_holes(tree)
    assert tree == before
    assert holes(found) == 0
    if holes(before) == 0:
        assert found is tree


def test_what_stands_beside_primitives_stays() -> None:
    name = {"given": [None, "B"], "_given": [HOLE, None]}
    assert without_holes({"name": [HOLE, name]}) == {"name": [{}, name]}


def test_a_text_without_holes_is_known_as_such() -> None:
    one = json.dumps({"source": {"_endpoint": HOLE}}, separators=(",", ":")).encode()
    several = json.dumps({"name": [HOLE, {"family": "a"}]}, separators=(",", ":")).encode()
    assert not _may_have_holes(b'{"name":[{"family":"a"}]}')
    assert not _may_have_holes(one)
    assert _may_have_holes(several)


EXTENSIONS = st.lists(
    st.fixed_dictionaries({"url": st.sampled_from("abc"), "valueString": st.sampled_from("xyz")}), max_size=4
)


@given(EXTENSIONS, st.sampled_from("abcd"))
def test_the_index_finds_what_a_search_finds(found: list[dict[str, str]], url: str) -> None:
    node = {"extension": found} if found else {}
    assert by_url(node).get(url, {}) == extension(node, url)
    assert by_url(None) == {}
