"""Why an element is as it is: the lines that write it, what they read, and what stopped them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mapper.trace.model import Trace, under
from runtime.errors import Finding

_NUMBERED = re.compile(r"\[\d+\]|#\d+")


@dataclass(frozen=True, slots=True)
class Reason:
    """A line that writes an element: what it reads, and what became of it in this translation."""

    line: str
    source: str
    target: str
    state: str
    findings: tuple[str, ...] = ()


def why(trace: Trace, element: str, claims: Mapping[str, Any], direction: str) -> tuple[Reason, ...]:
    """The lines that could write an element, from a release's `coverage.json` (`claims` of one mapping)."""
    plain = _NUMBERED.sub("", element)
    findings = trace.result.findings
    reasons: dict[tuple[str, str], Reason] = {}
    for root, rows in claims.get(direction, {}).items():
        for keys, _first, _last, _whole, how, line, target, _note in rows:
            shown = _shown(target)
            if how in ("copy", "table", "function") and shown and under(shown, plain):
                source = _source(root, keys, direction)
                state, told = _state(trace, source, element, line, findings)
                reasons.setdefault((line, source), Reason(line, source, shown, state, told))
    return tuple(reasons.values())


def _state(
    trace: Trace, source: str, element: str, line: str, findings: Sequence[Finding]
) -> tuple[str, tuple[str, ...]]:
    """What became of a line: it wrote, had nothing to read, or was stopped."""
    if any(line in row.lines for row in trace.of_output(element)):
        return "wrote it", ()
    told = tuple(f"{f.code} {f.message}" for f in findings if f.line == line)
    if not any(under(_NUMBERED.sub("", place), source) for place in _places(trace)):
        return "nothing to read: the source is empty", told
    if told:
        return "the source is there; see the finding", told
    return "the source is there; a guard did not hold, or another line wrote it", told


def _places(trace: Trace) -> Sequence[str]:
    return [trace.place(where) for where in trace.populated]


def _shown(target: str) -> str:
    """A v2 target without the groups that hold its segment."""
    return re.sub(r"^(?:[A-Z_]+\.)*([A-Z][A-Z0-9]{2}-)", r"\1", target)


def _source(root: str, keys: Sequence[Any], direction: str) -> str:
    if direction == "back":
        return ".".join((root, *map(str, keys)))
    segment = root.rpartition("/")[2].partition(".")[0]
    return segment + (f"-{keys[0]}" if keys else "") + "".join(f".{key}" for key in keys[1:])
