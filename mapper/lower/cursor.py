"""A place in the source tree, as generated code holds it, and what a format must offer to read from there."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Literal, Protocol

from mapper.check.model import TStep
from mapper.lower.block import Block
from mapper.source import Span

Kind = Literal["group", "segment", "line", "raw", "component", "parts", "node", "leaf", "pair"]


@dataclass(frozen=True, slots=True)
class Cursor:
    """An expression for a value and how it is held.

    HL7 v2: `group` (dict of slots), `segment` (list of raw fields, padded), `line` (the same as the codec gives it),
    `raw` (undivided text of a repetition of a field), `component` (undivided text inside one), `parts` (list of
    components). FHIR: `node` (dict), `leaf` (a value, `holder` is its dict and key), `pair` (a primitive of a list with
    its extensions). `where` is a tuple expression for tracing.
    """

    kind: Kind
    value: ast.expr
    where: ast.expr
    type: str
    holder: tuple[ast.expr, str] | None = None


class Reader(Protocol):
    """How one format's values are read. All reads are total: what is absent reads as an empty value."""

    def root(self, name: str, kind: str, type_name: str, block: Block, span: Span) -> Cursor:
        """The cursor of a function's source parameter."""
        ...

    def one(self, cursor: Cursor, step: TStep, block: Block | None, span: Span) -> Cursor:
        """The single child of a step, its list narrowed by position only. Without a block nothing is bound."""
        ...

    def many(self, cursor: Cursor, step: TStep, block: Block | None, span: Span) -> ast.expr:
        """The list of a repeating step's items."""
        ...

    def item(self, step: TStep, name: str, where: ast.expr) -> Cursor:
        """The cursor of one item of such a list, held in a local name."""
        ...

    def text(self, cursor: Cursor) -> ast.expr:
        """The decoded value of a leaf; absent is falsy (v2) or `None` (FHIR)."""
        ...

    def valued(self, cursor: Cursor) -> ast.expr:
        """Whether anything stands there."""
        ...

    def item_where(self, cursor: Cursor, step: TStep, item: str, index: ast.expr) -> ast.expr:
        """Where an item of a list stands, from its local name or its 0-based place in the list (`None`: any)."""
        ...

    def any_where(self, where: ast.expr, step: TStep, many: bool) -> ast.expr:
        """Where a step leads from a place, or where any item of its list stands."""
        ...

    def numbered(self, step: TStep) -> bool:
        """Whether items of a step's list are told apart by their number alone."""
        ...

    def value_where(self, cursor: Cursor) -> ast.expr:
        """Where the value stands that `text` reads."""
        ...

    def argument(self, cursor: Cursor, block: Block | None, span: Span) -> ast.expr:
        """The value as another mapping's function takes it."""
        ...

    def listed(self, step: TStep) -> bool:
        """Whether what a step leads to stands in a list although it may stand there only once."""
        ...

    def absent(self, step: TStep) -> ast.expr:
        """What stands for an item of a step's list that is not there."""
        ...

    def nothing(self) -> ast.expr:
        """The absent value of a leaf."""
        ...
