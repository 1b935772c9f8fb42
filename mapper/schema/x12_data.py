"""The compact X12 definitions: structure tables by set, code lists, the envelope's segments."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from mapper.schema.store import DATA, read
from mapper.schema.x12_pack import unpack
from mapper.schema.x12_sets import BY_NAME, SETS, SetInfo

SetTable = dict[str, Any]


def sets() -> tuple[str, ...]:
    """Names of the sets that have a table."""
    return tuple(info.set for info in SETS if DATA.joinpath(f"x12_{info.set}.json.z").is_file())


@cache
def set_table(name: str) -> SetTable:
    """The structure table of a set (`837P`), as docs/x12-schema.md describes it. Shared: must not be changed.

    Raises `KeyError` for a set that is not known.
    """
    info = BY_NAME[name]
    return table_of(info, unpack(read(f"x12_{name}"), read("x12")["types"]))


def table_of(info: SetInfo, root: dict[str, Any]) -> SetTable:
    """A set and its root loop as a structure table."""
    return {
        "set": info.set,
        "transaction": info.transaction,
        "functional": info.functional,
        "version": info.version,
        "accepts": list(info.accepts),
        "unit": info.unit or None,
        "root": root,
    }


def set_tables() -> dict[str, SetTable]:
    """All tables by set."""
    return {name: set_table(name) for name in sets()}


@cache
def envelope() -> Mapping[str, dict[str, Any]]:
    """The segment nodes around transactions by id: ISA, GS, GE, TA1, IEA."""
    ring = unpack(read("x12")["envelope"], read("x12")["types"])
    return {segment["id"]: segment for segment in ring["children"]}


def code_lists() -> Mapping[str, frozenset[str]]:
    """The external code lists that are at hand, by the name that elements refer to them with (`states`)."""
    return {name: frozenset(held["codes"]) for name, held in read("x12")["lists"].items()}


def code_list_name(name: str) -> str:
    """What an external code list is called; empty when unknown."""
    found: str = read("x12")["lists"].get(name, {}).get("name", "")
    return found


def title(name: str) -> str:
    """What a segment or composite is, whatever its place; empty when unknown."""
    found: str = read("x12")["titles"].get(name, "")
    return found


def data_element(number: str) -> tuple[str, int, int] | None:
    """X12 type, shortest and longest length of a data element; `None` when unknown."""
    found = read("x12")["types"].get(number)
    return tuple(found) if found else None
