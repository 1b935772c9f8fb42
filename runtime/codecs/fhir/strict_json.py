"""JSON text to values without loss: exact decimals, no duplicate keys, no NaN, no lone surrogates."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import orjson

from runtime.codecs.findings import BAD_CHARACTER_SET, JSON_SYNTAX, TOO_LARGE, decode_error

_BLANK_BEFORE_COLON = re.compile(rb'"\s+:')
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"(\s*:)?|[{}]')
_DECIMAL = re.compile(rb"-?[0-9]{1,64}(?:\.[0-9]{1,64})?")
_HOLE = b"\x00"  # which no JSON text holds as it is
# Beyond this many digits or powers of ten, a number is an attack on whoever calculates with it.
_MOST_DIGITS = 1_000


def load_quickly(data: bytes) -> Any:
    """The value of a JSON text in UTF-8, with floats for inexact numbers, and without regard to duplicate keys.

    Raises DecodeError R103, R104 or R120 with line and column; NaN and lone surrogates are refused here.
    """
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as problem:
        raise _syntax_error(data, problem) from None


def has_keys(data: bytes, count: int) -> bool:
    """Whether a JSON text has so many keys, so that none was lost as a duplicate. False may also mean: not known.

    Each key ends with a quote and a colon. Text may hold these too, but then more are found than there are keys.
    """
    if data.count(b'":') != count:
        return False
    blank = b" :" in data or b"\n:" in data or b"\t:" in data or b"\r:" in data
    return not blank or _BLANK_BEFORE_COLON.search(data) is None


def comes_back(value: dict[str, Any], data: bytes, inexact: Sequence[tuple[dict[str, Any], str]]) -> bool:
    """Whether a value is written, compactly, as it was read: then no key stood there twice.

    `inexact` has the floats in the text's order. They become decimals with the digits that stand in their places;
    where the answer is False, they are lost.
    """
    for node, key in inexact:
        node[key] = _Hole
    first, *rest = orjson.dumps(value, default=_digits).split(_HOLE)
    if not data.startswith(first):
        return False
    at = len(first)
    for piece, (node, key) in zip(rest, inexact, strict=True):
        number = _DECIMAL.match(data, at)
        if number is None or not data.startswith(piece, number.end()):
            return False
        node[key] = Decimal(number.group().decode("ascii"))
        at = number.end() + len(piece)
    return at == len(data)


class _Hole:
    """Stands where a decimal's digits are to be read."""


def _digits(value: Any) -> orjson.Fragment:
    return orjson.Fragment(_HOLE if value is _Hole else str(value))


def load_exactly(data: bytes) -> Any:
    """The value of a text that `load_quickly` takes, decimals as Decimal. Raises DecodeError R103 or R120."""
    text = data.decode("utf-8")

    def number(token: str) -> Decimal:
        exponent = token.lower().partition("e")[2]
        if len(token) > _MOST_DIGITS or (exponent and len(exponent.lstrip("+-0")) > 3):
            raise decode_error(TOO_LARGE, place(text, text.find(token)), "a number beyond any use")
        return Decimal(token)

    def integer(token: str) -> int:
        if len(token) > _MOST_DIGITS:
            raise decode_error(TOO_LARGE, place(text, text.find(token)), "a number beyond any use")
        return int(token)

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise decode_error(JSON_SYNTAX, _duplicate(text), "the object has this key already")
        return found

    try:
        return json.loads(text, parse_float=number, parse_int=integer, object_pairs_hook=members)
    except RecursionError:
        raise decode_error(TOO_LARGE, "line 1", "nested too deeply") from None


def place(text: str, offset: int) -> str:
    """`line 3, column 5` of an offset in characters."""
    line = text.count("\n", 0, offset) + 1
    return f"line {line}, column {offset - text.rfind(chr(10), 0, offset)}"


def _syntax_error(data: bytes, problem: orjson.JSONDecodeError) -> Exception:
    if not data.strip():
        return decode_error(JSON_SYNTAX, "line 1", "the input is empty")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as bad:
        return decode_error(BAD_CHARACTER_SET, f"byte {bad.start}", "the input is not valid UTF-8")
    where = f"line {problem.lineno}, column {problem.colno}"
    if "depth" in problem.msg:
        return decode_error(TOO_LARGE, where, "nested too deeply")
    if "infinity" in problem.msg:
        return decode_error(TOO_LARGE, where, "a number beyond any use")
    if problem.pos >= len(text.rstrip()):
        return decode_error(JSON_SYNTAX, where, "the JSON text ends too early")
    return decode_error(JSON_SYNTAX, where, "not valid JSON")


def _duplicate(text: str) -> str:
    """Place of the first key that its object has already; `\\u0061` equals `a`."""
    opened: list[set[str]] = []
    for token in _TOKEN.finditer(text):
        if token.group() == "{":
            opened.append(set())
        elif token.group() == "}":
            opened.pop()
        elif token.group(2) is not None:
            key = json.loads(f'"{token.group(1)}"')
            if key in opened[-1]:
                return place(text, token.start())
            opened[-1].add(key)
    raise AssertionError("an object had fewer keys than its text")
