"""Joins built transactions that hold one unit each: equal headers share an ST, equal neighbours share their loops.

A Bundle says all of a claim: who sends it, the provider, the subscriber. Side by side in one transaction, claims share
what is equal, as a sender would write them: in the given order, within the guide's limits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from runtime.codecs.x12 import LoopNode, SetTable
from runtime.codecs.x12.table import compile_root

Tree: TypeAlias = dict[str, Any]
Moved: TypeAlias = Callable[[Any, Any], None]
"""Told of each loop or segment that was left out for an equal one, and of that one: a trace follows."""


def joined(trees: Iterable[Tree], table: SetTable, moved: Moved | None = None) -> list[Tree]:
    """The transactions of built trees of one set, in their order. The trees are taken apart for it.

    A tree joins the transaction before it if both are equal but for the loops that lead to the set's unit.
    """
    root = compile_root(table)
    transactions: list[Tree] = []
    for tree in trees:
        if not (
            transactions
            and root.holds_unit
            and not root.is_unit
            and _join(transactions[-1], tree, root, moved)
        ):
            transactions.append(tree)
    return transactions


def says(tree: Mapping[str, Any], table: SetTable) -> bool:
    """Whether a built transaction says anything: it holds a unit of its set. One of a set without units does."""
    return not table.get("unit") or _holds(tree, compile_root(table))


def _holds(tree: Mapping[str, Any], loop: LoopNode) -> bool:
    return loop.is_unit or any(
        _holds(item, child)
        for child in loop.children
        if isinstance(child, LoopNode) and child.holds_unit
        for item in _list(tree, child.slot)
    )


def _join(held: Tree, other: Tree, loop: LoopNode, moved: Moved | None) -> bool:
    """Put the units of a loop into an equal loop before it; False (and nothing changed) where that cannot be."""
    ways = [child for child in loop.children if isinstance(child, LoopNode) and child.holds_unit]
    slots = {way.slot for way in ways}
    if _without(held, slots) != _without(other, slots):
        return False
    found = [number for number, way in enumerate(ways) if other.get(way.slot)]
    if not found or any(held.get(way.slot) for way in ways[found[0] + 1 :]):
        return False  # what comes behind would stand before what is there
    way = ways[found[0]]
    rows, items = _list(held, way.slot), _list(other, way.slot)
    room = len(items) if way.maximum is None else way.maximum - len(rows)
    if len(items) - 1 > room:
        return False
    if not way.is_unit and rows and _join(rows[-1], items[0], way, moved):
        items = items[1:]
    elif len(items) > room:
        return False
    held[way.slot] = [*rows, *items]
    for number in found[1:]:
        held[ways[number].slot] = _list(other, ways[number].slot)
    if moved is not None:
        _follow(_without(other, slots), held, moved)
    return True


def _follow(other: Any, held: Any, moved: Moved) -> None:
    """Tell of all nodes of a tree, and of the equal ones of the other tree."""
    if isinstance(other, dict) and isinstance(held, dict):
        moved(other, held)
        for key, value in other.items():
            _follow(value, held.get(key), moved)
    elif isinstance(other, list) and isinstance(held, list):
        for one, same in zip(other, held, strict=False):
            _follow(one, same, moved)


def _without(tree: Mapping[str, Any], slots: set[str]) -> dict[str, Any]:
    return {slot: value for slot, value in tree.items() if slot not in slots}


def _list(tree: Mapping[str, Any], slot: str) -> list[Tree]:
    held = tree.get(slot) or []
    return held if isinstance(held, list) else [held]
