"""Building X12 in generated code: segments and composites are dicts by number, loops dicts by slot."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mapper import ir
from mapper.check import notation
from mapper.check.model import TRun, TStep
from mapper.check.selectors import terms_of
from mapper.lower.block import Block
from mapper.lower.out import Kind, OutNode
from mapper.lower.rows import above, regrouped
from mapper.schema.model import Schema
from mapper.source import Span

if TYPE_CHECKING:
    from mapper.lower.function import Frame, FunctionLowering

LIB = "runtime.lib.x12"


class X12Writer:
    """See `Writer`."""

    def __init__(self, module: ir.ModulePlan, schema: Schema) -> None:
        self.module = module
        self.schema = schema

    def child(self, low: FunctionLowering, frame: Frame, parent: OutNode, step: TStep, span: Span) -> OutNode:
        key = (id(parent), step.element.slot, terms_of(step), step.position)
        found = low.find(frame, key)
        if found is not None and not found.finished:
            return found
        node = self._node(low, frame, parent, step, span)
        node.fresh = low.is_fresh(frame, parent)
        return low.register(frame, key, node, self.fresh())

    def item(self, low: FunctionLowering, frame: Frame, parent: OutNode, step: TStep, span: Span) -> OutNode:
        node = self._node(low, frame, parent, step, span)
        return low.register(frame, (id(parent), "item", id(node)), node, self.fresh())

    def _node(self, low: FunctionLowering, frame: Frame, parent: OutNode, step: TStep, span: Span) -> OutNode:
        name = step.element.name
        wanted = notation.shown("x12", step.owner, name).lower()
        kind: Kind = "item" if step.element.repeats else "single"
        node = OutNode(low.names.new(wanted), kind, step.types[0], parent, step, span=span)
        from mapper.lower.conditions import selector_fills

        if step.run is None or step.run.spills:
            node.fills.extend(selector_fills(low, frame, node, step))
        return node

    def put(
        self,
        low: FunctionLowering,
        frame: Frame,
        block: Block,
        parent: OutNode,
        step: TStep,
        value: ast.expr,
        span: Span,
    ) -> list[ir.Stmt]:
        key = ir.const(self.key(step))
        if step.position is not None and not step.position.single:
            return [
                ir.Do(
                    ir.call(self._use("place_all"), parent.var, key, ir.const(step.position.first), value),
                    span,
                )
            ]
        if not step.element.repeats and not step.selectors:
            return [ir.Put(parent.var, key, value, span)]
        if self.is_leaf(step.types[0]) and not step.selectors:
            number = ir.const(step.position.first if step.position and step.position.first > 0 else None)
            return [self._moved("insert", "place", parent.var, key, number, value, span=span)]
        node = self.child(low, frame, parent, step, span)
        return [self._moved("fill", "fill_node", node.var, value, span=span)]

    def put_place(
        self, low: FunctionLowering, frame: Frame, parent: OutNode, step: TStep
    ) -> tuple[ast.expr, ast.expr | None]:
        ranged = step.position is not None and not step.position.single
        if ranged or (not step.element.repeats and not step.selectors):
            return parent.var, ir.const(self.key(step))
        if self.is_leaf(step.types[0]) and not step.selectors:
            return ir.attribute(ir.attribute(ir.var("c"), "trail"), "last"), None
        return self.child(low, frame, parent, step, step.span).var, None

    def append(
        self, low: FunctionLowering, block: Block, parent: OutNode, step: TStep, value: ast.expr
    ) -> ir.Stmt:
        if step.run is not None:
            return self._run(low, parent, step, step.run, value)
        return self._moved("insert", "place", parent.var, ir.const(self.key(step)), ir.const(None), value)

    def _moved(self, way: str, function: str, *args: ast.expr, span: Span | None = None) -> ir.Do:
        """A call that moves what was built, which the trail follows."""
        called = self._use(function)
        return ir.Do(ir.call(called, *args), span, ir.trail(way, called, *args))

    def attach(self, low: FunctionLowering, block: Block, node: OutNode) -> None:
        parent, step = node.parent, node.step
        assert parent is not None
        assert step is not None
        key = ir.const(self.key(step))
        if (grouped := regrouped(low, node)) is not None:
            block.add(grouped)
        elif step.run is not None:
            block.add(self._run(low, node.parent, step, step.run, node.var))
        elif (outer := above(node)) is not None:
            inside = ir.Do(ir.call(self._use("place"), parent.var, key, ir.const(None), node.var))
            right = ir.Do(ir.call(self._use("place"), outer.var, key, ir.const(None), node.var))
            block.add(ir.If(parent.var, [inside], [right], span=node.span))
        elif node.kind == "item" and step.position is not None and not step.position.single:
            first = ir.const(step.position.first)
            block.add(self._moved("insert_from", "place_from", parent.var, key, first, node.var))
        elif node.kind == "item":
            number = ir.const(step.position.first if step.position and step.position.first > 0 else None)
            block.add(self._moved("insert", "place", parent.var, key, number, node.var))
        elif parent.free(step.element.slot) and node.fresh:
            block.add(ir.Put(parent.var, key, node.var, node.span or Span("", 0, 0)))
        else:
            block.add(self._moved("merge", "merge", parent.var, key, node.var, span=node.span))

    def _run(
        self, low: FunctionLowering, parent: OutNode | None, step: TStep, run: TRun, value: ast.expr
    ) -> ir.Stmt:
        """Put one part of a run into the next free place, of a segment or of the list of its segments."""
        assert parent is not None
        numbers = ir.literal((run.first, run.last, run.step))
        if run.spills:
            slot, limit = ir.const(step.element.slot), ir.const(step.element.maximum)
            site = low.site(step.span, notation.shown("x12", step.owner, step.element.name))
            spilling = (ir.var("c"), site, parent.var, slot, value, numbers, limit)
            return self._added("run", "add_segment_run", value, spilling, step)
        site = low.site(step.span, notation.shown("x12", step.owner, step.element.name))
        args = (ir.var("c"), site, parent.var, value, numbers)
        if notation.is_number(step.element.slot):
            return self._added("run_value", "add_run_value", value, args, step)
        return self._added("run", "add_run", value, args, step)

    def _added(
        self, way: str, function: str, value: ast.expr, args: tuple[ast.expr, ...], step: TStep
    ) -> ir.Do:
        """A call that puts a part of a run, which the trail follows."""
        called, first = self._use(function), ir.const(step.run.first if step.run else 1)
        return ir.Do(ir.call(called, *args), step.span, ir.trail(way, called, value, first, *args))

    def identify(self, low: FunctionLowering, block: Block, node: OutNode, reference: str) -> None:
        """X12 has no resources."""

    def made(self, node: OutNode) -> ast.expr:
        return node.var

    def is_leaf(self, type_name: str) -> bool:
        info = self.schema.type(type_name)
        return info is not None and info.kind == "primitive"

    def fresh(self) -> ast.expr:
        return ast.Dict([], [])

    def key(self, step: TStep) -> str | int:
        slot = step.element.slot
        return int(slot) if notation.is_number(slot) else slot

    def missing(self, flavor: str | None) -> ast.expr:
        return ir.const("")  # X12 cannot say that a value is missing

    def _use(self, name: str) -> ast.expr:
        return self.module.use(LIB, name)
