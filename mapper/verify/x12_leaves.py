"""Populated leaves of X12 loops and segments with the steps to each; of runs the first turn stands for all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mapper.schema.x12 import X12Schema
from mapper.verify.facts_model import Chain, SideFacts
from runtime.codecs.x12 import COMPONENT, REPETITION

Leaf = tuple[Chain, str]

WRITTEN = {("HL", "1"), ("HL", "2"), ("HL", "4"), ("LX", "1"), ("ST", "2"), ("SE", "1"), ("SE", "2")}
"""Numbers that the codec writes."""


def loop_leaves(
    tree: Mapping[str, Sequence[Any]], type_name: str, schema: X12Schema, facts: SideFacts
) -> Iterator[Leaf]:
    """Leaves of a loop and of those below it; what the guide has no place for is left out."""
    children = {child.slot: child for child in schema.elements(type_name)}
    for slot, nodes in tree.items():
        child = children.get(slot)
        for node in nodes if child is not None else ():
            assert child is not None
            if isinstance(node, Mapping):
                yield from loop_leaves(node, child.types[0], schema, facts)
            else:
                yield from segment_leaves(node, child.types[0], schema, facts, ((type_name, slot),))


def segment_leaves(
    segment: Sequence[str], type_name: str, schema: X12Schema, facts: SideFacts, chain: Chain = ()
) -> Iterator[Leaf]:
    """Leaves of one segment; `chain` leads to it from its loop."""
    name = wide(schema, type_name)
    bounds = facts.runs_in(chain[-1] if chain else ("", ""), name)
    for number, raw in enumerate(segment[1:], 1):
        turn = _first_turn(number, bounds)
        if raw and (segment[0], str(number)) not in WRITTEN:
            inner = schema.element(type_name, str(turn))
            kind = inner.types[0] if inner is not None else "AN"
            for repetition in raw.split(REPETITION):
                yield from value_leaves(repetition, kind, schema, facts, (*chain, (name, str(turn))))


def value_leaves(
    raw: str, type_name: str, schema: X12Schema, facts: SideFacts, chain: Chain = ()
) -> Iterator[Leaf]:
    """Leaves of one element: its components where it has some."""
    info = schema.type(type_name)
    if info is None or info.kind != "composite":
        if raw:
            yield chain, raw
        return
    name = wide(schema, type_name)
    bounds = facts.runs_in(("", ""), name)
    for number, part in enumerate(raw.split(COMPONENT), 1):
        if part:
            yield (*chain, (name, str(_first_turn(number, bounds)))), part


def _first_turn(number: int, bounds: Sequence[tuple[int, int, int]]) -> int:
    return next(
        (first + (number - first) % step for first, last, step in bounds if first <= number <= last), number
    )


def wide(schema: X12Schema, type_name: str) -> str:
    """The wider type of a segment or composite: `NM1` for `2010AA.NM1`."""
    info = schema.type(type_name)
    return (info.general if info is not None else None) or type_name


def written(chain: Chain) -> str:
    """A chain as a path of the guide: `2010AA/NM109`, `CLM05-3`, `REF_EI/REF02`."""
    loop = name = ""
    numbers: list[str] = []
    for owner, step in chain:
        if step.isdigit() and len(step) < 3 and not owner[:1].isdigit():
            name, numbers = name or owner, [*numbers, step]
        else:
            loop = f"{owner}/{step}" if "_" in step else owner
    text = (
        f"{name}{int(numbers[0]):02}" + "".join(f"-{number}" for number in numbers[1:]) if numbers else name
    )
    return f"{loop}/{text}" if loop else text
