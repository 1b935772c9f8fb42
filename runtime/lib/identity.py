"""Who a resource is: ids from keys, conditional requests, and the merging of two sources of one resource."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import orjson

from runtime.lib.fhir import Node
from runtime.lib.ids import derived_id

Keys = Sequence[tuple[str, tuple[Any, ...], str | None]]
"""`(key name, values, search parameter or None)`, most telling first."""


@dataclass(slots=True)
class Identity:
    """A resource of the Bundle under construction: its URL, its content, and how a server finds it again.

    `search` is the query of a conditional request (`identifier=system|value`), `None` where R4 cannot search the key.
    """

    kind: str
    id: str
    url: str
    node: Node
    search: str | None
    own: bool = False

    def numbered(self, namespace: bytes, number: int) -> Identity:
        """The identity of a further row with the same key."""
        identifier = derived_id(namespace, self.kind, self.id, number)
        return Identity(self.kind, identifier, f"urn:uuid:{identifier}", self.node, None)


def resource_id(namespace: bytes, kind: str, node: Node, keys: Keys) -> tuple[Identity, bool]:
    """The identity by the first key whose values are all there; else by the whole content (then the flag is false)."""
    for name, values, search in keys:
        parts = [key_value(value) for value in values]
        if all(parts):
            identifier = derived_id(namespace, kind, name, *parts)
            query = _query(search, values[0]) if search is not None and len(values) == 1 else None
            return Identity(kind, identifier, f"urn:uuid:{identifier}", node, query), True
    identifier = derived_id(namespace, kind, "content", canonical(node))
    return Identity(kind, identifier, f"urn:uuid:{identifier}", node, None), False


def key_value(value: Any) -> str:
    """A key's value as text; an Identifier by its system and value (its type where it has no system), a Reference by its target."""
    if type(value) is str:
        return value
    if type(value) is dict:
        if "value" in value:
            system = value.get("system")
            if system is None:
                system = canonical(value.get("type")) + canonical(value.get("assigner"))
            return f"{system}|{value['value']}"
        if "reference" in value:
            return str(value["reference"])
    return canonical(value) if value else ""


def canonical(value: Any) -> str:
    """Text that is equal for equal values, whatever the order of their members."""
    return orjson.dumps(value, default=_decimal, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS).decode()


def _decimal(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return canonical(dict(value))
    raise TypeError


def _query(parameter: str, value: Any) -> str | None:
    """`identifier=system|value`, percent-encoded; `None` where the identifier has no system to tell it from others."""
    if type(value) is not dict or not value.get("system") or not value.get("value"):
        return None
    return f"{parameter}={quote(str(value['system']), safe=':/')}|{quote(str(value['value']), safe='')}"


def merge_into(held: Node, other: Node) -> Iterator[str]:
    """Fill what the held resource lacks; yield the elements about which the two disagree."""
    for key, value in other.items():
        present = held.get(key)
        if present is None:
            held[key] = value
        elif isinstance(present, list) and isinstance(value, list):
            if present != value and not all(item in present for item in value):
                yield key
        elif present != value:
            yield key
