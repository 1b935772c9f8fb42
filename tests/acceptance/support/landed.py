"""The values of a Bundle, leaf by leaf: what may count as arrival. Ids, references, raw copies may not."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.judges.walk import Json, resources

# What the mapping makes up itself, or what repeats a position instead of a value.
OWN = frozenset(
    {"resourceType", "id", "reference", "url", "div", "fullUrl", "active", "preferred", "userSelected"}
)
RAW = re.compile(r"(^|[\r\n])[A-Z][A-Z0-9]{2}\|")


@dataclass(frozen=True)
class Landed:
    """A value in a resource: the resource's type, the names of the elements down to it, the object that holds it."""

    resource: str
    names: tuple[str, ...]
    value: Any
    holder: Json

    @property
    def name(self) -> str:
        return self.names[-1]

    @property
    def text(self) -> str:
        return str(self.value)


def landed(bundle: Json, message: bytes) -> list[Landed]:
    """Every value of the Bundle and its resources that is not the mapping's own and no raw copy of the message."""
    raw = message.decode("utf-8-sig", "replace")
    head = {name: value for name, value in bundle.items() if name not in ("entry", "type", "resourceType")}
    found = list(_walk(head, "Bundle", (), head))
    for placed in resources(bundle):
        own = {name: value for name, value in placed.resource.items() if name != "contained"}
        found += _walk(own, placed.type, (), own)
    return [one for one in found if not _is_copy(one.value, raw)]


def _walk(value: Any, resource: str, names: tuple[str, ...], holder: Json) -> Iterator[Landed]:
    if isinstance(value, dict):
        for name, child in value.items():
            if name not in OWN:
                yield from _walk(child, resource, (*names, name), value)
    elif isinstance(value, list):
        for child in value:
            yield from _walk(child, resource, names, holder)
    elif value is not None and names:
        yield Landed(resource, names, value, holder)


def _is_copy(value: Any, raw: str) -> bool:
    """Whether a string is a segment, the message, or a field with its delimiters, also in base 64."""
    if not isinstance(value, str):
        return False
    if RAW.search(value) or (("|" in value or "^" in value) and value in raw):
        return True
    return len(value) > 40 and RAW.search(_unpacked(value)) is not None


def _unpacked(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""
