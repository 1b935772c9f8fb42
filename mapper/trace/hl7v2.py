"""HL7 v2 messages as sides of a trace: `PID-3[2].4.1`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from mapper.trace import places
from runtime.codecs import hl7v2
from runtime.codecs.hl7v2.positions import segment_positions
from runtime.lib.trail import Where, hl7v2_text
from runtime.translate import Result

_NO_STRUCTURES: Mapping[str, Any] = {"messages": {}, "events": {}, "version": "2.8.2"}


class Hl7v2Input:
    """See `Input`."""

    def __init__(self, result: Result) -> None:
        self._message = result.source

    def leaves(self) -> Iterator[Where]:
        yield from (tuple(leaf[:5]) for leaf in hl7v2.numbered_leaves(self._message))

    def text(self, where: Where) -> str:
        return hl7v2_text(self._message, where)

    def under(self, place: str, wanted: str) -> bool:
        return places.under(place, wanted)

    def plain(self, place: str) -> str:
        return places.plain(place)

    def claimed(self, root: str, keys: tuple[Any, ...]) -> str:
        segment = root.rpartition("/")[2].partition(".")[0]
        return segment + (f"-{keys[0]}" if keys else "") + "".join(f".{key}" for key in keys[1:])


class Hl7v2Output:
    """See `Output`: positions in a built message, found in the order in which its segments were written."""

    def __init__(self, result: Result) -> None:
        self.tree: Mapping[str, Any] = result.output
        self._data = result.data
        self._seen: dict[Where, int] = {}

    @cached_property
    def _message(self) -> hl7v2.Message:
        return hl7v2.parse(self._data, _NO_STRUCTURES)

    @cached_property
    def _names(self) -> list[str]:
        return list(segment_positions(self._message.segments))

    @property
    def roots(self) -> Mapping[str, Any]:
        return {"": self.tree}

    def name(self, path: Where) -> str | None:
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

    def under(self, name: str, wanted: str) -> bool:
        return places.under(name, wanted)

    def target(self, text: str) -> str:
        """A target without the groups that hold its segment."""
        return re.sub(r"^(?:[A-Z_]+\.)*([A-Z][A-Z0-9]{2}-)", r"\1", text)

    def order(self, name: str) -> tuple[Any, ...]:
        return ()

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
        counted = [n for n, segment in enumerate(self._message.segments) if segment[0] == name]
        if not self._seen:
            for number, found in enumerate(self._segments(self.tree, ("",))):
                self._seen[found] = number
        same = [found for found in self._seen if _name(found) == name]
        place = same.index(path) if path in same else 0
        return self._names[counted[place]] if place < len(counted) else name

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
