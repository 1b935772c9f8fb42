"""What stands in the body of a mapping."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from mapper.source import Span
from mapper.syntax.tree.values import Arrow, Condition, Expr, Name, Path


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
    """`key a, b`."""

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
    """`choose { case ... otherwise ... }`."""

    cases: tuple[Case, ...]
    otherwise: Body | None
    span: Span


@dataclass(frozen=True, slots=True)
class Ignore:
    """`ignore a, b "reason"`."""

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
    """`require CONDITION else OUTCOME`."""

    condition: Condition
    outcome: Outcome | None
    span: Span


@dataclass(frozen=True, slots=True)
class Set:
    """`set path = value when CONDITION`."""

    path: Path
    value: Expr
    when: Condition | None
    span: Span


@dataclass(frozen=True, slots=True)
class Drop:
    """`drop a, b when CONDITION`."""

    paths: tuple[Path, ...]
    when: Condition | None
    span: Span


@dataclass(frozen=True, slots=True)
class Fill:
    """`fill path from source`."""

    path: Path
    source: Path
    span: Span


@dataclass(frozen=True, slots=True)
class Narrative:
    """`narrative "Head" path, "Head" path`."""

    rows: tuple[tuple[str, Path], ...]
    span: Span


Statement: TypeAlias = "Link | Key | Choose | Ignore | Require | Set | Drop | Fill | Narrative"


@dataclass(frozen=True, slots=True)
class Body:
    """The lines between `{` and `}`."""

    statements: tuple[Statement, ...]
    span: Span
