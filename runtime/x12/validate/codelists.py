"""Code lists with the days on which their codes are in force. Some ship; the user loads what is licensed or changes.

A list that ships: states and provinces, countries, currencies, places of service. A list file is CSV or TSV with a
header: `code`, and optionally `from` and `to` (YYYY-MM-DD or YYYYMMDD, empty for open); other columns are not read. One
code may have several rows. The file's name is the list's name.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from importlib import resources
from io import StringIO
from pathlib import Path
from typing import Literal

from runtime.errors import DecodeError, Finding

State = Literal["good", "unknown", "not in force"]
Interval = tuple[date, date]
ALWAYS: Interval = (date.min, date.max)

ALIASES = {
    "carc": "adjustment-reasons",
    "rarc": "remark-codes",
    "remark_code": "remark-codes",
    "pos": "place-of-service",
    "place_of_service": "place-of-service",
    "country": "countries",
    "currency": "currencies",
    "nucc": "taxonomy",
    "icd10cm": "icd-10-cm",
    "icd10pcs": "icd-10-pcs",
    "revenue": "revenue-codes",
    "tob": "type-of-bill",
    "drg": "ms-drg",
}
"""Other names of lists, of structure tables and of files."""

SHIPPED = ("states", "countries", "currencies", "place-of-service")
_LARGEST = 64 * 1024 * 1024  # bytes of a list file; CPT and HCPCS together are below 5 MB
_SUFFIXES = (".csv", ".tsv", ".txt")


@dataclass(frozen=True, slots=True)
class CodeList:
    """Codes with the intervals in which each is in force; `dated` tells whether any interval is bounded."""

    name: str
    codes: Mapping[str, tuple[Interval, ...]]
    dated: bool

    def state(self, code: str, day: date | None) -> State:
        """Whether a code is known and in force on a day; without a day only whether it is known."""
        intervals = self.codes.get(code)
        if intervals is None:
            return "unknown"
        if day is None or any(start <= day <= end for start, end in intervals):
            return "good"
        return "not in force"


@dataclass(slots=True)
class CodeLists:
    """Lists by name. Asking for a list that is not loaded is remembered in `wanted`, to be told once."""

    lists: dict[str, CodeList] = field(default_factory=dict)
    wanted: set[str] = field(default_factory=set)

    def get(self, name: str) -> CodeList | None:
        """The list of a name or alias."""
        name = ALIASES.get(name, name)
        found = self.lists.get(name)
        if found is None:
            self.wanted.add(name)
        return found

    def undated(self) -> dict[str, frozenset[str]]:
        """Lists whose codes are always in force, under each of their names: they can be checked without a date."""
        names = {name: name for name in self.lists} | ALIASES
        return {
            name: frozenset(self.lists[target].codes)
            for name, target in names.items()
            if target in self.lists and not self.lists[target].dated
        }


def load_lists(folders: Iterable[Path] = ()) -> CodeLists:
    """The lists that ship, then those of the folders; a later list of a name replaces an earlier one.

    Raises `DecodeError` (R455) for a file that is no code list, with its line.
    """
    lists = {each.name: each for each in _shipped()}
    for folder in folders:
        for path in sorted(folder.iterdir()):
            if path.suffix.lower() in _SUFFIXES and path.is_file():
                name = path.stem.lower()
                name = ALIASES.get(name, name)
                if path.stat().st_size > _LARGEST:
                    raise _unreadable(path.name, 0, "the file is larger than a code list can be")
                lists[name] = read_list(name, path.read_text(encoding="utf-8-sig"), path.name)
    return CodeLists(lists)


@cache
def _shipped() -> tuple[CodeList, ...]:
    folder = resources.files("runtime.x12.validate") / "lists"
    return tuple(
        read_list(name, (folder / f"{name}.csv").read_text(encoding="utf-8"), f"{name}.csv")
        for name in SHIPPED
    )


def read_list(name: str, text: str, source: str) -> CodeList:
    """Read one list; `source` names it in errors. Raises `DecodeError` (R455)."""
    header, _, _ = text.partition("\n")
    rows = csv.DictReader(StringIO(text), delimiter="\t" if "\t" in header else ",")
    columns = {(column or "").strip().lower(): column for column in rows.fieldnames or ()}
    if "code" not in columns:
        raise _unreadable(source, 1, "the first line names no column code")
    codes: dict[str, tuple[Interval, ...]] = {}
    dated = False
    for number, row in enumerate(rows, 2):
        code = (row[columns["code"]] or "").strip().upper()
        if not code:
            continue
        start, end = (_day(row.get(columns.get(key, "")), source, number) for key in ("from", "to"))
        dated = dated or start is not None or end is not None
        codes[code] = (*codes.get(code, ()), (start or date.min, end or date.max))
    return CodeList(name, codes, dated)


def _day(text: str | None, source: str, line: int) -> date | None:
    text = (text or "").strip().replace("-", "")
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007  # a day has no zone
    except ValueError:
        raise _unreadable(source, line, "a date is not YYYY-MM-DD") from None


def _unreadable(source: str, line: int, why: str) -> DecodeError:
    where = f"{source}, line {line}" if line else source
    return DecodeError(Finding("R455", "error", why, where=where))


def not_loaded(lists: CodeLists) -> Iterator[str]:
    """The lists that were asked for and are not loaded, by name."""
    return iter(sorted(lists.wanted))
