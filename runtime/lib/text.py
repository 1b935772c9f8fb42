"""Text: what each FHIR primitive admits, and lists of texts as one text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from runtime.lib.functions import Pair

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


def visible(text: str) -> str | None:
    """Any text that is more than white space: FHIR string and markdown."""
    return None if not text or text.isspace() else text


def to_code(text: str) -> str | None:
    """A FHIR code: single white space inside, none around. The blanks that HL7 v2 allows at the end go.

    Source: FHIR R4 code `[^\\s]+(\\s[^\\s]+)*`; HL7 v2.5.1, section 2.A.75.
    """
    if text.isalnum():
        return text
    words = text.split()
    if len(words) == 1:
        return words[0]
    trimmed = text.strip()
    return trimmed if len(words) - 1 == sum(map(str.isspace, trimmed)) and words else None


def to_id(text: str) -> str | None:
    """A FHIR id: 1 to 64 of letters, digits, `-` and `.`."""
    trimmed = text.strip()
    return trimmed if _ID.fullmatch(trimmed) else None


def to_uri(text: str) -> str | None:
    """A FHIR uri, url or canonical: no white space inside; that around it goes."""
    words = text.split()
    return words[0] if len(words) == 1 else None


code = Pair(to_code, None)
identifier = Pair(to_id, None)
string = Pair(visible, None)
uri = Pair(to_uri, None)


# -- lists of texts --------------------------------------------------------------------------------


def split_words(text: str) -> list[str] | None:
    """`MARY ANN` -> its words, as the given names of one field."""
    return text.split() or None


def join_words(names: Sequence[str]) -> str | None:
    """Given names -> one field with single spaces between."""
    return " ".join(" ".join(names).split()) or None


def split_lines(text: str) -> list[str] | None:
    """Text -> a repetition (NTE-3, OBX-5) for each line; a blank line is a space, or it would be absent."""
    return [line or " " for line in _lines(text)] or None


def join_lines(repetitions: Sequence[str]) -> str | None:
    """Repetitions -> one text, a line for each; white space at the ends of lines and of the text goes."""
    return "\n".join(_lines("\n".join(repetitions))) or None


def _lines(text: str) -> list[str]:
    lines = [line.rstrip() for line in text.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return lines


def stated(witness: str, text: str) -> str | None:
    """The second text, as a value of the message whose first text it is: what a site states, where a message came.

    A value of the context alone fills a node and never makes it.
    """
    return (text or None) if witness else None


def list_of(texts: Sequence[str]) -> str | None:
    """The different texts of a list, in order, with commas between."""
    return ", ".join(dict.fromkeys(text for text in texts if text and not text.isspace())) or None


words = Pair(split_words, join_words)
text_lines = Pair(join_lines, split_lines)


def last_four(number: str) -> str | None:
    """An account number as far as it may be kept: its last four characters; nothing of one with fewer than eight."""
    return number[-4:] if len(number) >= 8 else None
