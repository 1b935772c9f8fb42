"""The types of X12 sets by name: sets, loops, the segments of a loop, their composites, and the wider ones of these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mapper.schema.model import TypeInfo, TypeKind
from mapper.schema.x12_data import title

Node = dict[str, Any]

# X12 data types, and the formats that a date/time qualifier (data element 1250) names. DT doubles as the format
# "date and time": both begin with the date.
PRIMITIVES: Mapping[str, str] = {
    "AN": "Text",
    "ID": "Code",
    "N0": "Whole number",
    "N1": "Number, one implied decimal",
    "N2": "Number, two implied decimals",
    "N": "Number, implied decimals",
    "R": "Decimal number",
    "B": "Binary",
    "DT": "Date, or date and time",
    "TM": "Time",
    "D6": "Date YYMMDD",
    "D8": "Date CCYYMMDD",
    "RD8": "Dates from-to CCYYMMDD-CCYYMMDD",
}


@dataclass(frozen=True, slots=True)
class Type:
    """What a name stands for: a loop or segment node, a composite's element, or all cases of a wider type."""

    info: TypeInfo
    node: Node
    set: str = ""
    cases: tuple[Node, ...] = ()


@dataclass(slots=True)
class Types:
    """All types of some sets.

    A name that several sets have is the first one's; `835.2100` is always that of its set.
    """

    by_name: dict[str, Type] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)  # of nodes, by identity: tables outlive this
    parents: dict[str, list[str]] = field(
        default_factory=dict
    )  # of loops: the loops around, inner ones of each place
    segments: dict[str, list[Node]] = field(default_factory=dict)  # by id: the cases of a wider type
    composites: dict[str, list[Node]] = field(default_factory=dict)

    def get(self, name: str) -> Type | None:
        return self.by_name.get(name)

    def name_of(self, node: Node) -> str:
        """The type of a loop or segment node of one of the tables."""
        return self.names[id(node)]


def build(tables: Iterable[Mapping[str, Any]]) -> Types:
    """The types of some structure tables."""
    types = Types()
    for table in tables:
        _loop(types, table["root"], table["set"], None)
    for name, nodes in types.segments.items():
        types.by_name.setdefault(
            name, Type(TypeInfo(name, "segment", title(name)), nodes[0], cases=tuple(nodes))
        )
    for name, nodes in types.composites.items():
        types.by_name.setdefault(
            name, Type(TypeInfo(name, "composite", title(name)), nodes[0], cases=tuple(nodes))
        )
    return types


def _loop(types: Types, loop: Node, set_name: str, parent: str | None) -> None:
    kind: TypeKind = "message" if parent is None else "group"
    name = _named(types, loop, set_name, loop["id"], parent, kind)
    if parent is not None and parent not in types.parents.setdefault(name, []):
        types.parents[name].append(parent)
    for child in loop["children"]:
        if child["kind"] == "loop":
            _loop(types, child, set_name, name)
        else:
            _segment(types, child, set_name, name)


def _segment(types: Types, segment: Node, set_name: str, loop: str) -> None:
    name = f"{loop}.{segment['slot']}"
    known = types.get(name)
    types.names[id(segment)] = name
    if known is None:
        general = None
        if segment["id"] != set_name:  # TA1 is both: the bare name is that of the set
            general = segment["id"]
            types.segments.setdefault(general, []).append(segment)
        info = TypeInfo(name, "segment", segment["name"], general)
        types.by_name[name] = types.by_name[_qualified(set_name, name)] = Type(info, segment, set_name)
    for element in segment["elements"]:
        if element["components"] is None or element["usage"] == "N":
            continue
        types.composites.setdefault(element["de"], []).append(element)
        inner = composite_name(name, element)
        info = TypeInfo(inner, "composite", element["name"], element["de"])
        types.by_name.setdefault(inner, Type(info, element, set_name))
        types.by_name.setdefault(_qualified(set_name, inner), types.by_name[inner])


def composite_name(segment: str, element: Node) -> str:
    """The type of a composite element: `2300.CLM.5`, of the wider segment `CLM.5`."""
    return f"{segment}.{element['n']}"


def _qualified(set_name: str, name: str) -> str:
    return name if name == set_name or name.startswith(f"{set_name}.") else f"{set_name}.{name}"


def _named(types: Types, loop: Node, set_name: str, name: str, parent: str | None, kind: TypeKind) -> str:
    """Registers a loop. Loops of one set with one id are one type where they hold the same (2300 of a claim)."""
    for candidate in (name, _qualified(set_name, name), f"{parent}.{name}"):
        known = types.get(candidate)
        if known is not None and known.set == set_name and known.node["children"] == loop["children"]:
            types.names[id(loop)] = known.info.name
            return known.info.name
        if known is None:
            made = Type(TypeInfo(candidate, kind, loop["name"]), loop, set_name)
            types.by_name[candidate] = made
            types.by_name.setdefault(_qualified(set_name, candidate), made)
            types.names[id(loop)] = candidate
            return candidate
    types.names[id(loop)] = f"{parent}.{name}"  # cannot be told apart by name: the first one stands for all
    return types.names[id(loop)]


def chains(types: Types, name: str) -> Iterator[tuple[str, ...]]:
    """The loops from the set down to a loop, itself included, once for each place where it stands."""
    found = types.parents.get(name)
    if not found:
        yield (name,)
        return
    for parent in found:
        for chain in chains(types, parent):
            yield (*chain, name)
