"""Filters no list that is not there: most lists that a mapping divides are absent, and a comprehension costs a call."""

from __future__ import annotations

import ast
from dataclasses import replace

from mapper import ir
from mapper.lower.simplify.naming import Naming
from mapper.lower.simplify.statements import Body, with_bodies


def guard_filters(body: Body, taken: set[str]) -> Body:
    """`found = [... for item in node.get(key, ()) ...]` as `[...] if held else ()`, `held` read before."""
    return _guarded(body, Naming(taken))


def _guarded(body: Body, naming: Naming) -> Body:
    result: Body = []
    for statement in body:
        match statement:
            case ir.Assign(value=ast.ListComp(generators=[only]) as found, traced=None):
                held = only.iter
                if _is_read(held):
                    name = naming.new(held)
                    result.append(ir.Assign(name, held, statement.span))
                    held = ir.var(name)
                result.append(replace(statement, value=_filtered(found, only, held)))
            case _:
                result.append(with_bodies(statement, lambda held: _guarded(held, naming)))
    return result


def _filtered(found: ast.ListComp, only: ast.comprehension, held: ir.Expr) -> ir.Expr:
    if not isinstance(held, ast.Name):
        return found
    filtered = ast.ListComp(found.elt, [ast.comprehension(only.target, held, only.ifs, only.is_async)])
    return ir.if_else(held, filtered, ast.Tuple([], ast.Load()))


def _is_read(items: ir.Expr) -> bool:
    """Whether items come from `node.get(key, ())` or from a list of primitives."""
    match items:
        case ast.Call(func=ast.Attribute(attr="get"), args=[_, ast.Tuple(elts=[])]):
            return True
        case ast.Call(func=ast.Name(id="pairs" | "extensions" | "items")):
            return True
        case _:
            return False
