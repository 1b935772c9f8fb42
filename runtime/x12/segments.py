"""Reading the loops and segments that the codec gives, by the ids of the guide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from runtime.codecs.x12 import COMPONENT, REPETITION

Segment = Sequence[str]
LoopValue = Mapping[str, Any]


def segments(loop: LoopValue, name: str, *qualifiers: str) -> Iterator[Segment]:
    """The segments of a loop with an id, whatever their slots; with qualifiers, one must stand in the first element."""
    for slot, held in loop.items():
        if not slot.startswith(name):
            continue
        for each in held:
            if (
                isinstance(each, list)
                and each[0] == name
                and (not qualifiers or value(each, 1) in qualifiers)
            ):
                yield each


def first(loop: LoopValue, name: str, *qualifiers: str) -> Segment:
    """The first such segment, one without elements if there is none."""
    return next(segments(loop, name, *qualifiers), [name])


def loops(parent: LoopValue, name: str) -> list[LoopValue]:
    """The inner loops of a slot."""
    return [each for each in parent.get(name, ()) if isinstance(each, dict)]


def inner(parent: LoopValue, name: str) -> LoopValue:
    """The last inner loop of a slot, an empty one if there is none."""
    found = loops(parent, name)
    return found[-1] if found else {}


def value(segment: Segment, element: int, component: int = 0) -> str:
    """An element or a component of its first repetition; empty if it is absent."""
    text = segment[element] if element < len(segment) else ""
    if not component:
        return text
    parts = text.split(REPETITION, 1)[0].split(COMPONENT)
    return parts[component - 1] if component <= len(parts) else ""


def dates(segment: Segment, qualifier: int = 2) -> tuple[str, ...]:
    """The dates (CCYYMMDD) of a DTP: one for D8, DT, two for RD8; none where they are not dates."""
    form, text = value(segment, qualifier), value(segment, qualifier + 1)
    parts = text.split("-") if form == "RD8" else [text[:8]] if form in ("D8", "DT") else []
    return tuple(parts) if all(is_date(part) for part in parts) else ()


def is_date(text: str) -> bool:
    """Whether a text is a date of the form CCYYMMDD."""
    if len(text) != 8 or not text.isascii() or not text.isdigit():
        return False
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return True
