"""Goes on after a syntax error, so that one run reports every independent mistake of a file.

An LALR parser stops at its first error. Here its stack is cut back to the innermost open block (an *anchor*),
the rest of the logical line is skipped, and parsing goes on at the next line. When the broken line opens a
block, stand-in tokens take the line's place, so that the block's own lines are still checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from lark import Lark, Token, Tree, UnexpectedInput
from lark.parsers.lalr_analysis import Shift

from mapper.syntax import grammar

MOST_ERRORS = 50

DECLARATION = re.compile(
    r"(use\s+(hl7v2|fhir|x12|cda)\b|import\s+[\w.]+\s*\(|system\s+\w+\s+\"|extend\s+(hl7v2|fhir|x12|cda)\b"
    r"|table\s+\w+\s*[(\"]|function\s+\w+\s+(between|from)\b|mapping\s+\w+\s+(between|from)\b"
    r"|override\s+(mapping|table)\b|rules\s+\w+\s+(extends|for)\b|example\s+\")"
)
_FIRST_WORD = re.compile(
    r"[ \t]*(use|import|system|extend|table|function|mapping|override|rules|example)\b(?![ \t]*(<->|->|<-|[.\[]))"
)
_DECLARATION_LINE = re.compile(DECLARATION.pattern.join(("^(?:", ")")), re.MULTILINE)
_PIECE = re.compile(
    r'(?P<text>"(?:\\.|[^"\\\n])*")|(?P<comment>\#[^\n]*)|(?P<open>\{)|(?P<close>\})'
    r"|(?P<line>(?:\r?\n[ \t]*(?:\#[^\n]*)?)+)|(?P<more>[^\"#{}\n\r]+|.)"
)

# What stands in for a broken line, by the word that only its kind of block takes.
_STAND_INS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("CHOOSE", (("NAME", "this"), ("ARROW", "<->"), ("NAME", "this"))),
    ("CASE", (("CASE", "case"), ("NAME", "this"))),
    ("PROOF", (("EACH", "each"), ("NAME", "this"))),
    ("RULE", (("RULE", "rule"), ("STRING", '""'), ("STRING", '""'))),
    ("EXTENSION", (("EXTENSION", "extension"), ("NAME", "x"), ("STRING", '""'))),
)
_BLOCKS = ("top", "rows", *(word for word, _ in _STAND_INS))
_TYPES = (("FORMAT", "fhir"), ("TYPE", "T"))
_DECLARATIONS: dict[str, tuple[tuple[str, str], ...]] = {
    "mapping": (("MAPPING", "mapping"), ("NAME", "x"), ("FROM", "from"), *_TYPES, ("TO", "to"), *_TYPES),
    "override": (("OVERRIDE", "override"), ("MAPPING", "mapping"), ("NAME", "x")),
    "table": (("TABLE", "table"), ("NAME", "x"), ("STRING", '""'), ("ARROW", "<->"), ("STRING", '""')),
    "extend": (("EXTEND", "extend"), *_TYPES),
    "rules": (("RULES", "rules"), ("NAME", "x"), ("FOR", "for"), *_TYPES),
}


@dataclass(frozen=True, slots=True)
class Mistake:
    """One place where the parser could not go on. `opener` is the offset of an unclosed `{`."""

    error: UnexpectedInput
    position: int
    top_level: bool
    opener: int | None = None


@dataclass(slots=True)
class Recovered:
    """What could be read, and where it could not."""

    tree: Tree[Token] | None
    mistakes: list[Mistake] = field(default_factory=list)


def read(text: str) -> Recovered:
    """Parse `text`, going on after mistakes; at most `MOST_ERRORS` are reported."""
    padded = text + "\n"
    try:
        return Recovered(grammar.parser().parse(padded))
    except UnexpectedInput as error:
        return _Recovery(padded).run(error)


class _Recovery:
    def __init__(self, text: str) -> None:
        self.text = text
        self.mistakes: list[Mistake] = []
        self.reached = -1

    def run(self, error: UnexpectedInput) -> Recovered:
        tree: Tree[Token] | None = None
        while len(self.mistakes) < MOST_ERRORS:
            interactive: Any = error.interactive_parser
            state = interactive.parser_state
            self._resynchronise(error, state)
            try:
                tree = interactive.resume_parse()
                break
            except UnexpectedInput as next_error:
                error = next_error
        return Recovered(tree, self.mistakes)

    def _resynchronise(self, error: UnexpectedInput, state: Any) -> None:
        position = self._position(error)
        freeze(error)
        anchor = _unwind(state)
        line = self.text.rfind("\n", 0, position) + 1
        opener = self._lost_brace(state, position, line) if anchor != "top" else None
        if opener is not None:
            _unwind(state, to_top=True)
        if opener is not None or not self.mistakes or position > self.mistakes[-1].position:
            self.mistakes.append(Mistake(error, position, anchor == "top", opener))
        if opener is not None:
            self._move(state, len(self.text) if position >= len(self.text) - 1 else line)
        else:
            self._move(state, self._skip(state, max(position, self.reached), line))

    def _position(self, error: UnexpectedInput) -> int:
        token = getattr(error, "token", None)
        if token is not None and token.type == "$END":
            return len(self.text) - 1
        return max(0, min(error.pos_in_stream or 0, len(self.text) - 1))

    def _move(self, state: Any, position: int) -> None:
        state.lexer.state.line_ctr.char_pos = self.reached = position

    # -- what to skip

    def _lost_brace(self, state: Any, position: int, line: int) -> int | None:
        """The innermost open brace, when the file ends or a declaration begins within its block."""
        opener = _innermost_brace(state)
        if opener is None or position >= len(self.text) - 1:
            return opener
        return opener if opener < line and DECLARATION.match(self.text, line) else None

    def _skip(self, state: Any, position: int, line: int) -> int:
        """Where to go on reading: a declaration, a closing or opening brace, or the next line."""
        top = _block(state) == "top"
        for kind, start, end in self._pieces(position):
            if kind == "open":
                if self._stand_in(state, line):
                    return start
                return self._skip(state, self._after_block(end), line)
            if kind == "close" and not top:
                return start
            if kind == "line" and not self._continues(start):
                return self._next_declaration(end) if top else start if _just_opened(state) else end
        return len(self.text)

    def _pieces(self, position: int) -> Iterator[tuple[str, int, int]]:
        while match := _PIECE.match(self.text, position):
            position = match.end()
            yield match.lastgroup or "", match.start(), position

    def _continues(self, newline: int) -> bool:
        return _continuation().match(self.text, newline) is not None

    def _after_block(self, position: int) -> int:
        depth = 1
        for kind, _, end in self._pieces(position):
            depth += (kind == "open") - (kind == "close")
            if depth == 0:
                return end
        return len(self.text)

    def _next_declaration(self, position: int) -> int:
        """Lines outside a declaration are one mistake, not one each."""
        for kind, start, end in self._pieces(position):
            at_line = start == position or self.text[start - 1 : start] == "\n" or kind == "line"
            if at_line and _FIRST_WORD.match(self.text, end if kind == "line" else start):
                return end if kind == "line" else start
        return len(self.text)

    def _stand_in(self, state: Any, line: int) -> bool:
        block = _block(state)
        if block == "top":
            word = _FIRST_WORD.match(self.text, line)
            tokens = _DECLARATIONS.get(word[1], ()) if word else ()
        else:
            tokens = dict(_STAND_INS).get(block, ())
        if not tokens or _just_opened(state):
            return False
        for kind, value in tokens:
            state.feed_token(Token(kind, value, start_pos=line, end_pos=line))
        return True


# -- the parser's stack


def freeze(error: UnexpectedInput) -> None:
    """Keep what `match_examples` compares before the stack changes: where the parser stood and what it accepts.

    The beginnings of all lines of one kind of block count as one place, with a number below zero.
    """
    interactive: Any = error.interactive_parser
    state = interactive.parser_state
    at_line = state.position in anchors() and not _just_opened(state)
    error.state = -1 - _BLOCKS.index(_block(state)) if at_line else state.position
    getattr(error, "accepts", None)


def _unwind(state: Any, to_top: bool = False) -> str:
    """Cut the stack back to the innermost anchor (or the top level); its kind of block.

    A block that is closed already is cut off whole.
    """
    closed = 0
    while len(state.state_stack) > 1:
        if not closed and state.position in anchors() and (not to_top or _block(state) == "top"):
            break
        state.state_stack.pop()
        kind = getattr(state.value_stack.pop(), "type", "")
        closed += (kind == "RBRACE") - (kind == "LBRACE" and closed > 0)
    return _block(state)


def _innermost_brace(state: Any) -> int | None:
    for value in reversed(state.value_stack):
        if isinstance(value, Token) and value.type == "LBRACE":
            return value.start_pos
    return None


def _just_opened(state: Any) -> bool:
    return bool(state.value_stack) and getattr(state.value_stack[-1], "type", "") == "LBRACE"


def _block(state: Any) -> str:
    return block_kind(state.position)


@cache
def block_kind(position: int) -> str:
    """The kind of block that an anchor belongs to: a word that only it takes, `top`, or `rows`."""
    states = _table(grammar.parser())
    keys = states[position]
    if "LBRACE" not in keys and "_NL" in keys and "RBRACE" in keys:
        keys = states[keys["_NL"][1]]
    if "MAPPING" in keys and "EXAMPLE" in keys:
        return "top"
    return next((word for word, _ in _STAND_INS if word in keys), "rows")


@cache
def anchors() -> frozenset[int]:
    """States in which a whole line may begin, or a block has just been opened."""
    lark = grammar.parser()
    line_lists = {
        rule.origin.name
        for rule in lark.rules
        if rule.origin.name.startswith("__") and rule.expansion[-1].name == "_NL"
    }
    entered: dict[int, str] = {}
    for keys in _table(lark).values():
        entered.update({arg: symbol for symbol, (action, arg) in keys.items() if action is Shift})
    return frozenset(
        position
        for position, symbol in entered.items()
        if symbol in {"LBRACE", "_NL", *line_lists}
        and not {"RBRACE", "$END"}.isdisjoint(_table(lark)[position])
    )


@cache
def _continuation() -> re.Pattern[str]:
    terminal = next(t for t in grammar.parser().terminals if t.name == "_CONT")
    return re.compile(terminal.pattern.to_regexp())


def _table(lark: Lark) -> Any:
    return lark.parser.parser._parse_table.states  # noqa: SLF001 - Lark has no public way


def unclosed_block(text: str, mistake: Mistake) -> int:
    """The offset of the `{` that most likely lacks its `}`: the one whose block ends further left than it began."""
    assert mistake.opener is not None
    open_blocks: list[tuple[int, int]] = []
    begins = max((m.start() for m in _DECLARATION_LINE.finditer(text, 0, mistake.opener)), default=0)
    for match in _PIECE.finditer(text, begins, mistake.position):
        if match["open"]:
            open_blocks.append((match.start(), _indentation(text, match.start())))
        elif match["close"] and open_blocks:
            offset, indentation = open_blocks.pop()
            line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
            if not line.strip() and len(line) < indentation:
                return offset
    return mistake.opener


def _indentation(text: str, position: int) -> int:
    line = text[text.rfind("\n", 0, position) + 1 : position]
    return len(line) - len(line.lstrip())
