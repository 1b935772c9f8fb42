"""Walks a checked mapping in one direction, through the mappings that it calls, and yields what its lines claim."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from mapper.check.model import (
    ByFunction,
    ByMapping,
    ByTable,
    Checked,
    Converter,
    Direction,
    TAbsent,
    TChoose,
    TCond,
    TConst,
    TContext,
    TCopy,
    TExpr,
    TFill,
    TFound,
    TIgnore,
    TKey,
    TMapping,
    TPath,
    TRead,
    TReference,
    TRequire,
    TScope,
    TStatement,
    Way,
    source_side,
    target_side,
)
from mapper.check.model.reads import reads_of
from mapper.claims.model import Claim, How, Place
from mapper.claims.places import Places, tests_of, written_by
from mapper.resolve.program import MappingInfo
from mapper.source import Span

ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"


def claims_of(checked: Checked, mapping: TMapping, direction: Direction) -> tuple[Claim, ...]:
    """All claims of a mapping in one direction, those of the mappings that it calls included; none twice."""
    walk = _Walk(checked, direction)
    source, target = mapping.node(source_side(direction)), mapping.node(target_side(direction))
    found = walk.mapping(
        mapping, Place(source.format, source.types[0]), Place(target.format, target.types[0])
    )
    return tuple(dict.fromkeys(found))


class _Walk:
    """The state of one walk: which mappings were entered at which places."""

    def __init__(self, checked: Checked, direction: Direction) -> None:
        self.checked = checked
        self.direction: Direction = direction
        self.entered: set[tuple[str, Place, Place]] = set()

    def mapping(self, mapping: TMapping, source: Place, target: Place) -> Iterator[Claim]:
        key = (mapping.info.qualified, source, target)
        if key in self.entered:
            return
        self.entered.add(key)
        yield from _Body(self, mapping, source, target).statements(mapping.body)

    def call(self, info: MappingInfo, source: Place, target: Place) -> Iterator[Claim]:
        mapping = self.checked.mappings.get(info.qualified)
        if mapping is not None:
            yield from self.mapping(mapping, source, target)


class _Body:
    """One mapping at one pair of places."""

    def __init__(self, walk: _Walk, mapping: TMapping, source: Place, target: Place) -> None:
        self.walk = walk
        self.direction = walk.direction
        self.places = Places(
            {
                mapping.node(source_side(self.direction)): source,
                mapping.node(target_side(self.direction)): target,
            }
        )

    def statements(self, body: Sequence[TStatement]) -> Iterator[Claim]:
        for statement in body:
            yield from self.statement(statement)

    def statement(self, statement: TStatement) -> Iterator[Claim]:
        match statement:
            case TCopy():
                yield from self._copy(statement)
            case TScope():
                yield from self._scope(statement)
            case TReference():
                yield from self._reference(statement)
            case TChoose():
                yield from self._choose(statement)
            case TKey(paths=paths, span=span):
                yield from self._paths(paths, "key", span)
            case TIgnore(paths=paths, span=span, reason=reason):
                for claim in self._paths(paths, "ignore", span):
                    yield replace(claim, note=reason, whole=True)
            case TRequire(condition=condition, side=side, span=span) if side == source_side(self.direction):
                yield from self._condition(condition, span)
            case TFill():
                yield self._fill(statement)
            case TFound(path=path, span=span, arrow=arrow) if self._goes(arrow):
                yield from self._selectors(path, span)
                yield self._claim("reference", None, self.places.of(path), span)
            case _:
                pass

    def _fill(self, fill: TFill) -> Claim:
        if fill.side == source_side(self.direction):
            return self._claim("condition", self.places.of(fill.source), None, fill.span)
        return self._claim("copy", None, self.places.of(fill.path), fill.span)

    # -- lines -------------------------------------------------------------------------------

    def _copy(self, copy: TCopy) -> Iterator[Claim]:
        way = copy.way(self.direction)
        if way is None:
            return
        one_way = copy.go is None or copy.back is None
        for claim in self._way(way, copy.each, copy.span):
            yield replace(claim, one_way=True) if one_way and not claim.one_way else claim

    def _way(self, way: Way, each: bool, span: Span) -> Iterator[Claim]:
        if way.when is not None:
            yield from self._condition(way.when, span)
        for target in way.targets:
            yield from self._selectors(target, span)
        first = way.sources[0]
        several = len(way.converters) > 1 and isinstance(first, TRead)
        for type_name, converter in way.converters:
            targets = [self.places.of(target, each, type_name) for target in way.targets]
            for source in way.sources:
                yield from self._value(source, converter, targets, each, type_name if several else None, span)
        for default, converter in way.defaults:
            targets = [self.places.of(target, each) for target in way.targets]
            yield from self._value(default, converter, targets, each, None, span)

    def _value(
        self,
        expr: TExpr,
        converter: Converter,
        targets: list[Place],
        each: bool,
        narrowed: str | None,
        span: Span,
    ) -> Iterator[Claim]:
        match expr:
            case TRead(path=path):
                yield from self._selectors(path, span)
                source = self.places.of(path, each or _listed(converter), narrowed)
                for target in targets:
                    yield from self._passed(source, converter, target, span)
            case TConst(value=value):
                for target in targets:
                    yield self._claim("constant", None, target, span, note=_written(value))
            case TContext(set=name, member=member):
                for target in targets:
                    yield self._claim("context", None, target, span, note=f"${name}.{member}")
            case TAbsent(flavor=flavor):
                for target in targets:
                    yield self._claim(
                        "constant", None, target, span, note=_written(_missing(flavor, target.format))
                    )
            case _:
                for path in reads_of(expr):
                    yield from self._selectors(path, span)
                    for target in targets:
                        yield self._claim("function", self.places.of(path, True), target, span, whole=True)

    def _passed(self, source: Place, converter: Converter, target: Place, span: Span) -> Iterator[Claim]:
        match converter:
            case ByMapping(mapping=mapping):
                yield self._claim("call", source, target, span, note=mapping.name)
                yield from self.walk.call(mapping, source, target)
            case ByTable(table=table, beside=beside):
                yield self._claim("table", source, target, span, note=table.qualified)
                if beside is not None:
                    yield from self.walk.call(beside, source, target)
            case ByFunction(target=name, raw=raw, normalises=normalises):
                whole = raw or source.format == "fhir"
                claim = self._claim("function", source, target, span, whole=whole, note=name)
                yield replace(claim, normalises=normalises or "")
            case _:
                yield self._claim("copy", source, target, span)

    def _scope(self, scope: TScope) -> Iterator[Claim]:
        if not self._goes(scope.arrow):
            return
        source, target = scope.path(source_side(self.direction)), scope.path(target_side(self.direction))
        yield from self._selectors(source, scope.span)
        yield from self._selectors(target, scope.span)
        if scope.when is not None:
            yield from self._condition(scope.when, scope.span)
        came, goes = self.places.of(source, scope.each), self.places.of(target, scope.each)
        self.places.known[scope.node(source_side(self.direction))] = came
        self.places.known[scope.node(target_side(self.direction))] = goes
        if came.via is not None and source.steps and source.steps[-1].deref:
            yield self._claim("reference", came.via, goes, scope.span, whole=True)
        yield self._claim("call", came, goes, scope.span, note=scope.using.name if scope.using else "")
        if scope.using is not None:
            yield from self.walk.call(scope.using, came, goes)
        yield from self.statements(scope.body)

    def _reference(self, statement: TReference) -> Iterator[Claim]:
        place = self.places.of(statement.path)
        if self.direction == "go" and statement.arrow != "<-":
            pointed = self.places.node(statement.node)
            yield self._claim("reference", None, place, statement.span, note=pointed.type if pointed else "")
        elif self.direction == "back" and statement.arrow != "->":
            yield self._claim("reference", place, None, statement.span, whole=True)

    def _choose(self, choose: TChoose) -> Iterator[Claim]:
        for case in choose.cases:
            guard = case.guard(source_side(self.direction))
            if guard is None or (case.arrow is not None and not self._goes(case.arrow)):
                continue
            yield from self._condition(guard, case.span)
            written = case.guard(target_side(self.direction))
            if written is not None:
                yield from self._written(written, case.span)
            yield from self.statements(case.body)
        yield from self.statements(choose.otherwise)

    # -- parts -------------------------------------------------------------------------------

    def _paths(self, paths: Sequence[TPath], how: How, span: Span) -> Iterator[Claim]:
        for path in paths:
            if path.side == source_side(self.direction):
                yield self._claim(how, self.places.of(path, True), None, span, whole=how == "key")

    def _condition(self, condition: TCond, span: Span) -> Iterator[Claim]:
        for path, values in tests_of(condition):
            yield from self._selectors(path, span)
            if path.side == source_side(self.direction):
                yield self._claim("condition", self.places.of(path, True), None, span, note="|".join(values))

    def _selectors(self, path: TPath, span: Span) -> Iterator[Claim]:
        """What selectors read on the source side, and what they write on the target side."""
        if not any(step.selectors or step.deref or step.element_node is not None for step in path.steps):
            return
        for node, step, holder in self.places.items(path):
            if node is not None:
                self.places.known[node] = holder
            for selector in step.selectors:
                if path.side == source_side(self.direction):
                    yield from self._condition(selector.condition, span)
                else:
                    yield from self._written(selector.condition, span)
            if step.deref and holder.via is not None and path.side == source_side(self.direction):
                yield self._claim("reference", holder.via, None, span, whole=True)
            elif step.deref and holder.via is not None:
                yield self._claim("reference", None, holder.via, span, note=holder.root)

    def _written(self, condition: TCond, span: Span) -> Iterator[Claim]:
        for path, value, system in written_by(condition):
            place = self.places.of(path, True)
            yield self._claim(
                "constant" if value else "reference", None, place, span, note=value, system=system
            )

    def _goes(self, arrow: str) -> bool:
        return arrow != ("<-" if self.direction == "go" else "->")

    def _claim(
        self,
        how: How,
        source: Place | None,
        target: Place | None,
        span: Span,
        whole: bool = False,
        note: str = "",
        system: str = "",
    ) -> Claim:
        return Claim(self.direction, how, source, target, span, whole, note, system)


def _missing(flavor: str | None, format: str) -> Any:
    """What says that a value is missing."""
    if format == "hl7v2":
        return '""'
    return {"extension": [{"url": ABSENT, "valueCode": flavor or "unknown"}]}


def _written(value: Any) -> str:
    """A constant as text: a coded value as JSON."""
    return json.dumps(value) if isinstance(value, dict | list) else str(value)


def _listed(converter: Converter) -> bool:
    return isinstance(converter, ByFunction) and converter.lists
