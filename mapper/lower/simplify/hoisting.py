"""Hoists reads: what the statements of a body read several times is read once, before the first of them.

Only what is read without effect and never changes is hoisted, and only where one of its uses is reached whenever the
body runs, so that nothing is read in vain.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from mapper import ir
from mapper.lower.simplify.extensions import by_node, by_url
from mapper.lower.simplify.naming import Naming
from mapper.lower.simplify.purity import CHANGING, is_pure, settled
from mapper.lower.simplify.shapes import Key, free_names, key_of, parts, rebuilt, size, with_plain_items
from mapper.lower.simplify.statements import (
    Body,
    bound_within,
    every,
    everywhere,
    expressions,
    inner,
    names,
)
from mapper.source import Span

HOISTED = (ast.Call, ast.ListComp, ast.IfExp, ast.BinOp, ast.Subscript)
CHEAP = frozenset({"isalnum", "strip", "startswith"})


def hoist_reads(body: Body, given: Iterable[str]) -> Body:
    """See the module. `given` are the parameters that nothing is put into."""
    plain = everywhere(body, lambda expression: by_node(with_plain_items(expression)))
    taken = _names_in(plain)
    moving = bound_within(plain) | CHANGING
    found = [node for s in every(plain) for e in expressions(s) for node in ast.walk(e)]
    items = {
        n.target.id for n in found if isinstance(n, ast.comprehension) and isinstance(n.target, ast.Name)
    }
    still = settled(plain, given) - items
    hoisting = _Hoisting(still, (moving | items) - still, Naming(taken | {*given}))
    return everywhere(hoisting.body(plain), by_url)


def _names_in(body: Body) -> set[str]:
    read = {name for s in every(body) for e in expressions(s) for name in names(e)}
    return read | bound_within(body)


@dataclass(slots=True)
class _Read:
    """What a body reads at several places: how often, how often for certain, and first in which statement."""

    node: ir.Expr
    first: int
    span: Span | None
    times: int = 0
    certain: int = 0


@dataclass
class _Hoisting:
    """What is read from `still` names stays the same, what is read from `moving` ones may not."""

    still: frozenset[str]
    moving: set[str]
    naming: Naming

    def body(self, body: Body) -> Body:
        """A body, and all bodies in it, with its reads hoisted."""
        wanted = self._wanted(body)
        known: dict[Key, str] = {}

        def named(node: ir.Expr) -> ir.Expr | None:
            name = known.get(key_of(node)) if isinstance(node, HOISTED) else None
            return None if name is None else ir.var(name)

        def replaced(expression: ir.Expr) -> ir.Expr:
            holds = any(isinstance(node, HOISTED) and key_of(node) in known for node, _ in parts(expression))
            return rebuilt(expression, named) if holds else expression

        result: Body = []
        for number, statement in enumerate(body):
            for read in wanted.get(number, ()):
                value = replaced(read.node)
                known[key_of(read.node)] = name = self.naming.new(read.node)
                self.still |= {name}
                result.append(ir.Assign(name, value, read.span))
            result += everywhere([statement], replaced) if known else [statement]
        return [self._within(statement) for statement in result]

    def _within(self, statement: ir.Stmt) -> ir.Stmt:
        match statement:
            case ir.If(then=then, otherwise=otherwise):
                return replace(statement, then=self.body(then), otherwise=self.body(otherwise))
            case ir.For(body=body):
                return replace(statement, body=self.body(body))
            case _:
                return statement

    def _wanted(self, body: Body) -> dict[int, list[_Read]]:
        """What to hoist, by the number of the statement that reads it first; what others contain comes before them."""
        reads = self._reads(body)
        found: dict[int, list[_Read]] = {}
        for key, read in sorted(reads.items(), key=lambda pair: -size(pair[1].node)):
            if read.times < 2 or not read.certain:
                continue
            found.setdefault(read.first, []).insert(0, read)
            for part, always in parts(read.node):
                held = reads.get(key_of(part)) if key_of(part) != key else None
                if held is not None:
                    held.times -= read.times - 1
                    held.certain -= (read.certain - 1) if always else 0
        return found

    def _reads(self, body: Body) -> dict[Key, _Read]:
        """What the statements of a body read that is the same from its beginning on."""
        inside = {name for statement in body for held in inner(statement) for name in bound_within(held)}
        inside |= {name for s in body if isinstance(s, ir.For) for name in (s.name, s.index)}
        moving = self.moving | inside
        found: dict[Key, _Read] = {}
        for number, statement in enumerate(body):
            for expression, certain in _evaluated(statement):
                for node, always in parts(expression):
                    if isinstance(node, HOISTED) and _may_go(node, moving):
                        read = found.setdefault(
                            key_of(node), _Read(node, number, getattr(statement, "span", None))
                        )
                        read.times += 1
                        read.certain += certain and always
        return found


def _may_go(node: ir.Expr, moving: set[str]) -> bool:
    """Whether an expression is worth a name, and reads nothing that moves."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHEAP:
        return False
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        return False
    return moving.isdisjoint(free_names(node)) and is_pure(node)


def _evaluated(statement: ir.Stmt) -> Iterator[tuple[ir.Expr, bool]]:
    """What a statement evaluates in the production flavour, and whether it does so whenever it runs."""
    match statement:
        case ir.Assign(value=value) | ir.Unpack(value=value) | ir.Do(value=value):
            yield value, True
        case ir.Return(value=value) if value is not None:
            yield value, True
        case ir.If(test=test):
            yield test, True
        case ir.For(items=items):
            yield items, True
        case ir.Put(node=node, key=key, value=value):
            yield from ((node, True), (key, True), (value, True))
        case _:
            pass
    for held in inner(statement):
        for other in held:
            yield from ((expression, False) for expression, _ in _evaluated(other))
