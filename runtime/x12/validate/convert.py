"""Faults that the codec tells (envelope, control numbers, counts) as findings of validation."""

from __future__ import annotations

import re
from functools import cache

from runtime.codecs.findings import BAD_HIERARCHY, SEGMENT_OUT_OF_ORDER, UNKNOWN_SEGMENT
from runtime.codecs.x12.events import Fault
from runtime.x12.validate.finding import Kind, X12Finding

_OWN = frozenset({SEGMENT_OUT_OF_ORDER, UNKNOWN_SEGMENT})
"""What validation tells itself, with its own codes, because the guide's rank of a segment is known to it."""
_PLACE = re.compile(r"([A-Z][A-Z0-9]{1,2})(\d\d)?\b")


@cache
def _kind(code: str, ik304: str, element: bool) -> Kind:
    return Kind(code, 1, ik304, "7" if element and ik304 == "8" else "")


def converted(fault: Fault, ordinal: int, checked: bool) -> X12Finding | None:
    """A fault as a finding; None for one that validation finds itself.

    `ordinal` is that of the header or trailer, for faults that have no ordinal of their own. `checked` tells that the
    transaction's set is known, so that validation follows its walk.
    """
    finding = fault.finding
    if checked and (finding.code in _OWN or (finding.code == BAD_HIERARCHY and fault.element == 1)):
        return None
    segment, element = fault.segment, fault.element
    if not segment:
        found = _PLACE.match(finding.where)
        segment = found[1] if found is not None else ""
        element = int(found[2]) if found is not None and found[2] else 0
    return X12Finding(
        _kind(finding.code, fault.ack if fault.kind == "IK304" else "", bool(element)),
        finding.message,
        fault.loop,
        segment,
        fault.ordinal or ordinal,
        element,
        envelope=f"{fault.kind}:{fault.ack}" if fault.kind and fault.kind != "IK304" else "",
        warning=finding.level != "error",
        offset=fault.offset,
    )
