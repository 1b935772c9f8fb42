"""Numbers as X12 writes them: type R with an explicit point, types N0 to N9 with an implied one. Exact decimals."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

_LONGEST = 64


def parse_number(text: str) -> Decimal | None:
    """The number of a text in plain or scientific notation; None if it is none, or too long to be one."""
    if len(text) > _LONGEST:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) <= _LONGEST else None


def format_real(number: Decimal) -> str:
    """Type R: no plus, no leading zeros, no trailing zeros behind the point, no point at the end (X12.6, 3.1.2.2)."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    digits = digits.lstrip("0")
    return sign + digits if digits.strip(".") else "0"


def format_implied(number: Decimal, places: int) -> str | None:
    """Types N0 to N9: the point is left out, `places` digits before the end; None if digits would be lost."""
    shifted = number.scaleb(places)
    if shifted != shifted.to_integral_value():
        return None
    return str(int(shifted))


def read_implied(text: str, places: int) -> Decimal | None:
    """The number that a text of type N0 to N9 stands for."""
    number = parse_number(text)
    return None if number is None else number.scaleb(-places)
