"""HL7 v2 NM and SI <-> FHIR decimal, integer, positiveInt and unsignedInt; exact, never a float.

HL7 v2 NM: an optional sign, digits, optionally a point and digits (2.5.1, section 2.A.47); `+5`, `007`, `.5`
and `1.` are read, and come back in their plain form.
"""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, Decimal

from runtime.lib.functions import Pair

DIGITS = 64
"""Longest number that is read or written: far beyond any measured value, short enough to be harmless."""

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)", re.ASCII)
_MAXIMUM = 2**31 - 1


def to_decimal(text: str) -> Decimal | None:
    """NM -> decimal with all its digits: `912.00` stays apart from `912`."""
    if not (text.replace(".", "", 1).isdecimal() and text.isascii()):
        text = text.strip()
        if _NUMBER.fullmatch(text) is None:
            return None
    value = Decimal(text)
    return value if len(text) < DIGITS or from_decimal(value) is not None else None


def from_decimal(value: Decimal | int) -> str | None:
    """decimal -> NM, without an exponent."""
    if not isinstance(value, Decimal):
        return from_integer(value)
    text = str(value)
    if len(text) <= DIGITS and not ("E" in text or "N" in text or "I" in text):
        return text
    if not value.is_finite() or not -DIGITS < value.adjusted() < DIGITS:
        return None
    text = format(value, "f")
    return text if len(text) <= DIGITS else None


def to_integer(text: str) -> int | None:
    """NM -> integer (32 bits, as FHIR has it); `3.0` is 3, `3.5` is none."""
    if text.isdecimal() and text.isascii() and len(text) <= 9:
        return int(text)
    value = to_decimal(text)
    if value is None or not -_MAXIMUM - 1 <= value <= _MAXIMUM:
        return None
    whole = int(value)
    return whole if whole == value else None


def from_integer(value: int) -> str | None:
    """integer -> NM."""
    return str(value) if -_MAXIMUM - 1 <= value <= _MAXIMUM else None


def to_unsigned(text: str) -> int | None:
    """NM or SI -> unsignedInt: 0 or more."""
    value = to_integer(text)
    return value if value is not None and value >= 0 else None


def from_unsigned(value: int) -> str | None:
    """unsignedInt -> NM or SI."""
    return str(value) if 0 <= value <= _MAXIMUM else None


def to_positive(text: str) -> int | None:
    """NM or SI -> positiveInt: 1 or more."""
    value = to_integer(text)
    return value if value is not None and value > 0 else None


def from_positive(value: int) -> str | None:
    """positiveInt -> NM or SI."""
    return str(value) if 0 < value <= _MAXIMUM else None


def to_whole(text: str) -> Decimal | None:
    """SI -> decimal."""
    value = to_unsigned(text)
    return None if value is None else Decimal(value)


def from_whole(value: Decimal | int) -> str | None:
    """decimal -> SI: only a whole number that is not negative."""
    text = from_decimal(value)
    return None if text is None else sequence_text(text)


def positive_only(value: int) -> int | None:
    """integer or unsignedInt -> positiveInt."""
    return value if value > 0 else None


def unsigned_only(value: int) -> int | None:
    """integer -> unsignedInt."""
    return value if value >= 0 else None


def decimal_of(value: int) -> Decimal:
    """integer -> decimal."""
    return Decimal(value)


def integer_of(value: Decimal | int) -> int | None:
    """decimal -> integer, where it is whole."""
    text = from_decimal(value)
    return None if text is None else to_integer(text)


def number_text(text: str) -> str | None:
    """Text -> NM: as written, where it is a number."""
    if text.isdecimal() and text.isascii() and len(text) <= DIGITS:
        return text
    trimmed = text.strip()
    return trimmed if len(trimmed) <= DIGITS and _NUMBER.fullmatch(trimmed) else None


def sequence_text(text: str) -> str | None:
    """Text or NM -> SI: a whole number that is not negative, without leading zeros."""
    value = to_unsigned(text)
    return None if value is None else str(value)


def negate(text: str) -> Decimal | None:
    """NM -> decimal with the other sign: what one side calls a deduction, the other calls an amount."""
    value = to_decimal(text)
    return value.copy_negate() if value else value


def negate_back(value: Decimal | int) -> str | None:
    """The inverse of `negate`."""
    if not isinstance(value, Decimal):
        return from_integer(-value)
    return from_decimal(value.copy_negate() if value else value)


def one_less(text: str) -> int | None:
    """A count of all -> the count after the first: fills allowed -> repeats allowed."""
    value = to_positive(text)
    return None if value is None else value - 1


def one_more(value: int) -> str | None:
    """The inverse of `one_less`."""
    return from_integer(value + 1) if value >= 0 else None


number = Pair(to_decimal, from_decimal)
integer = Pair(to_integer, from_integer)
positive = Pair(to_positive, from_positive)
unsigned = Pair(to_unsigned, from_unsigned)
whole = Pair(to_whole, from_whole)
negated = Pair(negate, negate_back)
fewer = Pair(one_less, one_more)


# -- reference ranges ------------------------------------------------------------------------------

_RANGE = re.compile(r"\s*(-?\d+(?:\.\d+)?)?\s*-\s*(-?\d+(?:\.\d+)?)?\s*", re.ASCII)
_ONE_SIDED = re.compile(r"\s*([<>])=?\s*(-?\d+(?:\.\d+)?)\s*", re.ASCII)


def low_of(text: str) -> Decimal | None:
    """The lower end of OBX-7: `3.5-5.1`, `3.5-`, `>3.5`, `>=3.5`."""
    return _end(text, 1, ">")


def high_of(text: str) -> Decimal | None:
    """The upper end of OBX-7: `3.5-5.1`, `-5.1`, `<5.1`, `<=5.1`."""
    return _end(text, 2, "<")


def _end(text: str, group: int, comparator: str) -> Decimal | None:
    both = _RANGE.fullmatch(text)
    if both is not None:
        found = both[group]
    else:
        one = _ONE_SIDED.fullmatch(text)
        found = one[2] if one is not None and one[1] == comparator else None
    return to_decimal(found) if found else None


def product(first: str, second: str) -> Decimal | None:
    """Two NM -> what they make multiplied, exactly: units and the price of one."""
    left, right = to_decimal(first), to_decimal(second)
    return None if left is None or right is None else left * right


# -- durations -------------------------------------------------------------------------------------

_SECONDS_IN = {"S": 1, "SEC": 1, "MIN": 60, "H": 3600, "HR": 3600, "D": 86_400}


def minutes(amount: str, unit: str = "MIN") -> int | None:
    """NM and its unit (ISO+ or UCUM: s, min, h, d) -> whole minutes, a begun one included."""
    value = to_decimal(amount)
    factor = _SECONDS_IN.get(unit.strip().upper() or "MIN")
    if value is None or factor is None or not 0 < value <= _MAXIMUM:
        return None
    begun = (value * factor / 60).to_integral_value(ROUND_CEILING)
    return int(begun) if begun <= _MAXIMUM else None
