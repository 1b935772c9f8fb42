"""What a message's own version or structure has no place for is left out, and told (R116)."""

from __future__ import annotations

from typing import Any

import pytest

from mapper.schema.hl7v2 import Hl7v2Schema, structures
from mapper.schema.hl7v2_versions import lacking
from runtime.codecs.hl7v2 import fit, serialize

VERSIONS = ("2.5.1", "2.5", "2.4", "2.3.1", "2.3")


@pytest.fixture(scope="module")
def tables() -> dict[str, Any]:
    schema = Hl7v2Schema(VERSIONS)
    made = structures(schema, ["ADT_A01", "ADT_A05"])
    return {**made, "lacking": {name: lacking(schema, name) for name in made["messages"]}}


def message(version: str) -> dict[str, Any]:
    rol: dict[int, Any] = {3: "PP"}
    return {
        "MSH": {9: {1: "ADT", 2: "A01"}, 12: version},
        "SFT": [{1: "A"}],
        "PID": {3: "1"},
        "ROL": [rol],
        "PROCEDURE": [{"PR1": {3: "2"}, "ROL": [rol]}],
        "INSURANCE": [{"IN1": {2: "3"}, "ROL": [rol]}],
    }


@pytest.mark.parametrize(
    ("version", "left_out"),
    [
        ("2.3", ["SFT", "ROL", "INSURANCE.ROL"]),
        ("2.3.1", ["SFT", "ROL", "INSURANCE.ROL"]),
        ("2.4", ["SFT"]),
        ("2.5", []),
        ("2.5.1", []),
        ("2.8", []),
        ("nonsense", []),
    ],
)
def test_a_version_lacks_what_came_later(tables: dict[str, Any], version: str, left_out: list[str]) -> None:
    tree = message(version)
    told = fit(tree, tables, "ADT_A01")
    assert [finding.where for finding in told] == left_out
    assert {finding.code for finding in told} <= {"R116"}
    written = serialize(tree, tables, "ADT_A01").decode().split("\r")
    assert ("SFT|A" in written) is ("SFT" not in left_out)
    assert sum(line.startswith("ROL") for line in written) == 3 - sum(
        slot.endswith("ROL") for slot in left_out
    )


def test_a_structure_that_a_version_lacks_is_asked_of_its_family(tables: dict[str, Any]) -> None:
    assert "ROL" in tables["lacking"]["ADT_A05"]["2.3"]
    assert "PROCEDURE.ROL" not in tables["lacking"]["ADT_A05"]["2.3"]


def test_what_the_structure_lacks_is_told(tables: dict[str, Any]) -> None:
    findings: list[Any] = []
    written = serialize({**message("2.5.1"), "MRG": {1: "4"}}, tables, "ADT_A01", findings)
    assert [(finding.code, finding.where) for finding in findings] == [("R116", "MRG")]
    assert b"MRG" not in written
