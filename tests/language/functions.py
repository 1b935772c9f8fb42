"""Functions that the programs of these tests declare."""

from __future__ import annotations

from collections.abc import Sequence

from runtime.lib.functions import Context, Pair


def _upper(text: str) -> str | None:
    return text.upper() or None


def _lower(text: str) -> str | None:
    return text.lower() or None


shout = Pair(_upper, _lower)


def first_word(text: str) -> str | None:
    return text.split(" ", maxsplit=1)[0] or None


def _join(values: Sequence[str]) -> str | None:
    return ",".join(values) or None


def _divide(text: str) -> list[str]:
    return text.split(",")


joined = Pair(_join, _divide)


def full(given: str, family: str) -> str | None:
    return f"{given} {family}" if given and family else None


def zoned(context: Context, text: str) -> str:
    return f"{text} {context.zone}"


def digits(text: str) -> int | None:
    return int(text) if text.isdigit() else None
