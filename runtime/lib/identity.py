"""Who a resource is: ids from keys, conditional requests, and the merging of two sources of one resource."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson

from runtime.lib.fhir import Node
from runtime.lib.ids import derived_id, keyed_id

Keys = Sequence[tuple[str, tuple[Any, ...], str | None]]
"""`(key name, values, search parameter or None)`, most telling first."""


class Identity(NamedTuple):
    """A resource of the Bundle under construction: its URL, its content, and how a server finds it again.

    `parameter` is the R4 search parameter of the key that identifies it (`None` where R4 cannot search it) and
    `value` the key's value. `own` tells a resource that a line of the message makes from one only referred to.
    """

    kind: str
    id: str
    url: str
    node: Node
    parameter: str | None
    value: Any
    own: bool

    @property
    def search(self) -> str | None:
        """The query of a conditional request: `identifier=system|value`, percent-encoded.

        `None` where the identifier has no system that would tell it from another sender's.
        """
        value = self.value
        if (
            self.parameter is None
            or type(value) is not dict
            or not value.get("system")
            or not value.get("value")
        ):
            return None
        return (
            f"{self.parameter}={quote(str(value['system']), safe=':/')}|{quote(str(value['value']), safe='')}"
        )


def identify(namespace: bytes, kind: str, node: Node, keys: Keys) -> tuple[str, str | None, Any, bool]:
    """The id by the first key whose values are all there, its search parameter and value; else by the whole content.

    The last member tells whether a key was found.
    """
    for name, values, parameter in keys:
        if len(values) == 1:
            text = key_value(values[0])
            if text:
                return keyed_id(namespace, kind, name, text), parameter, values[0], True
            continue
        parts = [key_value(value) for value in values]
        if all(parts):
            return derived_id(namespace, kind, name, *parts), None, None, True
    return derived_id(namespace, kind, "content", canonical(node)), None, None, False


UNTELLING = frozenset({"system", "type", "use", "period", "assigner", "extension"})
"""What an Identifier may hold without saying which one it is."""


def key_value(value: Any) -> str:
    """A key's value as text.

    An Identifier by its system (its type where it has none) and value, a Reference by its target.
    """
    if type(value) is str:
        return value
    if not value:
        return ""
    if type(value) is dict:
        if "value" in value:
            system = value.get("system")
            if system is None:
                system = canonical(value.get("type")) + canonical(value.get("assigner"))
            return f"{system}|{value['value']}"
        if "reference" in value:
            return str(value["reference"])
        if value.keys() <= UNTELLING:
            return ""
    return canonical(value)


def canonical(value: Any) -> str:
    """Text that is equal for equal values, whatever the order of their members."""
    if value is None:
        return "null"
    return orjson.dumps(
        value, default=_decimal, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS
    ).decode()


def _decimal(value: Any) -> str:
    if type(value) is Decimal:
        return str(value)
    if isinstance(value, Mapping):
        return canonical(dict(value))
    raise TypeError


def merge_into(held: Node, other: Node) -> Iterator[str]:
    """Fill what the held resource lacks; yield the elements about which the two disagree."""
    for key, value in other.items():
        present = held.get(key)
        if present is None:
            held[key] = value
        elif key == "extension":
            yield from _merge_extensions(present, value)
        elif isinstance(present, list) and isinstance(value, list):
            if present != value and not all(item in present for item in value):
                yield key
        elif present != value:
            yield key


def _merge_extensions(present: list[Any], others: list[Any]) -> Iterator[str]:
    """The extensions of both, each an element of its own by its URL; yields those about which they disagree."""
    known = {item.get("url") for item in present}
    for item in others:
        if item.get("url") not in known:
            present.append(item)
        elif item not in present:
            yield f"extension({str(item.get('url')).rpartition('/')[2]})"


def says(node: Any, part: Any) -> bool:
    """Whether a node says all that another one says; lists by their items in order.

    An element beside which stands why it is absent says nothing.
    """
    if isinstance(part, dict):
        return isinstance(node, dict) and all(
            (key in node and says(node[key], value)) or (key[:1] == "_" and key[1:] not in part)
            for key, value in part.items()
        )
    if isinstance(part, list):
        return (
            isinstance(node, list)
            and len(node) >= len(part)
            and all(says(one, other) for one, other in zip(node, part, strict=False))
        )
    return bool(node == part)
