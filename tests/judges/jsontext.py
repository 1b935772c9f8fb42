"""JSON text of plain values, decimals written digit for digit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import orjson


def exact(value: Any) -> Any:
    """orjson's hook for what it does not know."""
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value))
    raise TypeError(type(value).__name__)


def dumps(value: Any) -> bytes:
    """UTF-8 JSON on one line."""
    return orjson.dumps(value, default=exact)
