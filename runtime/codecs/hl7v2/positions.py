"""Positions in a message, as findings and loss accounting write them: `PID-3[2].4.1`, `OBX[2]-5`.

`[n]` counts occurrences of a segment name in the message, or repetitions of a field, from 1. It is left out
where there is only one. A component is written if the repetition has several, a subcomponent if the component
has several.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from runtime.codecs.hl7v2.model import Message, Segment

_SEGMENT_NAME = re.compile(r"[A-Z][A-Z0-9]{2}", re.ASCII)


class Leaf(NamedTuple):
    """A populated leaf by number. `segment` is an index into `Message.segments`; the others count from 1.

    `text` is raw: escaped, with the explicit null as it stands.
    """

    segment: int
    field: int
    repetition: int
    component: int
    subcomponent: int
    text: str


def is_segment_name(name: str) -> bool:
    """Whether the text is a segment name: three capitals or digits, a capital first."""
    return _SEGMENT_NAME.fullmatch(name) is not None


def segment_position(segments: list[Segment], index: int) -> str:
    """Position of one segment: `PID`, `OBX[2]`; `segment 7` if its name may be data."""
    name = segments[index][0]
    if not is_segment_name(name):
        return f"segment {index + 1}"
    before = sum(segment[0] == name for segment in segments[:index])
    if before == 0 and all(segment[0] != name for segment in segments[index + 1 :]):
        return name
    return f"{name}[{before + 1}]"


def segment_positions(segments: list[Segment]) -> list[str]:
    """Positions of all segments of a message, as `segment_position` gives them one by one."""
    totals = Counter(segment[0] for segment in segments)
    seen: Counter[str] = Counter()
    positions: list[str] = []
    for index, segment in enumerate(segments):
        name = segment[0]
        seen[name] += 1
        if not is_segment_name(name):
            positions.append(f"segment {index + 1}")
        else:
            positions.append(name if totals[name] == 1 else f"{name}[{seen[name]}]")
    return positions


def numbered_leaves(message: Message) -> Iterator[Leaf]:
    """Populated leaves of all segments, unplaced ones too, in input order. MSH-1 and MSH-2 are no data."""
    for index, segment in enumerate(message.segments):
        first = 3 if segment[0] == "MSH" else 1
        for number in range(first, len(segment)):
            if segment[number]:
                yield from _field_leaves(index, number, segment[number])


def leaves(message: Message) -> Iterator[tuple[str, int, str]]:
    """Populated leaves as (position, index of the segment, raw text), in input order."""
    names = segment_positions(message.segments)
    for index, segment in enumerate(message.segments):
        first = 3 if segment[0] == "MSH" else 1
        for number in range(first, len(segment)):
            field = segment[number]
            if not field:
                continue
            where = f"{names[index]}-{number}"
            if "^" in field or "~" in field or "&" in field:
                for inside, text in _positions_in(field):
                    yield where + inside, index, text
            else:
                yield where, index, field


def position_of(message: Message, leaf: Leaf) -> str:
    """Position of one leaf, in the same notation as `leaves`."""
    field = message.segments[leaf.segment][leaf.field]
    return f"{segment_position(message.segments, leaf.segment)}-{leaf.field}{_inside(leaf, field)}"


def _field_leaves(segment: int, number: int, field: str) -> Iterator[Leaf]:
    for repetition, whole in enumerate(field.split("~"), 1):
        for component, part in enumerate(whole.split("^"), 1):
            if not part:
                continue
            for subcomponent, text in enumerate(part.split("&"), 1):
                if text:
                    yield Leaf(segment, number, repetition, component, subcomponent, text)


def _positions_in(field: str) -> Iterator[tuple[str, str]]:
    """Populated leaves of one field, each with its position in it: `[2].4.1`."""
    repetitions = field.split("~")
    several = len(repetitions) > 1
    for repetition, whole in enumerate(repetitions, 1):
        where = f"[{repetition}]" if several else ""
        if "^" not in whole and "&" not in whole:
            if whole:
                yield where, whole
            continue
        for component, part in enumerate(whole.split("^"), 1):
            if "&" in part:
                for subcomponent, text in enumerate(part.split("&"), 1):
                    if text:
                        yield f"{where}.{component}.{subcomponent}", text
            elif part:
                yield f"{where}.{component}", part


def _inside(leaf: Leaf, field: str) -> str:
    repetitions = field.split("~")
    components = repetitions[leaf.repetition - 1].split("^")
    where = f"[{leaf.repetition}]" if len(repetitions) > 1 else ""
    nested = "&" in components[leaf.component - 1]
    if len(components) > 1 or nested:
        where += f".{leaf.component}"
    return f"{where}.{leaf.subcomponent}" if nested else where
