"""One writer for each element in each direction, unless in exclusive cases (E408)."""

from __future__ import annotations

from itertools import combinations

from mapper.check.env import Env
from mapper.check.model import ByMapping, Checked, Direction, TCase, TCopy, TMapping, TScope
from mapper.check.passes.logic import exclusive
from mapper.check.passes.made import filled_slots
from mapper.check.passes.writes import Place, Write, step_name, writes
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
    return diagnostics


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
