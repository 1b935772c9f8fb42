"""Extensions of one node: looked for one by one, or in an index by URL that is made once."""

from __future__ import annotations

import ast

from mapper import ir
from mapper.lower.simplify.shapes import rebuilt
from mapper.lower.simplify.statements import names

INDEX = "by_url"


def by_node(expression: ir.Expr) -> ir.Expr:
    """`extension(node, url)` as `by_url(node).get(url, NOTHING)`, so that lines on one node share its index."""

    def change(node: ir.Expr) -> ir.Expr | None:
        match node:
            case ast.Call(func=ast.Name(id="extension"), args=[of, url]):
                return ir.method(ir.call(ir.var(INDEX), rebuilt(of, change)), "get", url, ir.var("NOTHING"))
            case _:
                return None

    return rebuilt(expression, change) if "extension" in names(expression) else expression


def by_url(expression: ir.Expr) -> ir.Expr:
    """The inverse, for what does not share an index."""

    def change(node: ir.Expr) -> ir.Expr | None:
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Call(func=ast.Name(id=name), args=[of]), attr="get"),
                args=[url, _],
            ) if name == INDEX:
                return ir.call(ir.var("extension"), rebuilt(of, change), url)
            case _:
                return None

    return rebuilt(expression, change) if INDEX in names(expression) else expression
