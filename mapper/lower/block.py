"""Where lowered statements go: blocks, names, and values that were read already."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from mapper import ir
from mapper.source import Span


@dataclass
class Names:
    """Unique local names of one generated function."""

    taken: set[str] = field(default_factory=set)

    def new(self, wanted: str) -> str:
        base = ir.identifier(wanted)
        name, number = base, 2
        while name in self.taken:
            name, number = f"{base}_{number}", number + 1
        self.taken.add(name)
        return name


@dataclass
class Block:
    """A list of statements and the values already read in it or in the blocks around it.

    A read is shared only where the block that made it encloses the one that uses it.
    """

    names: Names
    statements: list[ir.Stmt] = field(default_factory=list)
    parent: Block | None = None
    known: dict[tuple[str, ...], ast.expr] = field(default_factory=dict)

    def inner(self) -> Block:
        return Block(self.names, [], self)

    def add(self, statement: ir.Stmt) -> None:
        self.statements.append(statement)

    def lookup(self, key: tuple[str, ...]) -> ast.expr | None:
        block: Block | None = self
        while block is not None:
            if key in block.known:
                return block.known[key]
            block = block.parent
        return None

    def bind(
        self, wanted: str, value: ir.Expr, span: Span | None = None, key: tuple[str, ...] | None = None
    ) -> ast.expr:
        """Assign a value to a new local name, or give the name that holds it already."""
        key = key or ("expr", ast.dump(value))
        found = self.lookup(key)
        if found is not None:
            return found
        name = self.names.new(wanted)
        self.add(ir.Assign(name, value, span))
        self.known[key] = ir.var(name)
        return ir.var(name)
