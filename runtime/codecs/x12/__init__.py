"""ASC X12 interchanges (005010): bytes to the values that generated code reads, and back."""

from runtime.codecs.x12.automaton import Automaton, Move, automaton_of
from runtime.codecs.x12.content import content, documents
from runtime.codecs.x12.control import ControlNumbers, Kind, MemoryControlNumbers, StoredControlNumbers
from runtime.codecs.x12.delimiters import COMPONENT, REPETITION, Delimiters
from runtime.codecs.x12.emit import emit
from runtime.codecs.x12.events import (
    Event,
    Fault,
    GroupEnd,
    GroupStart,
    InterchangeEnd,
    InterchangeStart,
    Irregular,
    Loop,
    Loose,
    Placed,
    Segment,
    Segments,
    Slice,
    Step,
    Stray,
    TransactionEnd,
    TransactionStart,
)
from runtime.codecs.x12.numbers import format_implied, format_real, parse_number, read_implied
from runtime.codecs.x12.read import read
from runtime.codecs.x12.serialize import Places, Value, segment_values, serialize
from runtime.codecs.x12.style import Style
from runtime.codecs.x12.table import UNPLACED, LoopNode, SegmentNode, SetTable, value_at
from runtime.codecs.x12.verdict import held, verified
from runtime.codecs.x12.write import Outgoing, Partner, Written, interchange_parts, write_interchange

__all__ = [
    "Automaton",
    "Move",
    "automaton_of",
    "content",
    "documents",
    "ControlNumbers",
    "Kind",
    "MemoryControlNumbers",
    "StoredControlNumbers",
    "COMPONENT",
    "REPETITION",
    "Delimiters",
    "emit",
    "Event",
    "Fault",
    "GroupEnd",
    "GroupStart",
    "InterchangeEnd",
    "InterchangeStart",
    "Irregular",
    "Loop",
    "Loose",
    "Placed",
    "Segment",
    "Segments",
    "Slice",
    "Step",
    "Stray",
    "TransactionEnd",
    "TransactionStart",
    "format_implied",
    "format_real",
    "parse_number",
    "read_implied",
    "segment_values",
    "read",
    "Places",
    "Value",
    "serialize",
    "Style",
    "UNPLACED",
    "LoopNode",
    "SegmentNode",
    "SetTable",
    "value_at",
    "held",
    "verified",
    "Outgoing",
    "Partner",
    "Written",
    "interchange_parts",
    "write_interchange",
]
