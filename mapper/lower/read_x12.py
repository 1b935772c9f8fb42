"""Reading X12 in generated code: no escapes, one level of components, and runs of elements."""

from __future__ import annotations

import ast

from mapper import ir
from mapper.check import notation
from mapper.check.model import TRun, TStep
from mapper.lower.block import Block
from mapper.lower.cursor import Cursor
from mapper.lower.read_numbered import NumberedReader
from mapper.source import Span

COMPONENT = "\x1f"


class X12Reader(NumberedReader):
    """See `Reader`."""

    lib = "runtime.lib.x12"
    no_group = "NO_LOOP"
    repetition = "\x1e"

    def text(self, cursor: Cursor, function: str = "text") -> ast.expr:
        value = cursor.value
        if cursor.kind in ("parts", "segment", "line"):
            value = ir.index(value, 0 if cursor.kind == "parts" else 1)
        plain = function == "text" and not self.is_composite(cursor.type)
        return value if plain else ir.call(self.use(function), value)

    def valued(self, cursor: Cursor) -> ast.expr:
        if cursor.kind == "parts":
            return ir.call(self.use("any_valued"), cursor.value)
        if cursor.kind in ("group", "segment", "line") or not self.is_composite(cursor.type):
            return cursor.value
        return ir.call(self.use("is_valued"), cursor.value)

    def local(self, step: TStep) -> str:
        """`NM1_09`, `CLM05_3`."""
        return notation.shown("x12", step.owner, step.element.name).replace("-", "_").replace("/", "_")

    def separator(self, cursor: Cursor) -> ast.expr:
        return ir.const(COMPONENT)

    def many(self, cursor: Cursor, step: TStep, block: Block | None, span: Span) -> ast.expr:
        if step.run is None or cursor.kind == "group":
            return super().many(cursor, step, block, span)
        return self._run(cursor, step.run)

    def item_where(self, cursor: Cursor, step: TStep, item: str, index: ast.expr) -> ast.expr:
        if step.run is None or not self.numbered(step):
            return super().item_where(cursor, step, item, index)
        return ast.BinOp(cursor.where, ast.Add(), ast.Tuple([index], ast.Load()))

    def _run(self, cursor: Cursor, run: TRun) -> ast.expr:
        """The values of a run of elements, or of components."""
        parts = cursor.value
        if cursor.kind == "parts":
            parts = ast.BinOp(ir.literal([""]), ast.Add(), parts)
        elif cursor.kind not in ("segment", "line"):
            parts = ir.call(self.use("components"), parts)
        numbers = (ir.const(run.first), ir.const(run.last), ir.const(run.step))
        return ir.call(self.use("run_values"), parts, *numbers)
