"""The code tables parse, can be read back, write codes that FHIR allows, and say what the guide says."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from mapper.spec import reach, read_guide, read_skips, skip_for, tables_of
from mapper.spec.guide import CodePair
from tests.unit.mappings.tables import MAPPINGS, CodeTable, code_tables, parsed, systems

NAMES = sorted(path.stem for path in (MAPPINGS / "tables").glob("*.map"))

# Required bindings of R4 (hl7.fhir.r4.core 4.0.1) that tables write into.
REQUIRED = {
    "http://hl7.org/fhir/address-type": "postal physical both",
    "http://hl7.org/fhir/address-use": "home work temp old billing",
    "http://hl7.org/fhir/administrative-gender": "male female other unknown",
    "http://hl7.org/fhir/allergy-intolerance-category": "food medication environment biologic",
    "http://hl7.org/fhir/allergy-intolerance-criticality": "low high unable-to-assess",
    "http://hl7.org/fhir/allergy-intolerance-type": "allergy intolerance",
    "http://hl7.org/fhir/appointmentstatus": (
        "proposed pending booked arrived fulfilled cancelled noshow entered-in-error checked-in waitlist"
    ),
    "http://hl7.org/fhir/composition-status": "preliminary final amended entered-in-error",
    "http://hl7.org/fhir/contact-point-system": "phone fax email pager url sms other",
    "http://hl7.org/fhir/contact-point-use": "home work temp old mobile",
    "http://hl7.org/fhir/diagnostic-report-status": (
        "registered partial preliminary final amended corrected appended cancelled entered-in-error unknown"
    ),
    "http://hl7.org/fhir/encounter-status": (
        "planned arrived triaged in-progress onleave finished cancelled entered-in-error unknown"
    ),
    "http://hl7.org/fhir/event-status": (
        "preparation in-progress not-done on-hold stopped completed entered-in-error unknown"
    ),
    "http://hl7.org/fhir/http-verb": "GET HEAD POST PUT DELETE PATCH",
    "http://hl7.org/fhir/name-use": "usual official temp nickname anonymous old maiden",
    "http://hl7.org/fhir/observation-status": (
        "registered preliminary final amended corrected cancelled entered-in-error unknown"
    ),
    "http://hl7.org/fhir/participationstatus": "accepted declined tentative needs-action",
    "http://hl7.org/fhir/quantity-comparator": "< <= >= >",
    "http://hl7.org/fhir/reaction-event-severity": "mild moderate severe",
    "http://hl7.org/fhir/request-priority": "routine urgent asap stat",
    "http://hl7.org/fhir/request-status": ("draft active on-hold revoked completed entered-in-error unknown"),
    "http://hl7.org/fhir/specimen-status": "available unavailable unsatisfactory entered-in-error",
    "http://terminology.hl7.org/CodeSystem/special-values": "true false",
}


@pytest.fixture(params=NAMES)
def table(request: pytest.FixtureRequest) -> CodeTable:
    """Each table, under the name of its file."""
    return code_tables()[request.param]


def test_systems_have_one_name_each() -> None:
    assert parsed(MAPPINGS / "codes.map").declarations
    repeated = [uri for uri, count in Counter(systems().values()).items() if count > 1]
    assert repeated == []


def test_codes_have_one_target_in_each_direction(table: CodeTable) -> None:
    going = Counter(left for left, arrow, _ in table.rows if arrow != "<-")
    coming = Counter(right for _, arrow, right in table.rows if arrow != "->")
    assert [code for code, count in (going + coming).items() if count > 1] == []


def test_two_way_rows_come_back(table: CodeTable) -> None:
    rows = [(left, right) for left, arrow, right in table.rows if arrow == "<->"]
    assert [row for row in rows if (table.back(row[1]), table.go(row[0])) != row] == []


def test_rows_stay_inside_required_value_sets(table: CodeTable) -> None:
    allowed = REQUIRED.get(table.right, "").split()
    if not allowed:
        assert not table.right.startswith("http://hl7.org/fhir/")
        return
    written = {code for _, _, (_, code) in table.rows} | ({table.otherwise} if table.otherwise else set())
    assert written - set(allowed) == set()


def test_all_lists_beside_the_tables_are_read() -> None:
    read = {path.stem for path in (MAPPINGS / "tables").glob("*.tsv")}
    named = {
        name
        for name in NAMES
        if f'from "{name}.tsv"' in (MAPPINGS / "tables" / f"{name}.map").read_text("utf-8")
    }
    assert read == named


def test_lists_are_plain() -> None:
    for path in (MAPPINGS / "tables").glob("*.tsv"):
        with path.open(encoding="utf-8", newline="") as stream:
            lines = list(csv.reader(stream, delimiter="\t"))
        assert lines[0][0].startswith("# ")
        assert [line for line in lines[1:] if "" in line or "|" in "".join(line) or len(line) != 3] == [], (
            path.name
        )


def implements(pair: CodePair) -> bool:
    """Whether a table turns the pair's code into its target."""
    found = [code_tables()[name].go(pair.code) for name in tables_of(pair.map)]
    return (pair.target_system, pair.target_code) in found


@pytest.mark.data
def test_adt_a01_reaches_codes_that_the_tables_hold(data: Path) -> None:
    pairs = reach(read_guide(data / "v2-to-fhir"), "ADT_A01").codes
    missing = [pair for pair in pairs if not implements(pair)]
    assert 1 - len(missing) / len(pairs) >= 0.98
    skips = read_skips()
    assert [pair for pair in missing if skip_for(pair, skips) is None] == []


@pytest.mark.data
def test_pairs_of_all_maps_are_held_or_skipped(data: Path) -> None:
    guide, skips = read_guide(data / "v2-to-fhir"), read_skips()
    pairs = [pair for rows in guide.codes.values() for pair in rows]
    missing = [pair for pair in pairs if not implements(pair)]
    assert [pair for pair in missing if skip_for(pair, skips) is None] == []
    assert len(missing) < len(pairs) * 0.02


@pytest.mark.data
def test_lists_are_what_the_guide_holds(data: Path) -> None:
    guide = read_guide(data / "v2-to-fhir")
    for name, code_map in (("country", "CountryCode"), ("event_type", "EventType")):
        pairs = {(pair.code, pair.target_code) for pair in guide.code_pairs(code_map)}
        assert {(left, right[1]) for left, _, right in code_tables()[name].rows} == pairs
