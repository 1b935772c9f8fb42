"""One writer for each element in each direction, unless in exclusive cases (E408)."""

from __future__ import annotations

from itertools import combinations

from mapper.check.env import Env
from mapper.check.model import (
    ByMapping,
    Checked,
    Direction,
    TCase,
    TCopy,
    TMapping,
    TPath,
    TRead,
    TScope,
    Way,
)
from mapper.check.passes.logic import exclusive
from mapper.check.passes.made import filled_slots
from mapper.check.passes.writes import Place, Write, step_name, writes
from mapper.check.selectors import home
from mapper.diagnostics import Diagnostic, Label, diagnostic
from mapper.resolve.program import MappingInfo


def writers(mapping: TMapping, env: Env) -> list[Diagnostic]:
    """Pairs of lines of one mapping that write the same element."""
    diagnostics: list[Diagnostic] = []
    for direction in ("go", "back") if mapping.two_way else ("go",):
        by_place: dict[Place, list[Write]] = {}
        for write in writes(mapping.body, direction):
            if _single(write):
                by_place.setdefault(write.place, []).append(write)
        for found in by_place.values():
            for first, second in combinations(found, 2):
                if not _apart(first, second) and _same_leaf(first, second, direction, env.checked):
                    diagnostics.append(_told(first, second, mapping, direction))
                    break
        diagnostics += _alternatives(by_place, mapping, direction)
    return diagnostics


def _alternatives(
    by_place: dict[Place, list[Write]], mapping: TMapping, direction: Direction
) -> list[Diagnostic]:
    """Lines that write two alternatives of one choice (`multipleBirth[x]`) and may do so together."""
    choices: dict[tuple[Place, str], dict[str, list[Write]]] = {}
    for place, found in by_place.items():
        element = found[0].path.steps[-1].element
        if element.choice is not None:
            choices.setdefault((place[:-1], element.choice), {}).setdefault(element.slot, []).extend(found)
    told: list[Diagnostic] = []
    for (_, name), slots in choices.items():
        for mine, other in combinations(slots.values(), 2):
            pairs = ((a, b) for a in mine for b in other)
            pair = next((p for p in pairs if not _apart(*p) and not _other_form(*p)), None)
            if pair is not None:
                told.append(_both(*pair, name, mapping, direction))
    return told


def _other_form(first: Write, second: Write) -> bool:
    """Whether two lines read one element in two forms, of which its segment tells one: `DTP03(D8)`, `DTP03(RD8)`."""
    mine, other = _source(first), _source(second)
    if mine is None or other is None or home(mine.base) is not home(other.base):
        return False
    for one, two in zip(mine.steps, other.steps, strict=False):
        if one.element.slot != two.element.slot or one.position != two.position:
            return False
        conditions = [[selector.condition for selector in step.selectors] for step in (one, two)]
        if not one.element.repeats and exclusive(*conditions):
            return True
    return False


def _source(write: Write) -> TPath | None:
    match write.way:
        case Way(sources=(TRead(path=path),)):
            return path
        case _:
            return None


def _both(first: Write, second: Write, name: str, mapping: TMapping, direction: Direction) -> Diagnostic:
    target = mapping.node("right" if direction == "go" else "left").format
    return diagnostic(
        "E408",
        f"`{name}` has one alternative, and two are written on the way to {target}",
        second.path.span,
        f"`{step_name(second.path)}`",
        others=[Label(first.path.span, f"`{step_name(first.path)}`")],
        help="give each its case in a `choose`",
    )


def _single(write: Write) -> bool:
    """Whether a line writes one element: a line that adds to a list shares it with others."""
    return (
        bool(write.path.steps)
        and not isinstance(write.statement, TScope | TCase)
        and not any(step.open or step.resource for step in write.path.steps)
    )


def _apart(first: Write, second: Write) -> bool:
    return (
        first.statement is second.statement
        or first.apart(second)
        or exclusive(first.conditions, second.conditions)
    )


def _same_leaf(first: Write, second: Write, direction: Direction, checked: Checked) -> bool:
    """Lines that fill one node through two mappings meet only where both mappings write the same element."""
    mine, other = _through(first), _through(second)
    if not mine and not other:
        return True
    if not mine or not other:
        return False
    slots = [filled_slots(info, direction, checked) for info in (*mine, *other)]
    known = [found for found in slots if found is not None]
    return len(known) == len(slots) and bool(known[0] & known[-1])


def _through(write: Write) -> list[MappingInfo]:
    if not isinstance(write.statement, TCopy) or write.way is None:
        return []
    return [converter.mapping for _, converter in write.way.converters if isinstance(converter, ByMapping)]


def _told(first: Write, second: Write, mapping: TMapping, direction: Direction) -> Diagnostic:
    name = step_name(second.path)
    target = mapping.node("right" if direction == "go" else "left").format
    return diagnostic(
        "E408",
        f"`{name}` has two writers on the way to {target}",
        second.path.span,
        "written again",
        others=[Label(first.path.span, "first written here")],
        help="say which wins: `A -> x default B`, or give each its case in a `choose`",
    )
