"""Writing X12: order, numbers, counts and constants come from the table; what is built is read back as it was built."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapper.schema.x12_data import set_table, set_tables
from runtime.codecs.x12 import (
    COMPONENT,
    Delimiters,
    MemoryControlNumbers,
    Outgoing,
    Partner,
    Slice,
    Style,
    TransactionStart,
    format_implied,
    format_real,
    parse_number,
    read,
    segment_values,
    serialize,
    write_interchange,
)
from runtime.errors import EncodeError, Finding

DATA = Path(os.environ.get("MAPPER_DATA", "../shared/data")) / "samples" / "x12"
SAMPLES = sorted(
    path
    for path in DATA.glob("*/*")
    if path.parent.name[:3] in {"835", "837"} and "_005010" in path.parent.name
)
PARTNER = Partner("SENDER", "RECEIVER")
NOON = datetime(2026, 1, 5, 12, 0)  # noqa: DTZ001  # an interchange has local time

Tree = dict[str, Any]


@cache
def whole(name: str) -> Mapping[str, Any]:
    """The table of a set that is not cut into units."""
    return {**set_table(name), "unit": None}


def read_whole(data: bytes) -> tuple[Mapping[str, Any], Tree]:
    """Table and tree of the one transaction that an interchange holds."""
    events = list(read(data, {name: whole(name) for name in set_tables()}))
    table = next(event.table for event in events if isinstance(event, TransactionStart))
    assert table is not None
    return table, next(event.tree for event in events if isinstance(event, Slice))


def as_built(tree: Tree) -> Tree:
    """A tree as generated code builds it: segments as values by number."""
    return {
        slot: [as_built(node) if isinstance(node, dict) else segment_values(node) for node in nodes]
        for slot, nodes in tree.items()
        if slot != "?"
    }


def written(tree: Tree, name: str, **options: Any) -> bytes:
    return write_interchange(
        [Outgoing(set_table(name), tree)], PARTNER, MemoryControlNumbers(), NOON, **options
    )


def clean(tree: Tree) -> Tree:
    """What must come back: without the envelope, without empty slots."""
    return {slot: nodes for slot, nodes in tree.items() if slot not in {"ST", "SE"} and nodes}


@pytest.mark.skipif(not SAMPLES, reason="the sample files are not there (MAPPER_DATA)")
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_samples_are_built_again_to_the_same_tree(path: Path) -> None:
    table, tree = read_whole(path.read_bytes())
    built = as_built(tree)
    again = as_built(read_whole(written(built, table["set"]))[1])
    once_more = as_built(read_whole(written(again, table["set"]))[1])
    assert again == once_more
    assert [slot for slot in again if slot not in {"ST", "SE"}] == [
        slot for slot in built if slot not in {"ST", "SE", "?"}
    ]


CLAIM: Tree = {
    "SE": [{1: "wrong"}],
    "2000A": {
        "2010AA": {"NM1": {2: "2", 3: "CLINIC", 9: "1234567893"}},
        "2000B": [
            {
                "SBR": {1: "P"},
                "2010BA": {"NM1": {2: "1", 3: "DOE~JANE"}},
                "2000C": {
                    "PAT": {1: "19"},
                    "2300": {"CLM": {1: "A", 2: "+0010.50", 5: {1: "11", 2: "B", 3: "1"}}},
                },
            },
            {
                "SBR": {1: "P"},
                "2300": {
                    "2400": [{"SV1": {1: {1: "HC", 2: "99213"}, 2: Decimal("1E+2")}}, {"SV1": {2: "0.50"}}],
                    "CLM": {1: "B", 2: "100.00"},
                    "HCP": [],
                },
            },
        ],
    },
    "BHT": {2: "00"},
}


def test_a_built_claim_gets_order_numbers_counts_and_constants() -> None:
    findings: list[Finding] = []
    segments = serialize(CLAIM, set_table("837P"), control="0007", findings=findings)
    lines = ["*".join(segment).replace(COMPONENT, ":") for segment in segments]
    assert lines == [
        "ST*837*0007*005010X222A1",
        "BHT*0019*00",
        "HL*1**20*1",
        "NM1*85*2*CLINIC*****XX*1234567893",
        "HL*2*1*22*1",
        "SBR*P",
        "NM1*IL*1*DOE JANE",
        "HL*3*2*23*0",
        "PAT*19",
        "CLM*A*10.5***11:B:1",
        "HL*4*1*22*0",
        "SBR*P",
        "CLM*B*100",
        "LX*1",
        "SV1*HC:99213*100",
        "LX*2",
        "SV1**.5",
        "SE*18*0007",
    ]
    assert [(each.code, each.where) for each in findings] == [("R139", "2010BA/NM103 (segment 7 of ST 0007)")]


def test_an_interchange_has_its_envelope_and_control_numbers() -> None:
    numbers = MemoryControlNumbers()
    first = written(CLAIM, "837P")
    two = [
        Outgoing(set_table("837P"), CLAIM),
        Outgoing(set_table("837P"), CLAIM),
        Outgoing(set_table("837I"), {}),
    ]
    for expected in (1, 2):
        text = write_interchange(two, PARTNER, numbers, NOON).decode()
        assert len(text.split("~")[0]) == 105
        assert text.split("~")[0].split("*")[13] == f"{expected:09}"
        assert text.endswith(f"IEA*2*{expected:09}~")
        assert [line.split("*")[2] for line in text.split("~") if line.startswith("ST*")] == [
            f"{3 * expected - 2:04}",
            f"{3 * expected - 1:04}",
            f"{3 * expected:04}",
        ]
    assert [finding.code for event in read(first, set_tables()) for finding in event.findings] == []


def test_other_delimiters_are_written_and_kept_out_of_data() -> None:
    style = Style(Delimiters("|", "<", ">", "\n"), replacement="-", upper=True)
    tree = {"2000A": {"2010AA": {"NM1": {2: "2", 3: "a|b<c>d\ne*f:g"}}}}
    data = written(tree, "837P", style=style)
    assert b"NM1|85|2|A-B-C-D-E*F:G\n" in data
    found = [event for event in read(data, set_tables()) if isinstance(event, Slice)]
    assert found[0].tree["2000A"][0]["2010AA"][0]["NM1"][0][3] == "A-B-C-D-E*F:G"


@pytest.mark.parametrize(
    ("tree", "code", "where"),
    [
        ({"2300": {}}, "R130", "2300"),
        ({"2000A": {"XYZ": {}}}, "R130", "2000A/XYZ"),
        ({"2000A": {"2010AA": "text"}}, "R131", "2000A/2010AA"),
        ({"BHT": "text"}, "R131", "BHT"),
        ({"BHT": {1: {1: {2: "deep"}}}}, "R131", "/BHT01-1 (segment 2 of ST 0001)"),
    ],
)
def test_what_has_no_place_is_an_error(tree: Tree, code: str, where: str) -> None:
    with pytest.raises(EncodeError) as caught:
        serialize(tree, set_table("837P"))
    assert (caught.value.finding.code, caught.value.finding.where.lstrip("/")) == (code, where.lstrip("/"))


@pytest.mark.parametrize(
    ("text", "written_as"),
    [
        ("+1", "1"),
        ("007.10", "7.1"),
        ("-0.50", "-.5"),
        ("0", "0"),
        ("-0.00", "0"),
        ("1E3", "1000"),
        ("12345678901234567.89", "12345678901234567.89"),
    ],
)
def test_numbers(text: str, written_as: str) -> None:
    number = parse_number(text)
    assert number is not None
    assert format_real(number) == written_as


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12))
def test_written_numbers_are_the_same_numbers(number: Decimal) -> None:
    assert Decimal(format_real(number)) == number
    implied = format_implied(number, 4)
    assert implied is not None
    assert Decimal(implied).scaleb(-4) == number


def test_implied_decimals_lose_nothing() -> None:
    assert format_implied(Decimal("12.34"), 2) == "1234"
    assert format_implied(Decimal("12.345"), 2) is None


DATA_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=8)


@st.composite
def loops(draw: st.DrawFn, node: Mapping[str, Any], depth: int = 0) -> Tree:
    """A tree of a set: some of its positions, with their qualifiers and any data."""
    found: Tree = {}
    for number, child in enumerate(node["children"]):
        needed = number == 0 and depth > 0
        if not needed and draw(st.integers(0, 3)) != 0:
            continue
        if child["kind"] == "loop":
            most = 1 if child["max"] == 1 else 2
            found[child["slot"]] = [draw(loops(child, depth + 1)) for _ in range(draw(st.integers(1, most)))]
        elif child["id"] not in {"ST", "SE", "HL", "LX"}:
            found[child["slot"]] = [draw(segments(child))]
    return found


@st.composite
def segments(draw: st.DrawFn, node: Mapping[str, Any]) -> dict[int, Any]:
    values: dict[int, Any] = {}
    for each in node["elements"]:
        if each["components"] or each["n"] > 6:
            continue
        if each["codes"]:
            values[each["n"]] = draw(st.sampled_from(each["codes"]))
        elif each["type"] == "R":
            values[each["n"]] = str(draw(st.integers(0, 999)))
        elif draw(st.booleans()):
            values[each["n"]] = draw(DATA_TEXT)
    for element, component, codes in node["match"]:
        code = draw(st.sampled_from(codes))
        values[element] = {component: code, component + 1: "1"} if component else code
    return values or {1: "1"}


@pytest.mark.parametrize("name", ["837P", "837I", "835", "277CA", "999"])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_generated_trees_survive_writing_and_reading(name: str, data: st.DataObject) -> None:
    tree = data.draw(loops(set_table(name)["root"]))
    text = written(tree, name)
    again = read_whole(text)[1]
    assert written(as_built(again), name) == text
    assert "?" not in str(again.keys())


def test_an_unused_hl04_is_not_written() -> None:
    patient = {"2100D": {"NM1": {3: "DOE"}}}
    provider = {"2100C": {"NM1": {3: "CLINIC"}}, "2000D": [patient]}
    tree = {"2000A": {"2000B": {"2000C": [provider]}}}
    levels = [segment for segment in serialize(tree, set_tables()["277CA"]) if segment[0] == "HL"]
    assert [level[2:] for level in levels] == [
        ["", "20", "1"],
        ["1", "21", "1"],
        ["2", "19", "1"],
        ["3", "PT"],
    ]


def test_a_segment_of_which_only_codes_beside_absent_values_are_known_is_not_written() -> None:
    tree = {"2000A": [{"2010AA": [{"NM1": {3: "CLINIC"}}], "2000B": [{"2000C": [{"PAT": {}}]}]}]}
    assert "PAT" not in [segment[0] for segment in serialize(tree, set_table("837P"))]
