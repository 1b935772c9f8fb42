"""The made documents are valid, and the seeded faults are what they say. The judge is pyx12."""

from __future__ import annotations

import pytest

from tests.x12 import judge
from tests.x12.claims import ACCIDENT, COB, DEPENDENT, FACILITY, INPATIENT, RENDERING, REPLACEMENT, claims
from tests.x12.document import Document
from tests.x12.faults import ALL, FAULTS, KINDS, Place, Seeded, document, plant
from tests.x12.remittances import DENIAL, LINES, PROVIDER, REVERSAL, remittances

SEEN_BY_PYX12 = {kind for kind, fault in FAULTS.items() if fault.snip in (1, 2)} | {"place-of-service"}
"""The kinds that pyx12 always finds; of states and remarks it knows the codes in some places only."""
SOMETIMES = {"state", "remark"}
REMOVED = {"missing-segment", "replacement-without-original", "accident-without-date"}


def rich(seed: int, set_name: str) -> Document:
    if set_name == "835":
        return remittances(seed, need=frozenset({REVERSAL, PROVIDER, DENIAL, LINES}))
    return claims(
        set_name,
        seed,
        need=frozenset({ACCIDENT, COB, REPLACEMENT, FACILITY, DEPENDENT, RENDERING, INPATIENT}),
        size=1,
    )


@pytest.mark.parametrize("set_name", ALL)
@pytest.mark.parametrize("seed", range(4))
def test_made_documents_are_accepted(set_name: str, seed: int) -> None:
    for made in (document(set_name, seed), rich(seed, set_name)):
        assert judge.verdict(made.bytes()) == (True, [])


def test_there_are_29_kinds() -> None:
    snips = [fault.snip for fault in FAULTS.values()]
    assert [snips.count(snip) for snip in (1, 2, 3, 4, 5)] == [7, 6, 4, 4, 8]


@pytest.mark.parametrize("kind", KINDS)
def test_pyx12_finds_what_is_of_syntax_and_guide(kind: str) -> None:
    accepted, errors = judge.verdict(plant(kind, 1).data)
    if kind in SEEN_BY_PYX12:
        assert not accepted
        assert errors
    elif kind not in SOMETIMES:
        assert accepted


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(12))
def test_a_fault_is_where_it_says(kind: str, seed: int) -> None:
    seeded = plant(kind, seed)
    assert seeded == plant(kind, seed)
    assert seeded.data != seeded.clean
    if not seeded.place.ordinal:
        return
    there = [standing(seeded, place) for place in seeded.places]
    assert any(there) if kind in REMOVED else all(there)


def standing(seeded: Seeded, place: Place) -> bool:
    """Whether the segment of a place stands there; it need not hold a value at the element."""
    return segments(seeded, place.transaction)[place.ordinal - 1][0] == place.segment


def test_kinds_are_spread_over_sets_and_places() -> None:
    seen = {plant("npi", seed).place for seed in range(30)}
    assert len({place.loop for place in seen}) >= 4


def segments(seeded: Seeded, control: str) -> list[list[str]]:
    """The segments of a transaction, read with nothing but `split`."""
    text = seeded.data.decode()
    separator, end = text[3], text[105]
    every = [part.strip().split(separator) for part in text.split(end)]
    start = next(n for n, part in enumerate(every) if part[0] == "ST" and part[2] == control)
    stop = next(n for n in range(start, len(every)) if every[n][0] == "SE")
    return every[start : stop + 1]
