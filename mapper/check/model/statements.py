"""Lines, bodies and mappings, with the way that each value takes in each direction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from mapper.check.model.values import Direction, Node, Side, TAbsent, TCond, TExpr, TPath, TSelector
from mapper.resolve.program import LookupInfo, MappingInfo, TableInfo
from mapper.source import Span

# -- how a value passes --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Same:
    """The text passes unchanged."""


@dataclass(frozen=True, slots=True)
class ByFunction:
    """A call of a Python function `module:name` (an attribute `go` or `back` of it where it is a pair)."""

    target: str
    attribute: Direction | None
    takes_context: bool
    lists: bool
    normalises: str | None
    raw: bool


@dataclass(frozen=True, slots=True)
class ByMapping:
    """A call of another mapping, in the direction of the line."""

    mapping: MappingInfo


@dataclass(frozen=True, slots=True)
class ByTable:
    """A translation. `shapes` are how the source's and the target's columns hold their codes."""

    table: TableInfo
    direction: Direction
    source_shapes: tuple[str, ...]
    target_shapes: tuple[str, ...]
    beside: MappingInfo | None = (
        None  # the mapping through which a coded source is kept beside the translation
    )


Converter: TypeAlias = "Same | ByFunction | ByMapping | ByTable"


# -- statements ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Way:
    """One direction of a line: what is read, where it goes, how it passes, what stands in when it is absent.

    `makes` tells whether a value makes optional nodes (a copied one does; a constant, counter or reference only fills).
    `converters` has one entry for each type that a followed reference may lead to, else one; a default passes through
    its own.
    """

    sources: tuple[TExpr, ...]
    targets: tuple[TPath, ...]
    converters: tuple[tuple[str, Converter], ...]
    defaults: tuple[tuple[TExpr, Converter], ...] = ()
    when: TCond | None = None
    makes: bool = True


@dataclass(frozen=True, slots=True)
class TCopy:
    each: bool
    go: Way | None
    back: Way | None
    left: tuple[TPath, ...]
    right: tuple[TPath, ...]
    span: Span
    by: tuple[TPath, ...] = ()

    def way(self, direction: Direction) -> Way | None:
        return self.go if direction == "go" else self.back


@dataclass(frozen=True, slots=True)
class TReference:
    """`patient <-> subject`: the element refers to the resource of the named node; back, the reference is a join.

    `missing` is what says, going, that there is no such resource.
    """

    node: Node
    path: TPath
    arrow: str
    span: Span
    missing: TAbsent | None = None


@dataclass(frozen=True, slots=True)
class TScope:
    """`A <-> B [using m] { ... }`: both nodes made or found, the body inside.

    With `by` the left node holds the rows of one group; `by_item` stands for one row in the paths of `by`.
    """

    each: bool
    arrow: str
    left: TPath
    right: TPath
    left_node: Node
    right_node: Node
    using: MappingInfo | None
    body: tuple[TStatement, ...]
    span: Span
    by: tuple[TPath, ...] = ()
    when: TCond | None = None
    by_item: Node | None = None

    def node(self, side: Side) -> Node:
        return self.left_node if side == "left" else self.right_node

    def path(self, side: Side) -> TPath:
        return self.left if side == "left" else self.right


@dataclass(frozen=True, slots=True)
class TCase:
    left: TCond | None
    arrow: str | None
    right: TCond | None
    body: tuple[TStatement, ...]
    span: Span

    def guard(self, side: Side) -> TCond | None:
        return self.left if side == "left" else self.right


@dataclass(frozen=True, slots=True)
class TChoose:
    cases: tuple[TCase, ...]
    otherwise: tuple[TStatement, ...]
    has_otherwise: bool
    span: Span


@dataclass(frozen=True, slots=True)
class TKey:
    """What identifies the resource `node` (on the right side) that the line stands in."""

    paths: tuple[TPath, ...]
    span: Span
    node: Node


@dataclass(frozen=True, slots=True)
class TIgnore:
    paths: tuple[TPath, ...]
    reason: str
    span: Span


@dataclass(frozen=True, slots=True)
class TRequire:
    """`require C else LEVEL "text" at PATH`; `where` is the path as texts show it, empty without one."""

    condition: TCond
    side: Side
    level: str
    text: str
    where: str
    span: Span


@dataclass(frozen=True, slots=True)
class TFound:
    """`found[conditions].tail <-> x`: the pair of an `each` whose left item matches.

    `each` is the right node of that line, `item` stands for its left one in the conditions. Without a `tail` the
    element `path` refers to the right item, else it is equal to the part of it that the tail names.
    """

    each: Node
    conditions: tuple[TSelector, ...]
    path: TPath
    arrow: str
    span: Span
    item: Node
    tail: TPath | None = None


@dataclass(frozen=True, slots=True)
class TFill:
    """`fill X from Y`: going, an absent X takes Y; back, an X that equals Y counts as absent. Both are of one side."""

    path: TPath
    source: TPath
    span: Span

    @property
    def side(self) -> Side:
        return self.path.side


TStatement: TypeAlias = "TCopy | TReference | TScope | TChoose | TKey | TIgnore | TRequire | TFound | TFill"


@dataclass(frozen=True, slots=True)
class TMapping:
    """A checked mapping: its root nodes and its statements.

    Where the types of its head have lines of their own, it is checked and compiled once for each; `variant` tells
    those behind the first apart.
    """

    info: MappingInfo
    left: Node
    right: Node
    body: tuple[TStatement, ...]
    variant: str = ""

    def node(self, side: Side) -> Node:
        return self.left if side == "left" else self.right

    @property
    def two_way(self) -> bool:
        return self.info.declaration.two_way


@dataclass(eq=False)
class Checked:
    """A checked program: mappings by qualified name (broken modules and their importers left out).

    `broken` names the mappings in which a line is wrong; `slots` keeps what `filled_slots` found of each mapping.
    `variants` holds, by the same name, those of a mapping whose head's types are compiled each for itself.
    """

    mappings: dict[str, TMapping] = field(default_factory=dict)
    tables: dict[str, TableInfo] = field(default_factory=dict)
    lookups: dict[str, LookupInfo] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    slots: dict[tuple[str, str, Direction], frozenset[str] | None] = field(default_factory=dict)
    variants: dict[str, tuple[TMapping, ...]] = field(default_factory=dict)

    def every(self) -> Iterator[TMapping]:
        """All mappings with all their variants."""
        for name, mapping in self.mappings.items():
            yield from self.variants.get(name, (mapping,))

    def of(self, name: str, left: Iterable[str] = (), right: Iterable[str] = ()) -> TMapping | None:
        """The mapping of a qualified name, in its variant for one of these types on each side."""
        first = self.mappings.get(name)
        found = [
            each
            for each in self.variants.get(name, ())
            if each.left.types[0] in (left or each.left.types)
            and each.right.types[0] in (right or each.right.types)
        ]
        return found[0] if found else first
