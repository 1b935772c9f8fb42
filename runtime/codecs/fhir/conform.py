"""The walk over a document: a quick one that only answers whether it fits, and one that cuts and tells.

Both turn integers in decimal elements into Decimal, so that an element always has the same type.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, TypeAlias

from runtime.codecs.fhir.shapes import Spec, Table, Tables
from runtime.codecs.findings import (
    EMPTY_VALUE,
    TOO_LARGE,
    UNKNOWN_ELEMENT,
    UNKNOWN_RESOURCE,
    WRONG_SHAPE,
    Findings,
    decode_error,
)

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}", re.ASCII)
_ABSENT = object()


Inexact: TypeAlias = list[tuple[dict[str, Any], str]]
"""Where decimal elements hold a float: objects and keys, in the order of the document."""


def fits(node: Any, table: Table, tables: Tables, depth: int, inexact: Inexact) -> int:
    """Whether a value is an object of the shape of its type, all the way down: the number of all its keys, or 0.

    `depth` levels may follow. A float fits a decimal only for now: it is added to `inexact`, for its digits to be
    read again.
    """
    try:
        return _keys(node, table, tables, depth, inexact) if type(node) is dict else 0
    except KeyError:
        return 0


def _keys(  # noqa: C901, PLR0912  # calls would cost more than the checks
    node: dict[str, Any], table: Table, tables: Tables, depth: int, inexact: Inexact
) -> int:
    """The number of all keys of an object that fits, or 0. Raises KeyError for an element that its type lacks.

    One function, because this walk is most of the cost of reading a document that has no faults.
    """
    if depth <= 0:
        return 0
    keys = len(node)
    kinds: dict[str, Any] = table.kinds
    for key, value in node.items():
        kind = kinds[key]
        if kind is not type(value):
            if kind is not Decimal or not _is_number(node, key, inexact):
                return 0
        elif kind is str:
            if not value:
                return 0
        elif kind is dict:
            found = _keys(value, table[key].below or tables.nested(value), tables, depth - 1, inexact)
            if not found:
                return 0
            keys += found
        elif kind is list:
            spec = table[key]
            if spec.primitive is not None:
                if not _all_fit(value, spec.primitive, node, key):
                    return 0
                continue
            if not value:
                return 0
            for item in value:
                if type(item) is dict:
                    found = _keys(item, spec.below or tables.nested(item), tables, depth - 2, inexact)
                    if not found:
                        return 0
                    keys += found
                elif item is not None or not spec.nulls or not _aligned(node, key):
                    return 0
    return keys


def _is_number(node: dict[str, Any], key: str, inexact: Inexact) -> bool:
    """Whether a value is a number where a decimal is wanted: an integer becomes one, a float is noted."""
    value = node[key]
    if type(value) is int:
        node[key] = Decimal(value)
        return True
    if type(value) is float:
        inexact.append((node, key))
        return True
    return False


def _all_fit(items: list[Any], primitive: type | None, node: dict[str, Any], key: str) -> bool:
    if not items or primitive is Decimal:
        return False
    for item in items:
        if type(item) is not primitive:
            if item is not None or not _aligned(node, key):
                return False
        elif item == "":
            return False
    return True


def _aligned(node: dict[str, Any], key: str) -> bool:
    """Whether null may hold a place in a list: there is a list beside it, and not all of this one is null."""
    return type(node.get(_beside(key))) is list and any(item is not None for item in node[key])


def _beside(key: str) -> str:
    """The list that another one is aligned with: `given` and `_given`."""
    return key[1:] if key[0] == "_" else f"_{key}"


def cut_to_shape(
    node: dict[str, Any], table: Table, path: str, tables: Tables, depth: int, findings: Findings
) -> None:
    """Cut what does not fit out of an object, and tell each cut with its FHIRPath."""
    _Cutter(tables, findings).object(node, table, path, depth)


class _Cutter:
    def __init__(self, tables: Tables, findings: Findings) -> None:
        self._tables = tables
        self._findings = findings

    def object(self, node: dict[str, Any], table: Table, path: str, depth: int) -> None:
        if depth <= 0:
            raise decode_error(TOO_LARGE, path, "nested too deeply")
        for key in list(node):
            spec = table.get(key)
            where = f"{path}.{key}" if _NAME.fullmatch(key) else f"{path}.?"
            if spec is None:
                self._findings.tell(
                    UNKNOWN_ELEMENT, "warning", where, "the type has no such element; it was cut"
                )
                del node[key]
                continue
            kept = self._element(node, key, spec, where, depth)
            if kept is _ABSENT:
                del node[key]
            else:
                node[key] = kept

    def _element(self, node: dict[str, Any], key: str, spec: Spec, path: str, depth: int) -> Any:
        value = node[key]
        if not spec.many:
            return self._one(value, spec, path, depth)
        if type(value) is not list:
            self._wrong(path, "a list", value)
            return _ABSENT
        nulls = spec.nulls and type(node.get(_beside(key))) is list
        return self._list(value, spec, path, depth, nulls)

    def _list(self, items: list[Any], spec: Spec, path: str, depth: int, nulls: bool) -> Any:
        """The items that fit. Where null keeps two lists aligned, an item that does not fit becomes null."""
        kept: list[Any] = []
        for number, item in enumerate(items):
            if item is None and nulls:
                kept.append(None)
                continue
            one = self._one(item, spec, f"{path}[{number}]", depth - 1)
            if one is not _ABSENT:
                kept.append(one)
            elif nulls:
                kept.append(None)
        if all(item is None for item in kept):
            if not items:
                self._findings.tell(EMPTY_VALUE, "warning", path, "an empty list; it was cut")
            return _ABSENT
        return kept

    def _one(self, value: Any, spec: Spec, path: str, depth: int) -> Any:
        if spec.primitive is not None:
            return self._primitive(value, spec.primitive, path)
        if type(value) is not dict:
            self._wrong(path, "an object", value)
            return _ABSENT
        below = spec.below
        if below is None:
            below = self._tables.nested(value)
            if not below:
                self._findings.tell(
                    UNKNOWN_RESOURCE, "error", path, "the resource type is missing or unknown; it was cut"
                )
                return _ABSENT
        self.object(value, below, path, depth - 1)
        if not value:
            self._findings.tell(EMPTY_VALUE, "warning", path, "an object without content; it was cut")
            return _ABSENT
        return value

    def _primitive(self, value: Any, primitive: type, path: str) -> Any:
        if primitive is Decimal and type(value) is int:
            return Decimal(value)
        if type(value) is not primitive:
            self._wrong(path, _NAMES[primitive], value)
            return _ABSENT
        if value == "":
            self._findings.tell(EMPTY_VALUE, "warning", path, "an empty string; it was cut")
            return _ABSENT
        return value

    def _wrong(self, path: str, wanted: str, value: Any) -> None:
        found = _NAMES.get(type(value), "null")
        self._findings.tell(WRONG_SHAPE, "error", path, f"{wanted} expected, {found} found; it was cut")


_NAMES: dict[type, str] = {
    str: "a string",
    bool: "a boolean",
    int: "an integer",
    Decimal: "a number",
    float: "an inexact number",
    dict: "an object",
    list: "a list",
}
