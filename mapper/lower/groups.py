"""Lowers `each X by K <-> y`: rows of HL7 v2 that share K go into one y, and come back with one number for K."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from mapper import ir
from mapper.check.model import TAnd, TCompare, TConst, TInList, TPath, TRead, TScope, TStep
from mapper.lower.block import Block
from mapper.lower.cursor import Cursor
from mapper.lower.loops import open_loop, read_rest
from mapper.lower.out import OutNode
from mapper.lower.values import filtered_items, read_path

if TYPE_CHECKING:
    from mapper.lower.function import Frame, FunctionLowering

LIB = "runtime.lib.hl7v2"


def lower_groups(low: FunctionLowering, frame: Frame, scope: TScope) -> None:
    """Going, a loop over the groups of rows; back, a loop that writes the rows of one group each turn."""
    if low.direction == "go":
        _read(low, frame, scope)
    else:
        _write(low, frame, scope)


def _read(low: FunctionLowering, frame: Frame, scope: TScope) -> None:
    from mapper.lower.bodies import inside
    from mapper.lower.function import Frame

    source, target = scope.left, scope.right
    index, target_index = source.each_index(), target.each_index()
    assert index is not None
    assert target_index is not None
    step, use = source.steps[index], low.unit.module.use
    container = read_path(low, source, frame.block, index)
    rows = filtered_items(low, source, index, step, container, frame.block)
    if rows is None:
        rows = low.reader.many(container, step, frame.block, scope.span)
    rows = frame.block.bind("rows", rows, scope.span)
    groups = ir.call(use(LIB, "grouped"), rows, _keys(low, scope, container, rows))
    parent = low.node(frame, target, target_index)
    name = low.names.new("group")
    counter = low.names.new(f"{name}_index")
    block = Block(low.names, [], frame.block)
    inner = Frame([], block, frame, turn=True)
    low.counters.append(counter)
    held = ir.call(use(LIB, "with_rows"), container.value, ir.const(low.unit.key_of(step)), ir.var(name))
    node = low.writer.item(low, inner, parent, target.steps[target_index], scope.span)
    if target_index < len(target.steps) - 1:
        node = low.node(inner, target, len(target.steps), node, target_index + 1)
    inside(low, inner, scope, replace(container, value=block.bind("held", held, scope.span)), node)
    low.counters.pop()
    low.close(inner)
    loop = ir.For(name, groups, [*inner.head, *block.statements], counter, scope.span)
    loop.counted = counter in low.counted
    frame.block.add(loop)


def _keys(low: FunctionLowering, scope: TScope, container: Cursor, rows: ast.expr) -> ast.expr:
    """The values of K, row by row."""
    index = scope.left.each_index()
    assert index is not None
    assert scope.by_item is not None
    name = low.names.new("row")
    low.cursors[scope.by_item] = low.reader.item(scope.left.steps[index], name, container.where)
    values = [low.reader.text(read_path(low, path, None)) for path in scope.by]
    row = ast.comprehension(ast.Name(name, ast.Store()), rows, [], 0)
    return ast.ListComp(ast.Tuple(values, ast.Load()), [row])


def _write(low: FunctionLowering, frame: Frame, scope: TScope) -> None:
    source, target = scope.right, scope.left
    index, source_index = target.each_index(), source.each_index()
    assert index is not None
    assert source_index is not None
    parent = low.node(frame, target, index)
    with open_loop(low, frame, source, scope.span) as (inner, item):
        cursor = read_rest(low, source, source_index + 1, item, inner.block)
        node = OutNode(
            low.names.new("rows"), "rows", parent.type, parent, target.steps[index], span=scope.span
        )
        node.row_fills = _row_fills(low, scope, target.steps[index])
        low.register(inner, (id(parent), "rows", id(node)), node, ast.Dict([], []))
        low.cursors[scope.right_node] = cursor
        low.outs[scope.left_node] = node
        low.statements(inner, scope.body)


def _row_fills(
    low: FunctionLowering, scope: TScope, step: TStep
) -> tuple[tuple[tuple[str | int, ...], str | None], ...]:
    """What each row of a group gets where a line has not written it: what the selector demands, a number for K."""
    found: list[tuple[tuple[str | int, ...], str | None]] = [(_way(low, path), None) for path in scope.by]
    for selector in step.selectors:
        condition = selector.condition
        for term in condition.terms if isinstance(condition, TAnd) else (condition,):
            match term:
                case TCompare(operator="=", left=TRead(path=path), right=TConst(value=value)):
                    found.append((_way(low, path), str(value)))
                case TInList(expr=TRead(path=path), items=(first, *_)):
                    found.append((_way(low, path), str(first.value)))
                case _:
                    pass
    return tuple(found)


def _way(low: FunctionLowering, path: TPath) -> tuple[str | int, ...]:
    return tuple(low.unit.key_of(step) for step in path.steps)
