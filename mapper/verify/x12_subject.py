"""X12 mappings as subjects: a transaction set as interchanges, or a loop, segment or datatype on its own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from io import BytesIO
from typing import Any

from mapper.check.model import TMapping
from mapper.schema.fhir import FhirSchema
from mapper.schema.x12 import X12Schema
from mapper.verify import judges_x12
from mapper.verify.facts_model import Chain, SideFacts, Step
from mapper.verify.leaves import Leaf, bundle_leaves, fhir_leaves
from mapper.verify.subject import CARRIER, MESSAGE, Run
from mapper.verify.x12_leaves import loop_leaves, segment_leaves, value_leaves, written
from runtime.codecs import fhir
from runtime.codecs.x12 import (
    COMPONENT,
    MemoryControlNumbers,
    Outgoing,
    Partner,
    SetTable,
    TransactionEnd,
    read,
    write_interchange,
)
from runtime.errors import Finding, MapperError
from runtime.lib.bundle import finish
from runtime.lib.context import Context, Site
from runtime.lib.fhir import without_holes
from runtime.release import Entry, Release
from runtime.translate import Translator
from runtime.x12.feed import X12Feed

AT = datetime(2026, 1, 1)  # noqa: DTZ001  # local time of the sender
PARTNER = Partner("VERIFY", "THERE")
_ELEMENT = re.compile(r"\(([A-Z][A-Za-z]+)\.([a-z]\w*)(?:\(([\w-]+)\))?\)")
_PLACE = re.compile(r"\b([A-Z][A-Z0-9]{1,2})(\d\d)(?!\d)(?:-(\d{1,2}))?")


class _X12:
    """What both kinds of subjects share."""

    format = "X12"
    suffix = "x12"
    facts = SideFacts()

    def __init__(
        self, mapping: TMapping, release: Release, entry: Entry, x12: X12Schema, r4: FhirSchema, site: Site
    ) -> None:
        self.mapping, self.release, self.entry = mapping, release, entry
        self.name = mapping.info.name
        self.x12, self.r4, self.site = x12, r4, site
        self.two_way = entry.two_way
        self.set = x12.set_of(entry.left[1][0]) or next(iter(x12.tables))

    def written(self, chain: Chain) -> str:
        return written(chain)

    def concerned(self, finding: Finding) -> Iterator[Step]:
        """The elements that a finding names: `2010AA/NM109 (segment 12)` is about NM109 wherever it stands."""
        if finding.where == self.mapping.left.types[0]:
            yield CARRIER, "1"
        kind = finding.where.removeprefix("Bundle.")
        if (info := self.r4.type(kind)) is not None and info.kind == "resource":
            yield kind, ""
        yield from self._held(finding.where.partition(" ")[0])
        for found in _PLACE.finditer(f"{finding.where} {finding.target} {finding.message}"):
            yield found[1], str(int(found[2]))
        for found in _ELEMENT.finditer(finding.message):
            yield found[1], found[2]
            if found[3]:
                named = (each for each in self.r4.elements(found[1]) if each.extension)
                yield from (
                    (found[1], each.name)
                    for each in named
                    if str(each.extension).rpartition("/")[2] == found[3]
                )

    def _held(self, place: str) -> Iterator[Step]:
        """What a finding about a loop or a segment as a whole concerns: `2100C/2110C`, `2100C/REF`."""
        outer, _, name = place.rpartition("/")
        loop = outer.rpartition("/")[2]
        if name[:1].isdigit():
            yield from ((each, "") for each in self._below(name))
        elif loop:
            yield from (
                (loop, child.slot) for child in self.x12.elements(loop) if name in (child.name, child.slot)
            )

    def _below(self, loop: str) -> Iterator[str]:
        """A loop and those in it."""
        yield loop
        for child in self.x12.elements(loop):
            if child.types[0][:1].isdigit() and "." not in child.types[0]:
                yield from self._below(child.types[0])

    def _end(self, data: bytes, tables: Mapping[str, SetTable]) -> TransactionEnd | None:
        ends = (event for event in read(data, tables) if isinstance(event, TransactionEnd))
        return next(ends, None)


class TransactionSubject(_X12):
    """A mapping of a whole set, run as in production: an interchange to Bundles, Bundles to an interchange."""

    whole = True

    @cached_property
    def feed(self) -> X12Feed:
        return X12Feed(Translator(self.release, self.site))

    @cached_property
    def tables(self) -> Mapping[str, SetTable]:
        """The set's table, without units: the whole transaction is read at once."""
        return {name: {**table, "unit": None} for name, table in self.release.x12.items()}

    def go(self, data: bytes) -> Run:
        units = list(self.feed.forward(BytesIO(data), MESSAGE))
        findings = [finding for unit in units for finding in unit.findings]
        for finding in findings:
            if finding.code == "R216":
                raise MapperError(finding)
        return _run((result.data for unit in units for result in unit.results), findings)

    def unsliced(self, data: bytes) -> Run | None:
        """The same for the transaction as one tree; nothing where the mapping has no units."""
        end = self._end(data, self.tables) if self.entry.many else None
        if end is None:
            return None
        context, bundle = Context(self.site, MESSAGE), dict[str, Any]()
        self.feed.translator.call(self.entry, "go", context, end.tree, bundle)
        made = context.documents
        return _run((fhir.encode(finish(each, held.values(), None)) for each, held in made), context.findings)

    def back(self, document: Any) -> Run:
        """Bundles to one interchange; FHIR goes through its codec as documents do."""
        shapes, bundles, findings = self.release.shapes, [], []
        for each in document:
            decoded = fhir.decode(fhir.encode(each), shapes)
            bundles.append(without_holes(decoded.value) if decoded.holes else decoded.value)
            findings += decoded.findings
        result = self.feed.back(bundles, self.entry.qualified, MESSAGE, MemoryControlNumbers(), AT)
        return Run(result.data, result.output, [*findings, *result.findings])

    def read(self, data: bytes) -> None:
        self._end(data, self.tables)

    def left_leaves(self, data: bytes) -> list[Leaf]:
        end = self._end(data, self.tables)
        found = loop_leaves(end.tree, self.set, self.x12, self.facts) if end is not None else ()
        return list(dict.fromkeys(found))

    def right_leaves(self, document: Any) -> list[Leaf]:
        return [leaf for bundle in document for leaf in bundle_leaves(bundle, self.r4)]

    def objections(self, run: Run, given: bytes | None, lost: Set[Step]) -> Iterator[str]:
        """What pyx12 has against what was made and not against what was `given`; without one, not what is missing.

        What a finding has told is no objection.
        """
        named = {step for finding in run.findings for step in self.concerned(finding)}
        unfit = {owner for owner, _ in named}  # a segment whose qualifier was told may find no place
        told = [
            each
            for each in judges_x12.transaction(run.data)
            if each.step not in named and not (each.stray and each.path.partition(" ")[0] in unfit)
        ]
        if given is not None:
            known = {str(each) for each in judges_x12.transaction(given)}
            absent = {f"{owner}/{slot.partition('_')[0]}" for owner, slot in lost}
            broken = {(owner, "") for owner, _ in lost}
            for each in told:
                excused = each.missing and (
                    each.path in absent or each.step in (broken if each.code == "8" else lost)
                )
                if str(each) not in known and not excused:
                    yield str(each)
            return
        # pyx12 finds no place for a segment that lacks its qualifier; there our own reading judges.
        yield from (str(each) for each in told if not each.missing and not each.stray)
        for event in read(run.data, self.tables):
            for fault in event.faults:
                if fault.segment not in unfit:
                    yield f"own: {fault.loop}/{fault.segment}: {fault.finding.code}"

    def serialize(self, value: Mapping[str, Any]) -> bytes:
        """An interchange of a transaction as `X12Inputs.loop` makes it."""
        outgoing = Outgoing(self.tables[self.set], value)
        return write_interchange([outgoing], PARTNER, MemoryControlNumbers(), AT)

    def show(self, document: Any) -> bytes:
        """One Bundle laid out, several a line each."""
        if len(document) == 1:
            return fhir.encode(document[0], pretty=True)
        return b"".join(fhir.encode(each) + b"\n" for each in document)


def _run(bundles: Iterable[bytes], findings: list[Finding]) -> Run:
    lines = list(bundles)
    return Run(b"\n".join(lines), [json.loads(line, parse_float=Decimal) for line in lines], findings)


class PartSubject(_X12):
    """A loop, segment or datatype mapping, its functions called directly.

    Its X12 value travels in a transaction that holds nothing else (a datatype as element 1 of `ZVR`); its FHIR document
    holds the part and the Bundle of the resources that it refers to.
    """

    whole = False

    def __init__(
        self, mapping: TMapping, release: Release, entry: Entry, x12: X12Schema, r4: FhirSchema, site: Site
    ) -> None:
        super().__init__(mapping, release, entry, x12, r4, site)
        self.left, self.right = mapping.left.types[0], mapping.right.types[0]
        left, right = x12.type(self.left), r4.type(self.right)
        self.left_kind = left.kind if left is not None else "primitive"
        self.right_kind = right.kind if right is not None else "primitive"
        self.table = self._carrying()
        self.slot = self.table["root"]["children"][1]["slot"]
        self.go_function = release.function(entry, "go")
        self.back_function = release.function(entry, "back") if self.two_way else None

    def _carrying(self) -> SetTable:
        """The set's table with the part alone in it."""
        table = self.x12.table(self.set) or {}
        root = table["root"]
        first, last = root["children"][0], root["children"][-1]
        node = dict(self.x12.structure(self.left) or {})
        if self.left_kind in ("composite", "primitive"):
            element = node or {
                "type": self.left,
                "components": None,
                "codes": None,
                "external": None,
                "de": "",
            }
            element = {
                **element,
                "n": 1,
                "min": 0,
                "max": 0,
                "usage": "S",
                "repeat": 1,
                "name": "",
                "syntax": [],
            }
            node = {
                "kind": "segment", "slot": CARRIER, "id": CARRIER, "name": "Carrier", "match": [], "syntax": [],
                "elements": [element], "pos": "1",
            }  # fmt: skip
        node |= {"usage": "S", "max": 1}
        return {**table, "unit": None, "root": {**root, "children": [first, node, last]}}

    def go(self, data: bytes) -> Run:
        context = Context(self.site, MESSAGE)
        source = self._source(data)
        if self.right_kind == "primitive":
            part = self.go_function(context, source)
        else:
            part = {"resourceType": self.right} if self.right_kind == "resource" else {}
            self.go_function(context, source, part)
        document = {"part": part, "bundle": finish({}, context.made.values(), "collection")}
        return Run(fhir.encode(document), deepcopy(document), context.findings)

    def unsliced(self, data: bytes) -> Run | None:
        return None

    def _source(self, data: bytes) -> Any:
        end = self._end(data, {self.set: self.table})
        held = (end.tree.get(self.slot) or [None])[0] if end is not None else None
        if self.left_kind == "group":
            return held or {}
        segment = held or [self.slot]
        if self.left_kind == "segment":
            return segment
        text = segment[1] if len(segment) > 1 else ""
        return text.split(COMPONENT) if self.left_kind == "composite" else text

    def back(self, document: Any) -> Run:
        context = Context(self.site, MESSAGE)
        document = without_holes(document)
        context.load(document["bundle"])
        part = document["part"]
        value: Any = {}
        assert self.back_function is not None
        if self.left_kind == "primitive":
            value = self.back_function(context, part)
        elif part is not None:
            self.back_function(context, part, value)
        findings = context.findings
        return Run(self.serialize(value, findings), value, findings)

    def read(self, data: bytes) -> None:
        self._end(data, {self.set: self.table})

    def left_leaves(self, data: bytes) -> list[Leaf]:
        source = self._source(data)
        if self.left_kind == "group":
            found = loop_leaves(source, self.left, self.x12, self.facts)
        elif self.left_kind == "segment":
            found = segment_leaves(source, self.left, self.x12, self.facts)
        else:
            text = COMPONENT.join(source) if isinstance(source, list) else source
            found = value_leaves(text, self.left, self.x12, self.facts, ((CARRIER, "1"),))
        return list(dict.fromkeys(found))

    def right_leaves(self, document: Any) -> list[Leaf]:
        return list(fhir_leaves(document["part"], self.right, self.r4))

    def objections(self, run: Run, given: bytes | None, lost: Set[Step]) -> Iterator[str]:
        """Nothing: a part of a transaction is no transaction."""
        yield from ()

    def serialize(self, value: Any, findings: list[Finding] | None = None) -> bytes:
        """An interchange with the part in it."""
        held: dict[Any, Any] = (
            value if self.left_kind in ("group", "segment") else {1: value} if value else {}
        )
        if self.left_kind == "group" and held:
            held = dict(self._begun(held))
        tree = {self.slot: held} if held else {}
        outgoing = Outgoing(self.table, tree)
        return write_interchange([outgoing], PARTNER, MemoryControlNumbers(), AT, findings=findings)

    def _begun(self, loop: Mapping[Any, Any]) -> Mapping[Any, Any]:
        """The loop with the segment by which it is known, where another mapping writes that."""
        first = self.table["root"]["children"][1]["children"][0]
        if first["kind"] != "segment" or loop.get(first["slot"]):
            return loop
        qualifiers = {element: min(codes) for element, component, codes in first["match"] if not component}
        return {first["slot"]: qualifiers or {1: "1"}, **loop}

    def show(self, document: Any) -> bytes:
        return fhir.encode(document, pretty=True)


def subject_of(
    mapping: TMapping, release: Release, entry: Entry, x12: X12Schema, r4: FhirSchema, site: Site
) -> TransactionSubject | PartSubject:
    """A mapping between x12 and fhir as a subject."""
    partner = {"sender_id": PARTNER.sender, "receiver_id": PARTNER.receiver, "usage": "T"}
    site = replace(site, partner={**_PARTIES, **partner})
    make = TransactionSubject if entry.message else PartSubject
    return make(mapping, release, entry, x12, r4, site)


_PARTIES = {
    "submitter.name": "VERIFY", "submitter.entity_type": "2", "submitter.etin": "12345", "submitter.contact": "ANN LEE",
    "submitter.phone": "5551234567", "receiver.name": "THERE", "receiver.id": "67890",
}  # fmt: skip
