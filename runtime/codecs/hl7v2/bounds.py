"""Refuses messages whose parts pass the limits. A count over the whole message decides most cases at once."""

from __future__ import annotations

from runtime.codecs.findings import TOO_LARGE, decode_error
from runtime.codecs.hl7v2.positions import is_segment_name
from runtime.codecs.limits import Limits


def check_size(data: bytes, limits: Limits) -> None:
    """Raise DecodeError R103 if the message is larger than `limits.message`."""
    if len(data) > limits.message:
        raise decode_error(
            TOO_LARGE, f"byte {limits.message}", f"larger than the limit of {limits.message} bytes"
        )


def check_bounds(text: str, limits: Limits) -> None:
    """Raise DecodeError R103 at the first part that is one too many or too large.

    `text` has one CR between segments, no blank lines and standard delimiters.
    """
    if text.count("\r") + (not text.endswith("\r")) > limits.segments:
        raise decode_error(
            TOO_LARGE, f"segment {limits.segments + 1}", f"more than {limits.segments} segments"
        )
    if _may_exceed(text, limits):
        for number, line in enumerate(text.split("\r"), 1):
            if _may_exceed(line, limits):
                _check_segment(line, f"line {number}", limits)


def _may_exceed(text: str, limits: Limits) -> bool:
    """Whether a segment in a text may pass a limit: not where all of it together does not."""
    return (
        len(text) > limits.field
        or text.count("|") > limits.fields
        or text.count("~") >= limits.repetitions
        or text.count("^") + text.count("&") >= limits.components
    )


def _check_segment(line: str, where: str, limits: Limits) -> None:
    if line.count("|") > limits.fields:
        raise decode_error(TOO_LARGE, where, f"more than {limits.fields} fields")
    fields = line.split("|")
    shift = 1 if fields[0] == "MSH" else 0
    name = fields[0] if is_segment_name(fields[0]) else "field "
    for number, field in enumerate(fields):
        problem = _excess(field, limits) if (shift, number) != (1, 1) else ""
        if problem:
            raise decode_error(TOO_LARGE, f"{where}, {name}-{number + shift}", problem)


def _excess(field: str, limits: Limits) -> str:
    if len(field) > limits.field:
        return f"{len(field)} characters, more than the limit of {limits.field}"
    if field.count("~") >= limits.repetitions:
        return f"more than {limits.repetitions} repetitions"
    if field.count("^") + field.count("&") >= limits.components and any(
        repetition.count("^") + repetition.count("&") >= limits.components for repetition in field.split("~")
    ):
        return f"more than {limits.components} components"
    return ""
