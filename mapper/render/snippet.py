"""A piece of source with its labels under it: carets for the primary one, dashes for the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mapper.diagnostics import Label
from mapper.render.layout import Cells, Window, cut, lay_out, one_line, window
from mapper.source import SourceFile

Piece = tuple[str, str]  # text, style: "", "gutter", "primary", "secondary"
Row = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A label on one line of source, in cells of what is shown."""

    start: int
    end: int
    text: str
    primary: bool

    @property
    def style(self) -> str:
        return "primary" if self.primary else "secondary"


def rows(source: SourceFile, labels: Sequence[Label], gutter: int, width: int) -> Iterator[Row]:
    """The lines that the labels touch, in order, with marks; `gutter` is the width of the line numbers."""
    by_line: dict[int, list[Label]] = {}
    for label in sorted(labels, key=lambda label: (label.span.start, label.span.end)):
        by_line.setdefault(line_of(source, label), []).append(label)
    lines = sorted(by_line)
    for line, following in pairwise((*lines, None)):
        assert line is not None
        yield from _line(source, line, by_line[line], gutter, width)
        if following == line + 2:
            yield from _line(source, line + 1, [], gutter, width)
        elif following is not None and following > line + 2:
            yield ((f"{'':>{gutter}} ·", "gutter"),)


def line_of(source: SourceFile, label: Label) -> int:
    """The 1-based line on which a label is shown: its first."""
    return source.position(min(label.span.start, len(source.text)))[0]


def _line(source: SourceFile, line: int, labels: Sequence[Label], gutter: int, width: int) -> Iterator[Row]:
    shown = lay_out(source.line_text(line))
    room = max(20, width - gutter - 3)
    places = [_place(source, line, label, shown) for label in labels]
    part = window(shown, _focus(places), room)
    text = cut(shown, part)
    yield ((f"{line:>{gutter}} │", "gutter"), (f" {text}" if text.strip() else "", ""))
    marks = [_clipped(mark, part) for mark in places]
    for row in _mark_rows(marks):
        yield ((f"{'':>{gutter}} │ ", "gutter"), *row)


def _place(source: SourceFile, line: int, label: Label, shown: Cells) -> Mark:
    begin = source.line_starts[line - 1]
    last = source.position(max(label.span.start, min(label.span.end, len(source.text)) - 1))[0]
    start = shown.at(label.span.start - begin)
    end = shown.width if last > line else shown.at(label.span.end - begin)
    text = one_line(label.text)
    if last > line:
        text = f"{text} (to line {last})" if text else f"to line {last}"
    return Mark(start, max(end, start + 1), text, label.primary)


def _focus(marks: Sequence[Mark]) -> int:
    primary = next((mark for mark in marks if mark.primary), None)
    return (primary or marks[0]).start if marks else 0


def _clipped(mark: Mark, part: Window) -> Mark:
    start, end = part.clip(mark.start), part.clip(mark.end)
    return Mark(start, max(end, start + 1), mark.text, mark.primary)


def _mark_rows(marks: Sequence[Mark]) -> Iterator[Row]:
    """The row of carets and dashes, then the texts that don't fit behind it, each under its own mark."""
    if not marks:
        return
    inline = _inline(marks)
    behind = ((f" {inline.text}", inline.style),) if inline and inline.text else ()
    yield (*_underline(marks), *behind)
    hanging = [mark for mark in marks if mark.text and mark is not inline]
    hanging.sort(key=lambda mark: mark.start)
    if hanging:
        yield _stems(hanging)
    while hanging:
        last = hanging.pop()
        others = [mark for mark in hanging if mark.start < last.start]
        yield (*_stems(others, until=last.start), (last.text, last.style))


def _inline(marks: Sequence[Mark]) -> Mark | None:
    """The mark whose text may follow on its own row: the last one, if nothing reaches past it."""
    last = max(marks, key=lambda mark: (mark.start, mark.end))
    alone = all(mark.end <= last.start for mark in marks if mark is not last)
    return last if alone else None


def _underline(marks: Sequence[Mark]) -> Row:
    styles = [""] * max(mark.end for mark in marks)
    for mark in sorted(marks, key=lambda mark: mark.primary):
        styles[mark.start : mark.end] = [mark.style] * (mark.end - mark.start)
    return _joined([({"primary": "^", "secondary": "-"}.get(style, " "), style) for style in styles])


def _stems(marks: Sequence[Mark], until: int | None = None) -> Row:
    """A row of vertical lines under marks, filled with spaces up to the cell `until`."""
    styles = {mark.start: mark.style for mark in marks}
    width = until if until is not None else max(styles) + 1
    return _joined([("│" if cell in styles else " ", styles.get(cell, "")) for cell in range(width)])


def _joined(pieces: Sequence[Piece]) -> Row:
    joined: list[Piece] = []
    for text, style in pieces:
        if joined and joined[-1][1] == style:
            joined[-1] = (joined[-1][0] + text, style)
        else:
            joined.append((text, style))
    return tuple(joined)
