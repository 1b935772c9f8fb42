"""Loops over the repeating step of a source path."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mapper import ir
from mapper.check import notation
from mapper.check.model import Node, TPath, TStep
from mapper.lower.block import Block
from mapper.lower.cursor import Cursor
from mapper.lower.rows import level_numbers, level_rows, run_items
from mapper.lower.values import describe, filtered_items, places_of, read_path, read_step
from mapper.source import Span

if TYPE_CHECKING:
    from mapper.lower.function import Frame, FunctionLowering


@contextmanager
def open_loop(low: FunctionLowering, frame: Frame, path: TPath, span: Span) -> Iterator[tuple[Frame, Cursor]]:
    """A loop over the items of a path's repeating step; yields the frame of one turn and the item's cursor."""
    from mapper.lower.function import Frame

    index = path.each_index()
    assert index is not None, "checked: an `each` has one repeating step"
    step = path.steps[index]
    reader = low.unit.reader(path.base.format)
    if level_numbers(path):
        with _level_loop(low, frame, path, index, span) as opened:
            yield opened
        return
    cursor = read_path(low, path, frame.block, index)
    filtered = items = filtered_items(low, path, index, step, cursor, frame.block)
    if items is None:
        items = reader.many(cursor, step, frame.block, span)
    items = pointed(low, path, step, run_items(low, path.base.format, step, items))
    if step.position is not None and not step.position.single:
        items = ast.Subscript(
            items, ast.Slice(ir.const(step.position.first - 1), ir.const(step.position.end)), ast.Load()
        )
    name = low.names.new(ir.identifier(step.element.name).lower() + "_item")
    counter = low.names.new(f"{name}_index")
    block = Block(low.names, [], frame.block)
    inner = Frame([], block, frame, turn=True)
    if step.run is not None and notation.is_number(step.element.slot):
        place = _run_place(low, frame.block, items, counter)
    else:
        place = _place(low, frame.block, filtered, step, counter)
    item = reader.item(step, name, reader.item_where(cursor, step, name, place))
    low.counters.append(counter)
    yield inner, item
    low.counters.pop()
    low.close(inner)
    loop = ir.For(name, items, [*inner.head, *block.statements], counter, span)
    loop.counted = counter in low.counted
    frame.block.add(loop)


@contextmanager
def _level_loop(
    low: FunctionLowering, frame: Frame, path: TPath, index: int, span: Span
) -> Iterator[tuple[Frame, Cursor]]:
    """A loop over rows with the nodes of the levels around them."""
    from mapper.lower.function import Frame

    rows, names, item = level_rows(low, path, index, frame.block)
    name = low.names.new("row")
    counter = low.names.new(f"{name}_index")
    block = Block(low.names, [], frame.block)
    block.add(ir.Unpack(names, ir.var(name), span))
    inner = Frame([], block, frame, turn=True)
    low.counters.append(counter)
    yield inner, item
    low.counters.pop()
    low.close(inner)
    loop = ir.For(name, rows, [*inner.head, *block.statements], counter, span)
    loop.counted = counter in low.counted
    frame.block.add(loop)


def pointed(low: FunctionLowering, path: TPath, step: TStep, items: ast.expr) -> ast.expr:
    """Numbers that point into a list of the resource around: as positions, however its items are numbered."""
    name = notation.POINTED.get(step.element.name) if path.base.format == "fhir" else None
    if name is None:
        return items
    schema = low.unit.schema(path.base.format)
    node: Node | None = path.base
    while node is not None:
        cursor = low.cursors.get(node)
        element = schema.element(node.types[0], name)
        if cursor is not None and element is not None and element.repeats:
            held = ir.get(cursor.value, element.slot, ast.Tuple([], ast.Load()))
            site = low.site(path.span, describe(path))
            return ir.call(
                low.unit.module.use("runtime.lib.fhir", "positions"), ir.var("c"), items, held, site
            )
        node = node.parent
    return items


def _place(
    low: FunctionLowering, block: Block, filtered: ast.expr | None, step: TStep, counter: str
) -> ast.expr:
    """The place in the whole list of the item of a turn (tracing)."""
    first = step.position.first - 1 if step.position is not None and not step.position.single else 0
    turn: ast.expr = ir.var(counter)
    if first:
        turn = ast.BinOp(turn, ast.Add(), ir.const(first))
    if filtered is None or not low.unit.reader(low.source.format).numbered(step):
        return turn
    places = low.names.new("places")
    block.add(ir.Note(places, places_of(filtered)))
    return ir.index(ir.var(places), turn)


def _run_place(low: FunctionLowering, block: Block, items: ast.expr, counter: str) -> ast.expr:
    """The number of the element or component of a run that has its turn (tracing): empty ones have none."""
    assert isinstance(items, ast.Call), "the reader asks for the values of a run"
    places = low.names.new("places")
    block.add(ir.Note(places, ir.trail("numbers", *items.args)))
    return ir.index(ir.var(places), ir.var(counter))


def read_rest(low: FunctionLowering, path: TPath, start: int, item: Cursor, block: Block) -> Cursor:
    """The steps of a path behind the one that a loop runs over."""
    cursor = item
    for number in range(start, len(path.steps)):
        cursor = read_step(low, path, number, path.steps[number], cursor, block)
    return cursor
