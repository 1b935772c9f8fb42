"""A feed of messages, one after the other: each gives its result or its error, and the rest go on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from io import BufferedReader
from itertools import chain, islice

from mapper.cli.inputs import Input, Kind
from mapper.cli.outcome import Options, Outcome
from runtime.codecs.fhir import NdjsonItem, decode, read_ndjson
from runtime.codecs.hl7v2 import Message, read_batch
from runtime.errors import DecodeError, Finding, MapperError
from runtime.translate import Translator

NO_OPTIONS = Options()
_FIRST = 100  # documents that are looked at to tell what a feed is about


def outcomes(
    translator: Translator,
    each: Input,
    stream: BufferedReader,
    kind: Kind,
    context: Mapping[str, str],
    options: Options = NO_OPTIONS,
) -> Iterator[Outcome]:
    """All messages of one input, in constant memory; what becomes one interchange is gathered."""
    if kind == "hl7v2":
        return _forward(translator, each.name, stream, context)
    if kind == "x12":
        from mapper.cli.feed_x12 import from_x12

        return from_x12(translator, each.name, stream, context, options)
    items, first = _begun(_documents(translator, stream))
    numbered = ((n, item) for n, item in enumerate(items, 1) if options.only in (0, n))
    from runtime.x12.routing import gives_x12

    if gives_x12(translator.release, first):
        from mapper.cli.feed_x12 import to_x12

        return to_x12(translator, each.name, numbered, context, options)
    return _back(translator, each.name, numbered, context)


def _begun(items: Iterator[NdjsonItem]) -> tuple[Iterator[NdjsonItem], object]:
    """The documents, and the first one that could be read among the first ones: it tells what all of them are."""
    seen: list[NdjsonItem] = []
    for item in islice(items, _FIRST):
        seen.append(item)
        if item.document is not None:
            return chain(seen, items), item.document.value
    return chain(seen, items), None


def _documents(translator: Translator, stream: BufferedReader) -> Iterator[NdjsonItem]:
    """The FHIR documents of an input: one, or one on each line."""
    shapes, limits = translator.release.shapes, translator.limits
    if _is_ndjson(stream):
        yield from read_ndjson(stream, shapes, limits)
        return
    try:
        yield NdjsonItem(1, 0, decode(stream.read(limits.message + 1), shapes, limits), None)
    except DecodeError as error:
        yield NdjsonItem(1, 0, None, error)


def _forward(
    translator: Translator, name: str, stream: BufferedReader, context: Mapping[str, str]
) -> Iterator[Outcome]:
    number = 0
    for item in read_batch(stream, translator.structures, translator.limits):
        where = item.piece
        if item.message is None:
            envelope = item.error is not None and item.error.finding.code == "R115"
            number += not envelope
            findings = [item.error.finding] if item.error else []
            yield Outcome(name, 0 if envelope else number, where.line, where.offset, None, findings)
            continue
        number += 1
        try:
            result = translator.forward_message(item.message, message=context)
        except MapperError as error:
            findings = [*_errors(item.message), error.finding]
            yield Outcome(name, number, where.line, where.offset, None, findings, item.message)
        else:
            yield Outcome(name, number, where.line, where.offset, result, result.findings, item.message)


def _errors(message: Message) -> list[Finding]:
    """Errors of reading a message that failed later; that its structure is unknown (R110) is told by the failure."""
    return [each for each in message.findings if each.level == "error" and each.code != "R110"]


def _back(
    translator: Translator, name: str, items: Iterator[tuple[int, NdjsonItem]], context: Mapping[str, str]
) -> Iterator[Outcome]:
    for number, item in items:
        if item.document is None:
            findings = [item.error.finding] if item.error else []
            yield Outcome(name, number, item.line, item.offset, None, findings)
            continue
        try:
            result = translator.back_value(
                item.document.value, item.document.findings, None, context, item.document.holes
            )
        except MapperError as error:
            yield Outcome(name, number, item.line, item.offset, None, [error.finding])
        else:
            yield Outcome(name, number, item.line, item.offset, result, result.findings)


def _is_ndjson(stream: BufferedReader) -> bool:
    """Whether the first line is a whole JSON object; a document laid out over several lines never begins with one.

    A first line that is longer than the buffer counts as one: a document on one line reads the same in both ways.
    """
    head = stream.peek(1).lstrip()
    line, newline, _ = head.partition(b"\n")
    if not newline:
        return len(head) > 1
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
