"""A trace: the leaves of an output with the places of the input and the `.map` lines that made them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from runtime.codecs import hl7v2
from runtime.codecs.hl7v2 import Message
from runtime.codecs.hl7v2.positions import segment_positions
from runtime.lib.trail import Mark, Where
from runtime.translate import Result

_NO_STRUCTURES: Mapping[str, Any] = {"messages": {}, "events": {}, "version": "2.8.2"}
_NUMBER = re.compile(r"\[\d+\]|#\d+")


@dataclass(frozen=True, slots=True)
class Row:
    """One leaf of the output.

    `path` is `Patient.name[0].family` (`Practitioner#2.name[0]` where there are several) or `PID-5[1].1`; `sources` are
    places of the input in its own notation, `lines` `.map` lines. Without sources it is a constant, an id or a
    reference; `wheres` are the places as the runtime numbers them.
    """

    path: str
    value: Any
    sources: tuple[str, ...]
    lines: tuple[str, ...]
    wheres: tuple[Where, ...] = ()


class Trace:
    """The trace of one translation by a tracing `Translator`. Raises `ValueError` for one without a trail."""

    def __init__(self, result: Result) -> None:
        if result.context is None or not result.context.tracing:
            raise ValueError("the translation was not traced")
        self.result = result
        self.trail = result.context.trail
        self.forward = isinstance(result.source, Message)
        self.populated = set(_populated(result.source))
        self._above = {leaf[:n] for leaf in self.populated for n in range(1, len(leaf) + 1)}
        entries = [] if self.forward else result.source.get("entry", ())
        self._labels = _labels([entry.get("resource", {}).get("resourceType", "") for entry in entries])
        self._marked = self._roots()
        self._marks: dict[Where, list[Mark]] = defaultdict(list)
        for path, mark in self.trail.found(self._marked):
            if self._is_populated(mark.where):
                self._marks[path].append(mark)
        self._wheres = {mark.where for found in self._marks.values() for mark in found}
        self._open = [where for where in self._wheres if None in where]

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The leaves of the output, in its order."""
        return tuple(self._rows())

    # -- questions ---------------------------------------------------------------------------

    def of_output(self, path: str) -> tuple[Row, ...]:
        """The leaves at and below an element; numbers may be left out."""
        return tuple(row for row in self.rows if under(row.path, path))

    def of_input(self, position: str) -> tuple[Row, ...]:
        """The leaves that came from a place of the input or below it; numbers may be left out."""
        return tuple(row for row in self.rows if any(under(source, position) for source in row.sources))

    def reached(self, where: Where) -> bool:
        """Whether the leaf of the input at a place was put anywhere."""
        if any(where[:n] in self._wheres for n in range(1, len(where) + 1)):
            return True
        return any(matches(where, source) for source in self._open)

    def places(self) -> Iterator[tuple[Any, Where, Where]]:
        """Each element that a place of the input reached: its resource, the keys below it, the place."""
        for (root, *below), marks in self._marks.items():
            for mark in marks:
                yield self._marked[root], tuple(below), mark.where

    def place(self, where: Where) -> str:
        """A place of the input as text; of a Bundle, with its resources named as in outputs."""
        if self.forward or where[1:2] != ("entry",) or where[3:4] != ("resource",):
            return self.trail.text(where)
        return _fhir_path((self._labels[where[2]], *where[4:]))

    def as_json(self, rows: tuple[Row, ...] | None = None) -> list[dict[str, Any]]:
        """Rows as plain data, values as text."""
        return [
            {
                "element": row.path,
                "value": _plain(row.value),
                "from": list(row.sources),
                "lines": list(row.lines),
            }
            for row in (self.rows if rows is None else rows)
        ]

    # -- making ------------------------------------------------------------------------------

    def _rows(self) -> Iterator[Row]:
        names, marks = self._names(), self._marks
        for name, root in self._marked.items():
            for path, value in _leaves(root, (name,)):
                if self.forward and name == "Bundle" and path[1:2] == ("entry",) and "resource" in path:
                    continue
                found = [] if _is_url(path) else marks.get(_nearest(path, marks), [])
                sources = dict.fromkeys(self.place(mark.where) for mark in found)
                lines = dict.fromkeys(mark.line for mark in found)
                wheres = dict.fromkeys(mark.where for mark in found)
                yield Row(names(path), value, tuple(sources), tuple(lines), tuple(wheres))

    def _roots(self) -> dict[str, Any]:
        """What paths begin with: each resource, then the Bundle; a message tree is its own root."""
        output = self.result.output
        if not self.forward:
            return {"": output}
        resources = [(entry["fullUrl"], entry["resource"]) for entry in output.get("entry", ())]
        self._join_identities(dict(resources))
        labels = _labels([resource["resourceType"] for _, resource in resources])
        return {**dict(zip(labels, (resource for _, resource in resources), strict=True)), "Bundle": output}

    def _join_identities(self, resources: Mapping[str, Any]) -> None:
        context = self.result.context
        for identity in context.made.values() if context is not None else ():
            self.trail.into(identity.node, resources.get(identity.url))

    def _names(self) -> Callable[[Where], str]:
        if self.forward:
            return _fhir_path
        return _MessagePaths(self.result.output, hl7v2.parse(self.result.data, _NO_STRUCTURES))

    def _is_populated(self, where: Where) -> bool:
        """Whether anything stands at a place of the input; a stub's parts stand in for their reference."""
        if None not in where:
            return where in self._above
        return any(matches(leaf, where) for leaf in self.populated)


def _labels(kinds: Sequence[str]) -> list[str]:
    """`Patient`, `Practitioner#1`, `Practitioner#2`: numbers only where there are several."""
    totals, seen = Counter(kinds), Counter[str]()
    labels = []
    for kind in kinds:
        seen[kind] += 1
        labels.append(kind if totals[kind] == 1 else f"{kind}#{seen[kind]}")
    return labels


def _nearest(path: Where, marks: Mapping[Where, Any]) -> Where:
    """The marked element that a leaf is or lies in."""
    return next((path[:n] for n in range(len(path), 0, -1) if path[:n] in marks), ())


def _is_url(path: Where) -> bool:
    """Whether a leaf is the URL of an extension, which comes from the mapping."""
    return path[-1] == "url" and path[-3:-2] == ("extension",)


def matches(leaf: Where, where: Where) -> bool:
    """Whether a leaf lies at or below a place; `None` in the place is any number."""
    return len(leaf) >= len(where) and all(b is None or a == b for a, b in zip(leaf, where, strict=False))


def under(text: str, wanted: str) -> bool:
    """Whether a place as text is the wanted one or below it; where the wanted one has no numbers, neither count."""
    if not _NUMBER.search(wanted):
        text = _NUMBER.sub("", text)
    return text == wanted or (text.startswith(wanted) and text[len(wanted)] in ".-[#")


def _populated(source: Any) -> Iterator[Where]:
    if isinstance(source, Message):
        yield from (tuple(leaf[:5]) for leaf in hl7v2.numbered_leaves(source))
    else:
        yield from (path for path, _ in _leaves(source, ("Bundle",)))


def _leaves(node: Any, path: Where) -> Iterator[tuple[Where, Any]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _leaves(value, (*path, key))
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _leaves(value, (*path, number))
    elif node is not None and node != "":
        yield path, node


def _fhir_path(path: Where) -> str:
    text = str(path[0])
    for part in path[1:]:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text


class _MessagePaths:
    """Positions in a built message, found in the order in which its segments were written."""

    def __init__(self, tree: Mapping[str, Any], message: Message) -> None:
        self.tree = tree
        self.message = message
        self.names = segment_positions(message.segments)
        self.seen: dict[Where, int] = {}

    def __call__(self, path: Where) -> str:
        ends = (
            n for n, part in enumerate(path) if n and isinstance(part, int) and self._in_segment(path[:n])
        )
        number = next(ends, None)
        if number is None:
            return ".".join(str(part) for part in path[1:])
        segment, below = path[:number], path[number:]
        text = self._segment(segment)
        field, rest = below[0], list(below[1:])
        text += f"-{field}"
        held = self._at((*segment, field))
        if isinstance(held, list):
            repetition = rest.pop(0)
            text += f"[{repetition + 1}]" if len(held) > 1 else ""
        return text + "".join(f".{part}" for part in rest)

    def _in_segment(self, path: Where) -> bool:
        node = self._at(path)
        return isinstance(node, dict) and bool(node) and all(isinstance(key, int) for key in node)

    def _at(self, path: Where) -> Any:
        node: Any = self.tree
        for part in path[1:]:
            node = node[part]
        return node

    def _segment(self, path: Where) -> str:
        """A segment by its name, counted among those of its name in the order of the tree."""
        slots = [str(part) for part in path[1:] if isinstance(part, str)]
        name = slots[-1].partition(".")[0]
        counted = [n for n, segment in enumerate(self.message.segments) if segment[0] == name]
        if not self.seen:
            for number, found in enumerate(self._segments(self.tree, ("",))):
                self.seen[found] = number
        same = [found for found in self.seen if _name(found) == name]
        place = same.index(path) if path in same else 0
        return self.names[counted[place]] if place < len(counted) else name

    def _segments(self, node: Any, path: Where) -> Iterator[Where]:
        if isinstance(node, list):
            for number, item in enumerate(node):
                yield from self._segments(item, (*path, number))
        elif isinstance(node, dict) and node:
            if all(isinstance(key, int) for key in node):
                yield path
            else:
                for key, value in node.items():
                    yield from self._segments(value, (*path, key))


def _name(path: Where) -> str:
    return [str(part) for part in path if isinstance(part, str)][-1].partition(".")[0]


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | bool) else str(value)
