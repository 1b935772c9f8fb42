"""Finishes structure tables: which qualifiers tell positions apart, and under which slot each is stored."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import Any

Node = dict[str, Any]
Key = tuple[int, int]  # element and component (0: the element itself)


# Segments of which the first element says no more than what the rest means.
_QUALIFIED = frozenset({"AMT", "CRC", "DTM", "DTP", "HI", "QTY", "REF"})


def finish(root: Node) -> Node:
    """Adds `match` and `slot` to every node below a root loop; the root's slot is its id."""
    root["slot"] = root["id"]
    _matches(root, ())
    _slots(root)
    return root


def first_segment(node: Node) -> Node:
    """The segment by which a node is known: itself, or the first of a loop."""
    while node["kind"] == "loop":
        node = node["children"][0]
    return node


def loops(root: Node) -> Iterator[Node]:
    """A loop and all loops below it, outermost first."""
    yield root
    for child in root["children"]:
        if child["kind"] == "loop":
            yield from loops(child)


def qualifiers(segment: Node) -> dict[Key, tuple[str, ...]]:
    """The required coded elements of a segment with their codes, in order; of a composite only its first component.

    An element that may be absent tells nothing apart.
    """
    found: dict[Key, tuple[str, ...]] = {}
    for element in segment["elements"]:
        coded, key = element, (element["n"], 0)
        if element["components"]:
            coded, key = element["components"][0], (element["n"], 1)
        if coded["codes"] and element["usage"] == "R" == coded["usage"]:
            found[key] = tuple(coded["codes"])
    return found


def _matches(loop: Node, above: tuple[Node, ...]) -> None:
    starts = [first_segment(child) for child in loop["children"]]
    for rivals in _by_id(starts).values():
        keys = sorted({*_telling(rivals), *((n, c) for rival in rivals for n, c, _ in rival["match"])})
        for segment in rivals:
            segment["match"] = _match(segment, keys)
    # What begins a loop must not be mistaken for the beginning of a loop further out (HL), however alone it stands.
    begun = [first_segment(child) for child in loop["children"] if child["kind"] == "loop"]
    for segment in begun:
        outer = [other for other in above if other["id"] == segment["id"]]
        if outer and not segment["match"]:
            codes = [qualifiers(other) for other in outer]
            keys = [
                key
                for key, own in qualifiers(segment).items()
                if all(_apart(own, other.get(key)) for other in codes)
            ]
            segment["match"] = _match(segment, keys[:1])
    for child in loop["children"]:
        if child["kind"] == "loop":
            _matches(child, (*above, *begun))


def _by_id(segments: Iterable[Node]) -> dict[str, list[Node]]:
    groups: dict[str, list[Node]] = {}
    for segment in segments:
        segment.setdefault("match", [])
        groups.setdefault(segment["id"], []).append(segment)
    return groups


def _match(segment: Node, keys: Sequence[Key]) -> list[list[Any]]:
    codes = qualifiers(segment)
    return [[*key, list(codes[key])] for key in keys if key in codes]


def _telling(segments: Sequence[Node]) -> list[Key]:
    """The first element that tells every two segments apart, else the fewest that together tell most."""
    held = [qualifiers(segment) for segment in segments]
    pairs = set(combinations(range(len(segments)), 2))
    keys = sorted({key for codes in held for key in codes})
    apart = {key: {pair for pair in pairs if _disjoint(held, pair, key)} for key in keys}
    chosen: list[Key] = []
    while pairs and apart:
        best = max(apart, key=lambda key: len(apart[key] & pairs))  # the first of the best
        if not apart[best] & pairs:
            break
        chosen.append(best)
        pairs -= apart.pop(best)
    return sorted(chosen)


def _disjoint(held: Sequence[dict[Key, tuple[str, ...]]], pair: tuple[int, int], key: Key) -> bool:
    """Whether no code at a place fits both; a position without codes there is told apart by being tried last."""
    left, right = (held[number].get(key) for number in pair)
    return left is not right if left is None or right is None else _apart(left, right)


def _apart(left: Sequence[str], right: Sequence[str] | None) -> bool:
    return right is not None and not set(left) & set(right)


def _slots(loop: Node) -> None:
    children = loop["children"]
    for segments in _by_id(child for child in children if child["kind"] == "segment").values():
        for segment in segments:
            segment["slot"] = _slot(segment, alone=len(segments) == 1)
    taken: set[str] = set()
    for child in children:
        if child["kind"] == "loop":
            child["slot"] = child["id"]
            _slots(child)
        base, number = child["slot"], 1
        while child["slot"] in taken:
            number += 1
            child["slot"] = f"{base}.{number}"
        taken.add(child["slot"])


def _slot(segment: Node, alone: bool) -> str:
    """Alone by its id, else with its first qualifier; `REF_EI` also where a guide has no other REF beside it, so that
    one place has one name in all guides."""
    codes = [codes for _, _, codes in segment["match"]] if not alone else []
    if segment["id"] in _QUALIFIED and not codes:
        codes = [list(held) for held in qualifiers(segment).values()]
    return f"{segment['id']}_{_word(codes[0][0])}" if codes else str(segment["id"])


def _word(code: str) -> str:
    """A code as a part of a name: CTX01-1 has codes of several words."""
    return re.split(r"\W", code, maxsplit=1)[0]
