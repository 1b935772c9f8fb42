"""Reading what has numbered parts in generated code, HL7 v2 and X12.

Segments are lists of raw fields or elements, groups and loops dicts of lists; composites are split when entered.
"""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from typing import ClassVar

from mapper import ir
from mapper.check import notation
from mapper.check.model import TStep
from mapper.lower.block import Block
from mapper.lower.cursor import Cursor, Kind
from mapper.schema.model import Schema
from mapper.source import Span


class NumberedReader(ABC):
    """See `Reader`. `module` collects what the generated module imports.

    A format says which module its functions are in (`lib`), what stands for a group that is absent, what divides
    repetitions and components, what a local is called, and how a leaf's text is read.
    """

    lib: ClassVar[str]
    no_group: ClassVar[str]
    repetition: ClassVar[str]

    def __init__(self, module: ir.ModulePlan, schema: Schema) -> None:
        self.module = module
        self.schema = schema

    def root(self, name: str, kind: str, type_name: str, block: Block, span: Span) -> Cursor:
        where = ir.var("at")
        if kind in ("message", "group"):
            return Cursor("group", ir.var(name), where, type_name)
        if kind == "segment":
            block.add(ir.Assign(name, ast.BinOp(ir.var(name), ast.Add(), self.blank(type_name)), span))
            return Cursor("segment", ir.var(name), where, type_name)
        if kind == "composite":
            block.add(ir.Assign(name, ast.BinOp(ir.var(name), ast.Add(), self.blank(type_name)), span))
            return Cursor("parts", ir.var(name), where, type_name)
        return Cursor("raw", ir.var(name), where, type_name)

    def one(self, cursor: Cursor, step: TStep, block: Block | None, span: Span) -> Cursor:
        element, number = step.element, step.position.first if step.position else 1
        type_name = step.types[0]
        if cursor.kind == "group":
            return self.structural(cursor, step, block, span)
        position = int(element.slot)
        if cursor.kind in ("segment", "line"):
            raw = self._field(cursor, position)
            where = _extend(cursor.where, position)
            if step.position is not None or element.repeats:
                raw = ir.call(self.use("repetition"), raw, ir.const(number))
                where = _extend(where, number)
            else:
                where = _extend(where, 1)
        else:
            parts = self._parts(cursor, block, span)
            raw, where = ir.index(parts, position - 1), _extend(cursor.where, position)
        if block is not None:
            raw = block.bind(self.local(step), raw, span)
        return Cursor("raw" if cursor.kind in ("segment", "line") else "component", raw, where, type_name)

    def structural(self, cursor: Cursor, step: TStep, block: Block | None, span: Span) -> Cursor:
        kind: Kind = "line" if self._kind(step) == "segment" else "group"
        number = step.position.first if step.position else 1
        nothing = self.use("NO_SEGMENT" if kind == "line" else self.no_group)
        value: ast.expr = ir.call(
            self.use("occurrence"), cursor.value, ir.const(step.element.slot), ir.const(number), nothing
        )
        if block is not None:
            value = block.bind(step.element.name.lower(), value, span)
        return Cursor(kind, value, ir.trail("at", value), step.types[0])

    def many(self, cursor: Cursor, step: TStep, block: Block | None, span: Span) -> ast.expr:
        if cursor.kind == "group":
            return ir.get(cursor.value, step.element.slot, ast.Tuple([], ast.Load()))
        position = int(step.element.slot)
        if cursor.kind in ("segment", "line"):
            raw = self._field(cursor, position)
        else:
            raw = ir.index(self._parts(cursor, block, span), position - 1)
        if block is not None:
            raw = block.bind(self.local(step), raw, span)
        return ir.method(raw, "split", ir.const(self.repetition))

    def item(self, step: TStep, name: str, where: ast.expr) -> Cursor:
        kind = self._kind(step)
        if kind == "segment":
            return Cursor("line", ir.var(name), ir.trail("at", ir.var(name)), step.types[0])
        if kind in ("group", "message"):
            return Cursor("group", ir.var(name), ir.trail("at", ir.var(name)), step.types[0])
        return Cursor("raw", ir.var(name), where, step.types[0])

    def item_where(self, cursor: Cursor, step: TStep, item: str, index: ast.expr) -> ast.expr:
        """Where an item of a repeated field stands."""
        if not notation.is_number(step.element.slot):
            return ir.trail("at", ir.var(item)) if item else cursor.where
        number = index if isinstance(index, ast.Constant) else ast.BinOp(index, ast.Add(), ir.const(1))
        where = _extend(cursor.where, int(step.element.slot))
        return ast.BinOp(where, ast.Add(), ast.Tuple([number], ast.Load()))

    def any_where(self, where: ast.expr, step: TStep, many: bool) -> ast.expr:
        if not notation.is_number(step.element.slot):
            return where
        where = _extend(where, int(step.element.slot))
        field = self.schema.type(step.owner)
        if many or (field is not None and field.kind == "segment"):
            number = ir.const(None if many else step.position.first if step.position else 1)
            return ast.BinOp(where, ast.Add(), ast.Tuple([number], ast.Load()))
        return where

    def numbered(self, step: TStep) -> bool:
        return notation.is_number(step.element.slot)

    def value_where(self, cursor: Cursor) -> ast.expr:
        return ir.trail("leaf", cursor.where)

    @abstractmethod
    def text(self, cursor: Cursor, function: str = "text") -> ast.expr:
        """The text of a leaf."""

    @abstractmethod
    def valued(self, cursor: Cursor) -> ast.expr:
        """Whether anything stands there."""

    @abstractmethod
    def local(self, step: TStep) -> str:
        """A local's name for what a step reads."""

    @abstractmethod
    def separator(self, cursor: Cursor) -> ast.expr:
        """What divides the parts of a raw value."""

    def argument(self, cursor: Cursor, block: Block | None, span: Span) -> ast.expr:
        if cursor.kind in ("raw", "component") and self.is_composite(cursor.type):
            return self.split(cursor)
        return cursor.value

    def takes_parts(self, type_name: str) -> bool:
        """Whether a mapping from this type takes a list of components."""
        return self.is_composite(type_name)

    def split(self, cursor: Cursor) -> ast.expr:
        """A raw value as a list of components, also where its own type is plain."""
        if cursor.kind not in ("raw", "component"):
            return cursor.value
        return ir.method(cursor.value, "split", self.separator(cursor))

    def listed(self, step: TStep) -> bool:
        return not notation.is_number(step.element.slot)

    def absent(self, step: TStep) -> ast.expr:
        kind = self._kind(step)
        if kind == "segment":
            return self.use("NO_SEGMENT")
        return self.use(self.no_group) if kind in ("group", "message") else ir.const("")

    def nothing(self) -> ast.expr:
        return ir.const("")

    def blank(self, type_name: str) -> ast.expr:
        """As many empty fields or components as the type may have at most, so that each can be asked for."""
        numbers = [int(e.slot) for e in self.schema.elements(type_name) if notation.is_number(e.slot)]
        count = max(numbers, default=1) + 1
        return self.module.constant(
            f"BLANK_{count}", ast.BinOp(ir.literal([""]), ast.Mult(), ir.const(count))
        )

    # -- inner -------------------------------------------------------------------------------

    def _field(self, cursor: Cursor, position: int) -> ast.expr:
        """A raw field; of a segment as the codec gives it only where the sender wrote so many."""
        field = ir.index(cursor.value, position)
        if cursor.kind == "segment":
            return field
        return ir.if_else(
            ir.compare(ir.call(ir.var("len"), cursor.value), ">", ir.const(position)), field, ir.const("")
        )

    def _parts(self, cursor: Cursor, block: Block | None, span: Span) -> ast.expr:
        if cursor.kind == "parts":
            return cursor.value
        parts: ast.expr = ast.BinOp(
            ir.method(cursor.value, "split", self.separator(cursor)), ast.Add(), self.blank(cursor.type)
        )
        return block.bind(f"{cursor.type}_parts", parts, span) if block is not None else parts

    def _kind(self, step: TStep) -> str:
        info = self.schema.type(step.types[0])
        return info.kind if info is not None else "primitive"

    def is_composite(self, type_name: str) -> bool:
        info = self.schema.type(type_name)
        return info is not None and info.kind == "composite"

    def use(self, name: str) -> ast.expr:
        return self.module.use(self.lib, name)


def _extend(where: ast.expr, number: int) -> ast.expr:
    """`where + (number,)`, folded where the tail is constant already."""
    if isinstance(where, ast.BinOp) and isinstance(where.right, ast.Tuple):
        return ast.BinOp(where.left, ast.Add(), ast.Tuple([*where.right.elts, ir.const(number)], ast.Load()))
    return ast.BinOp(where, ast.Add(), ast.Tuple([ir.const(number)], ast.Load()))
