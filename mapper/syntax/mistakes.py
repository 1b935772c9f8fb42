"""Says in an analyst's words what is wrong with a line that does not parse.

Three sources, the first that knows wins: an unclosed block; spellings from other notations, recognised in the text
itself; and examples of mistakes, compared by Lark's `match_examples` with the state in which the parser stopped.
"""

from __future__ import annotations

from functools import cache

from lark import UnexpectedInput

from mapper.diagnostics import Diagnostic, diagnostic
from mapper.source import SourceFile, Span
from mapper.syntax import grammar
from mapper.syntax.examples import EXAMPLES, Advice
from mapper.syntax.recover import Mistake, unclosed_block
from mapper.syntax.spellings import Spelling, spelling_at
from mapper.syntax.words import expected_words


def explain(source: SourceFile, mistake: Mistake) -> Diagnostic:
    """The diagnostic for one place where the parser could not go on."""
    if mistake.opener is not None:
        return _unclosed(source, mistake)
    spelling = spelling_at(source, mistake)
    if spelling is not None:
        return _spelled(source, spelling)
    label = _match(mistake.error, use_accepts=True) or _match(mistake.error, use_accepts=False)
    span = _found(source, mistake)
    found = _shown(source, span)
    if label is None:
        return diagnostic("E101", f"{found} does not fit here", span, help=expected_words(mistake.error))
    return diagnostic(label.code, label.message.format(found=found), span, help=label.help)


def _match(error: UnexpectedInput, *, use_accepts: bool) -> Advice | None:
    return error.match_examples(
        _parse_example, EXAMPLES, token_type_match_fallback=True, use_accepts=use_accepts
    )


def _unclosed(source: SourceFile, mistake: Mistake) -> Diagnostic:
    opener = unclosed_block(source.text, mistake)
    where = Span(source.path, opener, opener + 1)
    return diagnostic("E102", "this `{` is never closed", where,
                      help="put a `}` on a line of its own where the block ends")


def _spelled(source: SourceFile, found: tuple[Spelling, int, int]) -> Diagnostic:
    spelling, start, end = found
    text = source.text[start:end]
    return diagnostic(spelling.code, spelling.message.format(found=text), Span(source.path, start, end),
                      help=spelling.help)


def _found(source: SourceFile, mistake: Mistake) -> Span:
    """What the parser tripped over: a token, or a single character; never more than a line."""
    start = min(mistake.position, len(source.text))
    token = getattr(mistake.error, "token", None)
    length = len(token) if token is not None and token.type not in {"_NL", "$END"} else 1
    if start < len(source.text) and source.text[start] in "\r\n":
        length = 0
    return Span(source.path, start, min(start + length, len(source.text)))


def _shown(source: SourceFile, span: Span) -> str:
    text = source.text[span.start : span.end]
    return f"`{text[:40]}`" if text else "the end of the line"


@cache
def _example_error(text: str) -> UnexpectedInput:
    try:
        grammar.parser().parse(text + "\n")
    except UnexpectedInput as error:
        error.state = error.interactive_parser.parser_state.position  # type: ignore[attr-defined]
        return error
    raise AssertionError(f"this example of a mistake parses: {text!r}")


def _parse_example(text: str) -> None:
    raise _example_error(text)
