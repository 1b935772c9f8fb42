"""X12 guides that a project brings along: map files in pyx12's format, made into structure tables on loading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from mapper.schema.errors import WrongMap
from mapper.schema.store import read
from mapper.schema.x12_data import SetTable, set_table, table_of
from mapper.schema.x12_map import read_map
from mapper.schema.x12_sets import SETS, SetInfo
from mapper.schema.x12_structure import finish, loops
from mapper.schema.x12_xml import MOST_BYTES, MapError

Node = dict[str, Any]


def tables(maps: Sequence[Path]) -> dict[str, SetTable]:
    """All sets by name: the known ones, and those of map files, which win over a known set of the same version.

    A set of a map file is called like its transaction (`834`), with its version where that name is taken. Raises
    `WrongMap`.
    """
    infos, roots = sets(maps)
    return {
        name: table_of(info, roots[name]) if name in roots else set_table(name)
        for name, info in infos.items()
    }


def sets(maps: Sequence[Path]) -> tuple[dict[str, SetInfo], dict[str, Node]]:
    """All sets by name, and the root loops of those that come from map files. Raises `WrongMap`."""
    infos = {info.set: info for info in SETS}
    roots: dict[str, Node] = {}
    for path in maps:
        root, facts = _loaded(path, *_stamp(path))
        name = _name(infos, facts)
        infos[name] = SetInfo(name, *facts)
        roots[name] = root | {"id": name, "slot": name}
    return infos, roots


_Facts = tuple[str, str, str, tuple[str, ...], str, str]  # of a SetInfo, without the set's name


def _stamp(path: Path) -> tuple[int, int]:
    try:
        held = path.stat()
    except OSError as error:
        raise WrongMap(path, 0, f"cannot be read: {error.strerror}") from None
    if held.st_size > MOST_BYTES:
        raise WrongMap(path, 0, f"is larger than {MOST_BYTES:,} bytes")
    return held.st_size, held.st_mtime_ns


@cache
def _loaded(path: Path, _size: int, _time: int) -> tuple[Node, _Facts]:
    """A map file's set, read again only where the file has changed."""
    try:
        root, around = read_map(path.read_bytes(), read("x12")["types"])
        if not root:
            raise MapError("the map has no loop ST_LOOP, so it describes no transaction")
        segments = {segment["id"]: segment for segment in [*around, *root["children"]]}
        info = _facts(root, segments)
    except OSError as error:
        raise WrongMap(path, 0, f"cannot be read: {error.strerror}") from None
    except MapError as error:
        raise WrongMap(path, error.line, error.what) from None
    return finish(root | {"name": info[5], "usage": "R", "max": None}), info


def _facts(root: Node, segments: dict[str, Node]) -> _Facts:
    transaction = _codes(segments.get("ST"), 1)
    versions = _codes(segments.get("ST"), 3) or _codes(segments.get("GS"), 8)
    if not transaction:
        raise MapError("ST01 has no code, so the map does not tell its transaction")
    if not versions:
        raise MapError("neither ST03 nor GS08 has a code, so the map does not tell its version")
    functional = _codes(segments.get("GS"), 1)
    held = {loop["id"] for loop in loops(root)}
    units = [info.unit for info in SETS if info.transaction == transaction[0] and info.unit in held]
    name = f"Transaction set {transaction[0]}"
    return transaction[0], "".join(functional[:1]), versions[0], tuple(versions), "".join(units[:1]), name


def _codes(segment: Node | None, number: int) -> list[str]:
    elements = segment["elements"] if segment else []
    return next((list(element["codes"] or ()) for element in elements if element["n"] == number), [])


def _name(known: Mapping[str, SetInfo], facts: _Facts) -> str:
    transaction, _, version, *_ = facts
    same = (
        info.set for info in known.values() if info.transaction == transaction and version in info.accepts
    )
    free = transaction if transaction not in known else f"{transaction}_{version}"
    return next(same, free)
