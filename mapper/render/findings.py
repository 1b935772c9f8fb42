"""Run-time findings: what happened to one message, with paths on both sides and never a value."""

from __future__ import annotations

from collections.abc import Iterable

from mapper.registry import REGISTRY
from mapper.render.layout import one_line
from runtime.errors import Finding

Json = dict[str, object]


def render(findings: Iterable[Finding], message: str = "") -> str:
    """Lines like `warning[R202 code-not-in-table]: ... at PID-8 -> Patient.gender (pid.map:44)`.

    `message` says which message of a feed is meant, for example `adt.hl7:3`.
    """
    return "".join(f"{_line(finding, message)}\n" for finding in findings)


def _line(finding: Finding, message: str) -> str:
    entry = REGISTRY.get(finding.code)
    prefix = f"{message}: " if message else ""
    ends = [end for end in (finding.where, finding.target) if end]
    at = f" at {' -> '.join(ends)}" if ends else ""
    line = f" ({finding.line})" if finding.line else ""
    name = entry.heading if entry else finding.code
    return one_line(f"{prefix}{finding.level}[{name}]: {finding.message}{at}{line}")


def finding_json(finding: Finding) -> Json:
    """One finding as plain values; empty places are left out."""
    entry = REGISTRY.get(finding.code)
    found: Json = {
        "code": finding.code,
        "slug": entry.slug if entry else None,
        "level": finding.level,
        "message": finding.message,
    }
    places = {"where": finding.where, "target": finding.target, "line": finding.line}
    return found | {name: place for name, place in places.items() if place}
