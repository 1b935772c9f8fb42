"""Small valid transactions into which segments are put at the places that the guide gives them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from runtime.codecs.x12 import COMPONENT, Slice, TransactionEnd, read
from tests.x12.tables import tables

GROUPS = {
    "837P": ("837", "HC", "005010X222A1"),
    "837I": ("837", "HC", "005010X223A2"),
    "835": ("835", "HP", "005010X221A1"),
    "270": ("270", "HS", "005010X279A1"),
    "271": ("271", "HB", "005010X279A1"),
}


class Row(NamedTuple):
    """A segment and the loop it stands in; `elements[0]` is the id, components are parted by `:`."""

    loop: str
    elements: tuple[str, ...]

    def value(self, element: int, component: int = 0) -> str:
        """What stands at an element or a component, empty if nothing does."""
        text = self.elements[element] if element < len(self.elements) else ""
        if component:
            parts = text.split(":")
            return parts[component - 1] if component <= len(parts) else ""
        return text


class Position(NamedTuple):
    rank: int
    slot: str
    most: int | None
    match: tuple[Any, ...]


def rows(text: str) -> list[Row]:
    """Segments written `LOOP/ID*element*...`, parted by `~` or line ends."""
    parts = filter(None, (part.strip() for part in text.replace("\n", "~").split("~")))
    return [
        Row(loop, tuple(segment.split("*"))) for loop, _, segment in (part.partition("/") for part in parts)
    ]


def with_rows(set_name: str, base: Iterable[Row], more: Iterable[Row]) -> list[Row]:
    """The base with further segments where the guide has them; one that may stand only once replaces the other."""
    kept, added = list(base), list(more)
    patient = any(row.loop == "2000C" for row in (*kept, *added))
    within = "2000C" if set_name.startswith("837") and patient else "2000B"
    for row in added:
        position = position_of(set_name, within, row)
        if position.most == 1:
            kept = [
                one for one in kept if one.loop != row.loop or position_of(set_name, within, one) != position
            ]
    return sorted((*kept, *added), key=lambda row: position_of(set_name, within, row).rank)


def position_of(set_name: str, within: str, row: Row) -> Position:
    """Where the guide has a segment of a loop. Raises LookupError if it has none."""
    for position in _positions(set_name, within).get((row.loop, row.elements[0]), ()):
        if all(row.value(element, component) in codes for element, component, codes in position.match):
            return position
    raise LookupError(f"{set_name} has no {row.elements[0]} in {row.loop}")


def interchange(set_name: str, segments: Iterable[Row]) -> bytes:
    """An interchange with one transaction of the given segments; ST and SE are not among them."""
    transaction, group, version = GROUPS[set_name]
    lines = ["*".join(row.elements) for row in segments]
    lines = [
        f"ISA*00*          *00*          *ZZ*{'SENDER':<15}*ZZ*{'RECEIVER':<15}*250210*0915*^*00501*000000001*0*T*:",
        f"GS*{group}*SENDER*RECEIVER*20250210*0915*1*X*{version}",
        f"ST*{transaction}*0001" if set_name == "835" else f"ST*{transaction}*0001*{version}",
        *lines,
        f"SE*{len(lines) + 2}*0001",
        "GE*1*1",
        "IEA*1*000000001",
    ]
    return "".join(line + "~" for line in lines).encode("ascii")


def placed(data: bytes) -> list[Row]:
    """The segments of the transactions of an interchange with the loops that the codec puts them in."""
    return [
        row
        for event in read(data, tables())
        if isinstance(event, Slice | TransactionEnd)
        for row in _walked(event)
    ]


def _walked(event: Slice | TransactionEnd) -> Iterator[Row]:
    loops = [loop.slot for loop in event.opened]
    for step in event.steps():
        if step.kind == "OPEN":
            loops.append(step.node.slot)
        elif step.kind == "CLOSE":
            loops.pop()
        elif step.segment[0] not in ("ST", "SE"):
            yield Row(loops[-1], tuple(element.replace(COMPONENT, ":") for element in step.segment))


@cache
def _positions(set_name: str, within: str) -> dict[tuple[str, str], list[Position]]:
    """The positions of each loop and id. Claims hang in two levels: those `within` one of them count."""
    found: dict[tuple[str, str], list[Position]] = {}
    rank = 0

    def visit(node: Mapping[str, Any], parent: str) -> None:
        nonlocal rank
        if node["kind"] == "segment":
            rank += 1
            match = tuple((element, component, tuple(codes)) for element, component, codes in node["match"])
            position = Position(rank, node["slot"], node["max"], match)
            found.setdefault((parent, node["id"]), []).append(position)
        elif node["slot"] != "2300" or parent == within:
            for child in node["children"]:
                visit(child, node["slot"])

    visit(tables()[set_name]["root"], "")
    return found
