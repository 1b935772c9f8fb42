"""Where a row of the guide ends up: the innermost resource or datatype in its target, and the path there.

The guide writes `performer[2](PractitionerRole[1].organization(Organization.address))`: the value lands in an
Organization's `address`. Numbers in brackets are labels of instances, not positions, and are left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mapper.spec.guide import Row

LABEL = re.compile(r"\[[^\[\]]*\]")
RESOURCE = re.compile(r"^([A-Z][A-Za-z]*)\.?(.*)$")


@dataclass(frozen=True, slots=True)
class Place:
    """`type` is a resource or datatype (`Organization`, `HumanName`), `path` is below it, `via` leads to it.

    An empty path is the thing itself: a reference to a resource without more, or the value of a primitive.
    """

    type: str
    path: str
    via: str

    def __str__(self) -> str:
        return f"{self.type}.{self.path}" if self.path else self.type


def type_of_map(name: str) -> str:
    """The resource or datatype that a map makes: `OBX[Observation-Component]` an Observation."""
    inside = name.partition("[")[2].rstrip("]") or name
    if inside.startswith("MessageHeader."):
        return "MessageHeader." + inside.removeprefix("MessageHeader.").partition("-")[0]
    return inside.partition("-")[0]


def place_of(row: Row) -> Place:
    """Where the row's value lands."""
    plain = LABEL.sub("", row.target).lstrip(".")
    via, _, inner = plain.rpartition("(")
    inner = inner.rstrip(")")
    named = RESOURCE.match(inner) if via else None
    if named is None:
        return Place(
            type_of_map(row.map), "" if plain in ("$value", "$this") else plain.replace("(", "."), ""
        )
    return Place(named[1], named[2].rstrip("."), via.replace("(", "."))


def distinct_key(row: Row) -> tuple[str, str, str, str]:
    """What makes two rows the same, whatever map or condition: source, place, reference there, constant."""
    place = place_of(row)
    return row.source, str(place), place.via if not place.path else "", row.assignment
