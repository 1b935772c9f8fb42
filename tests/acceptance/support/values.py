"""The values of an HL7 v2 message, leaf by leaf, with what the standard says of each: datatype, table, siblings.

Read by plain splitting, not by the project's codec. Positions come without indexes (`PID-5.1`), since arrival is
counted for distinct values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from mapper.schema import load
from mapper.schema.model import Element, Schema
from tests.judges.fields import segments

SEGMENTS = frozenset(
    "MSH EVN PID PD1 NK1 PV1 PV2 ROL OBX AL1 DG1 PR1 GT1 IN1 IN2 IN3 ACC".split()  # noqa: SIM905
)
VERSIONS = ("2.8.2", "2.8", "2.7", "2.6", "2.5.1", "2.5", "2.4", "2.3.1", "2.3")
ESCAPE = re.compile(r"\\([FSTRE]|\.br|X[0-9A-Fa-f]+)\\")
CHARACTERS = {"F": "|", "S": "^", "T": "&", "R": "~", "E": "\\", ".br": "\n"}
NULL = '""'
# Set ids number the segments of a kind; the order of the resources carries them, so they are no data.
NUMBERING = frozenset(
    {"PID-1", "NK1-1", "PV1-1", "OBX-1", "AL1-1", "DG1-1", "PR1-1", "GT1-1", "IN1-1", "IN3-1"}
)
# Tables of components (HL7 2.5.1, chapter 2.A), which the newer versions' published structures leave out.
COMPONENT_TABLES = {
    ("XPN", 6): "HL70360", ("XPN", 7): "HL70200", ("XPN", 8): "HL70465", ("XPN", 11): "HL70444",
    ("XCN", 7): "HL70360", ("XCN", 10): "HL70200", ("XCN", 13): "HL70203", ("XCN", 15): "HL70465",
    ("XAD", 6): "HL70399", ("XAD", 7): "HL70190",
    ("XTN", 2): "HL70201", ("XTN", 3): "HL70202",
    ("CX", 5): "HL70203", ("XON", 2): "HL70204", ("XON", 7): "HL70203",
    ("HD", 3): "HL70301", ("EI", 4): "HL70301", ("PL", 5): "HL70306", ("PL", 6): "HL70305",
    **{(kind, part): "HL70396" for kind in ("CWE", "CE", "CNE", "CF") for part in (3, 6)},
}  # fmt: skip
DELIMITERS = frozenset({"MSH-1", "MSH-2"})


@dataclass(frozen=True)
class Leaf:
    """A value: where it stands, its text, its datatypes and table, and what stands beside it in its composite.

    `number` is its place in the composite; `field_table` the table that its field has as a whole.
    """

    place: str
    text: str
    composite: str
    datatype: str
    table: str | None
    siblings: tuple[tuple[str, ...], ...]
    number: int = 1
    field_table: str | None = None

    @property
    def segment(self) -> str:
        return self.place[:3]


@cache
def schema() -> Schema:
    """HL7 v2, the newest version first."""
    return load("hl7v2", list(VERSIONS))


def leaves(message: bytes) -> Iterator[Leaf]:
    """Every value of the segments that count; neither empty ones nor explicit nulls, set ids or delimiters."""
    for segment in segments(message):
        if segment[0] in SEGMENTS:
            for number, text in enumerate(segment[1:], 1):
                place = f"{segment[0]}-{number}"
                if text and place not in NUMBERING | DELIMITERS:
                    yield from _field(segment, place, text, number)


def _field(segment: tuple[str, ...], place: str, text: str, number: int) -> Iterator[Leaf]:
    element = schema().element(segment[0], str(number))
    kind = element.types[0] if element else "ST"
    if kind == "varies":
        kind = segment[2].split("^")[0] if len(segment) > 2 and segment[2] else "ST"
    for repetition in text.split("~"):
        parts = tuple(tuple(part.split("&")) for part in repetition.split("^"))
        for index, part in enumerate(parts, 1):
            yield from _component(place, kind, element, index, part, parts)


def _component(
    place: str,
    kind: str,
    field: Element | None,
    index: int,
    part: tuple[str, ...],
    parts: tuple[tuple[str, ...], ...],
) -> Iterator[Leaf]:
    inner = schema().element(kind, str(index))
    datatype = inner.types[0] if inner else kind
    table = (
        COMPONENT_TABLES.get((kind, index)) or _table(inner) or (_table(field) if index in (1, 4) else None)
    )
    here = f"{place}.{index}" if len(parts) > 1 or inner else place
    for number, raw in enumerate(part, 1):
        text = decoded(raw)
        if not text or text == NULL:
            continue
        deeper = schema().element(datatype, str(number)) if len(part) > 1 else None
        if deeper:
            sub = tuple((value,) for value in part)
            own = COMPONENT_TABLES.get((datatype, number)) or _table(deeper)
            yield Leaf(f"{here}.{number}", text, datatype, deeper.types[0], own, sub, number)
        else:
            yield Leaf(here, text, kind, datatype, table, parts, index, _table(field))


def _table(element: Element | None) -> str | None:
    return element.binding.value_set if element and element.binding else None


def decoded(raw: str) -> str:
    """The characters of a leaf, without blanks around it."""
    return ESCAPE.sub(_character, raw).strip()


def _character(found: re.Match[str]) -> str:
    code = found.group(1)
    if code.startswith("X"):
        return bytes.fromhex(code[1:] if len(code) % 2 else code[1:-1]).decode("utf-8", "replace")
    return CHARACTERS[code]
