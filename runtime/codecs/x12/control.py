"""Control numbers: a sequence for each trading partner that survives restarts."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Literal, Protocol

Kind = Literal["ISA", "GS", "ST"]
HIGHEST = 999_999_999
"""The highest control number of nine digits; 1 follows it."""

_BUSY_SECONDS = 30.0
_TABLE = """
create table if not exists control_number (
    partner text not null, kind text not null, last integer not null, primary key (partner, kind)
) without rowid
"""
_NEXT = """
insert into control_number (partner, kind, last) values (?, ?, 1)
on conflict (partner, kind) do update set last = case when last >= ? then 1 else last + 1 end
returning last
"""


class ControlNumbers(Protocol):
    """Gives numbers that no other interchange, group or transaction of a partner has had (until the count wraps)."""

    def next(self, partner: str, kind: Kind) -> int:
        """The next number of a partner, from 1 to 999,999,999."""
        ...


class MemoryControlNumbers:
    """Sequences that begin with 1 whenever the process does: for tests and for files that are sent by hand."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, Kind], int] = {}

    def next(self, partner: str, kind: Kind) -> int:
        """The next number of a partner, from 1 to 999,999,999."""
        last = self._last.get((partner, kind), 0)
        following = 1 if last >= HIGHEST else last + 1
        self._last[partner, kind] = following
        return following


class StoredControlNumbers:
    """Sequences in an SQLite file. A number is given once, also to several processes, and is durable when it is given.

    A number that was given and not sent leaves a gap, which receivers accept; a number given twice they would not.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = str(path)
        with closing(self._connect()) as connection:
            connection.execute(_TABLE)

    def next(self, partner: str, kind: Kind) -> int:
        """The next number of a partner, from 1 to 999,999,999. Raises sqlite3.Error if the file cannot be written."""
        with closing(self._connect()) as connection:
            row = connection.execute(_NEXT, (partner, kind, HIGHEST)).fetchall()
        return int(row[0][0])

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None)
        connection.execute("pragma synchronous = full")
        return connection
