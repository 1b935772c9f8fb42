"""Names of the grammar's terminals as people say them."""

from __future__ import annotations

from typing import Any

from lark import UnexpectedInput

_WORDS = {
    "NAME": "a name",
    "TYPE": "a type",
    "STRING": "a quoted text",
    "ARROW": "an arrow: `<->`, `->` or `<-`",
    "FORMAT": "a format: hl7v2, fhir, x12 or cda",
    "NUMBER": "a number",
    "DATE": "a date",
    "CODE": "a code like `loinc|8480-6`",
    "LOOP_ID": "a loop like `2010AA`",
    "LOOP": "a loop like `2010AA`",
    "_NL": "the end of the line",
    "$END": "the end of the file",
    "LBRACE": "`{`",
    "RBRACE": "`}`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "LSQB": "`[`",
    "RSQB": "`]`",
    "COMMA": "a comma",
    "EQ": "`=`",
    "COMPARE": "a comparison like `<=`",
    "VALUED": "`valued`",
    "LEVEL": "reject, error, warn or info",
    "PRESENCE": "optional or required",
    "REASON": "a code like `M79`",
    "STATUS": "a status like `A7:249`",
    "UNIT": "days, months, years, hours or minutes",
}
_HIDDEN = frozenset(
    {"WS", "COMMENT", "_CONT", "_SEP", "INDEX", "RANGE", "POSITION", "PLUS", "MINUS", "AS_OF", "BOOL", "LOOP"}
)
_MOST = 6


def expected_words(error: UnexpectedInput) -> str | None:
    """What may stand at the place of the error, if that is a short list."""
    attributes: Any = error
    terminals = (
        set(getattr(attributes, "expected", None) or getattr(attributes, "allowed", None) or ()) - _HIDDEN
    )
    words = sorted({_WORDS.get(terminal, f"`{terminal.lower().strip('_')}`") for terminal in terminals})
    if not words or len(words) > _MOST:
        return None
    return "here may stand " + (
        " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
    )
