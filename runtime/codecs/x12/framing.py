"""Cuts a stream of bytes into interchanges, and these into batches of whole segments; in constant memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import BinaryIO, TypeAlias

from runtime.codecs.limits import Limits
from runtime.codecs.x12.delimiters import ISA_LENGTH, Delimiters, Header, is_exact, read_header
from runtime.codecs.x12.events import Irregular

CHUNK = 256 * 1024
_HEADER_WINDOW = 512
_BREAKS = b"\r\n"
_AFTER_IEA = re.compile(rb"[\r\n]*")


@dataclass(slots=True)
class StrayBytes:
    """Bytes between interchanges."""

    offset: int
    data: bytes


@dataclass(slots=True)
class Opening:
    """An ISA."""

    offset: int
    header: Header


@dataclass(slots=True)
class Batch:
    """Whole segments of an interchange as texts with fixed delimiters. `offsets` has one entry more than `lines`."""

    lines: list[str]
    offsets: list[int]
    element: str
    irregular: dict[int, Irregular] = field(default_factory=dict)


@dataclass(slots=True)
class Broken:
    """The interchange stops without an IEA: another ISA follows, a segment has no end, or the stream ends."""

    offset: int
    reason: str


Frame: TypeAlias = "StrayBytes | Opening | Batch | Broken"


class Framer:
    """Reads a stream. `frames` gives what it holds, in order."""

    def __init__(self, stream: BinaryIO, limits: Limits, chunk: int = 0) -> None:
        self._stream = stream
        self._chunk = chunk or CHUNK
        self._longest = limits.field
        self._buffer = b""
        self._offset = 0
        self._ended = False

    def frames(self) -> Iterator[Frame]:
        """The frames of the stream, until it ends."""
        while True:
            header = None
            for frame in self._outside():
                header = frame.header if isinstance(frame, Opening) else None
                yield frame
            if header is None:
                return
            yield from _Interchange(self, header.delimiters).frames()

    def fill(self) -> bool:
        """Read one more chunk; False at the end of the stream."""
        parts, missing = [self._buffer], self._chunk
        while missing > 0 and not self._ended:
            part = self._stream.read(missing)
            self._ended = not part
            parts.append(part)
            missing -= len(part)
        self._buffer = b"".join(parts)
        return missing < self._chunk

    def take(self, length: int) -> tuple[int, bytes]:
        """The next bytes of the buffer and their offset."""
        data, offset = self._buffer[:length], self._offset
        self._buffer = self._buffer[length:]
        self._offset += length
        return offset, data

    @property
    def buffer(self) -> bytes:
        """What has been read and not been taken."""
        return self._buffer

    @property
    def ended(self) -> bool:
        """Whether the stream has no more than the buffer."""
        return self._ended

    @property
    def longest(self) -> int:
        """Bytes that a segment may have."""
        return self._longest

    @property
    def offset(self) -> int:
        """The offset of the buffer."""
        return self._offset

    def _outside(self) -> Iterator[Frame]:
        """Everything up to and with the next ISA."""
        while True:
            at = _find_header(self._buffer, 0, self._ended)
            if at is not None and (len(self._buffer) >= at + _HEADER_WINDOW or self._ended):
                header = read_header(self._buffer, at)
                if at:
                    yield StrayBytes(*self.take(at))
                if header is None:  # it had looked like one only without what follows
                    yield StrayBytes(*self.take(3))
                    continue
                offset, _ = self.take(len(header.raw))
                yield Opening(offset, header)
                return
            if self._ended:
                if self._buffer:
                    yield StrayBytes(*self.take(len(self._buffer)))
                return
            keep = len(self._buffer) - _HEADER_WINDOW if at is None else at
            if keep > 0:
                yield StrayBytes(*self.take(keep))
            self.fill()


def _find_header(data: bytes, start: int, ended: bool) -> int | None:
    """Where an ISA stands that can be read, or that needs more bytes to tell; None if there is none."""
    at = data.find(b"ISA", start)
    while at >= 0:
        if is_exact(data, at) or (len(data) < at + ISA_LENGTH and not ended):
            return at
        if (at == 0 or not data[at - 1 : at].isalnum()) and read_header(data, at) is not None:
            return at
        at = data.find(b"ISA", at + 1)
    return None


class _Interchange:
    """The segments behind an ISA, up to its IEA or to where it stops without one."""

    def __init__(self, framer: Framer, own: Delimiters) -> None:
        self._framer = framer
        self._own = own
        self._end = own.terminator.encode("latin-1")
        self._line_end = own.line_end.encode("latin-1")
        self._scanned = 0
        self._trailer = b"IEA" + own.element.encode("latin-1")
        self._latin = not f"{own.element}{own.component}{own.repetition}{own.terminator}".isascii()

    def frames(self) -> Iterator[Frame]:
        """Batches; behind the last one a `Broken` unless the interchange ends with its IEA."""
        framer = self._framer
        while True:
            buffer = framer.buffer
            stop, final = self._stop(buffer)
            if final == "trailer":
                yield self._batch(*framer.take(stop))
                return
            if final:
                yield from self._broken(stop, final)
                return
            cut = self._cut(buffer, stop)
            if cut:
                yield self._batch(*framer.take(cut))
            elif len(buffer) > framer.longest:
                yield Broken(framer.offset, "a segment has no end within the limit")
                return
            if not framer.ended:
                framer.fill()
            elif not cut:
                yield from self._broken(len(framer.buffer), "the input ends")
                return

    def _cut(self, buffer: bytes, stop: int) -> int:
        """Bytes of whole segments before `stop`, with the line end that belongs to the last one."""
        cut = buffer.rfind(self._end + self._line_end, 0, stop)
        if cut >= 0:
            return cut + 1 + len(self._line_end)
        cut = buffer.rfind(self._end, 0, stop)
        return cut + 1

    def _stop(self, buffer: bytes) -> tuple[int, str]:
        """Where the interchange ends, and why; else how far the buffer is known to belong to it, and nothing."""
        known = len(buffer)
        begin = max(0, self._scanned - self._framer.offset)
        self._scanned = self._framer.offset + max(0, known - _HEADER_WINDOW)
        trailer = self._find_trailer(buffer, begin)
        start = buffer.find(b"ISA", begin)
        while start >= 0 and (trailer is None or start < trailer):
            if is_exact(buffer, start) or self._begins(buffer, start):
                return start, "another interchange begins"
            if len(buffer) < start + _HEADER_WINDOW and not self._framer.ended:
                known = start
                break
            start = buffer.find(b"ISA", start + 1)
        if trailer is None:
            return known, ""
        end = buffer.find(self._end, trailer)
        if known < len(buffer) and known < trailer:
            return known, ""
        if end + 3 > len(buffer) or end < 0:
            if not self._framer.ended:
                self._scanned = self._framer.offset + trailer
                return min(trailer, known), ""
            if end < 0:
                return len(buffer), "trailer"
        after = _AFTER_IEA.match(buffer, end + 1)
        return (after.end() if after else end + 1), "trailer"

    def _find_trailer(self, buffer: bytes, begin: int) -> int | None:
        at = buffer.find(self._trailer, begin)
        while at >= 0:
            if self._at_start(buffer, at):
                return at
            at = buffer.find(self._trailer, at + 1)
        return None

    def _at_start(self, buffer: bytes, at: int) -> bool:
        """Whether a segment begins at `at`: behind a terminator, or where the buffer begins."""
        before = buffer[max(0, at - 8) : at].rstrip(_BREAKS if self._end not in (b"\r", b"\n") else b"")
        return before.endswith(self._end) or (not before and at <= 8)

    def _begins(self, buffer: bytes, at: int) -> bool:
        """Whether an ISA of the wrong width begins a segment here."""
        return self._at_start(buffer, at) and read_header(buffer, at) is not None

    def _broken(self, length: int, reason: str) -> Iterator[Frame]:
        """The last bytes of an interchange without IEA; blank ones do not belong to it any more."""
        offset, data = self._framer.take(length)
        if data.strip(_BREAKS) or self._end in data:
            yield self._batch(offset, data)
            yield Broken(self._framer.offset, reason)
        else:
            yield Broken(offset, reason)
            if data:
                yield StrayBytes(offset, data)

    def _batch(self, offset: int, data: bytes) -> Batch:
        fixed = data.translate(self._own.to_fixed)
        own, element = self._own, self._own.fixed_element
        if self._is_regular(data):
            text = fixed.decode("ascii")
            lines = text.split(own.fixed_terminator + own.line_end)
            lines.pop()
            width = 1 + len(own.line_end)
            offsets = list(accumulate(map(width.__add__, map(len, lines)), initial=offset))
            return Batch(lines, offsets, element)
        return self._irregular(offset, fixed)

    def _is_regular(self, data: bytes) -> bool:
        """Whether all is ASCII and each terminator has the interchange's line end, and nothing else has one."""
        if not data.isascii() or not data.endswith(self._end + self._line_end):
            return False
        count = data.count(self._end)
        return all(
            data.count(mark) == (count if mark in self._line_end or mark == self._end else 0)
            for mark in (b"\r", b"\n")
        ) and (not self._line_end or data.count(self._end + self._line_end) == count)

    def _irregular(self, offset: int, fixed: bytes) -> Batch:
        """Segments one by one: odd line ends, a missing terminator, text that is not ASCII."""
        own = self._own
        terminator = own.fixed_terminator.encode("latin-1")
        usual = own.fixed_terminator + own.line_end
        pieces = fixed.split(terminator)
        batch = Batch([], [], own.fixed_element)
        breaks = b"" if terminator in (b"\r", b"\n") else _BREAKS
        for number, piece in enumerate(pieces):
            text = piece.lstrip(breaks) if breaks else piece
            lead = piece[: len(piece) - len(text)]
            last = number == len(pieces) - 1
            if number and lead.decode("ascii") != own.line_end:
                self._end_with(batch, usual[0] + lead.decode("ascii"))
            if last and not text:
                batch.offsets.append(offset + len(piece))
                return batch
            line, encoding = self._decode(text)
            batch.offsets.append(offset + len(lead))
            batch.lines.append(line)
            odd_lead = lead.decode("ascii") if not number else ""
            ending = "" if last else usual
            if odd_lead or encoding != "utf-8" or last:
                batch.irregular[len(batch.lines) - 1] = Irregular(odd_lead, ending, encoding)
            offset += len(piece) + 1
        batch.offsets.append(offset - 1)
        return batch

    def _end_with(self, batch: Batch, ending: str) -> None:
        index = len(batch.lines) - 1
        known = batch.irregular.get(index, Irregular("", "", "utf-8"))
        batch.irregular[index] = known._replace(ending=ending)

    def _decode(self, text: bytes) -> tuple[str, str]:
        if not self._latin:
            try:
                return text.decode("utf-8"), "utf-8"
            except UnicodeDecodeError:
                pass
        return text.decode("latin-1"), "ascii" if text.isascii() else "latin-1"
