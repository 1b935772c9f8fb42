"""Lowers `fill X from Y`: going, an absent X takes Y; back, an X that equals Y counts as absent."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from mapper import ir
from mapper.check.model import TFill, source_side
from mapper.lower.block import Block
from mapper.lower.coming_back import reading_the_result
from mapper.lower.values import base_cursor, read_path

if TYPE_CHECKING:
    from mapper.lower.function import Frame, FunctionLowering

LIB = "runtime.lib.filling"


def fill_source(low: FunctionLowering, frame: Frame, fill: TFill) -> None:
    """On the side that is read the node is seen with X filled, or without an X that equals Y."""
    if fill.side != source_side(low.direction):
        return
    cursor = base_cursor(low, fill.path.base)
    value = read_path(low, fill.source, frame.block).value
    function = low.unit.module.use(LIB, "filled" if low.direction == "go" else "without")
    seen = ir.call(function, cursor.value, _way(low, fill), value)
    traced = ir.trail("seen", function, cursor.value, _way(low, fill), value)
    name = low.names.new("seen")
    frame.block.add(ir.Assign(name, seen, fill.span, traced))
    low.cursors[fill.path.base] = replace(cursor, value=ir.var(name))


def fill_target(low: FunctionLowering, frame: Frame, fill: TFill) -> None:
    """On the side that is built X is settled when all else that its node holds is there."""
    if fill.side == source_side(low.direction):
        return
    node = low.base(fill.path)

    def settle() -> list[ir.Stmt]:
        block = Block(low.names, [], frame.block)
        with reading_the_result(low, block):
            value = read_path(low, fill.source, None).value
        function = low.unit.module.use(LIB, "take" if low.direction == "go" else "leave")
        call = ir.call(function, node.var, _way(low, fill), value)
        return [*block.statements, ir.Do(call, fill.span)]

    node.late.append(settle)


def _way(low: FunctionLowering, fill: TFill) -> ast.expr:
    return ir.literal(tuple(low.unit.key_of(step) for step in fill.path.steps))
