"""Expressions as keys: two that look alike are the same key, whatever their comprehensions call their items."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from copy import copy
from functools import lru_cache
from operator import is_not

from mapper import ir
from mapper.lower.simplify.statements import children, names, within

Key = int
"""A number that expressions share that look alike."""

_numbers: dict[tuple[object, ...], Key] = {}


@lru_cache(2**16)
def key_of(node: ast.AST) -> Key:
    """What an expression looks like. No pass changes an expression where it stands."""
    look: tuple[object, ...]
    if isinstance(node, ast.Name):
        look = (ast.Name, node.id)
    elif isinstance(node, ast.Constant):
        look = (ast.Constant, type(node.value), node.value)
    else:
        look = (type(node), *[_look(getattr(node, field, None)) for field in node._fields if field != "ctx"])
    return _numbers.setdefault(look, len(_numbers))


def _look(value: object) -> object:
    if isinstance(value, ast.AST):
        return key_of(value)
    if isinstance(value, list):
        return tuple(map(_look, value))
    return type(value), value


@lru_cache(2**16)
def size(node: ast.AST) -> int:
    """Of how many nodes an expression consists."""
    return 1 + sum(size(part) for part in ast.iter_child_nodes(node))


@lru_cache(2**16)
def parts(node: ast.AST) -> tuple[tuple[ir.Expr, bool], ...]:
    """An expression and all that it evaluates, each with whether it is evaluated always."""
    always, rest = _evaluated(node)
    found: list[tuple[ir.Expr, bool]] = [(node, True)] if isinstance(node, ast.expr) else []
    for part in always:
        found += parts(part)
    for part in rest:
        found += [(each, False) for each, _ in parts(part)]
    return tuple(found)


def _evaluated(node: ast.AST) -> tuple[Sequence[ast.AST], Sequence[ast.AST]]:
    """The parts of an expression that are evaluated whenever it is, and those that may not be."""
    match node:
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return (test,), (body, orelse)
        case ast.BoolOp(values=[first, *rest]):
            return (first,), rest
        case ast.ListComp(generators=[first, *rest]) | ast.GeneratorExp(generators=[first, *rest]):
            later = [part for one in rest for part in (one.iter, *one.ifs)]
            return (first.iter,), (*first.ifs, *later, node.elt)
        case _:
            return children(node), ()


@lru_cache(2**16)
def free_names(node: ast.AST) -> frozenset[str]:
    """The names that an expression reads from around it: not those of its comprehensions' items."""
    if isinstance(node, ast.Name):
        return frozenset((node.id,))
    found = frozenset[str]().union(*map(free_names, children(node)))
    if isinstance(node, ast.ListComp | ast.GeneratorExp):
        found -= {name for one in node.generators for name in free_names(one.target)}
    return found


@lru_cache(2**16)
def item_names(expression: ir.Expr) -> frozenset[str]:
    """What the comprehensions in an expression call their items."""
    return frozenset(
        node.target.id
        for node in within(expression)
        if isinstance(node, ast.comprehension) and isinstance(node.target, ast.Name)
    )


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
            new = parts if any(map(is_not, parts, value)) else value
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

    return expression if item_names(expression) <= {ITEM} else rebuilt(expression, change)


ITEM = "item"


def _named(node: ir.Expr, old: str) -> ir.Expr:
    def change(part: ir.Expr) -> ir.Expr | None:
        return ast.Name(ITEM, part.ctx) if isinstance(part, ast.Name) and part.id == old else None

    return _rebuilt(node, change)  # type: ignore[return-value]
