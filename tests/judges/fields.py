"""A plain reading of HL7 v2 for judging: segments and raw fields, no structures, no escapes."""

from __future__ import annotations

import re
from functools import lru_cache

PLACE = re.compile(r"([A-Z][A-Z0-9]{2})-(\d+)(?:\.(\d+))?")


@lru_cache(maxsize=8)
def segments(message: bytes) -> tuple[tuple[str, ...], ...]:
    """Segments as tuples of raw fields, numbered as in the standard; `[0]` is the name."""
    lines = [line for line in re.split(r"[\r\n]+", message.decode("utf-8-sig", "replace")) if line.strip()]
    if not lines or not lines[0].startswith("MSH"):
        return ()
    separator = lines[0][3]
    split = [line.split(separator) for line in lines]
    split[0].insert(1, separator)
    return tuple(tuple(fields) for fields in split)


def component(field: str, number: int) -> str:
    """A component of a field's first repetition, by the standard delimiters."""
    parts = field.partition("~")[0].split("^")
    return parts[number - 1] if number <= len(parts) else ""


def values(message: bytes, place: str) -> list[str]:
    """What each segment of that name has at a place such as `PID-3` or `PV1-19.4`; `""` for nothing."""
    found = PLACE.fullmatch(place)
    assert found, place
    name, number, part = found.group(1), int(found.group(2)), found.group(3)
    own = [segment for segment in segments(message) if segment[0] == name]
    texts = [segment[number] if number < len(segment) else "" for segment in own]
    return [component(text, int(part)) for text in texts] if part else texts


def always_valued(message: bytes, place: str) -> bool:
    """Whether the message has the segment, and each one has data there (an explicit null is none)."""
    texts = values(message, place)
    return bool(texts) and all(text.strip(' ^~&"') for text in texts)
