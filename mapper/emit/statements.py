"""Statements of the intermediate form as lines of Python."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import PurePath
from typing import TypeAlias, assert_never

from mapper import ir
from mapper.emit.expressions import text_of
from mapper.source import SourceFile, Span

INDENT = "    "

Simple: TypeAlias = "ir.Assign | ir.Unpack | ir.Put | ir.Do | ir.Mark | ir.Note | ir.Return"


class Writer:
    """Writes functions of one module in one flavour."""

    def __init__(self, sources: Mapping[str, SourceFile], tracing: bool) -> None:
        self.sources = sources
        self.tracing = tracing

    def function(self, function: ir.Function) -> str:
        parameters = [
            *function.parameters,
            *([f"{name}=()" for name in function.traced] if self.tracing else []),
        ]
        lines = [
            f"def {function.name}({', '.join(parameters)}):{self._at(function.span)}",
            f'{INDENT}"""{_docstring(function.text)}"""',
        ]
        lines += self._block(function.body, 1)
        return "\n".join(lines)

    def _block(self, statements: list[ir.Stmt], depth: int) -> list[str]:
        lines = [line for statement in statements for line in self._statement(statement, depth)]
        return lines or [INDENT * depth + "pass"]

    def _statement(self, statement: ir.Stmt, depth: int) -> Iterator[str]:
        match statement:
            case ir.If():
                yield from self._if(statement, depth)
            case ir.For():
                yield from self._for(statement, depth)
            case _:
                yield from (INDENT * depth + line for line in self._simple(statement))

    def _simple(self, statement: Simple) -> Iterator[str]:
        """The lines of a statement without a block; none of one that only the other flavour has."""
        match statement:
            case ir.Assign(name=name, value=value, span=span, traced=traced):
                yield f"{name} = {text_of(self._flavour(value, traced))}{self._at(span)}"
            case ir.Unpack(names=names, value=value, span=span):
                targets = ", ".join(names) + ("," if len(names) == 1 else "")
                yield f"{targets} = {text_of(value)}{self._at(span)}"
            case ir.Put(node=node, key=key, value=value, span=span, where=where):
                yield f"{_item(node, key)} = {text_of(value)}{self._at(span)}"
                if self.tracing and where is not None:
                    yield self._mark(node, key, where, span)
            case ir.Do(value=value, span=span, traced=traced):
                yield text_of(self._flavour(value, traced)) + self._at(span)
            case ir.Return(value=value):
                yield "return" if value is None else f"return {text_of(value)}"
            case ir.Mark() | ir.Note():
                if self.tracing:
                    yield self._tracing_only(statement)
            case _:
                assert_never(statement)

    def _tracing_only(self, statement: ir.Mark | ir.Note) -> str:
        if isinstance(statement, ir.Note):
            return f"{statement.name} = {text_of(statement.value)}"
        return self._mark(statement.node, statement.key, statement.where, statement.span)

    def _flavour(self, value: ir.Expr, traced: ir.Expr | None) -> ir.Expr:
        return traced if self.tracing and traced is not None else value

    def _for(self, loop: ir.For, depth: int) -> Iterator[str]:
        pad, items = INDENT * depth, text_of(loop.items)
        if loop.counted or self.tracing:
            yield f"{pad}for {loop.index}, {loop.name} in enumerate({items}):{self._at(loop.span)}"
        else:
            yield f"{pad}for {loop.name} in {items}:{self._at(loop.span)}"
        yield from self._block(loop.body, depth + 1)

    def _if(self, statement: ir.If, depth: int) -> Iterator[str]:
        pad = INDENT * depth
        then = self._kept(statement.then)
        otherwise = self._kept(statement.otherwise)
        if not then and not otherwise:
            return
        if not then:
            yield f"{pad}if {text_of(ir.not_(statement.test))}:{self._at(statement.span)}"
            yield from self._block(otherwise, depth + 1)
            return
        yield f"{pad}if {text_of(statement.test)}:{self._at(statement.span)}"
        yield from self._block(then, depth + 1)
        if otherwise:
            if len(otherwise) == 1 and isinstance(otherwise[0], ir.If) and self._kept(otherwise[0].then):
                first, *rest = self._if(otherwise[0], depth)
                yield f"{pad}el{first.strip()}"
                yield from rest
            else:
                yield f"{pad}else:"
                yield from self._block(otherwise, depth + 1)

    def _kept(self, statements: list[ir.Stmt]) -> list[ir.Stmt]:
        """Statements that leave a line in this flavour."""
        kept: list[ir.Stmt] = []
        for statement in statements:
            if isinstance(statement, ir.Mark | ir.Note) and not self.tracing:
                continue
            if (
                isinstance(statement, ir.If)
                and not self._kept(statement.then)
                and not self._kept(statement.otherwise)
            ):
                continue
            kept.append(statement)
        return kept

    def _mark(self, node: ir.Expr, key: ir.Expr | None, where: ir.Expr, span: Span) -> str:
        line = ir.const(self._position(span))
        return text_of(ir.trail("mark", node, key or ir.const(None), where, line)) + self._at(span)

    def _at(self, span: Span | None) -> str:
        return f"  # {self._position(span)}" if span is not None and span.file in self.sources else ""

    def _position(self, span: Span) -> str:
        source = self.sources.get(span.file)
        return f"{_shown(span.file)}:{source.position(span.start)[0]}" if source is not None else ""


@lru_cache(64)
def _shown(file: str) -> str:
    """The name of a `.map` file, without what a comment cannot hold."""
    return re.sub(r"[^\w.-]", "_", PurePath(file).name)


def _item(node: ir.Expr, key: ir.Expr) -> str:
    return text_of(ir.index(node, key))


def _docstring(text: str) -> str:
    return re.sub(r"[^\w ,.:()-]", "_", text)
