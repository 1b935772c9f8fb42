"""Lowers lines with a body: the source node is found, the target node made, the body lowered between the two."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mapper import ir
from mapper.check.given import GIVEN
from mapper.check.model import TPath, TReference, TScope, source_side, target_side
from mapper.lower.block import Block
from mapper.lower.conditions import lower_condition
from mapper.lower.convert import call_first, call_mapping
from mapper.lower.cursor import Cursor
from mapper.lower.groups import lower_groups
from mapper.lower.identities import must_wait
from mapper.lower.joins import register_joins
from mapper.lower.lookups import remember_pair
from mapper.lower.loops import open_loop, read_rest
from mapper.lower.rows import inner_parent, outer_parent, row_of
from mapper.lower.values import read_path

if TYPE_CHECKING:
    from mapper.lower.function import Frame, FunctionLowering
    from mapper.lower.out import OutNode


def lower_scope(low: FunctionLowering, frame: Frame, scope: TScope) -> None:
    """One body in this direction."""
    if (scope.arrow == "->" and low.direction == "back") or (scope.arrow == "<-" and low.direction == "go"):
        return
    if must_wait(low, frame, scope):
        return
    if scope.right.base.format == GIVEN:  # nothing is read there but context values
        low.cursors[scope.right.base] = Cursor("leaf", ir.const(True), ir.const(None), GIVEN)
    source = scope.path(source_side(low.direction))
    if scope.arrow == "<->":
        low.claiming.add(id(source))
    register_joins(low, scope, source)
    if scope.by:
        lower_groups(low, frame, scope)
    elif scope.each:
        _each(low, frame, scope, source)
    else:
        _single(low, frame, scope, source)


def _each(low: FunctionLowering, frame: Frame, scope: TScope, source: TPath) -> None:
    target = scope.path(target_side(low.direction))
    index, target_index = source.each_index(), target.each_index()
    assert index is not None
    assert target_index is not None
    outer = outer_parent(low, frame, target, target_index)
    with open_loop(low, frame, source, scope.span) as (inner, item):
        if source.steps[index].document:
            inner.block.add(ir.Do(ir.method(ir.var("c"), "enter", item.value), scope.span))
        cursor = read_rest(low, source, index + 1, item, inner.block)
        parent = inner_parent(low, inner, outer, target, scope.span)
        node = row_of(
            inner, parent, low.writer.item(low, inner, parent, target.steps[target_index], scope.span)
        )
        if target_index < len(target.steps) - 1:
            node = low.node(inner, target, len(target.steps), node, target_index + 1)
        inside(low, inner, scope, cursor, node)
        remember_pair(low, frame, inner, scope, item, node)
        if target.steps[target_index].document:
            inner.after.append(ir.Do(ir.method(ir.var("c"), "document", node.var), scope.span))


def _single(low: FunctionLowering, frame: Frame, scope: TScope, source: TPath) -> None:
    from mapper.lower.function import Frame

    target = scope.path(target_side(low.direction))
    cursor = read_path(low, source, frame.block)
    outer = frame.block
    _keep(low, frame, scope, cursor)
    if not target.steps:
        with low.branch(frame, None) as block:
            inside(low, frame, scope, cursor, low.base(target))
    else:
        parent = low.node(frame, target, len(target.steps) - 1)
        block = Block(low.names, [], outer)
        inner = Frame([], block, frame)
        node = low.writer.child(low, inner, parent, target.steps[-1], scope.span)
        inside(low, inner, scope, cursor, node)
        low.lift(frame, inner, node)
        low.close(inner)
        block.statements[:0] = inner.head
    test = None
    if scope.when is not None:
        test = lower_condition(low, scope.when, outer)
    elif source.steps:
        test = cursor.value if cursor.kind != "parts" else low.reader.valued(cursor)
    if test is None:
        outer.statements.extend(block.statements)
        outer.known.update(block.known)
    else:
        outer.add(ir.If(test, block.statements, span=scope.span))


def _keep(low: FunctionLowering, frame: Frame, scope: TScope, cursor: Cursor) -> None:
    """What a named node is read from can be asked for behind the body around it: there it is empty where that is."""
    whole, source = frame.whole, scope.path(source_side(low.direction))
    named = scope.node(source_side(low.direction)).alias is not None
    if named and source.steps and frame.block is not whole.base and isinstance(cursor.value, ast.Name):
        whole.head.append(ir.Assign(cursor.value.id, low.reader.absent(source.steps[-1])))


def inside(low: FunctionLowering, frame: Frame, scope: TScope, cursor: Cursor, node: OutNode) -> None:
    """The mapping that fills the node first, then the body's own lines."""
    source_node, target_node = scope.node(source_side(low.direction)), scope.node(target_side(low.direction))
    low.cursors[source_node] = cursor
    low.outs[target_node] = node
    node.node = target_node
    if node.kind in ("resource", "reference") and not node.finished:
        low.name_reference(frame, node)
    if scope.using is not None:
        call = call_first if scope.body else call_mapping
        call(low, frame, scope.using, cursor, node, scope.span)
    low.statements(frame, scope.body)


def joins_of(scope: TScope) -> list[TReference]:
    """The reference lines of a body that tell which resources belong to it when reading back."""
    return [s for s in scope.body if isinstance(s, TReference) and s.arrow != "->" and len(s.path.steps) == 1]
