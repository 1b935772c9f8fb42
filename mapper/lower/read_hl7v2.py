"""Reading HL7 v2 in generated code: escapes are read where a leaf may have some."""

from __future__ import annotations

import ast

from mapper import ir
from mapper.check.model import TStep
from mapper.lower.cursor import Cursor
from mapper.lower.read_numbered import NumberedReader


class Hl7v2Reader(NumberedReader):
    """See `Reader`."""

    lib = "runtime.lib.hl7v2"
    no_group = "NO_GROUP"
    repetition = "~"

    def text(self, cursor: Cursor, function: str = "text") -> ast.expr:
        value = cursor.value
        if cursor.kind in ("parts", "segment", "line"):
            value = ir.index(value, 0)
        decoded = ast.BoolOp(ast.And(), [value, ir.call(self.use(function), value)])
        return ir.if_else(
            ir.method(value, "isalnum"), value, decoded
        )  # most leaves are plain: no call for them

    def valued(self, cursor: Cursor) -> ast.expr:
        if cursor.kind == "group":
            return cursor.value
        if cursor.kind in ("segment", "line", "parts"):
            return ir.call(self.use("any_valued"), cursor.value)
        return ir.call(self.use("is_valued"), cursor.value)

    def local(self, step: TStep) -> str:
        """`PID_5`."""
        return f"{step.owner}_{step.element.slot}"

    def separator(self, cursor: Cursor) -> ast.expr:
        """Components of a field are divided by `^`, those inside a component by `&`."""
        return ir.const("&" if cursor.kind == "component" else "^")
