"""How generated code reads back what it has just built of X12: as the codec would give it.

Built segments and composites are dicts by number, built loops dicts by slot; a single occurrence may stand alone or in
a list. All total on what generated code builds; absent is empty text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runtime.lib.x12 import COMPONENT, REPETITION


def fields(segment: Mapping[int, Any]) -> list[str]:
    """The raw elements of a built segment, counted as in a parsed one: `[n]` is element n."""
    found = [""] * (max(segment, default=0) + 1)
    for number, value in segment.items():
        found[number] = raw(value)
    return found


def parts(composite: Any) -> list[str]:
    """The raw components of a built composite; plain text is its first component."""
    if not isinstance(composite, Mapping):
        return [str(composite)]
    found = [""] * max(composite, default=0)
    for number, value in composite.items():
        found[number - 1] = str(value)
    return found


def raw(value: Any) -> str:
    """The raw text of a built element."""
    if isinstance(value, list):
        return REPETITION.join(raw(item) for item in value)
    return COMPONENT.join(parts(value))


def occurrences(loop: Mapping[str, Any], slot: str) -> Sequence[Any]:
    """The segments (as raw elements) or loops of a slot."""
    held = loop.get(slot)
    if not held:
        return ()
    return [_occurrence(item) for item in (held if type(held) is list else (held,))]


def occurrence(loop: Mapping[str, Any], slot: str, number: int, nothing: Any) -> Any:
    """The segment or loop with that 1-based number (-1 is the last) of a slot, or `nothing`."""
    found = occurrences(loop, slot)
    if not found or number > len(found):
        return nothing
    return found[number - 1 if number > 0 else number]


def _occurrence(item: Any) -> Any:
    """A segment's keys are numbers, a loop's are slots."""
    return fields(item) if item and all(type(key) is int for key in item) else item
