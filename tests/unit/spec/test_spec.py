"""The guide is read whole, its reach is counted, and each correction and reason has rows to stand for."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapper.spec import Guide, Row, distinct_key, place_of, reach, read_guide, read_skips, skip_for, tables_of
from mapper.spec.__main__ import report
from mapper.spec.build_tables import coding_system_lines, list_lines
from mapper.spec.guide import CodePair, corrections


@pytest.fixture(scope="module")
def guide(data: Path) -> Guide:
    return read_guide(data / "v2-to-fhir")


def row(target: str, map_name: str = "OBX[Observation]", source: str = "OBX-24", assignment: str = "") -> Row:
    return Row("segment", map_name, source, "", target, "", "", "", "", "", assignment, target, "")


@pytest.mark.parametrize(
    ("map_name", "target", "place"),
    [
        ("PID[Patient]", "name[1]", "Patient.name"),
        ("OBX[Observation-Component]", "interpretation", "Observation.interpretation"),
        ("XPN[HumanName]", "[1].given[2]", "HumanName.given"),
        ("CWE[code]", "$value", "code"),
        ("HD[MessageHeader.source-name]", "software", "MessageHeader.source.software"),
        ("PV1[Encounter]", "participant[1].individual(Practitioner)", "Practitioner"),
        (
            "OBX[Observation]",
            "performer[2](PractitionerRole[1].organization(Organization.address))",
            "Organization.address",
        ),
    ],
)
def test_a_place_is_the_innermost_resource(map_name: str, target: str, place: str) -> None:
    assert str(place_of(row(target, map_name))) == place


def test_rows_are_distinct_by_what_they_say() -> None:
    same = row("performer[2](Organization.address)")
    assert distinct_key(same) == distinct_key(
        row("performer[2](PractitionerRole.organization(Organization.address))")
    )
    assert distinct_key(same) != distinct_key(row("performer[2](Organization.address)", source="OBX-23"))
    assert distinct_key(row("a(Organization)")) != distinct_key(row("b(Organization)"))


def test_lists_read_back_by_their_first_code() -> None:
    pairs = [CodePair("M", code, "", "", target, "", "") for code, target in (("A", "x"), ("B", "x"))]
    assert list_lines(pairs)[1:] == ["A\t<->\tx", "B\t->\tx"]
    assert coding_system_lines(["0001"])[1] == "HL70001\t<->\thttp://terminology.hl7.org/CodeSystem/v2-0001"


@pytest.mark.data
def test_the_guide_is_read_whole(guide: Guide) -> None:
    sizes = [
        sum(map(len, maps.values()))
        for maps in (guide.messages, guide.segments, guide.datatypes, guide.codes)
    ]
    assert sizes == [402, 1055, 617, 2324]


@pytest.mark.data
def test_what_adt_a01_reaches(guide: Guide) -> None:
    reached = reach(guide, "ADT_A01")
    assert reached.counts() == {"message": 35, "segment": 560, "datatype": 438, "code": 757}
    distinct = [len(reached.distinct(kind)) for kind in ("message", "segment", "datatype", "code")]
    assert distinct == [33, 457, 388, 757]
    assert "segment    560  457" in report(reached)


@pytest.mark.data
def test_each_correction_stands_for_a_row(guide: Guide) -> None:
    rows = [row for maps in (guide.segments, guide.datatypes) for rows in maps.values() for row in rows]
    printed = {(row.kind, row.map, row.source, row.printed) for row in rows}
    assert set(corrections()) - printed == set()
    assert all(row.correction for row in rows if row.target != row.printed)


@pytest.mark.data
def test_each_reason_stands_for_a_row(guide: Guide) -> None:
    skips = read_skips()
    everything = (guide.messages, guide.segments, guide.datatypes, guide.codes)
    used = {skip_for(row, skips) for maps in everything for rows in maps.values() for row in rows}
    assert [skip for skip in skips if skip not in used] == []


@pytest.mark.data
def test_tables_stand_for_code_maps_of_the_guide(guide: Guide) -> None:
    unserved = [name for name in guide.codes if not tables_of(name)]
    assert unserved == []
