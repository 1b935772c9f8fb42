"""Splits a stream of messages: FHS/BHS batch files, plain concatenations, MLLP frames; in constant memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO, NamedTuple

from runtime.codecs.hl7v2.envelope import Envelope
from runtime.codecs.hl7v2.model import Message, Structures
from runtime.codecs.hl7v2.parse import parse
from runtime.codecs.limits import DEFAULT_LIMITS, Limits
from runtime.errors import DecodeError

_CHUNK = 256 * 1024
_MARK = re.compile(rb"(?<=[\r\n\x0b\x1c])(?:\xef\xbb\xbf)?(?:MSH|[FB]HS|[FB]TS)(?=[^A-Za-z0-9])")
_ENVELOPE = re.compile(rb"(?:\xef\xbb\xbf)?((?:[FB]HS|[FB]TS)[^A-Za-z0-9][^\r\n]*)")
_BLANK = b"\r\n\t \x00\x0b\x1c\xef\xbb\xbf"
# Longer than a mark with the byte before and after it, so that no mark is missed where two chunks meet.
_OVERLAP = 12


class Piece(NamedTuple):
    """A stretch of a stream: offset in bytes, line from 1, and its bytes."""

    offset: int
    line: int
    data: bytes


class BatchItem(NamedTuple):
    """One message of a stream, or the error that its reading ended with, and the piece that it came from."""

    piece: Piece
    message: Message | None
    error: DecodeError | None


def split_batch(stream: BinaryIO, limits: Limits = DEFAULT_LIMITS) -> Iterator[Piece]:
    """Messages of a stream as (offset, line, bytes), each to be parsed by itself.

    Batch and file headers and trailers are left out. Text that belongs to no message is given too, so that
    parsing it tells that there is no MSH; so is a single empty piece for a stream without any content. Of a
    message that is larger than `limits.message`, one byte more than that is given, so that parsing it tells
    that it is too large.
    """
    return (part for part in _parts(stream, limits) if isinstance(part, Piece))


def read_batch(
    stream: BinaryIO, structures: Structures, limits: Limits = DEFAULT_LIMITS
) -> Iterator[BatchItem]:
    """Messages of a stream, parsed; a bad one is given with its error, and the rest go on.

    A trailer that disagrees with what it closes, or is missing, is given as an error R115 without a message.
    """
    envelope = Envelope()
    last = Piece(0, 1, b"")
    for part in _parts(stream, limits):
        if isinstance(part, Piece):
            last = part
            if part.data.lstrip(_BLANK).startswith(b"MSH"):
                envelope.message()
            yield _parsed(part, structures, limits)
            continue
        last, text = part
        problem = envelope.segment(text)
        if problem is not None:
            yield BatchItem(last, None, locate(problem, last))
    problem = envelope.end()
    if problem is not None:
        yield BatchItem(last, None, locate(problem, last))


def locate(error: DecodeError, piece: Piece) -> DecodeError:
    """The same error with its place in the stream before its place in the message."""
    finding = error.finding
    place = f"line {piece.line} (byte {piece.offset})"
    return DecodeError(replace(finding, where=f"{place}: {finding.where}" if finding.where else place))


def _parsed(piece: Piece, structures: Structures, limits: Limits) -> BatchItem:
    try:
        return BatchItem(piece, parse(piece.data, structures, limits), None)
    except DecodeError as error:
        return BatchItem(piece, None, locate(error, piece))


def _parts(stream: BinaryIO, limits: Limits) -> Iterator[Piece | tuple[Piece, str]]:
    """Messages, and segments of the envelope as (where, text)."""
    any_content = False
    for piece in _pieces(stream, limits.message + 1):
        envelope = _ENVELOPE.match(piece.data.lstrip(b"\r\n\x0b\x1c"))
        kept = piece
        if envelope is not None:
            any_content = True
            yield Piece(piece.offset, piece.line, b""), envelope.group(1).decode("latin-1")
            kept = _behind(piece)
        if kept.data.strip(_BLANK):
            any_content = True
            yield kept
    if not any_content:
        yield Piece(0, 1, b"")


class _Reader:
    """The stream's current piece: where it began, its head if it is oversized, and what was dropped."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._offset = 0
        self._line = 1
        self._head = b""
        self._dropped = 0
        self._dropped_lines = 0

    def take(self, rest: bytes) -> Piece:
        """The piece that ends with `rest`; the next one begins behind it."""
        piece = Piece(self._offset, self._line, (self._head + rest)[: self._most])
        self._offset += self._dropped + len(rest)
        self._line += self._dropped_lines + _lines(rest)
        self._head, self._dropped, self._dropped_lines = b"", 0, 0
        return piece

    def drop(self, part: bytes) -> None:
        """Forget a part of an oversized piece, but for what still fits into its head."""
        self._head += part[: self._most - len(self._head)]
        self._dropped += len(part)
        self._dropped_lines += _lines(part)


def _pieces(stream: BinaryIO, most: int) -> Iterator[Piece]:
    """The whole stream, cut before each segment that begins a message or belongs to an envelope."""
    reader = _Reader(most)
    buffer, scan = b"", 0
    while chunk := stream.read(_CHUNK):
        buffer += chunk
        start = 0
        for mark in _MARK.finditer(buffer, scan):
            yield reader.take(buffer[start : mark.start()])
            start = mark.start()
        buffer = buffer[start:]
        if len(buffer) > most + _OVERLAP:
            cut = _cut(buffer)
            reader.drop(buffer[:cut])
            buffer = buffer[cut:]
        scan = max(1, len(buffer) - _OVERLAP + 1)
    yield reader.take(buffer)


def _cut(buffer: bytes) -> int:
    """A place near the end of the buffer that does not part CR and LF."""
    cut = len(buffer) - _OVERLAP
    return cut - 1 if buffer[cut - 1 : cut] == b"\r" else cut


def _behind(piece: Piece) -> Piece:
    """What follows an envelope segment up to the next mark: nothing, or text that belongs to no message."""
    data = piece.data
    blank = len(data) - len(data.lstrip(b"\r\n\x0b\x1c"))
    line_end = min(
        (at for at in (data.find(b"\r", blank), data.find(b"\n", blank)) if at >= 0), default=len(data)
    )
    rest = data[line_end:]
    skipped = len(rest) - len(rest.lstrip(b"\r\n"))
    gone = data[: line_end + skipped]
    return Piece(piece.offset + len(gone), piece.line + _lines(gone), data[line_end + skipped :])


def _lines(data: bytes) -> int:
    return data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")
