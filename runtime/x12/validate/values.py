"""Forms of simple values: numbers, dates, times. Exact checks, and patterns that accept a safe part of what is valid.

A pattern may refuse a valid value (the exact check then decides) and never accepts an invalid one. Sources: X12.6
data types; the formats of data element 1250.
"""

from __future__ import annotations

import re
from datetime import date

EARLIEST_YEAR = 1800  # older dates are typing errors in any claim

_NUMBER = re.compile(r"-?[0-9]+")
_DECIMAL = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)")
_DIGITS = re.compile(r"[0-9]+")
PRINTABLE = re.compile(r"[ -~]*")

_YEAR = "(?:19|20)[0-9][0-9]"
_LONG_MONTHS = "(?:0[13578]|1[02])(?:0[1-9]|[12][0-9]|3[01])"
_SHORT_MONTHS = "(?:0[469]|11)(?:0[1-9]|[12][0-9]|30)"
_MONTH_DAY = f"(?:{_LONG_MONTHS}|{_SHORT_MONTHS}|02(?:0[1-9]|1[0-9]|2[0-8]))"
_CLOCK = "(?:[01][0-9]|2[0-3])[0-5][0-9]"
DATE_PATTERN = _YEAR + _MONTH_DAY
TIME_PATTERN = _CLOCK + "(?:[0-5][0-9](?:[0-9][0-9])?)?"

FORMATS = {
    "D8": DATE_PATTERN,
    "RD8": f"{DATE_PATTERN}-{DATE_PATTERN}",
    "DT": DATE_PATTERN + _CLOCK,
    "TM": _CLOCK,
}
"""Pattern by format qualifier (data element 1250)."""


def is_number(value: str) -> bool:
    """A whole number (types N0 to N9)."""
    return _NUMBER.fullmatch(value) is not None


def is_decimal(value: str) -> bool:
    """A decimal number with an optional sign and point (type R); a point needs digits behind it."""
    return _DECIMAL.fullmatch(value) is not None


def is_date(value: str) -> bool:
    """CCYYMMDD or YYMMDD of a day that exists, not before 1800."""
    if _DIGITS.fullmatch(value) is None or len(value) not in (6, 8):
        return False
    if len(value) == 6:
        value = ("20" if value < "50" else "19") + value
    try:
        return date(int(value[:4]), int(value[4:6]), int(value[6:])).year >= EARLIEST_YEAR
    except ValueError:
        return False


def is_time(value: str) -> bool:
    """HHMM, HHMMSS or HHMMSSDD of a 24-hour clock."""
    if _DIGITS.fullmatch(value) is None or len(value) not in (4, 6, 8):
        return False
    return value[:2] <= "23" and value[2:4] <= "59" and value[4:6] <= "59"


def has_format(qualifier: str, value: str) -> bool:
    """Whether a value has the form that its format qualifier names; unknown qualifiers say nothing about it."""
    if qualifier in ("D8", "D6"):
        return len(value) == int(qualifier[1]) and is_date(value)
    if qualifier == "RD8":
        start, dash, end = value.partition("-")
        return dash == "-" and len(start) == len(end) == 8 and is_date(start) and is_date(end)
    if qualifier == "DT":
        return len(value) in (12, 14) and is_date(value[:8]) and is_time(value[8:])
    if qualifier == "TM":
        return is_time(value)
    return True


def measured(kind: str, value: str) -> int:
    """The length that counts: sign and point of numbers do not."""
    if kind == "R" or kind[:1] == "N":
        return len(value) - value.count("-") - value.count(".")
    return len(value)


def passes_luhn(digits: str) -> bool:
    """The check digit of a National Provider Identifier: ten digits behind the issuer prefix 80840 (45 CFR 162.406)."""
    if len(digits) != 10 or _DIGITS.fullmatch(digits) is None:
        return False
    total = 24  # what the constant prefix 80840 adds
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0
