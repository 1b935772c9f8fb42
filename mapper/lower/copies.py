"""Lowers copying lines: read, convert, put; with loops for `each`."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from mapper import ir
from mapper.check import notation
from mapper.check.model import (
    ByFunction,
    ByMapping,
    Converter,
    TCopy,
    TPath,
    TRead,
    Way,
)
from mapper.lower import convert
from mapper.lower.block import Block
from mapper.lower.conditions import lower_condition
from mapper.lower.cursor import Cursor
from mapper.lower.fills import fill_constant, fill_defaults, removal
from mapper.lower.loops import open_loop, read_rest
from mapper.lower.out import OutNode
from mapper.lower.rows import inner_parent, outer_parent, row_of
from mapper.lower.values import base_cursor, read_path
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
        fill_constant(low, frame, way, copy.span)
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
    if (
        low.source.format not in notation.DELIMITED
        or len(way.sources) != 1
        or any(convert.is_source_value(d) for d, _ in way.defaults)
    ):
        return None
    source = way.sources[0]
    if not isinstance(source, TRead) or not source.path.steps or source.path.steps[0].run is not None:
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


# -- single values -------------------------------------------------------------------------------


def _single(low: FunctionLowering, frame: Frame, way: Way, span: Span) -> None:
    converter = way.converters[0][1]
    if isinstance(converter, ByMapping) and not low.primitive_target(converter.mapping):
        _through_mapping(low, frame, way, span)
        return
    removed = removal(low, frame, way, span)
    value, where = convert.value_of(low, frame, way, span, removed)
    _put_value(low, frame, way, value, where, span)
    fill_defaults(low, frame, way, removed, span)


def _put_value(
    low: FunctionLowering, frame: Frame, way: Way, value: ast.expr, where: ast.expr | None, span: Span
) -> None:
    """`if value is there: put it`."""
    block = frame.block
    if len(way.targets) > 1:
        _put_tuple(low, frame, way, value, where, span)
        return
    target = way.targets[0]
    with low.branch(frame, None) as inner:
        converter = way.converters[0][1]
        if isinstance(converter, ByFunction) and converter.lists and any(step.open for step in target.steps):
            _put_each(low, frame, target, value, where, span)
        else:
            put_leaf(low, frame, target, value, where, span)
    block.add(ir.If(convert.is_there(low, way, value), inner.statements, span=span))


def _put_each(
    low: FunctionLowering, frame: Frame, target: TPath, values: ast.expr, where: ast.expr | None, span: Span
) -> None:
    """One item for each value of a list that a function made."""
    from mapper.lower.function import Frame

    index = next(number for number, step in enumerate(target.steps) if step.open)
    parent = low.node(frame, target, index)
    value = low.names.new("each")
    block = Block(low.names, [], frame.block)
    inner = Frame([], block, frame, turn=True)
    _put_item(low, inner, parent, target, index, ir.var(value), where or ir.const(None), span)
    low.close(inner)
    frame.block.add(ir.For(value, values, [*inner.head, *block.statements], low.names.new("index"), span))


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
        elif root.kind == "pair" or (root.kind == "value" and low.writer.is_leaf(root.type)):
            frame.block.add(ir.Put(root.var, ir.const(""), value, span))
        elif root.kind == "beside" and root.parent is not None and root.step is not None:
            frame.block.add(ir.Put(root.parent.var, ir.const(root.step.element.slot), value, span))
        elif low.target.format in notation.DELIMITED:
            fill = low.unit.module.use(f"runtime.lib.{low.target.format}", "fill_node")
            frame.block.add(
                ir.Do(ir.call(fill, root.var, value), span, ir.trail("fill", fill, root.var, value))
            )
        else:
            frame.block.add(
                ir.Do(ir.method(root.var, "update", value), span, ir.trail("update", root.var, value))
            )
        if where is not None:
            frame.block.add(ir.Mark(root.var, None, where, span))
        return
    parent = low.node(frame, target, len(target.steps) - 1)
    for statement in low.writer.put(low, frame, frame.block, parent, target.steps[-1], value, span):
        frame.block.add(statement)
    if where is not None:
        frame.block.add(ir.Mark(*low.writer.put_place(low, frame, parent, target.steps[-1]), where, span))


def _through_mapping(low: FunctionLowering, frame: Frame, way: Way, span: Span) -> None:
    """A node that another mapping fills, once for each type that a followed reference may have led to."""
    source = way.sources[0]
    assert isinstance(source, TRead)
    target = way.targets[0]
    for type_name, converter in way.converters:
        assert isinstance(converter, ByMapping)
        path = source.path
        if len(way.converters) > 1:
            path = convert.narrowed(low, path, type_name)
        cursor = read_path(low, path, frame.block)
        with low.branch(frame, None) as inner:
            node = low.node(frame, target, len(target.steps))
            if target.steps:
                convert.call_mapping(low, frame, converter.mapping, cursor, node, span, type_name)
            else:
                convert.call_first(low, frame, converter.mapping, cursor, node, span)
        low.add_if(frame.block, convert.worth_calling(low, cursor), inner.statements, span)
    for default, through in way.defaults:
        if isinstance(default, TRead) and isinstance(through, ByMapping):
            _instead(low, frame, default.path, through, target, span)
    fill_defaults(low, frame, way, removal(low, frame, way, span), span)


def _instead(
    low: FunctionLowering, frame: Frame, path: TPath, through: ByMapping, target: TPath, span: Span
) -> None:
    """A default that fills a node as long as nothing else has."""
    cursor = read_path(low, path, frame.block)
    with low.branch(frame, None) as inner:
        node = low.node(frame, target, len(target.steps))
        convert.call_mapping(low, frame, through.mapping, cursor, node, span)
    unmade = ir.not_(low.writer.made(node))
    frame.block.add(ir.If(ir.both([unmade, convert.worth_calling(low, cursor)]), inner.statements, span=span))


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
    parent = inner_parent(low, inner, outer_parent(low, frame, target, index), target, span)
    step = target.steps[index]
    by_node = isinstance(converter, ByMapping) and not low.primitive_target(converter.mapping)
    if by_node:
        assert isinstance(converter, ByMapping)
        node = row_of(inner, parent, low.writer.item(low, inner, parent, step, span))
        if index < len(target.steps) - 1:
            node = low.node(inner, target, len(target.steps), node, index + 1)
        with low.branch(inner, None) as block:
            convert.call_mapping(low, inner, converter.mapping, cursor, node, span, type_name)
        inner.block.add(ir.If(cursor.value, block.statements, span=span))
        return
    value = convert.converted(low, inner, converter, cursor, way, span)
    where = convert.where_of(low, converter, cursor)
    if way.defaults:
        where = convert.note_where(low, inner.block, where)
    for default, through in way.defaults:
        value = convert.or_default(low, inner, way, value, default, through, span, None, where)
    with low.branch(inner, None) as block:
        _put_item(low, inner, parent, target, index, value, where, span)
    inner.block.add(ir.If(convert.is_there(low, way, value), block.statements, span=span))


def _put_item(
    low: FunctionLowering,
    inner: Frame,
    parent: OutNode,
    target: TPath,
    index: int,
    value: ast.expr,
    where: ast.expr,
    span: Span,
) -> None:
    """A value as a new item of the list that a step of the target stands for."""
    step = target.steps[index]
    if (
        index == len(target.steps) - 1
        and not step.selectors
        and step.position is None
        and low.writer.is_leaf(step.types[0])
    ):
        inner.block.add(low.writer.append(low, inner.block, parent, step, value))
        inner.block.add(ir.Mark(*low.writer.put_place(low, inner, parent, step), where, span))
    else:
        node = row_of(inner, parent, low.writer.item(low, inner, parent, step, span))
        _into_item(low, inner, node, target, index, value, where, span)


def _into_item(
    low: FunctionLowering,
    inner: Frame,
    node: OutNode,
    target: TPath,
    index: int,
    value: ast.expr,
    where: ast.expr,
    span: Span,
) -> None:
    if index == len(target.steps) - 1:
        if node.kind == "pair":
            inner.block.add(ir.Put(node.var, ir.const(""), value, span, where))
        elif low.target.format in notation.DELIMITED:
            fill = low.unit.module.use(f"runtime.lib.{low.target.format}", "fill_node")
            inner.block.add(
                ir.Do(ir.call(fill, node.var, value), span, ir.trail("fill", fill, node.var, value))
            )
        else:
            inner.block.add(
                ir.Do(ir.method(node.var, "update", value), span, ir.trail("update", node.var, value))
            )
        inner.block.add(ir.Mark(node.var, None, where, span))
        return
    parent = low.node(inner, target, len(target.steps) - 1, node, index + 1)
    for statement in low.writer.put(low, inner, inner.block, parent, target.steps[-1], value, span):
        inner.block.add(statement)
    inner.block.add(ir.Mark(*low.writer.put_place(low, inner, parent, target.steps[-1]), where, span))
