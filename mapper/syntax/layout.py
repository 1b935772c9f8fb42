"""The physical lines of a `.map` file: which tokens, which comments, how deep. What the formatter works on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lark import Token

from mapper.syntax import grammar

_HEAD_WORDS = frozenset({"WHEN", "EFFECTIVE", "SOURCE"})


@dataclass(slots=True)
class Line:
    """One line: its tokens, or only a comment, or nothing; `level` counts indentation steps."""

    level: int
    tokens: list[Token] = field(default_factory=list)
    comment: str = ""
    continued: bool = False

    @property
    def blank(self) -> bool:
        return not self.tokens and not self.comment

    @property
    def first(self) -> str:
        """The kind of the first token, or nothing."""
        return self.tokens[0].type if self.tokens else ""

    @property
    def last(self) -> str:
        """The kind of the last token, or nothing."""
        return self.tokens[-1].type if self.tokens else ""


def lines(text: str) -> list[Line]:
    """The lines of a text that parses, with blank lines between them only where grouping needs one."""
    return _tidy(list(_Reader(text + "\n").read()))


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.braces = 0
        self.brackets = 0
        self.head = False
        self.previous = ""

    def read(self) -> Iterator[Line]:
        position = 0
        line: Line | None = None
        ended = True
        for token in grammar.tokens(self.text):
            if token.type == "_NL":
                ended = True
                continue
            start = token.start_pos or 0
            here, *more = self.text[position:start].split("\n")
            if line is None or more:
                yield from self._finish(line, here)
                following = self._line(token, continued=not ended)
                yield from _between(
                    more if line else [here, *more], following.level + (token.type == "RBRACE")
                )
                line = following
            line.tokens.append(token)
            self._count(token)
            ended, position = False, start + len(token)
        here, *more = self.text[position:].split("\n")
        yield from self._finish(line, here)
        yield from _between([*(more if line else [here, *more]), ""], 0)

    def _finish(self, line: Line | None, rest: str) -> Iterator[Line]:
        if line is not None:
            line.comment = rest.strip()
            self.previous = line.first
            yield line

    def _line(self, token: Token, *, continued: bool) -> Line:
        if token.type == "LBRACE" or not (continued or (self.head and token.type in _HEAD_WORDS)):
            return Line(self.braces - (token.type == "RBRACE"))
        deeper = self.brackets > 0 or (token.type == "AT" and self.previous == "ELSE")
        return Line(self.braces + 1 + deeper, continued=True)

    def _count(self, token: Token) -> None:
        self.braces += (token.type == "LBRACE") - (token.type == "RBRACE")
        self.brackets += (token.type in {"LPAR", "LSQB"}) - (token.type in {"RPAR", "RSQB"})
        self.head = token.type == "RULES" or (self.head and token.type != "LBRACE")


def _between(pieces: list[str], level: int) -> Iterator[Line]:
    """Blank lines and comments that stand alone; the last piece is the indentation of what follows."""
    for piece in pieces[:-1]:
        yield Line(level, comment=piece.strip())


def _tidy(found: list[Line]) -> list[Line]:
    """One blank line at most, and none at the ends of the file and of blocks, or before a continuation."""
    kept: list[Line] = []
    for line in found:
        if kept and kept[-1].blank and (line.blank or line.first == "RBRACE" or line.continued):
            kept.pop()
        if not (line.blank and (not kept or kept[-1].last == "LBRACE")):
            kept.append(line)
    while kept and kept[-1].blank:
        kept.pop()
    return kept
