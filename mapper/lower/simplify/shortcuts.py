"""Shorter ways to say what two calls say, once nothing else looks at these calls any more."""

from __future__ import annotations

import ast

from mapper import ir
from mapper.lower.simplify.shapes import rebuilt
from mapper.lower.simplify.statements import Body, everywhere, names, read_by

TRANSLATED = "translated"
LONGER = frozenset({"pick", "to_text"})
"""The functions that have a shorter way."""


def shorten(body: Body) -> Body:
    """The same body with shorter calls."""
    return everywhere(body, _shortened, lambda statement: LONGER.isdisjoint(read_by(statement)))


def _shortened(expression: ir.Expr) -> ir.Expr:
    return expression if LONGER.isdisjoint(names(expression)) else rebuilt(expression, _shorter)


def _shorter(node: ir.Expr) -> ir.Expr | None:
    match node:
        case ast.Call(func=ast.Name(id="pick"), args=[ast.Name() as held, ast.Constant(value=1), nothing]):
            return ir.if_else(held, ir.index(held, 0), nothing)
        case ast.Call(
            func=ast.Name(id="to_text"),
            args=[ast.Call(func=ast.Name(id="from_text"), args=[*args, ast.Constant(value=None)])],
        ):
            return ir.call(ir.var(TRANSLATED), *(rebuilt(arg, _shorter) for arg in args))
        case _:
            return None
