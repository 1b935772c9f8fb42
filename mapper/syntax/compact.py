"""A syntax tree as compact JSON, and back: reading one takes a tenth of the time of parsing its text.

A node is a list of its kind's number and its fields; a span is its two offsets, since all of a tree's spans lie in
one file. The form is plain data: reading it makes nodes of the tree and nothing else, whatever the bytes hold.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from mapper import assets
from mapper.source import Span
from mapper.syntax import tree

_TUPLE, _SPAN, _DECIMAL = 0, 1, 2
_FIRST = 3
_KINDS: tuple[Any, ...] = tuple(
    kind for name in tree.__all__ if isinstance(kind := getattr(tree, name), type) and is_dataclass(kind)
)
_NUMBERS: dict[type, int] = {kind: number for number, kind in enumerate(_KINDS, _FIRST)}
_FIELDS: dict[type, tuple[str, ...]] = {kind: tuple(each.name for each in fields(kind)) for kind in _KINDS}


def pack(module: tree.Module) -> bytes:
    """A module's tree as JSON, without the name of its file.

    Raises `ValueError` for a tree that is too deep for it: hundreds of terms within terms.
    """
    try:
        return orjson.dumps(_packed(module.declarations))
    except (TypeError, RecursionError) as error:
        raise ValueError("this tree is too deep") from error


def unpack(data: bytes, file: str, length: int) -> tree.Module:
    """The tree that `pack` wrote, for a file as it is shown now, with a text of `length` characters.

    Raises `ValueError` for anything else.
    """
    try:
        declarations = _Reader(file).read(orjson.loads(data))
    except (LookupError, TypeError, InvalidOperation, RecursionError) as error:
        raise ValueError("this is no syntax tree") from error
    if not isinstance(declarations, tuple):
        raise ValueError("this is no syntax tree")
    return tree.Module(file, declarations, Span(file, 0, length))


def _packed(value: Any) -> Any:
    kind = type(value)
    if kind is Span:
        return [_SPAN, value.start, value.end]
    if kind is tuple:
        return [_TUPLE, *map(_packed, value)]
    if kind is Decimal:
        return [_DECIMAL, str(value)]
    number = _NUMBERS.get(kind)
    if number is None:
        return value
    return [number, *[_packed(getattr(value, name)) for name in _FIELDS[kind]]]


class _Reader:
    __slots__ = ("_file",)

    def __init__(self, file: str) -> None:
        self._file = file

    def read(self, value: Any) -> Any:
        if type(value) is not list:
            return value
        number = value[0]
        if number == _SPAN:
            return Span(self._file, value[1], value[2])
        read = self.read
        if number == _TUPLE:
            return tuple([read(each) for each in value[1:]])
        if number == _DECIMAL:
            return Decimal(value[1])
        return _KINDS[number - _FIRST](*[read(each) for each in value[1:]])


@cache
def fingerprint() -> str:
    """Changes with the grammar, the parser, the tree and this form: a tree that was kept is of use under the same."""
    digest = hashlib.sha256()
    for path in _sources():
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    """What decides how a text without mistakes is read."""
    here = Path(__file__).parent
    yield assets.grammar() / "mapping.lark"
    yield here.parent / "source.py"
    for name in ("compact.py", "grammar.py", "limits.py", "parser.py", "recover.py"):
        yield here / name
    for folder in ("build", "tree"):
        yield from sorted((here / folder).glob("*.py"))
