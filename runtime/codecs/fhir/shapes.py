"""What each FHIR type may hold, compiled from plain data into tables that a document is checked with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, TypeAlias

Shapes: TypeAlias = Mapping[str, Mapping[str, Sequence[object]]]
"""Plain data, made by the schema: `{type: {element: [type name, is a list]}}`; choices spelt out.

A value is compiled on its first use, so it must not change afterwards.
"""

ABSTRACT = frozenset({"Resource", "DomainResource"})
_ELEMENT: Mapping[str, Sequence[object]] = {"id": ["string", False], "extension": ["Extension", True]}
JSON_TYPES: dict[str, type] = {
    "boolean": bool,
    "integer": int,
    "positiveInt": int,
    "unsignedInt": int,
    "decimal": Decimal,
}


class Spec(NamedTuple):
    """One element: whether it repeats, the Python type of a primitive, and the table of what is below.

    `below` is None for a primitive and for a nested resource, whose own `resourceType` says its type. `nulls`
    allows null items: primitives and their `_` siblings are aligned by position.
    """

    many: bool
    primitive: type | None
    below: Table | None
    nulls: bool


class Table(dict[str, Spec]):
    """Elements of one type by name. `kinds` has the Python type of each one's value: `list` where it repeats."""

    __slots__ = ("kinds",)

    def __init__(self, other: Table | None = None) -> None:
        super().__init__(other or {})
        self.kinds: dict[str, type] = dict(other.kinds) if other is not None else {}

    def add(self, element: str, spec: Spec) -> None:
        """Give the type one more element."""
        self[element] = spec
        self.kinds[element] = list if spec.many else spec.primitive or dict


_NOTHING = Table()


class Tables:
    """Tables of all types of one shape set, compiled on demand."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self._types: dict[str, Table] = {}
        self._resources: dict[str, Table | None] = {}

    def resource(self, name: object) -> Table | None:
        """The table of a resource type, with `resourceType`; None if there is no such type."""
        if not isinstance(name, str):
            return None
        if name not in self._resources:
            if name not in self.shapes or name in ABSTRACT:
                return None
            table = Table(self.type(name))
            table.add("resourceType", Spec(False, str, None, False))
            self._resources[name] = table
        return self._resources[name]

    def nested(self, value: object) -> Table:
        """The table of a resource within another one, by its own type; an empty one, which nothing fits, if unknown."""
        table = self.resource(value.get("resourceType")) if isinstance(value, dict) else None
        return table if table is not None else _NOTHING

    def type(self, name: str) -> Table:
        """The table of a data type, backbone element or resource. Raises KeyError if the shapes lack it."""
        known = self._types.get(name)
        if known is not None:
            return known
        table = self._types[name] = Table()
        for element, (of, many) in self.shapes[name].items():
            if element != "resourceType":
                self._add(table, element, str(of), bool(many))
        return table

    def _add(self, table: Table, element: str, of: str, many: bool) -> None:
        if of in ABSTRACT:
            table.add(element, Spec(many, None, None, False))
        elif of in self.shapes and not is_primitive(of):
            table.add(element, Spec(many, None, self.type(of), False))
        elif is_primitive(of):
            table.add(element, Spec(many, JSON_TYPES.get(of, str), None, many))
            table.add(f"_{element}", Spec(many, None, self.element(), many))
        else:
            raise KeyError(of)

    def element(self) -> Table:
        """The table of what stands beside a primitive: its id and its extensions."""
        name = "Element"
        if name in self.shapes:
            return self.type(name)
        if name not in self._types:
            table = self._types[name] = Table()
            for element, (of, many) in _ELEMENT.items():
                if of == "string" or of in self.shapes:
                    self._add(table, element, str(of), bool(many))
        return self._types[name]


def is_primitive(name: str) -> bool:
    """Whether a type is a FHIR primitive (`code`) or a FHIRPath system type: no capital comes first."""
    return not name[:1].isupper()


_compiled: dict[int, Tables] = {}
_MOST_COMPILED = 16


def tables_of(shapes: Shapes) -> Tables:
    """The compiled tables of a shape set, made once. They keep the set alive, so its id stays its own."""
    known = _compiled.get(id(shapes))
    if known is None:
        if len(_compiled) >= _MOST_COMPILED:
            _compiled.clear()
        known = _compiled[id(shapes)] = Tables(shapes)
    return known
