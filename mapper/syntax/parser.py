"""Reads a `.map` file into its syntax tree."""

from __future__ import annotations

from functools import partial

from mapper.diagnostics import Diagnostic
from mapper.source import SourceFile, Span
from mapper.syntax import limits, mistakes, recover
from mapper.syntax import tree as t
from mapper.syntax.build import Builder


def parse(source: SourceFile) -> tuple[t.Module, list[Diagnostic]]:
    """The module's tree and what is wrong with its syntax; total over any text.

    Declarations without a syntax error are in the module even when others have one.
    """
    whole = Span(source.path, 0, len(source.text))
    refused = limits.check(source)
    if refused is not None:
        return t.Module(source.path, (), whole), [refused]
    recovered = recover.read(source.text)
    builder = Builder(source)
    declarations: tuple[t.Declaration, ...] = builder.transform(recovered.tree) if recovered.tree else ()
    diagnostics = builder.diagnostics
    if recovered.mistakes:
        explained = {
            _start(found): found for found in map(partial(mistakes.explain, source), recovered.mistakes)
        }
        diagnostics = [*diagnostics, *explained.values()]
        declarations = tuple(d for d in declarations if not _broken(d, recovered.mistakes))
    return t.Module(source.path, declarations, whole), sorted(diagnostics, key=_start)


def _broken(declaration: t.Declaration, found: list[recover.Mistake]) -> bool:
    span = declaration.span
    return any(m.opener is None and span.start <= m.position <= span.end for m in found)


def _start(diagnostic: Diagnostic) -> int:
    return diagnostic.span.start if diagnostic.span else 0
