"""Reading HL7 v2 and X12 that generated code has just built."""

from __future__ import annotations

import ast

from mapper import ir
from mapper.check.model import TStep
from mapper.lower.block import Block
from mapper.lower.cursor import Cursor
from mapper.lower.read_hl7v2 import Hl7v2Reader
from mapper.lower.read_x12 import X12Reader
from mapper.source import Span

LIB = "runtime.lib.written"
LIB_X12 = "runtime.lib.written_x12"


class BuiltHl7v2Reader(Hl7v2Reader):
    """Reads groups under construction: their segments are still values by number."""

    def _structural(self, cursor: Cursor, step: TStep, block: Block | None, span: Span) -> Cursor:
        found = super()._structural(cursor, step, block, span)
        number = step.position.first if step.position else 1
        nothing = self._use("NO_SEGMENT" if found.kind == "line" else "NO_GROUP")
        of = self.module.use(LIB, "occurrence", "written_occurrence")
        value = ir.call(of, cursor.value, ir.const(step.element.slot), ir.const(number), nothing)
        return Cursor(found.kind, value, found.where, found.type)

    def many(self, cursor: Cursor, step: TStep, block: Block | None, span: Span) -> ast.expr:
        if cursor.kind != "group":
            return super().many(cursor, step, block, span)
        return ir.call(self.module.use(LIB, "occurrences"), cursor.value, ir.const(step.element.slot))


class BuiltX12Reader(X12Reader):
    """Reads loops under construction: their segments are still values by number."""

    def _structural(self, cursor: Cursor, step: TStep, block: Block | None, span: Span) -> Cursor:
        found = super()._structural(cursor, step, block, span)
        number = step.position.first if step.position else 1
        of = self.module.use(LIB_X12, "occurrence", "written_occurrence")
        value = ir.call(of, cursor.value, ir.const(step.element.slot), ir.const(number), self.absent(step))
        return Cursor(found.kind, value, found.where, found.type)

    def many(self, cursor: Cursor, step: TStep, block: Block | None, span: Span) -> ast.expr:
        if cursor.kind != "group":
            return super().many(cursor, step, block, span)
        return ir.call(self.module.use(LIB_X12, "occurrences"), cursor.value, ir.const(step.element.slot))
