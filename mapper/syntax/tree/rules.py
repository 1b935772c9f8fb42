"""Rule packs. Their meaning comes with the rules stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from mapper.source import Span
from mapper.syntax.tree.declarations import Types
from mapper.syntax.tree.statements import Drop, Require, Set
from mapper.syntax.tree.values import Condition, Date, Expr, Name, Path


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
    """`when CONDITION` in the head of a rule pack, or behind a line."""

    condition: Condition
    span: Span


@dataclass(frozen=True, slots=True)
class EffectiveHead:
    """`effective DATE to DATE by path`."""

    first: Date
    last: Date | None
    by: Path | None
    span: Span


@dataclass(frozen=True, slots=True)
class SourceHead:
    """`source "where the rules come from"`."""

    text: str
    span: Span


RulesHead: TypeAlias = "WhenHead | EffectiveHead | SourceHead"


@dataclass(frozen=True, slots=True)
class Let:
    """`let path of loop 2300 = value default value`."""

    path: Path
    loop: Name | None
    value: Expr
    defaults: tuple[Expr, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Parameter:
    """`parameter name = value`."""

    name: Name
    value: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Disable:
    """`disable "id" "why"`."""

    id: str
    why: str
    span: Span


@dataclass(frozen=True, slots=True)
class Change:
    """`change "id" to warn "why"`."""

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
    """`each path anywhere by p as name when CONDITION { steps }`."""

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
    """`rule "id" "title" { steps }`, or `repair`."""

    id: str
    title: str
    repair: bool
    steps: tuple[RuleStep, ...]
    span: Span


RulesItem: TypeAlias = "Rule | Let | Parameter | Disable | Change"
