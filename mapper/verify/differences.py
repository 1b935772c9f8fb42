"""Where two trees differ: JSON values and HL7 v2 messages compared place by place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from runtime.codecs import hl7v2
from runtime.codecs.hl7v2 import Message

WRITTEN = "MSH-9.3"
"""The message structure: the codec writes it, whether the input had it or not."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where the result is not as expected; `None` stands for a place that one side lacks."""

    path: str
    expected: Any
    found: Any

    def __str__(self) -> str:
        if self.expected is None:
            return f"{self.path}: not expected, found {_shown(self.found)}"
        if self.found is None:
            return f"{self.path}: expected {_shown(self.expected)}, found nothing"
        return f"{self.path}: expected {_shown(self.expected)}, found {_shown(self.found)}"


def _shown(value: Any) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 200 else f"{text[:200]}... ({len(text)} characters)"


def json_differences(expected: Any, found: Any, path: str = "") -> Iterator[Difference]:
    """Differences of two JSON values, in the order of the expected one; `1.0` and `1.00` differ."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        for name in {**expected, **found}:
            place = f"{path}.{name}" if path else str(name)
            yield from json_differences(expected.get(name), found.get(name), place)
    elif isinstance(expected, list) and isinstance(found, list):
        for number in range(max(len(expected), len(found))):
            yield from json_differences(_item(expected, number), _item(found, number), f"{path}[{number}]")
    elif type(expected) is not type(found) or str(expected) != str(found):
        yield Difference(path or "$", expected, found)


def _item(items: list[Any], number: int) -> Any:
    return items[number] if number < len(items) else None


def message_differences(expected: bytes, found: bytes, structures: Mapping[str, Any]) -> Iterator[Difference]:
    """Differences of two HL7 v2 messages by field, component and subcomponent; escapes and delimiters do not count."""
    wanted, got = (message_values(hl7v2.parse(data, structures)) for data in (expected, found))
    for place in {**wanted, **got}:
        if wanted.get(place) != got.get(place) and not (place == WRITTEN and place not in wanted):
            yield Difference(place, wanted.get(place), got.get(place))


def message_values(message: Message) -> dict[str, str]:
    """Every populated leaf by its place, and the order of the segments. A plain value is its first component."""
    values = {"segments": " ".join(segment[0] for segment in message.segments)}
    occurrences: Counter[str] = Counter()
    numbers = []
    for segment in message.segments:
        occurrences[segment[0]] += 1
        numbers.append(occurrences[segment[0]])
    for leaf in hl7v2.numbered_leaves(message):
        name = message.segments[leaf.segment][0]
        if leaf.text and not (name == "MSH" and leaf.field <= 2):
            several = f"[{numbers[leaf.segment]}]" if occurrences[name] > 1 else ""
            place = f"{name}{several}-{leaf.field}" + (f"[{leaf.repetition}]" if leaf.repetition > 1 else "")
            parts = f".{leaf.component}" + (f".{leaf.subcomponent}" if leaf.subcomponent > 1 else "")
            values[place + parts] = hl7v2.unescape(leaf.text)
    return values
