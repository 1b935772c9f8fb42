"""Diagnostics and findings as text for people and as JSON, SARIF and GitHub annotations for machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, assert_never

from mapper.diagnostics import Diagnostic
from mapper.render import github, json_report, sarif, terminal
from mapper.render.terminal import DEFAULT_WIDTH, summary, write
from mapper.source import SourceFile

Format = Literal["text", "json", "sarif", "github"]

__all__ = ["Format", "render", "summary", "write"]


def render(
    diagnostics: Sequence[Diagnostic],
    sources: Mapping[str, SourceFile],
    form: Format = "text",
    *,
    files: int | None = None,
    width: int = DEFAULT_WIDTH,
) -> str:
    """The whole report as text. `files` is how many were checked; `sources` is by path as shown."""
    match form:
        case "text":
            return terminal.render(diagnostics, sources, files=files, width=width)
        case "json":
            return json_report.render(diagnostics, sources, files=files)
        case "sarif":
            return sarif.render(diagnostics, sources)
        case "github":
            return github.render(diagnostics, sources)
        case _:
            assert_never(form)
