"""Sizes that a codec does not pass, so that hostile or broken input costs bounded memory and time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Largest input that a codec reads. Sizes are in bytes, except `field`, which is in characters.

    `message` bounds one message, document or NDJSON line. `field` bounds one HL7 v2 field with all its
    repetitions. `segments`, `fields`, `repetitions` and `components` count the parts of one message, segment,
    field and repetition. `depth` bounds the nesting of JSON objects and arrays. `findings` bounds how many
    findings one message may collect.
    """

    message: int = 16 * 1024 * 1024
    field: int = 8 * 1024 * 1024
    segments: int = 50_000
    fields: int = 1_000
    repetitions: int = 10_000
    components: int = 1_000
    depth: int = 64
    findings: int = 1_000


DEFAULT_LIMITS = Limits()
