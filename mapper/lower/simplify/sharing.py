"""Shares reads: a value that a name holds already is not read again, and a second name for it goes."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from mapper import ir
from mapper.lower.simplify.purity import settled
from mapper.lower.simplify.shapes import Key, key_of, rebuilt
from mapper.lower.simplify.statements import Body, bindings, changed, names, read_by, with_bodies

Known: TypeAlias = dict[Key, str]
"""Values that names hold: by what they look like, the name."""


def share_reads(body: Body, given: Iterable[str]) -> Body:
    """See the module. `given` are the parameters that nothing is put into."""
    sharing = _Sharing(bindings(body), settled(body, given))
    return sharing.body(body, {})


@dataclass
class _Sharing:
    """`counts` says how often each name is assigned, `same` which name stands for another one.

    What is read from `settled` names is the same wherever it is read.
    """

    counts: Counter[str]
    settled: frozenset[str]
    same: dict[str, str] = field(default_factory=dict)

    def body(self, body: Body, known: Known) -> Body:
        result: Body = []
        for statement in body:
            renames = not self.same.keys().isdisjoint(read_by(statement))
            simpler = changed(statement, self.renamed) if renames else statement
            if isinstance(simpler, ir.Assign) and self._is_known(simpler, known):
                continue
            result.append(with_bodies(simpler, lambda held: self.body(held, dict(known))))
            if isinstance(simpler, ir.Assign):
                self._remember(simpler, known)
        return result

    def _is_known(self, statement: ir.Assign, known: Known) -> bool:
        """Whether a name that is assigned once gets a value that another one holds: that one stands for it then."""
        if statement.traced is not None or self.counts[statement.name] != 1:
            return False
        if isinstance(statement.value, ast.Name):
            held: str | None = statement.value.id if self.counts[statement.value.id] == 1 else None
        else:
            held = known.get(key_of(statement.value))
        if held is None:
            return False
        self.same[statement.name] = held
        return True

    def _remember(self, statement: ir.Assign, known: Known) -> None:
        value = statement.value
        if statement.name in self.settled and not isinstance(value, ast.Name | ast.Constant):
            known[key_of(value)] = statement.name

    def renamed(self, expression: ir.Expr) -> ir.Expr:
        """An expression with the names that stand for others."""
        if self.same.keys().isdisjoint(names(expression)):
            return expression
        return rebuilt(expression, self._other)

    def _other(self, node: ir.Expr) -> ir.Expr | None:
        if isinstance(node, ast.Name) and node.id in self.same:
            return ast.Name(self.same[node.id], node.ctx)
        return None
