"""Says in an analyst's words what is wrong with a line that does not parse.

Three sources, the first that knows wins: an unclosed block; spellings from other notations, recognised in the text
itself; and examples of mistakes, compared by Lark's `match_examples` with the state in which the parser stopped.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache
from typing import NoReturn

from lark import UnexpectedInput

from mapper.diagnostics import Diagnostic, diagnostic
from mapper.source import SourceFile, Span
from mapper.syntax import grammar
from mapper.syntax.examples import EXAMPLES, Advice
from mapper.syntax.recover import DECLARATION, Mistake, freeze, unclosed_block
from mapper.syntax.spellings import Spelling, spelling_at
from mapper.syntax.words import expected_words

DECLARATIONS = (
    "use",
    "import",
    "system",
    "extend",
    "table",
    "function",
    "mapping",
    "override",
    "rules",
    "example",
)
STATEMENTS = frozenset(
    {
        "each",
        "key",
        "choose",
        "case",
        "otherwise",
        "ignore",
        "require",
        "set",
        "drop",
        "fill",
        "narrative",
        "when",
    }
)
_FIRST_WORD = re.compile(r"[\w@$-]+")
_ARROW = re.compile(r"<->|->|<-|<=>|=>|-->")


def explain(source: SourceFile, mistake: Mistake) -> Diagnostic:
    """The diagnostic for one place where the parser could not go on."""
    if mistake.opener is not None:
        return _unclosed(source, mistake)
    spelling = spelling_at(source, mistake)
    if spelling is not None:
        return _spelled(source, spelling)
    line = _line(source, mistake)
    if not mistake.top_level and line[:1].isspace() and DECLARATION.match(line.lstrip()):
        return _inside(source, mistake)
    if mistake.top_level and _first_on_line(source, mistake.position):
        return _outside(source, mistake)
    label = _match(mistake.error, use_accepts=True) or _match(mistake.error, use_accepts=False)
    span = _found(source, mistake)
    found = _shown(source, span)
    if label is None:
        return diagnostic("E101", f"{found} does not fit here", span, help=expected_words(mistake.error))
    return diagnostic(label.code, label.message.format(found=found), span, help=label.help)


def _first_on_line(source: SourceFile, position: int) -> bool:
    return not source.text[source.text.rfind("\n", 0, position) + 1 : position].strip()


def _line(source: SourceFile, mistake: Mistake) -> str:
    return source.line_text(source.position(mistake.position)[0])


def _inside(source: SourceFile, mistake: Mistake) -> Diagnostic:
    """A declaration within a block, set in like the block's lines (else the block counts as not closed)."""
    line = _line(source, mistake)
    start = source.text.rfind("\n", 0, mistake.position) + 1 + len(line) - len(line.lstrip())
    word = line.split()[0]
    return diagnostic(
        "E132",
        f"a `{word}` stands inside a block",
        Span(source.path, start, start + len(word)),
        help="declarations stand at the top of the file, outside all braces",
    )


def _outside(source: SourceFile, mistake: Mistake) -> Diagnostic:
    """A line at the top level that begins no declaration."""
    line = _line(source, mistake)
    word = _FIRST_WORD.match(line.strip())
    length = len(word[0]) if word else 1
    span = Span(source.path, mistake.position, min(mistake.position + length, len(source.text)))
    found = source.text[span.start : span.end]
    if found == "}":
        return diagnostic(
            "E126",
            "this `}` closes nothing",
            span,
            help="delete it, or look for a block above that was closed too early",
        )
    meant = get_close_matches(found, DECLARATIONS, n=1, cutoff=0.7)
    if not meant and (_ARROW.search(line) or found in STATEMENTS):
        return diagnostic(
            "E114",
            "this line stands outside a mapping",
            span,
            help="put it between the `{` and `}` of a `mapping`",
        )
    hint = (
        f"did you mean `{meant[0]}`?"
        if meant
        else (
            "a file holds "
            + ", ".join(f"`{name}`" for name in DECLARATIONS[:-1])
            + f" and `{DECLARATIONS[-1]}`"
        )
    )
    return diagnostic("E119", f"`{found}` does not begin a declaration", span, help=hint)


def _match(error: UnexpectedInput, *, use_accepts: bool) -> Advice | None:
    return error.match_examples(
        _parse_example, EXAMPLES, token_type_match_fallback=True, use_accepts=use_accepts
    )


def _unclosed(source: SourceFile, mistake: Mistake) -> Diagnostic:
    opener = unclosed_block(source.text, mistake)
    where = Span(source.path, opener, opener + 1)
    return diagnostic(
        "E102", "this `{` is never closed", where, help="put a `}` on a line of its own where the block ends"
    )


def _spelled(source: SourceFile, found: tuple[Spelling, int, int]) -> Diagnostic:
    spelling, start, end = found
    text = source.text[start:end]
    return diagnostic(
        spelling.code, spelling.message.format(found=text), Span(source.path, start, end), help=spelling.help
    )


def _found(source: SourceFile, mistake: Mistake) -> Span:
    """What the parser tripped over: a token, or a single character; never more than a line."""
    start = min(mistake.position, len(source.text))
    token = getattr(mistake.error, "token", None)
    length = len(token) if token is not None and token.type not in {"_NL", "$END"} else 1
    if start < len(source.text) and source.text[start] in "\r\n":
        length = 0
    word = _FIRST_WORD.match(source.text, start)
    length = max(length, len(word[0]) if word and length else 0)
    return Span(source.path, start, min(start + length, len(source.text)))


def _shown(source: SourceFile, span: Span) -> str:
    text = source.text[span.start : span.end]
    return f"`{text[:40]}`" if text else "the end of the line"


@cache
def _example_error(text: str) -> UnexpectedInput:
    try:
        grammar.parser().parse(text + "\n")
    except UnexpectedInput as error:
        freeze(error)
        return error
    raise AssertionError(f"this example of a mistake parses: {text!r}")


def _parse_example(text: str) -> NoReturn:
    raise _example_error(text)
