"""Compact data files: zlib-compressed JSON, written by `mapper.schema.make` and read once per process."""

from __future__ import annotations

import json
import zlib
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


@cache
def read(name: str) -> Any:
    """The decoded content of `data/NAME.json.z`. Callers share it and must not change it."""
    packed = DATA.joinpath(f"{name}.json.z").read_bytes()
    return json.loads(zlib.decompress(packed))


def write(folder: Path, name: str, content: Any) -> int:
    """Write `content` as `NAME.json.z`; the bytes written. Equal content gives equal bytes."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    packed = zlib.compress(text.encode(), 9)
    (folder / f"{name}.json.z").write_bytes(packed)
    return len(packed)


class Pool:
    """Numbers equal blocks of text alike, so that versions share what did not change between them."""

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, block: str) -> int:
        if block not in self._numbers:
            self._numbers[block] = len(self.blocks)
            self.blocks.append(block)
        return self._numbers[block]
