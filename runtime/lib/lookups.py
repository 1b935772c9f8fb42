"""Look-up tables of mappings: rows found by their keys, and by a day where they are dated."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from runtime.lib.arithmetic import as_decimal
from runtime.lib.context import Context

CELL, ROW = "\x1f", "\x1e"
"""What stands between the cells and between the rows of a table's text; no cell holds either."""

_DAY = re.compile(r"(\d{4})(?:-?(\d{2})(?:-?(\d{2}))?)?(?=$|[T\d.+Z-])", re.ASCII)

Cells = tuple[str, ...]
Dated = tuple[str, str, Cells]


class Rows:
    """The rows of one table, read from its text when the first look-up asks.

    `kinds` has a letter for each column (`t`ext, `n`umber, `d`ay), `keys` the places of its keys. Behind the cells of a
    dated row stand its first and its last day (`2024-01-31`); an empty one is open.
    """

    __slots__ = ("_index", "_keys", "_kinds", "_text", "dated")

    def __init__(self, kinds: str, keys: tuple[int, ...], dated: bool, text: str) -> None:
        self.dated = dated
        self._kinds = kinds
        self._keys = keys
        self._text = text
        self._index: dict[tuple[Any, ...], list[Dated]] | None = None

    def find(self, keys: tuple[Any, ...], days: tuple[str, str] | None) -> Cells | None:
        """The row with these keys that holds for all of these days; `None` without one."""
        if self._index is None:
            self._index = self._read()
        for first, last, cells in self._index.get(keys, ()):
            if days is None or (first <= days[0] and (not last or days[1] <= last)):
                return cells
        return None

    def key(self, number: int, value: Any) -> Any:
        """A value in the form of a key; `None` where it has none."""
        if self._kinds[self._keys[number]] == "n":
            return as_decimal(value)
        return str(value) if value or value == 0 else None

    def value(self, column: int, cell: str) -> Any:
        """A cell as its type has it; `None` for an empty one."""
        if not cell:
            return None
        return Decimal(cell) if self._kinds[column] == "n" else cell

    def _read(self) -> dict[tuple[Any, ...], list[Dated]]:
        index: dict[tuple[Any, ...], list[Dated]] = {}
        width = len(self._kinds)
        for row in self._text.split(ROW) if self._text else ():
            cells = tuple(row.split(CELL))
            first, last = cells[width:] if self.dated else ("", "")
            keys = tuple(self.value(place, cells[place]) for place in self._keys)
            index.setdefault(keys, []).append((first, last, cells[:width]))
        return index


def look_up(
    context: Context, rows: Rows, keys: tuple[Any, ...], column: int | None, day: Any = None, site: str = ""
) -> Any:
    """A cell of the row with these keys, or whether there is one (`column` is `None`); `None` for none.

    A key that is absent asks nothing. A miss is told (R212) where `site` says which line has asked.
    """
    given = tuple(rows.key(number, value) for number, value in enumerate(keys))
    if None in given:
        return None
    days = days_of(day) if rows.dated else None
    found = None if rows.dated and days is None else rows.find(given, days)
    if found is None:
        if site:
            context.missed(
                site, "the day is not known" if rows.dated and days is None else "no row has the keys"
            )
        return None
    return True if column is None else rows.value(column, found[column])


def fitting(function: Callable[..., Any], value: Any, context: Context | None = None) -> Any:
    """A value in the form of a key; an absent one stays absent."""
    if value is None or value == "":
        return None
    return function(value) if context is None else function(context, value)


def raw_number(value: Decimal | None) -> str | None:
    """A number as a format with delimiters holds it."""
    return None if value is None else format(value, "f")


def raw_day(value: str | None) -> str | None:
    """A day as a format with delimiters holds it."""
    return value.replace("-", "") if value is not None else None


def days_of(value: Any) -> tuple[str, str] | None:
    """The first and the last day of what a date says: `2024`, `202403`, `2024-03-01T10:00:00Z`; `None` for no date.

    A time counts as the day that is written, whatever its offset.
    """
    match = _DAY.match(value) if isinstance(value, str) else None
    if match is None:
        return None
    year, month, day = match[1], match[2], match[3]
    try:
        first = date(int(year), int(month or 1), int(day or 1))
        last_month = int(month or 12)
        last = date(int(year), last_month, int(day) if day else monthrange(int(year), last_month)[1])
    except ValueError:
        return None
    return first.isoformat(), last.isoformat()
