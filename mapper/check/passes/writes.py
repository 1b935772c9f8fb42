"""What the lines of a mapping write in one direction: each place, and under which conditions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mapper.check import notation
from mapper.check.model import (
    Direction,
    Node,
    TAnd,
    TCase,
    TChoose,
    TCodeIs,
    TCompare,
    TCond,
    TCopy,
    TFound,
    TInList,
    TInTable,
    TNot,
    TPath,
    TPointsTo,
    TRead,
    TReference,
    TScope,
    TStatement,
    TStep,
    TValued,
    Way,
    source_side,
    target_side,
)
from mapper.check.selectors import home, terms_of

ARROWS: dict[Direction, tuple[str, str]] = {"go": ("<->", "->"), "back": ("<->", "<-")}

Place = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Write:
    """One path that a line writes.

    `branch` holds the choices around the line with their case, `conditions` what must hold for it to write.
    """

    path: TPath
    statement: TStatement | TCase
    way: Way | None
    branch: tuple[tuple[int, int], ...] = ()
    conditions: tuple[TCond, ...] = ()

    @property
    def place(self) -> Place:
        return place(self.path)

    def apart(self, other: Write) -> bool:
        """Whether the two stand in different cases of one `choose`."""
        mine = dict(self.branch)
        return any(choose in mine and mine[choose] != case for choose, case in other.branch)


def writes(statements: tuple[TStatement, ...], direction: Direction) -> Iterator[Write]:
    """Every path that the statements write in a direction, bodies and cases included; scopes count as their node."""
    for statement in statements:
        match statement:
            case TCopy():
                way = statement.way(direction)
                for path in way.targets if way is not None else ():
                    yield Write(path, statement, way, conditions=_needed(way) if way is not None else ())
            case TScope() if statement.arrow in ARROWS[direction]:
                own = (statement.when,) if statement.when is not None else ()
                yield Write(statement.path(target_side(direction)), statement, None, conditions=own)
                for inner in writes(statement.body, direction):
                    yield _held(inner, inner.branch, own) if own else inner
            case TReference(path=path, arrow=arrow) | TFound(path=path, arrow=arrow):
                if direction == "go" and arrow != "<-":
                    yield Write(path, statement, None)
            case TChoose():
                yield from _choose(statement, direction)
            case _:
                pass


def _needed(way: Way) -> tuple[TCond, ...]:
    """What must hold for a line to write: its `when`, and a value where no default stands in."""
    when = (way.when,) if way.when is not None else ()
    match way.sources:
        case (TRead() as source,) if not way.defaults and source.path.steps:
            return (*when, TValued(source))
        case _:
            return when


def _choose(choose: TChoose, direction: Direction) -> Iterator[Write]:
    earlier: list[TCond] = []
    for number, case in enumerate(choose.cases):
        if not considered(case, direction):
            continue
        guard = case.guard(source_side(direction))
        known = (*(TNot(g) for g in earlier), *((guard,) if guard is not None else ()))
        for path in fixed_paths(case.guard(target_side(direction))):
            yield _inside(Write(path, case, None), choose, number, known)
        for inner in writes(case.body, direction):
            yield _inside(inner, choose, number, known)
        if guard is not None:
            earlier.append(guard)
    known = tuple(TNot(g) for g in earlier)
    for inner in writes(choose.otherwise, direction):
        yield _inside(inner, choose, len(choose.cases), known)


def fixed_paths(condition: TCond | None) -> Iterator[TPath]:
    """The paths whose values a selector or a guard writes: `a = "x"`, the first of `a in [...]`, a reference."""
    match condition:
        case TAnd(terms=terms):
            for term in terms:
                yield from fixed_paths(term)
        case TCodeIs(path=path) | TPointsTo(path=path):
            yield path
        case (
            TCompare(operator="=", left=TRead(path=path))
            | TInList(expr=TRead(path=path))
            | TInTable(expr=TRead(path=path))
        ):
            yield path
        case _:
            pass


def considered(case: TCase, direction: Direction) -> bool:
    """Whether a case takes part in a direction: its arrow allows it, and it has a guard to choose it by."""
    return case.arrow not in ({"->"} if direction == "back" else {"<-"}) and (
        case.guard(source_side(direction)) is not None
    )


def _inside(write: Write, choose: TChoose, number: int, known: tuple[TCond, ...]) -> Write:
    branch = ((id(choose), number), *write.branch)
    return _held(write, branch, known)


def _held(write: Write, branch: tuple[tuple[int, int], ...], known: tuple[TCond, ...]) -> Write:
    """The same write under more conditions."""
    return Write(write.path, write.statement, write.way, branch, (*known, *write.conditions))


def place(path: TPath) -> Place:
    """Where a path leads, from the node that holds the lists on its way: equal places are one place."""
    base = home(path.base)
    keys: list[str] = [step_key(step) for step in path.steps]
    while base.path is not None and not base.rows and not any(_manifold(step) for step in base.path.steps):
        keys[:0] = [step_key(step) for step in base.path.steps]
        base = home(base.path.base)
    return (str(id(base)), *keys)


def _manifold(step: TStep) -> bool:
    return step.repeats or step.resource or bool(step.deref)


def step_key(step: TStep) -> str:
    """A step with all that narrows it, as a key."""
    position = f"[{step.position.first}..{step.position.end}]" if step.position else ""
    terms = "{" + ";".join(sorted(terms_of(step))) + "}" if step.selectors else ""
    return f"{step.element.slot}{position}{terms}{'!' + ','.join(step.deref) if step.deref else ''}"


def slot_of(key: str) -> str:
    """The slot of a step's key."""
    return re.split(r"[\[{!]", key, maxsplit=1)[0]


def step_name(path: TPath) -> str:
    """The last element of a path as its standard names it: `PID-8`, `gender`."""
    step = path.steps[-1]
    return notation.shown(path.base.format, step.owner, step.element.name)


def full_steps(path: TPath) -> tuple[TStep, ...]:
    """All steps from the root of the mapping."""
    return (*chain(path.base), *path.steps)


def chain(node: Node) -> tuple[TStep, ...]:
    """The steps from the mapping's root to a node."""
    return full_steps(node.path) if node.path is not None else ()
