"""Our verdict of SNIP 1 and 2 is pyx12's, on samples and on damaged files; each difference has its reason here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from runtime.x12.validate import X12Finding
from tests.x12 import judge
from tests.x12.claims import claims
from tests.x12.mutations import mutate, parse
from tests.x12.remittances import remittances
from tests.x12.validating import errors

SETS = ("837P", "837I", "835")
MUTANTS = 60  # of each set
SAMPLES = ("835_005010X221A1", "837_005010X222A2", "837_005010X223A3")
SUCCESSORS = {"005010X222A2": "005010X222A1", "005010X223A3": "005010X223A2"}
"""pyx12 refuses these versions, which differ from those it knows in nothing that a map says."""


def document(name: str, seed: int) -> bytes:
    make = remittances(seed, plain=True, size=1) if name == "835" else claims(name, seed, plain=True, size=1)
    return make.bytes()


def test_samples_are_judged_alike(data: Path) -> None:
    """All 837P, 837I and 835 samples: ten are valid, and of the others both say so."""
    folders = [data / "samples/x12" / name for name in SAMPLES]
    files = sorted(path for folder in folders for path in folder.iterdir())
    assert len(files) > 20
    valid = 0
    for path in files:
        text = path.read_text()
        for newer, known in SUCCESSORS.items():
            text = text.replace(newer, known)
        accepted, told = judge.verdict(text)
        ours = errors(text.encode(), 2)
        assert (accepted and not told) == (not ours), path.name
        valid += not ours
    assert valid == 10


@pytest.mark.parametrize("name", SETS)
def test_damaged_files_are_judged_alike(name: str) -> None:
    """One random change in each of many files; where the verdicts differ, one of the reasons below holds."""
    differ = 0
    for seed in range(MUTANTS):
        change, damaged = mutate(document(name, seed % 9), f"{name}{seed}")
        accepted, told = judge.verdict(damaged.decode("latin-1"))
        ours = errors(damaged, 2)
        if (accepted and not told) == (not ours):
            continue
        differ += 1
        reasons = (
            begins_again(ours, damaged),
            order_of_names(told),
            outside_lists(told, damaged),
            repetitions(ours),
            dates_of_components(ours),
        )
        assert any(reasons), (change, seed, [each.where for each in ours], told)
    assert differ <= MUTANTS // 10


def begins_again(ours: list[X12Finding], data: bytes) -> bool:
    """pyx12 does not tell what a loop lacks if the same loop begins again at once (two CLM, one behind the other).

    Its walker looks for missing segments only on the way to a later position. A claim without diagnosis and lines is
    not valid, so we tell.
    """
    segments = [segment[0] for segment in parse(data)][2:]
    missing = [each for each in ours if each.code in ("R423", "R424")]
    others = [each for each in ours if each.code not in ("R423", "R424", "R413")]
    return bool(missing) and not others and all(_again(segments, each.ordinal) for each in missing)


def _again(segments: list[str], ordinal: int) -> bool:
    """Whether the segment at an ordinal has an equal one shortly before: the loop that began there begins again."""
    return segments[ordinal - 1] in segments[max(0, ordinal - 12) : ordinal - 1]


def order_of_names(told: list[dict[str, Any]]) -> bool:
    """pyx12 asks for 2010BA before 2010BB. X12 has both at one position, so their order is free."""
    return bool(told) and all("2010B" in str(each.get("err_str")) for each in told)


def outside_lists(told: list[dict[str, Any]], data: bytes) -> bool:
    """Places of service, states and remarks are code lists outside of the guide: SNIP 5 for us, SNIP 2 for pyx12."""
    return bool(told) and all(each.get("err_cde") == "7" for each in told) and bool(errors(data, 5))


def repetitions(ours: list[X12Finding]) -> bool:
    """pyx12 does not know the repetition separator, and takes it as a part of the value."""
    places = {(each.ordinal, each.element) for each in ours if each.code == "R407"}
    return bool(places) and all((each.ordinal, each.element) in places for each in ours)


def dates_of_components(ours: list[X12Finding]) -> bool:
    """pyx12 compares a date with its format qualifier in DTP and the like, not among components (HI)."""
    return bool(ours) and all(each.code == "R406" and each.component for each in ours)
