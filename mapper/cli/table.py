"""Plain tables that fit a terminal."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Collection, Sequence

NARROWEST = 40
WIDEST = 100
_GAP = "  "


def width() -> int:
    """Columns to write in: those of the terminal; 80 where there is none."""
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size((80, 24)).columns))


def table(head: Sequence[str], rows: Sequence[Sequence[str]], right: Collection[int] = ()) -> str:
    """Rows under a head; the last column wraps, `right` are columns of numbers. Empty without rows."""
    if not rows:
        return ""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    before = sum(widths[:-1]) + len(_GAP) * (len(widths) - 1)
    widths[-1] = max(min(widths[-1], width() - before), len(head[-1]))
    rule = _GAP.join("-" * each for each in widths)
    lines = [_line(head, widths, right), rule, *(_line(row, widths, right) for row in rows)]
    return "\n".join(lines) + "\n"


def _line(row: Sequence[str], widths: Sequence[int], right: Collection[int]) -> str:
    cells = [
        cell.rjust(size) if number in right else cell.ljust(size)
        for number, (cell, size) in enumerate(zip(row[:-1], widths, strict=False))
    ]
    if len(row) - 1 in right:
        return _GAP.join([*cells, row[-1].rjust(widths[-1])])
    first, *others = textwrap.wrap(row[-1], widths[-1]) or [""]
    indent = " " * (sum(widths[:-1]) + len(_GAP) * (len(widths) - 1))
    return "\n".join([_GAP.join([*cells, first]).rstrip(), *(indent + each for each in others)])


def paragraph(text: str, indent: str = "") -> str:
    """Text wrapped to the width, each line behind `indent`."""
    return textwrap.fill(text, width(), initial_indent=indent, subsequent_indent=indent) + "\n"
