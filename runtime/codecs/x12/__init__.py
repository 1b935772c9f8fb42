"""ASC X12 interchanges (005010): bytes to the values that generated code reads, and back."""

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
from runtime.codecs.x12.read import read
from runtime.codecs.x12.table import UNPLACED, LoopNode, SegmentNode, SetTable, value_at

__all__ = [
    "COMPONENT",
    "REPETITION",
    "UNPLACED",
    "Delimiters",
    "Event",
    "Fault",
    "GroupEnd",
    "GroupStart",
    "InterchangeEnd",
    "InterchangeStart",
    "Irregular",
    "Loop",
    "LoopNode",
    "Loose",
    "Placed",
    "Segment",
    "SegmentNode",
    "Segments",
    "SetTable",
    "Slice",
    "Step",
    "Stray",
    "TransactionEnd",
    "TransactionStart",
    "emit",
    "read",
    "value_at",
]
