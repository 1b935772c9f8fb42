"""X12 data types <-> FHIR primitives: numbers with implied decimals, dates, times and spans of dates; exact.

Sources: X12.6 (data types N, R, DT, TM) and data element 1250 (D8 `CCYYMMDD`, RD8 `CCYYMMDD-CCYYMMDD`, DT
`CCYYMMDDHHMM`). A D8 is a whole day: a FHIR date without its day has no place there.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from runtime.lib import dates, numbers
from runtime.lib.functions import Context, Pair

DAY = 8
MINUTE = 12


def to_day(text: str) -> str | None:
    """D8 -> date."""
    return dates.to_date(text) if len(text) == DAY else None


def from_day(text: str) -> str | None:
    """date -> D8, where the day is known."""
    day = dates.from_date(text)
    return day if day is not None and len(day) == DAY else None


def to_date(context: Context, text: str) -> str | None:
    """DT -> date; a time of day is cut and told."""
    return dates.to_date_told(context, text) if len(text) in (DAY, MINUTE) else None


def to_date_time(context: Context, text: str) -> str | None:
    """DT -> dateTime: a day, or a time to the minute in the site's zone (padded to seconds, told)."""
    return dates.to_date_time(context, text) if len(text) in (DAY, MINUTE) else None


def from_date_time(context: Context, text: str) -> str | None:
    """dateTime -> DT to the minute; seconds and an offset other than the zone's are cut and told."""
    whole = dates.from_date_time(context, text)
    if whole is None or len(whole) < DAY:
        return None
    if len(whole) <= DAY:
        return whole
    if whole[MINUTE:] not in ("", "00"):
        context.tell(dates.CUT, "seconds or an offset have no place here: left out")
    return whole[:MINUTE]


def from_moment_day(context: Context, text: str) -> str | None:
    """dateTime -> D8; a time of day is cut and told."""
    whole = dates.from_date_time_cut(context, text)
    return whole if whole is not None and len(whole) == DAY else None


def cut_day(context: Context, text: str) -> str | None:
    """DT -> D8; a time of day is cut and told."""
    day = to_date(context, text)
    return None if day is None else from_day(day)


def to_time(context: Context, text: str) -> str | None:
    """TM `HHMM[SS[D[D]]]` -> time."""
    return dates.to_time(context, f"{text[:6]}.{text[6:]}" if len(text) > 6 else text)


def from_time(context: Context, text: str) -> str | None:
    """time -> TM; whole minutes without seconds, fractions to two digits."""
    whole = dates.from_time(context, text)
    if whole is None:
        return None
    if whole[4:] == "00":
        return whole[:4]
    return whole[:9].replace(".", "")


def to_period(text: str) -> dict[str, str] | None:
    """RD8 -> Period of two days."""
    start, divider, end = text.partition("-")
    first, last = to_day(start), to_day(end)
    return {"start": first, "end": last} if divider and first and last else None


def from_period(value: Mapping[str, Any]) -> str | None:
    """Period -> RD8, where both ends are whole days (the time of a day goes)."""
    start, end = (from_day(str(value.get(name, ""))[:10]) for name in ("start", "end"))
    return f"{start}-{end}" if start and end else None


def _implied(places: int) -> Pair:
    def go(text: str) -> Decimal | None:
        value = numbers.to_integer(text) if "." not in text else None
        return None if value is None else Decimal(value).scaleb(-places)

    def back(value: Decimal | int) -> str | None:
        number = value if isinstance(value, Decimal) else Decimal(value)
        if not number.is_finite() or abs(number.adjusted()) > numbers.DIGITS:
            return None
        scaled = number.scaleb(places)
        return (
            numbers.from_decimal(scaled.to_integral_value()) if scaled == scaled.to_integral_value() else None
        )

    return Pair(go, back)


def to_cents(text: str) -> Decimal | None:
    """N2 -> decimal: `1234` is 12.34."""
    return _CENTS.go(text) if _CENTS.go is not None else None


def from_cents(value: Decimal | int) -> str | None:
    """decimal -> N2, where it has no more than two decimals."""
    return _CENTS.back(value) if _CENTS.back is not None else None


def to_tenths(text: str) -> Decimal | None:
    """N1 -> decimal: `125` is 12.5."""
    return _TENTHS.go(text) if _TENTHS.go is not None else None


def from_tenths(value: Decimal | int) -> str | None:
    """decimal -> N1, where it has no more than one decimal."""
    return _TENTHS.back(value) if _TENTHS.back is not None else None


_CENTS, _TENTHS = _implied(2), _implied(1)

day = Pair(to_day, from_day)
day_of_moment = Pair(to_day, from_moment_day)
date = Pair(to_date, from_day)
date_time = Pair(to_date_time, from_date_time)
time = Pair(to_time, from_time)
period = Pair(to_period, from_period)
cents = Pair(to_cents, from_cents)
tenths = Pair(to_tenths, from_tenths)
