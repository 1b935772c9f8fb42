"""Absolute places of paths, and the paths that expressions and conditions read or write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mapper.check.model import (
    Node,
    TAnd,
    TCodeIs,
    TCompare,
    TCond,
    TConst,
    TInList,
    TNot,
    TOr,
    TPath,
    TPointsTo,
    TRead,
    TStep,
    TTranslated,
)
from mapper.check.model.reads import reads_of
from mapper.claims.model import Place, Step


@dataclass
class Places:
    """Where the nodes of one mapping stand; `known` grows as bodies are entered."""

    known: dict[Node, Place]

    def node(self, node: Node) -> Place | None:
        """The place of a node, or of the one that it is another name or an item of."""
        found: Node | None = node
        while found is not None and found not in self.known:
            if found.path is not None:
                return self.of(found.path, True)
            found = found.parent
        return self.known[found] if found is not None else None

    def of(self, path: TPath, each: bool = False, narrowed: str | None = None) -> Place:
        """The place of a path; with `each`, any item of an open step, else the first."""
        place = self._base(path)
        for number, step in enumerate(path.steps, 1):
            place = _stepped(place, step, each, narrowed, number < len(path.steps))
        return place

    def items(self, path: TPath) -> Iterator[tuple[Node | None, TStep, Place]]:
        """Every step of a path with its item node and its place."""
        place = self._base(path)
        for step in path.steps:
            place = _stepped(place, step, True, None)
            yield step.element_node, step, place

    def _base(self, path: TPath) -> Place:
        found = self.node(path.base)
        return found if found is not None else Place(path.base.format, path.base.types[0])


def _stepped(place: Place, step: TStep, each: bool, narrowed: str | None, inner: bool = False) -> Place:
    element = step.element
    if step.resource:
        return Place(place.format, step.types[0])
    first, last = _occurrences(step, each)
    if step.deref:
        kind = narrowed if narrowed in step.deref else step.deref[0]
        return Place(
            place.format, kind, (), place.below(Step(element.slot, element.name, "Reference", first, last))
        )
    kind = narrowed if narrowed in step.types else step.types[0]
    run = (step.run.first, step.run.last, step.run.step) if step.run is not None else None
    passable = step.passable and inner
    return place.below(Step(element.slot, element.name, kind, first, last, element.extension, run, passable))


def _occurrences(step: TStep, each: bool) -> tuple[int, int | None]:
    if not step.element.repeats:
        return 1, 1
    if step.position is not None:
        return (
            (1, None)
            if step.position.first < 0 or step.selectors
            else (step.position.first, step.position.end)
        )
    return (1, None) if each or step.selectors else (1, 1)


def tests_of(condition: TCond) -> Iterator[tuple[TPath, tuple[str, ...]]]:
    """Every path that a condition reads, with the constants that it compares the path's value with."""
    match condition:
        case TAnd(terms=terms) | TOr(terms=terms):
            for term in terms:
                yield from tests_of(term)
        case TNot(term=term):
            for path, _ in tests_of(term):
                yield path, ()
        case TCompare(operator="=", left=TRead(path=path), right=TConst(value=value)):
            yield path, (str(value),)
        case TInList(expr=TRead(path=path), items=items):
            yield path, tuple(str(item.value) for item in items)
        case TCodeIs(path=path, code=code):
            yield path, (code,)
        case _:
            for path in reads_of(condition):
                yield path, ()


def written_by(condition: TCond) -> Iterator[tuple[TPath, str, str]]:
    """The paths that a condition's `=` terms write on the target side: path, value (none of a reference), system."""
    match condition:
        case TAnd(terms=terms):
            for term in terms:
                yield from written_by(term)
        case TCodeIs(path=path, system=system, code=code):
            yield path, code, system or ""
        case TCompare(operator="=", left=TRead(path=path), right=TConst(value=value)):
            yield path, str(value), ""
        case TCompare(operator="=", left=TTranslated(path=path), right=TConst(value=value)):
            yield path, f"{value}", ""
        case TInList(expr=TRead(path=path), items=items) if items:
            yield path, str(items[0].value), ""
        case TPointsTo(path=path):
            yield path, "", ""
        case _:
            pass
