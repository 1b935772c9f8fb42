"""Each row of the crosswalk: a value at the element is found at the FHIR path and comes back at the element.

The files of `tests/x12/crosswalk/` list the rows, with those that are not mapped and why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest

from tests.x12 import judge
from tests.x12.crosswalk import FOLDER, Element, Group, groups, leaves, same, shown
from tests.x12.returning import AT, bundles, feed
from tests.x12.specimens import Row, interchange, placed, rows, with_rows

MODULES = {
    "837p": ("837P", "x12_fhir.claim_837p"),
    "837i": ("837I", "x12_fhir.claim_837i"),
    "835": ("835", "x12_fhir.remittance"),
    "835-explanation": ("835", "x12_fhir.explanation"),
    "270": ("270", "x12_fhir.eligibility_request"),
    "271": ("271", "x12_fhir.eligibility_response"),
}
"""The set and the mapping of each file of rows."""

CASES = [(name, number) for name in MODULES for number, group in enumerate(groups(name)) if group.segments]


INNER = {
    "83": ("2000C", "2010CA"),
    "27": ("2000D", "2100D", "2110D", "2115D", "2120D"),
}
"""The loops of a patient who is not the subscriber, by the first figures of the set."""

NO_JUDGE = ("270", "271")
"""Sets of which pyx12 has no map."""


@cache
def base(name: str) -> tuple[Row, ...]:
    return tuple(rows((FOLDER / f"{name}.txt").read_text()))


def base_of(name: str, group: Group) -> str:
    """Rows of the loops of a patient want a transaction in which he is not the subscriber."""
    other = f"{name}-patient"
    levels = INNER[MODULES[name][0][:2]]
    inner = any(row.loop in levels for row in group.segments)
    return other if inner and (FOLDER / f"{other}.txt").exists() else name


@cache
def before(name: str, of: str) -> Counter[tuple[str, str]]:
    """What the transaction without the row's segments says in FHIR."""
    set_name, module = MODULES[name]
    return said(module, interchange(set_name, base(of)))


def said(module: str, data: bytes) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for bundle in bundles(feed(module), data)[0]:
        found.update(leaves(bundle))
    return found


def label(case: tuple[str, int]) -> str:
    return f"{case[0]}-{groups(case[0])[case[1]].name}"


@pytest.mark.parametrize(("name", "number"), CASES, ids=map(label, CASES))
def test_a_value_is_found_in_fhir_and_comes_back(name: str, number: int) -> None:
    group = groups(name)[number]
    set_name, module = MODULES[name]
    of = base_of(name, group)
    document = with_rows(set_name, base(of), group.segments)
    data = interchange(set_name, document)
    through = feed(module)
    made, _ = bundles(through, data)
    found: Counter[tuple[str, str]] = Counter()
    for bundle in made:
        found.update(leaves(bundle))
    more = found - before(name, of)
    written = (
        through.back(made, at=AT).data if any(line.way in ("<->", "<-") for line in group.lines) else b""
    )
    back = placed(written) if written else []
    assert list(faults(group, more, back)) == []
    own = {(row.loop, row.elements[0]) for row in group.segments}
    if written:
        assert [row for row in document if row not in back and (row.loop, row.elements[0]) not in own] == []
    if not group.refused and set_name not in NO_JUDGE:
        assert judge.verdict(data)[0]
        assert not written or judge.verdict(written)[0]


def faults(group: Group, found: Counter[tuple[str, str]], back: list[Row]) -> Iterator[str]:
    """What of the rows does not hold."""
    for line in group.lines:
        if line.reason:
            continue
        element = Element.of(line.element)
        sent = [value for value in element.values(group.segments) if value]
        if not sent:
            yield f"{line.element} has no value here"
        if line.path and not any(shown(line, value, found) for value in sent):
            yield f"{line.element} is not at {line.path}"
        held = element.values(back)
        if line.way == "<->" and not all(any(same(value, written) for written in held) for value in sent):
            yield f"{line.element} does not come back"


def test_each_row_names_its_kind_and_way() -> None:
    for name in MODULES:
        for group in groups(name):
            for line in group.lines:
                assert line.reason or (line.kind in "LESD" and line.way in ("<->", "->", "<-")), line
                assert bool(line.path) == (line.kind in "LES"), line
