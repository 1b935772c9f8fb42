"""Reads a `.map` file into its syntax tree."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from lark import Lark, UnexpectedInput

from mapper.diagnostics import Diagnostic, diagnostic
from mapper.source import SourceFile, Span
from mapper.syntax import tree as t
from mapper.syntax.build import Builder

GRAMMAR = Path(__file__).parents[2] / "grammar" / "mapping.lark"


@cache
def lark() -> Lark:
    return Lark(GRAMMAR.read_text(encoding="utf-8"), parser="lalr", lexer="contextual",
                propagate_positions=True, maybe_placeholders=True)


def parse(source: SourceFile) -> tuple[t.Module, list[Diagnostic]]:
    """The module's tree and what is wrong with its syntax; total over any text."""
    whole = Span(source.path, 0, len(source.text))
    try:
        recognised = lark().parse(source.text + "\n")
    except UnexpectedInput as error:
        position = error.pos_in_stream or 0
        where = Span(source.path, position, position + 1)
        return t.Module(source.path, (), whole), [diagnostic("E101", "this is not a statement of the language", where)]
    builder = Builder(source)
    return t.Module(source.path, builder.transform(recognised), whole), builder.diagnostics
