"""What a cell of a look-up table becomes in the element that a line writes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mapper import ir
from mapper.check.model import ByFunction, ByTable, Converter, TLookup
from mapper.lower.tables import shape_name
from mapper.lower.values import function_expr
from mapper.source import Span

if TYPE_CHECKING:
    from mapper.lower.function import Frame, FunctionLowering

TABLES = "runtime.lib.tables"


def of_cell(
    low: FunctionLowering, frame: Frame, converter: Converter, value: ast.expr, found: TLookup, span: Span
) -> ast.expr:
    """What a cell of a look-up table becomes; one that does not fit is told and absent."""
    site = low.site(span, found.table.name)
    if isinstance(converter, ByFunction):
        context = [ir.var("c")] if converter.takes_context else []
        called: ast.expr = ir.call(function_expr(low, converter), *context, value)
    elif isinstance(converter, ByTable):
        called = _translated(low, converter, value, site)
    else:
        return value
    name = low.names.new("value")
    inner: list[ir.Stmt] = [ir.Assign(name, called, span)]
    if isinstance(converter, ByFunction):
        unfit = ir.Do(ir.method(ir.var("c"), "unfit", site), span)
        inner.append(ir.If(ir.compare(ir.var(name), "is", ir.const(None)), [unfit]))
    frame.block.add(ir.Assign(name, ir.const(None), span))
    frame.block.add(ir.If(ir.compare(value, "is not", ir.const(None)), inner, span=span))
    return ir.var(name)


def _translated(low: FunctionLowering, how: ByTable, value: ast.expr, site: ast.expr) -> ast.expr:
    """A cell through a code table; a concept has nothing else to keep beside the code."""
    use = low.unit.module.use
    code = ir.call(use("runtime.lib.arithmetic", "as_text"), value)
    table = low.unit.table(how.table, how.direction)
    found = ir.call(use(TABLES, "from_text"), ir.var("c"), table, code, site, low.table_function(how))
    to = f"to_{shape_name(how.target_shapes[0])}"
    return ir.call(use(TABLES, to), found, *([ir.const(None)] if to == "to_concept" else []))
