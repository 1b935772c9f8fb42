"""A feed of messages, one after the other: each gives its result or its error, and the rest go on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BufferedReader

from mapper.cli.inputs import Input, Kind
from runtime.codecs.fhir import decode, read_ndjson
from runtime.codecs.hl7v2 import Message, read_batch
from runtime.errors import DecodeError, Finding, MapperError
from runtime.translate import Result, Translator


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message: the `number`th of its input (from 1), which begins at `line` and byte `offset`.

    `result` is absent where the message failed; `findings` then begins with the error. A finding about a batch as a
    whole has the number 0.
    """

    name: str
    number: int
    line: int
    offset: int
    result: Result | None
    findings: list[Finding]
    message: Message | None = None

    @property
    def failed(self) -> bool:
        return self.result is None or any(finding.level == "error" for finding in self.findings)

    @property
    def alone(self) -> bool:
        """Whether the message begins its input, as one that is no part of a batch does."""
        return self.number == 1 and self.line == 1


def outcomes(
    translator: Translator, each: Input, stream: BufferedReader, kind: Kind, context: Mapping[str, str]
) -> Iterator[Outcome]:
    """All messages of one input, in constant memory."""
    if kind == "hl7v2":
        return _forward(translator, each.name, stream, context)
    if kind == "x12":
        return _x12(translator, each.name, stream, context)
    if gives_x12(translator):
        return iter((_interchange(translator, each.name, stream, context),))
    return _back(translator, each.name, stream, context)


def gives_x12(translator: Translator) -> bool:
    """Whether the mappings at hand lead from FHIR to X12 and not to HL7 v2."""
    formats = {entry.left[0] for entry in translator.release.entries.values() if entry.message}
    return formats == {"x12"}


def _x12(
    translator: Translator, name: str, stream: BufferedReader, context: Mapping[str, str]
) -> Iterator[Outcome]:
    """A Bundle for each unit of X12 (a claim, a remittance); faults of the envelope have no unit of their own."""
    from runtime.x12.feed import X12Feed

    number = 0
    try:
        for unit in X12Feed(translator).forward(stream, context):
            if not unit.results:
                number += unit.error and not unit.end
                yield Outcome(name, number if unit.error else 0, 1, unit.offset, None, unit.findings)
            for result in unit.results:
                number += 1
                yield Outcome(name, number, 1, unit.offset, result, unit.findings)
    except DecodeError as error:
        yield Outcome(name, number + 1, 1, 0, None, [error.finding])


def _interchange(
    translator: Translator, name: str, stream: BufferedReader, context: Mapping[str, str]
) -> Outcome:
    """All Bundles of an input as one interchange."""
    from runtime.x12.feed import X12Feed

    findings: list[Finding] = []
    values: list[object] = []
    try:
        if _is_ndjson(stream):
            for item in read_ndjson(stream, translator.release.shapes, translator.limits):
                findings += [item.error.finding] if item.error else []
                if item.document is not None:
                    values.append(item.document.value)
                    findings += item.document.findings
        else:
            data = stream.read(translator.limits.message + 1)
            document = decode(data, translator.release.shapes, translator.limits)
            values.append(document.value)
            findings += document.findings
        at = datetime.fromisoformat(context["received"]) if context.get("received") else None
        result = X12Feed(translator).back(values, message=context, at=at)
    except (DecodeError, MapperError) as error:
        return Outcome(name, 1, 1, 0, None, [*findings, error.finding])
    return Outcome(name, 1, 1, 0, result, [*findings, *result.findings])


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
    translator: Translator, name: str, stream: BufferedReader, context: Mapping[str, str]
) -> Iterator[Outcome]:
    if not _is_ndjson(stream):
        yield _document(translator, name, stream.read(translator.limits.message + 1), context)
        return
    for number, item in enumerate(read_ndjson(stream, translator.release.shapes, translator.limits), 1):
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


def _document(translator: Translator, name: str, data: bytes, context: Mapping[str, str]) -> Outcome:
    try:
        document = decode(data, translator.release.shapes, translator.limits)
        result = translator.back_value(document.value, document.findings, None, context, document.holes)
    except (DecodeError, MapperError) as error:
        return Outcome(name, 1, 1, 0, None, [error.finding])
    return Outcome(name, 1, 1, 0, result, result.findings)


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
