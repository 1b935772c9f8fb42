"""Amounts of X12 as exact decimals: read strictly, added without rounding, written without padding."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Context, Decimal

_FORM = re.compile(r"-?(?:[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})")
_EXACT = Context(prec=96)

ZERO = Decimal(0)


def amount(text: str) -> Decimal | None:
    """A decimal number (type R, X12.6) as it stands; `None` for anything else, with more than 18 digits too."""
    return Decimal(text) if _FORM.fullmatch(text) else None


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The exact sum."""
    sum_ = ZERO
    for each in amounts:
        sum_ = _EXACT.add(sum_, each)
    return sum_


def written(value: Decimal) -> str:
    """The shortest form: no zeros behind the last digit, no plus, no exponent."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("", "-0", "-") else text
