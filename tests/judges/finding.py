"""What a judge says: who judged, which check, where, and why."""

from __future__ import annotations

from typing import NamedTuple


class Verdict(NamedTuple):
    """One objection. `path` is a FHIRPath position or an HL7 v2 place; `text` holds no values of the data."""

    judge: str
    check: str
    path: str
    text: str

    def __str__(self) -> str:
        return f"{self.judge}: {self.check}: {self.path}: {self.text}"
