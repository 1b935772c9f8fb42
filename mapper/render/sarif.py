"""Diagnostics as SARIF 2.1.0 (OASIS, 2020), which code-scanning services and editors read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib import metadata
from urllib.parse import quote

from mapper.diagnostics import Diagnostic, Fix, Label, Severity
from mapper.registry import REGISTRY, Entry
from mapper.source import SourceFile, Span

Json = dict[str, object]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render(diagnostics: Sequence[Diagnostic], sources: Mapping[str, SourceFile]) -> str:
    """A log with one run; its rules are the codes that occur."""
    codes = sorted({each.code for each in diagnostics if each.code in REGISTRY})
    run: Json = {
        "tool": {"driver": _driver([REGISTRY[code] for code in codes])},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, codes, sources) for each in diagnostics],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _driver(entries: Sequence[Entry]) -> Json:
    return {
        "name": "mapper",
        "semanticVersion": metadata.version("mapper"),
        "rules": [_rule(entry) for entry in entries],
    }


def _rule(entry: Entry) -> Json:
    return {
        "id": entry.code,
        "name": "".join(word.capitalize() for word in entry.slug.split("-")),
        "shortDescription": {"text": entry.summary},
        "help": {"text": f"mapper explain {entry.code}"},
    }


def _result(diagnostic: Diagnostic, codes: Sequence[str], sources: Mapping[str, SourceFile]) -> Json:
    primary = next((label for label in diagnostic.labels if label.span == diagnostic.span), None)
    others = [label for label in diagnostic.labels if label is not primary]
    result: Json = {
        "ruleId": diagnostic.code,
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": _message(diagnostic)},
        "locations": [_location(primary, sources)] if primary else [],
    }
    if diagnostic.code in codes:
        result["ruleIndex"] = codes.index(diagnostic.code)
    if others:
        result["relatedLocations"] = [
            _location(label, sources, number) for number, label in enumerate(others)
        ]
    if diagnostic.fix:
        result["fixes"] = [_fix(diagnostic.fix, sources)]
    return result


def _message(diagnostic: Diagnostic) -> str:
    help = [f"help: {diagnostic.help}"] if diagnostic.help else []
    return "\n".join([diagnostic.message, *diagnostic.notes, *help])


def _location(label: Label, sources: Mapping[str, SourceFile], number: int | None = None) -> Json:
    location: Json = {
        "physicalLocation": {
            "artifactLocation": _artifact(label.span.file),
            "region": _region(label.span, sources),
        }
    }
    if number is not None:
        location["id"] = number
    if label.text:
        location["message"] = {"text": label.text}
    return location


def _artifact(file: str) -> Json:
    """A relative URI reference; an absolute path becomes a `file:` URI."""
    path = quote(file.replace("\\", "/"))
    return {"uri": f"file://{path}" if path.startswith("/") else path}


def _region(span: Span, sources: Mapping[str, SourceFile]) -> Json:
    region: Json = {"charOffset": span.start, "charLength": span.end - span.start}
    source = sources.get(span.file)
    if source is not None:
        line, column = source.position(min(span.start, len(source.text)))
        end_line, end_column = source.position(min(span.end, len(source.text)))
        region |= {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}
    return region


def _fix(fix: Fix, sources: Mapping[str, SourceFile]) -> Json:
    replacement = {"deletedRegion": _region(fix.span, sources), "insertedContent": {"text": fix.replacement}}
    change = {"artifactLocation": _artifact(fix.span.file), "replacements": [replacement]}
    return {"description": {"text": fix.title}, "artifactChanges": [change]}
