"""Diagnostics as JSON, for scripts. docs/errors/README.md has the schema; it grows only by new members."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from mapper.diagnostics import Diagnostic, Fix, Label
from mapper.registry import REGISTRY
from mapper.source import SourceFile, Span

SCHEMA_VERSION = 1

Json = dict[str, object]


def render(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, SourceFile], *, files: int | None = None
) -> str:
    """One JSON object: `version`, `diagnostics`, `summary`."""
    report = {
        "version": SCHEMA_VERSION,
        "diagnostics": [diagnostic_json(each, sources) for each in diagnostics],
        "summary": _summary(diagnostics, files),
    }
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"


def diagnostic_json(diagnostic: Diagnostic, sources: Mapping[str, SourceFile]) -> Json:
    """One diagnostic as plain values."""
    entry = REGISTRY.get(diagnostic.code)
    return {
        "code": diagnostic.code,
        "slug": entry.slug if entry else None,
        "severity": str(diagnostic.severity),
        "message": diagnostic.message,
        "place": place(diagnostic.span, sources) if diagnostic.span else None,
        "labels": [_label(label, sources) for label in diagnostic.labels],
        "notes": list(diagnostic.notes),
        "help": diagnostic.help,
        "fix": _fix(diagnostic.fix, sources) if diagnostic.fix else None,
    }


def place(span: Span, sources: Mapping[str, SourceFile]) -> Json:
    """A span: character offsets, and 1-based lines and columns where the source is at hand."""
    where: Json = {"file": span.file, "start": span.start, "end": span.end}
    source = sources.get(span.file)
    if source is not None:
        first = source.position(min(span.start, len(source.text)))
        last = source.position(min(span.end, len(source.text)))
        where |= {"line": first[0], "column": first[1], "end_line": last[0], "end_column": last[1]}
    return where


def _label(label: Label, sources: Mapping[str, SourceFile]) -> Json:
    return {"place": place(label.span, sources), "text": label.text, "primary": label.primary}


def _fix(fix: Fix, sources: Mapping[str, SourceFile]) -> Json:
    return {
        "title": fix.title,
        "place": place(fix.span, sources),
        "replacement": fix.replacement,
        "safe": fix.safe,
    }


def _summary(diagnostics: Sequence[Diagnostic], files: int | None) -> Json:
    counts = Counter(str(each.severity) for each in diagnostics)
    touched = {each.span.file for each in diagnostics if each.span is not None}
    return {
        "errors": counts["error"],
        "warnings": counts["warning"],
        "infos": counts["info"],
        "files": len(touched) if files is None else files,
    }
