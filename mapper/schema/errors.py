"""Why a schema could not be loaded."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


class SchemaError(Exception):
    """`asked` is not known; `known` lists what is."""

    def __init__(self, what: str, asked: str, known: Iterable[str]) -> None:
        self.asked = asked
        self.known = tuple(known)
        super().__init__(f"unknown {what} `{asked}`; known: {', '.join(self.known)}")


class UnknownFormat(SchemaError):
    """No schema has that format name."""

    def __init__(self, asked: str, known: Iterable[str]) -> None:
        super().__init__("format", asked, known)


class UnknownVersion(SchemaError):
    """The format has no such version."""

    def __init__(self, asked: str, known: Iterable[str]) -> None:
        super().__init__("version", asked, known)


class UnknownProfile(SchemaError):
    """The format has no such profile set."""

    def __init__(self, asked: str, known: Iterable[str]) -> None:
        super().__init__("profile", asked, known)


class WrongMap(SchemaError):
    """A map file of X12 that cannot be used: where (1-based line, 0 for the file as a whole) and why."""

    def __init__(self, file: Path, line: int, what: str) -> None:
        self.asked = str(file)
        self.known = ()
        self.line = line
        Exception.__init__(self, f"{file}:{line}: {what}" if line else f"{file}: {what}")
