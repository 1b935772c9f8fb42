"""Readable text for golden files: trees and diagnostics with their positions, and trees without any."""

from dataclasses import fields, is_dataclass
from typing import Any

from mapper.diagnostics import Diagnostic
from mapper.source import SourceFile, Span


def tree_text(node: Any, source: SourceFile, level: int = 0) -> str:
    """One node a line: class, plain fields, and `line:column-column` of its span."""
    plain: list[tuple[str, Any]] = []
    nested: list[tuple[str, Any]] = []
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, Span) or value is None or value == () or value is False:
            continue
        (nested if is_dataclass(value) or isinstance(value, tuple) else plain).append((field.name, value))
    words = [
        type(node).__name__,
        *(f"{name}={_plain(value)}" for name, value in plain),
        _span(node.span, source),
    ]
    text = "  " * level + " ".join(words) + "\n"
    return text + "".join(_field_text(name, value, source, level + 1) for name, value in nested)


def _field_text(name: str, value: Any, source: SourceFile, level: int) -> str:
    items = value if isinstance(value, tuple) else (value,)
    if all(type(item).__name__ == "Name" for item in items):
        return "  " * level + f"{name}: " + ", ".join(item.text for item in items) + "\n"
    inner = "".join(
        tree_text(item, source, level + 1) if is_dataclass(item) else "  " * (level + 1) + f"{_flat(item)}\n"
        for item in items
    )
    return "  " * level + f"{name}:\n" + inner


def _flat(value: Any) -> str:
    return " ".join(str(without_spans(item)) for item in value) if isinstance(value, tuple) else str(value)


def _plain(value: Any) -> str:
    return repr(value) if isinstance(value, str) else str(value)


def _span(span: Span, source: SourceFile) -> str:
    (line, column), (last_line, last) = source.position(span.start), source.position(span.end)
    return f"@{line}:{column}-{last}" if line == last_line else f"@{line}:{column}-{last_line}:{last}"


def diagnostics_text(found: list[Diagnostic], source: SourceFile) -> str:
    """Each diagnostic with its line, carets and help."""
    return "\n".join(_diagnostic_text(diagnostic, source) for diagnostic in found)


def _diagnostic_text(diagnostic: Diagnostic, source: SourceFile) -> str:
    assert diagnostic.span is not None
    line, column = source.position(diagnostic.span.start)
    carets = "^" * max(1, diagnostic.span.end - diagnostic.span.start)
    help = f"   = help: {diagnostic.help}\n" if diagnostic.help else ""
    return (
        f"{diagnostic.severity}[{diagnostic.code}] {line}:{column}: {diagnostic.message}\n"
        f"   | {source.line_text(line)}\n   | {' ' * (column - 1)}{carets}\n{help}"
    )


def without_spans(node: Any) -> Any:
    """The node as nested tuples, for comparing trees of differently laid out texts."""
    if isinstance(node, Span):
        return None
    if isinstance(node, tuple):
        return tuple(without_spans(item) for item in node)
    if is_dataclass(node):
        return (type(node).__name__, *(without_spans(getattr(node, field.name)) for field in fields(node)))
    return node
