"""Delimiters of a message (MSH-1 and MSH-2), and the rewriting of a message to the standard ones."""

from __future__ import annotations

import re
from dataclasses import dataclass

from runtime.codecs.findings import BAD_DELIMITERS, TRUNCATED, decode_error

STANDARD = "^~\\&"


@dataclass(frozen=True, slots=True)
class Delimiters:
    """What MSH-1 and MSH-2 declare. `truncation` (2.7 and later) is empty if MSH-2 has four characters."""

    field: str
    component: str
    repetition: str
    escape: str
    subcomponent: str
    truncation: str = ""


def read_delimiters(header: str) -> Delimiters:
    """Delimiters of an MSH segment, given its text. Raises DecodeError R102, or R109 if it is cut."""
    if len(header) < 5:
        raise decode_error(TRUNCATED, "MSH-2", "the message ends before its encoding characters")
    field, encoding = header[3], header[4:].split(header[3], 1)[0]
    if _unfit(field):
        raise decode_error(
            BAD_DELIMITERS, "MSH-1", "the field separator must be a printable character, no letter or digit"
        )
    if not 4 <= len(encoding) <= 5:
        raise decode_error(
            BAD_DELIMITERS, "MSH-2", f"4 encoding characters expected (5 from 2.7 on), {len(encoding)} found"
        )
    if any(map(_unfit, encoding)):
        raise decode_error(
            BAD_DELIMITERS, "MSH-2", "encoding characters must be printable, and no letters or digits"
        )
    if len({field, *encoding}) != 1 + len(encoding):
        raise decode_error(BAD_DELIMITERS, "MSH-2", "one character has two roles: all delimiters must differ")
    return Delimiters(field, *encoding)


def normalise(text: str, own: Delimiters) -> str:
    """The same message with `|^~\\&`; data that equals a standard delimiter becomes an escape sequence.

    `text` starts with MSH. The truncation character is not declared any more, and `\\P\\` becomes that
    character.
    """
    start = 4 + len(own.escape + own.component + own.repetition + own.subcomponent + own.truncation)
    return f"MSH|{STANDARD}" + _rewrite(text[start:], own)


def _rewrite(body: str, own: Delimiters) -> str:
    roles = {own.field: "|", own.component: "^", own.repetition: "~", own.escape: "\\", own.subcomponent: "&"}
    data = {"|": "\\F\\", "^": "\\S\\", "~": "\\R\\", "\\": "\\E\\", "&": "\\T\\"}
    letters = {
        "F": own.field, "S": own.component, "R": own.repetition, "E": own.escape, "T": own.subcomponent,
    }  # fmt: skip
    if own.truncation:
        letters["P"] = own.truncation
    table = data | roles

    def rewrite(match: re.Match[str]) -> str:
        letter = match.group(1)
        if letter is not None:
            return data.get(letters[letter], letters[letter])
        return table[match.group()]

    escape = re.escape(own.escape)
    singles = "".join(map(re.escape, table))
    return re.sub(f"{escape}([{''.join(letters)}]){escape}|[{singles}]", rewrite, body)


def _unfit(character: str) -> bool:
    return character.isalnum() or character.isspace() or not character.isprintable()
