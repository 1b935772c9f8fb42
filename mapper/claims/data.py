"""Claims as plain data of a release: what `mapper run` needs to account for an input without the compiler."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import product
from pathlib import PurePath
from typing import Any

from mapper.check import notation
from mapper.check.model import Checked, TMapping
from mapper.claims.model import Claim, How, Place, Step
from mapper.claims.walk import claims_of
from mapper.schema.model import Schema
from mapper.source import SourceFile, Span

FILE = "coverage.json"
COUNTER = "a counter: the order of the segments says it"
MADE: How = "made"
_READS = frozenset({"copy", "table", "function", "reference", "condition", "key", "ignore", MADE})


def coverage_data(
    checked: Checked, mapping: TMapping, schema: Schema | None, sources: Mapping[str, SourceFile]
) -> dict[str, Any]:
    """`{"go": ROOTS, "back": ROOTS}`, `ROOTS = {root: [[keys, first, last, whole, how, line, target, note], ...]}`.

    A root is a segment by its slots (`INSURANCE/IN1`) or a resource type; `keys` are numbers below it, or JSON keys
    with the URL of an extension in its place. `first` and `last` bound the repetitions of a field. `how` is that of a
    claim, or `made`: what stands there makes the resource that the target refers to. Of X12 `written` has the constants
    that lines write on the way back: `{root: [[keys, text, line], ...]}`.
    """
    data: dict[str, Any] = {"go": _rows(claims_of(checked, mapping, "go"), sources)}
    if mapping.two_way:
        claims = claims_of(checked, mapping, "back")
        data["back"] = _rows(claims, sources)
        if mapping.left.format in notation.FORMS:
            data["written"] = _written(claims, sources)
    if schema is not None and mapping.left.format == "hl7v2":
        _add_counters(data["go"], schema)
    return data


def _rows(claims: Iterable[Claim], sources: Mapping[str, SourceFile]) -> dict[str, list[list[Any]]]:
    found: dict[str, dict[tuple[Any, ...], list[Any]]] = {}
    for claim in map(_made, claims):
        if claim.source is None or claim.how not in _READS:
            continue
        note = claim.note if claim.how == "ignore" else ""
        target = str(claim.target) if claim.target is not None else ""
        line = line_of(claim.span, sources)
        for root, keys, first, last in _apart(claim.source):
            key = (keys, first, last, claim.whole, claim.how, target)
            row = [list(keys), first, last, claim.whole, claim.how, line, target, note]
            found.setdefault(root, {}).setdefault(key, row)
    return {root: list(rows.values()) for root, rows in found.items()}


def _written(claims: Iterable[Claim], sources: Mapping[str, SourceFile]) -> dict[str, list[list[Any]]]:
    """The constants that lines write on the way back."""
    found: dict[str, dict[tuple[Any, ...], list[Any]]] = {}
    for claim in claims:
        if claim.how == "constant" and claim.target is not None and claim.note:
            line = line_of(claim.span, sources)
            for root, keys, *_ in _apart(claim.target):
                found.setdefault(root, {}).setdefault((keys, claim.note), [list(keys), claim.note, line])
    return {root: list(rows.values()) for root, rows in found.items()}


def _made(claim: Claim) -> Claim:
    """As it is, but for a call: a line that makes a resource behind a reference fills the element that refers to it."""
    source, target = claim.source, claim.target
    if claim.how != "call" or source is None or source.format not in notation.DELIMITED:
        return claim
    if target is None or target.via is None or target.steps:
        return claim
    return replace(claim, how=MADE, target=target.via)


def _apart(place: Place) -> Iterator[tuple[str, tuple[Any, ...], int, int | None]]:
    """The segment or resource of a place and what lies below it: several of one that stands for several places."""
    if place.format not in notation.DELIMITED:
        yield place.root, tuple(step.url or step.key for step in place.steps), 1, None
        return
    slots = [step for step in place.steps if not notation.is_number(step.name)]
    numbers = [step for step in place.steps if notation.is_number(step.name)]
    first, last = (numbers[0].first, numbers[0].last) if numbers else (1, None)
    for way in product(*((step.key, None) if step.passable else (step.key,) for step in slots)):
        root = "/".join(slot for slot in way if slot is not None)
        for keys in product(*_numbers(slots[-1].run if slots else None, numbers)):
            yield root, keys, first, last


def _numbers(of_segment: tuple[int, int, int] | None, steps: Sequence[Step]) -> Iterator[Sequence[int]]:
    """What each number below a segment stands for: all those of a run, of its own or of the segment's."""
    for depth, step in enumerate(steps):
        number = int(step.name)
        run = step.run or (of_segment if depth == 0 and of_segment and number >= of_segment[0] else None)
        yield range(number, run[1] + 1, run[2]) if run is not None else (number,)


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
    return f"{_file_name(span.file)}:{source.position(span.start)[0]}" if source is not None else ""


@lru_cache(64)
def _file_name(file: str) -> str:
    return PurePath(file).name
