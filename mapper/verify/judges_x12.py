"""pyx12 as a judge of X12 that was made: loops, order, counts, elements, codes, dates and the guides' syntax rules.

Its maps are read once in a process; its own command reads them at each document, which takes longer than the judging.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from typing import Any

_CONTROL = "x12.control.00501.xml"
_NEWER = {"005010X222A2": "005010X222A1", "005010X223A3": "005010X223A2"}
"""Versions that pyx12 has no map of, and the one with the same structure that it has."""

_MISSING = frozenset({("segment", "3"), ("segment", "8"), ("element", "1"), ("element", "2")})
"""A required loop, segment or element that is not there; an element that another one asks for (a syntax rule)."""
_ELEMENT = re.compile(r"\b([A-Z][A-Z0-9]{1,2})(\d\d)(?:-\d+)?\Z")
_STRAY = frozenset({"1", "2"})
"""A segment that is not known there, or not in this place."""


@dataclass(frozen=True, slots=True)
class Objection:
    """What pyx12 has against one place: `path` is the loop and the element (`2010AA/NM109`), `code` that of a 999.

    `kind` is `segment` (IK304) or `element` (IK403).
    """

    kind: str
    code: str
    path: str

    @property
    def stray(self) -> bool:
        """Whether pyx12 finds no place for a segment; it finds none for what lacks its qualifier."""
        return self.kind == "segment" and self.code in _STRAY

    @property
    def step(self) -> tuple[str, str]:
        """The segment and the number of the element, `("NM1", "9")`; no number where the segment is meant."""
        found = _ELEMENT.search(self.path)
        return (found[1], str(int(found[2]))) if found else (self.path.rpartition("/")[2], "")

    @property
    def missing(self) -> bool:
        """Whether it is about what is not there, which is for the source of a translation to say."""
        return (self.kind, self.code) in _MISSING

    def __str__(self) -> str:
        return f"pyx12: {self.path}: {self.kind} {self.code}"


def available() -> bool:
    """Whether pyx12 is installed (the extra `schema`)."""
    return find_spec("pyx12") is not None


def transaction(data: bytes) -> Iterator[Objection]:
    """What pyx12 objects to in an interchange; other than ASCII letters count as letters. No values."""
    if not available():
        return
    import pyx12.errors
    import pyx12.x12file
    from pyx12.map_walker import apply_walk_errors, walk_tree
    from pyx12.x12n_document import apply_segment_errors

    logging.getLogger("pyx12").setLevel(logging.CRITICAL)
    text = "".join(character if character < "\x7f" else "A" for character in data.decode("utf-8"))
    for new, known in _NEWER.items():
        text = text.replace(new, known)
    source = pyx12.x12file.X12Reader(io.StringIO(text))
    control, current = _map(_CONTROL), None
    node, walker, told = control.getnodebypath("/ISA_LOOP/ISA"), walk_tree(), _Told()
    for segment in source:
        name = segment.get_seg_id()
        if name == "ISA":
            walker.forceWalkCounterToLoopStart("/ISA_LOOP", "/ISA_LOOP/ISA")
        elif name == "GS":
            current = _of_group(segment)
            if current is None:
                yield Objection("segment", "1", "GS08")
                return
            walker.forceWalkCounterToLoopStart("/ISA_LOOP/GS_LOOP", "/ISA_LOOP/GS_LOOP/GS")
            node = current.getnodebypath("/ISA_LOOP/GS_LOOP/GS")
        else:
            found, _, _, errors = walker.walk_errors(
                node, segment, source.get_seg_count(), source.get_cur_line(), source.get_ls_id()
            )
            told.at(name)
            apply_walk_errors(told, errors)
            if found is None:
                continue
            node = found
        told.at(_path(node))
        apply_segment_errors(node, segment, told)
    yield from told.found


@dataclass
class _Told:
    """The error handler that pyx12 reports to."""

    found: list[Objection] = field(default_factory=list)
    path: str = ""
    element: str = ""
    stray: str = ""
    listed: bool = True  # its codes are the guide's own: other lists grow, and pyx12 knows some by a pattern

    def at(self, path: str) -> None:
        self.path = self.element = path

    def add_seg(self, node: Any, segment: Any, *_: Any) -> None:
        """Before an error of a segment: the place that it is about, or behind which there is no place for it."""
        name = segment.get_seg_id()
        self.at(_path(node))
        self.stray = f"{name} behind {self.path}"

    def add_ele(self, node: Any) -> None:
        """An element is `NM109` for pyx12, a component `CLM05-03`."""
        loop = self.path.rpartition("/")[0]
        name = str(node.refdes).replace("-0", "-")
        self.element = f"{loop}/{name}" if loop else name
        self.listed = not getattr(node, "external_codes", None) and not getattr(node, "rec", None)

    def seg_error(self, code: str, *_: Any) -> None:
        # Its maps take the footer of an 835 for a loop that may stand once, and so refuse a second PLB.
        if not (code == "4" and self.path.endswith("FOOTER")):
            self.found.append(Objection("segment", code, self.stray if code in _STRAY else self.path))

    def ele_error(self, code: str, *_: Any) -> None:
        if code != "7" or self.listed:
            self.found.append(Objection("element", code, self.element))


def _path(node: Any) -> str:
    """`2010AA/NM1`; a loop of which a segment is missing is named by itself."""
    loops = [each for each in node.get_path().split("/") if each]
    held = [
        each
        for each in loops[:-1]
        if each not in ("ISA_LOOP", "GS_LOOP", "ST_LOOP", "HEADER", "DETAIL", "FOOTER")
    ]
    name = loops[-1].partition("[")[0] if loops else ""
    return "/".join([*held[-1:], name])


def _of_group(segment: Any) -> Any:
    """The map of a GS: by version and functional id."""
    import pyx12.map_index

    name = pyx12.map_index.map_index().get_filename(
        "00501", segment.get_value("GS08"), segment.get_value("GS01")
    )
    return _map(name) if name is not None else None


@cache
def _map(name: str) -> Any:
    import pyx12.map_if
    import pyx12.params

    return pyx12.map_if.load_map_file(name, pyx12.params.params())
