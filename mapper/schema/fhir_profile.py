"""US Core profiles as data: what each adds to R4, kept apart from R4's own cardinalities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from mapper.schema.model import Strength
from mapper.schema.store import read

PROFILES = {"us-core": "us_core"}


@dataclass(frozen=True, slots=True)
class Slice:
    """A named slice: `Practitioner.identifier` `NPI`.

    `fixed` maps paths below the element (`system`, `coding.code`) to the values that make an item belong to the slice;
    `required` maps paths below it to their minima.
    """

    name: str
    path: str
    minimum: int
    maximum: int | None
    must_support: bool
    types: tuple[str, ...]
    fixed: Mapping[str, Any]
    required: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile of a resource type. All keys are full element paths (`Patient.identifier.system`).

    `required` holds the minima that exceed R4's; a child's minimum counts only where its parent is present.
    `bindings` are (strength, value set); `targets` are profile ids or resource types; `fixed` are patterns.
    """

    name: str
    url: str
    title: str
    type: str
    required: Mapping[str, int]
    must_support: frozenset[str]
    bindings: Mapping[str, tuple[Strength, str]]
    targets: Mapping[str, tuple[str, ...]]
    fixed: Mapping[str, Any]
    slices: tuple[Slice, ...]


@cache
def profiles(name: str) -> Mapping[str, tuple[Profile, ...]]:
    """Resource type to its profiles in the profile set of that name (`us-core`)."""
    found: dict[str, tuple[Profile, ...]] = {}
    for row in read(PROFILES[name])["profiles"]:
        found[row["type"]] = (*found.get(row["type"], ()), _profile(row))
    return found


def _profile(row: Mapping[str, Any]) -> Profile:
    return Profile(
        name=row["name"],
        url=row["url"],
        title=row["title"],
        type=row["type"],
        required=row["required"],
        must_support=frozenset(row["must_support"]),
        bindings={path: (strength, url) for path, (strength, url) in row["bindings"].items()},
        targets={path: tuple(targets) for path, targets in row["targets"].items()},
        fixed=row["fixed"],
        slices=tuple(map(_slice, row["slices"])),
    )


def _slice(row: Mapping[str, Any]) -> Slice:
    maximum = None if row["max"] == "*" else int(row["max"])
    return Slice(
        row["name"],
        row["path"],
        row["min"],
        maximum,
        row["must_support"],
        tuple(row["types"]),
        row["fixed"],
        row["required"],
    )


def common_minimum(found: tuple[Profile, ...], path: str) -> int:
    """What every one of the profiles requires; 0 when they differ or there are none."""
    return min((profile.required.get(path, 0) for profile in found), default=0)


def common_binding(found: tuple[Profile, ...], path: str) -> tuple[Strength, str] | None:
    """The binding that all profiles agree on."""
    bindings = {profile.bindings.get(path) for profile in found}
    return bindings.pop() if len(bindings) == 1 else None
