"""Offsets from UTC: their two notations, and the one that a site's zone has at a local time.

HL7 v2 writes `-0600`, FHIR `-06:00` or `Z`. Deterministic where a local time is not: an ambiguous time
(clocks go back) is the first of the two, a skipped one (clocks go forward) keeps the offset before the
change.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from runtime.lib.functions import KNOWN, Context

LIMIT = 14 * 60  # minutes; FHIR's dateTime allows -14:00 to +14:00


def _offsets() -> dict[str, str]:
    """Each legal HL7 v2 offset with its FHIR form. "+0000" is `Z`; "-0000" stays apart: both come back."""
    offsets = {}
    for minutes in range(LIMIT + 1):
        hours, rest = divmod(minutes, 60)
        for sign in "+-":
            offsets[f"{sign}{hours:02}{rest:02}"] = f"{sign}{hours:02}:{rest:02}"
    return offsets | {"+0000": "Z"}


TO_FHIR = _offsets()
TO_HL7 = {fhir: hl7 for hl7, fhir in TO_FHIR.items()} | {"+00:00": "+0000"}

_known: dict[ZoneInfo, dict[str, str]] = {}


def local_offset(context: Context, minute: str) -> str | None:
    """The FHIR offset of the context's zone at a local time (`YYYYMMDDHHMM`, valid).

    `None` without a zone, and where the offset is beyond FHIR's range (some local mean times before 1900).
    """
    zone = context.zone
    if zone is None:
        return None
    known = _known.get(zone)
    if known is None:
        known = _known[zone] = {}
    offset = known.get(minute)
    return offset if offset is not None else _learn(zone, minute, known)


def _learn(zone: ZoneInfo, minute: str, known: dict[str, str]) -> str | None:
    offset = _read_offset(zone, minute)
    if offset is not None:
        if len(known) >= KNOWN:
            known.clear()
        known[minute] = offset
    return offset


def _read_offset(zone: ZoneInfo, minute: str) -> str | None:
    """The offset in whole minutes: local mean times have seconds, which FHIR cannot say."""
    moment = datetime(  # noqa: DTZ001 - a local time, whose zone is what is asked
        int(minute[:4]), int(minute[4:6]), int(minute[6:8]), int(minute[8:10]), int(minute[10:12])
    )
    offset = zone.utcoffset(moment)
    minutes = int((offset or timedelta()).total_seconds() / 60)
    if abs(minutes) > LIMIT:
        return None
    hours, rest = divmod(abs(minutes), 60)
    return TO_FHIR[f"{'-' if minutes < 0 else '+'}{hours:02}{rest:02}"]
