"""Why an element is as it is: the lines that write it, what they read, and what stopped them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mapper.trace.model import Trace
from mapper.trace.places import plain
from runtime.errors import Finding


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
    findings = trace.result.findings
    places = [trace.input.plain(trace.place(where)) for where in trace.populated]
    reasons: dict[tuple[str, str], Reason] = {}
    for root, rows in claims.get(direction, {}).items():
        for keys, _first, _last, _whole, how, line, target, _note in rows:
            shown = trace.output.target(target)
            if (
                how in ("copy", "table", "function", "made")
                and shown
                and trace.output.under(shown, plain(element))
            ):
                source = trace.input.claimed(root, tuple(keys))
                there = any(trace.input.under(place, source) for place in places)
                state, told = _state(trace, there, element, line, findings)
                reasons.setdefault((line, source), Reason(line, source, shown, state, told))
    return tuple(reasons.values())


def _state(
    trace: Trace, there: bool, element: str, line: str, findings: Sequence[Finding]
) -> tuple[str, tuple[str, ...]]:
    """What became of a line: it wrote, had nothing to read, or was stopped."""
    if any(line in row.lines for row in trace.of_output(element)):
        return "wrote it", ()
    told = tuple(f"{f.code} {f.message}" for f in findings if f.line == line)
    if not there:
        return "nothing to read: the source is empty", told
    if told:
        return "the source is there; see the finding", told
    return "the source is there; a guard did not hold, or another line wrote it", told
