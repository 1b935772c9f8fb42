"""One parsed file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from mapper.source import Span
from mapper.syntax.tree.declarations import (
    CodeTable,
    Example,
    Extend,
    Function,
    Import,
    LookupTable,
    Mapping,
    OverrideMapping,
    OverrideTable,
    System,
    Use,
)
from mapper.syntax.tree.rules import Rules

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
