"""Expressions as keys: two that look alike are the same key, whatever their comprehensions call their items."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from copy import copy
from functools import lru_cache

from mapper import ir
from mapper.lower.simplify.statements import names

Key = tuple[object, ...]


@lru_cache(2**16)
def key_of(node: ast.AST) -> Key:
    """What an expression looks like. No pass changes an expression where it stands."""
    return (
        type(node).__name__,
        *(_key(getattr(node, field, None)) for field in node._fields if field != "ctx"),
    )


def _key(value: object) -> object:
    if isinstance(value, ast.AST):
        return _interned(key_of(value))
    if isinstance(value, list):
        return tuple(map(_key, value))
    return type(value).__name__, value


_numbers: dict[Key, int] = {}


def _interned(key: Key) -> int:
    return _numbers.setdefault(key, len(_numbers))


@lru_cache(2**16)
def size(node: ast.AST) -> int:
    """Of how many nodes an expression consists."""
    return 1 + sum(size(part) for part in ast.iter_child_nodes(node))


@lru_cache(2**16)
def parts(node: ir.Expr) -> tuple[tuple[ir.Expr, bool], ...]:
    """An expression and all that it evaluates, each with whether it is evaluated always."""
    return tuple(_parts(node, True))


@lru_cache(2**16)
def free_names(node: ast.AST) -> frozenset[str]:
    """The names that an expression reads from around it: not those of its comprehensions' items."""
    if isinstance(node, ast.Name):
        return frozenset((node.id,))
    found = frozenset(name for part in ast.iter_child_nodes(node) for name in free_names(part))
    if isinstance(node, ast.ListComp | ast.GeneratorExp):
        found -= {name for one in node.generators for name in free_names(one.target)}
    return found


def _parts(node: ast.AST, always: bool) -> Iterator[tuple[ir.Expr, bool]]:
    if isinstance(node, ast.expr):
        yield node, always
    rows: list[tuple[ast.AST, bool]]
    match node:
        case ast.IfExp(test=test, body=body, orelse=orelse):
            rows = [(test, always), (body, False), (orelse, False)]
        case ast.BoolOp(values=[first, *rest]):
            rows = [(first, always), *((value, False) for value in rest)]
        case ast.ListComp(generators=[first, *rest]) | ast.GeneratorExp(generators=[first, *rest]):
            later = [*first.ifs, *(part for one in rest for part in (one.iter, *one.ifs)), node.elt]
            rows = [(first.iter, always), *((part, False) for part in later)]
        case _:
            rows = [(part, always) for part in ast.iter_child_nodes(node)]
    for part, held in rows:
        yield from _parts(part, held)


def rebuilt(node: ir.Expr, change: Callable[[ir.Expr], ir.Expr | None]) -> ir.Expr:
    """An expression with parts replaced: `change` gives the new part, or `None` to look inside."""
    new = change(node)
    if new is not None:
        return new
    return _rebuilt(node, change)  # type: ignore[return-value]


def _rebuilt(node: ast.AST, change: Callable[[ir.Expr], ir.Expr | None]) -> ast.AST:
    made: ast.AST | None = None
    for field in node._fields:
        value = getattr(node, field, None)
        new: object = value
        if isinstance(value, ast.expr):
            new = rebuilt(value, change)
        elif isinstance(value, ast.comprehension):
            new = _rebuilt(value, change)
        elif isinstance(value, list):
            parts = [_part(part, change) for part in value]
            new = parts if any(a is not b for a, b in zip(parts, value, strict=True)) else value
        if new is not value:
            made = made or copy(node)
            setattr(made, field, new)
    return made or node


def _part(part: object, change: Callable[[ir.Expr], ir.Expr | None]) -> object:
    if isinstance(part, ast.expr):
        return rebuilt(part, change)
    return _rebuilt(part, change) if isinstance(part, ast.AST) else part


def with_plain_items(expression: ir.Expr) -> ir.Expr:
    """The same expression with each comprehension's item called `item`, so that equal ones look alike."""

    def change(node: ir.Expr) -> ir.Expr | None:
        if not isinstance(node, ast.ListComp | ast.GeneratorExp) or len(node.generators) != 1:
            return None
        target = node.generators[0].target
        if not isinstance(target, ast.Name) or target.id == ITEM or ITEM in names(node):
            return None
        return with_plain_items(_named(node, target.id))

    return rebuilt(expression, change) if _comprehends(expression) else expression


@lru_cache(2**16)
def _comprehends(node: ast.AST) -> bool:
    return isinstance(node, ast.comprehension) or any(map(_comprehends, ast.iter_child_nodes(node)))


ITEM = "item"


def _named(node: ir.Expr, old: str) -> ir.Expr:
    def change(part: ir.Expr) -> ir.Expr | None:
        return ast.Name(ITEM, part.ctx) if isinstance(part, ast.Name) and part.id == old else None

    return _rebuilt(node, change)  # type: ignore[return-value]
