"""X12 in a feed: a FHIR Bundle for each claim or remittance, and Bundles gathered to interchanges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from io import BufferedReader
from typing import Any

from mapper.cli.outcome import Options, Outcome
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
    options: Options,
) -> Iterator[Outcome]:
    """A Bundle for each unit of X12 (a claim, a remittance); envelopes are outcomes without one."""
    number = good = 0
    try:
        for unit in X12Feed(translator).forward(stream, context, options.hold, every=True):
            for first, result in enumerate(unit.results):
                number += 1
                about = unit if not first else None
                outcome = Outcome(name, number, 1, unit.offset, result, unit.findings, unit=about)
                good += not outcome.failed
                yield outcome
            if not unit.results:
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
                    unit=unit,
                )
            good = 0 if unit.end else good
    except DecodeError as error:
        yield Outcome(name, number + 1, 1, 0, None, [error.finding])


def to_x12(
    translator: Translator,
    name: str,
    items: Iterator[tuple[int, NdjsonItem]],
    context: Mapping[str, str],
    options: Options,
) -> Iterator[Outcome]:
    """The Bundles of an input, with their numbers, as one interchange."""
    feed = X12Feed(translator)
    values: list[Any] = []
    findings: list[Finding] = []
    first = (1, 1, 0)
    for number, item in items:
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
    feed: X12Feed, begun: Outcome, values: list[Any], context: Mapping[str, str], options: Options
) -> Outcome:
    numbers = options.numbers() if options.numbers is not None else None
    try:
        result = feed.back(values, None, context, numbers, options.at, options.sources)
    except MapperError as error:
        return replace(begun, findings=[*begun.findings, error.finding])
    return replace(begun, result=result, findings=[*begun.findings, *result.findings])
