"""X12 structure tables against pyx12's own reading of its maps, what they promise of themselves, and the samples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from itertools import combinations
from pathlib import Path
from typing import Any
from zlib import decompress

import pytest
from pyx12.map_if import load_map_file
from pyx12.map_if._composite import composite_if
from pyx12.map_if._element import element_if
from pyx12.map_if._loop import loop_if
from pyx12.map_if._segment import segment_if
from pyx12.params import ParamsBase

from mapper.schema import x12_data
from mapper.schema.make.x12 import CONTROL, MAPS, build
from mapper.schema.make.x12_declared import own_codes
from mapper.schema.store import DATA
from mapper.schema.store import read as read_store
from mapper.schema.x12_map import read_map
from mapper.schema.x12_sets import BY_NAME, SETS
from mapper.schema.x12_structure import first_segment, loops, qualifiers
from runtime.codecs.x12 import COMPONENT, REPETITION, Slice, read

Node = dict[str, Any]
WRAPPERS = ("HEADER", "DETAIL", "FOOTER")


def ordered(node: Any) -> Iterator[Any]:
    """pyx12's children of a loop in its order, wrapping loops dissolved."""
    for position in sorted(node.pos_map):
        for child in node.pos_map[position]:
            if isinstance(child, loop_if) and child.id in WRAPPERS:
                yield from ordered(child)
            else:
                yield child


def count(text: str | None) -> int | None:
    return None if text == ">1" else int(text or 1)


def compare_element(ours: Node, theirs: element_if | composite_if) -> None:
    assert ours["n"] == theirs.seq
    assert ours["usage"] == theirs.usage
    assert ours["name"] == (theirs.name or "")
    assert ours["de"] == theirs.data_ele
    if isinstance(theirs, composite_if):
        assert ours["repeat"] == theirs.repeat
        assert len(ours["components"]) == len(theirs.children)
        for component, child in zip(ours["components"], theirs.children, strict=True):
            compare_element(component, child)
        return
    held = theirs._resolve_data_ele()
    assert (ours["type"], ours["min"], ours["max"]) == (held["data_type"], held["min_len"], held["max_len"])
    assert ours["components"] is None
    assert set(ours["codes"] or ()) == theirs._valid_codes_set
    assert ours["external"] == theirs.external_codes
    assert ours.get("pattern") == theirs.res


def compare_segment(ours: Node, theirs: segment_if) -> None:
    assert (ours["id"], ours["usage"], ours["name"]) == (theirs.id, theirs.usage, theirs.name)
    assert ours["max"] == count(theirs.max_use)
    assert int(ours["pos"]) == theirs.pos
    rules = [[rule[0], *(int(rule[i : i + 2]) for i in range(1, len(rule), 2))] for rule in ours["syntax"]]
    assert rules == [[rule[0], *map(int, rule[1:])] for rule in theirs.syntax]
    assert len(ours["elements"]) == len(theirs.children)
    for element, child in zip(ours["elements"], theirs.children, strict=True):
        compare_element(element, child)


def compare_loop(ours: Node, theirs: Any) -> int:
    """The number of segments compared."""
    children = list(ordered(theirs))
    assert [child["id"] for child in ours["children"]] == [child.id for child in children]
    segments = 0
    for node, child in zip(ours["children"], children, strict=True):
        if isinstance(child, loop_if):
            assert (node["kind"], node["usage"], node["name"]) == ("loop", child.usage, child.name)
            assert node["max"] == count(child.repeat)
            segments += compare_loop(node, child)
        else:
            compare_segment(node, child)
            segments += 1
    return segments


@pytest.mark.parametrize(
    ("name", "segments"), [("837P", 381), ("837I", 273), ("835", 53), ("277CA", 38), ("999", 11)]
)
def test_every_element_is_as_pyx12_reads_it(name: str, segments: int) -> None:
    theirs = load_map_file(MAPS[name], ParamsBase())
    transaction = theirs.getnodebypath("/ISA_LOOP/GS_LOOP/ST_LOOP")
    assert compare_loop(x12_data.set_table(name)["root"], transaction) == segments


def test_the_envelope_is_as_pyx12_reads_it() -> None:
    theirs = load_map_file(CONTROL, ParamsBase())
    for name, path in [
        ("ISA", "ISA"),
        ("GS", "GS_LOOP/GS"),
        ("GE", "GS_LOOP/GE"),
        ("TA1", "TA1"),
        ("IEA", "IEA"),
    ]:
        node = theirs.getnodebypath(f"/ISA_LOOP/{path}")
        assert isinstance(node, segment_if)
        compare_segment(x12_data.envelope()[name], node)


def test_code_lists_are_those_of_pyx12_and_what_these_lack() -> None:
    theirs = load_map_file(MAPS["837P"], ParamsBase()).ext_codes.codes
    more = {name: {*codes} for name, codes in own_codes()}
    assert more.keys() == {"country", "states"}
    for name, held in x12_data.code_lists().items():
        known = {*theirs[name]["codes"]}
        assert held == known | more.get(name, set())
        assert not known & more.get(name, set())
    assert x12_data.code_lists().keys() == theirs.keys()


@pytest.mark.parametrize("name", [info.set for info in SETS])
def test_positions_of_one_segment_are_told_apart(name: str) -> None:
    for loop in loops(x12_data.set_table(name)["root"]):
        rivals: dict[str, list[Node]] = {}
        for child in loop["children"]:
            segment = first_segment(child)
            rivals.setdefault(segment["id"], []).append(segment)
        for group in rivals.values():
            for left, right in combinations(group, 2):
                held = [{(n, c): set(codes) for n, c, codes in node["match"]} for node in (left, right)]
                shared = held[0].keys() & held[1].keys()
                apart = any(not held[0][key] & held[1][key] for key in shared)
                assert apart or bool(held[0]) != bool(held[1]), (
                    name,
                    loop["id"],
                    left["slot"],
                    right["slot"],
                )


@pytest.mark.parametrize("name", [info.set for info in SETS])
def test_a_match_names_codes_that_the_element_may_hold(name: str) -> None:
    for loop in loops(x12_data.set_table(name)["root"]):
        for child in loop["children"]:
            segment = first_segment(child)
            for number, component, codes in segment["match"]:
                assert tuple(codes) == qualifiers(segment)[number, component]


@pytest.mark.parametrize("name", [info.set for info in SETS])
def test_slots_are_names_and_stand_once(name: str) -> None:
    for loop in loops(x12_data.set_table(name)["root"]):
        slots = [child["slot"] for child in loop["children"]]
        assert len(set(slots)) == len(slots)
        assert all(re.fullmatch(r"[A-Z0-9]+(_[A-Z0-9]+)?(\.\d)?", slot) for slot in slots)
        orders = [child["order"] for child in loop["children"]]
        assert orders == sorted(orders)
        assert {*orders} == {*range(len({*orders}))}


@pytest.mark.parametrize("name", [info.set for info in SETS])
def test_a_set_is_what_its_versions_say(name: str) -> None:
    table, info = x12_data.set_table(name), BY_NAME[name]
    assert (table["set"], table["version"], table["accepts"]) == (name, info.version, list(info.accepts))
    assert table["root"]["slot"] == name
    held = [loop["id"] for loop in loops(table["root"])]
    assert table["unit"] is None or table["unit"] in held
    if name != "TA1":
        st, se = table["root"]["children"][0], table["root"]["children"][-1]
        assert (st["id"], se["id"]) == ("ST", "SE")
        assert st["elements"][0]["codes"] == [table["transaction"]]
        assert st["elements"][2]["codes"] in ([table["version"]], None)


def wrong_values(element: Node, text: str, at: str) -> Iterator[str]:
    """What an element may not hold by its table: used or not, length, codes, components."""
    if element["usage"] == "N":
        yield f"{at} is not used"
        return
    for value in text.split(REPETITION):
        if element["components"] is not None:
            parts = value.split(COMPONENT)
            for number, part in enumerate(parts, 1):
                component = next((c for c in element["components"] if c["n"] == number), None)
                if part and component is None:
                    yield f"{at}-{number} does not exist"
                elif part and component is not None:
                    yield from wrong_values(component, part, f"{at}-{number}")
            continue
        known = x12_data.code_lists().get(element["external"] or "", frozenset()) | {
            *(element["codes"] or ())
        }
        length = len(re.sub(r"[-.]", "", value)) if element["type"] == "R" else len(value)
        if known and value not in known:
            yield f"{at} has a code that is not listed"
        if not element["min"] <= length <= element["max"]:
            yield f"{at} has {length} characters"
    if element["repeat"] is not None and text.count(REPETITION) >= element["repeat"]:
        yield f"{at} repeats"


def wrong(node: Node, tree: dict[str, list[Any]]) -> Iterator[str]:
    """Everything in a placed loop that its table does not allow, and what it requires and lacks."""
    children = {child["slot"]: child for child in node["children"]}
    yield from (f"{node['slot']} holds {slot}" for slot in tree.keys() - children.keys())
    for slot, child in children.items():
        held = tree.get(slot, [])
        if child["usage"] == "R" and not held and slot != "SE":  # a slice ends before it
            yield f"{node['slot']}/{slot} is missing"
        if child["max"] is not None and len(held) > child["max"]:
            yield f"{node['slot']}/{slot} is there {len(held)} times"
        for each in held:
            if child["kind"] == "loop":
                yield from wrong(child, each)
                continue
            elements = {element["n"]: element for element in child["elements"]}
            for number, value in enumerate(each[1:], 1):
                if value and number not in elements:
                    yield f"{slot}{number:02} does not exist"
                elif value:
                    yield from wrong_values(elements[number], value, f"{node['slot']}/{slot}{number:02}")
            missing = (n for n, e in elements.items() if e["usage"] == "R" and not "".join(each[n : n + 1]))
            yield from (f"{node['slot']}/{slot}{number:02} is missing" for number in missing)


def test_the_eligibility_samples_fit_what_is_declared(data: Path) -> None:
    paths = sorted(path for name in ("270", "271") for path in data.glob(f"samples/x12/{name}_*/*"))
    assert len(paths) == 5
    whole = {name: x12_data.set_table(name) | {"unit": None} for name in ("270", "271")}
    for path in paths:
        trees = [event.tree for event in read(path.read_bytes(), whole) if isinstance(event, Slice)]
        assert len(trees) == 1, path
        assert list(wrong(whole[trees[0]["ST"][0][1]]["root"], trees[0])) == [], path


def test_dependents_have_what_subscribers_have() -> None:
    """What is declared twice must not drift apart: 2110D is 2110C but for the spend-down amounts of a 270."""
    for name in ("270", "271"):
        held = {loop["id"]: loop for loop in loops(x12_data.set_table(name)["root"])}
        for subscriber, dependent in [("2110C", "2110D"), *([("2120C", "2120D")] if name == "271" else [])]:
            ours = [n for n in held[subscriber]["children"] if n["kind"] == "segment" and n["id"] != "AMT"]
            theirs = [n for n in held[dependent]["children"] if n["kind"] == "segment"]
            assert [(n["slot"], n["usage"], n["max"], n["pos"], n["elements"]) for n in ours] == [
                (n["slot"], n["usage"], n["max"], n["pos"], n["elements"]) for n in theirs
            ]


def other_guides() -> Iterator[tuple[str, Node]]:
    """The other maps of pyx12: `5010` or `4010`, and the transaction."""
    for path in sorted(Path(str(files("pyx12").joinpath("map"))).glob("[28]*.xml")):
        root, _ = read_map(path.read_bytes(), read_store("x12")["types"])
        yield ("5010" if ".5010" in path.name else "4010"), root


def test_declared_segments_are_built_as_other_guides_build_them() -> None:
    """Numbers of data elements by position, and syntax rules: those of some 5010 guide, else of some 4010 guide."""
    known: dict[tuple[str, str], list[dict[int, str]]] = {}
    rules: dict[str, list[list[str]]] = {}
    for release, root in other_guides():
        for loop in loops(root):
            for node in loop["children"]:
                if node["kind"] == "segment":
                    held = {element["n"]: element["de"] for element in node["elements"]}
                    known.setdefault((node["id"], release), []).append(held)
                    if release == "5010" and node["syntax"]:
                        rules.setdefault(node["id"], []).append(node["syntax"])
    unknown = set()
    for name in ("270", "271"):
        for loop in loops(x12_data.set_table(name)["root"]):
            for node in (child for child in loop["children"] if child["kind"] == "segment"):
                others = known.get((node["id"], "5010")) or known.get((node["id"], "4010"))
                if others is None:
                    unknown.add(node["id"])
                    continue
                ours = {element["n"]: element["de"] for element in node["elements"]}
                assert any(all(held.get(n, de) == de for n, de in ours.items()) for held in others), node[
                    "slot"
                ]
                assert node["syntax"] in rules.get(node["id"], [node["syntax"]]), node["slot"]
    assert unknown == {"MPI"}


# What 005010X279A1 has and 004010X092A1 had not, and the other way round.
NEW = {
    "270": {"2100C/HI", "2100D/HI"},
    "271": {
        *(f"2100B/{name}" for name in ("N3", "N4", "PRV")),
        *(f"2100{level}/{name}" for level in "CD" for name in ("HI", "MPI", "PRV")),
    },
}
GONE = {"270": {"2100B/PER"}, "271": {"2100A/REF", "2100C/PER", "2100D/PER"}}


def places(root: Node) -> set[str]:
    return {
        f"{loop['id']}/{node['id']}"
        for loop in loops(root)
        for node in loop["children"]
        if loop["id"][:1] == "2" and len(loop["id"]) == 5
    }


@pytest.mark.parametrize("name", ["270", "271"])
def test_declared_sets_have_the_loops_of_the_release_before(name: str) -> None:
    path = files("pyx12").joinpath("map", f"{name}.4010.X092.A1.xml")
    before, _ = read_map(path.read_bytes(), read_store("x12")["types"])
    ours, theirs = places(x12_data.set_table(name)["root"]), places(before)
    assert ours - theirs == NEW[name]
    assert theirs - ours == GONE[name]


def test_the_stored_tables_are_what_the_script_makes(tmp_path: Path) -> None:
    build(tmp_path)
    made = {path.name: decompress(path.read_bytes()) for path in tmp_path.iterdir()}
    assert made == {path.name: decompress(path.read_bytes()) for path in DATA.glob("x12*.json.z")}
