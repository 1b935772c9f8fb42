"""Shares reads: a value that a name holds already is not read again, and a second name for it goes."""

from __future__ import annotations

import ast
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from mapper import ir
from mapper.lower.simplify.statements import Body, bindings, bound, bound_within, changed, inner, names

READERS = frozenset({"text", "visible_text", "extension", "item_at", "pair_at", "repetition"})
"""Functions of `runtime.lib` whose result depends on nothing but their arguments, and that keep these as they are."""
METHODS = frozenset({"split", "isalnum", "get"})


def share_reads(body: Body) -> Body:
    """See the module."""
    sharing = _Sharing(bindings(body))
    return sharing.body(body, {})


def is_pure(value: ir.Expr) -> bool:
    """Whether a value is read without any effect, and is the same each time as long as what it reads stays."""
    match value:
        case ast.Constant() | ast.Name():
            return True
        case ast.Subscript(value=of, slice=index):
            return is_pure(of) and is_pure(index)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return is_pure(left) and is_pure(right)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return is_pure(test) and is_pure(body) and is_pure(orelse)
        case ast.BoolOp(values=values):
            return all(map(is_pure, values))
        case ast.Call(func=function, args=args, keywords=[]):
            return _is_reader(function) and all(map(is_pure, args))
        case _:
            return False


def _is_reader(function: ir.Expr) -> bool:
    match function:
        case ast.Name(id=name):
            return name in READERS
        case ast.Attribute(value=of, attr=method):
            return method in METHODS and is_pure(of)
        case _:
            return False


Known: TypeAlias = dict[str, tuple[str, frozenset[str]]]
"""Values that names hold: by what they look like, the name, and the names that the value reads."""


@dataclass
class _Sharing:
    """`counts` says how often each name is assigned, `same` which name stands for another one."""

    counts: Counter[str]
    same: dict[str, str] = field(default_factory=dict)

    def body(self, body: Body, known: Known) -> Body:
        result: Body = []
        for statement in body:
            if isinstance(statement, ir.For):
                _forget(known, bound_within([statement]))
            simpler = changed(statement, self.renamed)
            if isinstance(simpler, ir.Assign) and self._is_known(simpler, known):
                continue
            match simpler:
                case ir.If(then=then, otherwise=otherwise):
                    first, second = self.body(then, dict(known)), self.body(otherwise, dict(known))
                    result.append(replace(simpler, then=first, otherwise=second))
                case ir.For(body=held):
                    result.append(replace(simpler, body=self.body(held, dict(known))))
                case _:
                    result.append(simpler)
            _forget(
                known,
                {name for held in inner(statement) for name in bound_within(held)} | set(bound(statement)),
            )
            if isinstance(simpler, ir.Assign):
                self._remember(simpler, known)
        return result

    def _is_known(self, statement: ir.Assign, known: Known) -> bool:
        """Whether a name that is assigned once gets a value that another one holds: that one stands for it then."""
        if statement.traced is not None or self.counts[statement.name] != 1 or not is_pure(statement.value):
            return False
        if isinstance(statement.value, ast.Name):
            held: str | None = statement.value.id if self.counts[statement.value.id] == 1 else None
        else:
            held = known.get(ast.dump(statement.value), (None,))[0]
        if held is None:
            return False
        self.same[statement.name] = held
        return True

    def _remember(self, statement: ir.Assign, known: Known) -> None:
        value = statement.value
        if statement.traced is None and self.counts[statement.name] == 1 and is_pure(value):
            read = frozenset(names(value))
            if not isinstance(value, ast.Name | ast.Constant) and statement.name not in read:
                known[ast.dump(value)] = (statement.name, read)

    def renamed(self, expression: ir.Expr) -> ir.Expr:
        """An expression with the names that stand for others."""
        if self.same.keys().isdisjoint(names(expression)):
            return expression
        return _Rename(self.same).visit(deepcopy(expression))  # type: ignore[no-any-return]


def _forget(known: Known, assigned: set[str]) -> None:
    """Drop values that read a name which is assigned anew."""
    for dumped in [dumped for dumped, (_, read) in known.items() if not read.isdisjoint(assigned)]:
        del known[dumped]


class _Rename(ast.NodeTransformer):
    def __init__(self, same: dict[str, str]) -> None:
        self.same = same

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self.same.get(node.id, node.id), node.ctx)
