"""What a parsed HL7 v2 message consists of, and the plain data that describes message structures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from runtime.errors import Finding

NULL = '""'
"""The explicit null of HL7 v2 (chapter 2.5.3): the sender asks to remove the value. Never escaped."""

Segment: TypeAlias = list[str]
"""Fields by number: `[0]` the segment's name, `[n]` field n as raw text with standard delimiters."""

Group: TypeAlias = dict[str, list[Any]]
"""Slots of a message structure or of a group, each with its occurrences in order: a `Segment` or a `Group`."""


Structures: TypeAlias = Mapping[str, Any]
"""Message structures as plain data; the schema makes it.

`messages`: structure name to nodes, each `[slot, name, minimum, maximum or None, children or None]`.
`events`: `ADT^A04` to structure name. `lacking` (optional): by structure and version the paths of slots for which that
version has no place. `version`: the newest version that the structures describe.
A value is compiled on its first use, so it must not change afterwards.
"""


@dataclass(slots=True)
class Message:
    """A message as generated code reads it.

    `segments` are all segments in input order; `tree` holds the same lists by slot; `unplaced` those without
    a slot. `clean` is true if no leaf needs unescaping and none is the explicit null, so that both checks can
    be skipped. `structure` is empty if the structure set does not know the message (finding R110).
    """

    segments: list[Segment]
    tree: Group
    version: str
    message_type: str
    trigger: str
    structure: str
    control_id: str
    clean: bool
    findings: list[Finding] = field(default_factory=list)
    unplaced: list[Segment] = field(default_factory=list)
