"""How generated code reads back what it has just built of HL7 v2: the raw text that the codec will write.

Built segments and composites are dicts by number, built groups dicts by slot; a single occurrence may stand alone or in
a list. All total on what generated code builds; absent is empty text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runtime.codecs.hl7v2.serialize import raw_field, raw_part, raw_parts


def fields(segment: Mapping[int, Any]) -> list[str]:
    """The raw fields of a built segment, counted as in a parsed one: `[n]` is field n."""
    found = [""] * (max(segment, default=0) + 1)
    for number, value in segment.items():
        found[number] = raw_field(value)
    return found


def parts(composite: Any) -> list[str]:
    """The raw components of a built composite; plain text is its first component."""
    return raw_parts(composite)


def field(segment: Mapping[int, Any], number: int) -> str:
    """The raw text of one field of a built segment."""
    value = segment.get(number)
    return "" if value is None else raw_field(value)


def part(composite: Any, number: int) -> str:
    """The raw text of one component of a built composite."""
    if type(composite) is not dict:
        return raw_field(composite) if number == 1 else ""
    value = composite.get(number)
    return value if type(value) is str and value.isalnum() else raw_part(value)


def raw(value: Any) -> str:
    """The raw text of a built field."""
    return raw_field(value)


def occurrences(group: Mapping[str, Any], slot: str) -> Sequence[Any]:
    """The segments (as raw fields) or groups of a slot."""
    held = group.get(slot)
    if not held:
        return ()
    return [_occurrence(item) for item in (held if type(held) is list else (held,))]


def occurrence(group: Mapping[str, Any], slot: str, number: int, nothing: Any) -> Any:
    """The segment or group with that 1-based number (-1 is the last) of a slot, or `nothing`."""
    held = group.get(slot)
    found = held if type(held) is list else [held] if held else []
    if not found or number > len(found):
        return nothing
    return _occurrence(found[number - 1 if number > 0 else number])


def _occurrence(item: Any) -> Any:
    """A segment's keys are numbers, a group's are slots."""
    return fields(item) if item and all(type(key) is int for key in item) else item
