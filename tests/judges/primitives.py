"""The formats of R4's primitive types (hl7.org/fhir/R4/datatypes.html)."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

_YEAR = r"([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)"
_MONTH = r"(0[1-9]|1[0-2])"
_DAY = r"(0[1-9]|[1-2][0-9]|3[0-1])"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"
_ZONE = r"(Z|(\+|-)((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"

PATTERNS = {
    "base64Binary": r"(\s*([0-9a-zA-Z+/=]){4}\s*)+",
    "canonical": r"\S+",
    "code": r"\S+( \S+)*",
    "date": f"{_YEAR}(-{_MONTH}(-{_DAY})?)?",
    "dateTime": f"{_YEAR}(-{_MONTH}(-{_DAY}(T{_TIME}{_ZONE})?)?)?",
    "id": r"[A-Za-z0-9\-.]{1,64}",
    "instant": f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}",
    "markdown": r"[\s\S]*\S[\s\S]*",
    "oid": r"urn:oid:[0-2](\.(0|[1-9][0-9]*))+",
    "string": r"[\s\S]*\S[\s\S]*",
    "time": _TIME,
    "uri": r"\S+",
    "url": r"\S+",
    "uuid": r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
}
COMPILED = {name: re.compile(pattern) for name, pattern in PATTERNS.items()}
DATED = ("date", "dateTime", "instant")
LOWEST = {"integer": -(2**31), "unsignedInt": 0, "positiveInt": 1}
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def objection(type_name: str, value: Any) -> str | None:
    """Why the value is not one of that primitive type, or `None`; unknown types are not judged."""
    if type_name == "boolean":
        return None if isinstance(value, bool) else "not a boolean"
    if type_name in LOWEST:
        return _integer(type_name, value)
    if type_name == "decimal":
        fits = isinstance(value, (int, Decimal, float)) and not isinstance(value, bool)
        return None if fits else "not a number"
    pattern = COMPILED.get(type_name)
    return None if pattern is None else _text(type_name, pattern, value)


def _integer(type_name: str, value: Any) -> str | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return "not an integer"
    return None if LOWEST[type_name] <= value < 2**31 else f"outside the range of {type_name}"


def _text(type_name: str, pattern: re.Pattern[str], value: Any) -> str | None:
    if not isinstance(value, str):
        return "not a string"
    if CONTROL.search(value):
        return "holds a control character"
    if not pattern.fullmatch(value):
        return f"not a valid {type_name}"
    return _calendar(value) if type_name in DATED else None


def _calendar(value: str) -> str | None:
    day = value[:10]
    try:
        if len(day) == 10:
            date.fromisoformat(day)
    except ValueError:
        return "no such day"
    return None
