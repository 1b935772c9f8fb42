"""X12 in a feed: a FHIR Bundle for each claim or remittance, and Bundles gathered to interchanges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from io import BufferedReader
from typing import Any

from mapper.cli.outcome import Outcome, X12Options
from runtime.codecs.fhir import NdjsonItem
from runtime.errors import DecodeError, Finding, MapperError
from runtime.lib.fhir import without_holes
from runtime.translate import Translator
from runtime.x12.feed import X12Feed


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
    """The Bundles of an input as one interchange."""
    feed = X12Feed(translator)
    values: list[Any] = []
    findings: list[Finding] = []
    first = (1, 1, 0)
    for number, item in enumerate(items, 1):
        error = item.error.finding if item.error else None
        if item.document is not None:
            value = without_holes(item.document.value) if item.document.holes else item.document.value
            try:
                feed.entry_for(value)
            except MapperError as unfit:
                error = unfit.finding
            else:
                first = first if values else (number, item.line, item.offset)
                values.append(value)
                findings.extend(item.document.findings)
        if error is not None:
            yield Outcome(name, number, item.line, item.offset, None, [error])
    if values:
        yield _interchange(
            feed, Outcome(name, *first, None, findings, count=len(values)), values, context, options
        )


def _interchange(
    feed: X12Feed, begun: Outcome, values: list[Any], context: Mapping[str, str], options: X12Options
) -> Outcome:
    numbers = options.numbers() if options.numbers is not None else None
    try:
        result = feed.back(values, None, context, numbers, options.at, options.sources)
    except MapperError as error:
        return replace(begun, findings=[*begun.findings, error.finding])
    return replace(begun, result=result, findings=[*begun.findings, *result.findings])
