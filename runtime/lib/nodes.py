"""Nodes under construction, whatever their format: dicts of values, nodes and lists of these."""

from __future__ import annotations

from typing import Any


def join(held: dict[Any, Any], other: dict[Any, Any]) -> None:
    """Put into a node what it lacks of another one: nodes join, lists continue, and what stands there stays."""
    for name, item in other.items():
        present = held.get(name)
        if isinstance(present, list) and isinstance(item, list):
            present.extend(item)
        elif isinstance(present, dict) and isinstance(item, dict):
            join(present, item)
        else:
            held.setdefault(name, item)
