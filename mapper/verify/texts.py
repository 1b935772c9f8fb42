"""Texts of HL7 v2 leaves by datatype: what senders write, and what they should not."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import strategies as st

Texts = st.SearchStrategy[str]

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
ALPHABET = "abAB01 .-_/|^&~\\\"'éß漢"
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


def seldom(usual: Texts, odd: Iterable[str]) -> Texts:
    """Mostly `usual`; a strange text now and then. Shrinks towards the usual."""
    return st.one_of(usual, usual, usual, st.sampled_from(tuple(odd)))


def _visible(text: str) -> bool:
    return bool(text.strip()) and text != '""'


FREE: Texts = st.one_of(st.sampled_from(TELLING), st.text(ALPHABET, min_size=1, max_size=6).filter(_visible))

BY_TYPE: dict[str, Texts] = {
    "DT": seldom(st.sampled_from(DATES), BAD_DATES),
    "TS": seldom(st.sampled_from(TIMES), BAD_DATES),
    "DTM": seldom(st.sampled_from(TIMES), BAD_DATES),
    "TM": seldom(st.sampled_from(CLOCKS), ("99", "noon")),
    "NM": seldom(st.sampled_from(NUMBERS), BAD_NUMBERS),
    "SI": seldom(st.sampled_from(COUNTS), BAD_NUMBERS),
    "TN": st.sampled_from(("(217)555-0199", "555-0199X12", "+44 20 7946 0000", "call home")),
}


def codes(known: Iterable[str]) -> Texts:
    """Codes of a table, and some that it does not have."""
    listed = tuple(dict.fromkeys(code for code in known if code))[:40]
    return (
        seldom(st.sampled_from(listed), UNKNOWN_CODES) if listed else st.sampled_from(("A", *UNKNOWN_CODES))
    )


def leaf(type_name: str, known: Iterable[str], pool: Iterable[str]) -> Texts:
    """Texts for one leaf: `known` are the codes of its table, `pool` the values that the mapping tells apart."""
    told = tuple(dict.fromkeys(str(value) for value in pool if str(value)))[:60]
    usual = codes(known) if type_name in ("ID", "IS") else BY_TYPE.get(type_name, FREE)
    return st.one_of(st.sampled_from(told), usual) if told else usual
