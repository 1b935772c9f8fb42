"""Which rows of the guide's tables a compiled mapping implements, decided by what its lines claim and were seen to do.

With a witness of runs on made messages a row counts as *shown* where the lines that decide it were seen at work; what
only their text says is told apart.

A row is implemented where some line reads its source and writes its place: the same element of the same resource or
datatype, whatever the condition. A constant row wants that very constant there; an extension's `url` row wants an
extension of that name on that element. A code pair is looked up in the compiled tables, or copied under its system.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from mapper.check.model import Checked, TMapping
from mapper.claims import Claim, claims_of
from mapper.coverage.lines import Line, Tokens, lines_of, urls
from mapper.coverage.matching import (
    KIN,
    PROFILED,
    field_of,
    fits_system,
    is_constant,
    is_prefix,
    last_part,
    place_and_path,
    reads,
    referring,
    result_of,
    same_path,
    same_text,
)
from mapper.coverage.witness import Witness
from mapper.lower.tables import table_constants
from mapper.spec import (
    CodePair,
    Guide,
    MessageRow,
    Place,
    Row,
    reach,
    read_guide,
    read_skips,
    skip_for,
    tables_of,
)

State = Literal["implemented", "skipped", "missing"]
KINDS = ("message", "segment", "datatype", "code")


@dataclass(frozen=True, slots=True)
class Judged:
    """One distinct row (those that say the same stand together), its state, and by which line or why not.

    `shown` tells of an implemented one that a run has shown it; without a witness nothing has.
    """

    kind: str
    rows: tuple[MessageRow | Row | CodePair, ...]
    state: State
    by: Claim | None
    reason: str
    shown: bool = False


@dataclass(frozen=True)
class SpecCoverage:
    """All distinct rows that one message of the guide reaches."""

    message: str
    judged: tuple[Judged, ...]

    def of(self, kind: str) -> list[Judged]:
        return [each for each in self.judged if each.kind == kind]

    def counts(self, kind: str) -> dict[str, int]:
        """How many distinct rows there are in each state, and in all."""
        found = self.of(kind)
        states = {
            state: sum(each.state == state for each in found)
            for state in ("implemented", "skipped", "missing")
        }
        return {**states, "shown": sum(each.shown for each in found), "rows": len(found)}

    def share(self, kind: str, count: str = "implemented") -> float:
        """The implemented (or `shown`) part of all distinct rows with a target, skipped ones included."""
        counts = self.counts(kind)
        return counts[count] / counts["rows"] if counts["rows"] else 1.0


def spec_coverage(
    folder: Path, message: str, checked: Checked, mapping: TMapping, witness: Witness | None = None
) -> SpecCoverage:
    """Judge every distinct row that `message` (`ADT_A01`) reaches. Raises `OSError` or `KeyError`: no guide there."""
    guide = read_guide(folder)
    reached = reach(guide, message)
    claims = claims_of(checked, mapping, "go")
    judge = _Judge(guide, checked, claims, (*reached.segments, *reached.datatypes))
    seen = [claim for claim in claims if witness.shows(claim)] if witness is not None else []
    strict = _Judge(guide, checked, seen, (*reached.segments, *reached.datatypes))
    skips = read_skips()
    judged: list[Judged] = []
    for kind in KINDS:
        for rows in reached.distinct(kind).values():
            shown = strict.of(rows)
            by = shown or judge.of(rows)
            if by is not None:
                judged.append(Judged(kind, rows, "implemented", by, "", shown is not None))
                continue
            reasons = [skip.reason for row in rows if (skip := skip_for(row, skips)) is not None]
            state: State = "skipped" if len(reasons) == len(rows) else "missing"
            judged.append(Judged(kind, rows, state, None, reasons[0] if state == "skipped" else ""))
    return SpecCoverage(message, tuple(judged))


class _Judge:
    def __init__(self, guide: Guide, checked: Checked, claims: Sequence[Claim], rows: Sequence[Row]) -> None:
        self.guide = guide
        self.checked = checked
        self.rows = rows
        self.lines = lines_of(claims)
        self._first: dict[str, Claim | None] = {}
        self.constants: dict[str, list[tuple[Line, Tokens, str]]] = defaultdict(list)
        self.by_segment: dict[str, list[Line]] = defaultdict(list)
        self.by_type: dict[str, list[tuple[Tokens, Line]]] = defaultdict(list)
        for line in self.lines:
            self.by_segment[line.segment].append(line)
            for name, count in line.types:
                self.by_type[name].append((line.numbers[count:], line))
            for kind, rest in line.targets:
                for below, value in line.constants:
                    self.constants[PROFILED.get(kind, kind)].append((line, (*rest, *below), value))

    def of(self, rows: Iterable[MessageRow | Row | CodePair]) -> Claim | None:
        for row in rows:
            match row:
                case MessageRow():
                    found: Claim | None = self.message(row)
                case Row():
                    found = self.row(row)
                case CodePair():
                    found = self.code(row)
            if found:
                return found
        return None

    # -- messages ----------------------------------------------------------------------------

    def message(self, row: MessageRow) -> Claim | None:
        """A segment becomes its resource where some row of its map that names a field or a constant does."""
        return self._begun(row.segment_map)

    def _begun(self, segment_map: str) -> Claim | None:
        if segment_map not in self._first:
            self._first[segment_map] = self._first_of(segment_map)
        return self._first[segment_map]

    def _first_of(self, segment_map: str) -> Claim | None:
        for inner in self.guide.segments.get(segment_map, ()):
            if "-" in inner.source or inner.assignment.startswith('"'):
                found = self.row(inner)
                if found:
                    return found
        return None

    # -- rows --------------------------------------------------------------------------------

    def row(self, row: Row) -> Claim | None:
        place, path = place_and_path(row)
        if row.assignment.startswith("/") and not field_of(row.source)[1]:
            return self._told(row, place, path)
        if path and path[-1] == "url" and row.assignment:
            return self._extension(row, place, path)
        if is_constant(row):
            return self._constant(row, place, path)
        for line in self._reading(row):
            if self._writes(line, row, place, path):
                return line.claim
        return self._by_decision(row, place, path)

    def _reading(self, row: Row) -> list[Line]:
        name, numbers = field_of(row.source)
        name = (
            name or row.map.partition("[")[0]
        )  # a row for the datatype as a whole names it only in its title
        if row.kind == "segment":
            return [line for line in self.by_segment[name] if reads(line, line.numbers, numbers)]
        kinds = {kind for kin in KIN if name in kin for kind in kin} | {name}
        return [line for kind in kinds for rest, line in self.by_type[kind] if reads(line, rest, numbers)]

    def _writes(self, line: Line, row: Row, place: Place, path: Tokens) -> bool:
        """Whether a line writes the place of a row, in the resource itself or inline under the reference to it."""
        fits = any(kind == place.type and self._fits(line, rest, path) for kind, rest in line.targets)
        if fits and (path or not place.via or self._under(line, place)):
            return True
        if not place.path and place.type in (kind for kind, rest in line.targets if not rest):
            return not place.via or self._under(line, place)
        if place.via:
            own, inline = referring(row, place)
            return any(
                kind == own and self._fits(line, rest, (*inline, *path)) for kind, rest in line.targets
            )
        return False

    def _under(self, line: Line, place: Place) -> bool:
        """Whether the target stands behind the reference that a row names, however many others there are between."""
        wanted = place.via.removesuffix(".reference").rpartition(".")[2]
        via = line.claim.target.via if line.claim.target is not None else None
        while via is not None:
            if via.steps and via.steps[-1].name == wanted:
                return True
            via = via.via
        return False

    def _fits(self, line: Line, written: Tokens, wanted: Tokens) -> bool:
        """Whether what a line writes is the wanted element: that, part of it, or all that holds it."""
        if is_prefix(wanted, written):
            return True
        return line.passes and line.claim.how != "call" and is_prefix(written, wanted)

    def _by_decision(self, row: Row, place: Place, path: Tokens) -> Claim | None:
        """A row without a value of its own: the source decides what is written, or the segment's being there does."""
        if not path:
            return self._reference(row, place)
        decided = any(line.claim.how == "condition" for line in self._reading(row))
        if row.assignment or (field_of(row.source)[1] and not decided):
            return None
        return next((line.claim for line, way, _ in self.constants[place.type] if is_prefix(path, way)), None)

    def _reference(self, row: Row, place: Place) -> Claim | None:
        own, way = referring(row, place)
        for line in self.lines if self._reading(row) else ():
            refers = line.claim.how == "reference" and line.claim.note == place.type and bool(way)
            if refers and any(kind == own and same_path(rest, way) for kind, rest in line.targets):
                return line.claim
        return None

    def _extension(self, row: Row, place: Place, path: Tokens) -> Claim | None:
        wanted = last_part(row.assignment.strip('"'))
        depth = path.count("extension")
        for line in self._reading(row):
            target = line.claim.target
            found = [url for _, url in urls(target)] if target is not None else []
            if (
                len(found) >= depth
                and any(last_part(url) == wanted for url in found)
                and self._in(line, place)
            ):
                return line.claim
        return self._constant(row, place, path)

    def _in(self, line: Line, place: Place) -> bool:
        return any(kind == place.type for kind, _ in line.targets)

    def _constant(self, row: Row, place: Place, path: Tokens) -> Claim | None:
        """A constant that is written at that place, or that a table's rows bring there."""
        value = row.assignment.strip('"')
        for line, way, constant in self.constants[place.type]:
            if same_text(constant, value) and same_path(way, path):
                return line.claim
        if path and path[-1] in ("system", "code"):
            for line in self._reading(row):
                if (
                    line.claim.how == "table"
                    and self._table_writes(line, value, path[-1])
                    and self._in(line, place)
                ):
                    return line.claim
        return None

    def _table_writes(self, line: Line, value: str, part: str) -> bool:
        return any(
            same_text(cell[0] if part == "system" else cell[1], value)
            for cells in self._rows(line.claim.note).values()
            for cell in cells
            if cell is not None
        )

    def _told(self, row: Row, place: Place, path: Tokens) -> Claim | None:
        """What the guide says in prose: any line that writes there, where the rest of the map is begun at all."""
        if not self._begun(row.map):
            return None
        for line in self.lines:
            if path and any(kind == place.type and same_path(rest, path) for kind, rest in line.targets):
                return line.claim
        return None

    # -- codes -------------------------------------------------------------------------------

    def code(self, pair: CodePair) -> Claim | None:
        for name in tables_of(pair.map):
            for qualified, claim in self._used_tables.items():
                if qualified.rpartition(".")[2] == name:
                    cells = self._rows(qualified).get(pair.code)
                    found = [cell for cell in cells or () if cell is not None and cell[1] == pair.target_code]
                    if any(fits_system(pair, cell[0]) for cell in found):
                        return claim
        if pair.code == pair.target_code and pair.target_system in self._systems:
            return self._systems[pair.target_system]
        return self._as_it_is(pair)

    def _as_it_is(self, pair: CodePair) -> Claim | None:
        """A code that the lines to which the guide gives this table pass on as it is, or by a function."""
        for row in self.rows:
            if row.table and self.guide.code_map(row.table) == pair.map:
                for line in self._reading(row):
                    if self._passes(line, row, pair) or self._decides(line, row, pair):
                        return line.claim
        return None

    def _passes(self, line: Line, row: Row, pair: CodePair) -> bool:
        """Whether a line passes the code on as the guide's."""
        if line.claim.how not in ("copy", "function") or not self._writes(line, row, *place_and_path(row)):
            return False
        return result_of(line.claim.note, pair.code) == pair.target_code

    def _decides(self, line: Line, row: Row, pair: CodePair) -> bool:
        """Whether a line tests for the code, and the case that it guards writes the guide's."""
        if line.claim.how != "condition" or pair.code not in line.claim.note.split("|"):
            return False
        place, path = place_and_path(row)
        return any(
            constant == pair.target_code and other.claim.span == line.claim.span and same_path(way, path)
            for other, way, constant in self.constants[place.type]
        )

    def _rows(self, qualified: str) -> dict[object, tuple[tuple[str, str] | None, ...]]:
        """A table towards FHIR, as it was compiled."""
        if qualified not in self._compiled:
            table = self.checked.tables.get(qualified)
            constants = table_constants(table) if table is not None else []
            self._compiled[qualified] = ast.literal_eval(constants[0].value) if constants else {}
        return self._compiled[qualified]

    @cached_property
    def _compiled(self) -> dict[str, dict[object, tuple[tuple[str, str] | None, ...]]]:
        return {}

    @cached_property
    def _used_tables(self) -> dict[str, Claim]:
        return {line.claim.note: line.claim for line in self.lines if line.claim.how == "table"}

    @cached_property
    def _systems(self) -> dict[str, Claim]:
        """Systems that lines write as constants: codes are copied under them."""
        found: dict[str, Claim] = {}
        for constants in self.constants.values():
            for line, way, constant in constants:
                if way and way[-1] == "system":
                    found.setdefault(constant, line.claim)
        return found
