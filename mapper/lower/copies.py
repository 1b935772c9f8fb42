"""Lowers copying lines: read, convert, put; with loops for `each`."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from mapper import ir
from mapper.check.model import (
    ByFunction,
    ByMapping,
    ByTable,
    Converter,
    Same,
    TAbsent,
    TConst,
    TContext,
    TCopy,
    TExpr,
    TNumber,
    TPath,
    TRead,
    TStep,
    Way,
)
from mapper.lower import convert
from mapper.lower.block import Block
from mapper.lower.conditions import lower_condition
from mapper.lower.cursor import Cursor
from mapper.lower.loops import open_loop, read_rest
from mapper.lower.out import OutNode
from mapper.lower.values import base_cursor, lower_expr, read_path
from mapper.source import Span

if TYPE_CHECKING:
    from mapper.lower.function import Frame, FunctionLowering


def lower_copy(low: FunctionLowering, frame: Frame, copy: TCopy) -> None:
    """One line in this direction; nothing where the line goes the other way only."""
    way = copy.way(low.direction)
    if way is None:
        return
    if copy.go is not None and copy.back is not None:
        low.claiming.update(id(source.path) for source in way.sources if isinstance(source, TRead))
    if way.when is not None:
        _guarded(low, frame, copy, way)
    elif not way.makes:
        _fill(low, frame, way, copy.span)
    else:
        lower = _each if copy.each else _single
        present = _field_read(low, frame, way)
        if present is None:
            lower(low, frame, way, copy.span)
            return
        with low.branch(frame, None) as inner:
            lower(low, frame, way, copy.span)
        frame.block.add(ir.If(present, inner.statements, span=copy.span))


def _field_read(low: FunctionLowering, frame: Frame, way: Way) -> ast.expr | None:
    """The raw v2 field or component that a line's whole value lies in: where it is empty, the line does nothing.

    `None` where the value does not lie in one, or where something stands in for an absent value.
    """
    if low.source.format != "hl7v2" or len(way.sources) != 1 or any(convert.is_source_value(d) for d, _ in way.defaults):
        return None
    source = way.sources[0]
    if not isinstance(source, TRead) or not source.path.steps:
        return None
    cursor = base_cursor(low, source.path.base)
    if cursor.kind not in ("segment", "parts"):
        return None
    slot = int(source.path.steps[0].element.slot)
    field = ir.index(cursor.value, slot if cursor.kind == "segment" else slot - 1)
    return frame.block.bind(f"{source.path.steps[0].owner}_{slot}", field, source.path.span)


def _guarded(low: FunctionLowering, frame: Frame, copy: TCopy, way: Way) -> None:
    """A line with `when`: its statements stand in an `if`, its fills remember the test."""
    assert way.when is not None
    test = lower_condition(low, way.when, frame.block)
    holds = low.names.new("holds")
    frame.head.append(ir.Assign(holds, ir.const(False)))
    frame.block.add(ir.Assign(holds, test, copy.span))
    plain = replace(copy, go=_without_when(copy.go), back=_without_when(copy.back))
    with low.branch(frame, ir.var(holds)) as inner:
        lower_copy(low, frame, plain)
    frame.block.add(ir.If(ir.var(holds), inner.statements, span=copy.span))


def _without_when(way: Way | None) -> Way | None:
    return replace(way, when=None) if way is not None else None


# -- fills ---------------------------------------------------------------------------------------


def _fill(low: FunctionLowering, frame: Frame, way: Way, span: Span) -> None:
    """A constant, counter or context value: set when the node that holds it turns out to be made."""
    target = way.targets[0]
    source = way.sources[0]
    value = lower_expr(low, source, frame.block)
    missing = isinstance(source, TAbsent)
    add_fill(low, frame, target, value, span, missing, isinstance(source, TContext), missing)


def add_fill(
    low: FunctionLowering, frame: Frame, target: TPath, value: ast.expr, span: Span, absent_only: bool, optional: bool,
    missing: bool = False,
) -> None:
    """Append what sets a leaf to the fills of its parent node."""
    if not target.steps:
        frame.block.add(ir.Assign("out", value, span))
        return
    made = _required_from(target)
    parent = low.node(frame, target, made)
    if low.target.format == "fhir" and target.steps[-1].selectors:
        parent = low.node(frame, target, len(target.steps))
        block = Block(low.names)
        statements: list[ir.Stmt] = [ir.Do(ir.method(parent.var, "update", value), span)]
    else:
        from mapper.lower.conditions import fill_path

        block = Block(low.names)
        beside = missing and low.target.format == "fhir" and low.writer.is_leaf(target.types[0])
        statements = fill_path(low, parent, target.steps[made:], value, "_" if beside else "")
    if optional:
        statements = [ir.If(value, statements)]
    if absent_only:
        way = tuple(low.writer.key(step) for step in target.steps[made:])
        lacks = low.unit.module.use("runtime.lib.fhir", "lacks")
        statements = [ir.If(ir.call(lacks, parent.var, ir.literal(way)), statements)]
    statements = low.under_guards(frame, statements)
    if parent.finished:
        frame.block.add(ir.If(low.writer.made(parent), [*block.statements, *statements]))
    else:
        parent.fills.extend([*block.statements, *statements])


def _required_from(target: TPath) -> int:
    """How many steps of a path lead to the node that a fill belongs to: required nodes below it come with it."""
    steps = target.steps
    made = len(steps) - 1
    while made > 0 and steps[made - 1].element.minimum >= 1 and not _own_node(steps[made - 1]):
        made -= 1
    return made


def _own_node(step: TStep) -> bool:
    """Steps whose node has an identity or a place of its own: resources, extensions, selected items."""
    return bool(step.resource or step.deref or step.element.extension or step.selectors)


# -- single values -------------------------------------------------------------------------------


def _single(low: FunctionLowering, frame: Frame, way: Way, span: Span) -> None:
    name, converter = way.converters[0]
    if isinstance(converter, ByMapping) and not low.primitive_target(converter.mapping):
        _through_mapping(low, frame, way, span)
        return
    value, where = convert.value_of(low, frame, way, span)
    _put_value(low, frame, way, value, where, span)


def _put_value(
    low: FunctionLowering, frame: Frame, way: Way, value: ast.expr, where: ast.expr | None, span: Span
) -> None:
    """`if value is there: put it`; constant defaults become fills."""
    block = frame.block
    if len(way.targets) > 1:
        _put_tuple(low, frame, way, value, where, span)
        return
    target = way.targets[0]
    with low.branch(frame, None) as inner:
        put_leaf(low, frame, target, value, where, span)
    block.add(ir.If(convert.is_there(low, way, value), inner.statements, span=span))
    for default, _ in way.defaults:
        if isinstance(default, TConst | TContext) or not isinstance(default, TRead):
            if convert.is_source_value(default):
                continue
            filled = lower_expr(low, default, block)
            add_fill(low, frame, target, filled, span, True, isinstance(default, TContext), isinstance(default, TAbsent))


def _put_tuple(
    low: FunctionLowering, frame: Frame, way: Way, value: ast.expr, where: ast.expr | None, span: Span
) -> None:
    block = frame.block
    with low.branch(frame, None) as inner:
        for number, target in enumerate(way.targets):
            part = inner.bind("part", ir.index(value, number), span)
            with low.branch(frame, None) as nested:
                put_leaf(low, frame, target, part, where, span)
            inner.add(ir.If(ir.compare(part, "is not", ir.const(None)), nested.statements))
    block.add(ir.If(value, inner.statements, span=span))


def put_leaf(
    low: FunctionLowering, frame: Frame, target: TPath, value: ast.expr, where: ast.expr | None, span: Span
) -> None:
    """Put a value at the end of a target path, in the current block."""
    if not target.steps:
        root = low.base(target)
        if low.primitive_root():
            frame.block.add(ir.Assign("out", value, span))
        elif low.target.format == "hl7v2":
            frame.block.add(ir.Do(ir.call(low.unit.module.use("runtime.lib.hl7v2", "fill_node"), root.var, value), span))
        else:
            frame.block.add(ir.Do(ir.method(root.var, "update", value), span))
        if where is not None:
            frame.block.add(ir.Mark(root.var, None, where, span))
        return
    parent = low.node(frame, target, len(target.steps) - 1)
    for statement in low.writer.put(low, frame, frame.block, parent, target.steps[-1], value, span):
        frame.block.add(statement)
    if where is not None:
        frame.block.add(ir.Mark(parent.var, ir.const(low.writer.key(target.steps[-1])), where, span))


def _through_mapping(low: FunctionLowering, frame: Frame, way: Way, span: Span) -> None:
    """A node that another mapping fills, once for each type that a followed reference may have led to."""
    source = way.sources[0]
    assert isinstance(source, TRead)
    for type_name, converter in way.converters:
        assert isinstance(converter, ByMapping)
        path = source.path
        if len(way.converters) > 1:
            path = convert.narrowed(low, path, type_name)
        cursor = read_path(low, path, frame.block)
        target = way.targets[0]
        with low.branch(frame, None) as inner:
            node = low.node(frame, target, len(target.steps))
            convert.call_mapping(low, frame, converter.mapping, cursor, node, span, type_name)
        low.add_if(frame.block, convert.worth_calling(low, cursor), inner.statements, span)


# -- each ----------------------------------------------------------------------------------------


def _each(low: FunctionLowering, frame: Frame, way: Way, span: Span) -> None:
    source, target = way.sources[0], way.targets[0]
    assert isinstance(source, TRead)
    for type_name, converter in way.converters:
        path = source.path if len(way.converters) == 1 else convert.narrowed(low, source.path, type_name)
        with open_loop(low, frame, path, span) as (inner, item):
            index = path.each_index()
            assert index is not None
            cursor = read_rest(low, path, index + 1, item, inner.block)
            _one_item(low, frame, inner, way, type_name, converter, cursor, target, span)


def _one_item(
    low: FunctionLowering,
    frame: Frame,
    inner: Frame,
    way: Way,
    type_name: str,
    converter: Converter,
    cursor: Cursor,
    target: TPath,
    span: Span,
) -> None:
    """One turn: convert the item, then append it, or put it into a new item node."""
    index = target.each_index()
    assert index is not None
    parent = low.node(frame, target, index)
    step, last = target.steps[index], index == len(target.steps) - 1
    by_node = isinstance(converter, ByMapping) and not low.primitive_target(converter.mapping)
    if by_node:
        assert isinstance(converter, ByMapping)
        node = low.writer.item(low, inner, parent, step, span)
        if not last:
            node = low.node(inner, target, len(target.steps), node, index + 1)
        with low.branch(inner, None) as block:
            convert.call_mapping(low, inner, converter.mapping, cursor, node, span, type_name)
        inner.block.add(ir.If(cursor.value, block.statements, span=span))
        return
    value = convert.converted(low, inner, converter, cursor, way, span)
    test = convert.is_there(low, way, value)
    with low.branch(inner, None) as block:
        if last and not step.selectors and low.writer.is_leaf(step.types[0]):
            block.add(low.writer.append(low, block, parent, step, value))
            block.add(ir.Mark(parent.var, ir.const(low.writer.key(step)), cursor.where, span))
        else:
            node = low.writer.item(low, inner, parent, step, span)
            _into_item(low, inner, node, target, index, value, cursor.where, span)
    inner.block.add(ir.If(test, block.statements, span=span))


def _into_item(
    low: FunctionLowering, inner: Frame, node: OutNode, target: TPath, index: int, value: ast.expr, where: ast.expr, span: Span
) -> None:
    if index == len(target.steps) - 1:
        if node.kind == "pair":
            inner.block.add(ir.Put(node.var, ir.const(""), value, span, where))
        elif low.target.format == "hl7v2":
            fill = low.unit.module.use("runtime.lib.hl7v2", "fill_node")
            inner.block.add(ir.Do(ir.call(fill, node.var, value), span))
        else:
            inner.block.add(ir.Do(ir.method(node.var, "update", value), span))
        inner.block.add(ir.Mark(node.var, None, where, span))
        return
    parent = low.node(inner, target, len(target.steps) - 1, node, index + 1)
    for statement in low.writer.put(low, inner, inner.block, parent, target.steps[-1], value, span):
        inner.block.add(statement)
    inner.block.add(ir.Mark(parent.var, ir.const(low.writer.key(target.steps[-1])), where, span))
