"""Lists inside lists: what `under` reads as one list, and builds again from rows that share what stands around them.

Trees are those of the codecs: dicts that hold lists by slot. A level is a slot, and whether what is wanted may also
stand right above it (in X12 a claim hangs in the subscriber's loop, or in the patient's loop inside that one).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Level = tuple[Any, bool]

ABOVE: Mapping[Any, Any] = {}
"""Stands for a level that was left out."""


def enclosed(node: Mapping[Any, Any], levels: Sequence[Level], slot: Any) -> Iterator[tuple[Any, ...]]:
    """Each item of `slot`, behind the nodes of the levels that it stands under; `ABOVE` for one left out."""
    if not levels:
        for item in node.get(slot, ()):
            yield (item,)
        return
    (name, optional), rest = levels[0], levels[1:]
    if optional:
        for row in enclosed(node, rest, slot):
            yield (ABOVE, *row)
    for inner in node.get(name, ()):
        for row in enclosed(inner, rest, slot):
            yield (inner, *row)


def regroup(
    parent: dict[Any, Any],
    slots: Sequence[Any],
    node: dict[Any, Any],
    limits: Mapping[Any, int],
    order: Sequence[Any] = (),
) -> None:
    """Put a node into the list of the first slot, or its inner items into its last neighbour where the rest is equal.

    `slots` are the levels from the outermost to the list of the rows; `limits` are the most that a slot may hold;
    `order` is how the standard orders slots that may hold rows of one node: none goes before what is there already.
    """
    held = parent.setdefault(slots[0], [])
    inner = slots[1:]
    if held and inner and _room(held[-1], node, inner, limits, order) and _equal(held[-1], node, inner):
        for slot in inner:
            if slot in node:
                rest = slots[slots.index(slot) :]
                for item in node[slot]:
                    regroup(held[-1], rest, item, limits, order)
                return
        return
    held.append(node)


def _equal(one: Mapping[Any, Any], other: Mapping[Any, Any], inner: Sequence[Any]) -> bool:
    """Whether two nodes say the same beside the lists that are being regrouped."""
    return _plain(one, inner) == _plain(other, inner)


def _plain(node: Mapping[Any, Any], inner: Sequence[Any]) -> dict[Any, Any]:
    return {key: value for key, value in node.items() if key not in inner}


def _room(
    held: Mapping[Any, Any],
    node: Mapping[Any, Any],
    inner: Sequence[Any],
    limits: Mapping[Any, int],
    order: Sequence[Any],
) -> bool:
    """Whether a node's rows may still go into another one: its lists are not full, and none later has begun."""
    slot = next((slot for slot in inner if slot in node), None)
    if slot is None:
        return True
    if slot in order and any(later in held for later in order[order.index(slot) + 1 :]):
        return False
    limit = limits.get(slot)
    return limit is None or len(held.get(slot, ())) < limit or slot != inner[-1]
