"""Judges of HL7 v2 output: hl7apy (structure, cardinalities, datatypes) and own checks of the text."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.core import Message
from hl7apy.exceptions import HL7apyException
from hl7apy.parser import parse_message
from hl7apy.validation import Validator

from tests.judges.finding import Verdict

HL7APY, OWN = "hl7apy", "own"
ESCAPE = re.compile(r"\\([^\\]*)\\?")
KNOWN_ESCAPE = re.compile(r"[FSTREHN]|X([0-9A-Fa-f]{2})+|Z.*|[CM][0-9A-Fa-f]+|\.[a-z]{2}[+-]?\d*")
SEGMENT = re.compile(r"[A-Z][A-Z0-9]{2}")
DATATYPE = re.compile(r"HL7 valid (\w+)")
NULL = re.compile(r'(?<=[|^~&])""(?=[|^~&\r])')  # hl7apy takes an explicit null for a value
REQUIRED = {9: "message type", 10: "control id", 11: "processing id", 12: "version"}
CHARSETS = {
    "": "utf-8",
    "ASCII": "ascii",
    "UNICODE UTF-8": "utf-8",
    "8859/1": "latin-1",
    "8859/15": "iso8859-15",
}


def judge_hl7v2(data: bytes) -> list[str]:
    """Every objection to one HL7 v2 message, as `judge: check: place: text`.

    hl7apy checks against the version in MSH-12 and the structure in MSH-9.3; its warnings (user tables) are
    not objections.
    """
    return [str(verdict) for verdict in v2_verdicts(data)]


def v2_verdicts(data: bytes) -> list[Verdict]:
    """The same, as data."""
    header = list(_header(data))
    if header:
        return header
    text = _decoded(data)
    if text is None:
        return [Verdict(OWN, "charset", "MSH-18", "the bytes are not in the declared character set")]
    return [*_lines(text), *_hl7apy(text)]


def _header(data: bytes) -> Iterator[Verdict]:
    if not data.startswith(b"MSH|^~\\&|"):
        yield Verdict(OWN, "header", "MSH-1", "does not start with MSH and the standard delimiters")
        return
    first = data.split(b"\r", 1)[0].split(b"|")
    for number, what in REQUIRED.items():
        if number - 1 >= len(first) or not first[number - 1].strip():
            yield Verdict(OWN, "header", f"MSH-{number}", f"no {what}")
    if b"\n" in data:
        yield Verdict(OWN, "line", "", "a line feed: segments end with a carriage return")
    if not data.endswith(b"\r"):
        yield Verdict(OWN, "line", "", "the last segment does not end with a carriage return")


def _decoded(data: bytes) -> str | None:
    first = data.split(b"\r", 1)[0].split(b"|")
    declared = first[17].split(b"~")[0].decode("ascii", "replace") if len(first) > 17 else ""
    try:
        return data.decode(CHARSETS.get(declared, "utf-8"))
    except UnicodeDecodeError:
        return None


def _lines(text: str) -> Iterator[Verdict]:
    for number, line in enumerate(text.split("\r")[:-1], 1):
        where = f"{line[:3]}[line {number}]"
        if not SEGMENT.match(line) or line[3:4] not in ("|", ""):
            yield Verdict(OWN, "segment", where, "not a segment")
        if line.endswith("|"):
            yield Verdict(OWN, "trailing", where, "ends with empty fields")
        yield from _escapes(line, where)


def _escapes(line: str, where: str) -> Iterator[Verdict]:
    if line.startswith("MSH"):
        line = line[8:]
    if line.count("\\") % 2:
        yield Verdict(OWN, "escape", where, "an escape is not closed")
        return
    for found in ESCAPE.finditer(line):
        if not KNOWN_ESCAPE.fullmatch(found.group(1)):
            yield Verdict(OWN, "escape", where, "an unknown escape")


def _hl7apy(text: str) -> Iterator[Verdict]:
    try:
        message = parse_message(text, validation_level=VALIDATION_LEVEL.TOLERANT)
    except HL7apyException as error:
        yield Verdict(HL7APY, type(error).__name__, "", "does not parse")
        return
    if getattr(message, "reference", None) is None:
        yield Verdict(HL7APY, "structure", "MSH-9.3", "no such message structure in this version")
        return
    yield from _dropped(text, message)
    yield from _report(message)
    yield from _values(text)


def _dropped(text: str, message: Message) -> Iterator[Verdict]:
    """hl7apy drops, silently, the segments that it finds no place for."""
    placed = Counter(line[:3] for line in message.to_er7().split("\r"))
    for name, count in Counter(line[:3] for line in text.split("\r") if line).items():
        if count > placed[name] and not name.startswith("Z"):
            yield Verdict(HL7APY, "structure", name, "has no place in the message structure")


def _report(message: Message) -> Iterator[Verdict]:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report"
        try:
            Validator.validate(message, reference=message.reference, report_file=str(report))
        except HL7apyException as error:
            if not report.exists():
                yield Verdict(HL7APY, type(error).__name__, "", "does not validate")
        lines = report.read_text().splitlines() if report.exists() else []
    for line in lines:
        if line.startswith("Error: "):
            yield _told(line.removeprefix("Error: "))


def _told(line: str) -> Verdict:
    """hl7apy names the place last (`Missing required child PID.PID_3`)."""
    words = line.partition(" (")[0].split()
    place = words[-1] if "_" in words[-1] or "." in words[-1] else ""
    return Verdict(HL7APY, "validate", place, line if "Datatype" in line or place else line.partition(":")[0])


def _values(text: str) -> Iterator[Verdict]:
    """Strict parsing refuses values that are not of their datatype; it tells the type, no place."""
    try:
        parse_message(NULL.sub("", text), validation_level=VALIDATION_LEVEL.STRICT)
    except HL7apyException as error:
        yield Verdict(HL7APY, type(error).__name__, "", "refused by strict parsing")
    except ValueError as error:
        name = DATATYPE.search(str(error))
        yield Verdict(
            HL7APY, "ValueError", "", f"a value is not a valid {name.group(1) if name else 'value'}"
        )
