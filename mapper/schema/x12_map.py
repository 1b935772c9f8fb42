"""Reads X12 implementation guides from pyx12's XML map format (both of its forms) into structure-table nodes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from mapper.schema.x12_xml import MapError, Xml, parse

Node = dict[str, Any]
Types = Mapping[str, tuple[str, int, int]]  # data element number: X12 data type, shortest and longest length

# Loops of the map format that only group others: what they hold stands in the loop around them.
WRAPPERS = frozenset({"HEADER", "DETAIL", "FOOTER"})
_SYNTAX = re.compile(r"([PRECL])((?:\d\d){2,})\Z")
_LOOP_ID = re.compile(r"[A-Z0-9]{1,12}\Z")
_SEGMENT_ID = re.compile(r"[A-Z][A-Z0-9]{1,2}\Z")


def read_map(content: bytes, types: Types) -> tuple[Node, list[Node]]:
    """The transaction of a map file as a loop node, and the segments around it (ISA, GS, GE, TA1, IEA) if it has them.

    Nodes are those of a structure table without slots and matches (see `x12_structure`). Raises `MapError`.
    """
    root = parse(content)
    if root.tag != "transaction":
        raise MapError(f"the outermost XML element is {_shown(root.tag)}, not transaction", root.line)
    found = _find_transaction(root)
    around = [_segment(node, types) for node in _around(root)]
    if found is None:
        return {}, around
    return _loop(found, types), around


def _shown(text: str) -> str:
    """Text of a file, safe and short enough for a message."""
    return repr(text[:40])


def _find_transaction(node: Xml) -> Xml | None:
    for loop in node.all("loop"):
        if loop.get("xid") == "ST_LOOP":
            return loop
        if (inner := _find_transaction(loop)) is not None:
            return inner
    return None


def _around(node: Xml) -> Iterable[Xml]:
    for loop in node.all("loop"):
        if loop.get("xid") in ("ISA_LOOP", "GS_LOOP"):
            yield from loop.all("segment")
            yield from _around(loop)


def _loop(node: Xml, types: Types) -> Node:
    children = _children(node, types, ())
    name = node.get("xid")
    if not children or children[0]["kind"] != "segment":
        raise MapError(f"loop {_shown(name)} does not begin with a segment", node.line)
    if not _LOOP_ID.match(name.replace("_", "")):
        raise MapError(f"{_shown(name)} is not a loop id", node.line)
    return {
        "kind": "loop",
        "id": name,
        "name": node.get("name"),
        "usage": _usage(node),
        "max": _most(node, "repeat"),
        "children": _ranked(children),
    }


def _children(node: Xml, types: Types, rank: tuple[int, ...]) -> list[Node]:
    """Segments and loops in the guide's order, which is that of their positions; wrapping loops dissolved."""
    found: list[Node] = []
    for child in node.all("segment", "loop"):
        place = (*rank, _number(child, "pos"))
        if child.tag == "loop" and (child.get("xid") in WRAPPERS or child.get("type") == "wrapper"):
            found += _children(child, types, place)
            continue
        made = _segment(child, types) if child.tag == "segment" else _loop(child, types)
        made["order"] = place
        found.append(made)
    return sorted(found, key=lambda made: made["order"])


def _ranked(children: list[Node]) -> list[Node]:
    """`order` as small numbers; equal ones may come in any order."""
    ranks = {place: number for number, place in enumerate(sorted({child["order"] for child in children}))}
    return [child | {"order": ranks[child["order"]]} for child in children]


def _segment(node: Xml, types: Types) -> Node:
    name = node.get("xid")
    if not _SEGMENT_ID.match(name):
        raise MapError(f"{_shown(name)} is not a segment id", node.line)
    return {
        "kind": "segment",
        "id": name,
        "name": node.get("name"),
        "usage": _usage(node),
        "max": _most(node, "max_use"),
        "pos": node.get("pos"),
        "elements": _elements(node, types),
        "syntax": _syntax(node),
    }


def _elements(node: Xml, types: Types) -> list[Node]:
    made = [_element(child, types) for child in node.all("element", "composite")]
    made.sort(key=lambda element: element["n"])
    for before, after in pairwise(made):
        if before["n"] == after["n"]:
            raise MapError(f"two elements have the number {after['n']}", node.line)
    return made


def _element(node: Xml, types: Types) -> Node:
    number = node.get("data_ele")
    element: Node = {
        "n": _number(node, "seq"),
        "usage": _usage(node),
        "repeat": _most(node, "repeat") if node.get("repeat") else 1,
        "name": node.get("name"),
        "de": number,
        "codes": None,
        "external": None,
        "components": None,
        "syntax": _syntax(node),
    }
    if node.tag == "composite":
        return element | {"type": "C", "min": 0, "max": 0, "components": _elements(node, types)}
    if number not in types:
        raise MapError(f"data element {_shown(number)} is not known", node.line)
    kind, shortest, longest = types[number]
    for valid in node.all("valid_codes"):
        # A code that a map lists twice is one code.
        codes = dict.fromkeys(code.text.strip() for code in valid.all("code"))
        element["codes"] = [code for code in codes if code] or None
        element["external"] = valid.attributes.get("external") or None
    if pattern := node.get("regex"):
        element["pattern"] = pattern
    return element | {"type": kind, "min": shortest, "max": longest}


def _syntax(node: Xml) -> list[str]:
    rules = [rule.text.strip() for rule in node.all("syntax")]
    for rule in rules:
        if not _SYNTAX.match(rule):
            raise MapError(f"{_shown(rule)} is not a syntax rule", node.line)
    return rules


def _usage(node: Xml) -> str:
    usage = node.get("usage")
    if usage not in ("R", "S", "N"):
        raise MapError(f"usage is {_shown(usage)}, not R, S or N", node.line)
    return usage


def _most(node: Xml, name: str) -> int | None:
    return None if node.get(name) == ">1" else _number(node, name)


def _number(node: Xml, name: str) -> int:
    text = node.get(name)
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise MapError(f"{name} is {_shown(text)}, not a number", node.line)
    return int(text)
