"""HL7 v2 from hl7apy (structures, tables) and the npm package hl7-dictionary (lengths, field names, code meanings)."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from mapper.schema.store import Pool, write

# hl7apy has no 2.7.1: a maintenance release whose structures are those of 2.7.
SOURCES = {
    version: version
    for version in ("2.8.2", "2.8.1", "2.8", "2.7", "2.6", "2.5.1", "2.5", "2.4", "2.3.1", "2.3")
}
SOURCES["2.7.1"] = "2.7"
VERSIONS = sorted(SOURCES, key=lambda version: [int(part) for part in version.split(".")], reverse=True)

OPEN = "…"
WITHDRAWN = (None, "wd", "WD")

Json = Mapping[str, Any]


class Dictionary:
    """The hl7-dictionary package: readable names and maximum lengths, where it knows them."""

    def __init__(self, package: Path) -> None:
        self._lib = package / "lib"
        self.tables = self._read("tables.js")
        self.segments = {v: self._read(f"{v}/segments.js") for v in VERSIONS if (self._lib / v).is_dir()}
        self.types = {v: self._read(f"{v}/fields.js") for v in VERSIONS if (self._lib / v).is_dir()}
        self.messages = {v: self._read(f"{v}/messages.js") for v in VERSIONS if (self._lib / v).is_dir()}
        self.phrases = self._phrases()

    def _read(self, name: str) -> Any:
        text = (self._lib / name).read_text(encoding="utf-8")
        return json.loads(text[text.index("{") : text.rindex("}") + 1])

    def _children(self) -> Iterable[Json]:
        for version in reversed(VERSIONS):
            for group, key in ((self.segments, "fields"), (self.types, "subfields")):
                for parent in group.get(version, {}).values():
                    yield from parent.get(key, ())

    def _phrases(self) -> dict[str, str]:
        return {_letters(child["desc"]): child["desc"].strip() for child in self._children()}

    def length(self, version: str, name: str, number: int) -> str:
        """Maximum length in characters of a field or component; empty when unknown."""
        for group, key in ((self.segments, "fields"), (self.types, "subfields")):
            children = group.get(version, {}).get(name, {}).get(key, ())
            if number <= len(children):
                return str(children[number - 1].get("len") or "")
        return ""

    def text(self, constant: str) -> str:
        """`DATE_TIME_OF_BIRTH` as the standard prints it: `Date/Time of Birth`."""
        return self.phrases.get(_letters(constant)) or constant.replace("_", " ").title()

    def titles(self) -> dict[str, str]:
        """What segments, datatypes and messages are called, newest wording first."""
        titles: dict[str, str] = {}
        for version in reversed(VERSIONS):
            for group in (self.segments, self.types, self.messages):
                titles |= {
                    name: entry["desc"] for name, entry in group.get(version, {}).items() if entry.get("desc")
                }
        return titles


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def build(folder: Path, package: Path) -> None:
    """Write `hl7v2.json.z` and `hl7v2_tables.json.z`."""
    dictionary = Dictionary(package)
    pool = Pool()
    index = {version: _version(version, dictionary, pool) for version in VERSIONS}
    known = {name for kinds in index.values() for kind in kinds.values() for name in kind}
    titles = {name: title for name, title in sorted(dictionary.titles().items()) if name in known}
    write(
        folder,
        "hl7v2",
        {"index": index, "pool": pool.blocks, "titles": titles, "events": _events(dictionary)},
    )
    write(folder, "hl7v2_tables", _tables(dictionary))


def _module(version: str) -> Any:
    return importlib.import_module("hl7apy.v" + SOURCES[version].replace(".", "_"))


def _version(version: str, dictionary: Dictionary, pool: Pool) -> dict[str, dict[str, int]]:
    module = _module(version)
    return {
        "message": {name: pool.number(_nodes(name, node)) for name, node in module.MESSAGES.items()},
        "group": _groups(module, pool),
        "segment": {
            # A withdrawn segment (QRD in 2.8) has no fields.
            name: pool.number(_children(version, name, node[1] if len(node) > 1 else (), dictionary))
            for name, node in module.SEGMENTS.items()
        },
        "composite": {
            name: pool.number(_children(version, name, node, dictionary))
            for name, node in module.DATATYPES_STRUCTS.items()
            if not name.endswith("_SIMPLE")
        },
    }


def _groups(module: Any, pool: Pool) -> dict[str, int]:
    messages = {
        name.upper(): name for name in module.MESSAGES
    }  # MFN_Znn has the group MFN_ZNN_MF_SITE_DEFINED
    groups: dict[str, int] = {}
    for name, node in module.GROUPS.items():
        prefix = "_".join(name.split("_")[:2])
        message = messages.get(prefix, prefix)
        groups[f"{message}.{name[len(message) + 1 :]}"] = pool.number(_nodes(message, node))
    return groups


def _nodes(message: str, node: Any) -> str:
    """One line per child: `NAME min max`, a group as `@NAME`; the first line tells a choice."""
    lines = ["?"] if node[0] == "choice" else []
    for name, _, (minimum, maximum), kind in node[1]:
        shown = f"@{name.removeprefix(message.upper() + '_')}" if kind == "GRP" else name
        lines.append(f"{shown} {minimum} {_maximum(maximum)}")
    return "\n".join(lines)


def _children(version: str, name: str, children: Iterable[Any], dictionary: Dictionary) -> str:
    """One line per field or component: number, min, max, type (empty: withdrawn), table, length, text."""
    lines = []
    for child, entry, (minimum, maximum), _ in children:
        number = int(child.rsplit("_", 1)[1]) if "_" in child else 0
        if not number:
            continue
        datatype, constant, table = entry[2:5]
        if maximum == 0 or datatype in WITHDRAWN:
            datatype = ""
        length = dictionary.length(version, name, number)
        columns = (
            number,
            minimum,
            _maximum(maximum),
            datatype.removesuffix("_SIMPLE"),
            table or "",
            length,
        )
        lines.append("\t".join(map(str, (*columns, dictionary.text(constant)))))
    return "\n".join(lines)


def _maximum(maximum: int) -> str:
    return "*" if maximum < 0 else str(maximum)


def _events(dictionary: Dictionary) -> dict[str, str]:
    """Table 0354 turned round: `ADT^A04` -> `ADT_A01`."""
    events: dict[str, str] = {}
    for structure, text in dictionary.tables["354"]["values"].items():
        for event in re.findall(r"\b[A-Z][A-Z0-9]{2}\b", text):
            events[f"{structure.split('_')[0]}^{event}"] = structure
    return events


def clean(codes: Iterable[str]) -> list[str]:
    """A table's codes without what hl7apy took over from the printed tables: blanks, prose, `10 ... 19`, `L,M,N`.

    A table that ends in `...` is open: it gets the code `…`.
    """
    found: dict[str, None] = {}
    for code in (part.strip(" \xa0Â") for text in codes for part in text.split(",")):
        span = re.fullmatch(r"([A-Z]?)(\d+) ?(?:\.\.\.|_) ?[A-Z]?(\d+)", code)
        if span:
            numbers = range(int(span[2]), int(span[3]) + 1)
            found |= {f"{span[1]}{number}": None for number in numbers}
        elif "..." in code or "…" in code or code.endswith("_"):
            found[OPEN] = None
        elif code and not re.search(r"\s.*[a-z]|[a-z].*\s|<null>|\?\?", code):
            found[code] = None
    return list(found)


def _tables(dictionary: Dictionary) -> dict[str, Any]:
    pool = Pool()
    names: dict[str, str] = {}
    index: dict[str, dict[str, int]] = {}
    for version in reversed(VERSIONS):
        # hl7apy carries no tables for 2.3; those of 2.3.1 hold its codes too.
        tables = getattr(_module(version), "TABLES", None) or _module("2.3.1").TABLES
        index[version] = {table: pool.number("\n".join(clean(codes))) for table, (_, codes) in tables.items()}
        names |= {table: name for table, (name, _) in tables.items()}
    meanings = {
        f"HL7{int(n):04}": t["values"]
        for n, t in dictionary.tables.items()
        if n.isdigit() and t.get("values")
    }
    return {"index": index, "pool": pool.blocks, "names": names, "meanings": meanings}
