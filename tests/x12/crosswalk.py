"""The crosswalk between X12 and FHIR as rows: which element stands where in FHIR, each with segments to try.

Files `tests/x12/crosswalk/*.tsv`: a line `=` and segments (`2300/CR1*LB*155~2300/...`), then the rows that they show:
section of the crosswalk, kind, way (`<->`, `->`), element, FHIR path, and what the value becomes if it is written
otherwise there. A second cell behind the segments says why pyx12 does not take them. A line `!` names an element that
is not mapped, and the reason; before the first `=` are those of which no segment is tried.

Kinds: L lossless, E an extension, S supporting information, D derived: it says where or what kind the value beside it
is, and is made again from that.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from tests.x12.specimens import Row, rows

FOLDER = Path(__file__).parent / "crosswalk"
_ELEMENT = re.compile(r"([^/]+)/([A-Z][A-Z0-9]{1,2})(\d\d)(?:-(\d+))?")


@dataclass(frozen=True, slots=True)
class Element:
    loop: str
    segment: str
    number: int
    component: int

    @classmethod
    def of(cls, text: str) -> Element:
        """An element as mappings write it, `2300/CLM05-1`. Raises ValueError for what is none."""
        found = _ELEMENT.fullmatch(text)
        if found is None:
            raise ValueError(text)
        return cls(found[1], found[2], int(found[3]), int(found[4] or 0))

    def values(self, among: list[Row]) -> list[str]:
        """What stands at the element in each segment of that loop and id."""
        held = [row for row in among if (row.loop, row.elements[0]) == (self.loop, self.segment)]
        return [row.value(self.number, self.component) for row in held]


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the crosswalk. `path` is empty for what is derived, `reason` is given for what is not mapped."""

    section: str
    kind: str
    way: str
    element: str
    path: str = ""
    becomes: str = ""
    reason: str = ""


@dataclass(slots=True)
class Group:
    """Rows that the same segments show."""

    segments: list[Row]
    refused: str = ""
    lines: list[Line] = field(default_factory=list)

    @property
    def name(self) -> str:
        return " ".join(dict.fromkeys(f"{row.loop}/{'*'.join(row.elements[:2])}" for row in self.segments))


def groups(name: str) -> list[Group]:
    """The rows of one file. Raises ValueError for a line that is none."""
    found: list[Group] = []
    for text in (FOLDER / f"{name}.tsv").read_text().splitlines():
        if not text or text.startswith("#"):
            continue
        mark, *cells = text.split("\t")
        if mark == "=":
            found.append(Group(rows(cells[0]), cells[1] if len(cells) > 1 else ""))
        elif mark == "!":
            section, element, reason = cells
            found = found or [Group([])]
            found[-1].lines.append(Line(section, "-", "-", element, reason=reason))
        else:
            found[-1].lines.append(Line(mark, *cells))
    return found


# ---- FHIR


def leaves(bundle: dict[str, Any]) -> Counter[tuple[str, str]]:
    """Every primitive of a Bundle with its path: no indices, but extensions by name and list items by their code."""
    found: Counter[tuple[str, str]] = Counter()
    for name, value in bundle.items():
        if name == "entry":
            for entry in value:
                found.update(_leaves(entry["resource"], entry["resource"]["resourceType"]))
        else:
            found.update(_leaves(value, f"Bundle.{name}"))
    return found


def _leaves(node: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "extension":
                for each in value:
                    inner = {key: held for key, held in each.items() if key != "url"}
                    yield from _leaves(inner, f"{path}.{each['url'].rsplit('/', 1)[-1]}")
            else:
                yield from _leaves(value, f"{path}.{name.removeprefix('_')}")
    elif isinstance(node, list):
        for item in node:
            yield from _leaves(item, path + _label(item))
    else:
        yield path, str(node).lower() if isinstance(node, bool) else str(node)


def _label(item: Any) -> str:
    if not isinstance(item, dict):
        return ""
    for name in ("category", "role", "type"):
        held = item.get(name)
        concept = held[0] if isinstance(held, list) and held else held
        codings = concept.get("coding", ()) if isinstance(concept, dict) else ()
        if codings and "code" in codings[0]:
            return f"[{codings[0]['code']}]"
    return "[focal]" if item.get("focal") else ""


def same(sent: str, written: str) -> bool:
    """Whether a FHIR primitive says what an X12 element says: numbers by value, dates without their marks."""
    if sent == written or sent in (
        re.sub(r"[-:T]", "", written),
        re.sub(r":00$|:", "", written),
        written.replace(".", ""),
    ):
        return True
    if sent in ("Y", "N") and written == ("true" if sent == "Y" else "false"):
        return True
    try:
        return Decimal(sent) == Decimal(written)
    except InvalidOperation:
        return False


def shown(line: Line, value: str, found: Counter[tuple[str, str]]) -> int:
    """How often the value of a row stands at its path."""
    span = re.fullmatch(r"(\d{8})-(\d{8})", value)
    if span is not None:
        ends = ((f"{line.path}.start", span[1]), (f"{line.path}.end", span[2]))
        return min(
            sum(count for (path, text), count in found.items() if path == wanted and same(day, text))
            for wanted, day in ends
        )
    return sum(
        count
        for (path, text), count in found.items()
        if path == line.path and (text == line.becomes if line.becomes else same(value, text))
    )
