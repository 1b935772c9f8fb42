"""Nodes that a generated function builds, and how a finished one is put into its parent."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from mapper import ir
from mapper.check.model import Node, TPath, TStep
from mapper.resolve.program import MappingInfo
from mapper.source import Span

Kind = Literal[
    "root",  # a parameter, or a node that an outer frame owns
    "single",  # parent[key] = node
    "item",  # one item of parent[key]
    "pair",  # one primitive of a list, with its extensions
    "beside",  # the `_key` dict beside a primitive
    "extension",  # an extension that holds extensions
    "value",  # the complex value of an extension
    "reference",  # a resource that parent[key] refers to
    "resource",  # a resource of the Bundle
    "pointed",  # an item of a list further out, to which a number of the parent points
    "rows",  # the rows that one turn of an `each ... by` adds to its parent
]


@dataclass(eq=False)
class Key:
    """What identifies a resource: paths on the node, or a source-side value read already."""

    name: str
    paths: tuple[TPath, ...]
    source: tuple[ast.expr, ...] = ()


@dataclass(eq=False)
class OutNode:
    """A node under construction in the local `name`.

    `makers` are emitted before it is known whether the node is empty; `fills` are emitted when the node is
    finished and turned out not to be empty. `fresh` tells that nothing can stand at its place yet. `using` is
    the mapping whose `key` lines identify a resource, next to `keys`.
    """

    name: str
    kind: Kind
    type: str
    parent: OutNode | None = None
    step: TStep | None = None
    children: list[OutNode] = field(default_factory=list)
    makers: list[ir.Stmt] = field(default_factory=list)
    fills: list[ir.Stmt] = field(default_factory=list)
    fresh: bool = True
    node: Node | None = None
    using: MappingInfo | None = None
    keys: list[Key] = field(default_factory=list)
    reference: str | None = None
    span: Span | None = None
    finished: bool = False
    identified: bool = False  # a resource whose identity was asked for before its end
    asked: bool = False  # the same, perhaps in one case of a choice only
    touched: set[str] = field(default_factory=set)  # slots into which a child was put already
    ranged: set[str] = field(default_factory=set)  # slots to which a loop adds items from a position on
    filled_late: bool = False  # a line after its end puts something into it
    filled: bool = False  # another mapping was called on it, and may have put children there
    always: bool = False
    row_fills: tuple[
        tuple[tuple[str | int, ...], str | None], ...
    ] = ()  # of `rows`: what each gets; `None` is its number
    tied_to: list[ast.expr] = field(default_factory=list)  # references that its selector names
    late: list[Callable[[], list[ir.Stmt]]] = field(default_factory=list)  # what a `fill` puts there at last
    row: OutNode | None = None  # of a level of an `under`: the next one, or the row itself
    made_by: list[ast.expr] = field(default_factory=list)  # guards of chosen cases that make it

    def guarded(self, made: ast.expr) -> ast.expr:
        """Whether it is to be kept: something was put into it, or a case was chosen whose guard it shall meet.

        An element that its selector ties to another resource is not kept without that resource.
        """
        kept = ir.either([made, *self.made_by]) if self.made_by else made
        return ir.both([kept, *self.tied_to]) if self.tied_to else kept

    def free(self, slot: str) -> bool:
        """Whether nothing has been put into a slot yet; from now on something has."""
        free = not self.filled and slot not in self.touched
        self.touched.add(slot)
        return free

    @property
    def waits(self) -> bool:
        """Whether it is a resource whose identity is not known yet."""
        return self.kind in ("resource", "reference") and not self.finished and not self.identified

    @property
    def var(self) -> ast.Name:
        return ir.var(self.name)


def place_of(node: OutNode) -> tuple[int, int]:
    """The order in which the children of a node are put: by position, those without one first."""
    step = node.step
    if node.late:
        return (3, 0)
    if node.parent is not None and node.parent.row is node:
        return (2, 0)
    if step is None or step.position is None:
        return (0, 0)
    return (1, step.position.first)
