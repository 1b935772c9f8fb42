"""What the functions of the library are: pairs of directions, and what they may ask of their context."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo


class Context(Protocol):
    """The part of a run's context that library functions read.

    `zone` is the site's time zone, `base` its base URI (empty when the site names none).
    """

    @property
    def zone(self) -> ZoneInfo | None: ...

    @property
    def base(self) -> str: ...

    def tell(self, code: str, detail: str) -> None:
        """Reports a finding about the value at hand; `detail` never holds the value."""
        ...


class Pair(NamedTuple):
    """A two-way function. `None` stands for the identity: the value is copied, and nothing need be called.

    Both functions are total: a value that does not fit gives `None`, never an exception. With
    n(x) = back(go(x)), go(n(x)) = go(x) wherever go(x) is not `None`, and the same from the other side.
    """

    go: Callable[..., Any] | None
    back: Callable[..., Any] | None


IDENTITY = Pair(None, None)


@functools.cache
def takes_context(function: Callable[..., Any] | None) -> bool:
    """Whether the first parameter is the context."""
    if function is None:
        return False
    return next(iter(inspect.signature(function).parameters), "") == "context"


def name_of(function: Callable[..., Any] | None) -> str | None:
    """A function of a module as `module:name`."""
    return None if function is None else f"{function.__module__}:{function.__name__}"


def reverse(pair: Pair) -> Pair:
    """The same pair, seen from the other side."""
    return Pair(pair.back, pair.go)


KNOWN = 16_384
"""Values that a remembered function keeps at most."""

LONGEST = 256
"""Longest text that it keeps: identifiers and times are shorter."""


def remembered(function: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """The same function, keeping what it found: the same days, minutes and systems make up most of a feed."""
    known: dict[str, str] = {}

    @functools.wraps(function)
    def call(text: str) -> str | None:
        value = known.get(text)
        if value is None:
            value = function(text)
            if value is not None and len(text) <= LONGEST:
                if len(known) >= KNOWN:
                    known.clear()
                known[text] = value
        return value

    return call
