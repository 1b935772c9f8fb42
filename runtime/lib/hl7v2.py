"""How generated code reads HL7 v2 values: raw fields, repetitions and leaves. All total; absent is empty text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from runtime.codecs.hl7v2 import NULL, unescape

# What builds is the same for both formats of numbered parts; generated code finds it in its format's module.
from runtime.lib.numbered import fill_node as fill_node
from runtime.lib.numbered import merge as merge
from runtime.lib.numbered import place as place
from runtime.lib.numbered import place_all as place_all
from runtime.lib.numbered import place_from as place_from

NO_SEGMENT: list[str] = []
NO_GROUP: dict[str, list[Any]] = {}


def text(raw: str) -> str:
    """The value of a leaf: the first of what it is divided into, unescaped; the explicit null is absent."""
    if raw.isalnum():
        return raw
    if "~" in raw or "^" in raw or "&" in raw:
        raw = raw.split("~", 1)[0].split("^", 1)[0].split("&", 1)[0]
    if "\\" in raw:
        return unescape(raw)
    return "" if raw == NULL else raw


def visible_text(raw: str) -> str:
    """The value of a leaf that must not be blank: white space alone is absent."""
    value = text(raw)
    return "" if value.isspace() else value


def repetitions(raw: str) -> Sequence[str]:
    """The repetitions of a field; none of an empty one."""
    if not raw:
        return ()
    return raw.split("~") if "~" in raw else (raw,)


def repetition(raw: str, number: int) -> str:
    """The repetition with that 1-based number (-1 is the last), or empty text."""
    if "~" not in raw:
        return raw if number in (1, -1) else ""
    found = raw.split("~")
    if number == -1:
        return found[-1]
    return found[number - 1] if number <= len(found) else ""


def occurrence(group: dict[str, list[Any]], slot: str, number: int, nothing: Any) -> Any:
    """The segment or group with that 1-based number in a slot, or `nothing`."""
    found = group.get(slot)
    if not found:
        return nothing
    if number == -1:
        return found[-1]
    return found[number - 1] if number <= len(found) else nothing


def is_valued(raw: str) -> bool:
    """Whether a field, repetition or component holds anything but delimiters and the explicit null."""
    return raw.isalnum() or (raw != NULL and bool(raw.strip("^&~")))


def any_valued(fields: Sequence[str]) -> bool:
    """Whether a segment has a populated field, or a composite a populated component."""
    return any(is_valued(raw) for raw in fields)


# -- rows that share a value -----------------------------------------------------------------------


def grouped(rows: Sequence[Any], keys: Sequence[Any]) -> list[list[Any]]:
    """Rows by their keys, in the order in which each key comes first; rows without a value share one group."""
    groups: dict[Any, list[Any]] = {}
    for row, key in zip(rows, keys, strict=True):
        groups.setdefault(key, []).append(row)
    return list(groups.values())


def with_rows(parent: Any, slot: Any, rows: list[Any]) -> Any:
    """A group or a segment whose list in a slot holds these rows only."""
    if isinstance(parent, dict):
        return {**parent, slot: rows}
    return [*parent[:slot], "~".join(rows), *parent[slot + 1 :]]


def add_rows(
    parent: dict[Any, Any], made: dict[Any, Any], slot: Any, fills: Sequence[tuple[Sequence[Any], str | None]]
) -> None:
    """Add the rows of one group to a list.

    `fills` are ways into a row and what stands there where a line has not written it; `None` is the position of the
    group's first row.
    """
    held = parent.setdefault(slot, [])
    number = str(len(held) + 1)
    for row in made.pop(slot, ()):
        if not row:
            continue
        for way, value in fills:
            _set_absent(row, way, number if value is None else value)
        held.append(row)
    for name, value in made.items():
        if isinstance(value, dict):
            merge(parent, name, value)
        else:
            parent.setdefault(name, value)


def _set_absent(node: Any, way: Sequence[Any], value: str) -> None:
    for key in way[:-1]:
        if not isinstance(node, dict):
            return
        node = node.setdefault(key, {})
        if isinstance(node, list):
            node = node[0] if node else None
    if isinstance(node, dict):
        node.setdefault(way[-1], value)


def built(node: Any, way: Sequence[Any]) -> str:
    """The text at the end of a way into a tree under construction; lists by their first item; else empty."""
    for key in way:
        if isinstance(node, list):
            node = node[0] if node else ""
        node = node.get(key, "") if isinstance(node, dict) else (node if key == 1 else "")
    while isinstance(node, list | dict):
        node = (node[0] if node else "") if isinstance(node, list) else node.get(1, "")
    return str(node)
