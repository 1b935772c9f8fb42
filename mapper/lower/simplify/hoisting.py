"""Hoists reads: what the statements of a body read several times is read once, before the first of them.

Only what is read without effect and never changes is hoisted, and only where one of its uses is reached whenever the
body runs, so that nothing is read in vain.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from mapper import ir
from mapper.lower.simplify.extensions import INDEX, by_node, by_url
from mapper.lower.simplify.naming import Naming
from mapper.lower.simplify.purity import CHANGING, is_pure, settled
from mapper.lower.simplify.shapes import (
    Key,
    free_names,
    item_names,
    key_of,
    parts,
    rebuilt,
    size,
    with_plain_items,
)
from mapper.lower.simplify.statements import (
    Body,
    bound_within,
    every,
    everywhere,
    expressions,
    inner,
    read_by,
    reads,
    with_bodies,
)
from mapper.source import Span

HOISTED = (ast.Call, ast.ListComp, ast.IfExp, ast.BinOp, ast.Subscript)
CHEAP = frozenset({"isalnum", "strip", "startswith"})


def hoist_reads(body: Body, given: Iterable[str]) -> Body:
    """See the module. `given` are the parameters that nothing is put into."""
    plain = everywhere(body, lambda expression: by_node(with_plain_items(expression)))
    taken = bound_within(plain).union(reads(plain))
    moving = bound_within(plain) | CHANGING
    items = {name for s in every(plain) for e in expressions(s) for name in item_names(e)}
    still = settled(plain, given) - items
    hoisting = _Hoisting(still, (moving | items) - still, Naming(taken | {*given}))
    return everywhere(hoisting.body(plain), by_url, lambda statement: INDEX not in read_by(statement))


@dataclass(slots=True)
class _Read:
    """What a body reads at several places: how often, how often for certain, and first in which statement."""

    node: ir.Expr
    first: int
    span: Span | None
    times: int = 0
    certain: int = 0

    @property
    def is_wanted(self) -> bool:
        return self.times > 1 and self.certain > 0


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
            return expression if known.keys().isdisjoint(_keys(expression)) else rebuilt(expression, named)

        def knows_nothing(statement: ir.Stmt) -> bool:
            return known.keys().isdisjoint(_keys_within(statement))

        result: Body = []
        for number, statement in enumerate(body):
            for read in wanted.get(number, ()):
                value = replaced(read.node)
                known[key_of(read.node)] = name = self.naming.new(read.node)
                self.still |= {name}
                result.append(ir.Assign(name, value, read.span))
            result += everywhere([statement], replaced, knows_nothing) if known else [statement]
        return [with_bodies(statement, self.body) for statement in result]

    def _wanted(self, body: Body) -> dict[int, list[_Read]]:
        """What to hoist, by the number of the statement that reads it first; what others contain comes before them."""
        reads = self._reads(body)
        found: dict[int, list[_Read]] = {}
        several = [(key, read) for key, read in reads.items() if read.is_wanted]
        for key, read in sorted(several, key=lambda pair: -size(pair[1].node)):
            if not read.is_wanted:
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
            for key, (node, times, certain) in _reads_of(statement).items():
                if moving.isdisjoint(free_names(node)):
                    read = found.setdefault(key, _Read(node, number, getattr(statement, "span", None)))
                    read.times += times
                    read.certain += certain
        return found


@lru_cache(2**16)
def _keys(expression: ir.Expr) -> frozenset[Key]:
    """What an expression evaluates that may be read once."""
    return frozenset(key_of(node) for node, _ in parts(expression) if isinstance(node, HOISTED))


@lru_cache(2**16)
def _keys_within(statement: ir.Stmt) -> frozenset[Key]:
    """The same of a statement and those inside it."""
    own = frozenset[Key]().union(*map(_keys, expressions(statement)))
    return own.union(*(_keys_within(each) for held in inner(statement) for each in held))


_Times: TypeAlias = tuple[ir.Expr, int, int]
"""An expression, how often it is read, and how often for certain."""


@lru_cache(2**16)
def _reads_of(statement: ir.Stmt) -> Mapping[Key, _Times]:
    """What a statement and those inside it read that is worth a name."""
    found: dict[Key, _Times] = {}
    for expression in _evaluated(statement):
        for node, always in parts(expression):
            if isinstance(node, HOISTED) and _is_worth(node):
                key = key_of(node)
                first, times, certain = found.get(key, (node, 0, 0))
                found[key] = first, times + 1, certain + always
    for held in inner(statement):
        for each in held:
            for key, (node, more, _) in _reads_of(each).items():
                first, times, certain = found.get(key, (node, 0, 0))
                found[key] = first, times + more, certain
    return found


@lru_cache(2**16)
def _is_worth(node: ir.Expr) -> bool:
    """Whether an expression is worth a name, and is read without effect."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHEAP:
        return False
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        return False
    return is_pure(node)


def _evaluated(statement: ir.Stmt) -> tuple[ir.Expr, ...]:
    """What a statement itself evaluates in the production flavour."""
    match statement:
        case ir.Assign(value=value) | ir.Unpack(value=value) | ir.Do(value=value):
            return (value,)
        case ir.Return(value=value) if value is not None:
            return (value,)
        case ir.If(test=test):
            return (test,)
        case ir.For(items=items):
            return (items,)
        case ir.Put(node=node, key=key, value=value):
            return (node, key, value)
        case _:
            return ()
