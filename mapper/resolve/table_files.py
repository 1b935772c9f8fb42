"""The tab-separated files behind tables: beside the `.map` file or below it, of bounded size, as lines of cells."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mapper.diagnostics import Diagnostic, diagnostic
from mapper.syntax import tree

MAX_BYTES = 16_000_000
MAX_ROWS = 200_000
SUFFIX = ".tsv"

Lines = list[tuple[int, list[str]]]


def table_path(origin: tree.String, file: str) -> Path:
    """Where the file of a table lies that a `.map` file names."""
    return (Path(file).resolve().parent / origin.value).resolve()


def read_lines(origin: tree.String, file: str) -> tuple[Lines, list[Diagnostic]]:
    """The lines of a table file as `(number, cells)`, without blank ones and comments; what is wrong is E603."""
    path = table_path(origin, file)
    if (problem := _misplaced(path, file)) is not None:
        return [], [diagnostic("E603", problem[0], origin.span, problem[1])]
    try:
        if path.exists() and not path.is_file():
            return [], [_unreadable(origin, "it is no file")]
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            return [], [_unreadable(origin, f"it has more than {MAX_BYTES:,} bytes")]
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        return [], [_unreadable(origin, reason or "unknown")]
    lines = list(_rows(text))
    if len(lines) > MAX_ROWS:
        return [], [_unreadable(origin, f"it has more than {MAX_ROWS:,} rows")]
    return lines, []


def _misplaced(path: Path, file: str) -> tuple[str, str] | None:
    if not path.is_relative_to(Path(file).resolve().parent):
        return "a table file lies beside its `.map` file or below it", "outside"
    if path.suffix != SUFFIX:
        return "a table file has tab-separated columns, and a name that ends in `.tsv`", "another kind"
    return None


def _unreadable(origin: tree.String, reason: str) -> Diagnostic:
    return diagnostic("E603", f"the table file cannot be read: {reason}", origin.span, "named here")


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Only a line feed ends a line: other characters that Python takes for line ends may stand in a cell."""
    for number, line in enumerate(text.split("\n"), 1):
        plain = line.removesuffix("\r")
        if plain.strip() and not plain.startswith("#"):
            yield number, plain.split("\t")
