"""Which code tables of the mapping library stand for a code map of the guide (`tables.tsv`)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from mapper.spec.guide import read_lines

TABLES = Path(__file__).with_name("tables.tsv")


@cache
def _tables() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in read_lines(TABLES):
        found[line["map"]] = (*found.get(line["map"], ()), line["table"])
    return found


def tables_of(code_map: str) -> tuple[str, ...]:
    """Names of the tables that implement a code map such as `AdministrativeSex`; none where nothing does."""
    return _tables().get(code_map, ())
