"""pyx12 as a judge of what is made."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pyx12.params
import pyx12.x12n_document


def verdict(data: bytes | str) -> tuple[bool, list[dict[str, Any]]]:
    """Whether pyx12 accepts an interchange, and its errors as it tells them."""
    text = data.decode("ascii") if isinstance(data, bytes) else data
    told = io.StringIO()
    logging.getLogger("pyx12").setLevel(logging.CRITICAL)
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
