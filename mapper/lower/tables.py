"""Code tables as dicts of a generated module, one for each direction."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mapper import ir
from mapper.check.functions import by_function
from mapper.check.model import ByTable, Direction
from mapper.resolve.program import LookupInfo, TableInfo
from mapper.resolve.tables import Cells, CodeValue
from runtime.lib.arithmetic import as_text
from runtime.lib.lookups import CELL, ROW

if TYPE_CHECKING:
    from mapper.lower.function import FunctionLowering


def table_constants(table: TableInfo) -> list[ir.Constant]:
    """`SEX = {"F": ((system, "female"),)}` and `SEX_BACK`; several columns give tuples as keys."""
    name = ir.identifier(table.name).upper()
    source = f"{table.declaration.name.text}"
    return [
        ir.Constant(name, _dict(table, "go"), f"table {source}"),
        ir.Constant(f"{name}_BACK", _dict(table, "back"), f"table {source}, read back"),
    ]


def lookup_constant(module: ir.ModulePlan, table: LookupInfo) -> ir.Constant:
    """`MUE = Rows("tn", (0,), True, "...")`: the rows as one text, which is read when the first look-up asks."""
    columns = table.declaration.columns
    kinds = "".join({"text": "t", "date": "d"}.get(column.type, "n") for column in columns)
    keys = tuple(number for number, column in enumerate(columns) if column.key)
    dated = table.declaration.dated
    text = ROW.join(
        CELL.join(
            [as_text(cell) for cell in row.cells] + ([row.first or "", row.last or ""] if dated else [])
        )
        for row in table.rows
    )
    made = ir.call(
        module.use("runtime.lib.lookups", "Rows"),
        ir.const(kinds),
        ir.literal(keys),
        ir.const(dated),
        ir.const(text),
    )
    return ir.Constant(ir.identifier(table.name).upper(), made, f"look-up table {table.name}")


def _dict(table: TableInfo, direction: Direction) -> ast.expr:
    rows: dict[object, tuple[object, ...]] = {}
    for row in table.rows:
        if direction == "go" and row.going:
            _row(rows, row.left, row.right)
        if direction == "back" and row.back:
            _row(rows, row.right, row.left)
    for rest in table.otherwise:
        if rest.code is not None and rest.arrow != ("<-" if direction == "go" else "->"):
            columns = table.declaration.right if direction == "go" else table.declaration.left
            code = getattr(rest.code, "value", getattr(rest.code, "code", ""))
            rows[None] = ((columns[0].value, code),)
    if direction == "go":
        rows.update((code, ()) for code in table.ignored if code not in rows)
    keys: list[ast.expr | None] = [ir.literal(key) for key in rows]
    return ast.Dict(keys, [ir.literal(value) for value in rows.values()])


def _row(rows: dict[object, tuple[object, ...]], source: Cells, target: Cells) -> None:
    """A row is found by its code, and by system and code; the first row of a code wins where systems share it."""
    value = tuple((cell.system, cell.code) if cell else None for cell in target)
    if len(source) == 1:
        cell = source[0]
        rows.setdefault(cell.code if cell else "", value)
        if cell is not None:
            rows.setdefault((cell.system, cell.code), value)
    else:
        rows.setdefault(tuple(_code(cell) for cell in source), value)


def _code(cell: CodeValue | None) -> str | None:
    return cell.code if cell else None


def otherwise_function(low: FunctionLowering, how: ByTable) -> ast.expr:
    """The two-way function of an `otherwise` row in one direction; `None` where the table has none."""
    from mapper.lower.values import function_expr

    for row in how.table.otherwise:
        if row.function is None or row.arrow == ("<-" if how.direction == "go" else "->"):
            continue
        info = low.unit.program.scopes[how.table.module].functions.get(row.function.text)
        called = by_function(info, how.direction, raw=False) if info is not None else None
        if called is None:
            continue
        function = function_expr(low, called)
        if not called.takes_context:
            return function
        return ir.call(low.unit.module.use("functools", "partial"), function, ir.var("c"))
    return ir.const(None)


def shape_name(shape: str) -> str:
    """What the functions of the library call the way in which an element holds a code."""
    return {
        "Coding": "coding", "CodeableConcept": "concept", "boolean": "boolean", "coded": "text", "text": "text",
        "integer": "integer", "positiveInt": "integer", "unsignedInt": "integer",
    }.get(shape, "text")  # fmt: skip
