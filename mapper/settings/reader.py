"""Reads TOML into typed values; everything that does not fit is told at once, by key and line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from mapper.suggest import nearest

T = TypeVar("T")

_HEADER = re.compile(r"^\s*\[\[?\s*(?P<name>[^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_ASSIGNMENT = re.compile(
    r"^\s*(?P<key>(?:\"[^\"]*\"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:\"[^\"]*\"|'[^']*'|[\w-]+))*)\s*="
)
_SIZE = re.compile(r"(\d+)\s*(|B|KB|KiB|MB|MiB|GB|GiB)")
_UNITS = {"": 1, "B": 1, "KB": 10**3, "KiB": 2**10, "MB": 10**6, "MiB": 2**20, "GB": 10**9, "GiB": 2**30}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a settings file. `line` is 1-based, or 0 where it is not known."""

    file: str
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"


class SettingsError(Exception):
    """A settings file cannot be used; `problems` has at least one entry."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


@dataclass(slots=True)
class Document:
    """A settings file that is being read: its values and what was found wrong so far."""

    file: str
    text: str
    root: Mapping[str, object]
    problems: list[Problem] = field(default_factory=list)

    def tell(self, key: Sequence[str], message: str) -> None:
        """Note a problem of a key."""
        self.problems.append(Problem(self.file, line_of(self.text, key), ".".join(key), message))

    def table(self) -> Table:
        """The file's outermost table."""
        return Table(self, (), self.root)

    def finish(self) -> None:
        """Raise `SettingsError` if anything was wrong."""
        if self.problems:
            raise SettingsError(sorted(self.problems, key=lambda problem: problem.line))


def read(path: Path) -> Document:
    """Open a settings file. Raises `SettingsError` where it cannot be read as UTF-8 TOML."""
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        return Document(str(path), text, tomllib.loads(text))
    except OSError as error:
        message, line = f"cannot be read: {error.strerror}", 0
    except UnicodeDecodeError as error:
        message, line = f"is not UTF-8 at byte {error.start + 1}", 0
    except tomllib.TOMLDecodeError as error:
        message, line = _without_place(str(error), text)
    raise SettingsError([Problem(str(path), line, "", message)])


def _without_place(message: str, text: str) -> tuple[str, int]:
    """tomllib's message, and the line that it ends on."""
    found = re.search(r" \(at line (\d+), column \d+\)$", message)
    if found is None:
        return message.removesuffix(" (at end of document)"), text.count("\n") + 1
    return message[: found.start()], int(found[1])


class Table:
    """One table of a settings file. Each method takes a key out; `done` tells the keys that nobody asked for."""

    def __init__(self, document: Document, path: tuple[str, ...], values: Mapping[str, object]) -> None:
        self.document = document
        self.path = path
        self.values = values
        self.known: list[str] = []

    def tell(self, key: str, message: str) -> None:
        """Note a problem of a key of this table."""
        self.document.tell((*self.path, key), message)

    def text(self, key: str, default: str = "") -> str:
        """A string, `default` where the key is absent."""
        return self._typed(key, str, "a text in quotes", default)

    def checked(self, key: str, problem: Callable[[str], str | None], default: str = "") -> str:
        """A string for which `problem` has nothing to say; it is not asked about an absent key."""
        value = self.text(key, default)
        if key in self.values and isinstance(self.values[key], str) and (message := problem(value)):
            self.tell(key, message)
        return value

    def choice(self, key: str, options: Sequence[str], default: str) -> str:
        """One of a few words."""
        value = self.text(key, default)
        if value != default and value not in options:
            self.tell(key, f"must be one of {', '.join(options)}")
            return default
        return value

    def texts(self, key: str, default: Sequence[str] = ()) -> tuple[str, ...]:
        """A list of strings."""
        values = self._typed(key, list, "a list of texts", list(default))
        if not all(isinstance(value, str) for value in values):
            self.tell(key, "must be a list of texts in quotes")
            return tuple(default)
        return tuple(values)

    def size(self, key: str, default: int) -> int:
        """A positive count, or a size in bytes such as `"16 MiB"`."""
        self.known.append(key)
        value = self.values.get(key, default)
        if isinstance(value, str) and (found := _SIZE.fullmatch(value.strip())):
            value = int(found[1]) * _UNITS[found[2]]
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            self.tell(key, 'must be a positive number, or a size like "16 MiB"')
            return default
        return value

    def table(self, key: str) -> Table:
        """A table inside this one; an empty one where the key is absent."""
        return Table(self.document, (*self.path, key), self._typed(key, dict, "a table", {}))

    def names(self) -> list[str]:
        """All keys of a table whose keys are names that the author gives."""
        return list(self.values)

    def mapping(self) -> dict[str, str]:
        """The whole table as names and texts."""
        return {name: self.text(name) for name in self.names()}

    def done(self) -> None:
        """Tell each key that is not a setting, with the nearest that is."""
        for key in self.values:
            if key not in self.known:
                close = nearest(key, self.known)
                self.tell(key, "there is no such setting" + (f"; did you mean {close}?" if close else ""))

    def _typed(self, key: str, kind: type[T], called: str, default: T) -> T:
        self.known.append(key)
        value = self.values.get(key, default)
        if not isinstance(value, kind):
            self.tell(key, f"must be {called}")
            return default
        return value


def line_of(text: str, key: Sequence[str]) -> int:
    """The 1-based line on which a key is set, else that of the nearest table around it, else 0."""
    best, best_line = 0, 0
    header: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), start=1):
        if found := _HEADER.match(line):
            header = here = _parts(found["name"])
        elif found := _ASSIGNMENT.match(line):
            here = (*header, *_parts(found["key"]))
        else:
            continue
        if len(here) > best and here == tuple(key[: len(here)]):
            best, best_line = len(here), number
    return best_line


def _parts(dotted: str) -> tuple[str, ...]:
    parts = re.findall(r"\"([^\"]*)\"|'([^']*)'|([\w-]+)", dotted)
    return tuple(next(filter(None, part), "") for part in parts)
