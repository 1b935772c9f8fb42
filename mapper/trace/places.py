"""Places and names that the sides of traces share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from runtime.lib.trail import Where

_NUMBER = re.compile(r"\[(?:\d+|\*)\]|#\d+")


def matches(leaf: Where, where: Where) -> bool:
    """Whether a leaf lies at or below a place; `None` in the place is any number."""
    return len(leaf) >= len(where) and all(b is None or a == b for a, b in zip(leaf, where, strict=False))


def plain(text: str) -> str:
    """A place without numbers of repetitions and of resources."""
    return _NUMBER.sub("", text)


def under(text: str, wanted: str) -> bool:
    """Whether a place as text is the wanted one or below it; where the wanted one has no numbers, neither count."""
    if not _NUMBER.search(wanted):
        text = plain(text)
    return text == wanted or (text.startswith(wanted) and text[len(wanted)] in ".-[#")


def leaves_of(node: Any, path: Where) -> Iterator[tuple[Where, Any]]:
    """The populated leaves of a tree, with their paths."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from leaves_of(value, (*path, key))
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from leaves_of(value, (*path, number))
    elif node is not None and node != "":
        yield path, node
