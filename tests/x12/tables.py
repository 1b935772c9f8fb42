"""The structure tables, as the runtime gets them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from mapper.schema.x12_data import set_tables
from runtime.codecs.x12 import SetTable


@cache
def tables() -> Mapping[str, SetTable]:
    return set_tables()
