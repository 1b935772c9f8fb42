"""What a format must offer to build its trees in generated code."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Protocol

from mapper import ir
from mapper.check.model import TStep
from mapper.lower.block import Block
from mapper.lower.out import OutNode
from mapper.source import Span

if TYPE_CHECKING:
    from mapper.lower.function import Frame, FunctionLowering


class Writer(Protocol):
    """How one format's trees are built: dicts of children, keyed as the codec wants them."""

    def child(self, low: FunctionLowering, frame: Frame, parent: OutNode, step: TStep, span: Span) -> OutNode:
        """The node below `parent` that a step leads to; the same step gives the same node."""
        ...

    def item(self, low: FunctionLowering, frame: Frame, parent: OutNode, step: TStep, span: Span) -> OutNode:
        """A new node for one turn of an `each`."""
        ...

    def put(
        self,
        low: FunctionLowering,
        frame: Frame,
        block: Block,
        parent: OutNode,
        step: TStep,
        value: ast.expr,
        span: Span,
    ) -> list[ir.Stmt]:
        """The statements that set a leaf below `parent`."""
        ...

    def put_place(
        self, low: FunctionLowering, frame: Frame, parent: OutNode, step: TStep
    ) -> tuple[ast.expr, ast.expr | None]:
        """Where a value stands that was just put or appended (tracing): a node and a key, if not the whole node."""
        ...

    def append(
        self, low: FunctionLowering, block: Block, parent: OutNode, step: TStep, value: ast.expr
    ) -> ir.Stmt:
        """The statement that adds one value of an `each` to a list below `parent`."""
        ...

    def attach(self, low: FunctionLowering, block: Block, node: OutNode) -> None:
        """Put a finished node into its parent."""
        ...

    def identify(self, low: FunctionLowering, block: Block, node: OutNode, reference: str) -> None:
        """Give a resource its identity; its reference goes into a local. Nothing in a format without resources."""
        ...

    def made(self, node: OutNode) -> ast.expr:
        """Whether anything has been put into a node."""
        ...

    def is_leaf(self, type_name: str) -> bool:
        """Whether values of this type are plain, not nodes."""
        ...

    def fresh(self) -> ast.expr:
        """An empty node."""
        ...

    def key(self, step: TStep) -> str | int:
        """The key under which a parent holds a child."""
        ...

    def missing(self, flavor: str | None) -> ast.expr:
        """What a leaf holds to say that its value is missing."""
        ...
