"""The expressions and names of statements, and copies of statements with other expressions."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from operator import is_
from typing import TypeAlias

from mapper import ir

Body: TypeAlias = list[ir.Stmt]
Change: TypeAlias = Callable[[ir.Expr], ir.Expr]


_HELD: dict[type, tuple[str, ...]] = {
    ir.Assign: ("value", "traced"),
    ir.Do: ("value", "traced"),
    ir.Unpack: ("value",),
    ir.Note: ("value",),
    ir.Return: ("value",),
    ir.If: ("test",),
    ir.For: ("items",),
    ir.Put: ("node", "key", "value", "where"),
    ir.Mark: ("node", "key", "where"),
}
"""The fields of statements that hold expressions, or nothing."""


def expressions(statement: ir.Stmt) -> list[ir.Expr]:
    """The expressions that a statement itself evaluates, in either flavour; not those of statements inside it."""
    held = [getattr(statement, field) for field in _HELD[type(statement)]]
    return [expression for expression in held if expression is not None]


def changed(statement: ir.Stmt, change: Change) -> ir.Stmt:
    """A copy of a statement with other expressions, or itself; statements inside it are left."""
    new: dict[str, ir.Expr] = {}
    for field in _HELD[type(statement)]:
        expression = getattr(statement, field)
        if expression is not None and (made := change(expression)) is not expression:
            new[field] = made
    return replace(statement, **new) if new else statement  # type: ignore[arg-type]


def inner(statement: ir.Stmt) -> tuple[Body, ...]:
    """The bodies inside a statement."""
    kind = type(statement)
    if kind is ir.If:
        return (statement.then, statement.otherwise)  # type: ignore[union-attr]
    return (statement.body,) if kind is ir.For else ()  # type: ignore[union-attr]


def every(body: Iterable[ir.Stmt]) -> list[ir.Stmt]:
    """All statements of a body, those inside others included."""
    found: list[ir.Stmt] = []
    _collect(body, found)
    return found


def _collect(body: Iterable[ir.Stmt], found: list[ir.Stmt]) -> None:
    for statement in body:
        found.append(statement)
        for held in inner(statement):
            if held:
                _collect(held, found)


def with_bodies(
    statement: ir.Stmt,
    change: Callable[[Body], Body],
    change_otherwise: Callable[[Body], Body] | None = None,
) -> ir.Stmt:
    """A copy of a statement with its bodies changed, or itself where they stay."""
    match statement:
        case ir.If(test=test, then=then, otherwise=otherwise, span=span):
            first = change(then)
            second = (change_otherwise or change)(otherwise) if otherwise else otherwise
            if same(first, then) and same(second, otherwise):
                return statement
            return ir.If(test, first, second, span)
        case ir.For(body=body):
            held = change(body)
            return statement if same(held, body) else replace(statement, body=held)
        case _:
            return statement


def same(body: Body, other: Body) -> bool:
    """Whether two bodies hold the very same statements."""
    return len(body) == len(other) and all(map(is_, body, other))


def everywhere(body: Body, change: Change, skips: Callable[[ir.Stmt], bool] = lambda _: False) -> Body:
    """A body with other expressions, in the statements inside others too; `skips` tells where there is nothing to
    change in a statement and inside it.
    """

    def new(held: Body) -> Body:
        return [each if skips(each) else with_bodies(changed(each, change), new) for each in held]

    return new(body)


def bound(statement: ir.Stmt) -> tuple[str, ...]:
    """The names that a statement itself assigns."""
    match statement:
        case ir.Assign(name=name) | ir.Note(name=name):
            return (name,)
        case ir.Unpack(names=names):
            return names
        case ir.For(name=name, index=index):
            return (name, index)
        case _:
            return ()


@lru_cache(2**16)
def bound_by(statement: ir.Stmt) -> frozenset[str]:
    """The names that a finished statement assigns, those inside it included."""
    return frozenset(bound(statement)).union(*(bound_by(each) for held in inner(statement) for each in held))


def bound_within(body: Iterable[ir.Stmt]) -> set[str]:
    """The names that a body assigns anywhere."""
    return set().union(*map(bound_by, body))


@lru_cache(2**16)
def names(expression: ir.Expr) -> tuple[str, ...]:
    """The names that an expression reads, as often as it does. No pass changes an expression where it stands."""
    return tuple(
        node.id for node in within(expression) if type(node) is ast.Name and isinstance(node.ctx, ast.Load)
    )


def within(expression: ast.AST) -> list[ast.AST]:
    """An expression and all that it is made of."""
    found = [expression]
    for node in found:
        found += children(node)
    return found


_NO_PARTS = frozenset({"ctx", "op", "ops", "kind", "conversion"})
"""Fields of expressions that hold no expressions."""


@lru_cache(2**16)
def children(node: ast.AST) -> tuple[ast.AST, ...]:
    """The expressions and comprehensions that an expression is made of."""
    found: list[ast.AST] = []
    for field in node._fields:
        value = None if field in _NO_PARTS else getattr(node, field, None)
        if isinstance(value, list):
            found += [part for part in value if part is not None]
        elif isinstance(value, ast.AST):
            found.append(value)
    return tuple(found)


@lru_cache(2**16)
def _reads_of(statement: ir.Stmt) -> tuple[str, ...]:
    """The names that a finished statement reads, as often as it does, statements inside it included."""
    found = [name for expression in expressions(statement) for name in names(expression)]
    for held in inner(statement):
        for each in held:
            found += _reads_of(each)
    return tuple(found)


@lru_cache(2**16)
def read_by(statement: ir.Stmt) -> frozenset[str]:
    """The names that a finished statement reads, statements inside it included."""
    return frozenset(_reads_of(statement))


def reads(body: Iterable[ir.Stmt]) -> Counter[str]:
    """How often a body reads each name."""
    return Counter(chain.from_iterable(map(_reads_of, body)))


def times_read(name: str, statement: ir.Stmt) -> int:
    """How often a statement reads a name, statements inside it included."""
    return _reads_of(statement).count(name)


def bindings(body: Iterable[ir.Stmt]) -> Counter[str]:
    """How often a body assigns each name."""
    return Counter(name for statement in every(body) for name in bound(statement))
