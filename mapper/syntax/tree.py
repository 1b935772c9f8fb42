"""The syntax tree of a `.map` file: what is written, nothing resolved. Every node knows its span."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from mapper.source import Span

Arrow: TypeAlias = Literal["<->", "->", "<-"]


# -- paths ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Selector:
    """`[condition]` behind a step."""

    condition: Condition
    span: Span


@dataclass(frozen=True, slots=True)
class Position:
    """`[1]`, `[2..]`, `[2..4]` or `[last]`: 1-based, both ends included; `last` is `first = -1, end = -1`, open is `end = None`."""

    first: int
    end: int | None
    span: Span


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path.

    `name` is as written: `PID-5`, `family`, `2010AA`, `@nullFlavor`, `$site`, or the digits of an index step (`.1`).
    `after` is the segment of `ROL after PV1`; `args` are those of `NODE(name)`, `f(Type)` or a function call
    (`None` without parentheses); `loop` tells that the word `loop` stands before it.
    """

    name: str
    span: Span
    after: Name | None = None
    args: tuple[Expr, ...] | None = None
    selects: tuple[Selector | Position, ...] = ()
    loop: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """`..12 step 3` behind a path: a run of numbered fields."""

    last: int
    step: int
    span: Span


@dataclass(frozen=True, slots=True)
class Path:
    steps: tuple[Step, ...]
    span: Span
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Name:
    text: str
    span: Span


# -- expressions ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Read:
    """The value at a path; a call is a path whose first step has arguments. `as_of` belongs to dated tables."""

    path: Path
    span: Span
    as_of: Path | None = None


@dataclass(frozen=True, slots=True)
class String:
    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Code:
    """`loinc|8480-6`: the name of a system and a code in it."""

    system: str
    code: str
    span: Span


@dataclass(frozen=True, slots=True)
class Number:
    value: Decimal
    span: Span


@dataclass(frozen=True, slots=True)
class Boolean:
    value: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Date:
    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Duration:
    count: Decimal
    unit: str
    span: Span


@dataclass(frozen=True, slots=True)
class Absent:
    """`absent "UNK"`: a null flavour, a data-absent-reason, or an explicit null."""

    flavor: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Arithmetic:
    operator: Literal["+", "-", "*"]
    left: Expr
    right: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Translated:
    """`path using table t` as an operand of a comparison."""

    path: Path
    table: Name
    span: Span


Literal_: TypeAlias = "String | Code | Number | Boolean | Date | Duration | Absent"
Expr: TypeAlias = "Read | String | Code | Number | Boolean | Date | Duration | Absent | Arithmetic | Translated"


# -- conditions ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Or:
    terms: tuple[Condition, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class And:
    terms: tuple[Condition, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Not:
    term: Condition
    span: Span


@dataclass(frozen=True, slots=True)
class Quantified:
    quantifier: Literal["any", "all", "none"]
    term: Condition
    span: Span


@dataclass(frozen=True, slots=True)
class Holds:
    """A bare expression as a condition."""

    expr: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Valued:
    expr: Expr
    negated: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Compare:
    operator: Literal["=", "!=", "<", "<=", ">", ">="]
    left: Expr
    right: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class InTable:
    expr: Expr
    table: Name
    span: Span
    as_of: Path | None = None


@dataclass(frozen=True, slots=True)
class InList:
    expr: Expr
    items: tuple[Expr, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Matches:
    expr: Expr
    pattern: String
    span: Span


Condition: TypeAlias = "Or | And | Not | Quantified | Holds | Valued | Compare | InTable | InList | Matches"


# -- statements ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Link:
    """`[each] left [as][under][by][default] ARROW right clauses [when] [body]`.

    `left_defaults` are what the left side gets when the right is absent, `right_defaults` the reverse.
    """

    each: bool
    left: tuple[Expr, ...]
    arrow: Arrow
    right: tuple[Expr, ...]
    span: Span
    arrow_span: Span
    alias_left: Name | None = None
    alias_right: Name | None = None
    under_left: tuple[Name, ...] = ()
    under_right: tuple[Name, ...] = ()
    by: tuple[Path, ...] = ()
    left_defaults: tuple[Expr, ...] = ()
    right_defaults: tuple[Expr, ...] = ()
    using: Name | None = None
    using_table: Name | None = None
    key: Key | None = None
    when: Condition | None = None
    body: Body | None = None


@dataclass(frozen=True, slots=True)
class Key:
    paths: tuple[Path, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Case:
    """`case left ARROW right { }`; `left` is `None` in `case <- right`, `right` is `None` without an arrow."""

    left: Condition | None
    arrow: Arrow | None
    right: Condition | None
    body: Body
    span: Span


@dataclass(frozen=True, slots=True)
class Choose:
    cases: tuple[Case, ...]
    otherwise: Body | None
    span: Span


@dataclass(frozen=True, slots=True)
class Ignore:
    paths: tuple[Path, ...]
    reason: str
    span: Span


@dataclass(frozen=True, slots=True)
class Outcome:
    """`else error "text {hole}" at path status A7:249 carc 5 rarc M79`."""

    level: Literal["reject", "error", "warn", "info"]
    text: str
    span: Span
    at: Path | None = None
    status: str | None = None
    carc: str | None = None
    rarc: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Require:
    condition: Condition
    outcome: Outcome | None
    span: Span


@dataclass(frozen=True, slots=True)
class Set:
    path: Path
    value: Expr
    when: Condition | None
    span: Span


@dataclass(frozen=True, slots=True)
class Drop:
    paths: tuple[Path, ...]
    when: Condition | None
    span: Span


@dataclass(frozen=True, slots=True)
class Fill:
    path: Path
    source: Path
    span: Span


@dataclass(frozen=True, slots=True)
class Narrative:
    rows: tuple[tuple[str, Path], ...]
    span: Span


Statement: TypeAlias = "Link | Key | Choose | Ignore | Require | Set | Drop | Fill | Narrative"


@dataclass(frozen=True, slots=True)
class Body:
    statements: tuple[Statement, ...]
    span: Span


# -- declarations --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Types:
    """`hl7v2 CWE, CNE` or `fhir Bundle*`."""

    format: str
    names: tuple[Name, ...]
    repeats: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Use:
    format: str
    versions: tuple[String, ...]
    profile: String | None
    span: Span


@dataclass(frozen=True, slots=True)
class Import:
    module: Name
    names: tuple[Name, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class System:
    name: Name
    uri: String
    span: Span


@dataclass(frozen=True, slots=True)
class Field:
    number: int
    name: Name
    type: Name
    repeats: bool
    text: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Segment:
    name: Name
    after: Name
    required: bool
    text: str
    fields: tuple[Field, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Extension:
    """`extension name Type [*] "url"`, or with members instead of a type."""

    name: Name
    type: Name | None
    repeats: bool
    url: String
    members: tuple[Extension, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Extend:
    format: str
    types: tuple[Name, ...]
    members: tuple[Segment | Extension, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class NoCode:
    """`none` as a cell of a table row."""

    span: Span


Cell: TypeAlias = "String | Code | NoCode"


@dataclass(frozen=True, slots=True)
class Row:
    left: tuple[Cell, ...]
    arrow: Arrow
    right: tuple[Cell, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class OtherwiseRow:
    """`otherwise ARROW "code"`, or `otherwise ARROW function`."""

    arrow: Arrow
    code: String | Code | None
    function: Name | None
    span: Span


@dataclass(frozen=True, slots=True)
class IgnoreRow:
    codes: tuple[String, ...]
    reason: str
    span: Span


TableRow: TypeAlias = "Row | OtherwiseRow | IgnoreRow"


@dataclass(frozen=True, slots=True)
class CodeTable:
    """`table name systems ARROW systems [from site|"file"] { rows }`; `origin` is `"site"` as a `Name` or a file as a `String`."""

    name: Name
    left: tuple[String, ...]
    arrow: Arrow
    right: tuple[String, ...]
    origin: Name | String | None
    rows: tuple[TableRow, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Column:
    name: Name
    key: bool
    type: Literal["number", "money", "date", "text"]
    span: Span


@dataclass(frozen=True, slots=True)
class LookupRow:
    values: tuple[Expr, ...]
    first: Date | None
    last: Date | None
    span: Span


@dataclass(frozen=True, slots=True)
class LookupTable:
    name: Name
    columns: tuple[Column, ...]
    dated: bool
    origin: Name | String | None
    rows: tuple[LookupRow, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Function:
    """`function f between A and B "module:name" [normalises]`, or `from A to B`."""

    name: Name
    left: Types
    right: Types
    two_way: bool
    target: String
    normalises: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Mapping:
    name: Name
    left: Types
    right: Types
    two_way: bool
    body: Body
    span: Span


@dataclass(frozen=True, slots=True)
class OverrideMapping:
    name: Name
    body: Body
    span: Span


@dataclass(frozen=True, slots=True)
class OverrideTable:
    name: Name
    rows: tuple[TableRow, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Example:
    left: String
    arrow: Arrow
    right: String
    span: Span


# Rules parse into these; their meaning comes with the rules stage.


@dataclass(frozen=True, slots=True)
class Rules:
    """A rule pack. `items` are rules, repairs, lets, parameters, disables and changes, in source order."""

    name: Name
    extends: Name | None
    target: Types
    heads: tuple[RulesHead, ...]
    items: tuple[RulesItem, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class WhenHead:
    condition: Condition
    span: Span


@dataclass(frozen=True, slots=True)
class EffectiveHead:
    first: Date
    last: Date | None
    by: Path | None
    span: Span


@dataclass(frozen=True, slots=True)
class SourceHead:
    text: str
    span: Span


RulesHead: TypeAlias = "WhenHead | EffectiveHead | SourceHead"


@dataclass(frozen=True, slots=True)
class Let:
    path: Path
    loop: Name | None
    value: Expr
    defaults: tuple[Expr, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Parameter:
    name: Name
    value: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Disable:
    id: str
    why: str
    span: Span


@dataclass(frozen=True, slots=True)
class Change:
    id: str
    level: str
    why: str
    span: Span


@dataclass(frozen=True, slots=True)
class Suggest:
    """`suggest path = value`, or `suggest drop paths` (then `drop` is set)."""

    path: Path | None
    value: Expr | None
    drop: Drop | None
    when: Condition | None
    span: Span


@dataclass(frozen=True, slots=True)
class Proof:
    """`passes|fails "file" with path = literal, ... history "f" on DATE at path`."""

    passes: bool
    file: str
    assigns: tuple[tuple[Path, Expr], ...]
    history: str | None
    on: Date | None
    at: Path | None
    span: Span


@dataclass(frozen=True, slots=True)
class Scope:
    path: Path
    anywhere: bool
    by: tuple[Path, ...]
    alias: Name | None
    when: Condition | None
    steps: tuple[RuleStep, ...]
    span: Span


RuleStep: TypeAlias = "Scope | Require | Set | Suggest | Let | Proof"


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    title: str
    repair: bool
    steps: tuple[RuleStep, ...]
    span: Span


RulesItem: TypeAlias = "Rule | Let | Parameter | Disable | Change"

Declaration: TypeAlias = (
    "Use | Import | System | Extend | CodeTable | LookupTable | Function | Mapping"
    " | OverrideMapping | OverrideTable | Rules | Example"
)


@dataclass(frozen=True, slots=True)
class Module:
    """One parsed `.map` file."""

    file: str
    declarations: tuple[Declaration, ...]
    span: Span
