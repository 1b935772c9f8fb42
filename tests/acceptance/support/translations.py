"""Code translations from the tables of the mappings: what a v2 code may have become."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

Translate = Callable[[str, str], frozenset[str]]
"""From a v2 table (`HL70001`) and a code to the codes, URIs or `true` and `false` that it may have become."""

TABLE = re.compile(
    r'^(?:override\s+)?table\s+(\w+)\s+"([^"]+)"\s*(<->|->|<-)\s*"[^"]+"(?:\s+from\s+"([^"]+)")?'
)
ROW = re.compile(
    r'^\s*("(?:[^"\\]|\\.)*"(?:\s*,\s*"(?:[^"\\]|\\.)*")*)\s*(<->|->)\s*(?:\w+\s*\|\s*)?("?)([^"\s#,]+(?:[^"#]*[^"\s#])?)\3'
)
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
FORWARD = ("<->", "->")


def translations(folder: Path) -> Translate:
    """What the tables in a folder (`*.map`, and the `.tsv` files that they name) translate towards FHIR."""
    known: dict[tuple[str, str], set[str]] = defaultdict(set)
    for path in sorted(folder.rglob("*.map")):
        _read(path, known)
    frozen = {key: frozenset(codes) for key, codes in known.items()}
    return lambda table, code: frozen.get((table, code), frozenset())


def _read(path: Path, known: dict[tuple[str, str], set[str]]) -> None:
    table: str | None = None
    for line in path.read_text(encoding="utf-8").splitlines():
        if found := TABLE.match(line):
            table = found.group(2)
            if found.group(4):
                _rows_of_file(path.parent / found.group(4), table, known)
        elif line.startswith("}"):
            table = None
        elif table and (row := ROW.match(line)):
            for code in QUOTED.findall(row.group(1)):
                known[table, code].add(row.group(4))


def _rows_of_file(path: Path, table: str, known: dict[tuple[str, str], set[str]]) -> None:
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = line.split("\t")
        if len(cells) == 3 and cells[1] in FORWARD:
            known[table, cells[0]].add(cells[2].rpartition("|")[2])
