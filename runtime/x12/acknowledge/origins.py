"""Makes a source map from a traced translation: where each element of a built transaction came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from runtime.codecs.x12 import Places
from runtime.lib.trail import Mark, Trail, Where
from runtime.x12.acknowledge.source_map import MappedSegment, Origin, joined

_ROOT = ""


def mapped_segments(
    tree: Mapping[str, Any], places: Places, trail: Trail, source: Any = None
) -> Iterator[MappedSegment]:
    """The segments of a transaction with their origins, in order.

    `tree` is what the tracing flavour built, `places` what `serialize` (or `Outgoing.written`) told of it, `trail` that
    of the translation's context. With a FHIR Bundle as `source`, paths begin with the resource: `Claim.total`, or
    `Practitioner#2.name[0]` where several have a type. No values are read.
    """
    ordinals = {id(node): ordinal for ordinal, (_, node) in places.items()}
    names = _Names(trail, source)
    found: dict[int, dict[str, list[Origin]]] = {}
    for path, mark in trail.found({_ROOT: tree}):
        at = _segment_at(tree, path[1:], ordinals)
        if at is not None:
            ordinal, below = at
            key = _key(places[ordinal][1], below)
            found.setdefault(ordinal, {}).setdefault(key, []).append(names.origin(mark))
    for ordinal in sorted(found):
        node = places[ordinal][0]
        origins = {key: joined(each) for key, each in found[ordinal].items()}
        yield MappedSegment(ordinal, node.id, node.loop.slot if node.loop.path else "", origins)


def _segment_at(tree: Any, path: Where, ordinals: Mapping[int, int]) -> tuple[int, Where] | None:
    """The ordinal of the segment that a path leads into, and the rest of the path; `None` for loops."""
    node = tree
    for depth in range(len(path) + 1):
        ordinal = ordinals.get(id(node))
        if ordinal is not None:
            return ordinal, path[depth:]
        if depth == len(path):
            return None
        try:
            node = node[path[depth]]
        except (KeyError, IndexError, TypeError):
            return None
    return None


def _key(segment: Any, below: Where) -> str:
    """`5.3` of element 5, component 3; repetitions of an element are not told apart."""
    if not below:
        return ""
    element, *rest = below
    if isinstance(segment, Mapping) and isinstance(segment.get(element), list):
        rest = rest[1:]
    return ".".join(str(each) for each in (element, *rest[:1]))


class _Names:
    """Places of the source in the notation of traces."""

    def __init__(self, trail: Trail, source: Any) -> None:
        self._trail = trail
        entries = source.get("entry", ()) if isinstance(source, Mapping) else ()
        kinds = [each.get("resource", {}).get("resourceType", "") for each in entries]
        totals, seen = Counter(kinds), Counter[str]()
        self._labels: list[str] = []
        for kind in kinds:
            seen[kind] += 1
            self._labels.append(kind if totals[kind] == 1 else f"{kind}#{seen[kind]}")

    def origin(self, mark: Mark) -> Origin:
        return Origin((self._text(mark.where),), (mark.line,) if mark.line else ())

    def _text(self, where: Where) -> str:
        if where[1:2] == ("entry",) and where[3:4] == ("resource",) and where[2] in range(len(self._labels)):
            return self._trail.text((self._labels[where[2]], *where[4:]))
        return self._trail.text(where)
