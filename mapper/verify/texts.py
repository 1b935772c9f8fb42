"""Texts of HL7 v2 leaves by datatype: what senders write, and what they should not."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import strategies as st

from mapper.verify.values import (
    BAD_DATES,
    BAD_NUMBERS,
    GOOD,
    TELLING,
    UNKNOWN_CODES,
)

Texts = st.SearchStrategy[str]

ALPHABET = "abAB01 .-_/|^&~\\\"'éß漢"


def seldom(usual: Texts, odd: Iterable[str]) -> Texts:
    """Mostly `usual`; a strange text now and then. Shrinks towards the usual."""
    return st.one_of(usual, usual, usual, st.sampled_from(tuple(odd)))


def _visible(text: str) -> bool:
    return bool(text.strip()) and text != '""'


FREE: Texts = st.one_of(st.sampled_from(TELLING), st.text(ALPHABET, min_size=1, max_size=6).filter(_visible))

BY_TYPE: dict[str, Texts] = {
    "DT": seldom(st.sampled_from(GOOD["DT"]), BAD_DATES),
    "TS": seldom(st.sampled_from(GOOD["TS"]), BAD_DATES),
    "DTM": seldom(st.sampled_from(GOOD["TS"]), BAD_DATES),
    "TM": seldom(st.sampled_from(GOOD["TM"]), ("99", "noon")),
    "NM": seldom(st.sampled_from(GOOD["NM"]), BAD_NUMBERS),
    "SI": seldom(st.sampled_from(GOOD["SI"]), BAD_NUMBERS),
    "TN": st.sampled_from(GOOD["TN"]),
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
