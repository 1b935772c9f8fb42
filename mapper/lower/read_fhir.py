"""Reading FHIR in generated code: plain JSON values whose shapes the codec has checked."""

from __future__ import annotations

import ast

from mapper import ir
from mapper.check.model import TStep
from mapper.lower.block import Block
from mapper.lower.cursor import Cursor
from mapper.schema.model import Schema
from mapper.source import Span

LIB = "runtime.lib.fhir"


class FhirReader:
    """See `Reader`. `module` collects what the generated module imports."""

    def __init__(self, module: ir.ModulePlan, schema: Schema) -> None:
        self.module = module
        self.schema = schema

    def root(self, name: str, kind: str, type_name: str, block: Block, span: Span) -> Cursor:
        if kind == "primitive":
            return Cursor("leaf", ir.var(name), ir.var("at"), type_name)
        return Cursor("node", ir.var(name), ir.trail("at", ir.var(name)), type_name)

    def one(self, cursor: Cursor, step: TStep, block: Block | None, span: Span) -> Cursor:
        if step.resource:
            return self._pick(cursor, step, self.many(cursor, step, block, span), block, span)
        if step.element.repeats:
            plain = not (step.element.extension or step.deref)
            return self._pick(
                cursor, step, None if plain else self.many(cursor, step, block, span), block, span
            )
        if step.element.extension:
            return self._extension(cursor, step, block, span)
        if self._primitive(step):
            value: ast.expr = ir.get(cursor.value, step.element.slot)
            if block is not None:
                value = block.bind(step.element.name, value, span)
            return Cursor(
                "leaf", value, self._where(cursor, step), step.types[0], (cursor.value, step.element.slot)
            )
        value = ir.get(cursor.value, step.element.slot, self._use("NOTHING"))
        if step.deref:
            value = self._deref(value, step)
        if block is not None:
            value = block.bind(step.element.name, value, span)
        return Cursor("node", value, ir.trail("at", value), step.types[0])

    def _pick(
        self, cursor: Cursor, step: TStep, items: ast.expr | None, block: Block | None, span: Span
    ) -> Cursor:
        """One item by its position: of a list of items, or of the list that the node at the cursor holds."""
        number = step.position.first if step.position else 1
        if items is None and number in (1, -1) and not self._primitive(step):
            held = ir.either([ir.get(cursor.value, step.element.slot), self._use("NO_ITEM")])
            value: ast.expr = ir.index(held, 0 if number == 1 else -1)
        elif items is None:
            at = self._use("pair_at" if self._primitive(step) else "item_at")
            value = ir.call(at, cursor.value, ir.const(step.element.slot), ir.const(number))
        else:
            value = ir.call(self._use("pick"), items, ir.const(number), self.absent(step))
        if block is not None:
            value = block.bind(step.element.name, value, span)
        place = ir.const(number - 1 if number > 0 else None)
        bound = value.id if isinstance(value, ast.Name) else ""
        return self._held(step, value, self.item_where(cursor, step, bound, place))

    def _extension(self, cursor: Cursor, step: TStep, block: Block | None, span: Span) -> Cursor:
        holder = self._holder(cursor)
        found: ast.expr = ir.call(self._use("extension"), holder, ir.const(step.element.extension))
        if block is not None:
            found = block.bind(step.element.name, found, span)
        return self._extension_value(step, found)

    def _extension_value(self, step: TStep, found: ast.expr) -> Cursor:
        where: ast.expr = ir.trail("at", found)
        if step.deref:
            held = ir.get(found, value_key("Reference"), self._use("NOTHING"))
            return Cursor("node", self._deref(held, step), where, step.types[0])
        if self._nested(step):
            return Cursor("node", found, where, step.types[0])
        key = value_key(step.types[0])
        where = ast.BinOp(where, ast.Add(), ast.Tuple([ir.const(key)], ast.Load()))
        if self._primitive(step):
            return Cursor("leaf", ir.get(found, key), where, step.types[0], (found, key))
        return Cursor("node", ir.get(found, key, self._use("NOTHING")), where, step.types[0])

    def _holder(self, cursor: Cursor) -> ast.expr:
        """The dict whose `extension` list belongs to a place: itself, or the `_element` beside a primitive."""
        if cursor.kind == "leaf" and cursor.holder is not None:
            parent, key = cursor.holder
            return ir.get(parent, f"_{key}", self._use("NOTHING"))
        return cursor.value

    def many(self, cursor: Cursor, step: TStep, block: Block | None, span: Span) -> ast.expr:
        if step.resource:
            return ir.method(ir.var("c"), "resources", ir.const(step.element.name))
        if step.element.extension:
            return ir.call(self._use("extensions"), self._holder(cursor), ir.const(step.element.extension))
        if self._primitive(step):
            return ir.call(self._use("pairs"), cursor.value, ir.const(step.element.slot))
        if step.deref:
            references = ir.get(cursor.value, step.element.slot, ast.Tuple([], ast.Load()))
            return ir.method(ir.var("c"), "follow_all", references, ir.literal(step.deref))
        return ir.get(cursor.value, step.element.slot, ast.Tuple([], ast.Load()))

    def item(self, step: TStep, name: str, where: ast.expr) -> Cursor:
        return self._held(step, ir.var(name), where)

    def _held(self, step: TStep, value: ast.expr, where: ast.expr) -> Cursor:
        """The cursor of one item of a list."""
        if step.element.extension:
            return self._extension_value(step, value)
        return Cursor("pair" if self._primitive(step) else "node", value, where, step.types[0])

    def item_where(self, cursor: Cursor, step: TStep, item: str, index: ast.expr) -> ast.expr:
        """Where an item of a list stands: a node says so itself."""
        if item and not self.numbered(step):
            return ir.trail("at", ir.var(item))
        tail = ast.Tuple([ir.const(step.element.slot), index], ast.Load())
        return ast.BinOp(cursor.where, ast.Add(), tail)

    def any_where(self, where: ast.expr, step: TStep, many: bool) -> ast.expr:
        parts: list[ast.expr] = [ir.const(step.element.slot)]
        if step.element.extension:
            parts = [ir.const("extension"), ir.const(None), ir.const(value_key(step.types[0]))]
        elif step.element.repeats:
            number = (
                step.position.first - 1 if step.position and step.position.first > 0 and not many else None
            )
            parts.append(ir.const(number))
        return ast.BinOp(where, ast.Add(), ast.Tuple(parts, ast.Load()))

    def numbered(self, step: TStep) -> bool:
        return self._primitive(step) and not step.element.extension

    def value_where(self, cursor: Cursor) -> ast.expr:
        return cursor.where

    def text(self, cursor: Cursor) -> ast.expr:
        return ir.get(cursor.value, "") if cursor.kind == "pair" else cursor.value

    def valued(self, cursor: Cursor) -> ast.expr:
        if cursor.kind == "leaf":
            return ir.compare(cursor.value, "is not", ir.const(None))
        if cursor.kind == "pair":
            return ir.compare(ir.get(cursor.value, ""), "is not", ir.const(None))
        return ir.call(self._use("is_valued"), cursor.value)

    def argument(self, cursor: Cursor, block: Block | None, span: Span) -> ast.expr:
        return self.text(cursor)

    def nothing(self) -> ast.expr:
        return ir.const(None)

    # -- inner -------------------------------------------------------------------------------

    def _deref(self, value: ast.expr, step: TStep) -> ast.expr:
        return ir.method(ir.var("c"), "follow", value, ir.literal(step.deref))

    def listed(self, step: TStep) -> bool:
        return False

    def absent(self, step: TStep) -> ast.expr:
        return self._use("NOTHING")

    def _where(self, cursor: Cursor, step: TStep) -> ast.expr:
        return ast.BinOp(cursor.where, ast.Add(), ast.Tuple([ir.const(step.element.slot)], ast.Load()))

    def _primitive(self, step: TStep) -> bool:
        info = self.schema.type(step.types[0])
        return info is not None and info.kind == "primitive"

    def _nested(self, step: TStep) -> bool:
        """Whether a declared extension holds further extensions instead of a value."""
        info = self.schema.type(step.types[0])
        return info is not None and info.kind == "backbone"

    def _use(self, name: str) -> ast.expr:
        return self.module.use(LIB, name)


def value_key(type_name: str) -> str:
    """The `value[x]` key for a type: `valueCodeableConcept`, `valueString`."""
    return f"value{type_name[0].upper()}{type_name[1:]}"
