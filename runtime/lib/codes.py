"""Codes and content whose form differs: Base64, media types, dotted ICD codes, yes and no."""

from __future__ import annotations

import binascii
from base64 import b64encode
from collections.abc import Mapping, Sequence

from runtime.lib.functions import Pair


def to_base64(text: str) -> str | None:
    """Text -> Base64 of its UTF-8."""
    try:
        return b64encode(text.encode("utf-8")).decode("ascii") or None
    except UnicodeEncodeError:
        return None


def from_base64(data: str) -> str | None:
    """Base64 -> text; `None` for content that is not UTF-8 text."""
    content = _decoded(data)
    try:
        return (content.decode("utf-8") or None) if content is not None else None
    except UnicodeDecodeError:
        return None


def to_base64_binary(text: str) -> str | None:
    """ED.5 as sent in Base64 -> base64Binary: line breaks and blanks go, anything else must be Base64."""
    data = "".join(text.split())
    return data if data and _decoded(data) is not None else None


def _decoded(data: str) -> bytes | None:
    try:
        return binascii.a2b_base64(data, strict_mode=True)
    except ValueError:
        return None


def to_flag(text: str) -> bool | None:
    """HL7 table 0136: Y or N -> boolean."""
    return _FLAGS.get(text)


def from_flag(value: bool) -> str | None:
    """boolean -> Y or N."""
    return "Y" if value else "N"


_FLAGS = {"Y": True, "N": False}


def to_icd_dotted(code: str) -> str:
    """An ICD-10 code without its point, as X12 sends it -> with it: `E119` -> `E11.9`. What is none stays as it is."""
    return _icd_dotted(code) or code


def from_icd_dotted(code: str) -> str:
    """The inverse of `to_icd_dotted`."""
    plain = code.replace(".", "", 1)
    return plain if _icd_dotted(plain) == code else code


def _icd_dotted(code: str) -> str | None:
    if not (3 <= len(code) <= 7 and code.isascii() and code.isalnum()):
        return None
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code


def to_icd9_dotted(code: str) -> str:
    """An ICD-9-CM code without its point -> with it: `V7389` -> `V73.89`; in E codes after four characters.

    What is none stays as it is.
    """
    return _icd9_dotted(code) or code


def from_icd9_dotted(code: str) -> str:
    """The inverse of `to_icd9_dotted`."""
    plain = code.replace(".", "", 1)
    return plain if _icd9_dotted(plain) == code else code


def _icd9_dotted(code: str) -> str | None:
    if not (3 <= len(code) <= 5 and code.isascii() and code.isalnum()):
        return None
    head = 4 if code[0] == "E" else 3
    return f"{code[:head]}.{code[head:]}" if len(code) > head else code


def icd10_code(text: str) -> str | None:
    """An ICD-10 code as a v2 message has it, with or without its point -> with it: `e119`, `E11.9` -> `E11.9`."""
    return _icd_dotted(text.strip().upper().replace(".", "", 1))


def icd9_code(text: str) -> str | None:
    """An ICD-9-CM code as a v2 message has it, with or without its point -> with it."""
    return _icd9_dotted(text.strip().upper().replace(".", "", 1))


def type_of_bill(place: str, frequency: str) -> str | None:
    """CLM05-1 and CLM05-3 -> the NUBC's type of bill with its leading zero: `13`, `1` -> `0131`."""
    whole = f"0{place}{frequency}"
    return whole if _type_of_bill(whole) else None


def bill_place(code: str) -> str | None:
    """A type of bill, with or without its leading zero -> CLM05-1: `0131` -> `13`."""
    whole = code if len(code) == _BILL else f"0{code}"
    return whole[1:3] if _type_of_bill(whole) else None


_BILL = 4


def _type_of_bill(text: str) -> bool:
    return len(text) == _BILL and text[0] == "0" and text.isascii() and text[1:].isalnum()


# -- media types -----------------------------------------------------------------------------------

_TYPES = {
    "AP": "application",
    "APPLICATION": "application",
    "AU": "audio",
    "AUDIO": "audio",
    "FT": "text",
    "IM": "image",
    "IMAGE": "image",
    "MULTIPART": "multipart",
    "NS": "image",
    "SI": "image",
    "TEXT": "text",
    "TX": "text",
}
"""HL7 table 0191, and the names that senders take from RFC 2046."""

_TYPES_BACK = {"application": "AP", "audio": "AU", "image": "IM", "multipart": "multipart", "text": "TEXT"}

_USUAL_TYPE = {
    "html": "text",
    "jpeg": "image",
    "pdf": "application",
    "plain": "text",
    "png": "image",
    "rtf": "text",
    "tiff": "image",
}
"""The type of a subtype (HL7 table 0291) that is sent alone, or as a scanned document (SD)."""

_TOKEN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789!#$&-^_.+")  # RFC 6838, section 4.2


def to_mime(components: Sequence[str]) -> str | None:
    """ED.2 and ED.3 of the components of ED -> a media type in lower case; `None` where they name none."""
    kind = components[1].strip() if len(components) > 1 else ""
    subtype = components[2].strip().lower() if len(components) > 2 else ""
    if "/" in subtype:
        return subtype if _media_type(subtype) else None
    subtype = subtype or ("plain" if kind.upper() in {"TX", "TEXT"} else "")
    type_ = _TYPES.get(kind.upper()) or (_USUAL_TYPE.get(subtype, "") if kind in {"", "SD"} else "")
    written = f"{type_}/{subtype}"
    return written if _media_type(written) else None


def from_mime(media_type: str) -> Mapping[int, str] | None:
    """A media type -> ED.2 and ED.3 by component number; parameters such as the charset go."""
    written = media_type.partition(";")[0].strip().lower()
    if not _media_type(written):
        return None
    type_, _, subtype = written.partition("/")
    kind = _TYPES_BACK.get(type_)
    return {2: kind, 3: subtype} if kind is not None else {3: written}


def _media_type(text: str) -> bool:
    type_, slash, subtype = text.partition("/")
    return bool(type_ and slash and subtype and _TOKEN.issuperset(type_) and _TOKEN.issuperset(subtype))


base64 = Pair(to_base64, from_base64)
base64_binary = Pair(to_base64_binary, None)
flag = Pair(to_flag, from_flag)
icd9_dotted = Pair(to_icd9_dotted, from_icd9_dotted)
icd_dotted = Pair(to_icd_dotted, from_icd_dotted)
mime = Pair(to_mime, from_mime)
