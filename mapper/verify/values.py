"""What stands in leaves of made messages, by datatype: what senders write, and what they should not."""

from __future__ import annotations

# Delimiters, escapes, accents, other scripts, quotes, white space at the ends, what looks like an explicit null.
TELLING = (
    "A",
    "Bo",
    "a b",
    "O'Neil",
    "x|y^z&w~v\\u",
    "\\F\\",
    "é",
    "Zoë Ångström",
    "漢字",
    "😀",
    ' a"b ',
    "1",
)
UNKNOWN_CODES = ("ZZ9", "q x")

DATES = ("20240229", "202402", "2024", "19691231", "99991231", "00010101")
BAD_DATES = ("20240230", "2024-02-29", "0000", "soon")
TIMES = (
    "20240229", "202402291530", "20240229153045", "20240229153045.1234", "20240229153045-0500", "202402291530+0000",
    "2024", "202402", "2024022915", "20240310023000", "20241103013000", "20240229235959.9-0600",
)  # fmt: skip
CLOCKS = ("1530", "153045", "15", "153045.25", "1530-0500")
NUMBERS = ("1", "0", "12.50", "-3", "+4", "007", "0.001", "123456789012345678901234567890")
BAD_NUMBERS = ("abc", "1,5", "--1")
COUNTS = ("1", "2", "33")
URIS = ("https://verify.example/a", "urn:oid:1.2.3.4", "1.2.3.4", "2.16.840.1.113883.4.1")
UUIDS = ("2b0f2a0c-6b5e-4a53-9d0c-0f9b6a0a1c11", "2B0F2A0C-6B5E-4A53-9D0C-0F9B6A0A1C11")
PHONES = ("(217)555-0199", "555-0199X12", "+44 20 7946 0000", "call home")

GOOD = {
    "DT": DATES,
    "TS": TIMES,
    "DTM": TIMES,
    "TM": CLOCKS,
    "NM": NUMBERS,
    "SI": COUNTS,
    "TN": PHONES,
}
"""What a value of a datatype looks like; of others any text."""

VALUE_TYPES = ("NM", "ST", "CE", "CWE", "TX", "SN", "DT", "TS", "TM", "ED", "FT", "XPN", "CX")
"""Types that OBX-2 gives to OBX-5."""
