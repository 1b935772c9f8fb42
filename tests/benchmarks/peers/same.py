"""What two outputs hold, comparably: the values of a Bundle by their places, whatever the ids and the order."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any


def values(data: bytes) -> Counter[tuple[str, str]]:
    """Each value of a Bundle's resources with its path; extensions by their URLs, references by what they lead to."""
    bundle = json.loads(data, parse_float=str)
    kinds = {entry["fullUrl"]: entry["resource"]["resourceType"] for entry in bundle["entry"]}
    found: Counter[tuple[str, str]] = Counter()
    for entry in bundle["entry"]:
        resource = {key: value for key, value in entry["resource"].items() if key != "id"}
        for path, value in _leaves(resource, resource["resourceType"]):
            found[path, kinds.get(value, value)] += 1
    return found


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        here = f"{path}({value['url']})" if path.endswith(".extension") and "url" in value else path
        for key, held in value.items():
            yield from _leaves(held, f"{here}.{key}")
    elif isinstance(value, list):
        for held in value:
            yield from _leaves(held, path)
    else:
        yield path, str(value)


def fields(data: bytes) -> dict[str, str]:
    """Each field of a v2 message by its segment (with its number among those of that name) and number."""
    found: dict[str, str] = {}
    names: Counter[str] = Counter()
    for line in data.decode().split("\r"):
        parts = line.split("|")
        names[parts[0]] += 1
        for number, text in enumerate(parts[1:], 1):
            if text:
                found[f"{parts[0]}[{names[parts[0]]}]-{number}"] = text
    return found
