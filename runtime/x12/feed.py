"""X12 through the mappings of a release: claim by claim to FHIR Bundles, and Bundles to one interchange.

A mapping to `Bundle*` gets the transaction slice by slice (a claim with the loops around it, or a level that holds
none), in constant memory; a mapping to one Bundle gets the whole transaction. A slice is given before its transaction's
SE is seen: the unit with `end` tells whether what came of it stands, and R217 that it does not; with `hold` nothing is
given before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from itertools import chain
from typing import Any, BinaryIO

from runtime.codecs import fhir
from runtime.codecs.x12 import (
    Event,
    Placed,
    SetTable,
    Slice,
    TransactionEnd,
    TransactionStart,
    held,
    read,
    verified,
)
from runtime.codecs.x12.control import ControlNumbers, MemoryControlNumbers
from runtime.codecs.x12.write import Outgoing, Written, write_interchange
from runtime.errors import DecodeError, Finding, MapperError
from runtime.lib.bundle import finish
from runtime.lib.context import Context
from runtime.lib.memory import NoCollection
from runtime.release import Entry
from runtime.translate import Result, Translator
from runtime.x12.acknowledge.origins import mapped_segments
from runtime.x12.acknowledge.source_map import Key, dump
from runtime.x12.joining import joined, says
from runtime.x12.positions import Positions, element
from runtime.x12.routing import mapped_sets, partner_of, sets_of, without_partner


@dataclass(slots=True)
class Unit:
    """What became of one slice, transaction or fault. `results` are the Bundles; `error` tells that there are none.

    `offset` is that of its first byte, `ordinal` the number of its first segment in the transaction. `end` tells the
    end of a transaction; with `error` it is refused, and all that its units gave is to be taken back. `events` are what
    was read for it, by the mapping `entry` where there is one.
    """

    offset: int
    ordinal: int
    results: list[Result] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    error: bool = False
    end: bool = False
    events: list[Event] = field(default_factory=list)
    entry: Entry | None = None

    @property
    def silent(self) -> bool:
        """Whether there is nothing to tell of it."""
        return not (self.results or self.findings or self.error or self.end)


class X12Feed:
    """The X12 mappings of a translator's release."""

    def __init__(self, translator: Translator) -> None:
        self.translator = translator
        release = translator.release
        self.entries = mapped_sets(release)
        self.sets: dict[str, SetTable] = {
            name: table if name in self.entries and self.entries[name].many else {**table, "unit": None}
            for name, table in release.x12.items()
        }

    # -- X12 to FHIR -------------------------------------------------------------------------

    def forward(
        self,
        source: BinaryIO | bytes,
        message: Mapping[str, str] | None = None,
        hold: bool = False,
        every: bool = False,
    ) -> Iterator[Unit]:
        """The units of a stream of interchanges, in order. Raises DecodeError R132 where it holds none.

        `hold` gives nothing of a transaction that is refused: a stream that can seek is read twice, of another one the
        transaction at hand is kept in memory. `every` gives a unit for each event, also where there is nothing to tell.
        """
        entry: Entry | None = None
        whole: SetTable = {"unit": None}
        positions = Positions(self.translator.tracing)
        given = 0
        waiting: list[Event] = []
        for event in self._events(source, hold, every):
            if isinstance(event, TransactionStart):
                entry = self.entries.get(str(event.table["set"])) if event.table is not None else None
                whole = event.table or whole
                given, waiting = 0, []
                positions = Positions(self.translator.tracing, control_of(event.st))
                unit = Unit(event.offset, 1, findings=[*event.findings], error=False)
                if event.table is not None and entry is None:
                    unit.findings.append(_no_mapping(str(event.table["set"]), self.entries))
                unit.error = entry is None and bool(unit.findings)
            elif isinstance(event, Slice):
                positions.note(event)
                unit = self.sliced(entry, event, message, positions, whole)
                given += len(unit.results)
                if entry is not None and not whole["unit"]:
                    waiting.append(event)  # what comes of it comes with its end
                    if unit.findings:
                        yield unit
                    continue
            elif isinstance(event, TransactionEnd):
                positions.note(event)
                if entry is not None:
                    unit = self._ended(entry, event, message, positions, given, hold)
                else:
                    unit = Unit(event.offset, event.first, findings=event.findings, end=True)
                    unit.error = bool(event.findings) and not event.accepted
            else:
                unit = Unit(event.offset, 0, findings=event.findings, error=_failed(event))
            if every or not unit.silent:
                unit.events = [*waiting, event] if isinstance(event, TransactionEnd) else [event]
                unit.entry = entry
                yield unit

    def _events(self, source: BinaryIO | bytes, hold: bool, every: bool) -> Iterator[Event]:
        sets, limits = self.sets, self.translator.limits
        if not hold:
            return read(source, sets, limits)
        stream = BytesIO(source) if isinstance(source, bytes) else source
        if stream.seekable():
            return verified(stream, sets, limits, every)
        return held(read(stream, sets, limits), every)

    def sliced(
        self,
        entry: Entry | None,
        event: Slice,
        message: Mapping[str, str] | None,
        positions: Positions,
        table: SetTable,
    ) -> Unit:
        """What comes of a slice: nothing where the set is mapped as a whole, or not at all."""
        if entry is not None and table["unit"]:
            unit = self.translated(entry, event, message, positions)
            # A level without units (a refused provider of a 271) matters only to mappings that say so.
            if event.unit is not None or unit.results:
                return unit
        return Unit(event.offset, event.first, findings=event.findings)

    def _ended(
        self,
        entry: Entry,
        event: TransactionEnd,
        message: Mapping[str, str] | None,
        positions: Positions,
        given: int,
        hold: bool,
    ) -> Unit:
        """The end of a transaction with a mapping: its verdict, and what came of one that is mapped as a whole."""
        whole = not entry.many
        if whole and (event.accepted or not hold):
            unit = self.translated(entry, event, message, positions)
            given = len(unit.results)
        else:
            unit = Unit(event.offset, event.first, findings=event.findings)
        unit.end = True
        if not event.accepted:
            unit.error = True
            unit.findings = [*unit.findings, _refused(control_of(event.st), given)]
        return unit

    def translated(
        self, entry: Entry, event: Placed, message: Mapping[str, str] | None, positions: Positions
    ) -> Unit:
        """What comes of a slice or of a whole transaction; `positions` say where its segments stand."""
        with NoCollection():
            return self._translated(entry, event, message, positions)

    def _translated(
        self, entry: Entry, event: Placed, message: Mapping[str, str] | None, positions: Positions
    ) -> Unit:
        translator = self.translator
        context = Context(translator.site, message, translator.tracing)
        unit = Unit(event.offset, event.first, findings=event.findings)
        excerpt = positions.excerpt()
        if translator.tracing:
            positions.place(context, excerpt)
        made: dict[str, Any] = {}
        try:
            translator.call(entry, "go", context, event.tree, made)
        except MapperError as error:
            unit.findings = [*unit.findings, error.finding]
            unit.error = True
            return unit
        unit.findings = [*unit.findings, *context.findings]
        documents = context.documents if entry.many else [(made, context.made)]
        for bundle, resources in documents:
            output = finish(
                bundle, resources.values(), "transaction" if translator.bundle == "transaction" else None
            )
            if translator.tracing:
                context.trail.into(bundle, output)
                held = {each["fullUrl"]: each["resource"] for each in output.get("entry", ())}
                for identity in resources.values():
                    context.trail.into(identity.node, held.get(identity.url))
            unit.results.append(
                Result(
                    output,
                    fhir.encode(output),
                    unit.findings,
                    event.tree,
                    entry.qualified,
                    context,
                    (entry.left[0], entry.right[0]),
                    excerpt,
                )
            )
        return unit

    # -- FHIR to X12 -------------------------------------------------------------------------

    def back(
        self,
        bundles: Iterable[Any],
        mapping: str | None = None,
        message: Mapping[str, str] | None = None,
        numbers: ControlNumbers | None = None,
        at: datetime | None = None,
        sources: Callable[[bytes], object] | None = None,
    ) -> Result:
        """Bundles to one interchange: neighbours whose headers are equal share a transaction.

        `at` is the time of its envelope, without it the current one; `numbers` counts control numbers. `sources` takes
        the lines of the source map, which a tracing translator makes (`runtime.x12.acknowledge.source_map`). Raises
        `DecodeError` for what is no Bundle, `MapperError` (R214) for Bundles that no mapping takes.
        """
        translator = self.translator
        values = list(bundles)
        moment = at or datetime.now(translator.site.zone or UTC)
        batch = {
            "purpose": "00",
            "reference": f"{moment:%Y%m%d%H%M%S}",
            "date": f"{moment:%Y%m%d}",
            "time": f"{moment:%H%M}",
        }
        context = Context(translator.site, message, translator.tracing, {"batch": batch})
        groups = self._grouped(values, mapping, context)
        written: list[Written] = []
        moved = context.trail.into if translator.tracing else None
        outgoing = [
            Outgoing(table, tree, self._kept(table, tree, context, values, written, sources))
            for entry, trees in groups
            for table in [translator.release.x12[entry.left[1][0]]]
            for tree in (joined(trees, table, moved) if entry.many else trees)
        ]
        findings = list(context.findings)
        data = write_interchange(
            outgoing,
            partner_of(translator.site.partner),
            numbers or MemoryControlNumbers(),
            moment,
            findings=findings,
        )
        findings += without_partner(translator.site.partner)
        output = [dict(each.tree) for each in outgoing]
        name = groups[0][0].qualified if groups else ""
        return Result(
            output[0] if len(output) == 1 else output,
            data,
            findings,
            values,
            name,
            context,
            (groups[-1][0].right[0], groups[-1][0].left[0]) if groups else ("fhir", "x12"),
            written=tuple((dict(each.tree), one) for each, one in zip(outgoing, written, strict=False)),
        )

    def _grouped(
        self, values: list[Any], mapping: str | None, context: Context
    ) -> list[tuple[Entry, list[dict[str, Any]]]]:
        """The transactions that Bundles make, those of one mapping side by side; a Bundle that makes none is told.

        Raises `MapperError` (R214) where no Bundle makes one.
        """
        groups: list[tuple[Entry, list[dict[str, Any]]]] = []
        for value in values:
            entry = self.translator.release.entries[mapping] if mapping is not None else self.entry_for(value)
            if not groups or groups[-1][0] is not entry:
                groups.append((entry, []))
            tree = self._built(entry, value, context)
            if says(tree, self.translator.release.x12[entry.left[1][0]]):
                groups[-1][1].append(tree)
            else:
                context.findings.append(_nothing_to_send(entry))
        if groups and not any(trees for _, trees in groups):
            raise MapperError(_nothing_to_send(groups[-1][0]))
        return groups

    def _built(self, entry: Entry, value: Mapping[str, Any], context: Context) -> dict[str, Any]:
        """The transaction that one Bundle makes."""
        tree: dict[str, Any] = {}
        if entry.many:
            self.translator.call(entry, "back", context, {"Bundle": [value]}, tree)
        else:
            context.enter(value)
            self.translator.call(entry, "back", context, value, tree)
        return tree

    def _kept(
        self,
        table: SetTable,
        tree: dict[str, Any],
        context: Context,
        values: list[Any],
        all_written: list[Written],
        sources: Callable[[bytes], object] | None,
    ) -> Callable[[Written], None] | None:
        """What keeps how a transaction was written, and its source map, where a trace is wanted.

        Of a single Bundle its resources are named (`Claim.total`), of several each place is one in its own Bundle.
        """
        if not self.translator.tracing:
            return None
        source = values[0] if len(values) == 1 else None

        def keep(written: Written) -> None:
            all_written.append(written)
            if sources is None:
                return
            key = Key(written.interchange, written.group, written.control)
            segments = mapped_segments(tree, written.places, context.trail, source)
            for line in dump(key, str(table["set"]), segments):
                sources(line)

        return keep

    def entry_for(self, *bundles: Any) -> Entry:
        """The mapping whose set the Bundles' resources belong to; the only one where there is one.

        Raises `DecodeError` R123 for what is no Bundle, `MapperError` R214 where no mapping takes them.
        """
        for value in bundles:
            if not isinstance(value, dict) or value.get("resourceType") != "Bundle":
                raise DecodeError(Finding("R123", "error", "the input is no Bundle", "$"))
        known = {name: entry for name, entry in self.entries.items() if entry.two_way}
        if len({entry.qualified for entry in known.values()}) == 1:
            return next(iter(known.values()))
        for name in chain.from_iterable(map(sets_of, bundles)):
            if name in known:
                return known[name]
        raise MapperError(Finding("R214", "error", "no mapping takes this Bundle to X12", "Bundle"))


def control_of(st: list[str]) -> str:
    """A transaction's number (ST02) as findings name it."""
    control = element(st, 2)
    return control if control.isalnum() and len(control) <= 9 else "?"


def _refused(control: str, given: int) -> Finding:
    told = f"{given} result{'s' if given != 1 else ''} given before {'are' if given != 1 else 'is'} to be taken back"
    text = f"transaction {control} is refused: " + (told if given else "nothing of it is given")
    return Finding("R217", "error", text, f"SE of ST {control}")


def _failed(event: Event) -> bool:
    return any(finding.level == "error" for finding in event.findings)


def _nothing_to_send(entry: Entry) -> Finding:
    text = f"the Bundle holds nothing that makes a {entry.left[1][0]}: no transaction is written for it"
    return Finding("R214", "error", text, "Bundle")


def _no_mapping(name: str, entries: Mapping[str, Entry]) -> Finding:
    known = ", ".join(sorted(entries)) or "none"
    return Finding("R214", "error", f"no mapping takes {name}; sets with a mapping: {known}", "ST01")
