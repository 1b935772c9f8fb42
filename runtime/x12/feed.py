"""X12 through the mappings of a release: claim by claim to FHIR Bundles, and Bundles to one interchange.

A mapping to `Bundle*` gets the transaction slice by slice (a claim with the loops around it), in constant memory; a
mapping to one Bundle gets the whole transaction. A slice is given before its transaction's SE is seen: the unit with
`end` tells whether what came of it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, BinaryIO

from runtime.codecs import fhir
from runtime.codecs.x12 import (
    COMPONENT,
    Event,
    LoopNode,
    Placed,
    SetTable,
    Slice,
    TransactionEnd,
    TransactionStart,
    read,
)
from runtime.codecs.x12.control import ControlNumbers, MemoryControlNumbers
from runtime.codecs.x12.write import Outgoing, Partner, write_interchange
from runtime.errors import DecodeError, Finding, MapperError
from runtime.lib.bundle import finish
from runtime.lib.context import Context
from runtime.release import Entry
from runtime.translate import Result, Translator


@dataclass(slots=True)
class Unit:
    """What became of one slice, transaction or fault. `results` are the Bundles; `error` tells that there are none.

    `offset` is that of its first byte, `ordinal` the number of its first segment in the transaction.
    """

    offset: int
    ordinal: int
    results: list[Result] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    error: bool = False
    end: bool = False


class X12Feed:
    """The X12 mappings of a translator's release."""

    def __init__(self, translator: Translator) -> None:
        self.translator = translator
        release = translator.release
        self.entries: dict[str, Entry] = {
            name: entry
            for entry in release.entries.values()
            if entry.message and entry.left[0] == "x12"
            for name in entry.left[1]
        }
        self.sets: dict[str, SetTable] = {
            name: table if name in self.entries and self.entries[name].many else {**table, "unit": None}
            for name, table in release.x12.items()
        }

    # -- X12 to FHIR -------------------------------------------------------------------------

    def forward(self, source: BinaryIO | bytes, message: Mapping[str, str] | None = None) -> Iterator[Unit]:
        """The units of a stream of interchanges, in order. Raises DecodeError R132 where it holds none."""
        entry: Entry | None = None
        whole: SetTable = {"unit": None}
        positions = _Positions(self.translator.tracing)
        for event in read(source, self.sets, self.translator.limits):
            if isinstance(event, TransactionStart):
                entry = self.entries.get(str(event.table["set"])) if event.table is not None else None
                whole = event.table or whole
                positions = _Positions(self.translator.tracing, _element(event.st, 2))
                findings = [*event.findings]
                if event.table is not None and entry is None:
                    findings.append(_no_mapping(str(event.table["set"]), self.entries))
                if findings:
                    yield Unit(event.offset, 1, findings=findings, error=entry is None)
            elif isinstance(event, Slice):
                positions.note(event)
                if entry is not None and event.unit is not None and whole["unit"]:
                    yield self._translated(entry, event, message, positions)
                elif event.findings:
                    yield Unit(event.offset, event.first, findings=event.findings)
            elif isinstance(event, TransactionEnd):
                positions.note(event)
                if entry is not None and not whole["unit"]:
                    unit = self._translated(entry, event, message, positions)
                    unit.end = True
                    yield unit
                elif event.findings:
                    yield Unit(
                        event.offset, event.first, findings=event.findings, end=True, error=not event.accepted
                    )
            elif event.faults:
                yield Unit(event.offset, 0, findings=event.findings, error=_failed(event))

    def _translated(
        self, entry: Entry, event: Placed, message: Mapping[str, str] | None, positions: _Positions
    ) -> Unit:
        translator = self.translator
        context = Context(translator.site, message, translator.tracing)
        unit = Unit(event.offset, event.first, findings=event.findings)
        if translator.tracing:
            positions.place(context)
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
            unit.results.append(
                Result(
                    output,
                    fhir.encode(output),
                    unit.findings,
                    event.tree,
                    entry.qualified,
                    context,
                    accountable=False,
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
    ) -> Result:
        """Bundles to one interchange with one transaction.

        `at` is the time of its envelope, without it the current one; `numbers` counts control numbers. Raises
        `DecodeError` for what is no Bundle, `MapperError` (R214) for Bundles that no mapping takes.
        """
        translator = self.translator
        values = list(bundles)
        for value in values:
            if not isinstance(value, dict) or value.get("resourceType") != "Bundle":
                raise DecodeError(Finding("R123", "error", "the input is no Bundle", "$"))
        entry = translator.release.entries[mapping] if mapping is not None else self._entry_for(values)
        moment = at or datetime.now(translator.site.zone or UTC)
        batch = {
            "purpose": "00",
            "reference": f"{moment:%Y%m%d%H%M%S}",
            "date": f"{moment:%Y%m%d}",
            "time": f"{moment:%H%M}",
        }
        context = Context(translator.site, message, translator.tracing, {"batch": batch})
        tree: dict[str, Any] = {}
        if entry.many:
            translator.call(entry, "back", context, {"Bundle": values}, tree)
        else:
            for value in values[:1]:
                context.load(value)
                translator.call(entry, "back", context, value, tree)
        findings = list(context.findings)
        table = translator.release.x12[entry.left[1][0]]
        data = write_interchange(
            [Outgoing(table, tree)],
            partner_of(translator.site.partner),
            numbers or MemoryControlNumbers(),
            moment,
            findings=findings,
        )
        return Result(tree, data, findings, values, entry.qualified, context, accountable=False)

    def _entry_for(self, bundles: Iterable[Mapping[str, Any]]) -> Entry:
        """The mapping whose set the Bundles' resources belong to; the only one where there is one."""
        known = list(dict.fromkeys(entry for entry in self.entries.values() if entry.two_way))
        if len(known) == 1:
            return known[0]
        for bundle in bundles:
            for each in bundle.get("entry", ()):
                name = set_of(each.get("resource", {}))
                if name is not None and name in self.entries:
                    return self.entries[name]
        raise MapperError(Finding("R214", "error", "no mapping takes these Bundles to X12", "Bundle"))


def set_of(resource: Mapping[str, Any]) -> str | None:
    """The set in which a resource travels: a Claim by its type, eligibility and payment by what they are."""
    kind = resource.get("resourceType")
    if kind == "Claim":
        codes = {coding.get("code") for coding in resource.get("type", {}).get("coding", ())}
        return "837I" if "institutional" in codes else "837P" if "professional" in codes else None
    return {
        "PaymentReconciliation": "835",
        "CoverageEligibilityRequest": "270",
        "CoverageEligibilityResponse": "271",
    }.get(str(kind))


def partner_of(values: Mapping[str, str]) -> Partner:
    """The envelope's parties from the values of a site's `[partner]`."""
    return Partner(
        values.get("sender_id", ""),
        values.get("receiver_id", ""),
        values.get("sender_qualifier", "ZZ"),
        values.get("receiver_qualifier", "ZZ"),
        usage=values.get("usage", "P"),
    )


def _element(segment: list[str], number: int) -> str:
    return segment[number] if number < len(segment) else ""


def _failed(event: Event) -> bool:
    return any(finding.level == "error" for finding in event.findings)


def _no_mapping(name: str, entries: Mapping[str, Entry]) -> Finding:
    known = ", ".join(sorted(entries)) or "none"
    return Finding("R214", "error", f"no mapping takes {name}; sets with a mapping: {known}", "ST01")


# -- where segments stand ------------------------------------------------------------------------


class _Positions:
    """Segments of the transaction at hand with loop and ordinal; those above the units are kept for later ones."""

    def __init__(self, wanted: bool, control: str = "") -> None:
        self._wanted = wanted
        self._control = control if control.isalnum() and len(control) <= 9 else "?"
        self._above: dict[int, tuple[list[str], str]] = {}
        self._here: dict[int, tuple[list[str], str]] = {}

    def note(self, event: Placed) -> None:
        """Take the segments of an event, where a trace is wanted."""
        if not self._wanted:
            return
        self._here = {}
        for step in event.steps():
            if step.kind == "SEGMENT":
                loop = step.node.loop if not isinstance(step.node, LoopNode) else step.node
                held = self._here if _in_unit(loop) else self._above
                held[step.ordinal] = (step.segment, loop.id)

    def place(self, context: Context) -> None:
        """Tell a run's trail where the segments stand."""
        for held in (self._above, self._here):
            for ordinal, (segment, _) in held.items():
                context.trail.place(segment, (ordinal,))
        context.trail.describe = self.text

    def text(self, where: tuple[Any, ...]) -> str:
        """`2010AA/NM109 (segment 12 of ST 0001)`."""
        segment, loop = self._here.get(where[0]) or self._above.get(where[0]) or ([""], "")
        text = f"{loop}/{segment[0]}"
        if len(where) > 1 and where[1] is not None:
            moved = getattr(where[0], "moved", 0) if where[1] >= getattr(where[0], "first", 0) else 0
            number = where[1] + moved
            text += f"{number:02}"
            if len(where) > 3 and where[3] is not None and COMPONENT in _element(segment, number):
                text += f"-{where[3]}"
        return f"{text} (segment {where[0]} of ST {self._control})"


def _in_unit(loop: LoopNode | None) -> bool:
    while loop is not None:
        if loop.is_unit:
            return True
        loop = loop.parent
    return False
