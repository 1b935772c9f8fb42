"""Reads one HL7 v2 message: bytes to segments of raw fields, placed in the tree of the message structure."""

from __future__ import annotations

import re
from functools import lru_cache

from runtime.codecs.findings import (
    BAD_CHARACTER_SET,
    NEWER_VERSION,
    NO_MSH,
    SECOND_MESSAGE,
    TRUNCATED,
    TRUNCATED_VALUE,
    UNKNOWN_STRUCTURE,
    Findings,
    decode_error,
)
from runtime.codecs.hl7v2.bounds import check_bounds, check_size
from runtime.codecs.hl7v2.charset import codec_name, decode_text
from runtime.codecs.hl7v2.delimiters import Delimiters, normalise, read_delimiters
from runtime.codecs.hl7v2.escapes import escape
from runtime.codecs.hl7v2.model import Message, Segment, Structures
from runtime.codecs.hl7v2.placing import place
from runtime.codecs.hl7v2.positions import segment_position
from runtime.codecs.hl7v2.structure import automaton_of
from runtime.codecs.limits import DEFAULT_LIMITS, Limits

_STANDARD_HEADER = "MSH|^~\\&|"
_BLANK_LINES = re.compile(r"\r\r+")
_BYTES = re.compile(r"\\X((?:[0-9A-Fa-f]{2})+)\\")


def parse(data: bytes, structures: Structures, limits: Limits = DEFAULT_LIMITS) -> Message:
    """The message that `data` holds. Raises DecodeError R101, R102, R103, R109 or R114, and nothing else.

    Everything else that is odd about the message is told in `Message.findings`, and read as well as it can
    be.
    """
    check_size(data, limits)
    findings = Findings(limits)
    text, codec = _read_text(data, findings)
    ended = text[-1] == "\r"
    check_bounds(text, limits)
    segments = [line.split("|") for line in text.split("\r") if line]
    header = segments[0]
    header.insert(1, "|")
    if len(header) < 10:
        header = _check_header(segments)
    if "\rMSH" in text:
        _check_single(segments)
    clean = text.count("\\") == 1 and '""' not in text
    if not clean and "\\X" in text:
        _decode_bytes(segments, codec_name(_declared_set(header)) or codec if text.isascii() else codec)
    message, complete = _message(segments, structures, clean, findings)
    if not complete and not ended:
        _tell_cut(segments, findings)
    return message


def _read_text(data: bytes, findings: Findings) -> tuple[str, str]:
    """Text from MSH on with standard delimiters and CR between segments, and the codec of its bytes."""
    if data.isascii():
        text, codec = data.decode("ascii"), "utf-8"
    else:
        text, codec = decode_text(data, findings)
    if "\n" in text:
        text = text.replace("\r\n", "\r").replace("\n", "\r")
    if "\r\r" in text:
        text = _BLANK_LINES.sub("\r", text)
    if not text.startswith(_STANDARD_HEADER):
        text = _find_header(text, findings)
    if text[-1] != "\r" or "\x1c" in text:
        text = _check_end(text)
    return text, codec


def _find_header(text: str, findings: Findings) -> str:
    """The text from MSH on, normalised. Blank lines, a BOM and an MLLP start byte may come first."""
    text = text.lstrip("\ufeff\x0b\r\t \x00")
    if not text.startswith("MSH"):
        raise decode_error(NO_MSH, "line 1", _what_instead(text))
    own = read_delimiters(text.split("\r", 1)[0])
    if own == Delimiters("|", *"^~\\&"):
        return text
    normal = normalise(text, own)
    if own.truncation:
        _tell_cut_values(normal, own.truncation, findings)
    return normal


def _what_instead(text: str) -> str:
    if not text:
        return "the input is empty"
    if text.startswith(("FHS", "BHS")):
        return "the input is a batch: split it into messages first"
    return "the input does not begin with an MSH segment"


def _tell_cut_values(text: str, truncation: str, findings: Findings) -> None:
    """MSH-2's fifth character at the end of a value says that the sender cut it (2.7, chapter 2.5.5.2)."""
    for number, line in enumerate(text.split("\r")):
        cut = sum(line.count(truncation + delimiter) for delimiter in "|^~&") + line.endswith(truncation)
        if cut:
            findings.tell(
                TRUNCATED_VALUE, "info", f"line {number + 1}", f"values marked as cut by the sender: {cut}"
            )


def _check_end(text: str) -> str:
    """The text without an MLLP end byte, which ends a segment too; an error if it ends within a segment's name."""
    bare = text.rstrip("\x1c\x00\r")
    last = bare.rsplit("\r", 1)[-1]
    if len(last) < 3 and last.strip():
        line = bare.count("\r") + 1
        raise decode_error(TRUNCATED, f"line {line}", "the message ends within the name of a segment")
    ended = any(end in text[len(bare) :] for end in "\r\x1c")
    return bare + "\r" if ended else bare


def _check_header(segments: list[Segment]) -> Segment:
    """An MSH that ends before MSH-9: an error if the message ends there too, else it gets empty fields."""
    header = segments[0]
    if len(segments) == 1:
        raise decode_error(TRUNCATED, f"MSH-{len(header) - 1}", "the message ends before its type, MSH-9")
    header.extend([""] * (10 - len(header)))
    return header


def _check_single(segments: list[Segment]) -> None:
    for index, segment in enumerate(segments[1:], 2):
        if segment[0] == "MSH":
            raise decode_error(
                SECOND_MESSAGE, f"segment {index}", "a second message begins: split the input first"
            )


def _decode_bytes(segments: list[Segment], codec: str) -> None:
    """Replace `\\X..\\` by the text that its bytes are in the message's character set; other bytes stay."""

    def decoded(match: re.Match[str]) -> str:
        try:
            return escape(bytes.fromhex(match.group(1)).decode(codec))
        except UnicodeDecodeError:
            return match.group()

    for segment in segments:
        for number, text in enumerate(segment):
            if "\\X" in text:
                segment[number] = _BYTES.sub(decoded, text)


def _declared_set(header: Segment) -> str:
    return header[18].split("~", 1)[0] if len(header) > 18 else ""


def _tell_cut(segments: list[Segment], findings: Findings) -> None:
    where = f"{segment_position(segments, len(segments) - 1)}-{len(segments[-1]) - 1}"
    findings.tell(
        TRUNCATED, "error", where, "the segment has no end, and required ones are missing: probably cut here"
    )


def _message(
    segments: list[Segment], structures: Structures, clean: bool, findings: Findings
) -> tuple[Message, bool]:
    """The message, and whether its structure allows it to end where it does."""
    header = segments[0]
    kind, trigger, declared = (*header[9].split("~", 1)[0].split("^"), "", "")[:3]
    version = header[12].split("^", 1)[0] if len(header) > 12 else ""
    if is_newer(version, structures["version"]):
        known = structures["version"]
        findings.tell(
            NEWER_VERSION, "warning", "MSH-12", f"newer than {known}, the newest known; read as that"
        )
    if _declared_set(header) and not codec_name(_declared_set(header)):
        findings.tell(BAD_CHARACTER_SET, "warning", "MSH-18", "the declared character set is not known")
    structure = structure_name(kind, trigger, declared, structures)
    if structure:
        tree, unplaced, complete = place(segments, automaton_of(structures, structure), findings)
    else:
        findings.tell(
            UNKNOWN_STRUCTURE, "error", "MSH-9", "no message structure is known for this type and event"
        )
        tree, unplaced, complete = {"MSH": [header]}, segments[1:], True
    control = header[10] if len(header) > 10 else ""
    message = Message(segments, tree, version, kind, trigger, structure, control, clean, findings, unplaced)
    return message, complete


def structure_name(kind: str, trigger: str, declared: str, structures: Structures) -> str:
    """Structure of a type and event, else the one that MSH-9.3 declares, else the type's own; or empty."""
    known = structures["events"].get(f"{kind}^{trigger}" if trigger else kind, "")
    return next((name for name in (known, declared, kind) if name in structures["messages"]), "")


@lru_cache(maxsize=64)
def is_newer(version: str, known: str) -> bool:
    """Whether a version such as `2.8` comes after `known`. What is no version is not newer."""
    try:
        return [int(part) for part in version.split(".")] > [int(part) for part in known.split(".")]
    except ValueError:
        return False
