"""HL7 v2 in its pipe-and-hat encoding: bytes to the values that generated code reads, and back."""

from runtime.codecs.hl7v2.batch import BatchItem, Piece, locate, read_batch, split_batch
from runtime.codecs.hl7v2.escapes import escape, unescape
from runtime.codecs.hl7v2.fitting import fit
from runtime.codecs.hl7v2.model import NULL, Group, Message, Segment, Structures
from runtime.codecs.hl7v2.parse import parse
from runtime.codecs.hl7v2.positions import (
    Leaf,
    leaves,
    numbered_leaves,
    position_of,
    segment_position,
    segment_positions,
)
from runtime.codecs.hl7v2.serialize import Value, segment_values, serialize

__all__ = [
    "NULL",
    "BatchItem",
    "Group",
    "Leaf",
    "Message",
    "Piece",
    "Segment",
    "Structures",
    "Value",
    "escape",
    "fit",
    "leaves",
    "locate",
    "numbered_leaves",
    "parse",
    "position_of",
    "read_batch",
    "segment_position",
    "segment_positions",
    "segment_values",
    "serialize",
    "split_batch",
    "unescape",
]
