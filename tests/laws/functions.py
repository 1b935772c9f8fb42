"""Functions for mappings that break a law each."""

from __future__ import annotations

from itertools import count

from runtime.lib.functions import Pair

_numbers = count()


def same(text: str) -> str | None:
    return text or None


def fails(text: str) -> str | None:
    """Raises on an accent."""
    return text.encode("ascii").decode() if text else None


def counts(text: str) -> str | None:
    """Another answer at each call."""
    return f"{text}{next(_numbers)}" if text else None


def yesterday(text: str) -> str | None:
    return "yesterday" if text else None


def shortens(text: str) -> str | None:
    """Keeps the first letter, and tells nobody."""
    return text[:1] or None


def doubles(text: str) -> str | None:
    return text * 2 or None


good = Pair(same, same)
failing = Pair(fails, same)
counting = Pair(counts, same)
lossy = Pair(shortens, same)
growing = Pair(same, doubles)
invalid = Pair(yesterday, same)
