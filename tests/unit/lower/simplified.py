"""Python text through the simplifier: what its tests share."""

from __future__ import annotations

import ast

from mapper import ir
from mapper.emit.statements import Writer
from mapper.lower.simplify import simplify
from mapper.source import Span

SPAN = Span("", 0, 0)


def statements(text: str) -> list[ir.Stmt]:
    """Python text as statements of the intermediate form."""
    return [statement(node) for node in ast.parse(text).body]


def statement(node: ast.stmt) -> ir.Stmt:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return ir.Assign(name, value)
        case ast.Assign(targets=[ast.Subscript(value=held, slice=key)], value=value):
            return ir.Put(held, key, value, SPAN)
        case ast.If(test=test, body=body, orelse=orelse):
            return ir.If(test, [statement(s) for s in body], [statement(s) for s in orelse])
        case ast.For(target=ast.Name(id=name), iter=items, body=body):
            return ir.For(name, items, [statement(s) for s in body], f"{name}_index")
        case ast.Expr(value=value):
            return ir.Do(value)
        case _:
            raise AssertionError(ast.dump(node))


def simplified(text: str) -> str:
    function = simplify(ir.Function("f", ("c", "src", "out"), statements(text), "test", SPAN))
    return "\n".join(line[4:] for line in Writer({}, False).function(function).split("\n")[2:])
