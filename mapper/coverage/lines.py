"""Claims in the forms that comparisons with the guide need: fields by segment, FHIR paths as JSON-like tokens."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from mapper.claims import Claim, Place, Step

Tokens = tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """One claim towards FHIR. `segment` and `numbers` say what is read (`PID`, `("5", "1")`).

    `types` are the datatypes on the way, as pairs of a type and how many numbers lead to it.
    """

    claim: Claim
    segment: str
    numbers: Tokens
    types: tuple[tuple[str, int], ...]

    @cached_property
    def passes(self) -> bool:
        """Whether all that stands at or below the source may pass to the target."""
        return self.claim.how in ("call", "table") or self.claim.whole

    @cached_property
    def targets(self) -> tuple[tuple[str, Tokens], ...]:
        """Each type that the target lies in, with the path below it."""
        found: list[tuple[str, Tokens]] = []
        place = self.claim.target
        while place is not None:  # what stands behind a reference stands below the element that refers, too
            found += _below_types(place)
            place = place.via
        return tuple(found)

    @cached_property
    def constants(self) -> tuple[tuple[Tokens, str], ...]:
        """The leaves of the constant that is written, each with its path below the target."""
        return tuple(_leaves_of(self.claim)) if self.claim.how == "constant" else ()


def lines_of(claims: Sequence[Claim]) -> list[Line]:
    """The claims that write something or decide, with their sources taken apart."""
    return [_line(claim) for claim in claims if claim.target is not None or claim.how == "condition"]


def _line(claim: Claim) -> Line:
    if claim.source is None:
        return Line(claim, "", (), ())
    segment = ""
    numbers: list[str] = []
    types: list[tuple[str, int]] = []
    for step in claim.source.steps:
        if step.name.isdigit():
            numbers.append(step.name)
        else:
            segment, numbers, types = step.name, [], []
        types.append((step.type, len(numbers)))
    return Line(claim, segment, tuple(numbers), tuple(types))


def _below_types(place: Place) -> Iterator[tuple[str, Tokens]]:
    yield place.root, tokens(place.steps)
    for number, step in enumerate(place.steps, 1):
        yield step.type, tokens(place.steps[number:])
        if step.url is not None:
            yield "Extension", tokens(place.steps[number:])


def tokens(steps: Sequence[Step]) -> Tokens:
    """Steps as the guide's paths write them: a declared extension is `extension` and `value[x]`."""
    found: list[str] = []
    for step in steps:
        if step.url is None:
            found.append(step.name)
        else:
            found.append("extension")
            if "." not in step.type and step.type:
                found.append(f"value{step.type[0].upper()}{step.type[1:]}")
    return tuple(found)


def urls(place: Place) -> Iterator[tuple[Tokens, str]]:
    """The extensions on the way to a place: the tokens of the element that holds one, and its URL."""
    for number, step in enumerate(place.steps):
        if step.url is not None:
            yield tokens(place.steps[:number]), step.url


def _leaves_of(claim: Claim) -> Iterator[tuple[Tokens, str]]:
    place = claim.target
    kind = place.type if place is not None else ""
    coded = claim.system or kind in ("Coding", "CodeableConcept")
    if coded and not claim.note.startswith("{"):
        inner: Tokens = {"CodeableConcept": ("coding",), "Coding": ()}.get(kind, ())
        yield (*inner, "code") if kind in ("Coding", "CodeableConcept") else (), claim.note
        yield (*inner, "system"), claim.system
    elif claim.note.startswith(("{", "[")):
        yield from _json_leaves(json.loads(claim.note), ())
    else:
        yield (), claim.note


def _json_leaves(value: object, way: Tokens) -> Iterator[tuple[Tokens, str]]:
    match value:
        case dict():
            for key, item in value.items():
                yield from _json_leaves(item, (*way, key))
        case list():
            for item in value:
                yield from _json_leaves(item, way)
        case _:
            yield way, str(value)
