"""What a checked mapping leaves out, without any message: what no line has, goes one way, is ignored or normalised."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mapper.check.model import Checked, Direction, TMapping
from mapper.claims import Claim, claims_of
from mapper.claims.data import line_of
from mapper.diagnostics import Diagnostic
from mapper.schema.model import Schema
from mapper.source import SourceFile, Span

UNPROVEN = "W904"
_FILLED_BY_CODEC = frozenset({"MSH-1", "MSH-2", "MSH-9", "MSH-12"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the report: an element or a `.map` line, and what is to be said of it."""

    element: str
    line: str
    note: str


@dataclass(frozen=True, slots=True)
class StaticCoverage:
    """The static report of one mapping. `unmapped` holds required and must-support elements that no line has."""

    mapping: str
    unmapped: tuple[Entry, ...]
    one_way: tuple[Entry, ...]
    ignored: tuple[Entry, ...]
    normalised: tuple[Entry, ...]
    unproven: tuple[Entry, ...]

    def sections(self) -> Iterator[tuple[str, tuple[Entry, ...]]]:
        yield "required or must-support, and in no line", self.unmapped
        yield "one way only", self.one_way
        yield "ignored on purpose", self.ignored
        yield "normalised", self.normalised
        yield "not proven to come back by the same case (checked at run time)", self.unproven


def static_coverage(
    checked: Checked,
    mapping: TMapping,
    schemas: Mapping[str, Schema],
    sources: Mapping[str, SourceFile],
    diagnostics: Sequence[Diagnostic] = (),
) -> StaticCoverage:
    """The report of a mapping and all that it calls."""
    directions: tuple[Direction, ...] = ("go", "back") if mapping.two_way else ("go",)
    claims = [claim for direction in directions for claim in claims_of(checked, mapping, direction)]
    files = {claim.span.file for claim in claims}
    return StaticCoverage(
        mapping.info.qualified,
        tuple(_unmapped(claims, schemas)),
        tuple(_one_way(claims, sources)),
        tuple(_ignored(claims, sources)),
        tuple(_normalised(claims, sources)),
        tuple(_unproven(diagnostics, files, sources)),
    )


def _unmapped(claims: Iterable[Claim], schemas: Mapping[str, Schema]) -> Iterator[Entry]:
    """Required fields of read segments and required or must-support elements of written resources, one level deep."""
    used: dict[tuple[str, str], set[str]] = {}
    for claim in claims:
        for format, kind, key in _steps(claim):
            used.setdefault((format, kind), set()).add(key)
    for (format, kind), keys in sorted(used.items()):
        schema = schemas.get(format)
        info = schema.type(kind) if schema is not None else None
        if schema is None or info is None or info.kind not in ("segment", "resource"):
            continue
        told: set[str] = set()
        for element in schema.elements(kind):
            if element.choice in told:
                continue
            name = f"{kind}-{element.name}" if format == "hl7v2" else f"{kind}.{element.name}"
            wanted = "required" if element.minimum > 0 else "must-support" if element.must_support else ""
            own = element.types[0] == "SI" or name in _FILLED_BY_CODEC
            if wanted and not own and not _uses(keys, element.slot, element.choice):
                if element.choice is not None:
                    told.add(element.choice)
                    name = f"{kind}.{element.choice}"
                yield Entry(name, "", f"{wanted}: {element.text}".rstrip(": "))


def _steps(claim: Claim) -> Iterator[tuple[str, str, str]]:
    """Format, type and key of every step that a claim takes."""
    waiting = [claim.source, claim.target]
    while waiting:
        place = waiting.pop()
        if place is not None:
            kind = place.root
            for step in place.steps:
                yield place.format, kind, step.key
                kind = step.type
            waiting.append(place.via)


def _uses(keys: set[str], slot: str, choice: str | None) -> bool:
    if slot in keys:
        return True
    return choice is not None and any(key.startswith(choice.removesuffix("[x]")) for key in keys)


def _one_way(claims: Iterable[Claim], sources: Mapping[str, SourceFile]) -> Iterator[Entry]:
    found: dict[str, Entry] = {}
    for claim in claims:
        if claim.one_way and claim.target is not None:
            arrow = "->" if claim.direction == "go" else "<-"
            source = str(claim.source) if claim.source is not None else claim.note[:24]
            left, right = (source, claim.target) if claim.direction == "go" else (claim.target, source)
            line = line_of(claim.span, sources)
            found.setdefault(line, Entry(f"{left} {arrow} {right}", line, ""))
    yield from found.values()


def _ignored(claims: Iterable[Claim], sources: Mapping[str, SourceFile]) -> Iterator[Entry]:
    found: dict[tuple[str, str], list[str]] = {}
    for claim in claims:
        if claim.how == "ignore" and claim.source is not None:
            names = found.setdefault((line_of(claim.span, sources), claim.note), [])
            last = claim.source.steps[-1]
            own = str(claim.source) if claim.source.format == "fhir" else f"{claim.source}".rpartition("/")[2]
            if not any(name.endswith((f".{last.name}", f"-{last.name}")) for name in names):
                names.append(own)
    for (line, note), names in found.items():
        yield Entry(", ".join(names), line, note)


def _normalised(claims: Iterable[Claim], sources: Mapping[str, SourceFile]) -> Iterator[Entry]:
    found: dict[str, Entry] = {}
    for claim in claims:
        if claim.normalises:
            line = line_of(claim.span, sources)
            found.setdefault(line, Entry(f"{claim.source} -> {claim.target}", line, claim.normalises))
    yield from found.values()


def _unproven(
    diagnostics: Iterable[Diagnostic], files: set[str], sources: Mapping[str, SourceFile]
) -> Iterator[Entry]:
    for each in diagnostics:
        span: Span | None = each.span
        if each.code == UNPROVEN and span is not None and span.file in files:
            yield Entry("", line_of(span, sources), each.message)
