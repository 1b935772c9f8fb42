"""The quick way from JSON bytes to values of the right shapes: msgspec reads and checks in one pass.

It takes most documents that programs write, and no wrong one. What it does not know it leaves out: elements of no type,
what is nested deeper than real data is, contained resources. So a document has been understood whole if it is written,
compactly, as it was read. Any other one is left to the thorough way, which tells what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, TypeAlias, TypedDict

import msgspec
import orjson

from runtime.codecs.fhir.conform import Inexact, fits
from runtime.codecs.fhir.shapes import ABSTRACT, JSON_TYPES, Tables, is_primitive

_HEAD = b'{"resourceType":"'
_DECIMAL = re.compile(r"-?[0-9]{1,64}(?:\.[0-9]{1,64})?")
_BESIDE = re.compile(rb'_([A-Za-z]+)":\[')
_PRIMITIVES = re.compile(rb'(?:[^][{}"]|"(?:[^"\\]|\\.)*")*\],')
_DEPTH_BESIDE = 8
_FILLED = msgspec.Meta(min_length=1)
_TEXT: Any = Annotated[str, _FILLED]
_TURNS = 3
"""How often a type may stand inside itself, and extensions inside extensions: this bounds the depth of documents.

Three is what real data needs: an address in a part of an extension has extensions of its own lines, and an identifier
in an extension is assigned by who has an identifier.
"""

Place: TypeAlias = tuple[str, int, int]
"""A type where it may stand: its name, how many extensions are around it, and how many turns through itself."""


class _Lists(type):
    def __instancecheck__(cls, value: object) -> bool:
        return type(value) is list


class Aligned(metaclass=_Lists):
    """A list beside a list of primitives, aligned by nulls: whether it fits, its neighbour must say.

    msgspec hands such a list over as it is, and asks whether what comes back is one.
    """


class _Unfit(Exception):
    """A value that is not written as it is read, or a list that is not aligned with its neighbour."""


@lru_cache(16)
def reader_of(tables: Tables) -> TypedReader:
    """The reader of one shape set, made once."""
    return TypedReader(tables)


class TypedReader:
    """Reads documents of one shape set. Decoders are made when a resource type first comes."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._types: dict[Place, Any] = {}
        self._below: dict[str, frozenset[str]] = {}
        self._decoders: dict[bytes, msgspec.json.Decoder[Any]] = {}
        self._beside = 0
        self._nulls = 0

    def read(self, data: bytes) -> dict[str, Any] | None:
        """The value of a document that fits, or `None` where it may not."""
        self._nulls = 0
        try:
            value = self._resource(data)
            if value is not None and data.startswith(_BUNDLE):
                value = self._whole(value)
            if value is None or orjson.dumps(value, default=_digits) != data:
                return None
            if sum(1 for _ in places(data, b"null")) != self._nulls:  # text that holds the word is left, too
                return None
        except (msgspec.MsgspecError, _Unfit, TypeError, UnicodeDecodeError, RecursionError):
            return None
        return value if data.rfind(b"{}") < 0 else None  # rfind is the quickest search for two bytes

    def _whole(self, bundle: dict[str, Any]) -> dict[str, Any] | None:
        """A Bundle with its resources, which came as their bytes."""
        for entry in bundle.get("entry", ()):
            held = entry.get("resource")
            if held is not None:
                entry["resource"] = self._resource(bytes(held))
                if entry["resource"] is None:
                    return None
        return bundle

    def _resource(self, data: bytes) -> dict[str, Any] | None:
        if not data.startswith(_HEAD):
            return None
        kind = data[len(_HEAD) : data.find(b'"', len(_HEAD))]
        decoder = self._decoders.get(kind) or self._decoder(kind)
        if decoder is None:
            return None
        self._beside = 0
        value: dict[str, Any] = decoder.decode(data)
        if self._beside:
            self._nulls += _nulls_aligned(data, self._beside)
        return value

    def _decoder(self, kind: bytes) -> msgspec.json.Decoder[Any] | None:
        name = kind.decode("ascii", "replace")
        if self._tables.resource(name) is None:
            return None
        known = TypedDict(name, {"resourceType": str, **self._elements((name, 0, 0))}, total=False)  # type: ignore[misc]
        decoder = msgspec.json.Decoder(known, dec_hook=self._hook)
        self._decoders[kind] = decoder
        return decoder

    def _hook(self, _: type, items: list[Any]) -> list[Any]:
        """A list beside a list of primitives: elements and nulls, not all of them null."""
        self._beside += 1
        table, nulls = self._tables.element(), 0
        inexact: Inexact = []
        for item in items:
            if item is None:
                nulls += 1
            elif not fits(item, table, self._tables, _DEPTH_BESIDE, inexact) or inexact:
                raise ValueError("no element")
        if nulls == len(items):
            raise ValueError("no element")
        self._nulls += nulls
        return items

    # -- types -------------------------------------------------------------------------------

    def _type(self, place: Place) -> Any:
        """What msgspec is to read at a place; made once."""
        if place not in self._types:
            name = f"{place[0]} {place[1]} {place[2]}"
            self._types[place] = TypedDict(name, self._elements(place), total=False)  # type: ignore[operator]
        return self._types[place]

    def _elements(self, place: Place) -> dict[str, Any]:
        """The elements of a type; what stands beside primitives comes last, since msgspec looks for a key in order."""
        elements: dict[str, Any] = {}
        for element, (of, many) in self._tables.shapes[place[0]].items():
            if element != "resourceType":
                self._add(elements, place, element, str(of), bool(many))
        return dict(sorted(elements.items(), key=lambda pair: pair[0].startswith("_")))

    def _add(self, elements: dict[str, Any], place: Place, element: str, of: str, many: bool) -> None:
        """Give a type one more element; none that would lead too deep, or whose resource the Bundle does not hold."""
        if of in ABSTRACT:
            if place[0] == "Bundle.entry":
                elements[element] = msgspec.Raw
        elif is_primitive(of):
            kind = JSON_TYPES.get(of, str)
            one = _TEXT if kind is str else kind
            if not many:
                elements[element] = one
            elif kind is not Decimal:
                elements[element] = _filled(one | None)
            beside = self._next(place, "Extension")
            if beside is not None:
                elements[f"_{element}"] = Aligned if many else self._element(beside)
        else:
            inner = self._next(place, of)
            if inner is not None:
                known = self._type(inner)
                elements[element] = _filled(known) if many else known

    def _element(self, extension: Place) -> Any:
        """The type of what stands beside a primitive."""
        place = ("Element", extension[1], extension[2])
        if place not in self._types:
            held = {"id": _TEXT, "extension": _filled(self._type(extension))}
            self._types[place] = TypedDict("Element", held, total=False)  # type: ignore[operator]
        return self._types[place]

    def _next(self, place: Place, of: str) -> Place | None:
        """A type inside another one, or `None` where that leads too deep."""
        name, extensions, turns = place
        if of == "Extension":
            return None if extensions == _TURNS else (of, extensions + 1, turns)
        if name not in self._reached(of):
            return of, extensions, turns
        return None if turns == _TURNS else (of, extensions, turns + 1)

    def _reached(self, name: str) -> frozenset[str]:
        """The types that may stand below one, itself included; extensions are counted apart."""
        if name not in self._below:
            found = {name}
            waiting = [name]
            while waiting:
                for of, _ in self._tables.shapes[waiting.pop()].values():
                    if (
                        of in self._tables.shapes
                        and of not in found
                        and of != "Extension"
                        and of not in ABSTRACT
                    ):
                        found.add(str(of))
                        waiting.append(str(of))
            self._below[name] = frozenset(found)
        return self._below[name]


def _filled(one: Any) -> Any:
    """A list with at least one item."""
    return Annotated[list[one], _FILLED]


def _nulls_aligned(data: bytes, count: int) -> int:
    """How many nulls the lists of primitives have that lists of elements stand beside.

    Raises `_Unfit` where a compact text has not just so many lists of elements, each right behind the list of
    primitives that it is for, or where one of these has nulls alone.
    """
    nulls = 0
    for at in places(data, b"_"):
        beside = _BESIDE.match(data, at)
        if beside is None or data[at - 1] != _QUOTE:
            continue
        key = beside.group(1)
        start = data.rfind(b'"%b":[' % key, 0, at - 1) + len(key) + 3
        if start < len(key) + 3 or not _PRIMITIVES.fullmatch(data, start + 1, at - 1):
            raise _Unfit
        items = orjson.loads(data[start : at - 2])
        missing = items.count(None)
        if missing == len(items):
            raise _Unfit
        nulls += missing
        count -= 1
    if count:
        raise _Unfit
    return nulls


def places(data: bytes, what: bytes) -> Iterator[int]:
    """Where something stands in a text, for what is rare in it: `find` leaps where `count` walks."""
    at = data.find(what)
    while at >= 0:
        yield at
        at = data.find(what, at + len(what))


_QUOTE = ord('"')
_BUNDLE = _HEAD + b'Bundle"'


def _digits(value: Any) -> orjson.Fragment:
    text = str(value) if type(value) is Decimal else ""
    if not _DECIMAL.fullmatch(text):
        raise _Unfit
    return orjson.Fragment(text)
