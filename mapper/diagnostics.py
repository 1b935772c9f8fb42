"""Diagnostics are data: what is wrong, where, and what would help. Rendering happens elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from mapper.source import Span


class Severity(StrEnum):
    """How bad it is: an error stops the file and its importers."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Label:
    """A span with a few words; the primary label carries the carets, the others dashes."""

    span: Span
    text: str = ""
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Fix:
    """A replacement that an editor or `mapper fmt --fix` may apply. `safe` keeps the meaning otherwise unchanged."""

    title: str
    span: Span
    replacement: str
    safe: bool = False


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding of the compiler. `code` is a key of the registry, for example `E503`.

    `message` is lowercase, stands alone and holds no advice; advice goes to `help`.
    """

    code: str
    message: str
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    help: str | None = None
    fix: Fix | None = None
    severity: Severity = Severity.ERROR

    @property
    def span(self) -> Span | None:
        """Where the primary label points."""
        for label in self.labels:
            if label.primary:
                return label.span
        return self.labels[0].span if self.labels else None


def diagnostic(
    code: str,
    message: str,
    span: Span | None,
    label: str = "",
    *,
    others: Iterable[Label] = (),
    notes: Iterable[str] = (),
    help: str | None = None,
    fix: Fix | None = None,
    severity: Severity = Severity.ERROR,
) -> Diagnostic:
    """Build a diagnostic with one primary label; `W` codes become warnings."""
    labels = (Label(span, label, primary=True),) if span is not None else ()
    if code.startswith("W"):
        severity = Severity.WARNING
    return Diagnostic(code, message, (*labels, *others), tuple(notes), help, fix, severity)


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Each diagnostic once, by file and position; those without a place come first."""

    def place(each: Diagnostic) -> tuple[str, int, int, str]:
        span = each.span
        return (span.file, span.start, span.end, each.code) if span is not None else ("", 0, 0, each.code)

    return sorted(dict.fromkeys(diagnostics), key=place)
