"""A trace: the leaves of an output with the places of the input and the `.map` lines that made them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mapper.trace.places import leaves_of, matches
from mapper.trace.sides import input_of, output_of
from runtime.lib.trail import Mark, Where
from runtime.translate import Result


@dataclass(frozen=True, slots=True)
class Row:
    """One leaf of the output.

    `path` is `Patient.name[0].family` (`Practitioner#2.name[0]` where there are several), `PID-5[1].1` or
    `2010BA/NM103 (segment 12 of ST 0001)`; `sources` are places of the input in its own notation, `lines` `.map`
    lines. Without sources it is a constant, an id or a reference; `wheres` are the places as the runtime numbers them.
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
        self.forward = result.formats[0] != "fhir"
        self.input, self.output = input_of(result), output_of(result)
        self.populated = set(self.input.leaves())
        self._above = {leaf[:n] for leaf in self.populated for n in range(1, len(leaf) + 1)}
        self._marked = self.output.roots
        self._marks: dict[Where, list[Mark]] = defaultdict(list)
        for path, mark in self.trail.found(self._marked):
            if self._is_populated(mark.where):
                self._marks[path].append(mark)
        self._wheres = {mark.where for found in self._marks.values() for mark in found}
        self._open = [where for where in self._wheres if None in where]

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The leaves of the output, in its order."""
        return tuple(sorted(self._rows(), key=lambda row: self.output.order(row.path)))

    # -- questions ---------------------------------------------------------------------------

    def of_output(self, path: str) -> tuple[Row, ...]:
        """The leaves at and below an element; numbers may be left out."""
        return tuple(row for row in self.rows if self.output.under(row.path, path))

    def of_input(self, position: str) -> tuple[Row, ...]:
        """The leaves that came from a place of the input or below it; numbers may be left out."""
        below = self.input.under
        return tuple(row for row in self.rows if any(below(source, position) for source in row.sources))

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
        """A place of the input as text."""
        return self.input.text(where)

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
        marks = self._marks
        for name, root in self._marked.items():
            for path, value in leaves_of(root, (name,)):
                shown = self.output.name(path)
                if shown is None:
                    continue
                found = [] if _is_url(path) else marks.get(_nearest(path, marks), [])
                sources = dict.fromkeys(self.place(mark.where) for mark in found)
                lines = dict.fromkeys(mark.line for mark in found)
                wheres = dict.fromkeys(mark.where for mark in found)
                yield Row(shown, value, tuple(sources), tuple(lines), tuple(wheres))

    def _is_populated(self, where: Where) -> bool:
        """Whether anything stands at a place of the input; a stub's parts stand in for their reference."""
        if None not in where:
            return where in self._above
        return any(matches(leaf, where) for leaf in self.populated)


def _nearest(path: Where, marks: Mapping[Where, Any]) -> Where:
    """The marked element that a leaf is or lies in."""
    return next((path[:n] for n in range(len(path), 0, -1) if path[:n] in marks), ())


def _is_url(path: Where) -> bool:
    """Whether a leaf is the URL of an extension, which comes from the mapping."""
    return path[-1] == "url" and path[-3:-2] == ("extension",)


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | bool) else str(value)
