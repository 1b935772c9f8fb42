"""Escape sequences of HL7 v2 (chapter 2.7), read and written without loss.

A sequence that names a character is read as that character. A sequence that names no character (`\\H\\`,
`\\N\\`, `\\C..\\`, `\\M..\\`, `\\Z..\\`, formatting such as `\\.in4\\`, bytes that are no text) stays in the
text as it is written, and `escape` leaves exactly those sequences alone. So `unescape(escape(t)) == t` for
every text, and `escape(unescape(raw)) == raw` after the normalisation that docs/codecs.md lists.
"""

from __future__ import annotations

import re

_CHARACTERS = {"F": "|", "S": "^", "T": "&", "R": "~", "E": "\\", "P": "#", ".br": "\n"}
_SEQUENCE = re.compile(
    r"\\(?:([FSTREP]|\.br)|X((?:[0-9A-Fa-f]{2})+)|(?:[HN]|\.(?:sp|in|ti|sk|fi|nf|ce)\s?[+-]?[0-9]*"
    r"|C[0-9A-Fa-f]{4}|M(?:[0-9A-Fa-f]{4}){1,2}|M[0-9A-Fa-f]{6}|Z[0-9A-Za-z]*))\\"
)
_WRITTEN = {
    "|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\", "\n": "\\.br\\",
} | {chr(n): f"\\X{n:02X}\\" for n in (*range(10), *range(11, 32), 127)}  # fmt: skip
_SPECIAL = re.compile(r"[|^&~\\\x00-\x1f\x7f]")


def unescape(text: str) -> str:
    """The value of a leaf's raw text. Total: what is no escape sequence stays as it is."""
    if "\\" not in text:
        return text
    return _SEQUENCE.sub(_read, text)


def escape(text: str) -> str:
    """Raw text whose value is `text`; line feeds become `\\.br\\`, other control characters `\\X..\\`."""
    return text if _SPECIAL.search(text) is None else _write_all(text)


def _read(sequence: re.Match[str]) -> str:
    letter, digits = sequence.groups()
    if letter is not None:
        return _CHARACTERS[letter]
    if digits is not None:
        return _text_of(digits) or sequence.group()
    return sequence.group()


def _text_of(digits: str) -> str:
    """The characters of hexadecimal UTF-8 bytes; empty if they are none."""
    try:
        return bytes.fromhex(digits).decode("utf-8")
    except UnicodeDecodeError:
        return ""


def _write_all(text: str) -> str:
    if "\\" not in text:
        return _SPECIAL.sub(_write, text)
    parts: list[str] = []
    position = 0
    while position < len(text):
        kept = _SEQUENCE.match(text, position) if text[position] == "\\" else None
        if kept is not None and _read(kept) == kept.group():
            parts.append(kept.group())
            position = kept.end()
        else:
            character = text[position]
            parts.append("\\E\\" if character == "\\" else _WRITTEN.get(character, character))
            position += 1
    return "".join(parts)


def _write(special: re.Match[str]) -> str:
    return _WRITTEN[special.group()]
