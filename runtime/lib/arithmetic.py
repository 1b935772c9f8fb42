"""Sums, counts and comparisons in generated code. Values are exact decimals.

What is absent or no number is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any


def as_decimal(value: Any) -> Decimal | None:
    """A number of either format; `None` for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = Decimal(value)
    except (InvalidOperation, TypeError, ValueError):
        return None
    return number if number.is_finite() else None


def as_text(value: Any) -> str:
    """A number as text of a format that has only text, exact and without an exponent; absent is empty."""
    if value is None:
        return ""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def plain(value: Any) -> str | None:
    """A number as text, exact and without an exponent; `None` for none."""
    return None if value is None else as_text(value)


def _two(left: Any, right: Any) -> tuple[Decimal, Decimal] | None:
    a, b = as_decimal(left), as_decimal(right)
    return (a, b) if a is not None and b is not None else None


def add(left: Any, right: Any) -> Decimal | None:
    """The sum, absent where either side is no number."""
    two = _two(left, right)
    return two[0] + two[1] if two else None


def subtract(left: Any, right: Any) -> Decimal | None:
    """The difference, absent where either side is no number."""
    two = _two(left, right)
    return two[0] - two[1] if two else None


def multiply(left: Any, right: Any) -> Decimal | None:
    """The product, absent where either side is no number."""
    two = _two(left, right)
    return two[0] * two[1] if two else None


def is_valued(value: Any) -> bool:
    """Whether a value of either format is there; `False` and 0 are."""
    return bool(value) or (value is not None and not hasattr(value, "__len__"))


def any_valued(values: Iterable[Any]) -> bool:
    """Whether any of several values is there."""
    return any(
        is_valued(value.get("") if isinstance(value, dict) and "" in value else value) for value in values
    )


def count(values: Any) -> int:
    """How many items are there; a single value counts as one."""
    if type(values) is list:
        return len([value for value in values if is_valued(value)])
    if isinstance(values, str | dict) or not isinstance(values, Iterable):
        return 1 if is_valued(values) else 0
    return sum(1 for value in values if is_valued(value))


def length(value: Any) -> int:
    """Characters of a text, items of a list."""
    return len(value) if isinstance(value, Sequence) else 0


def _numbers(values: Any) -> list[Decimal]:
    items = values if isinstance(values, list | tuple) else [values]
    return [number for number in map(as_decimal, items) if number is not None]


def total(values: Any) -> Decimal:
    """The sum of all numbers among the values; 0 of none."""
    return sum(_numbers(values), Decimal(0))


def least(*values: Any) -> Decimal | None:
    """The smallest number among the values."""
    found = [number for value in values for number in _numbers(value)]
    return min(found, default=None)


def most(*values: Any) -> Decimal | None:
    """The greatest number among the values."""
    found = [number for value in values for number in _numbers(value)]
    return max(found, default=None)


def equal(left: Any, operator: str, right: Any) -> bool:
    """`=` and `!=`: as numbers where both are, else as they stand; what is absent equals nothing."""
    if not is_valued(left) or not is_valued(right):
        return operator == "!=" and is_valued(left) != is_valued(right)
    two = _two(left, right)
    same = two[0] == two[1] if two else left == right
    return same == (operator == "=")


def ordered(left: Any, operator: str, right: Any) -> bool:
    """`< <= > >=`: as numbers where both are, else as text of the same kind (dates in one format order as text)."""
    if not is_valued(left) or not is_valued(right):
        return False
    two = _two(left, right)
    a, b = two or (str(left), str(right))
    match operator:
        case "<":
            return bool(a < b)  # type: ignore[operator]
        case "<=":
            return bool(a <= b)  # type: ignore[operator]
        case ">":
            return bool(a > b)  # type: ignore[operator]
        case _:
            return bool(a >= b)  # type: ignore[operator]
