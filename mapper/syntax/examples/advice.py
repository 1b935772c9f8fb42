"""What an example of a mistake stands for, and the texts around a single wrong line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Advice:
    """What to say: `{found}` in the message is the text that did not fit."""

    code: str
    message: str
    help: str


def body(*lines: str) -> list[str]:
    """Each line as the only statement of a mapping."""
    return ["mapping m between hl7v2 PID and fhir Patient {\n  " + line + "\n}" for line in lines]


def rows(*lines: str) -> list[str]:
    """Each line as the only row of a table."""
    return ['table t "a" <-> "b" {\n  ' + line + "\n}" for line in lines]


def steps(*lines: str) -> list[str]:
    """Each line as the only step of a rule."""
    return ['rules r for x12 837P {\n  rule "1" "t" {\n    ' + line + "\n  }\n}" for line in lines]
