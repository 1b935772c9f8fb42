"""Notations that people bring along from elsewhere, recognised in the text where the parser stopped."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mapper.source import SourceFile
from mapper.syntax.recover import Mistake


@dataclass(frozen=True, slots=True)
class Spelling:
    """A notation that the language does not have. `before` lets it stand anywhere before the stop on the line."""

    pattern: re.Pattern[str]
    code: str
    message: str
    help: str
    before: bool = False


def _spelling(pattern: str, code: str, message: str, help: str, before: bool = False) -> Spelling:
    return Spelling(re.compile(pattern), code, message, help, before)


_ARROWS = "the arrows are `<->` (both ways), `->` (left to right) and `<-` (right to left)"
_CONDITIONS = (
    "conditions are written with `=`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `valued`, `and`, `or`, `not`"
)

SPELLINGS: tuple[Spelling, ...] = (
    _spelling(
        r"^[ \t]*(//[^\n]*|/\*[^\n]*|--[ \w][^\n]*)",
        "E115",
        "`{found}` is not a comment",
        "a comment begins with `#`",
    ),
    _spelling(
        r"(?<!\S)//[^\n]*|/\*[^\n]*", "E115", "`{found}` is not a comment", "a comment begins with `#`"
    ),
    _spelling(
        r"^[ \t]*(if|while|for|switch|foreach|elif|else if)\b[ (]",
        "E115",
        "`{found}` is not a statement",
        "use `choose { case ... { } }`, or `when` at the end of a one-way line",
        before=True,
    ),
    _spelling(
        r"^[ \t]*(else|otherwise if)\b",
        "E122",
        "`{found}` does not stand in a mapping",
        "the last branch of a `choose` is `otherwise { ... }`; for a missing value write `default`",
    ),
    _spelling(
        r"^[ \t]*((?:var|const|let|def|return)\b|import \*|function \w+\s*\()",
        "E115",
        "`{found}` is not a statement of a mapping",
        "a mapping says what corresponds to what: `PID-5 <-> name`",
        before=True,
    ),
    _spelling(r";", "E115", "a `;` does not end a statement", "the end of the line does"),
    _spelling(
        r"(?<![\w\"])'[^'\n]*'?",
        "E106",
        "`{found}` is in single quotes",
        'texts and codes stand in double quotes: "M"',
    ),
    _spelling(
        r"[\u201c\u201d\u201e\u00ab\u00bb][^\u201c\u201d\u00ab\u00bb\n]*[\u201c\u201d\u00ab\u00bb]?|[\u2018\u2019]",
        "E106",
        "`{found}` has typographic quotes",
        'use straight double quotes: "M"',
    ),
    _spelling(
        r'^(?:[^"#\n]|"(?:\\.|[^"\\\n])*")*("(?:\\.|[^"\\\n])*)$',
        "E103",
        "this text is never closed",
        'a text ends with `"` on the same line; a quote within it is written `\\"`',
    ),
    _spelling(
        r"<=+>|<-{2,}>?|-{2,}>|={1,2}>|<={2,}|<~+>?|~+>|<>|[\u2190-\u21ff\u27f5-\u27ff]|:=|<-\s+->|->>|<\s+-+\s*>?|-\s+>",
        "E104",
        "`{found}` is not an arrow",
        _ARROWS,
    ),
    _spelling(
        r"===?|!==|&&|\|\||(?<![=<>!])!(?!=)|\b(is|IS)\s+(not\s+|NOT\s+)?(null|NULL|empty|valued)\b|\b(AND|OR|NOT)\b",
        "E124",
        "`{found}` is not a condition of the language",
        _CONDITIONS + "; a missing value is `not valued`",
    ),
    _spelling(
        r"(?<=\w)->(?=\w)|\\|(?<=\w)::?(?=\w)",
        "E118",
        "`{found}` does not separate the steps of a path",
        "v2: `PID-5.1`; FHIR: `name.family`; X12 and CDA: `2010AA/NM109`",
    ),
    _spelling(
        r"\[\s*0\s*\]|\[\s*-\d+\s*\]|\[\s+(\d+|last)\s*\]|\[(\d+|last)\s+\]|\[\*?\]|\[first\]",
        "E108",
        "`{found}` is not a position",
        "positions count from 1, without blanks: `[1]`, `[2..]`, `[last]`; a line over all of them begins with `each`",
    ),
    _spelling(
        r"\$\{[^}\n]*\}?|\{\{[^}\n]*\}?\}?|%\w+%|\$\.",
        "E115",
        "`{found}` is not a value",
        "a value is a path, a quoted text, a code or a number",
    ),
    _spelling(r":", "E104", "a `:` does not join two sides", _ARROWS),
    _spelling(
        r"[^\x00-\x7f]",
        "E117",
        "the character `{found}` does not stand in names",
        "names are ASCII letters, digits and `_`; other characters stand only in quoted texts and comments",
    ),
    _spelling(
        r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)",
        "E117",
        "there is an invisible control character here",
        "delete it; it often comes from a copied text",
    ),
    _spelling(
        r"[?&~^`%]|(?<!\w)@(?!\w)|\$(?!\w)|!",
        "E117",
        "the character `{found}` has no meaning here",
        "characters like this stand only in quoted texts",
    ),
)


def spelling_at(source: SourceFile, mistake: Mistake) -> tuple[Spelling, int, int] | None:
    """The spelling that covers the place where the parser stopped, with its offsets."""
    position = min(mistake.position, len(source.text))
    start = source.text.rfind("\n", 0, position) + 1
    end = source.text.find("\n", position)
    line = source.text[start : end if end >= 0 else len(source.text)]
    column = position - start
    for spelling in SPELLINGS:
        for match in spelling.pattern.finditer(line):
            group = 1 if match.re.groups and match.re.pattern.startswith("^") else 0
            first, last = match.span(group)
            if first <= column < max(last, first + 1) or (spelling.before and first <= column):
                return spelling, start + first, start + last
    return None
