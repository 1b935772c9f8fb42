"""X12 in a feed: a FHIR Bundle for each claim or remittance, and Bundles gathered to interchanges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BufferedReader
from typing import TYPE_CHECKING, Any

from mapper.cli.outcome import Outcome, X12Options
from runtime.codecs.fhir import NdjsonItem
from runtime.errors import DecodeError, Finding, MapperError
from runtime.lib.fhir import without_holes
from runtime.translate import Translator
from runtime.x12.feed import X12Feed

if TYPE_CHECKING:
    from runtime.release import Entry


def from_x12(
    translator: Translator,
    name: str,
    stream: BufferedReader,
    context: Mapping[str, str],
    options: X12Options,
) -> Iterator[Outcome]:
    """A Bundle for each unit of X12 (a claim, a remittance); faults of the envelope have no unit of their own."""
    number = good = 0
    try:
        for unit in X12Feed(translator).forward(stream, context, options.hold):
            for result in unit.results:
                number += 1
                outcome = Outcome(name, number, 1, unit.offset, result, unit.findings)
                good += not outcome.failed
                yield outcome
            if not unit.results and (unit.findings or unit.error):
                single = unit.error and not unit.end and unit.ordinal > 0
                number += single
                recalled = good if unit.error and unit.end else 0
                yield Outcome(
                    name,
                    number if single else 0,
                    1,
                    unit.offset,
                    None,
                    unit.findings,
                    recalled=recalled,
                    envelope=not single,
                )
            good = 0 if unit.end else good
    except DecodeError as error:
        yield Outcome(name, number + 1, 1, 0, None, [error.finding])


def to_x12(
    translator: Translator,
    name: str,
    items: Iterator[NdjsonItem],
    context: Mapping[str, str],
    options: X12Options,
) -> Iterator[Outcome]:
    """The Bundles of an input as interchanges: one for each mapping that takes some of them."""
    feed = X12Feed(translator)
    groups: dict[str, _Group] = {}
    for number, item in enumerate(items, 1):
        error = item.error.finding if item.error else None
        if item.document is not None:
            value = without_holes(item.document.value) if item.document.holes else item.document.value
            try:
                entry = feed.entry_for(value)
            except MapperError as unfit:
                error = unfit.finding
            else:
                group = groups.setdefault(
                    entry.qualified, _Group(entry, number, item.line, item.offset, [], [])
                )
                group.values.append(value)
                group.findings.extend(item.document.findings)
        if error is not None:
            yield Outcome(name, number, item.line, item.offset, None, [error])
    numbers = options.numbers() if groups and options.numbers is not None else None
    for group in groups.values():
        place = (name, group.number, group.line, group.offset)
        count = len(group.values)
        try:
            result = feed.back(group.values, group.entry.qualified, context, numbers, options.at)
        except MapperError as error:
            yield Outcome(*place, None, [*group.findings, error.finding], count=count)
        else:
            yield Outcome(*place, result, [*group.findings, *result.findings], count=count)


@dataclass(slots=True)
class _Group:
    """Bundles of one mapping, and where the first of them stands."""

    entry: Entry
    number: int
    line: int
    offset: int
    values: list[Any]
    findings: list[Finding]
