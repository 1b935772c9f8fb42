"""Newline-delimited JSON: one resource or bundle a line, streamed in constant memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, BinaryIO, NamedTuple

from runtime.codecs.fhir.document import Document, decode
from runtime.codecs.fhir.encode import encode
from runtime.codecs.fhir.shapes import Shapes
from runtime.codecs.limits import DEFAULT_LIMITS, Limits
from runtime.errors import DecodeError

_CHUNK = 64 * 1024


class NdjsonItem(NamedTuple):
    """One line of a stream: its number from 1, its offset in bytes, and the document or the error."""

    line: int
    offset: int
    document: Document | None
    error: DecodeError | None


def read_ndjson(stream: BinaryIO, shapes: Shapes, limits: Limits = DEFAULT_LIMITS) -> Iterator[NdjsonItem]:
    """Documents of a stream, blank lines left out; a bad line is given with its error, and the rest go on."""
    for line, offset, data in _lines(stream, limits.message + 1):
        if not data.strip():
            continue
        try:
            yield NdjsonItem(line, offset, decode(data, shapes, limits), None)
        except DecodeError as error:
            where = f"line {line} (byte {offset}): {error.finding.where}"
            yield NdjsonItem(line, offset, None, DecodeError(replace(error.finding, where=where)))


def write_ndjson(values: Iterable[Any], stream: BinaryIO) -> int:
    """Write one value a line; the number of values. Raises EncodeError R131."""
    written = 0
    for value in values:
        stream.write(encode(value) + b"\n")
        written += 1
    return written


def _lines(stream: BinaryIO, most: int) -> Iterator[tuple[int, int, bytes]]:
    """Lines as (number, offset, bytes without the line end), each cut to `most` bytes."""
    number, offset = 0, 0
    while data := stream.readline(most + 2):
        number += 1
        length = len(data)
        if not data.endswith(b"\n"):
            length += _skip_line(stream)
        yield number, offset, data.rstrip(b"\r\n")[:most]
        offset += length


def _skip_line(stream: BinaryIO) -> int:
    skipped = 0
    while rest := stream.readline(_CHUNK):
        skipped += len(rest)
        if rest.endswith(b"\n"):
            break
    return skipped
