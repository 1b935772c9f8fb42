"""Findings and errors of the runtime. Messages name paths and lengths, never values: they may be PHI."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something worth telling about one message.

    `code` is `R1xx` (decode), `R2xx` (map) or `R3xx` (deliver) and has a page in `docs/errors/`.
    `where` is a position in the input: `PID-5[2].1`, `Patient.name[0].family`, `line 7`, `byte 1024`.
    `target` is the element of the output that is concerned; `line` is the `.map` position (`pid.map:18`).
    """

    code: str
    level: Level
    message: str
    where: str = ""
    target: str = ""
    line: str = ""


class MapperError(Exception):
    """A failure that concerns one message; the rest of a batch goes on."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(f"{finding.code} {finding.where}: {finding.message}")
        self.finding = finding


class DecodeError(MapperError):
    """The input cannot be read as its format."""


class EncodeError(MapperError):
    """The output cannot be written in its format."""
