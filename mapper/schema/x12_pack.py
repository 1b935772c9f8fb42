"""Structure tables in the compact form in which they are stored, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from mapper.schema.store import Pool

Node = dict[str, Any]
Types = Mapping[str, Sequence[Any]]

_ELEMENT = ("n", "de", "usage", "name", "codes", "external", "repeat", "components", "syntax", "pattern")
_BLANK = {"n": 0, "de": "", "usage": "", "name": "", "repeat": 1, "syntax": []}
_SEGMENT = ("slot", "id", "name", "usage", "max", "order", "pos", "match")
_LOOP = ("slot", "id", "name", "usage", "max", "order")


def pack(root: Node) -> dict[str, Any]:
    """The tree with equal segments' elements stored once; types and lengths are left to the data elements."""
    pool = Pool()
    tree = _pack_node(root, pool)
    return {"tree": tree, "pool": [json.loads(block) for block in pool.blocks]}


def unpack(packed: Mapping[str, Any], types: Types) -> Node:
    """The root loop node. Segments with equal elements share them, so nodes must not be changed."""
    pool = [(_elements(rows, types), list(syntax)) for rows, syntax in packed["pool"]]
    return _unpack_node(packed["tree"], pool)


def _pack_node(node: Node, pool: Pool) -> list[Any]:
    if node["kind"] == "loop":
        return [[_pack_node(child, pool) for child in node["children"]], *(node.get(key, 0) for key in _LOOP)]
    held = [[_pack_element(element) for element in node["elements"]], node["syntax"]]
    block = json.dumps(held, ensure_ascii=False, separators=(",", ":"))
    return [pool.number(block), *(node.get(key, 0) for key in _SEGMENT)]


def _pack_element(element: Node) -> list[Any]:
    row = [element.get(key) if element.get(key) != _BLANK.get(key) else None for key in _ELEMENT]
    if element["components"] is not None:
        row[7] = [_pack_element(component) for component in element["components"]]
    if element["repeat"] is None:
        row[6] = 0
    while row[-1] is None:
        row.pop()
    return row


def _unpack_node(packed: Sequence[Any], pool: Sequence[tuple[list[Node], list[str]]]) -> Node:
    held, *facts = packed
    if isinstance(held, list):
        children = [_unpack_node(child, pool) for child in held]
        return {"kind": "loop", **dict(zip(_LOOP, facts, strict=True)), "children": children}
    elements, syntax = pool[held]
    return {
        "kind": "segment",
        **dict(zip(_SEGMENT, facts, strict=True)),
        "elements": elements,
        "syntax": syntax,
    }


def _elements(rows: Sequence[Sequence[Any]], types: Types) -> list[Node]:
    return [_unpack_element(row, types) for row in rows]


def _unpack_element(row: Sequence[Any], types: Types) -> Node:
    facts = [*row, *[None] * (len(_ELEMENT) - len(row))]
    n, de, usage, name, codes, external, repeat, components, syntax, pattern = facts
    kind, shortest, longest = types[de] if components is None else ("C", 0, 0)
    element: Node = {
        "n": n,
        "type": kind,
        "min": shortest,
        "max": longest,
        "usage": usage,
        "repeat": 1 if repeat is None else repeat or None,
        "codes": codes,
        "external": external,
        "name": name or "",
        "de": de,
        "components": None if components is None else _elements(components, types),
        "syntax": syntax or [],
    }
    if pattern:
        element["pattern"] = pattern
    return element
