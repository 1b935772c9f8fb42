"""Source text of `.map` files and the spans that point into it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of character offsets, `start <= offset < end`, in one source file."""

    file: str
    start: int
    end: int

    def to(self, other: Span) -> Span:
        """The span from the start of this one to the end of `other` (same file)."""
        return Span(self.file, min(self.start, other.start), max(self.end, other.end))


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One `.map` file: its path as shown to people, its text, and where its lines start."""

    path: str
    text: str
    line_starts: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lengths = (len(line) + 1 for line in self.text.split("\n")[:-1])
        object.__setattr__(self, "line_starts", (0, *accumulate(lengths)))

    def position(self, offset: int) -> tuple[int, int]:
        """1-based line and column (in characters) of an offset."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def line_text(self, line: int) -> str:
        """The text of a 1-based line, without its line end."""
        start = self.line_starts[line - 1]
        end = self.line_starts[line] if line < len(self.line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")


def read_source(path: Path, shown_as: str | None = None) -> SourceFile:
    """Read a `.map` file as strict UTF-8 (a byte order mark is dropped).

    Raises `UnicodeDecodeError` or `OSError`; the driver turns both into diagnostics.
    """
    text = path.read_bytes().decode("utf-8-sig")
    return SourceFile(shown_as or str(path), text)
