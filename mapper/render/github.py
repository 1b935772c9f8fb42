"""Diagnostics as GitHub workflow commands, which annotate the lines of a pull request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mapper.diagnostics import Diagnostic, Severity
from mapper.render.json_report import place
from mapper.render.layout import visible
from mapper.render.terminal import title
from mapper.source import SourceFile

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_PROPERTIES = {
    "file": "file",
    "line": "line",
    "end_line": "endLine",
    "column": "col",
    "end_column": "endColumn",
}


def render(diagnostics: Sequence[Diagnostic], sources: Mapping[str, SourceFile]) -> str:
    """One `::error file=...::message` line for each diagnostic."""
    return "".join(f"{_command(each, sources)}\n" for each in diagnostics)


def _command(diagnostic: Diagnostic, sources: Mapping[str, SourceFile]) -> str:
    properties = {"title": title(diagnostic)}
    if diagnostic.span is not None:
        where = place(diagnostic.span, sources)
        properties = {_PROPERTIES[key]: str(where[key]) for key in _PROPERTIES if key in where} | properties
    # GitHub drops columns of an annotation that spans several lines
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{_COMMANDS[diagnostic.severity]} {listed}::{_data(_message(diagnostic))}"


def _message(diagnostic: Diagnostic) -> str:
    label = next((label.text for label in diagnostic.labels if label.primary and label.text), None)
    first = f"{diagnostic.message} ({label})" if label else diagnostic.message
    notes = [f"note: {note}" for note in diagnostic.notes]
    help = [f"help: {diagnostic.help}"] if diagnostic.help else []
    return "\n".join([first, *notes, *help])


def _data(text: str) -> str:
    lines = (visible(line) for line in text.replace("%", "%25").split("\n"))
    return "%0A".join(lines)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
