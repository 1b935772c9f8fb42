"""Skips the far parts of a composite at once: most that are sent end long before the last one of their type.

`src = src + BLANK_23` lets components be read by number, whether they were sent or not. Neighbouring lines that read
nothing but components from the fourth (then the tenth) on, and do nothing where these are empty, stand under one test
of how many were sent. Where a component is split (`parts = a.split("&") + BLANK_6`), those that read nothing but its
parts from the second on stand under the test whether it has several.
"""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass

from mapper import ir
from mapper.lower.simplify.statements import Body, reads, times_read, with_bodies

FAR = (3, 9)
"""From which components (counted from 0) on lines are taken together, the second within the first."""
FEWEST = 3
"""Fewer lines than these are not worth a test."""
FEWEST_PARTS = 2
"""The same for the parts of a component: whether it has several is told at once."""

Unit = tuple[int, Body]
"""A component's number, and the statements that do nothing where it is empty."""


def skip_tails(body: Body, taken: set[str]) -> Body:
    """The same body of a function with such tests."""
    return _skipped(body, taken, reads(body))


def _skipped(body: Body, taken: set[str], counts: Counter[str]) -> Body:
    result: Body = []
    for number, statement in enumerate(body):
        match statement:
            case ir.Assign(name=name, value=ast.BinOp(left=ast.Name(id=same), op=ast.Add())) if name == same:
                rest = _skipped(body[number + 1 :], taken, counts)
                count = "sent" if "sent" not in taken else f"{name}_sent"
                grouped = _grouped(_units(rest, name, counts), _Sent(count), FAR)
                if len(grouped) == len(rest):
                    return [*result, statement, *rest]
                length = ir.Assign(count, ir.call(ir.var("len"), ir.var(name)), statement.span)
                return [*result, length, statement, *grouped]
            case ir.Assign(
                name=name, value=ast.BinOp(left=ast.Call() as split, op=ast.Add()), traced=None
            ) if (several := _several(split)) is not None:
                rest = _skipped(body[number + 1 :], taken, counts)
                return [*result, statement, *_grouped(_units(rest, name, counts), several, (1,))]
            case _:
                result.append(with_bodies(statement, lambda held: _skipped(held, taken, counts)))
    return result


@dataclass(frozen=True, slots=True)
class _Sent:
    """Whether more components were sent than a number; `count` names how many were."""

    count: str
    fewest: int = FEWEST

    def more_than(self, number: int) -> ir.Expr:
        return ir.compare(ir.var(self.count), ">", ir.const(number))


@dataclass(frozen=True, slots=True)
class _Several:
    """Whether a component has several parts, that is, whether a delimiter stands in it."""

    raw: ir.Expr
    delimiter: ir.Expr
    fewest: int = FEWEST_PARTS

    def more_than(self, _: int) -> ir.Expr:
        return ir.compare(self.delimiter, "in", self.raw)


def _several(split: ir.Expr) -> _Several | None:
    match split:
        case ast.Call(
            func=ast.Attribute(value=ast.Name() as raw, attr="split"), args=[ast.Constant() as delimiter]
        ):
            return _Several(raw, delimiter)
        case _:
            return None


def _units(body: Body, source: str, counts: Counter[str]) -> list[Unit]:
    """The statements in order, those that go together as one; what is no unit has the number -1."""
    units: list[Unit] = []
    at = 0
    while at < len(body):
        number = _component(body[at], source)
        held = body[at : at + 2]
        if number is not None and len(held) == 2 and _only_where(held[1], held[0], counts):
            units.append((number, held))
            at += 2
        else:
            units.append((-1, [body[at]]))
            at += 1
    return units


def _component(statement: ir.Stmt, source: str) -> int | None:
    """The number in `name = src[number]`."""
    match statement:
        case ir.Assign(value=ast.Subscript(value=ast.Name(id=held), slice=ast.Constant(value=int(number)))):
            return number if held == source and statement.traced is None else None
        case _:
            return None


def _only_where(statement: ir.Stmt, read: ir.Stmt, counts: Counter[str]) -> bool:
    """Whether a statement is `if name:`, and nothing else reads the name."""
    match statement, read:
        case ir.If(test=ast.Name(id=tested), otherwise=[]), ir.Assign(name=name):
            return tested == name and counts[name] == times_read(name, statement)
        case _:
            return False


def _grouped(units: list[Unit], count: _Sent | _Several, far: tuple[int, ...]) -> Body:
    """The statements of units, neighbours from a number on under one test."""
    if not far:
        return [statement for _, held in units for statement in held]
    result: Body = []
    group: list[Unit] = []
    for unit in [*units, (-1, [])]:
        if unit[0] >= far[0]:
            group.append(unit)
            continue
        if len(group) >= count.fewest:
            least = min(number for number, _ in group)
            inner = _grouped(group, count, far[1:])
            if far[1:] and least >= far[1]:
                inner = _grouped(group, count, ())
            result.append(ir.If(count.more_than(least), inner))
        else:
            result += _grouped(group, count, ())
        group = []
        result += unit[1]
    return result
