"""Nodes, paths, expressions and conditions, with every step, type and code resolved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from mapper.resolve.program import FunctionInfo, LookupInfo, MappingInfo, TableInfo
from mapper.schema.model import Element
from mapper.source import Span

if TYPE_CHECKING:
    from mapper.check.model.statements import Converter

Side = Literal["left", "right"]
Direction = Literal["go", "back"]


def source_side(direction: Direction) -> Side:
    """The side that is read."""
    return "left" if direction == "go" else "right"


def target_side(direction: Direction) -> Side:
    """The side that is written."""
    return "right" if direction == "go" else "left"


@dataclass(frozen=True, slots=True)
class TypeRef:
    """A type of one format: `hl7v2 CX`, `fhir Patient.contact`."""

    format: str
    name: str

    def __str__(self) -> str:
        return f"{self.format} {self.name}"


# -- nodes and paths -----------------------------------------------------------------------------


@dataclass(eq=False, slots=True)
class Node:
    """A place in the left or right tree that a body stands in. Compared by identity.

    `types` are the type names that the mapping head lists (one elsewhere); paths are checked against the first.
    `names` are the first steps by which inner bodies reach it: its types, its segment name, its alias.
    `using` is the mapping that fills it before its own lines do. `element` is the owner and the name of the element
    that it is an item of: extensions may be declared on that place rather than on the type. `rows` marks what holds the
    rows of one group of an `each ... by`: the parent of the rows, narrowed to them. `many` marks the root of a mapping
    to several documents (`Bundle*`). `choices` are the nodes that one name has in the cases of a `choose`.
    """

    side: Side
    format: str
    types: tuple[str, ...]
    names: tuple[str, ...]
    parent: Node | None = None
    path: TPath | None = None
    alias: str | None = None
    using: MappingInfo | None = None
    resource: bool = False
    each: bool = False
    element: tuple[str, str] | None = None
    rows: bool = False
    many: bool = False
    choices: tuple[Node, ...] = ()

    @property
    def is_item(self) -> bool:
        """Whether it stands for an item of a list in the conditions of a selector."""
        return self.parent is not None and self.path is None

    @property
    def type(self) -> TypeRef:
        return TypeRef(self.format, self.types[0])


@dataclass(frozen=True, slots=True)
class TSelector:
    condition: TCond
    span: Span


@dataclass(frozen=True, slots=True)
class TPosition:
    """1-based, inclusive; `end is None` is open; `-1` is the last."""

    first: int
    end: int | None

    @property
    def single(self) -> bool:
        return self.first == self.end


@dataclass(frozen=True, slots=True)
class TRun:
    """`..19 step 3`: a run of numbered elements from `first`; `spills` goes on in the next segment (`under`)."""

    first: int
    last: int
    step: int
    spills: bool = False

    @property
    def count(self) -> int:
        return (self.last - self.first) // self.step + 1


@dataclass(frozen=True, slots=True)
class TStep:
    """One resolved step: the element, the type that it leads to, and how its list is narrowed.

    `deref` holds the resource types where the step follows a reference (`individual(Practitioner)`);
    `resource` marks a step from a Bundle to its resources of one type.
    `element_node` stands for one item of the list in the conditions of `selectors`.
    `run` makes a list of numbered elements: of a segment's, whose items are segments that hold one part of the run, or
    of the element itself. `level` is the node of a list that `under` names around the rows of an `each`; `passable`
    tells that rows may stand right above it, too. `document` marks a step to one of the many Bundles of a `Bundle*`.
    `pointer` is the list of an enclosing node to whose items a number points: the step leads to such an item.
    """

    element: Element
    owner: str
    types: tuple[str, ...]
    span: Span
    selectors: tuple[TSelector, ...] = ()
    position: TPosition | None = None
    deref: tuple[str, ...] = ()
    resource: bool = False
    element_node: Node | None = None
    run: TRun | None = None
    level: Node | None = None
    passable: bool = False
    document: bool = False
    pointer: tuple[Node, Element] | None = None

    @property
    def repeats(self) -> bool:
        return self.element.repeats or self.run is not None

    @property
    def open(self) -> bool:
        """Whether the step stands for several items: it repeats, and nothing narrows it to one."""
        if self.level is not None or self.run is not None:
            return self.run is not None
        narrowed = self.selectors or self.resource or (self.position is not None and self.position.single)
        return self.repeats and not narrowed


@dataclass(frozen=True, slots=True)
class TPath:
    """A path from a node. Without steps it is the node itself (`this`, an alias)."""

    base: Node
    steps: tuple[TStep, ...]
    types: tuple[str, ...]
    span: Span

    @property
    def side(self) -> Side:
        return self.base.side

    @property
    def type(self) -> TypeRef:
        return TypeRef(self.base.format, self.types[0])

    def each_index(self) -> int | None:
        """The step that an `each` runs over: the one open step, else the last that repeats without a position."""
        open_steps = [i for i, step in enumerate(self.steps) if step.open]
        if len(open_steps) == 1:
            return open_steps[0]
        if open_steps:
            return None
        loose = [
            i
            for i, s in enumerate(self.steps)
            if s.repeats and s.level is None and not (s.position is not None and s.position.single)
        ]
        return loose[-1] if loose else None


# -- expressions ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TRead:
    path: TPath


@dataclass(frozen=True, slots=True)
class TConst:
    """A literal in the shape of its target type: text, number, boolean, or a JSON-like tree for a coded type."""

    value: Any
    type: TypeRef | None
    span: Span


@dataclass(frozen=True, slots=True)
class TContext:
    """`$site.application`, `$message.received`: a member of the closed read-only sets."""

    set: str
    member: str
    span: Span


@dataclass(frozen=True, slots=True)
class TNumber:
    """`$number`: the 1-based position of the current repetition."""

    span: Span


@dataclass(frozen=True, slots=True)
class TCall:
    """A declared function, or a library one (`count length sum min max`, then `function` is `None`)."""

    name: str
    function: FunctionInfo | None
    direction: Direction
    args: tuple[TExpr, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class TTranslated:
    """`path using table t` inside a condition."""

    path: TPath
    table: TableInfo
    direction: Direction
    span: Span


@dataclass(frozen=True, slots=True)
class TArithmetic:
    operator: str
    left: TExpr
    right: TExpr
    span: Span


@dataclass(frozen=True, slots=True)
class TAbsent:
    """`absent "UNK"`: what says that a value is missing, in the target's format."""

    flavor: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class TLookup:
    """`mue[procedure = p].units as of d`: a cell of the row of a look-up table; without a column, whether it has one.

    `keys` stand in the order of the table's key columns, each with the conversion to its column's form; `day` is what
    a dated table is read as of. `told` says whether a miss is told: a condition only asks. `form` is the format in
    whose notation the cell is given: a day has no dashes in those with delimiters, a number is text there.
    """

    table: LookupInfo
    keys: tuple[tuple[TExpr, Converter], ...]
    column: int | None
    day: TExpr | None
    told: bool
    span: Span
    form: str

    @property
    def type(self) -> TypeRef:
        """The type of the cell."""
        kind = "text" if self.column is None else self.table.declaration.columns[self.column].type
        return TypeRef(self.form, CELL_TYPES[self.form][kind])

    @property
    def fixed(self) -> bool:
        """Whether it reads nothing of the source, so that it fills nodes as a constant does."""
        parts = (*(key for key, _ in self.keys), *(() if self.day is None else (self.day,)))
        return all(isinstance(part, TConst | TContext | TNumber) for part in parts)


CELL_TYPES = {
    "hl7v2": {"text": "ST", "number": "NM", "money": "NM", "date": "DT"},
    "x12": {"text": "AN", "number": "R", "money": "R", "date": "D8"},
    "fhir": {"text": "string", "number": "decimal", "money": "decimal", "date": "date"},
}
"""The types that cells of look-up tables have in each format, by the kind of their columns."""


TExpr: TypeAlias = (
    "TRead | TConst | TContext | TNumber | TCall | TTranslated | TArithmetic | TAbsent | TLookup"
)


# -- conditions ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TAnd:
    terms: tuple[TCond, ...]


@dataclass(frozen=True, slots=True)
class TOr:
    terms: tuple[TCond, ...]


@dataclass(frozen=True, slots=True)
class TNot:
    term: TCond


@dataclass(frozen=True, slots=True)
class TQuantified:
    """`any|all|none` over the one open step of the condition's path; `item` stands for one of its items."""

    quantifier: Literal["any", "all", "none"]
    path: TPath
    item: Node
    term: TCond


@dataclass(frozen=True, slots=True)
class TValued:
    expr: TExpr
    negated: bool = False


@dataclass(frozen=True, slots=True)
class TCompare:
    operator: Literal["=", "!=", "<", "<=", ">", ">="]
    left: TExpr
    right: TExpr


@dataclass(frozen=True, slots=True)
class TCodeIs:
    """A coded element has a code; `system is None` compares the code alone. `shape` is how the element holds it."""

    path: TPath
    system: str | None
    code: str
    shape: Literal["code", "Coding", "CodeableConcept"]


@dataclass(frozen=True, slots=True)
class TPointsTo:
    """A reference element points to the resource of a named node."""

    path: TPath
    node: Node


@dataclass(frozen=True, slots=True)
class TInTable:
    """A value is a key of a table, read in `direction`."""

    expr: TExpr
    table: TableInfo
    direction: Direction


@dataclass(frozen=True, slots=True)
class TInList:
    expr: TExpr
    items: tuple[TConst, ...]


TCond: TypeAlias = (
    "TAnd | TOr | TNot | TQuantified | TValued | TCompare | TCodeIs | TPointsTo | TInTable | TInList"
)
