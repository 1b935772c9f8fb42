"""What the codes of acknowledgements mean, in a few words of our own."""

from __future__ import annotations

from collections.abc import Mapping

TRANSACTION: Mapping[str, str] = {
    "A": "accepted",
    "E": "accepted with errors",
    "P": "partly accepted",
    "R": "rejected",
    "M": "rejected: authentication failed",
    "W": "rejected: assurance failed",
    "X": "rejected: could not be decrypted",
}
"""IK501, AK901 and TA104."""

SEGMENT: Mapping[str, str] = {
    "1": "no such segment",
    "2": "segment out of place",
    "3": "required segment missing",
    "4": "loop too often",
    "5": "segment too often",
    "6": "segment not defined here",
    "7": "segment out of order",
    "8": "elements in error",
    "I4": "segment not used",
    "I6": "segment missing here",
    "I7": "loop too seldom",
    "I8": "segment too seldom",
    "I9": "segment not allowed here",
}
"""IK304."""

ELEMENT: Mapping[str, str] = {
    "1": "required element missing",
    "2": "element that another needs is missing",
    "3": "too many elements",
    "4": "too short",
    "5": "too long",
    "6": "character not allowed",
    "7": "code not allowed",
    "8": "not a date",
    "9": "not a time",
    "10": "elements exclude each other",
    "12": "too many repetitions",
    "13": "too many components",
    "I6": "code of no use here",
    "I9": "element missing here",
    "I10": "element not used",
    "I11": "too few repetitions",
    "I12": "value does not fit",
    "I13": "element not allowed here",
}
"""IK403."""

SET: Mapping[str, str] = {
    "1": "set not supported",
    "2": "no SE",
    "3": "control numbers of ST and SE differ",
    "4": "segment count wrong",
    "5": "segments in error",
    "6": "set without its identifier",
    "7": "control number missing or bad",
    "23": "control number used twice",
    "I5": "segments in error",
    "I6": "version not supported",
}
"""IK502 to IK506."""

GROUP: Mapping[str, str] = {
    "1": "group not supported",
    "2": "version not supported",
    "3": "no GE",
    "4": "control numbers of GS and GE differ",
    "5": "count of transactions wrong",
    "6": "control number bad",
    "19": "control number used twice",
}
"""AK905 to AK909."""

INTERCHANGE: Mapping[str, str] = {
    "000": "no error",
    "001": "control numbers of ISA and IEA differ",
    "002": "standard not supported",
    "003": "version not supported",
    "004": "terminator bad",
    "005": "sender's qualifier bad",
    "006": "sender's id bad",
    "007": "receiver's qualifier bad",
    "008": "receiver's id bad",
    "009": "receiver unknown",
    "010": "authorization qualifier bad",
    "011": "authorization bad",
    "012": "security qualifier bad",
    "013": "security bad",
    "014": "date bad",
    "015": "time bad",
    "016": "repetition separator bad",
    "017": "version bad",
    "018": "control number bad",
    "019": "acknowledgement indicator bad",
    "020": "test indicator bad",
    "021": "count of groups wrong",
    "022": "envelope bad",
    "023": "cut off",
    "024": "content bad",
    "025": "sent twice",
    "026": "element separator bad",
    "027": "component separator bad",
}
"""TA105."""

CATEGORY: Mapping[str, str] = {
    "A0": "forwarded",
    "A1": "received",
    "A2": "accepted",
    "A3": "returned",
    "A4": "not found",
    "A5": "split",
    "A6": "rejected: information missing",
    "A7": "rejected: information invalid",
    "A8": "rejected: information does not agree",
}
"""The first component of STC01 (code source 507)."""


def meaning(what: str, code: str, element: bool = False) -> str:
    """The words for a code of a `Tied`; empty for one that is not known."""
    if what in ("interchange", "group", "transaction"):
        return TRANSACTION.get(code, "")
    if what == "fault":
        return (ELEMENT if element else SEGMENT).get(code, "")
    return CATEGORY.get(code, "")
