"""Every seeded fault is found where it is, and nothing is found in what is valid."""

from __future__ import annotations

import pytest

from runtime.x12.validate import X12Finding
from tests.x12.faults import ALL, FAULTS, KINDS, Place, Seeded, document, plant
from tests.x12.validating import errors, findings, results

SEEDS = range(8)


def is_at(found: X12Finding, place: Place) -> bool:
    """Whether a finding points at a place; an envelope's place has no ordinal."""
    return (found.loop, found.segment, found.ordinal, found.element, found.component) == (
        place.loop,
        place.segment,
        place.ordinal,
        place.element,
        place.component,
    )


def told(seeded: Seeded) -> list[X12Finding]:
    return [each for each in findings(seeded.data) if each.level == "error"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_seeded_fault_is_found_at_its_place(kind: str, seed: int) -> None:
    seeded = plant(kind, seed)
    found = told(seeded)
    there = [each for each in found if any(is_at(each, place) for place in seeded.places)]
    assert there, [each.where for each in found]


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_is_told_with_its_snip_type(kind: str) -> None:
    """Faults of a higher type are not told when lower ones are asked for."""
    seeded = plant(kind, 3)
    snip = FAULTS[kind].snip
    lowest = min(each.snip for each in told(seeded) if any(is_at(each, place) for place in seeded.places))
    assert lowest <= max(snip, 2)
    assert errors(seeded.data, lowest)
    if lowest > 1:
        assert not [each for each in errors(seeded.data, lowest - 1) if each.snip >= lowest]


@pytest.mark.parametrize("set_name", ALL)
@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_found_in_a_valid_file(set_name: str, seed: int) -> None:
    data = document(set_name, seed).bytes()
    assert errors(data) == []
    assert {each.verdict for each in results(data)} == {"accepted"}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if FAULTS[kind].snip in (3, 4)])
def test_one_bad_claim_does_not_hide_the_next(kind: str) -> None:
    """Only the claim with the fault is rejected; the others are counted and accepted."""
    for seed in range(12):
        seeded = plant(kind, seed)
        before, after = results(seeded.clean), results(seeded.data)
        assert [each.claims for each in before] == [each.claims for each in after]
        assert sum(each.rejected for each in before) == 0
        assert sum(each.rejected for each in after) <= 1


def test_findings_have_no_values() -> None:
    for kind in KINDS:
        seeded = plant(kind, 1)
        assert all(each.value == "" for each in findings(seeded.data))
