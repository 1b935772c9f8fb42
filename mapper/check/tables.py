"""Code tables: one-to-one where they go both ways, codes that exist, targets inside what the element requires."""

from __future__ import annotations

from collections.abc import Iterator

from mapper.check.env import Env
from mapper.check.model import Direction, Side
from mapper.check.otherwise import check_otherwise
from mapper.diagnostics import Diagnostic, Fix, Label, diagnostic
from mapper.resolve.program import Program, TableInfo
from mapper.resolve.tables import Cells, CodeRow
from mapper.schema.systems import codes_of
from mapper.source import Span
from mapper.suggest import nearest
from mapper.syntax import tree
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
            "E206",
            f"there is no code table `{name.text}`",
            name.span,
            "not declared or imported",
            help=f"did you mean {close}?" if close else "import it from tables, or declare it with `table`",
        )
    )
    return None


def direction_for(side: Side) -> Direction:
    """A table's left column is read on the left side of a mapping, its right column on the right side."""
    return "go" if side == "left" else "back"


def check_table(table: TableInfo, program: Program) -> list[Diagnostic]:
    """Rows that contradict each other, in each direction (E503, E601)."""
    diagnostics: list[Diagnostic] = []
    going: dict[Cells, CodeRow] = {}
    back: dict[Cells, CodeRow] = {}
    for row in table.rows:
        if row.going:
            diagnostics += _claim(table, going, row.left, row, "translated")
        if row.back and not (row.going and going[row.left] is not row):  # told once
            diagnostics += _claim(table, back, row.right, row, "read back")
    diagnostics += [told for row in table.rows for told in _outside(table, row)]
    return [*diagnostics, *check_otherwise(table, program)]


def cell_span(table: TableInfo, row: CodeRow, right: bool, column: int = 0) -> Span:
    """Where a cell of a row stands; the row, or the file that it comes from, where it is not written here."""
    written = _written(table, row)
    if written is None:
        return row.span
    return (written.right if right else written.left)[column].span


def _written(table: TableInfo, row: CodeRow) -> tree.Row | None:
    rows = (found for found in table.declaration.rows if isinstance(found, tree.Row))
    return next((found for found in rows if found.span == row.span), None)


def _outside(table: TableInfo, row: CodeRow) -> Iterator[Diagnostic]:
    """Cells whose code their code system does not define (E602)."""
    places = [(False, n, cell) for n, cell in enumerate(row.left)] + [
        (True, n, cell) for n, cell in enumerate(row.right)
    ]
    for right, column, cell in places:
        codes = codes_of(cell.system) if cell is not None else None
        if cell is None or codes is None or cell.code in codes:
            continue
        close = nearest(cell.code, codes)
        shown = ", ".join(sorted(codes)[:12]) + (", ..." if len(codes) > 12 else "")
        yield diagnostic(
            "E602",
            f"the code system has no code `{cell.code}`",
            cell_span(table, row, right, column),
            "not defined",
            notes=[f"{cell.system} defines {shown}"],
            help=f"did you mean {close}?" if close else None,
        )


def _claim(
    table: TableInfo, seen: dict[Cells, CodeRow], cells: Cells, row: CodeRow, verb: str
) -> list[Diagnostic]:
    first = seen.setdefault(cells, row)
    if first is row:
        return []
    code = _shown(cells)
    other = _shown(row.left if verb == "read back" else row.right)
    already = _shown(first.left if verb == "read back" else first.right)
    labels = [Label(cell_span(table, first, right=verb == "read back"), f"already {verb} as {already}")]
    if first.left == row.left and first.right == row.right:
        return [diagnostic("E601", f"the row for {code} stands twice", row.span, "again here", others=labels)]
    if verb == "read back":
        return [
            diagnostic(
                "E503",
                f"`{table.name}` cannot be read back from {code}",
                cell_span(table, row, right=False),
                f"a second code claims {code}",
                others=labels,
                help=f"make it one-way: {other} -> {code}",
                fix=_one_way(table, row),
            )
        ]
    return [
        diagnostic(
            "E601",
            f"`{table.name}` translates {code} twice",
            row.span,
            f"here to {other}",
            others=labels,
            help=f"keep one, or make one `{code} <- ...`" if row.arrow == "<->" else "keep one of the two",
        )
    ]


def _one_way(table: TableInfo, row: CodeRow) -> Fix | None:
    """The arrow of a two-way row turned into `->`: what is translated stays as it is."""
    written = _written(table, row)
    if written is None or row.arrow != "<->":
        return None
    between = Span(row.span.file, written.left[-1].span.end, written.right[0].span.start)
    return Fix("make it one-way", between, " -> ", safe=True)


def _shown(cells: Cells) -> str:
    return ", ".join(f'"{cell.code}"' if cell else "none" for cell in cells)
