"""What a value becomes that stands at no path of its own: looked up, called, calculated, given by the context."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mapper import ir
from mapper.check import notation
from mapper.check.model import (
    ByFunction,
    ByTable,
    Converter,
    Same,
    TArithmetic,
    TCall,
    TContext,
    TExpr,
    TLookup,
    TNumber,
)
from mapper.lower.block import Block
from mapper.lower.tables import shape_name
from mapper.lower.values import function_expr, lower_expr
from mapper.source import Span

if TYPE_CHECKING:
    from mapper.lower.function import FunctionLowering

TABLES = "runtime.lib.tables"


def is_computed(expr: TExpr) -> bool:
    """Whether an expression stands at no path of its own."""
    return isinstance(expr, TLookup | TCall | TArithmetic | TContext | TNumber)


def computed(low: FunctionLowering, block: Block, expr: TExpr, converter: Converter, span: Span) -> ast.expr:
    """A value in the form of its target; one that does not fit is told and absent."""
    found = lower_expr(low, expr, block)
    if _is_number(expr) and (low.target.format in notation.DELIMITED or isinstance(converter, ByFunction)):
        found = ir.call(low.unit.module.use("runtime.lib.arithmetic", "plain"), found)
    if isinstance(converter, Same) and isinstance(expr, TContext | TNumber):
        return found
    value = block.bind("value", found, span)
    site = low.site(span, _named(expr))
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
    block.add(ir.Assign(name, ir.const(None), span))
    block.add(ir.If(ir.compare(value, "is not", ir.const(None)), inner, span=span))
    return ir.var(name)


def _is_number(expr: TExpr) -> bool:
    """Whether an expression gives a number of its own: a sum, a count, a difference."""
    return isinstance(expr, TArithmetic) or (isinstance(expr, TCall) and expr.function is None)


def _named(expr: TExpr) -> str:
    """What a finding calls an expression."""
    match expr:
        case TLookup(table=table):
            return table.name
        case TCall(name=name):
            return name
        case TContext(set=name, member=member):
            return f"${name}.{member}"
        case _:
            return ""


def _translated(low: FunctionLowering, how: ByTable, value: ast.expr, site: ast.expr) -> ast.expr:
    """A cell through a code table; a concept has nothing else to keep beside the code."""
    use = low.unit.module.use
    code = ir.call(use("runtime.lib.arithmetic", "as_text"), value)
    table = low.unit.table(how.table, how.direction)
    found = ir.call(use(TABLES, "from_text"), ir.var("c"), table, code, site, low.table_function(how))
    to = f"to_{shape_name(how.target_shapes[0])}"
    return ir.call(use(TABLES, to), found, *([ir.const(None)] if to == "to_concept" else []))
