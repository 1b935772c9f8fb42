"""Statements of the intermediate form as lines of Python."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import assert_never

from mapper import ir
from mapper.source import SourceFile, Span

INDENT = "    "
_TRACE = re.compile(r"  # (\S+\.map):(\d+)$")


class Writer:
    """Writes functions of one module in one flavour."""

    def __init__(self, sources: Mapping[str, SourceFile], tracing: bool) -> None:
        self.sources = sources
        self.tracing = tracing

    def function(self, function: ir.Function) -> str:
        parameters = [*function.parameters, *([f"{name}=()" for name in function.traced] if self.tracing else [])]
        lines = [f"def {function.name}({', '.join(parameters)}):{self._at(function.span)}", f'{INDENT}"""{_docstring(function.text)}"""']
        lines += self._block(function.body, 1)
        return "\n".join(lines)

    def line_map(self, text: str) -> dict[int, tuple[str, int]]:
        """For each line with a trace comment, the `.map` file's name and line."""
        found: dict[int, tuple[str, int]] = {}
        for number, line in enumerate(text.split("\n"), 1):
            if match := _TRACE.search(line):
                found[number] = (match.group(1), int(match.group(2)))
        return found

    def _block(self, statements: list[ir.Stmt], depth: int) -> list[str]:
        lines = [line for statement in statements for line in self._statement(statement, depth)]
        return lines or [INDENT * depth + "pass"]

    def _statement(self, statement: ir.Stmt, depth: int) -> Iterator[str]:
        pad = INDENT * depth
        match statement:
            case ir.Assign(name=name, value=value, span=span, traced=traced):
                value = traced if self.tracing and traced is not None else value
                yield pad + _text(ast.Assign([ast.Name(name, ast.Store())], value, lineno=0)) + self._at(span)
            case ir.Unpack(names=names, value=value, span=span):
                targets = ast.Tuple([ast.Name(name, ast.Store()) for name in names], ast.Store())
                yield pad + _text(ast.Assign([targets], value, lineno=0)) + self._at(span)
            case ir.Put(node=node, key=key, value=value, span=span, where=where):
                target = ast.Subscript(node, key, ast.Store())
                yield pad + _text(ast.Assign([target], value, lineno=0)) + self._at(span)
                if self.tracing and where is not None:
                    yield pad + self._mark(node, key, where, span)
            case ir.Do(value=value, span=span, traced=traced):
                yield pad + _text(traced if self.tracing and traced is not None else value) + self._at(span)
            case ir.Mark(node=node, key=key, where=where, span=span):
                if self.tracing:
                    yield pad + self._mark(node, key, where, span)
            case ir.Note(name=name, value=value):
                if self.tracing:
                    yield pad + _text(ast.Assign([ast.Name(name, ast.Store())], value, lineno=0))
            case ir.If():
                yield from self._if(statement, depth)
            case ir.For(name=name, items=items, body=body, index=index, span=span, counted=counted):
                if counted or self.tracing:
                    yield f"{pad}for {index}, {name} in enumerate({_text(items)}):{self._at(span)}"
                else:
                    yield f"{pad}for {name} in {_text(items)}:{self._at(span)}"
                yield from self._block(body, depth + 1)
            case ir.Return(value=value):
                yield pad + ("return" if value is None else f"return {_text(value)}")
            case _:
                assert_never(statement)

    def _if(self, statement: ir.If, depth: int) -> Iterator[str]:
        pad = INDENT * depth
        then = self._kept(statement.then)
        otherwise = self._kept(statement.otherwise)
        if not then and not otherwise:
            return
        if not then:
            yield f"{pad}if {_text(ir.not_(statement.test))}:{self._at(statement.span)}"
            yield from self._block(otherwise, depth + 1)
            return
        yield f"{pad}if {_text(statement.test)}:{self._at(statement.span)}"
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
            if isinstance(statement, ir.If) and not self._kept(statement.then) and not self._kept(statement.otherwise):
                continue
            kept.append(statement)
        return kept

    def _mark(self, node: ir.Expr, key: ir.Expr | None, where: ir.Expr, span: Span) -> str:
        line = ir.const(self._position(span))
        return _text(ir.trail("mark", node, key or ir.const(None), where, line)) + self._at(span)

    def _at(self, span: Span | None) -> str:
        return f"  # {self._position(span)}" if span is not None and span.file in self.sources else ""

    def _position(self, span: Span) -> str:
        source = self.sources.get(span.file)
        if source is None:
            return ""
        name = re.sub(r"[^\w.-]", "_", PurePath(span.file).name)
        return f"{name}:{source.position(span.start)[0]}"


def _text(node: ast.AST) -> str:
    return ast.unparse(node)


def _docstring(text: str) -> str:
    return re.sub(r'[^\w ,.:()-]', "_", text)
