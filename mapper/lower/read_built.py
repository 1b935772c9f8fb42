"""Reading HL7 v2 and X12 that generated code has just built: segments are still values by number."""

from __future__ import annotations

import ast
from typing import ClassVar

from mapper import ir
from mapper.check.model import TStep
from mapper.lower.block import Block
from mapper.lower.cursor import Cursor
from mapper.lower.read_hl7v2 import Hl7v2Reader
from mapper.lower.read_numbered import NumberedReader
from mapper.lower.read_x12 import X12Reader
from mapper.source import Span


class _BuiltReader(NumberedReader):
    """Reads groups and loops under construction, with the functions of the module `written`."""

    written: ClassVar[str]

    def structural(self, cursor: Cursor, step: TStep, block: Block | None, span: Span) -> Cursor:
        found = super().structural(cursor, step, block, span)
        number = step.position.first if step.position else 1
        of = self.module.use(self.written, "occurrence", "written_occurrence")
        value = ir.call(of, cursor.value, ir.const(step.element.slot), ir.const(number), self.absent(step))
        return Cursor(found.kind, value, found.where, found.type)

    def many(self, cursor: Cursor, step: TStep, block: Block | None, span: Span) -> ast.expr:
        if cursor.kind != "group":
            return super().many(cursor, step, block, span)
        return ir.call(
            self.module.use(self.written, "occurrences"), cursor.value, ir.const(step.element.slot)
        )


class BuiltHl7v2Reader(_BuiltReader, Hl7v2Reader):
    """See `_BuiltReader`."""

    written = "runtime.lib.written"


class BuiltX12Reader(_BuiltReader, X12Reader):
    """See `_BuiltReader`."""

    written = "runtime.lib.written_x12"
