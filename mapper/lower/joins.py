"""Which resources belong to a body when reading, and what becomes of those that no line has made."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from mapper import ir
from mapper.check.model import TPath, TReference, TScope
from mapper.lower.cursor import Cursor

if TYPE_CHECKING:
    from mapper.lower.function import Frame, FunctionLowering
    from mapper.lower.out import OutNode


def tell_unmade(low: FunctionLowering, frame: Frame, node: OutNode) -> None:
    """What later lines put into a named resource is lost where the line that makes it found nothing: told."""
    if not node.filled_late or node.reference is None or node.span is None:
        return
    unmade = ir.both([node.var, ir.not_(ir.var(node.reference))])
    told = ir.method(ir.var("c"), "unmade", low.site(node.span, node.type), ir.const(node.type))
    frame.block.add(ir.If(unmade, [ir.Do(told, node.span)], span=node.span))


def register_joins(low: FunctionLowering, scope: TScope, source: TPath) -> None:
    """A body's reference lines filter the resources that it reads."""
    from mapper.lower.bodies import joins_of

    number = next((i for i, step in enumerate(source.steps) if step.resource), None)
    if number is not None and low.direction == "back":
        low.joins[id(source), number] = [_join(low, reference) for reference in joins_of(scope)]


def _join(low: FunctionLowering, reference: TReference) -> Callable[[Cursor], ast.expr]:
    def test(item: Cursor) -> ast.expr:
        from mapper.lower.values import base_cursor

        step = reference.path.steps[0]
        held = ir.get(item.value, step.element.slot)
        return ir.method(ir.var("c"), "joined", held, base_cursor(low, reference.node).value)

    return test


def joins(low: FunctionLowering, path: TPath, number: int) -> list[Callable[[Cursor], ast.expr]]:
    """The tests on the resources that a step of a path stands for."""
    return low.joins.get((id(path), number), [])
