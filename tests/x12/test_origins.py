"""From a 999 back to the FHIR path and the `.map` line: an 837 is built while it is traced, answered, and tied."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from runtime.codecs.x12 import (
    Event,
    MemoryControlNumbers,
    Outgoing,
    Partner,
    Slice,
    Written,
    read,
    write_interchange,
)
from runtime.lib.context import Context
from runtime.x12.acknowledge import Note, answers, collect, read_acknowledgement
from runtime.x12.acknowledge.origins import mapped_segments
from runtime.x12.acknowledge.source_map import Key, SourceMap, dump, load
from runtime.x12.acknowledge.tie import Sent, Tied, tie
from tests.language.harness import SITE, Maker
from tests.x12.tables import tables

NOW = datetime(2025, 2, 11, 8, 30)  # noqa: DTZ001  # local time of the receiver

PROGRAM = """use x12 "005010X222A1"
use fhir "R4"

mapping claim between x12 2300 and fhir Claim {
  CLM01 <-> identifier[1].value
  CLM02 <-> total.value
  HI("ABK")/HI01 <-> diagnosis[1] {
    HI01-2 <-> diagnosisCodeableConcept.text
  }
  each loop 2400 <-> item {
    SV101-2 <-> productOrService.text
    SV102   <-> net.value
  }
}"""

CLAIM = {
    "resourceType": "Claim",
    "identifier": [{"value": "SECRET1"}],
    "total": {"value": 20},
    "diagnosis": [{"sequence": 1, "diagnosisCodeableConcept": {"text": "E119"}}],
    "item": [
        {"sequence": n, "productOrService": {"text": code}, "net": {"value": 10}}
        for n, code in enumerate(("99213", "93000"), start=1)
    ],
}
BUNDLE = {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient"}}, {"resource": CLAIM}]}


def built(folder: Path) -> tuple[bytes, bytes]:
    """An 837 of the claim, and its source map."""
    release = Maker(folder).program(PROGRAM, partial=True).release
    context = Context(SITE, None, True)
    context.load(BUNDLE)
    claim: dict[str, Any] = {}
    release.function(release.entries["main.claim"], "back", True)(context, CLAIM, claim)
    subscriber = {"SBR": {1: "P", 2: "18"}, "2300": [claim]}
    tree = {"BHT": {3: "1"}, "2000A": [{"2010AA": [{"NM1": {3: "CLINIC"}}], "2000B": [subscriber]}]}
    lines: list[bytes] = []

    def keep(written: Written) -> None:
        key = Key(written.interchange, written.group, written.control)
        lines.extend(dump(key, "837P", mapped_segments(tree, written.places, context.trail, BUNDLE)))

    partner = Partner(sender="CLINIC", receiver="PAYER")
    outgoing = Outgoing(tables()["837P"], tree, keep)
    return write_interchange([outgoing], partner, MemoryControlNumbers(), NOW), b"".join(lines)


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, SourceMap]:
    data, lines = built(tmp_path_factory.mktemp("origins"))
    for value in (b"SECRET1", b"E119", b"99213"):
        assert value in data
        assert value not in lines
    return data, load(io.BytesIO(lines))


def ordinal_of(data: bytes, text: bytes) -> int:
    body = data[data.index(b"ST*") :].split(b"~")
    return next(n for n, segment in enumerate(body, start=1) if segment.startswith(text))


@pytest.mark.parametrize(
    ("segment", "element", "component", "path"),
    [
        (b"CLM", 1, 0, "Claim.identifier[0].value"),
        (b"CLM", 2, 0, "Claim.total.value"),
        (b"HI", 1, 2, "Claim.diagnosis[0].diagnosisCodeableConcept.text"),
        (b"SV1*:93000", 1, 2, "Claim.item[1].productOrService.text"),
        (b"SV1*:99213", 2, 0, "Claim.item[0].net.value"),
    ],
)
def test_a_fault_leads_to_the_path_and_line_that_made_the_element(
    sent: tuple[bytes, SourceMap], segment: bytes, element: int, component: int, path: str
) -> None:
    data, sources = sent
    ordinal = ordinal_of(data, segment)
    name = segment[:3].decode().rstrip("*")

    def found(event: Event) -> Iterable[Note]:
        if isinstance(event, Slice):
            yield Note(name, ordinal, "2300", "8", element, component, ik403="7", claim=1)

    (interchange,) = collect(read(data, tables()), found)
    (answer,) = answers(interchange, tables(), MemoryControlNumbers(), NOW, ["999"])
    report = read_acknowledgement(answer.data, tables())
    told = list(tie(report, Sent(collect(read(data, tables()), lines=True)), sources))
    (fault,) = [each for each in told if isinstance(each, Tied) and each.what == "fault"]
    assert fault.origin.paths == (path,)
    assert [line.rpartition("/")[2][:9] for line in fault.origin.lines] == ["main.map:"]
    assert fault.claim == "SECRET1"
