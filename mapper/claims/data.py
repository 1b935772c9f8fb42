"""Claims as plain data of a release: what `mapper run` needs to account for an input without the compiler."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any

from mapper.check.model import Checked, TMapping
from mapper.claims.model import Claim, Place
from mapper.claims.walk import claims_of
from mapper.schema.model import Schema
from mapper.source import SourceFile, Span

FILE = "coverage.json"
COUNTER = "a counter: the order of the segments says it"
_READS = frozenset({"copy", "table", "function", "reference", "condition", "key", "ignore"})


def coverage_data(
    checked: Checked, mapping: TMapping, schema: Schema | None, sources: Mapping[str, SourceFile]
) -> dict[str, Any]:
    """`{"go": ROOTS, "back": ROOTS}`, `ROOTS = {root: [[keys, first, last, whole, how, line, target, note], ...]}`.

    A root is a segment by its slots (`INSURANCE/IN1`) or a resource type; `keys` are numbers below it, or JSON keys
    with the URL of an extension in its place. `first` and `last` bound the repetitions of a field.
    """
    data: dict[str, Any] = {"go": _rows(claims_of(checked, mapping, "go"), sources)}
    if mapping.two_way:
        data["back"] = _rows(claims_of(checked, mapping, "back"), sources)
    if schema is not None and mapping.left.format == "hl7v2":
        _add_counters(data["go"], schema)
    return data


def _rows(claims: Iterable[Claim], sources: Mapping[str, SourceFile]) -> dict[str, list[list[Any]]]:
    found: dict[str, dict[tuple[Any, ...], list[Any]]] = {}
    for claim in claims:
        if claim.how not in _READS or claim.source is None:
            continue
        root, keys, first, last = _apart(claim.source)
        note = claim.note if claim.how == "ignore" else ""
        target = str(claim.target) if claim.target is not None else ""
        key = (keys, first, last, claim.whole, claim.how, target)
        row = [list(keys), first, last, claim.whole, claim.how, line_of(claim.span, sources), target, note]
        found.setdefault(root, {}).setdefault(key, row)
    return {root: list(rows.values()) for root, rows in found.items()}


def _apart(place: Place) -> tuple[str, tuple[Any, ...], int, int | None]:
    if place.format != "hl7v2":
        return place.root, tuple(step.url or step.key for step in place.steps), 1, None
    slots = [step for step in place.steps if not step.name.isdigit()]
    numbers = [step for step in place.steps if step.name.isdigit()]
    first, last = (numbers[0].first, numbers[0].last) if numbers else (1, None)
    return "/".join(step.key for step in slots), tuple(int(step.name) for step in numbers), first, last


def _add_counters(rows: dict[str, list[list[Any]]], schema: Schema) -> None:
    """Set ids need no line."""
    for root, claims in rows.items():
        segment = root.rpartition("/")[2].partition(".")[0]
        for element in schema.elements(segment):
            if element.types[0] == "SI":
                claims.append([[int(element.slot)], 1, None, True, "ignore", "", "", COUNTER])


def line_of(span: Span, sources: Mapping[str, SourceFile]) -> str:
    """`pid.map:18`."""
    source = sources.get(span.file)
    return f"{PurePath(span.file).name}:{source.position(span.start)[0]}" if source is not None else ""
