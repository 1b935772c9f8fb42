"""Which primitive types copy by themselves, and how: between HL7 v2 or X12 and FHIR, and within each.

A pair of types that is not in `CONVERSIONS` needs a function or a mapping in the `.map` file: text never
becomes a date, a decimal or a boolean unasked. Functions are found under their `__module__` and `__name__`.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import NamedTuple

from runtime.lib import codes, dates, numbers, text, x12_values
from runtime.lib.functions import IDENTITY, Pair, name_of, reverse, takes_context


class Conversion(NamedTuple):
    """How one primitive type becomes another and comes back.

    `normalises` says what changes its form on the way there and back; `None`: what is legal comes back as it
    was. `needs_context` is true where either function takes the context first. Where a function is
    `text.visible`, a compiler may test `isspace()` in place of the call.
    """

    pair: Pair
    normalises: str | None
    needs_context: bool

    @property
    def go(self) -> str | None:
        """The function there as `module:name`; `None` where the value is copied."""
        return name_of(self.pair.go)

    @property
    def back(self) -> str | None:
        """The function back as `module:name`; `None` where the value is copied."""
        return name_of(self.pair.back)

    @property
    def go_takes_context(self) -> bool:
        """Whether the function there takes the context first."""
        return takes_context(self.pair.go)

    @property
    def back_takes_context(self) -> bool:
        """Whether the function back takes the context first."""
        return takes_context(self.pair.back)


Key = tuple[str, str, str, str]
"""Format and type of the one side, format and type of the other: `("hl7v2", "TS", "fhir", "dateTime")`."""

_TEXT = ("ST", "TX", "FT", "ID", "IS", "TN", "SNM", "GTS")
_TIMES = ("TS", "DTM")
_URIS = ("uri", "url", "canonical", "oid", "uuid")

_BLANKS = "blanks around it go"
_PLAIN = "a number comes back without sign +, leading zeros and exponent"
_WHOLE = "a number comes back without sign +, leading zeros and fraction"
_TO_SECONDS = (
    "a time is padded to seconds and cut after four decimals; an offset that the site's zone gives is left "
    "out; without a zone a time without an offset is cut to its date"
)
_TO_DATE = "a time of day is cut"
_TIME = "a time is padded to seconds, cut after four decimals, and loses its offset"
_BASE64 = "white space inside goes"


def conversion(from_format: str, from_type: str, to_format: str, to_type: str) -> Conversion | None:
    """How a value of the one type copies to the other; `None` where it may not do so by itself."""
    return CONVERSIONS.get((from_format, from_type, to_format, to_type))


def _conversion(pair: Pair, normalises: str | None) -> Conversion:
    return Conversion(pair, normalises, takes_context(pair.go) or takes_context(pair.back))


Row = tuple[Iterable[str], Iterable[str], Pair, str | None]

_V2_FHIR: tuple[Row, ...] = (
    (_TEXT, ("string", "markdown"), text.string, None),
    (_TEXT, ("code",), text.code, _BLANKS),
    (_TEXT, ("id",), text.identifier, _BLANKS),
    (_TEXT, _URIS, text.uri, _BLANKS),
    (_TEXT, ("base64Binary",), codes.base64_binary, _BASE64),
    (_TEXT, ("integer",), numbers.integer, _WHOLE),
    (_TEXT, ("positiveInt",), numbers.positive, _WHOLE),
    (_TEXT, ("unsignedInt",), numbers.unsigned, _WHOLE),
    (("NM",), ("decimal",), numbers.number, _PLAIN),
    (("NM",), ("integer",), numbers.integer, _WHOLE),
    (("NM", "SI"), ("positiveInt",), numbers.positive, _WHOLE),
    (("NM", "SI"), ("unsignedInt",), numbers.unsigned, _WHOLE),
    (("SI",), ("integer",), numbers.unsigned, _WHOLE),
    (("SI",), ("decimal",), numbers.whole, _WHOLE),
    (("NM",), ("string", "markdown"), Pair(numbers.number_text, numbers.number_text), _BLANKS),
    (("SI",), ("string", "markdown"), Pair(numbers.sequence_text, numbers.sequence_text), _WHOLE),
    (("DT",), ("date",), dates.date, None),
    (("DT",), ("dateTime",), dates.date_time_of_day, _TO_DATE),
    (_TIMES, ("date",), dates.date_told, _TO_DATE),
    (_TIMES, ("dateTime",), dates.date_time, _TO_SECONDS),
    (_TIMES, ("instant",), dates.seconds, _TO_SECONDS),
    (("TM",), ("time",), dates.time, _TIME),
)

_X12_TEXT = ("AN", "ID")
_X12_NUMBERS = ("R", "N0", "N")
_X12_TIME = "a time comes back to the minute where its seconds are zero"
_X12_MOMENT = "a time is padded to seconds; without a zone it is cut to its date"
_ENDS = "the ends of a period are whole days"

_X12_FHIR: tuple[Row, ...] = (
    (_X12_TEXT, ("string", "markdown"), text.string, None),
    (_X12_TEXT, ("code",), text.code, _BLANKS),
    (_X12_TEXT, ("id",), text.identifier, _BLANKS),
    (_X12_TEXT, _URIS, text.uri, _BLANKS),
    ((*_X12_TEXT, *_X12_NUMBERS), ("integer",), numbers.integer, _WHOLE),
    ((*_X12_TEXT, *_X12_NUMBERS), ("positiveInt",), numbers.positive, _WHOLE),
    ((*_X12_TEXT, *_X12_NUMBERS), ("unsignedInt",), numbers.unsigned, _WHOLE),
    (_X12_NUMBERS, ("decimal",), numbers.number, _PLAIN),
    (("N2",), ("decimal",), x12_values.cents, _PLAIN),
    (("N1",), ("decimal",), x12_values.tenths, _PLAIN),
    (_X12_NUMBERS, ("string", "markdown"), Pair(numbers.number_text, numbers.number_text), _BLANKS),
    (("D8",), ("date",), x12_values.day, None),
    (("D8",), ("dateTime",), x12_values.day_of_moment, _TO_DATE),
    (("DT",), ("date",), x12_values.date, _TO_DATE),
    (("DT",), ("dateTime",), x12_values.date_time, _X12_MOMENT),
    (("TM",), ("time",), x12_values.time, _X12_TIME),
    (("RD8",), ("Period",), x12_values.period, _ENDS),
)

_X12_X12: tuple[Row, ...] = (
    (_X12_TEXT, _X12_TEXT, IDENTITY, None),
    (_X12_NUMBERS, _X12_NUMBERS, IDENTITY, None),
    (("D8",), ("DT",), Pair(None, x12_values.cut_day), _TO_DATE),
)

_V2_V2: tuple[Row, ...] = (
    (_TEXT, _TEXT, IDENTITY, None),
    (_TIMES, _TIMES, IDENTITY, None),
    (("SI",), ("NM",), Pair(None, numbers.sequence_text), _WHOLE),
    (("NM",), _TEXT, Pair(None, numbers.number_text), _BLANKS),
    (("SI",), _TEXT, Pair(None, numbers.sequence_text), _WHOLE),
    (("DT",), _TIMES, Pair(None, dates.cut_day), _TO_DATE),
)

_SAME = {
    "hl7v2": (*_TEXT, *_TIMES, "NM", "SI", "DT", "TM"),
    "x12": (*_X12_TEXT, *_X12_NUMBERS, "N1", "N2", "B", "D6", "D8", "DT", "RD8", "TM"),
    "fhir": (
        *(*_URIS, "string", "markdown", "code", "id", "base64Binary", "xhtml", "boolean"),
        *("decimal", "integer", "positiveInt", "unsignedInt", "date", "dateTime", "instant", "time"),
    ),
}

_FHIR_FHIR: tuple[Row, ...] = (
    (("string",), ("markdown",), IDENTITY, None),
    (("code",), ("string", "markdown"), Pair(None, text.to_code), _BLANKS),
    (("id",), ("string", "markdown", "code"), Pair(None, text.to_id), _BLANKS),
    (_URIS, ("string", "markdown"), Pair(None, text.to_uri), _BLANKS),
    (("url", "canonical", "oid", "uuid"), ("uri",), IDENTITY, None),
    (("positiveInt",), ("unsignedInt", "integer"), Pair(None, numbers.positive_only), None),
    (("unsignedInt",), ("integer",), Pair(None, numbers.unsigned_only), None),
    (("integer",), ("decimal",), Pair(numbers.decimal_of, numbers.integer_of), None),
    (("date",), ("dateTime",), Pair(None, dates.cut_date), _TO_DATE),
    (("instant",), ("dateTime",), Pair(None, dates.instant_only), None),
)


_ROWS = (
    ("hl7v2", "fhir", _V2_FHIR),
    ("hl7v2", "hl7v2", _V2_V2),
    ("x12", "fhir", _X12_FHIR),
    ("x12", "x12", _X12_X12),
    ("fhir", "fhir", _FHIR_FHIR),
)


def _table() -> dict[Key, Conversion]:
    same = _conversion(IDENTITY, None)
    table = {(format_, name, format_, name): same for format_, names in _SAME.items() for name in names}
    for left, right, rows in _ROWS:
        for left_types, right_types, pair, normalises in rows:
            there, back = _conversion(pair, normalises), _conversion(reverse(pair), normalises)
            for one, other in product(left_types, right_types):
                table[left, one, right, other] = there
                table[right, other, left, one] = back
    return table


CONVERSIONS: dict[Key, Conversion] = _table()
