"""A mapping as something that can be run both ways on its own: a whole message, or one segment or datatype."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from copy import deepcopy
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from mapper.check.model import TMapping
from mapper.schema.fhir import FhirSchema
from mapper.schema.hl7v2 import Hl7v2Schema
from mapper.verify import judges
from mapper.verify.facts_model import Chain, Facts, Step
from mapper.verify.leaves import Leaf, bundle_leaves, fhir_leaves, hl7v2_leaves
from runtime.codecs import fhir, hl7v2
from runtime.codecs.hl7v2 import Message
from runtime.errors import Finding
from runtime.lib.bundle import finish
from runtime.lib.context import Context, Site
from runtime.lib.fhir import without_holes
from runtime.release import Entry, Release
from runtime.translate import Translator

MESSAGE = {"received": "20260101000000+0000", "id": "verify", "channel": "verify"}
SITE_CODE = "SITE1"
"""The one code of every table `from site`; it stands for `https://verify.example/TABLE`."""

CARRIER = "ZVR"
WHERE = re.compile(r"([A-Za-z][A-Za-z0-9_]*)[-.](\w+)(?:\[\d+\])?((?:\.\w+(?:\[\d+\])?)*)")


@dataclass(frozen=True, slots=True)
class Run:
    """One direction: the result as comparable bytes and as a tree, and what was told."""

    data: bytes
    tree: Any
    findings: list[Finding] = field(default_factory=list)


class Subject(Protocol):
    """What the laws are about. The left side is always a message as bytes, the FHIR side a JSON document.

    `format` is what the left side is called, `suffix` that of its files. `whole` tells a message from a part of one.
    """

    name: str
    mapping: TMapping
    r4: FhirSchema
    two_way: bool
    format: str
    suffix: str
    whole: bool

    def go(self, data: bytes) -> Run: ...

    def back(self, document: Any) -> Run: ...

    def unsliced(self, data: bytes) -> Run | None:
        """The translation of the message at once, where `go` takes it unit by unit."""

    def read(self, data: bytes) -> None:
        """Raises `MapperError` for what is no input."""

    def left_leaves(self, data: bytes) -> list[Leaf]: ...

    def right_leaves(self, document: Any) -> list[Leaf]: ...

    def objections(self, run: Run, given: bytes | None, lost: Set[Step]) -> Iterable[str]:
        """What a judge has against a message that was made, of `given` or (without one) of FHIR.

        That what was told as `lost` on the way from `given` is missing is no objection.
        """

    def concerned(self, finding: Finding) -> Iterable[Step]:
        """The elements that a finding names."""

    def written(self, chain: Chain) -> str:
        """The way to a leaf of the left side as a path."""

    def show(self, document: Any) -> bytes:
        """A FHIR document as it is shown and kept in files."""


class _Hl7v2:
    """What both kinds of HL7 v2 subjects share."""

    format = "HL7 v2"
    suffix = "hl7"
    mapping: TMapping
    structures: Mapping[str, Any]

    def unsliced(self, data: bytes) -> Run | None:
        return None

    def parse(self, data: bytes) -> Message:
        return hl7v2.parse(data, self.structures)

    def read(self, data: bytes) -> None:
        self.parse(data)

    def concerned(self, finding: Finding) -> Iterator[Step]:
        if finding.where == self.mapping.left.types[0]:
            yield CARRIER, "1"
        for match in WHERE.finditer(f"{finding.where} {finding.target} {finding.message}"):
            yield match[1], match[2]

    def written(self, chain: Chain) -> str:
        return written(chain)

    def show(self, document: Any) -> bytes:
        return fhir.encode(document, pretty=True)


def site(tables: Mapping[str, str]) -> Site:
    """A site that gives all that mappings may ask for; `tables` are the ones `from site`."""
    rows = {name: {SITE_CODE: f"https://verify.example/{name}"} for name in tables}
    members = {
        "application": "VERIFY", "facility": "HERE", "receiving_application": "THERE", "receiving_facility": "YONDER",
        "endpoint": "https://verify.example/hl7", "receiving_endpoint": "https://verify.example/there",
        "processing_id": "P", "version": "2.5.1", "message_system": "https://verify.example/messages",
    }  # fmt: skip
    return Site(ZoneInfo("America/Chicago"), "https://verify.example/fhir", members, rows)


def tell_site_codes(facts: Facts) -> None:
    """Tables `from site` have no rows of their own: their code is added where the mapping looks it up."""
    for step, values in facts.left.pool.items():
        if step in (("HD", "1"), ("EI", "2")) or not values:
            values[SITE_CODE] = None


@dataclass
class MessageSubject(_Hl7v2):
    """A message mapping, run as in production: bytes to bytes."""

    whole = True

    mapping: TMapping
    release: Release
    entry: Entry
    v2: Hl7v2Schema
    r4: FhirSchema
    site: Site

    def __post_init__(self) -> None:
        self.name = self.mapping.info.name
        self.two_way = self.entry.two_way
        self.translator = Translator(self.release, self.site)
        sets = self.release.structures
        self.structures = sets[next(iter(sets))]

    def go(self, data: bytes) -> Run:
        result = self.translator.forward(data, self.entry.qualified, MESSAGE)
        return Run(result.data, json.loads(result.data, parse_float=Decimal), result.findings)

    def back(self, document: Any) -> Run:
        result = self.translator.back(fhir.encode(document), self.entry.qualified, MESSAGE)
        return Run(result.data, result.output, result.findings)

    def left_leaves(self, data: bytes) -> list[Leaf]:
        return list(hl7v2_leaves(self.parse(data), self.v2))

    def right_leaves(self, document: Any) -> list[Leaf]:
        return list(bundle_leaves(document, self.r4))

    def objections(self, run: Run, given: bytes | None, lost: Set[Step]) -> Iterable[str]:
        return judges.message(run.data)

    def serialize(self, value: Any) -> bytes:
        structure, tree = value
        return hl7v2.serialize(tree, self.structures, structure)


@dataclass
class PartSubject(_Hl7v2):
    """A segment or datatype mapping, its functions called directly.

    Its HL7 v2 value travels in a message of one segment (a datatype as field 1 of `ZVR`); its FHIR document holds the
    part and the Bundle of the resources that it refers to.
    """

    whole = False

    mapping: TMapping
    release: Release
    entry: Entry
    v2: Hl7v2Schema
    r4: FhirSchema
    site: Site

    def __post_init__(self) -> None:
        self.name = self.mapping.info.name
        self.two_way = self.entry.two_way
        self.left, self.right = self.mapping.left.types[0], self.mapping.right.types[0]
        self.left_kind, self.right_kind = _kind(self.v2, self.left), _kind(self.r4, self.right)
        if self.left_kind != "segment":
            self.v2 = carrying(self.v2, self.left)
        self.segment = self.left if self.left_kind == "segment" else CARRIER
        nodes = [["MSH", "MSH", 1, 1, None]]
        if self.segment != "MSH":
            nodes.append([self.segment, self.segment, 0, 1, None])
        self.structures = {
            "messages": {"VER": nodes},
            "events": {"VER^V01": "VER"},
            "version": self.v2.versions[0],
        }
        self.go_function = self.release.function(self.entry, "go")
        self.back_function = self.release.function(self.entry, "back") if self.two_way else None

    def go(self, data: bytes) -> Run:
        source = self._source(self.parse(data))
        context = Context(self.site, MESSAGE)
        if self.right_kind == "primitive":
            part = self.go_function(context, source)
        else:
            part = {"resourceType": self.right} if self.right_kind == "resource" else {}
            self.go_function(context, source, part)
        document = {"part": part, "bundle": finish({}, context.made.values(), "collection")}
        return Run(fhir.encode(document), deepcopy(document), context.findings)

    def _source(self, message: Message) -> Any:
        segment = message.tree[self.segment][0] if self.segment in message.tree else [self.segment]
        if self.left_kind == "segment":
            return segment
        raw = segment[1] if len(segment) > 1 else ""
        return raw.split("^") if self.left_kind == "composite" else raw

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
        return Run(self.serialize(value), value, context.findings)

    def left_leaves(self, data: bytes) -> list[Leaf]:
        return [(c, v) for c, v in hl7v2_leaves(self.parse(data), self.v2) if c[0][0] == self.segment]

    def right_leaves(self, document: Any) -> list[Leaf]:
        return list(fhir_leaves(document["part"], self.right, self.r4))

    def objections(self, run: Run, given: bytes | None, lost: Set[Step]) -> Iterable[str]:
        return ()

    def serialize(self, value: Any) -> bytes:
        header: dict[int, Any] = {9: {1: "VER", 2: "V01"}, 10: "1", 11: "P", 12: self.v2.versions[0]}
        if self.segment == "MSH":
            return hl7v2.serialize({"MSH": {**value, 9: {**header[9]}}}, self.structures, "VER")
        own = value if self.left_kind == "segment" else {1: value} if value else {}
        tree = {"MSH": header, **({self.segment: own} if own else {})}
        return hl7v2.serialize(tree, self.structures, "VER")


def _kind(schema: Hl7v2Schema | FhirSchema, type_name: str) -> str:
    info = schema.type(type_name)
    return info.kind if info is not None else "primitive"


def carrying(schema: Hl7v2Schema, type_name: str) -> Hl7v2Schema:
    """The schema with a segment whose first field is of a datatype."""
    from mapper.schema.hl7v2 import SegmentField

    return schema.with_segment((), CARRIER, "MSH", False, "Carrier", [SegmentField(1, "value", type_name)])


def written(chain: Chain) -> str:
    """A chain as a path of its standard: `PID-3.4.1`, `Patient.identifier.type`."""
    if not chain:
        return "value"
    carried = chain[0][0] == CARRIER and len(chain) > 1
    chain = chain[1:] if carried else chain
    head, name = chain[0]
    separator = "-" if head.isupper() and len(head) == 3 and not carried else "."
    return f"{head}{separator}{name}" + "".join(f".{step}" for _, step in chain[1:])
