"""One file of mistakes for each code of the checker, with what the terminal shows (`pytest --update` redraws it)."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapper.registry import REGISTRY, Entry
from mapper.render import render
from tests.check.checking import CASES, check_file
from tests.conftest import Golden

GROUPS = ("E2", "E3", "E4", "E5", "E6", "W9")
ENTRIES = [entry for entry in REGISTRY.values() if entry.code[:2] in GROUPS]
ALSO_TOLD: dict[str, frozenset[str]] = {}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.code)
def test_each_mistake_is_told_as_the_golden_file_shows(entry: Entry, golden: Golden) -> None:
    path = CASES / f"{entry.code}_{entry.slug}.map"
    found, sources = check_file(path)
    assert {each.code for each in found} - ALSO_TOLD.get(entry.code, frozenset()) == {entry.code}
    golden(path.with_suffix(".txt"), render(found, sources))


def test_every_case_belongs_to_a_code() -> None:
    assert {path.stem for path in CASES.glob("*.map")} == {f"{entry.code}_{entry.slug}" for entry in ENTRIES}


@pytest.mark.parametrize("path", sorted(CASES.glob("*.map")), ids=lambda path: path.stem[:4])
def test_every_diagnostic_has_a_place_in_its_file(path: Path) -> None:
    found, sources = check_file(path)
    for each in found:
        assert each.span is not None
        assert each.span.start < each.span.end <= len(sources[each.span.file].text)
        assert (
            each.message[0].islower()
            or not each.message[0].isalpha()
            or each.message.split()[0].isupper()
            or "-" in each.message.split()[0]
        )
