"""Drops tests whose outcome is known where they stand: inside `if v:`, `v` holds until it is assigned anew."""

from __future__ import annotations

import ast
from functools import partial
from typing import TypeAlias

from mapper import ir
from mapper.lower.simplify.statements import Body, bound_by, changed, with_bodies

Facts: TypeAlias = frozenset[str]
"""Names that are known to hold something: not empty, not `None`."""


def drop_known_tests(body: Body) -> Body:
    """See the module."""
    return _body(body, frozenset())


def _body(body: Body, facts: Facts) -> Body:
    result: Body = []
    for statement in body:
        if isinstance(statement, ir.For):
            facts -= bound_by(statement)
        simpler = changed(statement, partial(_expression, facts=facts))
        match simpler:
            case ir.If(test=test, then=then) if _holds(test, facts):
                result += _body(then, facts)
            case ir.If(test=test):
                told = facts | _told(test)
                result.append(with_bodies(simpler, partial(_body, facts=told), partial(_body, facts=facts)))
            case _:
                result.append(with_bodies(simpler, partial(_body, facts=facts)))
        facts -= bound_by(statement)
    return result


def _holds(test: ir.Expr, facts: Facts) -> bool:
    match test:
        case ast.Name(id=name):
            return name in facts
        case ast.Constant(value=value):
            return value is True
        case _:
            return False


def _told(test: ir.Expr) -> Facts:
    """What a test that holds tells."""
    match test:
        case ast.Name(id=name):
            return frozenset((name,))
        case ast.BoolOp(op=ast.And(), values=values):
            return frozenset(name for value in values for name in _told(value))
        case _:
            return frozenset()


def _expression(expression: ir.Expr, facts: Facts) -> ir.Expr:
    """An expression without what is known about names; the outcome of a test as a constant where it is known."""
    match expression:
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return _choice(_expression(test, facts), body, orelse, facts)
        case ast.BoolOp(op=ast.And(), values=[ast.Name(id=name), *rest]) if name in facts:
            return _expression(rest[0] if len(rest) == 1 else ast.BoolOp(ast.And(), rest), facts)
        case ast.Compare(left=ast.Name(id=name), ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]):
            return ir.const(True) if name in facts else expression
        case _:
            return expression


def _choice(test: ir.Expr, body: ir.Expr, orelse: ir.Expr, facts: Facts) -> ir.Expr:
    if _holds(test, facts):
        return _expression(body, facts)
    return ast.IfExp(test, body, _expression(orelse, facts))
