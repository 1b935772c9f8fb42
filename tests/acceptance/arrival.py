"""How much of a message's data stands in the Bundle that was made of it, measured on the two texts alone.

Neither the compiled mapping nor its trace is asked: a value has arrived when it can be found in the output, as itself,
as a date in FHIR's form, as a part of a URI, or as the code that the HL7 table of its field translates it to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from runtime.codecs.hl7v2 import unescape

SEGMENTS = frozenset(["EVN", "PID", "PD1", "NK1", "PV1", "PV2", "ROL", "OBX", "AL1", "DG1", "PR1", "GT1", "IN1", "IN2", "IN3", "ACC"])

SET_IDS = frozenset({"PID-1", "NK1-1", "PV1-1", "OBX-1", "AL1-1", "DG1-1", "PR1-1", "GT1-1", "IN1-1"})
"""Their number is the place of an entry in its list."""

_WORD = re.compile(r"[\w.+/@&'-]+")
_TIME = re.compile(r"(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\.\d+)?([+-]\d{4})?")

Codes = Callable[[str, str], set[str]]
"""The codes, or the URIs of systems, that the library's tables make of a code at a place (`PID-8.1.1`)."""


@dataclass(frozen=True, slots=True)
class Value:
    """A leaf of a message: `PID-5.1.1` and its unescaped text."""

    place: str
    text: str


@dataclass
class Output:
    """What a Bundle holds, for looking things up."""

    texts: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    instants: set[str] = field(default_factory=set)


def values(message: bytes) -> list[Value]:
    """The distinct populated leaves of the listed segments; explicit nulls and set ids left out."""
    found: dict[Value, None] = {}
    for line in re.split(r"[\r\n]+", message.decode("utf-8-sig", "replace")):
        fields = line.split("|")
        if fields[0] in SEGMENTS:
            for number, text in enumerate(fields[1:], 1):
                found.update(dict.fromkeys(_leaves(f"{fields[0]}-{number}", text)))
    return [value for value in found if value.place.split(".")[0] not in SET_IDS]


def _leaves(place: str, text: str) -> Iterator[Value]:
    for repetition in text.split("~"):
        for number, component in enumerate(repetition.split("^"), 1):
            for below, leaf in enumerate(component.split("&"), 1):
                plain = unescape(leaf).strip()
                if plain and plain != '""':
                    yield Value(f"{place}.{number}.{below}", plain)


def output(bundle: dict[str, Any]) -> Output:
    """Index a Bundle."""
    found = Output()
    for text in _texts(bundle):
        found.texts.add(text.casefold())
        found.words.update(word.casefold() for word in _WORD.findall(text))
        found.words.update(part.casefold() for part in re.split(r"[/:|]", text))
        found.instants.update(_instants(text))
    return found


def missing(message: bytes, bundle: dict[str, Any], codes: Codes) -> tuple[list[Value], int]:
    """The values that did not arrive, and how many there are in all."""
    found = output(bundle)
    wanted = values(message)
    return [value for value in wanted if not arrived(value, found, codes)], len(wanted)


def arrived(value: Value, found: Output, codes: Codes) -> bool:
    """Whether a value stands in the output in one of the accepted forms."""
    text = value.text.casefold()
    if text in found.texts or text in found.words or _words(text) <= found.words:
        return True
    if _when(value.text) & found.instants:
        return True
    if _number(value.text) in found.texts:
        return True
    return any(code.casefold() in found.texts for code in codes(value.place, value.text))


def _words(text: str) -> set[str]:
    """The words of a text of several; one that cannot be found alone is no part of another."""
    words = set(_WORD.findall(text))
    return words if len(words) > 1 else {text}


def _number(text: str) -> str:
    try:
        return f"{float(text):g}"
    except ValueError:
        return text


def _texts(node: Any) -> Iterator[str]:
    match node:
        case dict():
            for key, child in node.items():
                if key not in ("resourceType", "fullUrl", "reference", "url"):
                    yield from _texts(child)
        case list():
            for child in node:
                yield from _texts(child)
        case bool():
            yield str(node).lower()
        case None:
            pass
        case _:
            yield str(node)


def _instants(text: str) -> set[str]:
    """A FHIR date or time in HL7's digits, cut at each precision."""
    if not re.fullmatch(r"\d{4}(-\d\d(-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d)?)?)?)?", text):
        return set()
    return _precisions(text)


def _precisions(text: str) -> set[str]:
    found = {re.sub(r"\D", "", text[:19])}
    if "T" in text:
        moment = datetime.fromisoformat(text)
        found |= {f"{moment.timestamp():.0f}", f"{moment.timestamp() // 60:.0f}m"} if moment.tzinfo else set()
    return found


def _when(text: str) -> set[str]:
    """An HL7 date or time in the same forms."""
    parts = _TIME.fullmatch(text)
    if parts is None:
        return set()
    digits = "".join(part or "" for part in parts.groups()[:6])
    found = {digits, digits.ljust(14, "0")} if len(digits) > 8 else {digits}
    if parts[8] and len(digits) >= 12:
        moment = datetime.strptime(digits.ljust(14, "0") + parts[8], "%Y%m%d%H%M%S%z")
        found |= {f"{moment.timestamp():.0f}", f"{moment.timestamp() // 60:.0f}m"}
    return found
