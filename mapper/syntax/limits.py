"""Sizes beyond which a `.map` file is refused, so that hostile input costs little and never exhausts the stack."""

from __future__ import annotations

import re

from mapper.diagnostics import Diagnostic, diagnostic
from mapper.source import SourceFile, Span

LARGEST_FILE = 1_000_000
"""Characters; the longest hand-written mapping known is a hundredth of it. Big tables come `from` a file."""

DEEPEST_NESTING = 40
"""Brackets within brackets, of any kind."""

_BRACKETS = re.compile(r'"(?:\\.|[^"\\\n])*"|#[^\n]*|([({\[])|([)}\]])')


def check(source: SourceFile) -> Diagnostic | None:
    """Why the file is refused unread, if it is."""
    if len(source.text) > LARGEST_FILE:
        return diagnostic(
            "E110",
            f"this file has {len(source.text):,} characters; the limit is {LARGEST_FILE:,}",
            Span(source.path, 0, 0),
            help='split it into modules; the rows of a large table go into a file: `table t ... from "t.tsv"`',
        )
    deepest = _too_deep(source.text)
    if deepest is None:
        return None
    return diagnostic(
        "E110",
        f"brackets stand more than {DEEPEST_NESTING} deep",
        Span(source.path, deepest, deepest + 1),
        help="close blocks that are done; move inner blocks into a mapping of their own",
    )


def _too_deep(text: str) -> int | None:
    depth = 0
    for match in _BRACKETS.finditer(text):
        if match[1]:
            depth += 1
            if depth > DEEPEST_NESTING:
                return match.start()
        elif match[2]:
            depth = max(0, depth - 1)
    return None
