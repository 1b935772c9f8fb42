"""How generated code reads and builds X12: segments are lists of raw elements, loops dicts of lists by slot.

All reads are total; absent is empty text. X12 has no escapes: components are divided by `COMPONENT`, repetitions by
`REPETITION`, whatever the interchange itself uses. What is built is a dict by number for a segment or a composite, a
list for repetitions, a dict by slot for a loop; the serializer orders and numbers it and writes what has one code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

# What builds is the same for both formats of numbered parts; generated code finds it in its format's module.
from runtime.lib.numbered import fill_node as fill_node
from runtime.lib.numbered import merge as merge
from runtime.lib.numbered import place as place
from runtime.lib.numbered import place_all as place_all
from runtime.lib.numbered import place_from as place_from

COMPONENT = "\x1f"
REPETITION = "\x1e"
DIVIDERS = COMPONENT + REPETITION

NO_SEGMENT: list[str] = []
NO_LOOP: dict[str, list[Any]] = {}

Spot: TypeAlias = tuple[dict[Any, Any], int]
"""A segment or composite under construction, and the number in it from which something was put."""


def text(raw: str) -> str:
    """The value of a leaf: the first of what it is divided into."""
    if REPETITION in raw:
        raw = raw.split(REPETITION, 1)[0]
    return raw.split(COMPONENT, 1)[0] if COMPONENT in raw else raw


def visible_text(raw: str) -> str:
    """The value of a leaf that must not be blank: white space alone is absent."""
    value = text(raw)
    return "" if value.isspace() else value


def repetition(raw: str, number: int) -> str:
    """The repetition with that 1-based number (-1 is the last), or empty text."""
    if REPETITION not in raw:
        return raw if number in (1, -1) else ""
    found = raw.split(REPETITION)
    if number == -1:
        return found[-1]
    return found[number - 1] if number <= len(found) else ""


def occurrence(loop: Mapping[str, list[Any]], slot: str, number: int, nothing: Any) -> Any:
    """The segment or loop with that 1-based number in a slot, or `nothing`."""
    found = loop.get(slot)
    if not found:
        return nothing
    if number == -1:
        return found[-1]
    return found[number - 1] if number <= len(found) else nothing


def is_valued(raw: str) -> bool:
    """Whether an element, repetition or component holds anything but dividers."""
    return raw.isalnum() or bool(raw.strip(DIVIDERS))


def any_valued(parts: Sequence[str]) -> bool:
    """Whether a composite has a populated component."""
    return any(is_valued(raw) for raw in parts)


# -- runs of numbered elements ---------------------------------------------------------------------


class Run(list[str]):
    """One part of a run, as a segment; traces ask where it stood: in `whole`, its elements from `first` on `moved`."""

    __slots__ = ("first", "moved", "whole")

    whole: list[str]
    first: int
    moved: int


def runs(segments: Sequence[list[str]], first: int, last: int, step: int) -> list[list[str]]:
    """Each populated run of the segments, as a segment whose `first` element is the run's own first one.

    `CAS02..19 step 3` of `CAS*CO*45*10**96*5` gives `CAS*CO*45*10` and `CAS*CO*96*5`.
    """
    found: list[list[str]] = []
    for segment in segments:
        head = segment[:first]
        for number in range(first, min(last, len(segment) - 1) + 1, step):
            run = segment[number : number + step]
            if any(run):
                part = Run(head + run)
                part.whole, part.first, part.moved = segment, first, number - first
                found.append(part)
    return found


def run_values(parts: Sequence[str], first: int, last: int, step: int) -> list[str]:
    """The populated elements (or components, counted from 1) of a run."""
    return [parts[number] for number in range(first, min(last, len(parts) - 1) + 1, step) if parts[number]]


def components(raw: str) -> list[str]:
    """A composite as a list whose number 1 is the first component."""
    return ["", *raw.split(COMPONENT)]


# -- building --------------------------------------------------------------------------------------


def add_run(
    context: Any, site: str, holder: dict[Any, Any], run: dict[int, Any], bounds: tuple[int, int, int]
) -> Spot | None:
    """Put the elements of a run into the next free place of a segment under construction; none left is told.

    Where they went is for traces.
    """
    first, last, step = bounds
    number = _free(holder, first, last, step)
    if number is None:
        context.no_room(site)
        return None
    _move(run, holder, first, step, number)
    return holder, number


def add_segment_run(
    context: Any,
    site: str,
    node: dict[Any, Any],
    slot: str,
    run: dict[int, Any],
    bounds: tuple[int, int, int],
    limit: int | None,
) -> Spot | None:
    """Put the elements of a run into the last segment of a slot that says the same beside its runs, or a new one.

    Where they went is for traces.
    """
    first, last, step = bounds
    held = node.setdefault(slot, [])
    if held and _beside(held[-1], first, last) == _beside(run, first, last):
        number = _free(held[-1], first, last, step)
        if number is not None:
            _move(run, held[-1], first, step, number)
            return held[-1], number
    if limit is None or len(held) < limit:
        held.append(run)
        return run, first
    context.no_room(site)
    return None


def add_run_value(
    context: Any, site: str, holder: dict[Any, Any], value: Any, bounds: tuple[int, int, int]
) -> Spot | None:
    """Put one value into the next free element (or component) of a run; none left is told.

    Where it went is for traces.
    """
    first, last, step = bounds
    number = _free(holder, first, last, step)
    if number is None:
        context.no_room(site)
        return None
    holder[number] = value
    return holder, number


def _free(holder: Mapping[Any, Any], first: int, last: int, step: int) -> int | None:
    """The first number from which a run has nothing in it nor behind it."""
    taken = max(
        (key for key in holder if isinstance(key, int) and first <= key <= last), default=first - step
    )
    number = first + ((taken - first) // step + 1) * step if taken >= first else first
    return number if number <= last else None


def _move(run: Mapping[int, Any], holder: dict[Any, Any], first: int, step: int, number: int) -> None:
    for key, value in run.items():
        if first <= key < first + step:
            holder[number + key - first] = value
        else:
            holder.setdefault(key, value)


def _beside(segment: Mapping[Any, Any], first: int, last: int) -> dict[Any, Any]:
    return {key: value for key, value in segment.items() if not first <= key <= last}
