"""FHIR values to JSON bytes: compact UTF-8, decimals with the digits that they have."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import orjson

from runtime.codecs.findings import UNWRITABLE_VALUE, encode_error
from runtime.errors import EncodeError


def encode(value: Any, pretty: bool = False) -> bytes:
    """JSON text of a value made of dict, list, str, bool, int, Decimal and None; `pretty` indents it.

    Raises EncodeError R131, with the FHIRPath, for anything else: floats are inexact, NaN and infinity are no
    JSON.
    """
    option = orjson.OPT_INDENT_2 if pretty else 0
    try:
        return orjson.dumps(value, default=_fragment, option=option)
    except TypeError:
        return orjson.dumps(_writable(value, ""), default=_fragment, option=option)


def _fragment(value: Any) -> orjson.Fragment:
    if type(value) is Decimal and value.is_finite():
        return orjson.Fragment(str(value))
    raise TypeError


def _writable(value: Any, path: str) -> Any:
    """The value with integers beyond 64 bits as fragments; raises EncodeError where it cannot be written."""
    match value:
        case dict():
            for key in value:
                _check_text(key, path)
            return {
                key: _writable(item, f"{path}.{key}" if path else str(key)) for key, item in value.items()
            }
        case list():
            return [_writable(item, f"{path}[{number}]") for number, item in enumerate(value)]
        case bool() | None:
            return value
        case int():
            return orjson.Fragment(str(value))
        case Decimal() if value.is_finite():
            return orjson.Fragment(str(value))
        case str():
            _check_text(value, path)
            return value
        case _:
            raise encode_error(UNWRITABLE_VALUE, path, f"{type(value).__name__} cannot be written as JSON")


def _check_text(text: Any, path: str) -> None:
    if not isinstance(text, str):
        raise encode_error(UNWRITABLE_VALUE, path, "keys must be strings")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise _surrogate(path) from None


def _surrogate(path: str) -> EncodeError:
    return encode_error(UNWRITABLE_VALUE, path, "the text holds a lone surrogate, which is no character")
