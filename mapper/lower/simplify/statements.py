"""The expressions and names of statements, and copies of statements with other expressions."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
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
    match statement:
        case ir.If(then=then, otherwise=otherwise):
            return (then, otherwise)
        case ir.For(body=body):
            return (body,)
        case _:
            return ()


def every(body: Iterable[ir.Stmt]) -> Iterator[ir.Stmt]:
    """All statements of a body, those inside others included."""
    open_bodies = [iter(body)]
    while open_bodies:
        for statement in open_bodies[-1]:
            yield statement
            if held := inner(statement):
                open_bodies += map(iter, reversed(held))
                break
        else:
            open_bodies.pop()


def everywhere(body: Body, change: Change) -> Body:
    """A body with other expressions, in the statements inside others too."""
    result: Body = []
    for statement in body:
        new = changed(statement, change)
        match new:
            case ir.If(then=then, otherwise=otherwise):
                new = replace(new, then=everywhere(then, change), otherwise=everywhere(otherwise, change))
            case ir.For(body=held):
                new = replace(new, body=everywhere(held, change))
            case _:
                pass
        result.append(new)
    return result


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


def bound_within(body: Iterable[ir.Stmt]) -> set[str]:
    """The names that a body assigns anywhere."""
    return {name for statement in every(body) for name in bound(statement)}


@lru_cache(2**15)
def names(expression: ir.Expr) -> tuple[str, ...]:
    """The names that an expression reads, as often as it does. No pass changes an expression where it stands."""
    return tuple(_names(expression))


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Load):
            yield node.id
        return
    for field in node._fields:
        value = getattr(node, field)
        if isinstance(value, ast.AST):
            yield from _names(value)
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, ast.AST):
                    yield from _names(item)


def reads(body: Iterable[ir.Stmt]) -> Counter[str]:
    """How often a body reads each name."""
    found: Counter[str] = Counter()
    for statement in every(body):
        for expression in expressions(statement):
            found.update(names(expression))
    return found


def times_read(name: str, statement: ir.Stmt) -> int:
    """How often a statement reads a name, statements inside it included."""
    return sum(names(e).count(name) for each in every((statement,)) for e in expressions(each))


def bindings(body: Iterable[ir.Stmt]) -> Counter[str]:
    """How often a body assigns each name."""
    return Counter(name for statement in every(body) for name in bound(statement))
