"""What all builder parts share: spans, names, strings, and the list of diagnostics."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TypeVar

from lark import Token, Transformer_NonRecursive
from lark.tree import Meta

from mapper.diagnostics import Diagnostic, diagnostic
from mapper.source import SourceFile, Span
from mapper.syntax import tree as t

Built = TypeVar("Built")

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {'"': '"', "\\": "\\", "n": "\n", "t": "\t"}


class Base(Transformer_NonRecursive[Token, Any]):
    """A builder for one source file; not recursive, so that no input can exhaust the stack."""

    def __init__(self, source: SourceFile) -> None:
        super().__init__()
        self._source = source
        self.diagnostics: list[Diagnostic] = []

    def _span(self, meta: Meta) -> Span:
        return Span(self._source.path, meta.start_pos, meta.end_pos)

    def _at(self, token: Token) -> Span:
        start = token.start_pos or 0
        return Span(self._source.path, start, start + len(token))

    def _reach(self, start: int, end: int) -> Span:
        return Span(self._source.path, start, end)

    def _name(self, token: Token) -> t.Name:
        return t.Name(str(token), self._at(token))

    def _names(self, tokens: Iterable[Token]) -> tuple[t.Name, ...]:
        return tuple(self._name(token) for token in tokens)

    def _text(self, token: Token) -> str:
        """The value of a quoted token, escapes decoded."""
        body = token[1:-1]
        if "\\" not in body:
            return body
        return _ESCAPE.sub(lambda match: self._unescape(match, token), body)

    def _unescape(self, match: re.Match[str], token: Token) -> str:
        value = _ESCAPES.get(match[1])
        if value is None:
            start = (token.start_pos or 0) + 1 + match.start()
            self._report(
                "E107",
                f"`{match[0]}` is not an escape",
                self._reach(start, start + 2),
                help=r"a quoted text knows \" \\ \n and \t; write a backslash as \\",
            )
            return match[0]
        return value

    def _string(self, token: Token) -> t.String:
        return t.String(self._text(token), self._at(token))

    def _strings(self, tokens: Iterable[Token]) -> tuple[t.String, ...]:
        return tuple(self._string(token) for token in tokens)

    def _optional_text(self, token: Token | None) -> str | None:
        return None if token is None else self._text(token)

    def _code_of(self, token: Token) -> t.Code:
        system, _, code = token.partition("|")
        if code.startswith('"'):
            quoted = Token("STRING", code, start_pos=(token.start_pos or 0) + len(system) + 1)
            code = self._text(quoted)
        return t.Code(system, code, self._at(token))

    def _date_of(self, token: Token) -> t.Date:
        return t.Date(str(token), self._at(token))

    def _report(self, code: str, message: str, span: Span, label: str = "", help: str | None = None) -> None:
        self.diagnostics.append(diagnostic(code, message, span, label, help=help))


def is_token(child: object, kind: str) -> bool:
    """Whether a child is a token of a kind."""
    return isinstance(child, Token) and child.type == kind


def of_kind(children: Iterable[object], kind: type[Built] | tuple[type[Built], ...]) -> tuple[Built, ...]:
    """The children of a kind, or of one of several."""
    return tuple(child for child in children if isinstance(child, kind))


def first(children: Iterable[object], kind: type[Built]) -> Built | None:
    """The first child of a kind."""
    return next(iter(of_kind(children, kind)), None)
