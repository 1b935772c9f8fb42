"""One regular expression for a segment: what matches is free of findings, the rest is looked at element by element.

A segment is joined by `SEPARATOR`, which no valid value holds. The pattern takes a safe part of what is valid: it
may refuse a valid segment, and never takes one that the exact checks of `elements.py` refuse.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import groupby

from runtime.codecs.x12.delimiters import COMPONENT, REPETITION
from runtime.x12.validate.elements import ElementTable
from runtime.x12.validate.values import DATE_PATTERN, FORMATS, TIME_PATTERN

SEPARATOR = "\x1d"

Codes = Mapping[str, Collection[str]]

_MOST_CODES = 2_000  # longer lists are not worth a pattern
_TEXT = "[ -~]"
_LAST = "[!-~]"  # no trailing space


def matcher(segment: str, elements: Sequence[ElementTable], lists: Codes) -> Callable[[str], object]:
    """A test of a joined segment; `lists` are the code lists, by their name in the table, whose codes are checked."""
    pattern = _sequence(elements, SEPARATOR, lists, leading=True)
    return re.compile(f"{re.escape(segment)}{pattern}(?<!{SEPARATOR})").fullmatch


def _sequence(parts: Sequence[ElementTable], separator: str, lists: Codes, leading: bool = False) -> str:
    """Elements of a segment or components of a composite; what is absent at the end may be left out."""
    parts = list(_filled(parts))
    tail = ""
    required = False
    position = len(parts)
    while position:
        paired = position >= 2 and _is_period(parts[position - 2], parts[position - 1])
        position -= 2 if paired else 1
        part = parts[position]
        first = not leading and position == 0
        here = _period(part, parts[position + 1], separator) if paired else _element(part, separator, lists)
        required = required or _must(part) or (paired and _must(parts[position + 1]))
        step = f"{'' if first else separator}{here}{tail}"
        tail = step if required or first else f"(?:{step})?"
    return tail


def _filled(parts: Sequence[ElementTable]) -> list[ElementTable]:
    """One entry for each position; positions that the table leaves out are not used."""
    by_number = {part["n"]: part for part in parts}
    unused: ElementTable = {"n": 0, "type": "AN", "usage": "N"}
    return [by_number.get(number, unused) for number in range(1, max(by_number, default=0) + 1)]


def _must(part: ElementTable) -> bool:
    return part.get("usage") == "R"


def _is_period(part: ElementTable, following: ElementTable) -> bool:
    return part.get("de") == "1250" and following.get("de") == "1251" and following.get("usage") != "N"


def _period(qualifier: ElementTable, value: ElementTable, separator: str) -> str:
    """A format qualifier and the date that it governs."""
    allowed = [code for code in (qualifier.get("codes") or FORMATS) if code in FORMATS]
    forms = [f"{code}{separator}{FORMATS[code]}" for code in allowed]
    if not (_must(qualifier) or _must(value)):
        forms.append(separator)
    return f"(?:{'|'.join(forms)})" if forms else f"(?:{_NEVER})"


_NEVER = "(?!)"


def _element(part: ElementTable, separator: str, lists: Codes) -> str:
    if part.get("usage") == "N":
        return ""
    components = part.get("components")
    one = f"{_sequence(components, COMPONENT, lists)}(?<!{COMPONENT})" if components else _simple(part, lists)
    repeat = part.get("repeat", 1)
    if repeat is None or repeat > 1:
        further = "*" if repeat is None else f"{{0,{repeat - 1}}}"
        one = f"{one}(?:{REPETITION}{one}){further}"
    if _must(part):
        return f"(?!{separator}|\\Z)(?:{one})" if components else f"(?:{one})"
    return f"(?:{one})?"


def _simple(part: ElementTable, lists: Codes) -> str:
    if part.get("pattern"):
        return _NEVER  # patterns come from outside and are rare: the exact check runs them
    codes: set[str] = set(part.get("codes") or ())
    external = part.get("external")
    if external:
        codes = codes | set(lists[external]) if external in lists else set()
    if codes and len(codes) <= _MOST_CODES:
        return _alternatives(sorted(codes))
    return _typed(part)


def _typed(part: ElementTable) -> str:
    kind, least, most = part.get("type", "AN"), part.get("min", 1), part.get("max") or 999_999
    if kind in ("DT", "D8"):
        return DATE_PATTERN if least <= 8 <= most else _NEVER
    if kind == "RD8":
        return FORMATS["RD8"]
    if kind == "TM":
        return TIME_PATTERN if least <= 4 and most >= 8 else _CLOCK_ONLY
    if kind[:1] == "N":
        return f"-?[0-9]{{{least},{most}}}"
    if kind == "R":
        whole = f"[0-9]{{{least},{most}}}"
        cents = f"[0-9]{{1,{max(1, most - 4)}}}\\.[0-9]{{1,4}}" if most > 4 and least <= 2 else _NEVER
        return f"-?(?:{cents}|{whole})"
    if kind == "B":
        return f"[^{SEPARATOR}{COMPONENT}{REPETITION}]{{{least},{most}}}"
    if least <= 1:
        return f"{_TEXT}{{0,{most - 1}}}{_LAST}"
    return f"{_TEXT}{{{least - 1},{most - 1}}}{_LAST}"


_CLOCK_ONLY = FORMATS["TM"]


def _alternatives(words: Sequence[str]) -> str:
    """Words by their first characters, so that a long list costs few comparisons."""
    if len(words) == 1:
        return re.escape(words[0])
    if all(len(word) == 1 for word in words):
        return "[" + "".join(re.escape(word) for word in words) + "]"
    branches = []
    for first, group in groupby(words, key=lambda word: word[:1]):
        rest = [word[1:] for word in group]
        branches.append(re.escape(first) + _alternatives(sorted(rest)) if first else "")
    branches.sort(key=lambda branch: not branch)  # longer words before the word that begins them
    return f"(?:{'|'.join(branch for branch in branches if branch)}{'|' if '' in branches else ''})"
