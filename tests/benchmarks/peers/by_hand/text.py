"""HL7 v2 text as a careful hand would read it: escapes, explicit nulls, dates with a zone, ids by UUIDv5."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from hashlib import sha1
from zoneinfo import ZoneInfo

NULL = '""'
ESCAPE = re.compile(r"\\([^\\]*)\\")
CHARACTERS = {"F": "|", "S": "^", "T": "&", "R": "~", "E": "\\", ".br": "\n"}
SPECIAL = {"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\", "\n": "\\.br\\"}
TO_ESCAPE = re.compile(r"[\\|^&~\n]")


def unescape(text: str) -> str:
    """The characters that a leaf stands for; unknown escapes stay as they are written."""
    return ESCAPE.sub(_character, text) if "\\" in text else text


def _character(found: re.Match[str]) -> str:
    code = found.group(1)
    if code[:1] == "X":
        try:
            return bytes.fromhex(code[1:]).decode()
        except ValueError:
            return found.group()
    return CHARACTERS.get(code, found.group())


def escape(text: str) -> str:
    """A leaf as it is written between delimiters."""
    return TO_ESCAPE.sub(lambda found: SPECIAL[found.group()], text) if TO_ESCAPE.search(text) else text


def leaf(parts: list[str], index: int) -> str:
    """Component `index` (from 0) as text: its first subcomponent, `""` where it is absent or null."""
    if index >= len(parts):
        return ""
    text = parts[index]
    if not text or text == NULL:
        return ""
    if "&" in text:
        text = text[: text.index("&")]
    return ESCAPE.sub(_character, text) if "\\" in text else text


def whole(segment: list[str], number: int) -> str:
    """Field `number`, raw; `""` where it is absent or null."""
    if number >= len(segment):
        return ""
    text = segment[number]
    return "" if text == NULL else text


def first(segment: list[str], number: int) -> str:
    """The first component of the first repetition of a field, as text."""
    if number >= len(segment):
        return ""
    text = segment[number]
    if not text or text == NULL:
        return ""
    if "~" in text:
        text = text[: text.index("~")]
    if "^" in text:
        text = text[: text.index("^")]
    if "&" in text:
        text = text[: text.index("&")]
    return ESCAPE.sub(_character, text) if "\\" in text else text


def repetitions(segment: list[str], number: int) -> list[str]:
    """The raw repetitions of a field that are neither empty nor null."""
    if number >= len(segment):
        return []
    text = segment[number]
    if not text or text == NULL:
        return []
    return [part for part in text.split("~") if part and part != NULL] if "~" in text else [text]


def uuid(namespace: bytes, key: str) -> str:
    """UUIDv5 of a key, as `uuid.uuid5` makes it."""
    digest = sha1(namespace + key.encode(), usedforsecurity=False).hexdigest()
    variant = "89ab"[int(digest[16], 16) & 3]
    return f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"


def day(text: str) -> str | None:
    """`YYYY[MM[DD]]` as a FHIR date, its time cut off."""
    if not text[:4].isdigit():
        return None
    if len(text) >= 8:
        return f"{text[:4]}-{text[4:6]}-{text[6:8]}"
    return f"{text[:4]}-{text[4:6]}" if len(text) >= 6 else text[:4]


def moment(text: str, zone: ZoneInfo | None) -> str | None:
    """A v2 time as a FHIR dateTime: the sender's offset, else the site's zone, else only the day."""
    sign = max(text.find("+"), text.find("-"))
    local, offset = (text[:sign], text[sign:]) if sign > 0 else (text, "")
    if len(local) < 12:
        return day(local)
    if offset:
        tail = f"{offset[:3]}:{offset[3:5]}"
    elif zone is not None:
        tail = site_offset(zone, local[:12])
    else:
        return day(local)
    clock = f"{local[8:10]}:{local[10:12]}:{local[12:] or '00'}"
    return f"{local[:4]}-{local[4:6]}-{local[6:8]}T{clock}{tail}"


@lru_cache(maxsize=4096)
def site_offset(zone: ZoneInfo, local: str) -> str:
    """The offset of a zone at a local time, as `-05:00`."""
    moment_there = datetime(
        int(local[:4]), int(local[4:6]), int(local[6:8]), int(local[8:10]), int(local[10:12]), tzinfo=zone
    )
    offset = moment_there.strftime("%z")
    return f"{offset[:3]}:{offset[3:5]}"


ZONE = ZoneInfo("America/Chicago")


def v2_moment(text: str) -> str:
    """A FHIR date or dateTime as v2 writes it, with its offset where that is not the one of the site's zone."""
    date, _, rest = text.partition("T")
    if not rest:
        return date.replace("-", "")
    if rest.endswith("Z"):
        return f"{date.replace('-', '')}{rest[:-1].replace(':', '')}+0000"
    sign = max(rest.find("+"), rest.find("-"))
    local = f"{date.replace('-', '')}{rest[:sign].replace(':', '')}"
    return local if site_offset(ZONE, local[:12]) == rest[sign:] else local + rest[sign:].replace(":", "")
