"""Paths, expressions and conditions."""

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
    """`[1]`, `[2..]`, `[2..4]` or `[last]`: 1-based, both ends included; `last` is `first = -1, end = -1`,
    open is `end = None`.
    """

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
    """Steps into a typed tree, with a window over numbered fields if any."""

    steps: tuple[Step, ...]
    span: Span
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """A name as written."""

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
    """`"text"`, escapes decoded."""

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
    """A number; exact."""

    value: Decimal
    span: Span


@dataclass(frozen=True, slots=True)
class Boolean:
    """`true` or `false`."""

    value: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Date:
    """`2026-01-31`."""

    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Duration:
    """`36 months`."""

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
    """`a + b`, `a - b` or `a * b`."""

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
Expr: TypeAlias = (
    "Read | String | Code | Number | Boolean | Date | Duration | Absent | Arithmetic | Translated"
)


# -- conditions ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Or:
    """`a or b or c`."""

    terms: tuple[Condition, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class And:
    """`a and b and c`."""

    terms: tuple[Condition, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Not:
    """`not a`."""

    term: Condition
    span: Span


@dataclass(frozen=True, slots=True)
class Quantified:
    """`any`, `all` or `none` before a test."""

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
    """`a valued`, or `a not valued` (then `negated`)."""

    expr: Expr
    negated: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Compare:
    """`a = b` and the other comparisons."""

    operator: Literal["=", "!=", "<", "<=", ">", ">="]
    left: Expr
    right: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class InTable:
    """`a in table t`, perhaps `as of` a date."""

    expr: Expr
    table: Name
    span: Span
    as_of: Path | None = None


@dataclass(frozen=True, slots=True)
class InList:
    """`a in ["x", "y"]`."""

    expr: Expr
    items: tuple[Expr, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Matches:
    """`a matches "pattern"`."""

    expr: Expr
    pattern: String
    span: Span


Condition: TypeAlias = "Or | And | Not | Quantified | Holds | Valued | Compare | InTable | InList | Matches"
