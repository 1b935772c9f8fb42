"""Writes interchanges: envelope, counts and control numbers around transactions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from runtime.codecs.findings import UNWRITABLE_VALUE, encode_error
from runtime.codecs.x12.control import ControlNumbers
from runtime.codecs.x12.delimiters import COMPONENT, ISA_WIDTHS, REPETITION
from runtime.codecs.x12.events import Segment
from runtime.codecs.x12.serialize import Places, serialize
from runtime.codecs.x12.style import DEFAULT_STYLE, Style
from runtime.codecs.x12.table import SetTable
from runtime.errors import Finding

_MARKS = (11, 16)


@dataclass(frozen=True, slots=True)
class Partner:
    """Who sends to whom: qualifiers and ids of ISA05 to ISA08, and of GS02 and GS03 (empty: as in the ISA).

    `usage` is ISA15, `P` or `T`; `acknowledge` is ISA14. `authorization` and `security` are ISA01/02 and ISA03/04.
    """

    sender: str
    receiver: str
    sender_qualifier: str = "ZZ"
    receiver_qualifier: str = "ZZ"
    group_sender: str = ""
    group_receiver: str = ""
    usage: str = "P"
    acknowledge: str = "0"
    authorization: tuple[str, str] = ("00", "")
    security: tuple[str, str] = ("00", "")

    @property
    def key(self) -> str:
        """By what the partner's control numbers are counted: both ids with their qualifiers."""
        return f"{self.sender_qualifier}/{self.sender}>{self.receiver_qualifier}/{self.receiver}"


@dataclass(frozen=True, slots=True)
class Written:
    """How a transaction was written: ISA13, GS06, ST02, and what each segment was written from."""

    interchange: str
    group: str
    control: str
    places: Places


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A transaction to write: the tree as generated code builds it, and the table of its set.

    `written` is called when it is written: what keeps a source map needs the numbers and places that it got. One that
    is too large for a tree has `parts` instead: a function that gives its segments in pieces, from ST to SE. It is
    called with a function that serializes a tree with the control number and style of the interchange.
    """

    table: SetTable
    tree: Mapping[str, Any]
    written: Callable[[Written], None] | None = None
    parts: Callable[[Callable[[Mapping[str, Any]], list[Segment]]], Iterator[list[Segment]]] | None = None


def write_interchange(
    transactions: Iterable[Outgoing],
    partner: Partner,
    numbers: ControlNumbers,
    at: datetime,
    *,
    style: Style = DEFAULT_STYLE,
    findings: list[Finding] | None = None,
    loose: Sequence[Segment] = (),
) -> bytes:
    """An interchange. See `interchange_parts`."""
    return b"".join(
        interchange_parts(transactions, partner, numbers, at, style=style, findings=findings, loose=loose)
    )


def interchange_parts(
    transactions: Iterable[Outgoing],
    partner: Partner,
    numbers: ControlNumbers,
    at: datetime,
    *,
    style: Style = DEFAULT_STYLE,
    findings: list[Finding] | None = None,
    loose: Sequence[Segment] = (),
) -> Iterator[bytes]:
    """An interchange in pieces, at least one for each transaction, so that any number of them may follow.

    Neighbours of one set share a group. `at` is the local time of ISA09/10 and GS04/05. `loose` are TA1 segments.
    Raises EncodeError R131 for an envelope that does not fit into an ISA, and what `serialize` raises.
    """
    number = f"{numbers.next(partner.key, 'ISA'):09}"
    yield _bytes([_isa(partner, number, at, style), *loose], style)
    groups = 0
    for (functional, version), members in groupby(
        transactions, lambda each: (each.table["functional"], each.table["version"])
    ):
        groups += 1
        group = str(numbers.next(partner.key, "GS"))
        yield _bytes([_gs(partner, functional, version, group, at)], style)
        count = 0
        for each in members:
            count += 1
            control = f"{numbers.next(partner.key, 'ST'):04}"
            for segments in _transaction(each, (number, group, control), style, findings):
                yield _bytes(segments, style)
        yield _bytes([["GE", str(count), group]], style)
    yield _bytes([["IEA", str(groups), number]], style)


def _transaction(
    each: Outgoing, numbers: tuple[str, str, str], style: Style, findings: list[Finding] | None
) -> Iterator[list[Segment]]:
    control = numbers[2]
    if each.parts is not None:
        yield from each.parts(
            lambda tree: serialize(tree, each.table, control=control, style=style, findings=findings)
        )
        return
    places: Places | None = {} if each.written is not None else None
    segments = serialize(
        each.tree, each.table, control=control, style=style, findings=findings, places=places
    )
    if each.written is not None:
        each.written(Written(*numbers, places or {}))
    yield segments


def _isa(partner: Partner, number: str, at: datetime, style: Style) -> Segment:
    values = (
        *partner.authorization,
        *partner.security,
        partner.sender_qualifier,
        partner.sender,
        partner.receiver_qualifier,
        partner.receiver,
        at.strftime("%y%m%d"),
        at.strftime("%H%M"),
        REPETITION if style.delimiters.repetition else "U",
        "00501",
        number,
        partner.acknowledge,
        partner.usage,
        COMPONENT,
    )
    segment = ["ISA"]
    for place, (value, width) in enumerate(zip(values, ISA_WIDTHS, strict=True), 1):
        if len(value) > width or not value.isascii() or (place not in _MARKS and style.clean(value)[1]):
            raise encode_error(
                UNWRITABLE_VALUE, f"ISA{place:02}", f"must be {width} characters of ASCII without delimiters"
            )
        segment.append(value.ljust(width))
    return segment


def _gs(partner: Partner, functional: str, version: str, group: str, at: datetime) -> Segment:
    sender, receiver = partner.group_sender or partner.sender, partner.group_receiver or partner.receiver
    return [
        "GS",
        functional,
        sender,
        receiver,
        at.strftime("%Y%m%d"),
        at.strftime("%H%M"),
        group,
        "X",
        version,
    ]


def _bytes(segments: Sequence[Segment], style: Style) -> bytes:
    """The bytes of segments in the delimiters of the style, without trailing empty elements."""
    own = style.delimiters
    end = own.fixed_terminator + own.line_end
    lines = []
    for segment in segments:
        cut = len(segment)
        while cut > 1 and not segment[cut - 1]:
            cut -= 1
        lines.append(own.fixed_element.join(segment[:cut]) + end)
    return "".join(lines).encode("utf-8").translate(own.from_fixed)
