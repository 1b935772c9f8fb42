"""pyx12 as a judge of what is made."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from functools import cache
from typing import Any
from unittest.mock import patch

import pyx12.map_if
import pyx12.params
import pyx12.x12n_document

_read_map = pyx12.map_if.load_map_file


@cache
def _map(name: str) -> Any:
    return _read_map(name, pyx12.params.params())


def _read_once(name: str, parameters: Any, folder: Any = None) -> Any:
    """pyx12 reads its map anew for each document, which takes a second; the map has no state, so once is enough."""
    return _map(name)


def verdict(data: bytes | str) -> tuple[bool, list[dict[str, Any]]]:
    """Whether pyx12 accepts an interchange, and its errors as it tells them."""
    text = data.decode("ascii") if isinstance(data, bytes) else data
    told = io.StringIO()
    logging.getLogger("pyx12").setLevel(logging.CRITICAL)
    with patch.object(pyx12.map_if, "load_map_file", _read_once):
        accepted = pyx12.x12n_document.x12n_document(
            pyx12.params.params(), io.StringIO(text), None, None, fd_json=told
        )
    return accepted, list(_errors(json.loads(told.getvalue() or "{}")))


def _errors(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "errors":
                yield from value
            else:
                yield from _errors(value)
    elif isinstance(node, list):
        for item in node:
            yield from _errors(item)
