"""Values of X12 elements by data type and length: what senders write within the guides' own bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mapper.schema.x12_elements import FORMATTED, format_of

# Letters in both cases, marks of the basic and the extended character set that are no usual delimiter.
TEXTS = ("A", "BO", "A B", "O'NEIL", "X-1", "Ann", "1", "0099", "7 MAIN ST, #4", "A/B.C", "ZZ9")
DAYS = ("20240229", "20231231", "19691231", "20240131")
MINUTES = ("202402291530", "202312312359")
SPANS = ("20240101-20240131", "20240229-20240229")
CLOCKS = ("1530", "0000", "153045")
WHOLE = ("1", "2", "15", "100")
REAL = ("10", "12.5", "100.25", "0", "-5", "0.01", "1234567.89")
CENTS = ("1000", "1250", "5")

BY_TYPE: Mapping[str, Sequence[str]] = {
    "N0": WHOLE, "N1": ("10", "125"), "N2": CENTS, "N": WHOLE, "R": REAL, "TM": CLOCKS, "D8": DAYS, "RD8": SPANS,
    "D6": ("240229",), "B": ("A",),
}  # fmt: skip


def values(kind: str, shortest: int, longest: int) -> Sequence[str]:
    """Texts of a data type that fit the length; never none."""
    if kind == "DT":
        known: Sequence[str] = (*DAYS, *MINUTES) if longest >= 12 else DAYS if longest >= 8 else ("240229",)
    else:
        known = BY_TYPE.get(kind, TEXTS)
    if kind == "ID":
        known = [text for text in known if text.isalnum() and text.isupper()]
    fitting = [text for text in known if fits(kind, text, shortest, longest)]
    return fitting or [_stretched("A" if kind in ("AN", "ID", "B") else "1", shortest, longest)]


def fits(kind: str, text: str, shortest: int, longest: int) -> bool:
    """Whether a text has the length that an element wants; signs and points of numbers do not count."""
    length = len(text.replace("-", "").replace(".", "")) if kind[0] in "NR" and kind != "RD8" else len(text)
    return shortest <= length <= (longest or length)


def _stretched(text: str, shortest: int, longest: int) -> str:
    return (text * max(shortest, 1))[: longest or None]


def kind_of(
    element: Mapping[str, Any], members: Sequence[Mapping[str, Any]], before: Mapping[int, Any]
) -> str:
    """The data type of an element: of a date or time that which the qualifier beside it names."""
    if element["de"] != FORMATTED:
        return str(element["type"])
    named = format_of(dict(element), [dict(member) for member in members])
    if named is None:
        return "D8"
    return str(before.get(named["n"], "D8"))
