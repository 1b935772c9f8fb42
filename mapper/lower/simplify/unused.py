"""Drops assignments of names that nothing reads, where the value can be left out too."""

from __future__ import annotations

import ast
from collections import Counter

from mapper import ir
from mapper.lower.simplify.purity import is_pure
from mapper.lower.simplify.statements import Body, reads, with_bodies


def drop_unused(body: Body) -> Body:
    """See the module. What only a dropped assignment read goes in the next round."""
    counts = reads(body)
    body = _body(body, counts)
    while (left := reads(body)) != counts:
        counts = left
        body = _body(body, counts)
    return body


def _body(body: Body, counts: Counter[str]) -> Body:
    result: Body = []
    for statement in body:
        match statement:
            case ir.Assign(name=name, value=value, traced=None) if _goes(name, value, counts):
                continue
            case _:
                result.append(with_bodies(statement, lambda held: _body(held, counts)))
    return result


def _goes(name: str, value: ir.Expr, counts: Counter[str]) -> bool:
    """Whether nothing reads a name, and computing its value does nothing else."""
    if name in counts or name == "out":
        return False
    return is_pure(value) or (isinstance(value, ast.Dict) and not value.keys)
