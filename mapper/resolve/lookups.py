"""Rows of look-up tables, from the `.map` file and from the TSV file beside it: typed, and one for each key and day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mapper.diagnostics import Diagnostic, Label, diagnostic
from mapper.resolve.table_files import read_lines
from mapper.source import Span
from mapper.syntax import tree

Cell = str | Decimal | None

MAX_TOLD = 20
_NUMBER = re.compile(r"-?\d{1,30}(\.\d{1,20})?\Z")
_ABSENT = ("", "-")
_KINDS = {
    "text": "a text",
    "number": "a number",
    "money": "an amount with at most two decimals",
    "date": "a day",
}


@dataclass(frozen=True, slots=True)
class LookupRow:
    """One row: its cells in the order of the columns (a date as `2024-01-31`), and the days that it holds for.

    `place` says where it stands in a file: `line 12`; it is empty for a row of the `.map` file.
    """

    cells: tuple[Cell, ...]
    first: str | None
    last: str | None
    span: Span
    place: str = ""

    def meets(self, other: LookupRow) -> bool:
        """Whether there is a day that both hold for."""
        return not (
            (self.last is not None and other.first is not None and self.last < other.first)
            or (other.last is not None and self.first is not None and other.last < self.first)
        )


def read_lookup(table: tree.LookupTable, file: str) -> tuple[tuple[LookupRow, ...], list[Diagnostic]]:
    """All rows of a look-up table; what is wrong with its columns (E203, E604), cells (E407, E603) or keys (E601)."""
    problems = list(_columns(table))
    if problems:
        return (), problems
    rows: list[LookupRow] = []
    if isinstance(table.origin, tree.String):
        found, problems = _from_file(table, table.origin, file)
        rows += found
    for written in table.rows:
        row = _written(table, written, problems)
        if row is not None:
            rows.append(row)
    problems += _twice(table, rows)
    further = len(problems) - MAX_TOLD
    if further > 0:
        told = diagnostic(
            "E603", f"the table `{table.name.text}` has {further} more such rows", table.name.span
        )
        problems = [*problems[:MAX_TOLD], told]
    return tuple(rows), problems


def _columns(table: tree.LookupTable) -> Iterator[Diagnostic]:
    """What is wrong with the head of a table."""
    first: dict[str, tree.Column] = {}
    for column in table.columns:
        earlier = first.setdefault(column.name.text, column)
        if earlier is not column:
            others = [Label(earlier.name.span, "first named here")]
            message = f"the column `{column.name.text}` stands twice"
            yield diagnostic("E203", message, column.name.span, "again here", others=others)
    if not any(column.key for column in table.columns):
        yield diagnostic(
            "E604",
            f"the table `{table.name.text}` has no key",
            table.name.span,
            "no column is a key",
            help="write `key` behind the columns that a look-up gives",
        )
    if isinstance(table.origin, tree.Name):
        yield diagnostic(
            "E603",
            "a site gives rows of code tables, not of look-up tables",
            table.origin.span,
            "no file",
            help='name a file: `from "name.tsv"`',
        )


# -- rows of the `.map` file -------------------------------------------------------------------------


def _written(table: tree.LookupTable, row: tree.LookupRow, problems: list[Diagnostic]) -> LookupRow | None:
    if len(row.values) != len(table.columns):
        message = f"the row has {len(row.values)} values, the table {len(table.columns)} columns"
        problems.append(diagnostic("E604", message, row.span))
        return None
    if not table.dated and row.first is not None:
        help_text = "write `dated` behind the columns of the table, or leave the days out"
        message = f"the table `{table.name.text}` is not dated, so its rows hold for every day"
        problems.append(diagnostic("E604", message, row.first.span, "a day", help=help_text))
        return None
    cells: list[Cell] = []
    for value, column in zip(row.values, table.columns, strict=True):
        cell = _literal(value, column)
        if cell is None and (column.key or not isinstance(value, tree.Absent)):
            message = f"`{column.name.text}` is {_KINDS[column.type]}"
            problems.append(diagnostic("E407", message, value.span, "something else"))
            return None
        cells.append(cell)
    first, last = (None if day is None else day.value for day in (row.first, row.last))
    return _in_order(LookupRow(tuple(cells), first, last, row.span), problems)


def _literal(value: tree.Expr, column: tree.Column) -> Cell:
    match value, column.type:
        case tree.String(value=text), "text" if text and text.isprintable():
            return text
        case tree.Number(value=number), "number":
            return number
        case tree.Number(value=number), "money" if _is_money(number):
            return number
        case tree.Date(value=day), "date":
            return day
        case _:
            return None


# -- rows of a file ----------------------------------------------------------------------------------


def _from_file(
    table: tree.LookupTable, origin: tree.String, file: str
) -> tuple[list[LookupRow], list[Diagnostic]]:
    """Cells in the order of the columns, then the first and the last day of a dated table.

    A first line that names the columns is left out.
    """
    lines, problems = read_lines(origin, file)
    names = [column.name.text for column in table.columns] + (["first", "last"] if table.dated else [])
    if lines and set(lines[0][1]) == set(names):
        number, head = lines.pop(0)
        if head != names:
            message = f"line {number} of the table file names other columns: {', '.join(names)} are declared"
            problems.append(diagnostic("E603", message, origin.span, "named here"))
    rows: list[LookupRow] = []
    for number, cells in lines:
        if len(cells) != len(names):
            message = (
                f"line {number} of the table file has {len(cells)} cells, the table {len(names)} columns"
            )
            problems.append(diagnostic("E603", message, origin.span, "named here"))
            continue
        row = _row(table, number, cells, origin.span, problems)
        if row is not None:
            rows.append(row)
    return rows, problems


def _row(
    table: tree.LookupTable, number: int, texts: list[str], span: Span, problems: list[Diagnostic]
) -> LookupRow | None:
    def tell(column: int, what: str) -> None:
        message = f"line {number}, column {column} of the table file: {what}"
        problems.append(diagnostic("E603", message, span, "named here"))

    cells: list[Cell] = []
    for place, (text, column) in enumerate(zip(texts, table.columns, strict=False), 1):
        cell = None if text in _ABSENT else _cell(text, column.type)
        if cell is None and text not in _ABSENT:
            tell(place, f"`{column.name.text}` is {_KINDS[column.type]}")
            return None
        if cell is None and column.key:
            tell(place, f"the key `{column.name.text}` is missing")
            return None
        cells.append(cell)
    days: list[str | None] = []
    for place, text in enumerate(texts[len(table.columns) :], len(table.columns) + 1):
        day = None if text in _ABSENT else _cell(text, "date")
        if day is None and text not in _ABSENT:
            tell(place, "a row holds from a first to a last day, written as 2024-01-31 or 20240131")
            return None
        days.append(day if isinstance(day, str) else None)
    first, last = days or (None, None)
    return _in_order(LookupRow(tuple(cells), first, last, span, f"line {number}"), problems)


def _cell(text: str, kind: str) -> Cell:
    """A cell in the form of its column; `None` where it does not have it."""
    match kind:
        case "number":
            return Decimal(text) if _NUMBER.match(text) else None
        case "money":
            number = Decimal(text) if _NUMBER.match(text) else None
            return number if number is not None and _is_money(number) else None
        case "date":
            return _day(text)
        case _:
            return text if text.isprintable() else None


def _is_money(number: Decimal) -> bool:
    return len(format(number, "f").partition(".")[2].rstrip("0")) <= 2


def _day(text: str) -> str | None:
    plain = text.replace("-", "") if len(text) == 10 and text[4] == text[7] == "-" else text
    if len(plain) != 8 or not plain.isascii() or not plain.isdigit():
        return None
    try:
        return date(int(plain[:4]), int(plain[4:6]), int(plain[6:])).isoformat()
    except ValueError:
        return None


# -- rows among each other ---------------------------------------------------------------------------


def _in_order(row: LookupRow, problems: list[Diagnostic]) -> LookupRow | None:
    if row.first is None or row.last is None or row.first <= row.last:
        return row
    place = f"{row.place} of the table file: " if row.place else ""
    code = "E603" if row.place else "E604"
    problems.append(diagnostic(code, f"{place}the last day of the row lies before its first", row.span))
    return None


def _twice(table: tree.LookupTable, rows: list[LookupRow]) -> Iterator[Diagnostic]:
    """Rows with one key that hold for one day (E601)."""
    keys = [number for number, column in enumerate(table.columns) if column.key]
    held: dict[tuple[Cell, ...], list[LookupRow]] = {}
    for row in rows:
        held.setdefault(tuple(row.cells[number] for number in keys), []).append(row)
    pairs = [pair for alike in held.values() if len(alike) > 1 for pair in _overlapping(alike)]
    order = {id(row): number for number, row in enumerate(rows)}
    for row, earlier in sorted(pairs, key=lambda pair: order[id(pair[0])]):
        what = "the key of a row stands twice" if not table.dated else "two rows of one key hold for one day"
        if row.place:
            first = earlier.place or "the `.map` file"
            column = keys[0] + 1
            message = f"{row.place}, column {column} of the table file: {what} (first: {first})"
            yield diagnostic("E601", message, row.span, "named here")
        else:
            yield diagnostic("E601", what, row.span, "again here", others=[Label(earlier.span, "first here")])


def _overlapping(alike: list[LookupRow]) -> Iterator[tuple[LookupRow, LookupRow]]:
    """Of rows with one key, each that shares a day with another one, and that."""
    order = {id(row): number for number, row in enumerate(alike)}
    furthest: LookupRow | None = None
    for row in sorted(alike, key=lambda each: each.first or ""):
        if furthest is not None and furthest.meets(row):
            later, earlier = sorted((row, furthest), key=lambda each: order[id(each)], reverse=True)
            yield later, earlier
        if furthest is None or (furthest.last is not None and (row.last is None or row.last > furthest.last)):
            furthest = row
