"""Rules between segments: small functions over a loop, each with an id and the source of what it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from runtime.x12.validate.finding import Kind
from runtime.x12.validate.frame import Entry, Frame


@dataclass(frozen=True, slots=True)
class Cause:
    """The segment or element that makes a rule ask for what is missing or refuse what is there."""

    frame: Frame
    entry: Entry
    element: int = 0
    component: int = 0


@dataclass(slots=True)
class Problem:
    """What a rule found, before its place in the transaction is added.

    `entry` is the segment concerned (its place is given by `frame`); without one, `segment` names a missing segment of
    `frame`. `loop` names a missing loop. `cause` is what the rule depends on, where it is not the finding's own place;
    a finding that stands at its cause names what is asked for in `missing`.
    """

    kind: Kind
    message: str
    frame: Frame
    entry: Entry | None = None
    element: int = 0
    component: int = 0
    segment: str = ""
    loop: str = ""
    status: str = ""
    warning: bool = False
    missing: str = ""
    cause: Cause | None = None


ANY = "*"
"""As a rule's loop: every loop that may have the segment of `when`."""

Check = Callable[[Frame], Iterator[Problem]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A check that runs when a loop is complete. `loop` is its id, `sets` the sets that it holds for.

    `when` names a segment or loop without which, anywhere in the unit, there is nothing to check.
    """

    id: str
    snip: int
    sets: tuple[str, ...]
    loop: str
    source: str
    when: str | None
    check: Check

    @property
    def summary(self) -> str:
        """What the rule says, in a sentence."""
        return " ".join((self.check.__doc__ or "").split())


DECLARED: list[Rule] = []
"""Rules in the order of their declaration."""


def rule(
    name: str, snip: int, sets: str, loop: str, source: str, when: str | None = None
) -> Callable[[Check], Check]:
    """Declare a rule; its docstring says what must hold. `sets` are names of sets with spaces between them."""

    def declare(check: Check) -> Check:
        DECLARED.append(Rule(name, snip, tuple(sets.split()), loop, source, when, check))
        return check

    return declare
