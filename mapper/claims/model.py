"""Claims: absolute places of the source and target trees, and what a line does with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from mapper.check import notation
from mapper.check.model import Direction
from mapper.source import Span

How = Literal[
    "copy",
    "table",
    "function",
    "condition",
    "key",
    "reference",
    "constant",
    "context",
    "call",
    "made",
    "ignore",
]
"""`copy`, `table`, `function`: the value passes. `condition`, `key`: it is read to decide or to identify. `call`: a
mapping or a body fills the target from the source (its own claims stand beside this one); `made` that it makes the
resource that the target refers to."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a place. `key` is what a codec stores it under (`ROL.2`, `valueString`), `name` what lines call it.

    `first` and `last` bound the occurrences or repetitions that are meant, from 1; `last is None` is open.
    `url` is that of a declared extension. `run` is a run of numbers that this step, or the number behind it, stands
    for (first, last, how far apart). `passable` tells that what lies below may also stand right above this step.
    """

    key: str
    name: str
    type: str
    first: int = 1
    last: int | None = None
    url: str | None = None
    run: tuple[int, int, int] | None = None
    passable: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A place below a root type: a message structure, `Bundle`, or (where a reference led there) a resource.

    `via` is the reference that led there.
    """

    format: str
    root: str
    steps: tuple[Step, ...] = ()
    via: Place | None = None
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", 0)

    def __hash__(self) -> int:
        """Found once: a place is in many claims, and its steps are many."""
        if not self._hash:
            object.__setattr__(self, "_hash", hash((self.format, self.root, self.steps, self.via)))
        return self._hash

    def below(self, step: Step) -> Place:
        return Place(self.format, self.root, (*self.steps, step), self.via)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(step.key for step in self.steps)

    @property
    def type(self) -> str:
        return self.steps[-1].type if self.steps else self.root

    def __str__(self) -> str:
        """In the standard's notation: `PID-5.1`, `INSURANCE.IN1-16`, `Patient.name.family`."""
        if self.format in notation.FORMS:
            return notation.join(self.format, [self.root, *(step.name for step in self.steps)])
        text = "" if self.format == "hl7v2" else self.root
        for number, step in enumerate(self.steps):
            if self.format == "hl7v2" and step.name.isdigit():
                earlier = self.steps[number - 1].name if number else ""
                text += f".{step.name}" if earlier.isdigit() or not text else f"-{step.name}"
            else:
                text += f".{step.name}" if text else step.name
        return text or self.root


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that a line does in one direction.

    `whole` tells that everything at and below the source is read, not its own value only. `note` is the reason of an
    `ignore`, the constant that is written, the codes that a condition compares with (`M|SH`), the name of a table or
    function.
    """

    direction: Direction
    how: How
    source: Place | None
    target: Place | None
    span: Span
    whole: bool = False
    note: str = ""
    system: str = ""
    one_way: bool = False
    normalises: str = ""
