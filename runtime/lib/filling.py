"""What `fill X from Y` does to a tree: a value stands in for an absent one, and one that says nothing new is left out.

Trees are those of the codecs and of generated code: dicts by slot or number, lists of nodes, X12 and HL7 v2 segments as
lists of text. A way leads through the first item of a list. `filled` and `without` give a changed copy.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def filled(node: Any, way: Sequence[Any], value: Any) -> Any:
    """The node with a value where it has none."""
    return node if _missing(value) or not _missing(_at(node, way)) else _set(node, way, value)


def without(node: Any, way: Sequence[Any], value: Any) -> Any:
    """The node without what says the same as a value."""
    held = _at(node, way)
    return node if _missing(held) or not same(held, value) else _set(node, way, None)


def take(node: dict[Any, Any], way: Sequence[Any], value: Any) -> None:
    """Put a value into a node under construction that has none there."""
    if not _missing(value) and _missing(_at(node, way)):
        changed = _set(node, way, value)
        node[way[0]] = changed[way[0]]


def leave(node: dict[Any, Any], way: Sequence[Any], value: Any) -> None:
    """Take what says the same as a value out of a node under construction."""
    held = _at(node, way)
    if not _missing(held) and same(held, value):
        changed = _set(node, way, None)
        if way[0] in changed:
            node[way[0]] = changed[way[0]]
        else:
            del node[way[0]]


def same(one: Any, other: Any) -> bool:
    """Whether two values say the same: two references if they lead to the same place."""
    if isinstance(one, dict) and isinstance(other, dict) and "reference" in one and "reference" in other:
        return bool(one["reference"] == other["reference"])
    return bool(one == other)


def _missing(value: Any) -> bool:
    return value is None or (hasattr(value, "__len__") and not value)


def _at(node: Any, way: Sequence[Any]) -> Any:
    for key in way:
        node = _part(_first(node), key)
    return node


def _first(node: Any) -> Any:
    """The first node of a list of them."""
    return node[0] if isinstance(node, list) and node and isinstance(node[0], dict | list) else node


def _part(node: Any, key: Any) -> Any:
    if isinstance(node, list):
        return node[key] if key < len(node) else None
    return node.get(key) if hasattr(node, "get") else None


def _set(node: Any, way: Sequence[Any], value: Any) -> Any:
    """A copy with a value at the end of a way; without one the element is taken out."""
    if isinstance(node, list) and node and isinstance(node[0], dict | list):
        return [_set(node[0], way, value), *node[1:]]
    key, rest = way[0], way[1:]
    inner = _set(_part(node, key) or {}, rest, value) if rest else value
    if isinstance(node, list):
        held = [*node, *([""] * (key + 1 - len(node)))]
        held[key] = "" if inner is None else inner
        return held
    changed = dict(node or {})
    if inner is None:
        changed.pop(key, None)
    else:
        changed[key] = inner
    return changed
