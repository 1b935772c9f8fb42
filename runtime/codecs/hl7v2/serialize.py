"""Writes a message from the tree that generated code builds: unescaped values by number, slots by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from runtime.codecs.findings import NO_PLACE, UNKNOWN_SLOT, UNKNOWN_STRUCTURE, UNWRITABLE_VALUE, encode_error
from runtime.codecs.hl7v2.charset import codec_name
from runtime.codecs.hl7v2.escapes import escape, unescape
from runtime.codecs.hl7v2.model import Segment, Structures
from runtime.codecs.hl7v2.parse import is_newer
from runtime.codecs.hl7v2.structure import Node, automaton_of
from runtime.errors import Finding

Value: TypeAlias = "str | dict[int, Value] | list[Value] | None"
"""A leaf's text, parts by number, or the repetitions of a field. None and `''` are absent."""


def serialize(
    tree: Mapping[str, Any],
    structures: Structures,
    structure_name: str,
    findings: list[Finding] | None = None,
) -> bytes:
    """The bytes of a message: segments in the structure's order, CR after each, standard delimiters.

    A slot holds one segment or group, or a list of them. MSH-1 and MSH-2 are written, and MSH-9.3 from
    version 2.3.1 on. The character set is the one of MSH-18; UTF-8 if that is absent or lacks a character,
    and MSH-18 then says so. A slot that the structure lacks is told in `findings` (R116) and left out. Raises
    EncodeError R110 for an unknown structure, R131 for a value that is no text, and R130 for such a slot where there
    are no `findings`.
    """
    try:
        automaton = automaton_of(structures, structure_name)
    except KeyError:
        raise encode_error(UNKNOWN_STRUCTURE, "MSH-9", "no such message structure") from None
    lines: list[str] = []
    _add_lines(tree, automaton.root, "", lines, findings)
    if not lines or not lines[0].startswith("MSH"):
        raise encode_error(UNWRITABLE_VALUE, "MSH", "a message must begin with one MSH segment")
    lines[0] = _finish_header(lines[0], structure_name)
    return _encode(lines)


def segment_values(segment: Segment) -> dict[int, Value]:
    """Values by number of one parsed segment, as `serialize` takes them; the inverse of writing it."""
    first = 3 if segment[0] == "MSH" else 1
    values: dict[int, Value] = {}
    for number in range(first, len(segment)):
        if segment[number]:
            values[number] = _repetitions(segment[number])
    return values


def _repetitions(field: str) -> Value:
    if "~" in field:
        return [_components(repetition) for repetition in field.split("~")]
    return _components(field)


def _components(repetition: str) -> Value:
    if "^" in repetition:
        parts = enumerate(repetition.split("^"), 1)
        return {number: _subcomponents(part) for number, part in parts if part}
    return {1: _subcomponents(repetition)} if "&" in repetition else unescape(repetition)


def _subcomponents(component: str) -> Value:
    if "&" in component:
        return {number: unescape(part) for number, part in enumerate(component.split("&"), 1) if part}
    return unescape(component)


def _add_lines(
    group: Mapping[str, Any], node: Node, path: str, lines: list[str], findings: list[Finding] | None
) -> None:
    """Add the text of a group's segments."""
    left = len(group)
    for child in node.children:
        held = group.get(child.slot)
        if held is None:
            continue
        left -= 1
        for occurrence in held if type(held) is list else (held,):
            if child.is_group:
                _add_lines(occurrence, child, f"{path}{child.slot}.", lines, findings)
            else:
                line = _segment_line(child.name, occurrence)
                if line:
                    lines.append(line)
    if left:
        _check_slots(group, node, path, findings)


def _check_slots(group: Mapping[str, Any], node: Node, path: str, findings: list[Finding] | None) -> None:
    slots = {child.slot for child in node.children}
    for slot in group:
        if slot in slots or not group[slot]:
            continue
        if findings is None:
            raise encode_error(UNKNOWN_SLOT, f"{path}{slot}", "the message structure has no such slot")
        findings.append(
            Finding(NO_PLACE, "warning", "its structure has no place for it: left out", f"{path}{slot}")
        )


def _segment_line(name: str, values: Mapping[int, Value]) -> str:
    """Text of one segment without trailing empty fields; empty if no field has a value."""
    if not values:
        return ""
    fields = [""] * (max(values) + 1)
    number = 0
    try:
        for number, held in values.items():
            value = held[0] if type(held) is list and len(held) == 1 else held
            if type(value) is str:
                fields[number] = value if value.isalnum() else escape(value)
            elif type(value) is dict:
                fields[number] = _repetition(value)
            elif value is not None:
                fields[number] = raw_field(value)
    except TypeError as problem:
        raise encode_error(UNWRITABLE_VALUE, f"{name}-{number}", str(problem)) from None
    if name == "MSH":
        return "|".join(["MSH", "^~\\&", *fields[3:]]).rstrip("|")
    fields[0] = ""
    text = "|".join(fields).rstrip("|")  # a bar in a value is escaped
    return name + text if text else ""


def raw_field(value: Value) -> str:
    """Text of a field with its delimiters and escapes. Raises TypeError for a value that is no text."""
    if type(value) is list:
        return "~".join([_whole(repetition) for repetition in value]).rstrip("~")
    return _whole(value)


def raw_part(value: Value) -> str:
    """Text of one component of a repetition. Raises TypeError for a value that is no text."""
    return _component(value) if type(value) is dict else _leaf(value)


def raw_parts(value: Value) -> list[str]:
    """Text of each component of a repetition. Raises TypeError for a value that is no text."""
    if type(value) is not dict:
        return [raw_field(value)]
    found = [""] * max(value, default=1)
    for number, part in value.items():
        found[number - 1] = raw_part(part)
    return found


def _whole(value: Value) -> str:
    return _repetition(value) if type(value) is dict else _leaf(value)


def _repetition(value: dict[int, Value]) -> str:
    """Text of a repetition, trailing empty components cut."""
    if not value:
        return ""
    parts = [""] * max(value)
    for number, part in value.items():
        if type(part) is str:
            parts[number - 1] = part if part.isalnum() else escape(part)
        elif type(part) is dict:
            parts[number - 1] = _component(part)
        elif part is not None:
            parts[number - 1] = _leaf(part)
    return "^".join(parts).rstrip("^")


def _component(value: dict[int, Value]) -> str:
    """Text of a component, trailing empty subcomponents cut."""
    if not value:
        return ""
    parts = [""] * max(value)
    for number, part in value.items():
        if type(part) is str:
            parts[number - 1] = part if part.isalnum() else escape(part)
        elif part is not None:
            parts[number - 1] = _leaf(part)
    return "&".join(parts).rstrip("&")


def _leaf(value: Value) -> str:
    if type(value) is str:
        return value if value.isalnum() else escape(value)
    if value is None:
        return ""
    raise TypeError(f"text expected, not {type(value).__name__}")


def _finish_header(line: str, structure_name: str) -> str:
    fields = line.split("|")
    if len(fields) > 8 and fields[8]:
        version = fields[11].split("^", 1)[0] if len(fields) > 11 else ""
        parts = fields[8].split("^")
        if not version or is_newer(version, "2.3"):
            parts = [*[*parts, ""][:2], structure_name, *parts[3:]]
        fields[8] = "^".join(parts)
    return "|".join(fields)


def _encode(lines: list[str]) -> bytes:
    text = "\r".join(lines) + "\r"
    if text.isascii():
        return text.encode("ascii")
    fields = lines[0].split("|")
    declared = fields[17].split("~", 1)[0] if len(fields) > 17 else ""
    codec = codec_name(declared)
    if codec:
        try:
            return text.encode(codec)
        except UnicodeEncodeError:
            codec = ""
    fields.extend([""] * (18 - len(fields)))
    fields[17] = "UNICODE UTF-8"
    lines[0] = "|".join(fields)
    try:
        return ("\r".join(lines) + "\r").encode("utf-8")
    except UnicodeEncodeError:
        raise encode_error(
            UNWRITABLE_VALUE, "", "the text holds a lone surrogate, which is no character"
        ) from None
