"""Compiles the X12 sets that are declared as text (`x12_declared/*.txt`; its README describes the notation)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mapper.schema.x12_map import Types

FOLDER = Path(__file__).parent / "x12_declared"

Node = dict[str, Any]
_HEAD = re.compile(r"(?P<id>[A-Z][A-Z0-9]{1,2}) (?P<usage>[RSN]) (?P<max>>1|\d+) (?P<pos>\d{4}) (?P<name>.+)")
_LOOP = re.compile(r"loop (?P<id>\w+) (?P<usage>[RSN]) (?P<max>>1|\d+) (?P<name>.+)")
_ELEMENT = re.compile(
    r"(?P<usage>[RSN]) ?(?P<de>C?\d+)(?:\*(?P<repeat>\d+))?"
    r"(?:=(?P<codes>[A-Z0-9,]+)|@(?P<external>\w+)|\((?P<components>[^)]*)\))?(?: |$)"
)


class DeclarationError(Exception):
    """A line of a declaration that is not in the notation, with its number."""


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    depth: int
    text: str

    def fail(self, what: str) -> DeclarationError:
        return DeclarationError(f"line {self.number}: {what}: {self.text[:60]}")


def declared(name: str, types: Types, titles: Mapping[str, str]) -> Node:
    """The root loop node of a declared set. `titles` names data elements and composites. Raises `DeclarationError`."""
    lines = list(_lines((FOLDER / f"{name}.txt").read_text(encoding="utf-8")))
    return {"kind": "loop", "id": name, "children": _children(lines, 0, types, titles)}


def own_titles() -> Iterator[tuple[str, str]]:
    """Ids of segments and composites (`titles.txt`), each with what we call it."""
    return _pairs("titles.txt")


def own_codes() -> Iterator[tuple[str, list[str]]]:
    """Names of external code lists (`lists.txt`), each with codes that pyx12's copy lacks."""
    return ((name, codes.split()) for name, codes in _pairs("lists.txt"))


def _pairs(file: str) -> Iterator[tuple[str, str]]:
    for line in (FOLDER / file).read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            name, _, rest = line.partition(" ")
            yield name, rest


def _lines(text: str) -> Iterator[_Line]:
    words: dict[str, str] = {}
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.rstrip()
        definition = re.match(r"\$(\w+) *= *", line)
        text = _spelled(line[definition.end() :] if definition else line, words, number)
        if definition:
            words[definition[1]] = text
        elif text and not text.startswith("#"):
            yield _Line(number, (len(text) - len(text.lstrip())) // 2, text.strip())


def _spelled(text: str, words: Mapping[str, str], number: int) -> str:
    for name in re.findall(r"\$(\w+)", text):
        if name not in words:
            raise DeclarationError(f"line {number}: ${name} is not defined")
    return re.sub(r"\$(\w+)", lambda found: words[found[1]], text)


def _children(lines: Sequence[_Line], depth: int, types: Types, titles: Mapping[str, str]) -> list[Node]:
    found: list[Node] = []
    for place, line in enumerate(lines):
        if line.depth < depth:
            break
        if line.depth > depth:
            continue
        if line.text.startswith("loop "):
            inner = lines[place + 1 :]
            node = _facts(line, _LOOP) | {
                "kind": "loop",
                "children": _children(inner, depth + 1, types, titles),
            }
        else:
            node = _segment(line, types, titles)
        # Equal positions of neighbours: any order.
        before = found[-1] if found else None
        same = before is not None and before.get("pos") is not None and before.get("pos") == node.get("pos")
        node["order"] = 0 if before is None else before["order"] + (not same)
        found.append(node)
    return found


def _facts(line: _Line, pattern: re.Pattern[str], text: str | None = None) -> Node:
    found = pattern.fullmatch(line.text if text is None else text)
    if found is None:
        raise line.fail("not in the notation")
    return found.groupdict() | {"max": None if found["max"] == ">1" else int(found["max"])}


def _segment(line: _Line, types: Types, titles: Mapping[str, str]) -> Node:
    head, elements, syntax = (part.strip() for part in f"{line.text} | | ".split("|")[:3])
    return _facts(line, _HEAD, head) | {
        "kind": "segment",
        "elements": _elements(line, elements, types, titles),
        "syntax": syntax.split(),
    }


def _elements(line: _Line, text: str, types: Types, titles: Mapping[str, str]) -> list[Node]:
    made: list[Node] = []
    place = 0
    while place < len(text):
        found = _ELEMENT.match(text, place)
        if found is None:
            raise line.fail(f"not an element at {text[place : place + 12]!r}")
        place = found.end()
        made.append({"n": len(made) + 1} | _element(line, found, types, titles))
    return made


def _element(line: _Line, found: re.Match[str], types: Types, titles: Mapping[str, str]) -> Node:
    de, composite = found["de"], found["de"].startswith("C")
    if not composite and de not in types:
        raise line.fail(f"data element {de} is not known")
    kind, shortest, longest = ("C", 0, 0) if composite else types[de]
    return {
        "type": kind,
        "min": shortest,
        "max": longest,
        "usage": found["usage"],
        "repeat": int(found["repeat"] or 1),
        "codes": found["codes"].split(",") if found["codes"] else None,
        "external": found["external"],
        "name": titles.get(de, ""),
        "de": de,
        "components": _elements(line, found["components"] or "", types, titles) if composite else None,
        "syntax": [],
    }
