"""The Lark parser for `grammar/mapping.lark`, ready in a few milliseconds.

Building LALR tables takes Lark half a second, so they are kept as plain JSON beside the grammar:
`python -m mapper.syntax.grammar` writes them. Tables of another grammar text or Lark release are not used.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import lark
from lark.grammar import Rule
from lark.lexer import TerminalDef

from mapper import assets

_OPTIONS: dict[str, Any] = {
    "parser": "lalr",
    "lexer": "contextual",
    "propagate_positions": True,
    "maybe_placeholders": True,
}


def tables_file() -> Path:
    """Where the tables are kept."""
    return assets.grammar() / "tables.json"


def grammar_text() -> str:
    """The text of `grammar/mapping.lark`."""
    return (assets.grammar() / "mapping.lark").read_text(encoding="utf-8")


def construct(*, strict: bool = False) -> lark.Lark:
    """Build the parser from the grammar; `strict` proves the terminals free of collisions (needs interegular)."""
    return lark.Lark(grammar_text(), strict=strict, **_OPTIONS)


@cache
def parser() -> lark.Lark:
    """The parser, from the stored tables when they fit, else built anew."""
    file = tables_file()
    stored = json.loads(file.read_bytes()) if file.is_file() else {}
    if stored.get("fingerprint") != fingerprint():
        return construct()
    tables = _with_numbers(stored)
    return lark.Lark.load(tables)  # a dictionary is accepted: no pickle is read


def tokens(text: str) -> Iterator[lark.Token]:
    """The tokens of a text that parses, without blanks, comments and continuations."""
    interactive: Any = parser().parse_interactive(text)
    for token in interactive.lexer_thread.lex(interactive.parser_state):
        yield token
        interactive.parser_state.feed_token(token)


def fingerprint() -> str:
    """Changes with the grammar and with the Lark release."""
    return hashlib.sha256(f"{lark.__version__}\n{grammar_text()}".encode()).hexdigest()


def tables_json() -> bytes:
    """What `grammar/tables.json` should hold."""
    data, memo = construct().memo_serialize([TerminalDef, Rule])
    tables = {"fingerprint": fingerprint(), "data": data, "memo": memo}
    return json.dumps(tables, separators=(",", ":")).encode() + b"\n"


def _with_numbers(value: Any) -> Any:
    """JSON has only text as keys; states and symbols are numbers."""
    if isinstance(value, dict):
        return {int(k) if k.isdecimal() else k: _with_numbers(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_with_numbers(item) for item in value]
    return value


if __name__ == "__main__":
    tables_file().write_bytes(tables_json())
