"""Diagnostics for a person: the source with carets under it. Colour only where a terminal shows it."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TextIO

from mapper.diagnostics import Diagnostic, Label, Severity
from mapper.registry import REGISTRY
from mapper.render import snippet
from mapper.render.layout import one_line, visible
from mapper.render.snippet import Row
from mapper.source import SourceFile, Span

DEFAULT_WIDTH = 110
NARROWEST = 40

_STYLES = {
    "": "",
    "gutter": "blue",
    "secondary": "blue",
    "error": "bold red",
    "warning": "bold yellow",
    "info": "bold cyan",
    "message": "bold",
    "note": "bold",
}
_PLAIN_BOXES = str.maketrans("┌├─│·…", "++-|..")


def summary(diagnostics: Iterable[Diagnostic], files: int | None = None) -> str:
    """`2 errors, 1 warning in 3 files`; `files` defaults to those that diagnostics point into."""
    listed = list(diagnostics)
    found = Counter(each.severity for each in listed)
    if files is None:
        files = len({each.span.file for each in listed if each.span is not None})
    names = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
    counts = [_count(found[severity], name) for severity, name in names.items() if found[severity]]
    where = f" in {_count(files, 'file')}" if files else ""
    return (", ".join(counts) or "no errors") + where


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def render(
    diagnostics: Sequence[Diagnostic],
    sources: Mapping[str, SourceFile],
    *,
    files: int | None = None,
    width: int = DEFAULT_WIDTH,
) -> str:
    """The report as plain text: each diagnostic, an empty line after each, and the summary."""
    lines = [_plain(row) for row in _report(diagnostics, sources, width)]
    return "\n".join([*lines, summary(diagnostics, files)]) + "\n"


def write(
    diagnostics: Sequence[Diagnostic],
    sources: Mapping[str, SourceFile],
    stream: TextIO,
    *,
    files: int | None = None,
) -> None:
    """Write the report to a stream: in colour and as wide as it is when it is a terminal, plain otherwise."""
    if not _has_colour(stream):
        width = _terminal_width() if stream.isatty() else DEFAULT_WIDTH
        stream.write(_encodable(render(diagnostics, sources, files=files, width=width), stream))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, highlight=False, soft_wrap=True)
    for row in _report(diagnostics, sources, _terminal_width()):
        console.print(Text.assemble(*((text, _STYLES[style]) for text, style in row)))
    console.print(Text(summary(diagnostics, files), style="bold"))


def _has_colour(stream: TextIO) -> bool:
    """Colour follows https://no-color.org: any value of NO_COLOR turns it off."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _terminal_width() -> int:
    return max(NARROWEST, shutil.get_terminal_size((DEFAULT_WIDTH, 24)).columns)


def _encodable(text: str, stream: TextIO) -> str:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_PLAIN_BOXES).encode(encoding, "replace").decode(encoding)
    return text


def _plain(row: Row) -> str:
    return "".join(text for text, _ in row).rstrip()


def _report(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, SourceFile], width: int
) -> Iterator[Row]:
    explained: set[str] = set()
    for diagnostic in diagnostics:
        yield from _diagnostic(diagnostic, sources, width, explain=diagnostic.code not in explained)
        yield ()
        explained.add(diagnostic.code)


def _diagnostic(
    diagnostic: Diagnostic, sources: Mapping[str, SourceFile], width: int, *, explain: bool
) -> Iterator[Row]:
    severity = str(diagnostic.severity)
    yield ((f"{severity}[{title(diagnostic)}]", severity), (f": {one_line(diagnostic.message)}", "message"))
    gutter = _gutter(diagnostic.labels, sources)
    for row in _places(diagnostic.labels, sources, gutter, width):
        yield tuple((text, severity if style == "primary" else style) for text, style in row)
    remarks = list(_remarks(diagnostic, gutter, explain))
    if diagnostic.labels and remarks:
        yield ((f"{'':>{gutter}} │", "gutter"),)
    yield from remarks


def title(diagnostic: Diagnostic) -> str:
    """`E503 not-invertible`; the code alone where the registry has no such code."""
    entry = REGISTRY.get(diagnostic.code)
    return entry.heading if entry else diagnostic.code


def _gutter(labels: Sequence[Label], sources: Mapping[str, SourceFile]) -> int:
    shown = [label for label in labels if label.span.file in sources]
    return max((len(str(snippet.line_of(sources[label.span.file], label))) for label in shown), default=1)


def _places(
    labels: Sequence[Label], sources: Mapping[str, SourceFile], gutter: int, width: int
) -> Iterator[Row]:
    """The labelled source of each file, the primary label's file first."""
    files = list(
        dict.fromkeys(label.span.file for label in sorted(labels, key=lambda label: not label.primary))
    )
    for number, file in enumerate(files):
        here = [label for label in labels if label.span.file == file]
        main = next((label for label in here if label.primary), here[0])
        corner = "┌─" if number == 0 else "├─"
        yield ((f"{'':>{gutter}} {corner} ", "gutter"), (visible(position(main.span, sources)), ""))
        if file in sources:
            yield ((f"{'':>{gutter}} │", "gutter"),)
            yield from snippet.rows(sources[file], here, gutter, width)


def position(span: Span, sources: Mapping[str, SourceFile]) -> str:
    """`sex.map:6:3`, or the path alone where the source could not be read."""
    source = sources.get(span.file)
    if source is None:
        return span.file
    line, column = source.position(min(span.start, len(source.text)))
    return f"{span.file}:{line}:{column}"


def _remarks(diagnostic: Diagnostic, gutter: int, explain: bool) -> Iterator[Row]:
    for note in diagnostic.notes:
        yield from _remark("note", note, gutter)
    if help := _help(diagnostic):
        yield from _remark("help", help, gutter)
    if explain and diagnostic.code in REGISTRY:
        yield from _remark("more", f"mapper explain {diagnostic.code}", gutter)


def _help(diagnostic: Diagnostic) -> str | None:
    fix = diagnostic.fix
    text = diagnostic.help or (fix.title if fix else None)
    return f"{text}        [{'safe fix' if fix.safe else 'fix'}]" if text and fix else text


def _remark(name: str, text: str, gutter: int) -> Iterator[Row]:
    first, *others = (visible(line) for line in text.split("\n"))
    yield ((f"{'':>{gutter}} = ", "gutter"), (name, "note"), (f": {first}", ""))
    for line in others:
        yield ((f"{'':>{gutter + 5 + len(name)}}{line}", ""),)
