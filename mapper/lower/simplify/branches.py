"""Joins branches: neighbours with the same test, and the use of a value with the branch that sets it."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass, replace

from mapper import ir
from mapper.lower.simplify.shapes import key_of
from mapper.lower.simplify.statements import Body, bound_within, every, names, reads, times_read, with_bodies


@dataclass(frozen=True)
class _Uses:
    """How often names are read in a function, kept up to date, and which hold what a call found, or nothing."""

    reads: Counter[str]
    found: frozenset[str]


def join_branches(body: Body) -> Body:
    """See the module."""
    found = frozenset(
        s.name for s in every(body) if isinstance(s, ir.Assign) and isinstance(s.value, ast.Call)
    )
    return _joined(body, _Uses(reads(body), found))


def _joined(body: Body, uses: _Uses) -> Body:
    result: Body = []
    for statement in body:
        _add(result, with_bodies(statement, lambda held: _joined(held, uses)), uses)
    return result


def _add(result: Body, statement: ir.Stmt, uses: _Uses) -> None:
    """Add a statement to those before it, joined with them where that says the same."""
    while (
        isinstance(statement, ir.If)
        and result
        and (read := _read_for(result[-1], statement, uses)) is not None
    ):
        uses.reads[read] += 1
        statement = ir.If(ir.var(read), [result.pop(), statement], span=statement.span)
    if not isinstance(statement, ir.If) or not result or not isinstance(result[-1], ir.If):
        result.append(statement)
        return
    before = result[-1]
    if _same_test(before, statement):
        uses.reads.subtract(names(statement.test))
        joined = list(before.then)
        for inner in statement.then:
            _add(joined, inner, uses)
        result[-1] = replace(before, then=joined)
    elif _uses_only(result, statement, uses):
        joined = list(before.then)
        _add(joined, statement, uses)
        del result[-2]
        result[-1] = replace(before, then=joined)
    elif _opposite(before, statement):
        uses.reads.subtract(names(statement.test))
        result[-1] = replace(before, otherwise=statement.then)
    else:
        result.append(statement)


def _read_for(before: ir.Stmt, statement: ir.If, uses: _Uses) -> str | None:
    """The name without which `v` is empty in `v = ...; if v: ...`, where nothing else reads `v`."""
    match before:
        case ir.Assign(name=name, value=value, traced=None) if not statement.otherwise:
            source = _raw(value) or _node(value, uses)
            if source is None or _tested(statement.test) != name:
                return None
            return source if uses.reads[name] == times_read(name, statement) else None
        case _:
            return None


def _raw(value: ir.Expr) -> str | None:
    """The raw text in `raw if raw.isalnum() else raw and text(raw)`."""
    match value:
        case ast.IfExp(
            body=ast.Name(id=raw), orelse=ast.BoolOp(op=ast.And(), values=[ast.Name(id=same), _])
        ) if raw == same:
            return raw
        case _:
            return None


def _node(value: ir.Expr, uses: _Uses) -> str | None:
    """The node in `node.get(key)` or `item_at(node, ...)`: where it is empty, so is the value."""
    match value:
        case ast.Name(id=name):
            return name if name in uses.found else None
        case ast.Call(
            func=ast.Attribute(value=of, attr="get"),
            args=[_] | [_, ast.Name(id="NOTHING")] | [_, ast.Tuple(elts=[])],
        ):
            return _node(of, uses)
        case ast.Call(func=ast.Name(id="extension" | "item_at" | "pair_at"), args=[of, *_]):
            return _node(of, uses)
        case ast.Subscript(value=ast.BoolOp(op=ast.Or(), values=[of, ast.Name(id="NO_ITEM")])):
            return _node(of, uses)
        case _:
            return None


def _same_test(before: ir.If, statement: ir.If) -> bool:
    """Whether two `if`s ask the same of one name, and the first does not assign it anew.

    A node that was empty stays so where its branch was not taken, and what was put into one stays there.
    """
    name = _tested(statement.test)
    return (
        name is not None
        and not before.otherwise
        and not statement.otherwise
        and key_of(before.test) == key_of(statement.test)
        and name not in bound_within(before.then)
    )


def _uses_only(result: Body, statement: ir.If, uses: _Uses) -> bool:
    """`v = None; if t: v = ...; if v: ...`, where nothing else reads `v`: the last `if` may stand inside the second."""
    name = _tested(statement.test)
    before = result[-1]
    if (
        name is None
        or len(result) < 2
        or statement.otherwise
        or not isinstance(before, ir.If)
        or before.otherwise
    ):
        return False
    start = result[-2]
    if not isinstance(start, ir.Assign) or start.name != name or start.traced is not None:
        return False
    if not isinstance(start.value, ast.Constant) or start.value.value is not None:
        return False
    within = times_read(name, before) - names(before.test).count(name)
    return uses.reads[name] == within + times_read(name, statement)


def _opposite(before: ir.If, statement: ir.If) -> bool:
    """`if v is None: ...` and then `if v is not None: ...`."""
    name = _tested(statement.test)
    return (
        name is not None
        and isinstance(before.test, ast.Compare)
        and isinstance(before.test.ops[0], ast.Is)
        and isinstance(statement.test, ast.Compare)
        and not before.otherwise
        and not statement.otherwise
        and key_of(before.test) == key_of(ir.compare(ir.var(name), "is", ir.const(None)))
        and name not in bound_within(before.then)
    )


def _tested(test: ir.Expr) -> str | None:
    """The name of a test `v` or `v is not None`."""
    match test:
        case ast.Name(id=name):
            return name
        case ast.Compare(left=ast.Name(id=name), ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]):
            return name
        case _:
            return None
