"""The expressions and names of statements, and copies of statements with other expressions."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from operator import is_
from typing import TypeAlias

from mapper import ir

Body: TypeAlias = list[ir.Stmt]
Change: TypeAlias = Callable[[ir.Expr], ir.Expr]


def expressions(statement: ir.Stmt) -> Iterator[ir.Expr]:
    """The expressions that a statement itself evaluates, in either flavour; not those of statements inside it."""
    found: tuple[ir.Expr | None, ...]
    match statement:
        case ir.Assign(value=value, traced=traced) | ir.Do(value=value, traced=traced):
            found = (value, traced)
        case ir.Unpack(value=value) | ir.Note(value=value) | ir.Return(value=value):
            found = (value,)
        case ir.If(test=test):
            found = (test,)
        case ir.For(items=items):
            found = (items,)
        case ir.Put(node=node, key=key, value=value, where=where):
            found = (node, key, value, where)
        case ir.Mark(node=node, key=key, where=where):
            found = (node, key, where)
    return (expression for expression in found if expression is not None)


def changed(statement: ir.Stmt, change: Change) -> ir.Stmt:
    """A copy of a statement with other expressions, or itself; statements inside it are left."""

    def maybe(expression: ir.Expr | None) -> ir.Expr | None:
        return None if expression is None else change(expression)

    match statement:
        case ir.Assign(value=value, traced=traced) | ir.Do(value=value, traced=traced):
            new, also = change(value), maybe(traced)
            same = new is value and also is traced
            return statement if same else replace(statement, value=new, traced=also)
        case ir.If(test=test):
            new = change(test)
            return statement if new is test else replace(statement, test=new)
        case ir.Unpack(value=value) | ir.Note(value=value):
            new = change(value)
            return statement if new is value else replace(statement, value=new)
        case ir.For(items=items):
            new = change(items)
            return statement if new is items else replace(statement, items=new)
        case ir.Put(node=node, key=key, value=value, where=where):
            news = change(node), change(key), change(value), maybe(where)
            if all(one is other for one, other in zip(news, (node, key, value, where), strict=True)):
                return statement
            return replace(statement, node=news[0], key=news[1], value=news[2], where=news[3])
        case ir.Mark(node=node, key=marked, where=where):
            holder, slot, place = change(node), maybe(marked), change(where)
            if holder is node and slot is marked and place is where:
                return statement
            return replace(statement, node=holder, key=slot, where=place)
        case ir.Return(value=returned):
            result = maybe(returned)
            return statement if result is returned else replace(statement, value=result)


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
            same = _same(first, then) and _same(second, otherwise)
            return statement if same else ir.If(test, first, second, span)
        case ir.For(body=body):
            held = change(body)
            return statement if _same(held, body) else replace(statement, body=held)
        case _:
            return statement


def _same(body: Body, other: Body) -> bool:
    return len(body) == len(other) and all(map(is_, body, other))


def everywhere(body: Body, change: Change) -> Body:
    """A body with other expressions, in the statements inside others too."""

    def within(held: Body) -> Body:
        return [with_bodies(changed(statement, change), within) for statement in held]

    return within(body)


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
    found: list[str] = []
    _add_names(expression, found)
    return tuple(found)


def _add_names(node: ast.AST, found: list[str]) -> None:
    if isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Load):
            found.append(node.id)
        return
    for part in children(node):
        _add_names(part, found)


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
def _read_by(statement: ir.Stmt) -> tuple[str, ...]:
    """The names that a finished statement reads, as often as it does, statements inside it included."""
    found = [name for expression in expressions(statement) for name in names(expression)]
    for held in inner(statement):
        for each in held:
            found += _read_by(each)
    return tuple(found)


def reads(body: Iterable[ir.Stmt]) -> Counter[str]:
    """How often a body reads each name."""
    return Counter(chain.from_iterable(map(_read_by, body)))


def times_read(name: str, statement: ir.Stmt) -> int:
    """How often a statement reads a name, statements inside it included."""
    return _read_by(statement).count(name)


def bindings(body: Iterable[ir.Stmt]) -> Counter[str]:
    """How often a body assigns each name."""
    return Counter(name for statement in every(body) for name in bound(statement))
