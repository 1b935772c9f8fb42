"""Slices only of transactions whose end has been seen and is right.

A slice is given before its transaction's SE is read. `held` keeps the slices of one transaction back until then;
`verified` reads the stream twice instead, and so needs no memory for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO

from runtime.codecs.limits import DEFAULT_LIMITS, Limits
from runtime.codecs.x12.events import Event, Placed, Slice, TransactionEnd, TransactionStart
from runtime.codecs.x12.read import read
from runtime.codecs.x12.table import SetTable


class Withheld(Placed):
    """A slice of a transaction that is not accepted: what it holds is not to be given."""


def held(events: Iterable[Event], every: bool = False) -> Iterator[Event]:
    """The events in their order; slices of a transaction that is not accepted are left out. Holds one transaction.

    `every` gives such slices as `Withheld`, for those who account for all that was sent.
    """
    waiting: list[Event] | None = None
    for event in events:
        if isinstance(event, TransactionStart):
            waiting = []
        if waiting is None:
            yield event
            continue
        waiting.append(event)
        if isinstance(event, TransactionEnd):
            for each in waiting:
                if event.accepted or not isinstance(each, Slice):
                    yield each
                elif every:
                    yield _withheld(each)
            waiting = None


def verified(
    stream: BinaryIO, sets: Mapping[str, SetTable], limits: Limits = DEFAULT_LIMITS, every: bool = False
) -> Iterator[Event]:
    """As `held(read(...))`, in constant memory: the stream is read twice, so it must be one that can seek."""
    begin = stream.tell()
    ends = (event for event in read(stream, sets, limits) if isinstance(event, TransactionEnd))
    refused = {number for number, end in enumerate(ends, 1) if not end.accepted}
    stream.seek(begin)
    number = 0
    for event in read(stream, sets, limits):
        number += isinstance(event, TransactionStart)
        if not (isinstance(event, Slice) and number in refused):
            yield event
        elif every:
            yield _withheld(event)


def _withheld(event: Slice) -> Withheld:
    return Withheld(
        event.offset,
        event.tree,
        event.first,
        segments=event.segments,
        irregular=event.irregular,
        moves=event.moves,
        offsets=event.offsets,
        opened=event.opened,
        closed=event.closed,
    )
