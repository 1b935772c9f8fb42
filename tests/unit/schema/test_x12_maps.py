"""Map files: both forms of them, those that a project brings along, and whatever may be wrong in one."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapper.driver.compile import compile_project
from mapper.resolve import Library
from mapper.schema import WrongMap, known_versions, load, x12_data, x12_extra
from mapper.schema.make import x12_declared
from mapper.schema.make.x12_declared import DeclarationError, declared
from mapper.schema.store import read
from mapper.schema.x12 import X12Schema
from mapper.schema.x12_map import read_map
from mapper.schema.x12_pack import pack, unpack
from mapper.schema.x12_structure import finish, loops
from mapper.schema.x12_xml import DEEPEST, MOST_BYTES, MapError, parse

TYPES = read("x12")["types"]
PYX12 = files("pyx12").joinpath("map")

SMALL = """<?xml version="1.0"?>
<transaction xid="999">
  <loop xid="ST_LOOP" type="explicit" usage="R" repeat="&gt;1">
    <segment xid="ST"><name>Begin</name><usage>R</usage><pos>0100</pos><max_use>1</max_use>
      <element xid="ST01"><data_ele>143</data_ele><name>Id</name><usage>R</usage><seq>01</seq>
        <valid_codes><code>999</code></valid_codes></element>
      <element xid="ST03"><data_ele>1705</data_ele><usage>S</usage><seq>03</seq>
        <valid_codes><code>005010X777</code></valid_codes></element>
    </segment>
    <segment xid="SE" usage="R" pos="0200" max_use="1" name="End">
      <element xid="SE01" data_ele="96" usage="R" seq="01" name="Count"/>
    </segment>
  </loop>
</transaction>
"""


def wrong(text: str) -> str:
    with pytest.raises(MapError) as error:
        read_map(text.encode(), TYPES)
    return str(error.value)


def test_both_forms_of_a_property_are_read() -> None:
    root, around = read_map(SMALL.encode(), TYPES)
    assert around == []
    st, se = root["children"]
    assert (st["name"], st["usage"], st["max"], st["order"]) == ("Begin", "R", 1, 0)
    assert (se["name"], se["usage"], se["max"], se["order"]) == ("End", "R", 1, 1)
    assert [element["n"] for element in st["elements"]] == [1, 3]
    assert st["elements"][0]["codes"] == ["999"]
    assert (se["elements"][0]["type"], se["elements"][0]["max"]) == ("N0", 10)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("<transaction", "<!DOCTYPE t [<!ENTITY a 'b'>]><transaction", "line 2: a DTD is not accepted"),
        ("<transaction", "<!DOCTYPE t SYSTEM 'http://x.example/t.dtd'><transaction", "line 2: a DTD is not accepted"),
        ("<name>Id</name>", "<name>&xxe;</name>", "line 5: not well-formed XML: undefined entity"),
        ("</transaction>", "", "line 15: not well-formed XML: no element found"),
        ("<usage>S</usage>", "<usage>Q</usage>", "line 7: usage is 'Q', not R, S or N"),
        ("<pos>0100</pos>", "<pos>first</pos>", "line 4: pos is 'first', not a number"),
        ("<max_use>1</max_use>", "", "line 4: max_use is '', not a number"),
        ("<max_use>1</max_use>", "<max_use>\u0663</max_use>", "line 4: max_use is '\u0663', not a number"),
        ("<seq>03</seq>", "<seq>01</seq>", "line 4: two elements have the number 1"),
        ("<data_ele>143</data_ele>", "<data_ele>0</data_ele>", "line 5: data element '0' is not known"),
        ('xid="SE"', 'xid="se!"', "line 10: 'se!' is not a segment id"),
        ("<name>Begin</name>", "<name>Begin</name><syntax>X0102</syntax>", "line 4: 'X0102' is not a syntax rule"),
        ('<segment xid="SE"', '<loop xid="1000" usage="R" repeat="1" pos="0150"/><segment xid="SE"',
         "line 10: loop '1000' does not begin with a segment"),
        ("transaction", "codesets", "line 2: the outermost XML element is 'codesets', not transaction"),
        ('version="1.0"', 'version="1.0" encoding="klingon"', "line 1: not readable as XML: LookupError"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(old: str, new: str, told: str) -> None:
    assert wrong(SMALL.replace(old, new)) == told


def test_xml_is_bounded() -> None:
    with pytest.raises(MapError, match="larger than 16,000,000 bytes"):
        parse(b" " * (MOST_BYTES + 1))
    with pytest.raises(MapError, match=f"nest deeper than {DEEPEST}"):
        parse(b"<a>" * (DEEPEST + 1))
    with pytest.raises(MapError, match="more than 400,000 XML elements"):
        parse(b"<a>" + b"<b/>" * 400_001 + b"</a>")


@given(st.binary(max_size=200) | st.text("<>/=\"' atrnsco!&;?", max_size=200).map(str.encode))
def test_any_bytes_are_a_map_or_told(content: bytes) -> None:
    try:
        read_map(content, TYPES)
    except MapError as error:
        told = error.what
    else:
        told = "a map"
    assert told


@given(st.integers(0, len(SMALL)), st.integers(0, 30), st.text("<>/RSN>1 09\"'", max_size=4))
def test_any_change_of_a_map_gives_a_table_or_is_told(start: int, length: int, new: str) -> None:
    text = SMALL[:start] + new + SMALL[start + length :]
    try:
        root, _ = read_map(text.encode(), TYPES)
    except MapError:
        return
    if root:
        table = finish(root)
        assert unpack(pack(table), TYPES)["children"][0]["id"] == table["children"][0]["id"]


@pytest.mark.parametrize("path", sorted(Path(str(PYX12)).glob("8*.xml")), ids=lambda path: path.name)
def test_every_claim_and_remittance_map_of_pyx12_is_read_and_stored(path: Path) -> None:
    root, _ = read_map(path.read_bytes(), TYPES)
    table = finish(root | {"name": "", "usage": "R", "max": None})
    again = unpack(pack(table), TYPES)
    for ours, theirs in zip(loops(table), loops(again), strict=True):
        for node, same in zip(ours["children"], theirs["children"], strict=True):
            assert {key: node[key] for key in same if key != "children"} == {
                key: held for key, held in same.items() if key != "children"
            }


# -- guides of a project -----------------------------------------------------------------------------


def project(folder: Path, *names: str) -> list[Path]:
    paths = [folder / name for name in names]
    for path in paths:
        path.write_bytes(PYX12.joinpath(path.name).read_bytes())
    return paths


def test_a_project_brings_its_guides(tmp_path: Path) -> None:
    maps = project(tmp_path, "834.5010.X220.A1.xml", "837.4010.X098.A1.xml")
    schema = load("x12", ["005010X220A1", "004010X098A1"], None, maps)
    assert isinstance(schema, X12Schema)
    assert list(schema.tables) == ["834", "837"]
    assert (schema.tables["834"]["functional"], schema.tables["834"]["unit"]) == ("BE", None)
    assert schema.tables["837"]["unit"] == "2300"
    assert schema.element("834.2000", "INS") is not None or schema.element("2000", "INS") is not None
    assert "005010X220A1" not in known_versions("x12")


def test_a_guide_wins_over_the_known_one_of_its_version(tmp_path: Path) -> None:
    changed = PYX12.joinpath("835.5010.X221.A1.xml").read_text(encoding="utf-8").replace(
        "<name>Payer Name</name>", "<name>Who pays</name>"
    )  # fmt: skip
    path = tmp_path / "835.xml"
    path.write_text(changed, encoding="utf-8")
    table = x12_extra.tables([path])["835"]
    assert table["root"]["slot"] == "835"
    assert "Who pays" in {e["name"] for loop in loops(table["root"]) for s in loop["children"]
                          for e in s.get("elements", ())}  # fmt: skip
    assert x12_data.set_table("835") is not table


def test_a_changed_map_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "small.xml"
    path.write_text(SMALL.replace("<name>Begin</name>", "<name>One</name>"))
    assert x12_extra.tables([path])["999_005010X777"]["root"]["children"][0]["name"] == "One"
    path.write_text(SMALL.replace("<name>Begin</name>", "<name>Two</name>"))
    os.utime(path, ns=(1, 1))
    assert x12_extra.tables([path])["999_005010X777"]["root"]["children"][0]["name"] == "Two"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<transaction/>", "small.xml: the map has no loop ST_LOOP, so it describes no transaction"),
        (
            SMALL.replace("<code>999</code>", ""),
            "small.xml: ST01 has no code, so the map does not tell its transaction",
        ),
        (SMALL.replace("005010X777", " "), "small.xml: neither ST03 nor GS08 has a code"),
        (SMALL.replace("<usage>S</usage>", "<usage>Q</usage>"), "small.xml:7: usage is 'Q', not R, S or N"),
    ],
)
def test_a_wrong_guide_is_told_by_file_and_line(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "small.xml"
    path.write_text(text)
    with pytest.raises(WrongMap) as error:
        load("x12", [], None, [path])
    assert told in str(error.value)
    path.unlink()
    with pytest.raises(WrongMap, match=r"small\.xml: cannot be read"):
        load("x12", [], None, [path])


def test_a_wrong_guide_is_a_diagnostic_of_the_module_that_needs_it(tmp_path: Path) -> None:
    guide, module = tmp_path / "small.xml", tmp_path / "a.map"
    module.write_text('use x12 "005010X777"\nuse fhir "R4"\n')
    guide.write_text(SMALL)
    library = Library((tmp_path,), (guide,))
    assert compile_project([module], library).diagnostics == ()
    guide.write_text(SMALL.replace("<usage>S</usage>", "<usage>Q</usage>"))
    (found,) = compile_project([module], library).diagnostics
    assert (found.code, found.message) == ("E211", f"{guide}:7: usage is 'Q', not R, S or N")
    assert found.span is not None
    assert found.span.start == 0


# -- what is declared --------------------------------------------------------------------------------


def test_a_declaration_is_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(x12_declared, "FOLDER", tmp_path)
    (tmp_path / "1.txt").write_text(
        "# a set\n$city = R19 S156@states\n$codes = A,B\n"
        "ST R 1 0100 Begin | R143=270 R329\n"
        "loop 2000A S >1 A level\n"
        "  HL R 1 0100 The level | R735=20\n"
        "  N4 S 3 0700 Where | $city S1365*99=$codes S C003(R235=HC R234) N C040 | C0605 P0102\n"
        "  N3 S 1 0700 Also there | R166\n"
        "SE R 1 0200 End | R96\n"
    )
    root = declared("1", TYPES, {"19": "City"})
    st, level, se = root["children"]
    assert (st["elements"][0]["codes"], st["order"], se["order"]) == (["270"], 0, 2)
    assert (level["id"], level["usage"], level["max"], level["order"]) == ("2000A", "S", None, 1)
    hl, n4, n3 = level["children"]
    assert (hl["order"], n4["order"], n3["order"]) == (0, 1, 1)
    city, state, service, procedure, unused = n4["elements"]
    assert (city["name"], city["usage"], state["external"]) == ("City", "R", "states")
    assert (service["repeat"], service["codes"]) == (99, ["A", "B"])
    assert [part["de"] for part in procedure["components"]] == ["235", "234"]
    assert (unused["usage"], unused["components"]) == ("N", [])
    assert n4["syntax"] == ["C0605", "P0102"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ST R 1 0100 Begin | R143=$x\n", r"line 1: \$x is not defined"),
        ("ST R 1 0100 Begin | R143 X\n", "line 1: not an element at 'X'"),
        ("ST R 1 0100 Begin | R99999\n", "line 1: data element 99999 is not known"),
        ("\nST Q 1 0100 Begin\n", "line 2: not in the notation"),
        ("loop 2000A R many\n", "line 1: not in the notation"),
    ],
)
def test_a_wrong_declaration_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, told: str
) -> None:
    monkeypatch.setattr(x12_declared, "FOLDER", tmp_path)
    (tmp_path / "1.txt").write_text(text)
    with pytest.raises(DeclarationError, match=told):
        declared("1", TYPES, {})
