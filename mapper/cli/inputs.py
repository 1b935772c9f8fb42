"""Inputs of a command: files, folders, patterns and standard input, as streams of bytes."""

from __future__ import annotations

import glob
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, Literal

import click

from mapper.driver.session import near_file

Kind = Literal["hl7v2", "fhir", "x12"]

SUFFIXES: dict[Kind, tuple[str, ...]] = {
    "hl7v2": (".hl7", ".er7", ".dat", ".txt", ".msg"),
    "fhir": (".json", ".ndjson", ".jsonl"),
    "x12": (
        ".x12",
        ".edi",
        ".837",
        ".837p",
        ".837i",
        ".835",
        ".270",
        ".271",
        ".277",
        ".277ca",
        ".999",
        ".ta1",
    ),
}
_PATTERN = frozenset("*?[")
_BLANK = b" \t\r\n\x0b\x1c\xef\xbb\xbf"
_PEEK = 4096


@dataclass(frozen=True, slots=True)
class Input:
    """One input: a file, or standard input (`path` is `None`)."""

    name: str
    path: Path | None

    @property
    def size(self) -> int | None:
        """Bytes, where they are known."""
        return self.path.stat().st_size if self.path is not None else None


def expand(arguments: Sequence[str], wanted: Kind | None = None) -> list[Input]:
    """Files in the order given; a folder gives what lies below it, a pattern what matches.

    In a folder, files count whose suffix tells a message: of the kind `wanted`, else HL7 v2 if there are any, else
    FHIR, else X12. Raises `click.UsageError` for what does not exist.
    """
    found = [each for argument in arguments for each in _expand(argument, wanted)]
    return list(dict.fromkeys(found))


def _expand(argument: str, wanted: Kind | None) -> list[Input]:
    if argument == "-":
        return [Input("<stdin>", None)]
    path = Path(argument)
    if path.is_dir():
        return _folder(path, wanted)
    if path.exists():
        return [Input(argument, path)]
    if _PATTERN & set(argument):
        names = sorted(glob.glob(argument, recursive=True))  # noqa: PTH207  # takes absolute patterns too
        matches = [Path(name) for name in names if Path(name).is_file()]
        if not matches:
            raise click.UsageError(f"no file matches {argument}")
        return [Input(str(match), match) for match in matches]
    raise click.UsageError(f"there is no file or folder {argument}{near_file(path)}")


def _folder(folder: Path, wanted: Kind | None) -> list[Input]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not _hidden(path, folder)]
    for kind in [wanted] if wanted else list(SUFFIXES):
        chosen = [path for path in files if path.suffix.lower() in SUFFIXES[kind]]
        if chosen:
            return [Input(str(path), path) for path in chosen]
    suffixes = " ".join(SUFFIXES[wanted] if wanted else (each for kind in SUFFIXES.values() for each in kind))
    raise click.UsageError(f"the folder {folder} holds no messages ({suffixes})")


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


@contextmanager
def opened(each: Input) -> Iterator[BufferedReader]:
    """The bytes of an input, with `peek`."""
    if each.path is None:
        yield _peekable(sys.stdin.buffer)
        return
    with each.path.open("rb") as stream:
        yield stream


def _peekable(stream: BinaryIO) -> BufferedReader:
    """Standard input as a buffered reader; tests put something simpler in its place."""
    return stream if isinstance(stream, BufferedReader) else BufferedReader(stream)  # type: ignore[arg-type]


def kind_of(stream: BufferedReader) -> Kind:
    """What the content is, by how it begins: JSON is FHIR, an ISA is X12, anything else is read as HL7 v2."""
    begin = stream.peek(_PEEK)[:_PEEK].lstrip(_BLANK)
    if begin[:1] in (b"{", b"["):
        return "fhir"
    return "x12" if begin[:3] == b"ISA" else "hl7v2"
