"""The formatter behind `mapper fmt`: one layout for everyone, and nothing lost.

Line breaks stay where the author put them, since a line is a statement; comments and single blank lines stay too.
Indentation, blanks between words, and columns are decided here: in a run of neighbouring lines of one kind the
arrows (and the columns of `use`, `import`, `extension` ...) stand below each other.
"""

from __future__ import annotations

from itertools import groupby

from lark import Token

from mapper.source import SourceFile
from mapper.syntax.layout import Line, lines
from mapper.syntax.parser import parse

WIDEST_COLUMN = 36
"""A left side longer than this does not push its neighbours' arrows to the right."""

_INDENT = "  "
_ATTACHED = frozenset({"COMMA", "DOT", "RPAR", "RSQB", "_SEP", "INDEX", "RANGE", "POSITION"})
_OPEN = frozenset({"DOT", "LPAR", "LSQB", "_SEP"})
_CALLABLE = frozenset({"NAME", "LOOP", "LOOP_ID", "KEY", "SET", "FILL", "DROP", "IGNORE"})
_ARROW_COLUMN = {"<->": "<->", "->": " ->", "<-": "<- "}

# Where the columns of a line begin, for lines that hold no arrow: the kinds of token that open a new column.
_COLUMNS = {
    "USE": ("STRING",),
    "IMPORT": ("LPAR",),
    "SYSTEM": ("STRING",),
    "EXTENSION": ("TYPE", "STRING"),
    "LET": ("OF", "EQ"),
    "PROOF": ("STRING",),
    "DISABLE": ("STRING",),
    "CHANGE": ("STRING",),
}


def format_source(source: SourceFile) -> str:
    """The text of `source` in the one layout; a file with syntax errors comes back as it is.

    Idempotent, and the formatted text has the same syntax tree but for its spans.
    """
    _, diagnostics = parse(source)
    if diagnostics:
        return source.text
    found = lines(source.text.replace("\r\n", "\n"))
    cells = [_cells(line) for line in found]
    _align(found, cells)
    codes = ["".join(parts).rstrip() for parts in cells]
    texts = [_INDENT * line.level + code if code else "" for line, code in zip(found, codes, strict=True)]
    return "".join(text.rstrip() + "\n" for text in _with_comments(found, texts))


# -- one line


def _cells(line: Line) -> list[str]:
    """The line's code, cut where columns begin."""
    starts = _column_starts(line)
    cells = [""]
    for index, token in enumerate(line.tokens):
        if index in starts:
            cells[-1] += " "
            cells.append("")
        elif index and _spaced(line.tokens, index):
            cells[-1] += " "
        cells[-1] += _shown(token)
    return cells


def _column_starts(line: Line) -> list[int]:
    if line.continued or line.last == "LBRACE":
        return []
    arrow = _arrow(line)
    if arrow is not None:
        return [arrow, arrow + 1] if arrow + 1 < len(line.tokens) else []
    starts: list[int] = []
    for kind in _COLUMNS.get(line.first, ()):
        found = (i for i, token in enumerate(line.tokens) if token.type == kind and i > max([0, *starts]))
        starts.extend(list(found)[:1])
    return starts


def _arrow(line: Line) -> int | None:
    """The place of the line's arrow, outside all brackets."""
    kinds = [token.type for token in line.tokens]
    if "ARROW" not in kinds or line.first in {"CASE", "TABLE", "OTHERWISE"}:
        return None
    return kinds.index("ARROW") or None


def _shown(token: Token) -> str:
    return " ".join(token.split()) if token.type in {"VALUED", "AS_OF"} else str(token)


def _spaced(tokens: list[Token], index: int) -> bool:
    """Whether a blank stands before the token at `index`."""
    before, here, word = tokens[index - 1].type, tokens[index].type, tokens[0].type
    if here in _ATTACHED or before in _OPEN:
        return False
    if here == "LPAR":
        return before not in _CALLABLE or word == "IMPORT"
    if here == "LSQB":
        return before == "IN"
    return here != "REPEATS" or word not in {"MAPPING", "FUNCTION", "RULES"}


# -- columns


def _align(found: list[Line], cells: list[list[str]]) -> None:
    """Pad the cells of neighbouring lines of one kind to common widths."""
    for _, group in groupby(range(len(found)), key=_Runs(found, cells)):
        run = list(group)
        if len(run) > 1 and len(cells[run[0]]) > 1:
            _pad_arrows([cells[i] for i in run])
            for column in range(len(cells[run[0]]) - 1):
                width = max(len(cells[i][column]) for i in run)
                for i in run:
                    cells[i][column] = cells[i][column].ljust(width)


class _Runs:
    """Gives lines that belong to one run the same number."""

    def __init__(self, found: list[Line], cells: list[list[str]]) -> None:
        self.found, self.cells = found, cells
        self.run, self.last = 0, ("", 0, 0)

    def __call__(self, index: int) -> int:
        line, cells = self.found[index], self.cells[index]
        kind = "ARROW" if _arrow(line) is not None else line.first
        shape = (kind, line.level, len(cells))
        if shape != self.last or len(cells) == 1 or len(cells[0]) > WIDEST_COLUMN:
            self.run += 1
        self.last = shape if len(cells[0]) <= WIDEST_COLUMN else ("", 0, 0)
        return self.run


def _pad_arrows(run: list[list[str]]) -> None:
    """Where arrows of several kinds meet, heads and tails stand below each other."""
    if len({cells[1] for cells in run}) > 1 and all(cells[1].strip() in _ARROW_COLUMN for cells in run):
        for cells in run:
            cells[1] = _ARROW_COLUMN[cells[1].strip()] + " "


def _with_comments(found: list[Line], texts: list[str]) -> list[str]:
    """Add the comments; those behind neighbouring lines stand below each other."""
    shown: list[str] = []
    for behind, group in groupby(range(len(found)), key=lambda i: bool(found[i].tokens and found[i].comment)):
        run = list(group)
        width = max(len(texts[i]) for i in run) if behind else 0
        for i in run:
            indentation = "" if found[i].tokens else _INDENT * found[i].level
            gap = texts[i].ljust(width) + "  " if behind else texts[i] + indentation
            shown.append(gap + found[i].comment)
    return shown
