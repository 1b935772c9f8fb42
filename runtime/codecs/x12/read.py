"""Reads a stream of X12 interchanges, event by event, in memory that does not depend on its size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from typing import Any, BinaryIO

from runtime.codecs.findings import (
    BAD_CHARACTER_SET,
    BAD_ISA,
    ENVELOPE_ORDER,
    NO_INTERCHANGE,
    NUMBER_MISMATCH,
    STRAY_TEXT,
    TRUNCATED,
    UNKNOWN_SET,
    decode_error,
)
from runtime.codecs.limits import DEFAULT_LIMITS, Limits
from runtime.codecs.x12.assemble import Assembler
from runtime.codecs.x12.automaton import automaton_of
from runtime.codecs.x12.envelope import (
    Seen,
    count_fault,
    element,
    fault,
    header_faults,
    misplaced,
    missing,
    number_fault,
    too_long,
)
from runtime.codecs.x12.events import (
    Event,
    Fault,
    GroupEnd,
    GroupStart,
    InterchangeEnd,
    InterchangeStart,
    Irregular,
    Loose,
    Segment,
    Segments,
    Stray,
    TransactionEnd,
    TransactionStart,
)
from runtime.codecs.x12.framing import Batch, Broken, Framer, Opening, StrayBytes
from runtime.codecs.x12.table import SetTable

_BLANK = b" \t\r\n\x00\x1a\xef\xbb\xbf\x0b\x0c\x1c"
_EBCDIC_ISA = b"\xc9\xe2\xc1"
_UNKNOWN: dict[str, Any] = {
    "kind": "loop",
    "slot": "unknown",
    "id": "unknown",
    "max": None,
    "children": [
        {"kind": "segment", "slot": name, "id": name, "max": 1, "match": [], "elements": []}
        for name in ("ST", "SE")
    ],
}
_UNKNOWN_TABLE: SetTable = {"set": "", "unit": None, "root": _UNKNOWN}


def read(
    source: BinaryIO | bytes, sets: Mapping[str, SetTable], limits: Limits = DEFAULT_LIMITS
) -> Iterator[Event]:
    """The events of a stream of interchanges. Raises DecodeError R132 if it holds none at all, and nothing else.

    Everything that is odd is told in the `faults` of the event where it shows, and read as well as it can be.
    """
    stream = BytesIO(source) if isinstance(source, bytes | bytearray | memoryview) else source
    reader = _Reader(sets, limits)
    for frame in Framer(stream, limits).frames():
        if isinstance(frame, StrayBytes):
            yield reader.stray(frame)
        elif isinstance(frame, Opening):
            yield reader.open(frame)
        elif isinstance(frame, Batch):
            yield from reader.batch(frame)
        else:
            yield from reader.broken(frame)
    if not reader.any:
        raise decode_error(NO_INTERCHANGE, "byte 0", reader.what_instead())


class _Reader:
    """Where in the envelope the stream is, and what trailers must agree with."""

    def __init__(self, sets: Mapping[str, SetTable], limits: Limits) -> None:
        self.any = False
        self._sets = list(sets.values())
        self._limits = limits
        self._begin = b""
        self._isa: Segment | None = None
        self._gs: Segment | None = None
        self._st: Segment = []
        self._transaction: Assembler | None = None
        self._groups = self._transactions = 0
        self._group_right = self._interchange_right = self._right = True
        self._interchange_numbers, self._group_numbers, self._numbers = Seen(), Seen(), Seen()

    def stray(self, frame: StrayBytes) -> Stray:
        """Bytes outside of interchanges; blank ones are not told."""
        self._begin = self._begin or frame.data[:64]
        event = Stray(frame.offset, frame.data)
        if frame.data.strip(_BLANK):
            isa = frame.data.lstrip(_BLANK).startswith(b"ISA")
            words = f"{len(frame.data)} bytes belong to no interchange"
            if isa:
                event.faults.append(
                    fault(BAD_ISA, f"an ISA cannot be read; {words}", "ISA", frame.offset, "", "")
                )
            else:
                event.faults.append(fault(STRAY_TEXT, words, "input", frame.offset, level="warning"))
        return event

    def what_instead(self) -> str:
        """Why there is no interchange."""
        if not self._begin.strip(_BLANK):
            return "the input is empty"
        if _EBCDIC_ISA in self._begin:
            return "the input is EBCDIC: convert it to ASCII first"
        if b"I\x00S\x00A" in self._begin:
            return "the input is UTF-16: convert it to ASCII or UTF-8 first"
        return "the input holds no ISA segment that can be read"

    def open(self, frame: Opening) -> InterchangeStart:
        """An ISA."""
        self.any = True
        header = frame.header
        self._isa, self._gs, self._transaction = header.segment, None, None
        self._groups = 0
        self._group_numbers = Seen()
        event = InterchangeStart(frame.offset, header.segment, header.delimiters, header.raw)
        event.faults += header_faults(header.problems, frame.offset)
        key = "\n".join(header.segment[5:9] + header.segment[13:14])
        if self._interchange_numbers.repeats(key):
            words = "the control number has been used before by this sender"
            event.faults.append(fault(NUMBER_MISMATCH, words, "ISA13", frame.offset, "TA105", "025"))
        self._interchange_right = not event.faults
        return event

    def batch(self, batch: Batch) -> Iterator[Event]:
        """Whole segments."""
        at, lines = 0, enumerate(batch.lines)
        count = len(batch.lines)
        while at < count:
            start, stopper = at, None
            if self._transaction is not None:
                at, stopper = self._transaction.feed(batch, lines, at)
                if self._transaction.ready:
                    yield from self._ready()
                if stopper is None:
                    continue
                start = at - 1
            else:
                at, line = next(lines)
                start, at = at, at + 1
                stopper = line.split(batch.element)
            odd = batch.irregular.get(start)
            yield from self._envelope(stopper, batch.offsets[start], odd)

    def broken(self, frame: Broken) -> Iterator[Event]:
        """The interchange stops without an IEA."""
        yield from self._end_transaction(None, frame.offset, None, True)
        yield from self._end_group(None, frame.offset, None, True)
        end = InterchangeEnd(frame.offset, None, self._groups, False)
        if "limit" in frame.reason:
            end.faults.append(too_long(frame.offset))
        end.faults.append(missing("IEA", frame.offset, "TA105", "023", True))
        self._isa = None
        yield end

    def _ready(self) -> Iterator[Event]:
        assembler = self._transaction
        if assembler is not None and assembler.ready:
            for each in assembler.ready:
                if each.irregular:
                    _tell_encoding(each)
                yield each
            assembler.ready = []

    def _envelope(self, segment: Segment, offset: int, odd: Irregular | None) -> Iterator[Event]:
        name = segment[0]
        if name == "ST":
            yield from self._end_transaction(None, offset, None, False)
            yield self._begin_transaction(segment, offset, odd)
        elif name == "SE" and self._transaction is not None:
            yield from self._end_transaction(segment, offset, odd, False)
        elif name == "GS":
            yield from self._end_transaction(None, offset, None, False)
            yield from self._end_group(None, offset, None, False)
            yield self._begin_group(segment, offset, odd)
        elif name == "GE" and self._gs is not None:
            yield from self._end_transaction(None, offset, None, False)
            yield from self._end_group(segment, offset, odd, False)
        elif name == "IEA":
            yield from self._end_interchange(segment, offset, odd)
        else:
            yield from self._end_transaction(None, offset, None, False)
            event = Loose(offset, segments=[segment], irregular=_one(odd))
            if name != "TA1" or self._gs is not None:
                event.faults.append(misplaced(segment, offset))
                self._interchange_right = False
            yield event

    def _begin_group(self, gs: Segment, offset: int, odd: Irregular | None) -> GroupStart:
        event = GroupStart(offset, gs, segments=[gs], irregular=_one(odd))
        self._gs, self._transactions, self._numbers, self._group_right = gs, 0, Seen(), True
        self._groups += 1
        if self._group_numbers.repeats(element(gs, 6)):
            words = "the control number has been used before in this interchange"
            event.faults.append(fault(NUMBER_MISMATCH, words, "GS06", offset, "AK905", "19"))
            self._group_right = False
        return event

    def _begin_transaction(self, st: Segment, offset: int, odd: Irregular | None) -> TransactionStart:
        version = element(st, 3) or element(self._gs, 8)
        table = self._table(element(st, 1), version)
        event = TransactionStart(offset, st, table, version, segments=[st], irregular=_one(odd))
        self._st, self._right = st, True
        self._transactions += 1
        if self._gs is None:
            event.faults.append(
                fault(ENVELOPE_ORDER, "stands outside of every group", "ST", offset, "TA105", "022")
            )
        if self._numbers.repeats(element(st, 2)):
            words = "the control number has been used before in this group"
            event.faults.append(fault(NUMBER_MISMATCH, words, "ST02", offset, "IK502", "23"))
        event.faults += self._set_faults(st, table, offset)
        self._right = not event.faults
        automaton = automaton_of(_UNKNOWN_TABLE if table is None else table)
        self._transaction = Assembler(automaton, st, self._limits, table is not None)
        return event

    def _set_faults(self, st: Segment, table: SetTable | None, offset: int) -> Iterable[Fault]:
        known = [each for each in self._sets if each["transaction"] == element(st, 1)]
        if not known:
            yield fault(UNKNOWN_SET, "no such transaction set is known", "ST01", offset, "IK502", "1")
        elif table is None:
            where = "ST03" if element(st, 3) else "GS08"
            yield fault(UNKNOWN_SET, "the set is not known in this version", where, offset, "IK502", "I6")
        if element(st, 3) and self._gs is not None and element(st, 3) != element(self._gs, 8):
            yield fault(
                NUMBER_MISMATCH, "is not the version of GS08", "ST03", offset, "IK502", "I6", "warning"
            )
        if table is not None and self._gs is not None and element(self._gs, 1) != table["functional"]:
            yield fault(
                UNKNOWN_SET, "the group is not one for this set", "GS01", offset, "AK905", "1", "warning"
            )

    def _table(self, transaction: str, version: str) -> SetTable | None:
        for table in self._sets:
            if table["transaction"] == transaction and (
                version == table["version"] or version in table["accepts"]
            ):
                return table
        return None

    def _end_transaction(
        self, se: Segment | None, offset: int, odd: Irregular | None, cut: bool
    ) -> Iterator[Event]:
        assembler = self._transaction
        if assembler is None:
            return
        ordinal = assembler.ordinal
        placed = assembler.end(se, offset, odd)
        yield from self._ready()
        self._transaction = None
        faults = placed.faults
        if se is None:
            faults.append(missing("SE", offset, "IK502", "2", cut))
        else:
            ordinal = placed.first + len(placed.segments) - 1
            faults += count_fault(se, ordinal, "segments", offset, "IK502", "4")
            faults += number_fault(self._st, se, (2, 2), offset, "IK502", "3")
        self._right = self._right and not any(each.kind != "IK304" for each in faults)
        self._group_right = self._group_right and self._right
        end = TransactionEnd(
            offset,
            placed.tree,
            placed.first,
            se,
            self._st,
            self._right,
            faults=faults,
            segments=placed.segments,
            irregular=placed.irregular,
            moves=placed.moves,
            offsets=placed.offsets,
            opened=placed.opened,
            closed=placed.closed,
        )
        _tell_encoding(end)
        yield end

    def _end_group(
        self, ge: Segment | None, offset: int, odd: Irregular | None, cut: bool
    ) -> Iterator[Event]:
        if self._gs is None:
            return
        end = GroupEnd(
            offset, ge, self._transactions, False, segments=[ge] if ge else [], irregular=_one(odd)
        )
        if ge is None:
            end.faults.append(missing("GE", offset, "AK905", "3", cut))
        else:
            end.faults += count_fault(ge, self._transactions, "transactions", offset, "AK905", "5")
            end.faults += number_fault(self._gs, ge, (6, 2), offset, "AK905", "4")
        self._gs = None
        end.accepted = self._group_right and not end.faults
        self._interchange_right = self._interchange_right and not end.faults
        yield end

    def _end_interchange(self, iea: Segment, offset: int, odd: Irregular | None) -> Iterator[Event]:
        yield from self._end_transaction(None, offset, None, False)
        yield from self._end_group(None, offset, None, False)
        end = InterchangeEnd(offset, iea, self._groups, False, segments=[iea], irregular=_one(odd))
        end.faults += count_fault(iea, self._groups, "groups", offset, "TA105", "021")
        end.faults += number_fault(self._isa, iea, (13, 2), offset, "TA105", "001")
        if odd is not None and not odd.ending:
            end.faults.append(fault(TRUNCATED, "has no terminator", "IEA", offset, level="warning"))
        end.accepted = self._interchange_right and not any(each.kind for each in end.faults)
        self._isa = None
        yield end


def _one(odd: Irregular | None) -> dict[int, Irregular]:
    return {} if odd is None else {0: odd}


def _tell_encoding(event: Segments) -> None:
    """Bytes that are no UTF-8 are read as Latin-1, and told once for an event."""
    odd = [index for index, each in event.irregular.items() if each.encoding == "latin-1"]
    if odd:
        words = f"{len(odd)} segments are not valid UTF-8, and are read as Latin-1"
        event.faults.append(fault(BAD_CHARACTER_SET, words, "segment", event.offset, level="warning"))
