"""Rows of an `each` that do not stand in a plain list: those inside levels that `under` names, and runs of elements."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from mapper import ir
from mapper.check import notation
from mapper.check.model import TPath, TRun, TStep
from mapper.lower.block import Block
from mapper.lower.cursor import Cursor
from mapper.lower.out import OutNode
from mapper.lower.values import filtered_items, read_path, read_step
from mapper.source import Span

if TYPE_CHECKING:
    from mapper.lower.function import Frame, FunctionLowering

LIB = "runtime.lib.levels"


# -- reading ---------------------------------------------------------------------------------------


def run_items(low: FunctionLowering, format: str, step: TStep, items: ast.expr) -> ast.expr:
    """Segments as one segment for each part of a run of their elements; all other items as they are."""
    if step.run is None or notation.is_number(step.element.slot):
        return items
    return ir.call(low.unit.module.use(f"runtime.lib.{format}", "runs"), items, *bounds(step.run))


def bounds(run: TRun) -> tuple[ast.expr, ast.expr, ast.expr]:
    """First and last number of a run, and how far its parts are apart."""
    return ir.const(run.first), ir.const(run.last), ir.const(run.step)


def level_numbers(path: TPath) -> list[int]:
    """The steps that `under` names, outermost first."""
    return [number for number, step in enumerate(path.steps) if step.level is not None]


def level_rows(
    low: FunctionLowering, path: TPath, index: int, block: Block
) -> tuple[ast.expr, tuple[str, ...], Cursor]:
    """All rows behind the nodes of the levels that they stand in, the locals for one of them, and the row's cursor.

    The locals are those of a loop over the rows; the cursors of the levels' nodes read from them.
    """
    reader = low.unit.reader(path.base.format)
    numbers = level_numbers(path)
    cursor = read_path(low, path, block, numbers[0])
    names: list[str] = []
    loops: list[ast.comprehension] = []
    item = cursor
    for number in range(numbers[0], index + 1):
        step = path.steps[number]
        if step.level is None and number != index:  # between levels and rows: the segment around its elements
            cursor = read_step(low, path, number, step, cursor, None)
            continue
        found = filtered_items(low, path, number, step, cursor, None)
        items = found if found is not None else reader.many(cursor, step, None, path.span)
        items = run_items(low, path.base.format, step, items)
        if step.passable:  # rows may stand right above this level: then its own node is an empty one
            items = ast.Tuple([reader.absent(step), ast.Starred(items, ast.Load())], ast.Load())
        name = low.names.new(ir.identifier(step.element.name).lower() + "_item")
        names.append(name)
        loops.append(ast.comprehension(ast.Name(name, ast.Store()), items, [], 0))
        item = reader.item(step, name, reader.item_where(cursor, step, name, ir.const(None)))
        if step.level is not None:
            low.cursors[step.level] = item
        held = ir.either([item.value, cursor.value]) if step.passable else item.value
        cursor = Cursor(item.kind, held, item.where, item.type, item.holder)
    row = ast.Tuple([ir.var(name) for name in names], ast.Load())
    return ast.ListComp(row, loops), tuple(names), item


# -- building --------------------------------------------------------------------------------------


def outer_parent(low: FunctionLowering, frame: Frame, target: TPath, index: int) -> OutNode:
    """The node of this frame that the rows of a target path, or the levels around them, are put into."""
    numbers = level_numbers(target)
    parent = low.node(frame, target, numbers[0] if numbers else index)
    step = target.steps[index]
    if step.run is not None and not step.run.spills and not notation.is_number(step.element.slot):
        return low.writer.child(low, frame, parent, replace(step, run=None), target.span)
    return parent


def inner_parent(low: FunctionLowering, inner: Frame, outer: OutNode, target: TPath, span: Span) -> OutNode:
    """The node of one turn that its row is put into: that of the innermost level, which all levels get here."""
    parent = outer
    for number in level_numbers(target):
        step = target.steps[number]
        assert step.level is not None
        parent = row_of(inner, parent, low.writer.item(low, inner, parent, step, span))
        parent.node = step.level
        low.outs[step.level] = parent
    return parent


def row_of(inner: Frame, level: OutNode, node: OutNode) -> OutNode:
    """A node as that for which a level is there: it is put into the level last."""
    if level.step is not None and level.step.level is not None:
        level.row = node
        if (
            level.kind == "resource"
        ):  # its rows go into the one resource that says the same, once that is known
            level.children.remove(node)
            inner.roots.append(node)
    return node


def regrouped(low: FunctionLowering, node: OutNode) -> ir.Stmt | None:
    """The statement that puts the outermost level of a turn into its list, or into the neighbour that equals it."""
    step, parent = node.step, node.parent
    if step is None or step.level is None or parent is None or step.resource:
        return None
    if parent.step is not None and parent.step.level is not None:
        return None
    slots, limits, order = _levels(low, node)
    regroup = low.unit.module.use(LIB, "regroup")
    args = (
        parent.var,
        ir.literal(tuple(slots)),
        node.var,
        ir.literal(limits),
        ir.literal(tuple(order)),
    )
    return ir.Do(ir.call(regroup, *args), node.span, ir.trail("regroup", regroup, *args))


def _levels(low: FunctionLowering, node: OutNode) -> tuple[list[str | int], dict[str, int], list[str | int]]:
    """The slots from a level to the rows, how many each may hold, and the order of those of one node."""
    writer = low.writer
    slots: list[str | int] = []
    limits: dict[str, int] = {}
    order: list[str | int] = []
    level: OutNode | None = node
    while level is not None and level.step is not None:
        step = level.step
        slots.append(writer.key(step))
        if step.element.maximum is not None:
            limits[step.element.slot] = step.element.maximum
        if step.passable:
            known = [e.slot for e in low.unit.schema(low.target.format).elements(step.owner)]
            below = level.row.step if level.row is not None else None
            wanted = {step.element.slot, below.element.slot if below is not None else ""}
            order = [slot for slot in known if slot in wanted]
        level = level.row
    return slots, limits, order


def above(node: OutNode) -> OutNode | None:
    """The node that a row is put into where the level around it was left out."""
    parent = node.parent
    if parent is None or parent.row is not node or parent.step is None or not parent.step.passable:
        return None
    return parent.parent
