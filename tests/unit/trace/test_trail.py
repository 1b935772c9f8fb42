"""Marks follow what they mark through merges and lists."""

from __future__ import annotations

from typing import Any

from runtime.lib import fhir, hl7v2
from runtime.lib.trail import Trail, path_text


def paths(trail: Trail, root: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    return {path_text(path): mark.where for path, mark in trail.found({"R": root})}


def test_a_merged_node_keeps_its_marks() -> None:
    trail = Trail()
    root: dict[str, Any] = {"period": {"start": "2020"}}
    other = {"end": "2021"}
    trail.mark(other, "end", ("B", "x"), "a.map:1")
    trail.merge(fhir.merge, root, "period", other)
    assert paths(trail, root) == {"R.period.end": ("B", "x")}


def test_what_another_source_has_set_already_is_given_up() -> None:
    trail = Trail()
    root: dict[str, Any] = {"period": {"start": "2020"}}
    other = {"start": "1999"}
    trail.mark(other, "start", ("B", "x"), "a.map:1")
    trail.merge(fhir.merge, root, "period", other)
    assert not paths(trail, root)


def test_primitives_of_a_list_keep_their_number_when_one_is_put_before_them() -> None:
    trail = Trail()
    root: dict[str, Any] = {}
    for number, text in ((None, "J"), (1, "MARY")):
        pair = {"": text}
        trail.mark(pair, "", ("B", text), "a.map:1")
        trail.insert(fhir.place_primitive, root, "given", number, pair)
    assert root == {"given": ["MARY", "J"]}
    assert paths(trail, root) == {"R.given[0]": ("B", "MARY"), "R.given[1]": ("B", "J")}


def test_merging_twice_changes_nothing() -> None:
    trail = Trail()
    root: dict[str, Any] = {}
    node: dict[str, Any] = {}
    trail.append(node, "given", "A")
    trail.mark(trail.last, None, ("B", "a"), "a.map:1")
    trail.merge(fhir.merge, root, "name", node)
    trail.into(node, root["name"])
    assert paths(trail, root) == {"R.name.given[0]": ("B", "a")}


def test_repetitions_of_a_v2_field() -> None:
    trail = Trail()
    segment: dict[Any, Any] = {}
    for text in ("x", "y"):
        trail.insert(hl7v2.place, segment, 3, None, text)
        trail.mark(trail.last, None, ("B", text), "a.map:1")
    assert paths(trail, segment) == {"R[3][0]": ("B", "x"), "R[3][1]": ("B", "y")}


def test_an_extension() -> None:
    trail = Trail()
    node: dict[str, Any] = {}
    trail.extend(fhir.add_extension, node, "u", {"valueString": "a"})
    trail.mark(trail.last, None, ("B", "a"), "a.map:1")
    assert paths(trail, node) == {"R.extension[0]": ("B", "a")}


def test_a_leaf_of_a_composite_is_its_first_part() -> None:
    assert Trail().leaf((2, 5, 1)) == (2, 5, 1, 1, 1)
    assert Trail().leaf(("Bundle", "entry")) == ("Bundle", "entry")
