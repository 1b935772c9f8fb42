"""Nearest names, for the helps of diagnostics."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str], most: int = 3) -> str:
    """The known names closest to `name`, quoted and joined with "or"; empty where none is close."""
    by_lower: dict[str, str] = {}
    for candidate in known:
        by_lower.setdefault(candidate.lower(), candidate)
    close = get_close_matches(name.lower(), by_lower, most, 0.6)
    return " or ".join(f"`{by_lower[match]}`" for match in close)
