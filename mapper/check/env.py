"""Where a name is looked up: the current nodes, the aliases, and the scope of the file that a line stands in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mapper.check.model import Checked, Node, Side
from mapper.diagnostics import Diagnostic
from mapper.resolve.program import Program, Scope
from mapper.schema.model import Schema
from mapper.source import Span


@dataclass(frozen=True)
class Alias:
    """The two nodes of the line that a name was given to."""

    left: Node
    right: Node

    def node(self, side: Side) -> Node:
        return self.left if side == "left" else self.right


@dataclass(frozen=True)
class Env:
    """What is visible to one line. `varies` are the types that a guard on the discriminating field leaves.

    `others` are the types of the mapping's head, by side, that this variant of it is not for.
    `asking` tells that a condition is resolved: what it does not find there is no finding.
    `checked` holds the mappings of this module and of those that it imports, for the passes.
    """

    program: Program
    diagnostics: list[Diagnostic]
    left: Node
    right: Node
    aliases: Mapping[str, Alias] = field(default_factory=dict)
    varies: Mapping[Side, tuple[str, ...]] = field(default_factory=dict)
    checked: Checked = field(default_factory=Checked)
    others: Mapping[Side, frozenset[str]] = field(default_factory=dict)
    asking: bool = False

    def node(self, side: Side) -> Node:
        return self.left if side == "left" else self.right

    def scope(self, span: Span) -> Scope:
        return self.program.scope_at(span)

    def schema(self, side: Side, span: Span) -> Schema:
        """The schema of a side's format as the line's file sees it."""
        found = self.scope(span).schemas.get(self.node(side).format)
        if found is None:  # the mapping's head was checked against it
            raise LookupError(self.node(side).format)
        return found

    def asked(self) -> Env:
        """The same for the expressions of a condition."""
        return self if self.asking else replace(self, asking=True)

    def at(self, left: Node, right: Node, alias: str | None = None) -> Env:
        """The environment inside a body."""
        aliases = {**self.aliases, alias: Alias(left, right)} if alias else self.aliases
        return replace(self, left=left, right=right, aliases=aliases)

    def with_alias(self, name: str, left: Node, right: Node) -> Env:
        return replace(self, aliases={**self.aliases, name: Alias(left, right)})

    def escaped(self, inner: Env) -> dict[str, Alias]:
        """The names of resources that were given inside a body: what is made there can be referred to afterwards."""
        return {
            name: alias
            for name, alias in inner.aliases.items()
            if name not in self.aliases and alias.right.resource
        }

    def with_aliases(self, aliases: Mapping[str, Alias]) -> Env:
        return replace(self, aliases={**self.aliases, **aliases})

    def item(self, side: Side, node: Node) -> Env:
        """The environment inside a selector on that side."""
        return replace(self, left=node) if side == "left" else replace(self, right=node)

    def narrowed(self, side: Side, types: tuple[str, ...]) -> Env:
        return replace(self, varies={**self.varies, side: types})

    def tell(self, diagnostic: Diagnostic) -> None:
        self.diagnostics.append(diagnostic)
