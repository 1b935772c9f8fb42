"""Nodes under construction whose parts have numbers: HL7 v2 segments and composites, X12 segments, and their groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from runtime.lib.nodes import join


def place(node: dict[Any, Any], key: Any, number: int | None, item: Any) -> None:
    """Put a repetition or an occurrence at a 1-based position, or without a number at the end."""
    held = node.setdefault(key, [])
    if number is None:
        held.append(item)
        return
    while len(held) < number - 1:
        held.append("")
    if len(held) >= number and held[number - 1] == "":
        held[number - 1] = item
    else:
        held.insert(number - 1, item)


def item_for(node: dict[Any, Any], key: Any, number: int) -> dict[Any, Any]:
    """The repetition or occurrence with a 1-based number, to put something into; where there is none, it is made."""
    held = node.setdefault(key, [])
    if len(held) < number or held[number - 1] == "":
        place(node, key, number, {})
    elif not isinstance(held[number - 1], dict):  # a plain value is the first part of what it becomes
        held[number - 1] = {1: held[number - 1]}
    return held[number - 1]  # type: ignore[no-any-return]


def place_from(node: dict[Any, Any], key: Any, first: int, item: Any) -> None:
    """Add a repetition or an occurrence at the end, but not before a 1-based position."""
    place(node, key, max(first, len(node.get(key, ())) + 1), item)


def place_all(node: dict[Any, Any], key: Any, first: int, items: Sequence[Any]) -> None:
    """Put several repetitions from a 1-based position on."""
    for number, item in enumerate(items, first):
        place(node, key, number, item)


def merge(node: dict[Any, Any], key: Any, value: dict[Any, Any]) -> None:
    """Set a child node, keeping what another line has already put there: nodes join, lists continue."""
    held = node.get(key)
    if held is None:
        node[key] = value
        return
    if not isinstance(held, dict):
        held = node[key] = {1: held}
    join(held, value)


def fill_node(node: dict[Any, Any], value: Any) -> None:
    """Put a whole value into a node: a composite's components, or plain text as its first component."""
    if isinstance(value, dict):
        node.update(value)
    else:
        node[1] = value
