"""Reads the guide's four tables (`messages`, `segments`, `datatypes`, `codesystems`), tab-separated."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

CORRECTIONS = Path(__file__).with_name("corrections.tsv")


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A segment of a message, and its resource: `ADT_A01.PID` becomes `Patient[1]` by `PID[Patient]`."""

    message: str
    source: str
    segment: str
    target: str
    segment_map: str
    condition: str
    narrative: str
    references: str


@dataclass(frozen=True, slots=True)
class Row:
    """A field or component and the element that it becomes; `kind` is `segment` or `datatype`.

    `source` is `PID-5` or `XPN.2`, `target` a path below the resource or datatype of `map`. `assignment` is a
    constant that is written instead of the field's value. `datatype_map` and `table` name further maps.
    `printed` is the target as the guide prints it, `correction` what was wrong with that, or empty.
    """

    kind: str
    map: str
    source: str
    datatype: str
    target: str
    target_type: str
    condition: str
    narrative: str
    datatype_map: str
    table: str
    assignment: str
    printed: str
    correction: str


@dataclass(frozen=True, slots=True)
class CodePair:
    """A code of an HL7 v2 table and the code that stands for it."""

    map: str
    code: str
    table: str
    target_system: str
    target_code: str
    condition: str
    narrative: str


@dataclass(frozen=True, slots=True)
class Guide:
    """The rows of the guide by the name of their map, in its order; rows without a target are left out."""

    messages: Mapping[str, tuple[MessageRow, ...]]
    segments: Mapping[str, tuple[Row, ...]]
    datatypes: Mapping[str, tuple[Row, ...]]
    codes: Mapping[str, tuple[CodePair, ...]]

    def code_pairs(self, name: str) -> tuple[CodePair, ...]:
        """The pairs of a code map, or none."""
        return self.codes.get(name, ())

    def datatype_map(self, name: str) -> str | None:
        """The name of a datatype map as it is declared: references differ from it in case (`CWE[Code]`)."""
        return _declared(name, self.datatypes)

    def code_map(self, name: str) -> str | None:
        """The name of a code map as it is declared: references differ in marks (`Yes/NoIndicator`)."""
        return _declared(name, self.codes)


def read_guide(folder: Path) -> Guide:
    """Read the guide's folder. Raises `OSError`, and `KeyError` where a column is missing."""
    return Guide(
        _grouped((row.message, row) for row in _message_rows(folder)),
        _grouped((row.map, row) for row in _rows(folder, "segment", "segments.tsv")),
        _grouped((row.map, row) for row in _rows(folder, "datatype", "datatypes.tsv")),
        _grouped((pair.map, pair) for pair in _pairs(folder)),
    )


def read_lines(path: Path) -> Iterator[dict[str, str]]:
    """The lines of a tab-separated file by column name, without blanks around values."""
    with path.open(encoding="utf-8", newline="") as stream:
        for line in csv.DictReader(stream, delimiter="\t"):
            yield {column: value.strip() for column, value in line.items() if isinstance(value, str)}


def corrections() -> dict[tuple[str, str, str, str], tuple[str, str]]:
    """Typing errors of the guide: kind, map, source, target as printed -> the target meant, and why."""
    return {
        (line["kind"], line["map"], line["source"], line["printed"]): (line["corrected"], line["why"])
        for line in read_lines(CORRECTIONS)
    }


def _message_rows(folder: Path) -> Iterator[MessageRow]:
    for line in read_lines(folder / "messages.tsv"):
        if line["target"]:
            yield MessageRow(
                line["map"],
                line["identifier"],
                re.sub(r"[^A-Z0-9]", "", line["syntax"]),
                line["target"],
                line["segment_map"],
                line["antlr"],
                line["narrative"],
                line["references"],
            )


def _rows(folder: Path, kind: str, name: str) -> Iterator[Row]:
    corrected = corrections()
    for line in read_lines(folder / name):
        printed = line["target"]
        if printed:
            place = (kind, line["map"], line["identifier"], printed)
            target, why = corrected.get(place, (printed, ""))
            yield Row(
                kind,
                line["map"],
                line["identifier"],
                line["datatype"],
                target,
                line["target_type"],
                line["antlr"],
                line["narrative"],
                line["datatype_map"],
                line["vocab_map"],
                line["assignment"],
                printed,
                why,
            )


def _pairs(folder: Path) -> Iterator[CodePair]:
    for line in read_lines(folder / "codesystems.tsv"):
        if line["code"] and line["target_code"]:
            yield CodePair(
                line["map"],
                line["code"],
                line["code_system"],
                _target_system(line),
                line["target_code"],
                line["antlr"],
                line["narrative"],
            )


def _target_system(line: Mapping[str, str]) -> str:
    """The system of the target: in five maps it stands one column too far left, in the display."""
    system, display = line["target_system"], line["target_display"]
    return display if not system and display.startswith("http") else system


def _grouped(rows: Iterable[tuple[str, T]]) -> dict[str, tuple[T, ...]]:
    found: dict[str, list[T]] = {}
    for name, row in rows:
        found.setdefault(name, []).append(row)
    return {name: tuple(rows) for name, rows in found.items()}


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9\[\]]", "", name.lower())


def _declared(name: str, maps: Mapping[str, object]) -> str | None:
    if name in maps:
        return name
    return next((declared for declared in maps if _plain(declared) == _plain(name)), None) if name else None
