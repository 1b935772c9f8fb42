"""The pattern of a segment takes nothing that the exact checks refuse, and takes what valid files hold."""

from __future__ import annotations

from functools import cache
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapper.schema import x12_data
from runtime.codecs.x12 import COMPONENT, REPETITION, Placed, read
from runtime.x12.validate import load_lists
from runtime.x12.validate.elements import ElementTable, broken, faults, holds, implied
from runtime.x12.validate.fast import SEPARATOR
from runtime.x12.validate.plan import SegmentPlan
from runtime.x12.validate.program import Program, compile_program
from tests.x12.faults import ALL, document

TABLES = x12_data.set_tables()
SETS = sorted(TABLES)


@cache
def program(name: str) -> Program:
    return compile_program(TABLES[name], load_lists())


@cache
def positions(name: str) -> list[SegmentPlan]:
    return [plan for plan in program(name).plan.segments.values() if not plan.unused]


def text_of(part: ElementTable, rng: Random) -> str:
    """A value for an element: most are valid, some are at a border, some are wrong."""
    codes = part.get("codes")
    if codes and rng.random() < 0.8:
        return rng.choice(codes)
    kind, least, most = part["type"], part["min"], part["max"] or 20
    length = rng.choice(
        (least, most, rng.randint(least, max(least, min(most, 12))), most + 1, max(0, least - 1))
    )
    length = min(length, 300)
    if kind in ("DT", "D8") or (part["de"] == "1251" and rng.random() < 0.5):
        return rng.choice(
            ("20240229", "20230229", "20241231", "20240431", "240101", "20240101-20240131", "1800", "")
        )
    if kind == "TM":
        return rng.choice(("1230", "2460", "123059", "12305999", "2400", "12", ""))
    if kind == "R":
        return rng.choice(
            ("1", "1.5", "-1.50", ".5", "1.", "-", "1e3", "9" * length, "1" * max(0, length - 2) + ".25")
        )
    if kind[:1] == "N":
        return rng.choice(("1", "-1", "1.5", "9" * length, "01", ""))
    return rng.choice(("A", "a", "Ä", "0", " ", "\x07", "-")) * length if rng.random() < 0.4 else "B" * length


def value_of(part: ElementTable, rng: Random) -> str:
    if rng.random() < (0.08 if part["usage"] == "R" else 0.5):
        return ""
    components = part.get("components")
    if components:
        joined = COMPONENT.join(value_of(each, rng) for each in components)
        return joined.rstrip(COMPONENT) if rng.random() < 0.9 else joined
    if rng.random() < 0.01:
        return REPETITION.join((text_of(part, rng), text_of(part, rng)))
    return text_of(part, rng)


def segment_of(plan: SegmentPlan, rng: Random) -> list[str]:
    segment = [plan.id, *("" for _ in range(max((part["n"] for part in plan.elements), default=0)))]
    for part in plan.elements:
        segment[part["n"]] = "" if part["usage"] == "N" and rng.random() < 0.95 else value_of(part, rng)
    while len(segment) > 1 and not segment[-1] and rng.random() < 0.97:
        segment.pop()
    return [*segment, *("X" for _ in range(rng.random() < 0.02))]


@pytest.mark.parametrize("name", SETS)
@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_what_the_pattern_takes_has_no_fault(name: str, seed: int) -> None:
    rng = Random(seed)
    lists = program(name).lists
    for plan in rng.sample(positions(name), min(12, len(positions(name)))):
        segment = segment_of(plan, rng)
        if plan.fits(SEPARATOR.join(segment)) is not None:
            assert [each.message for each in faults(plan.elements, segment, lists)] == [], (
                plan.node.path,
                segment,
            )


@pytest.mark.parametrize("name", ALL)
def test_the_pattern_takes_what_valid_files_hold(name: str) -> None:
    """Otherwise it would not be fast: all but a few segments of valid files match."""
    segments = program(name).plan.segments
    taken = total = 0
    for seed in range(10):
        for event in read(document(name, seed).bytes(), TABLES):
            if isinstance(event, Placed):
                for move, segment in zip(event.moves, event.segments, strict=True):
                    if move.node is not None:
                        total += 1
                        taken += segments[move.node].fits(SEPARATOR.join(segment)) is not None
    assert taken / total > 0.98


@given(st.lists(st.sampled_from(["", "1", COMPONENT, f"A{COMPONENT}B"]), min_size=5, max_size=8))
@pytest.mark.parametrize("condition", ["P0203", "R010203", "E0102", "C010203", "L010203", "P010204"])
def test_conditions_are_those_of_the_standard(condition: str, values: list[str]) -> None:
    """Against the wording of X12.6: presence of the elements that a condition names."""
    numbers = [int(condition[at : at + 2]) for at in range(1, len(condition), 2)]
    there = [bool(values[number].strip(COMPONENT)) for number in numbers]
    first, rest = there[0], there[1:]
    wanted = {
        "P": all(there) or not any(there),
        "R": any(there),
        "E": sum(there) <= 1,
        "C": not first or all(rest),
        "L": not first or any(rest),
    }[condition[0]]
    assert holds(condition)(values) == wanted
    assert broken(condition)[1]


_USAGE = st.sampled_from("RSN")


@pytest.mark.parametrize("condition", ["P0102", "R0102", "E0102", "C0102", "L0102"])
@given(usages=st.tuples(_USAGE, _USAGE), values=st.tuples(st.booleans(), st.booleans()))
def test_an_implied_condition_never_breaks(
    condition: str, usages: tuple[str, str], values: tuple[bool, bool]
) -> None:
    """Where usage decides a condition, no segment that keeps to the usage breaks it."""
    elements: list[ElementTable] = [{"n": n, "usage": usage} for n, usage in enumerate(usages, 1)]
    pairs = zip(usages, values, strict=True)
    there = ["1" if usage == "R" or (usage == "S" and value) else "" for usage, value in pairs]
    if implied(condition, elements):
        assert holds(condition)(["", *there])
