"""The compact HL7 v2 definitions, looked up block by block, one version at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from mapper.schema.store import read

OPEN = "…"
Kind = Literal["message", "group", "segment", "composite"]
KINDS: tuple[Kind, ...] = ("message", "group", "segment", "composite")

PRIMITIVES = {
    "DT": "Date",
    "DTM": "Date/Time",
    "FT": "Formatted Text Data",
    "GTS": "General Timing Specification",
    "ID": "Coded Value for HL7-defined Tables",
    "IS": "Coded Value for User-defined Tables",
    "NM": "Numeric",
    "SI": "Sequence ID",
    "SNM": "String of Telephone Number Digits",
    "ST": "String Data",
    "TM": "Time",
    "TN": "Telephone Number",
    "TX": "Text Data",
    "WD": "Withdrawn",
    "varies": "Variable: the datatype stands in another field",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A field or component in one version. `type` is empty where that version has withdrawn it."""

    number: int
    minimum: int
    maximum: int | None
    type: str
    table: str
    length: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Node:
    """A segment or group in a structure; `group` is the type name of a group (`ADT_A01.INSURANCE`)."""

    name: str
    minimum: int
    maximum: int | None
    group: str | None


def versions() -> tuple[str, ...]:
    """Known versions, newest first."""
    return tuple(read("hl7v2")["index"])


def events() -> dict[str, str]:
    """Message type and trigger to structure (table 0354): `ADT^A04` -> `ADT_A01`."""
    found: dict[str, str] = read("hl7v2")["events"]
    return found


def title(name: str) -> str:
    """What the standard calls a segment, datatype, message or table; empty when it does not say."""
    found: str = PRIMITIVES.get(name) or read("hl7v2")["titles"].get(name, "")
    return found


def names(version: str, kind: Kind) -> dict[str, int]:
    """Names of that kind with the number of their block."""
    found: dict[str, int] = read("hl7v2")["index"][version][kind]
    return found


def kind_of(version: str, name: str) -> Kind | None:
    """What a name stands for in one version; `None` when that version lacks it."""
    return next((kind for kind in KINDS if name in names(version, kind)), None)


@cache
def lines(version: str, kind: Kind, name: str) -> tuple[Line, ...]:
    """Fields of a segment or components of a datatype; empty when that version lacks it."""
    number = names(version, kind).get(name)
    if number is None:
        return ()
    return tuple(map(_line, read("hl7v2")["pool"][number].splitlines()))


def _line(text: str) -> Line:
    number, minimum, maximum, datatype, table, length, words = text.split("\t")
    limit = int(length) if length else None
    return Line(int(number), int(minimum), _maximum(maximum), datatype, table, limit, words)


def _maximum(text: str) -> int | None:
    return None if text == "*" else int(text)


@cache
def nodes(version: str, structure: str) -> tuple[Node, ...]:
    """Children of a message or group in order; in a choice every child is optional."""
    kind: Kind = "group" if "." in structure else "message"
    number = names(version, kind).get(structure)
    if number is None:
        return ()
    block = read("hl7v2")["pool"][number].splitlines()
    message = structure.split(".", maxsplit=1)[0]
    choice = block[:1] == ["?"]
    return tuple(_node(message, line, choice=choice) for line in block[choice:])


def _node(message: str, line: str, *, choice: bool) -> Node:
    name, minimum, maximum = line.split(" ")
    group = f"{message}.{name[1:]}" if name.startswith("@") else None
    return Node(name.removeprefix("@"), 0 if choice else int(minimum), _maximum(maximum), group)


def segments(version: str, structure: str) -> Iterator[str]:
    """Names of all segments below a message or group, in order."""
    for node in nodes(version, structure):
        if node.group:
            yield from segments(version, node.group)
        else:
            yield node.name


def codes(version: str, table: str) -> frozenset[str]:
    """The codes of a table (`HL70001`) in one version; empty when unknown."""
    return _table(version, table) - {OPEN}


def is_open(version: str, table: str) -> bool:
    """Whether the printed table ends in an ellipsis: sites may add codes."""
    return OPEN in _table(version, table)


def _table(version: str, table: str) -> frozenset[str]:
    data = read("hl7v2_tables")
    number = data["index"][version].get(table)
    return frozenset(data["pool"][number].split("\n")) - {""} if number is not None else frozenset()


def table_name(table: str) -> str:
    """What the standard calls a table (`HL70001`: Administrative Sex); empty when unknown."""
    found: str = read("hl7v2_tables")["names"].get(table, "")
    return found


def meaning(table: str, code: str) -> str:
    """What a code of a table stands for; empty when unknown."""
    found: str = read("hl7v2_tables")["meanings"].get(table, {}).get(code, "")
    return found
