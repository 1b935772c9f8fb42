"""Code tables: one-to-one where they go both ways, codes that exist, targets inside what the element requires."""

from __future__ import annotations

from mapper.check.env import Env
from mapper.check.model import Direction, Side
from mapper.diagnostics import Diagnostic, Label, diagnostic
from mapper.resolve.program import Scope, TableInfo
from mapper.resolve.tables import Cells, CodeRow
from mapper.suggest import nearest
from mapper.syntax.tree import Name


def find_table(env: Env, name: Name) -> TableInfo | None:
    """The code table of that name in scope."""
    tables = env.scope(name.span).tables
    found = tables.get(name.text)
    env.scope(name.span).use(name.text)
    if isinstance(found, TableInfo):
        return found
    close = nearest(name.text, (n for n, t in tables.items() if isinstance(t, TableInfo)))
    env.tell(
        diagnostic(
            "E206", f"there is no code table `{name.text}`", name.span, "not declared or imported",
            help=f"did you mean {close}?" if close else "import it from tables, or declare it with `table`",
        )
    )
    return None


def direction_for(table: TableInfo, side: Side, env: Env) -> Direction:
    """A table's left column is read on the left side of a mapping, its right column on the right side."""
    return "go" if side == "left" else "back"


def check_table(table: TableInfo, scope: Scope) -> list[Diagnostic]:
    """Rows that contradict each other, in each direction (E503, E601)."""
    diagnostics: list[Diagnostic] = []
    going: dict[Cells, CodeRow] = {}
    back: dict[Cells, CodeRow] = {}
    for row in table.rows:
        if row.going:
            diagnostics += _claim(table, going, row.left, row, "translated")
        if row.back:
            diagnostics += _claim(table, back, row.right, row, "read back")
    return diagnostics


def _claim(table: TableInfo, seen: dict[Cells, CodeRow], cells: Cells, row: CodeRow, verb: str) -> list[Diagnostic]:
    first = seen.setdefault(cells, row)
    if first is row:
        return []
    code = _shown(cells)
    other = _shown(row.left if verb == "read back" else row.right)
    already = _shown(first.left if verb == "read back" else first.right)
    labels = [Label(first.span, f"already {verb} as {already}")]
    if first.left == row.left and first.right == row.right:
        return [diagnostic("E601", f"the row for {code} stands twice", row.span, "again here", others=labels)]
    if verb == "read back":
        arrow = "->"
        help_text = f"make it one-way: {other} {arrow} {code}"
        return [
            diagnostic("E503", f"`{table.name}` cannot be read back from {code}", row.span,
                       f"a second code claims {code}", others=labels, help=help_text)
        ]
    return [
        diagnostic("E601", f"`{table.name}` translates {code} twice", row.span, f"here to {other}", others=labels,
                   help=f"keep one, or make one `{code} <- ...`" if row.arrow == "<->" else "keep one of the two")
    ]


def _shown(cells: Cells) -> str:
    return ", ".join(f'"{cell.code}"' if cell else "none" for cell in cells)
