"""Building FHIR in generated code: dicts, with extensions, references and resources put where FHIR wants them."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from mapper import ir
from mapper.check import notation
from mapper.check.model import TStep
from mapper.check.selectors import terms_of
from mapper.lower.block import Block
from mapper.lower.out import Kind, OutNode
from mapper.lower.read_fhir import value_key
from mapper.lower.rows import regrouped
from mapper.schema.model import Schema
from mapper.source import Span

if TYPE_CHECKING:
    from mapper.lower.function import Frame, FunctionLowering

LIB = "runtime.lib.fhir"


class FhirWriter:
    """See `Writer`."""

    def __init__(self, module: ir.ModulePlan, schema: Schema) -> None:
        self.module = module
        self.schema = schema

    # -- nodes -------------------------------------------------------------------------------

    def child(self, low: FunctionLowering, frame: Frame, parent: OutNode, step: TStep, span: Span) -> OutNode:
        key = (
            id(parent),
            step.element.slot,
            step.element.extension,
            terms_of(step),
            step.position,
            step.deref,
        )
        found = low.find(frame, key)
        if found is not None and not found.finished:
            return found
        node = self._node(low, frame, parent, step, span)
        return low.register(frame, key, node, self.fresh())

    def item(self, low: FunctionLowering, frame: Frame, parent: OutNode, step: TStep, span: Span) -> OutNode:
        if step.position is not None:
            parent.ranged.add(step.element.slot)
        node = self._node(low, frame, parent, step, span)
        node.fresh = True
        return low.register(frame, (id(parent), "item", id(node)), node, self.fresh())

    def _node(self, low: FunctionLowering, frame: Frame, parent: OutNode, step: TStep, span: Span) -> OutNode:
        name = low.names.new(_snake(step.element.name))
        node = OutNode(name, self._kind(step), step.types[0], parent, step, span=span)
        node.fresh = low.is_fresh(frame, parent)
        from mapper.lower.conditions import selector_fills

        node.fills.extend(selector_fills(low, frame, node, step))
        return node

    def _kind(self, step: TStep) -> Kind:
        if step.pointer is not None:
            return "pointed"
        if step.resource:
            return "resource"
        if step.deref:
            return "reference"
        if step.element.extension:
            return "extension" if self._nested(step) else "value"
        if self.is_leaf(step.types[0]):
            return "pair" if step.element.repeats else "beside"
        return "item" if step.element.repeats else "single"

    # -- leaves ------------------------------------------------------------------------------

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
        element = step.element
        if element.extension:
            held = ir.literal({})
            assert isinstance(held, ast.Dict)
            held.keys, held.values = [ir.const(value_key(step.types[0]))], [value]
            return [
                self._moved(
                    "extend", "add_extension", parent.var, ir.const(element.extension), held, span=span
                )
            ]
        leaf = self.is_leaf(step.types[0])
        if leaf and not element.repeats:
            return [ir.Put(parent.var, ir.const(element.slot), value, span)]
        if step.position is not None and not step.position.single:
            first = ir.const(step.position.first)
            return [
                ir.Do(ir.call(self._use("place_all"), parent.var, ir.const(element.slot), first, value), span)
            ]
        node = self.child(low, frame, parent, step, span)
        if leaf:
            return [ir.Put(node.var, ir.const(""), value, span)]
        return [ir.Do(ir.method(node.var, "update", value), span, ir.trail("update", node.var, value))]

    def put_place(
        self, low: FunctionLowering, frame: Frame, parent: OutNode, step: TStep
    ) -> tuple[ast.expr, ast.expr | None]:
        element = step.element
        leaf = self.is_leaf(step.types[0])
        if element.extension:
            return ir.attribute(ir.attribute(ir.var("c"), "trail"), "last"), None
        if (leaf and not element.repeats) or (step.position is not None and not step.position.single):
            return parent.var, ir.const(element.slot)
        if leaf and step.position is None and not step.selectors:
            return ir.attribute(ir.attribute(ir.var("c"), "trail"), "last"), None
        return self.child(low, frame, parent, step, step.span).var, ir.const("") if leaf else None

    def append(
        self, low: FunctionLowering, block: Block, parent: OutNode, step: TStep, value: ast.expr
    ) -> ir.Stmt:
        element = step.element
        if element.extension:
            held = ast.Dict([ir.const(value_key(step.types[0]))], [value])
            return self._moved("extend", "add_extension", parent.var, ir.const(element.extension), held)
        return ir.Do(
            _append(parent, element.slot, value),
            None,
            ir.trail("append", parent.var, ir.const(element.slot), value),
        )

    def _moved(self, way: str, function: str, *args: ast.expr, span: Span | None = None) -> ir.Do:
        """A call that moves what was built, which the trail follows."""
        called = self._use(function)
        return ir.Do(ir.call(called, *args), span, ir.trail(way, called, *args))

    def attach(self, low: FunctionLowering, block: Block, node: OutNode) -> None:
        grouped = regrouped(low, node)
        if grouped is not None:
            block.add(grouped)
        else:
            self._attach(low, block, node)
        if node.kind == "item" and self._counted(node.type):
            assert node.parent is not None
            assert node.step is not None
            slot = ir.const(node.step.element.slot)
            block.add(ir.Do(ir.call(self._use("number_item"), node.parent.var, slot, node.var)))

    def _attach(self, low: FunctionLowering, block: Block, node: OutNode) -> None:
        parent, step = node.parent, node.step
        assert parent is not None
        assert step is not None
        slot = ir.const(step.element.slot)
        number = ir.const(step.position.first if step.position and step.position.first > 0 else None)
        ranged = step.position is not None and not step.position.single
        match node.kind:
            case "pointed" if step.pointer is not None:
                holder, element = step.pointer
                out = low.out_of(holder)
                assert out is not None
                point = self._use("point")
                block.add(ir.Do(ir.call(point, parent.var, slot, out.var, ir.const(element.slot), node.var)))
            case "resource" | "reference":
                self._resource(low, block, node)
            case "extension":
                block.add(
                    self._moved(
                        "extend", "add_extension", parent.var, ir.const(step.element.extension), node.var
                    )
                )
            case "value":
                inner = ir.get(node.var, "", ir.const(None)) if self.is_leaf(node.type) else node.var
                held = ast.Dict([ir.const(value_key(node.type))], [inner])
                block.add(
                    self._moved("extend", "add_extension", parent.var, ir.const(step.element.extension), held)
                )
            case "beside":
                block.add(
                    self._moved("merge", "merge", parent.var, ir.const(f"_{step.element.slot}"), node.var)
                )
            case "pair" if ranged:
                block.add(
                    self._moved("insert_from", "place_primitive_from", parent.var, slot, number, node.var)
                )
            case "item" if ranged:
                block.add(ir.Do(ir.call(self._use("place_from"), parent.var, slot, number, node.var)))
            case "pair":
                block.add(self._moved("insert", "place_primitive", parent.var, slot, number, node.var))
            case "item" if number.value is not None and (
                number.value != 1 or step.element.slot in parent.ranged
            ):
                block.add(ir.Do(ir.call(self._use("place"), parent.var, slot, number, node.var)))
            case "item":
                block.add(ir.Do(_append(parent, step.element.slot, node.var)))
            case _ if parent.free(step.element.slot) and node.fresh:
                block.add(ir.Put(parent.var, slot, node.var, node.span or _NOWHERE))
            case _:
                block.add(self._moved("merge", "merge", parent.var, slot, node.var))

    def _counted(self, type_name: str) -> bool:
        """Whether items of a list of this type say their own number in it."""
        element = self.schema.element(type_name, notation.COUNTER)
        return element is not None and element.minimum > 0 and notation.counts("fhir", element)

    def _resource(self, low: FunctionLowering, block: Block, node: OutNode) -> None:
        """Give a resource its identity, then refer to it from its parent."""
        parent, step = node.parent, node.step
        assert parent is not None
        assert step is not None
        reference = node.reference or low.names.new(f"{node.name}_ref")
        if node.asked:
            late = Block(low.names, [], block)
            self.identify(low, late, node, reference)
            block.add(
                ir.If(ir.compare(ir.var(reference), "is", ir.const(None)), late.statements, span=node.span)
            )
        else:
            self.identify(low, block, node, reference)
        if node.kind == "reference":
            value = ast.Dict([ir.const("reference")], [ir.var(reference)])
            number = ir.const(step.position.first if step.position and step.position.first > 0 else None)
            if step.element.extension:
                held = ast.Dict([ir.const(value_key("Reference"))], [value])
                url = ir.const(step.element.extension)
                block.add(self._moved("extend", "add_extension", parent.var, url, held))
            elif not step.element.repeats:
                block.add(ir.Put(parent.var, ir.const(step.element.slot), value, node.span or _NOWHERE))
            elif number.value is None:
                block.add(ir.Do(_append(parent, step.element.slot, value)))
            else:
                block.add(
                    ir.Do(ir.call(self._use("place"), parent.var, ir.const(step.element.slot), number, value))
                )

    def identify(self, low: FunctionLowering, block: Block, node: OutNode, reference: str) -> None:
        """Ask the context who a resource is: its reference, and the node that the Bundle holds for it."""
        from mapper.lower.links import keys_expr

        if node.step is not None and node.step.level is not None:
            site = low.site(node.step.span, node.type)
            found = ir.method(ir.var("c"), "enclosing", site, ir.const(node.type), node.var)
            block.add(ir.Unpack((reference, node.name), found, node.span))
            return
        own = ir.const(node.kind == "resource")
        made = ir.method(ir.var("c"), "resource", ir.const(node.type), node.var, keys_expr(low, node), own)
        block.add(ir.Unpack((reference, node.name), made, node.span))

    def made(self, node: OutNode) -> ast.expr:
        if node.step is not None and node.step.document:  # what it holds stands in its resources
            return ir.const(True)
        return node.var

    def is_leaf(self, type_name: str) -> bool:
        info = self.schema.type(type_name)
        return info is not None and info.kind == "primitive"

    def fresh(self) -> ast.expr:
        return ast.Dict([], [])

    def key(self, step: TStep) -> str | int:
        return step.element.slot

    def missing(self, flavor: str | None) -> ast.expr:
        return ir.literal({"extension": [{"url": ABSENT, "valueCode": flavor or "unknown"}]})

    def _nested(self, step: TStep) -> bool:
        info = self.schema.type(step.types[0])
        return info is not None and info.kind == "backbone"

    def _use(self, name: str) -> ast.expr:
        return self.module.use(LIB, name)


def _append(parent: OutNode, slot: str, value: ast.expr) -> ast.expr:
    """`parent.setdefault(slot, []).append(value)`."""
    return ir.method(
        ir.method(parent.var, "setdefault", ir.const(slot), ast.List([], ast.Load())), "append", value
    )


def _snake(name: str) -> str:
    """`subscriberId` as `subscriber_id`: a local's name."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name.strip("_@")).lower()


ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_NOWHERE = Span("", 0, 0)
