"""HL7 v2 DT, TM, TS and DTM <-> FHIR date, time, dateTime and instant, with the precision kept.

HL7 v2: `YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+/-ZZZZ]` (2.5.1, section 2.A.22). FHIR R4: a time of day
has minutes, seconds and an offset, or is absent. So an hour or a minute is padded (R207), and a time without
an offset takes the one of the site's zone, or without a zone is cut to its date (R206). Back, an offset that
the zone would give again is left out: what came without comes back without. Fractions stay as sent, up to
HL7's four digits. What is cut for want of a place on the other side is told (R215). 24:00 becomes 00:00 of
the next day, the same moment.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date as calendar
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from runtime.lib.functions import KNOWN, Context, Pair, remembered
from runtime.lib.numbers import to_unsigned
from runtime.lib.zones import TO_FHIR, TO_HL7, local_offset

NO_ZONE = "R206"
PADDED = "R207"
CUT = "R215"

_CUT_NO_ZONE = "a time without an offset, and the site names no zone: cut to its date"
_UNPLACED = "a time without an offset, and the site names no zone: no instant"
_CUT = "a time of day has no place here: cut to its date"
_CUT_OFFSET = "an offset has no place in a time of day: left out"
_PADDED = "the time is less precise than seconds: padded with zeros"
_FRACTION = "a fraction of a second has more than four digits: cut to four"


_MONTHS = {f"{month:02}" for month in range(1, 13)}
_DAYS_IN = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAYS = {
    f"{month:02}{day:02}": f"-{month:02}-{day:02}"
    for month, days in enumerate(_DAYS_IN, 1)
    for day in range(1, days + 1)
}
_MINUTES = {f"{hour:02}{minute:02}": f"T{hour:02}:{minute:02}:" for hour in range(24) for minute in range(60)}
_MINUTES_BACK = {fhir: hl7 for hl7, fhir in _MINUTES.items()}
_SECONDS = frozenset(f"{second:02}" for second in range(61))  # 60 is a leap second; FHIR's pattern allows it

_CLOCK = re.compile(r"(\d\d)(?:(\d\d)(?:(\d\d)(\.\d+)?)?)?([+-]\d{4})?", re.ASCII)
_FHIR_TAIL = re.compile(r"(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_FHIR_FRACTION = re.compile(r"(\.\d+)?", re.ASCII)


# -- dates -----------------------------------------------------------------------------------------


@remembered
def to_date(text: str) -> str | None:
    """DT `YYYY[MM[DD]]` -> date `YYYY[-MM[-DD]]`; `None` for anything else, or no day of the calendar."""
    year = text[:4]
    if not _year(year):
        return None
    size = len(text)
    if size == 8:
        day = _DAYS.get(text[4:])
        return year + day if day is not None and (day != "-02-29" or _leap(int(year))) else None
    if size == 6:
        return f"{year}-{text[4:]}" if text[4:] in _MONTHS else None
    return year if size == 4 else None


@remembered
def from_date(text: str) -> str | None:
    """date -> DT; the inverse of `to_date`, exact."""
    plain = text[:4] + text[5:7] + text[8:10]
    return plain if to_date(plain) == text else None


def _year(text: str) -> bool:
    return text.isdecimal() and text.isascii() and text != "0000"


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def to_day(text: str) -> str | None:
    """TS -> date: the time of day is cut on purpose, the local date stands as written."""
    if len(text) <= 8:
        return to_date(text)
    start = _to_minute(text[:12])
    if start is not None and (text[12:] in _SECONDS or len(text) == 12):
        return start[:10]
    clock = _CLOCK.fullmatch(text, 8)
    if clock is None:
        return to_date(text[:-5]) if text[-5:] in TO_FHIR else None
    return to_date(text[:8]) if _placed(clock) else None


def to_date_told(context: Context, text: str) -> str | None:
    """TS -> date where nobody asked for a cut: a time of day is told."""
    if len(text) <= 8:
        return to_date(text)
    day = to_day(text)
    if day is not None:
        context.tell(CUT, _CUT)
    return day


@remembered
def _to_minute(text: str) -> str | None:
    """`YYYYMMDDHHMM` -> `YYYY-MM-DDTHH:MM:`."""
    day, minute = to_date(text[:8]), _MINUTES.get(text[8:])
    return None if day is None or minute is None else day + minute


@remembered
def _from_minute(text: str) -> str | None:
    """The inverse of `_to_minute`."""
    day, minute = from_date(text[:10]), _MINUTES_BACK.get(text[10:])
    return None if day is None or minute is None else day + minute


# -- dates with a time -----------------------------------------------------------------------------


def to_date_time(context: Context, text: str) -> str | None:
    """TS -> dateTime. Hours and minutes are padded; a time without offset or zone is cut; both told."""
    if len(text) <= 8:
        return to_date(text)
    moment = _moments[context.zone].get(text) or _moment(context, text)
    if moment is None:
        return _date_with_offset(context, text)
    if len(moment) == 10:
        context.tell(NO_ZONE, _CUT_NO_ZONE)
    return moment


def to_instant(context: Context, text: str) -> str | None:
    """TS -> instant; `None` for a date alone, and (told) without a zone for a time without an offset."""
    moment = _moments[context.zone].get(text) or _moment(context, text)
    if moment is not None and len(moment) == 10:
        context.tell(NO_ZONE, _UNPLACED)
        return None
    return moment


# What was read before, by zone: moments about which nothing was told, and those that were padded.
_moments: dict[ZoneInfo | None, dict[str, str]] = defaultdict(dict)
_padded: dict[ZoneInfo | None, dict[str, str]] = defaultdict(dict)
_moments_back: dict[ZoneInfo | None, dict[str, str]] = defaultdict(dict)


def _keep(known: dict[str, str], text: str, moment: str) -> str:
    """Keeps a moment for the next time: a message repeats its times, a feed its minutes."""
    if len(known) >= KNOWN:
        known.clear()
    known[text] = moment
    return moment


def _moment(context: Context, text: str) -> str | None:
    """A TS with a time of day as FHIR writes it; its date alone where no offset can be known."""
    padded = _padded[context.zone].get(text)
    if padded is not None:
        context.tell(PADDED, _PADDED)
        return padded
    size = len(text)
    digits = _COMMON.get(size)
    if digits is None:
        return _rare_moment(context, text)
    minute = text[:12]
    start = _to_minute(minute)
    second = text[12:digits] or "00"
    offset = TO_FHIR.get(text[digits:]) if size > digits else start and local_offset(context, minute)
    if start is None or offset is None or second not in _SECONDS:
        return _rare_moment(context, text)
    if digits == 14:
        return _keep(_moments[context.zone], text, start + second + offset)
    context.tell(PADDED, _PADDED)
    return _keep(_padded[context.zone], text, start + second + offset)


_COMMON = {12: 12, 14: 14, 17: 12, 19: 14}
"""Lengths of a TS to the minute or second, without and with offset, and where its digits end."""


def _rare_moment(context: Context, text: str) -> str | None:
    """Hours alone, fractions, 24:00; `None` for what is no TS with a time of day."""
    clock = _CLOCK.fullmatch(text, 8)
    date = to_date(text[:8])
    if clock is None or date is None or not _placed(clock):
        return None
    hour, minute, second, fraction, sent = clock.groups()
    if hour == "24":
        return _midnight(context, text[:8], sent)
    minute = minute or "00"
    offset = TO_FHIR.get(sent) if sent else local_offset(context, text[:8] + hour + minute)
    if offset is None:
        return date
    if second is None:
        context.tell(PADDED, _PADDED)
    kept = _four(context, fraction)
    moment = f"{date}T{hour}:{minute}:{second or '00'}{kept}{offset}"
    return (
        moment if second is None or kept != (fraction or "") else _keep(_moments[context.zone], text, moment)
    )


def _placed(clock: re.Match[str]) -> bool:
    """Whether hours, minutes, seconds and offset are in their ranges."""
    hour, minute, second, fraction, offset = clock.groups()
    if offset and offset not in TO_FHIR:
        return False
    if hour == "24":
        return (minute or "00") == (second or "00") == "00" and fraction is None
    return hour + (minute or "00") in _MINUTES and (second or "00") in _SECONDS


def _midnight(context: Context, day: str, sent: str | None) -> str | None:
    """24:00 as the first moment of the next day."""
    start = calendar(int(day[:4]), int(day[4:6]), int(day[6:]))
    if start == calendar.max:
        return None
    following = (start + timedelta(days=1)).isoformat()
    offset = TO_FHIR.get(sent) if sent else local_offset(context, following.replace("-", "") + "0000")
    if offset is None:
        return start.isoformat()
    return f"{following}T00:00:00{offset}"


def _four(context: Context, fraction: str | None) -> str:
    """A fraction (`.123`) as far as HL7 v2 has digits for it."""
    if not fraction:
        return ""
    if len(fraction) > 5:
        context.tell(CUT, _FRACTION)
    return fraction[:5]


def _date_with_offset(context: Context, text: str) -> str | None:
    """`20210102-0600`: legal in HL7 v2, but a FHIR date has no offset."""
    date = to_date(text[:-5]) if text[-5:] in TO_FHIR else None
    if date is not None:
        context.tell(CUT, _CUT_OFFSET)
    return date


def from_date_time(context: Context, text: str) -> str | None:
    """dateTime -> TS with the precision and the offset given, save the offset that the zone gives anyway."""
    return from_date(text) if len(text) <= 10 else from_instant(context, text)


def from_instant(context: Context, text: str) -> str | None:
    """instant -> TS; see `from_date_time`."""
    known = _moments_back[context.zone]
    return known.get(text) or _moment_back(context, text, known)


def _moment_back(context: Context, text: str, known: dict[str, str]) -> str | None:
    minute = _from_minute(text[:17])
    second = text[17:19]
    if minute is None or second not in _SECONDS:
        return None
    offset = TO_HL7.get(text[19:])
    fraction = sent = ""
    if offset is None:
        tail = _FHIR_TAIL.fullmatch(text, 19)
        offset = TO_HL7.get(tail[2]) if tail else None
        if tail is None or offset is None:
            return None
        sent = tail[1] or ""
        fraction = _four(context, sent)
    if local_offset(context, minute) == TO_FHIR[offset]:
        offset = ""
    moment = minute + second + fraction + offset
    return _keep(known, text, moment) if sent == fraction else moment


def from_date_time_cut(context: Context, text: str) -> str | None:
    """dateTime -> DT; a time of day is cut and told."""
    whole = from_date_time(context, text)
    if whole is None or len(whole) <= 8:
        return whole
    context.tell(CUT, _CUT)
    return whole[:8]


def cut_day(context: Context, text: str) -> str | None:
    """TS -> DT; a time of day is cut and told."""
    date = to_date_told(context, text)
    return None if date is None else from_date(date)


def cut_date(context: Context, text: str) -> str | None:
    """dateTime -> date; a time of day is cut and told."""
    if len(text) <= 10:
        return text if from_date(text) else None
    if not is_instant(text):
        return None
    context.tell(CUT, _CUT)
    return text[:10]


def instant_only(text: str) -> str | None:
    """dateTime -> instant, where it has a time of day."""
    return text if is_instant(text) else None


def is_instant(text: str) -> bool:
    """Whether a text is a FHIR instant."""
    tail = _FHIR_TAIL.fullmatch(text, 19)
    if tail is None or tail[2] not in TO_HL7:
        return False
    return text[17:19] in _SECONDS and _from_minute(text[:17]) is not None


# -- times of day ----------------------------------------------------------------------------------


def to_time(context: Context, text: str) -> str | None:
    """TM `HH[MM[SS[.S[S[S[S]]]]]][+/-ZZZZ]` -> time; padded to seconds and without offset, both told."""
    clock = _CLOCK.fullmatch(text)
    if clock is None or not _placed(clock) or clock[1] == "24":
        return None
    hour, minute, second, fraction, offset = clock.groups()
    if second is None:
        context.tell(PADDED, _PADDED)
    if offset:
        context.tell(CUT, _CUT_OFFSET)
    return f"{hour}:{minute or '00'}:{second or '00'}{_four(context, fraction)}"


def from_time(context: Context, text: str) -> str | None:
    """time -> TM to the second, with its fraction."""
    minute = _MINUTES_BACK.get("T" + text[:6])
    tail = _FHIR_FRACTION.fullmatch(text, 8)
    if minute is None or text[6:8] not in _SECONDS or tail is None:
        return None
    return minute + text[6:8] + _four(context, tail[1])


# -- intervals -------------------------------------------------------------------------------------


def after_minutes(context: Context, start: str, minutes: str) -> str | None:
    """The instant that lies NM `minutes` after the TS `start`, in the offset of `start`."""
    moment, length = to_instant(context, start), to_unsigned(minutes)
    if moment is None or length is None or moment[17:19] == "60":
        return None
    try:
        end = datetime.fromisoformat(moment[:19]) + timedelta(minutes=length)
    except OverflowError:
        return None
    return end.isoformat() + moment[19:]


day = Pair(to_day, from_date)
date = Pair(to_date, from_date)
date_told = Pair(to_date_told, from_date)
date_time = Pair(to_date_time, from_date_time)
date_time_of_day = Pair(to_date, from_date_time_cut)
seconds = Pair(to_instant, from_instant)
time = Pair(to_time, from_time)
