"""Writes what has been read again, byte for byte."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from runtime.codecs.x12.delimiters import Delimiters
from runtime.codecs.x12.events import Event, InterchangeStart, Segments, Stray


def emit(events: Iterable[Event]) -> Iterator[bytes]:
    """The bytes of a stream of events, in pieces. For the events of `read` these are the bytes that were read."""
    own = Delimiters()
    for event in events:
        if isinstance(event, Stray):
            yield event.data
        elif isinstance(event, InterchangeStart):
            own = event.delimiters
            yield event.raw
        elif isinstance(event, Segments) and event.segments:
            yield _segments(event, own)


def _segments(event: Segments, own: Delimiters) -> bytes:
    element, usual = own.fixed_element, own.fixed_terminator + own.line_end
    if not event.irregular:
        text = usual.join([element.join(segment) for segment in event.segments]) + usual
        return text.encode("utf-8").translate(own.from_fixed)
    parts = []
    for index, segment in enumerate(event.segments):
        odd = event.irregular.get(index)
        text = element.join(segment)
        if odd is None:
            parts.append((text + usual).encode("utf-8"))
        else:
            parts.append(
                (odd.lead + text + odd.ending).encode("latin-1" if odd.encoding == "latin-1" else "utf-8")
            )
    return b"".join(parts).translate(own.from_fixed)
