"""Code tables as the tests read them: parsed, with their files, and looked up in both directions."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mapper.source import read_source
from mapper.syntax import tree
from mapper.syntax.parser import parse

MAPPINGS = Path(__file__).parents[3] / "mappings"

Target = tuple[str, str]


@dataclass(frozen=True)
class CodeTable:
    """A table: rows as (left code, arrow, (system URI, right code)), and what `otherwise` gives."""

    name: str
    left: str
    right: str
    rows: tuple[tuple[str, str, Target], ...]
    otherwise: str | None

    def go(self, code: str) -> Target | None:
        """The right code of a left one."""
        for left, arrow, target in self.rows:
            if left == code and arrow != "<-":
                return target
        return (self.right, self.otherwise) if self.otherwise else None

    def back(self, target: Target) -> str | None:
        """The left code of a right one."""
        return next((left for left, arrow, right in self.rows if right == target and arrow != "->"), None)


def parsed(path: Path) -> tree.Module:
    """The syntax tree of a file without errors."""
    module, problems = parse(read_source(path))
    assert problems == [], f"{path.name}: {problems}"
    return module


@cache
def systems() -> dict[str, str]:
    """The systems of `codes.map` by name."""
    declarations = parsed(MAPPINGS / "codes.map").declarations
    return {item.name.text: item.uri.value for item in declarations if isinstance(item, tree.System)}


@cache
def code_tables() -> dict[str, CodeTable]:
    """All tables of `mappings/tables` by name."""
    found = {}
    for path in sorted((MAPPINGS / "tables").glob("*.map")):
        for item in parsed(path).declarations:
            if isinstance(item, tree.CodeTable):
                found[item.name.text] = _table(item, path.parent)
    return found


def _table(item: tree.CodeTable, folder: Path) -> CodeTable:
    right = item.right[0].value
    rows = _file_rows(item.origin, right, folder)
    rows += [
        (_text(row.left[0]), row.arrow, _target(row.right[0], right))
        for row in item.rows
        if isinstance(row, tree.Row)
    ]
    other = [row.code for row in item.rows if isinstance(row, tree.OtherwiseRow) and row.code]
    return CodeTable(
        item.name.text, item.left[0].value, right, tuple(rows), _text(other[0]) if other else None
    )


def _file_rows(origin: object, right: str, folder: Path) -> list[tuple[str, str, Target]]:
    if not isinstance(origin, tree.String):
        return []
    with (folder / origin.value).open(encoding="utf-8", newline="") as stream:
        lines = [line for line in csv.reader(stream, delimiter="\t") if not line[0].startswith("#")]
    return [(left, arrow, (right, code)) for left, arrow, code in lines]


def _text(cell: object) -> str:
    assert isinstance(cell, tree.String)
    return cell.value


def _target(cell: object, right: str) -> Target:
    if isinstance(cell, tree.Code):
        return systems()[cell.system], cell.code
    return right, _text(cell)
