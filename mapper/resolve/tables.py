"""Rows of code tables, from the `.map` file and from the TSV file beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from mapper.diagnostics import Diagnostic, diagnostic
from mapper.resolve.table_files import read_lines
from mapper.source import Span
from mapper.suggest import nearest
from mapper.syntax import tree
from mapper.syntax.tree import Arrow

if TYPE_CHECKING:
    from mapper.resolve.model import SystemInfo


@dataclass(frozen=True, slots=True)
class CodeValue:
    """A code in a system (URI, OID, or an HL7 table id such as `HL70001`)."""

    system: str
    code: str


Cells = tuple[CodeValue | None, ...]


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One row: the cells of both sides (`None` for `none`) and the direction in which it is read."""

    left: Cells
    arrow: Arrow
    right: Cells
    span: Span

    @property
    def going(self) -> bool:
        return self.arrow != "<-"

    @property
    def back(self) -> bool:
        return self.arrow != "->"

    def replaces(self, base: CodeRow) -> bool:
        """Whether this row of an override takes the place of a base row: same source code in a shared direction."""
        return (self.going and base.going and self.left == base.left) or (
            self.back and base.back and self.right == base.right
        )


RowSet = tuple[tuple[CodeRow, ...], tuple[tree.OtherwiseRow, ...], dict[str, str]]


def read_rows(
    table: tree.CodeTable,
    rows: Iterable[tree.TableRow],
    file: str,
    systems: Mapping[str, SystemInfo],
    with_origin: bool = True,
) -> tuple[RowSet, list[Diagnostic]]:
    """All rows of a table as code values: `(rows, otherwise rows, ignored codes with reasons)`, and what is wrong."""
    diagnostics: list[Diagnostic] = []
    result: list[CodeRow] = []
    otherwise: list[tree.OtherwiseRow] = []
    ignored: dict[str, str] = {}
    if with_origin and isinstance(table.origin, tree.String):
        from_file, problems = _read_file(table, table.origin, file, systems)
        result += from_file
        diagnostics += problems
    for row in rows:
        match row:
            case tree.Row():
                left = _cells(row.left, table.left, systems, row.span, diagnostics)
                right = _cells(row.right, table.right, systems, row.span, diagnostics)
                if left is not None and right is not None:
                    result.append(CodeRow(left, row.arrow, right, row.span))
            case tree.OtherwiseRow():
                otherwise.append(row)
            case tree.IgnoreRow(codes=codes, reason=reason):
                ignored.update((code.value, reason) for code in codes)
    return (tuple(result), tuple(otherwise), ignored), diagnostics


def _cells(
    cells: tuple[tree.Cell, ...],
    columns: tuple[tree.String, ...],
    systems: Mapping[str, SystemInfo],
    span: Span,
    diagnostics: list[Diagnostic],
) -> Cells | None:
    if len(cells) != len(columns):
        diagnostics.append(
            diagnostic(
                "E604",
                f"the row has {len(cells)} codes on this side, the table {len(columns)}",
                span,
                help="give one code, or `none`, for each system of the side",
            )
        )
        return None
    values: list[CodeValue | None] = []
    for cell, column in zip(cells, columns, strict=True):
        match cell:
            case tree.NoCode():
                values.append(None)
            case tree.String(value=value):
                values.append(CodeValue(column.value, value))
            case tree.Code(system=system, code=code):
                if system not in systems:
                    close = nearest(system, systems)
                    diagnostics.append(
                        diagnostic(
                            "E208",
                            f"there is no system `{system}`",
                            cell.span,
                            "not declared or imported",
                            help=f"did you mean {close}?"
                            if close
                            else "import it from codes, or declare it with `system`",
                        )
                    )
                    return None
                values.append(CodeValue(systems[system].uri, code))
    return tuple(values)


def _read_file(
    table: tree.CodeTable, origin: tree.String, file: str, systems: Mapping[str, SystemInfo]
) -> tuple[list[CodeRow], list[Diagnostic]]:
    """Rows of a TSV file: left cells, arrow, right cells. `-` is no code, `system|code` a code of another system."""
    lines, problems = read_lines(origin, file)
    if problems:
        return [], problems
    rows: list[CodeRow] = []
    diagnostics: list[Diagnostic] = []
    left, right = len(table.left), len(table.right)
    for number, cells in lines:
        if len(cells) != left + 1 + right or cells[left] not in get_args(Arrow):
            diagnostics.append(
                diagnostic(
                    "E603",
                    f"line {number} of the table file is not {left} + arrow + {right} cells",
                    origin.span,
                )
            )
            continue
        try:
            rows.append(
                CodeRow(
                    tuple(
                        _file_cell(c, s.value, systems) for c, s in zip(cells[:left], table.left, strict=True)
                    ),
                    cells[left],  # type: ignore[arg-type]  # checked above
                    tuple(
                        _file_cell(c, s.value, systems)
                        for c, s in zip(cells[left + 1 :], table.right, strict=True)
                    ),
                    origin.span,
                )
            )
        except KeyError as error:
            diagnostics.append(
                diagnostic(
                    "E208", f"line {number} of the table file: there is no system {error}", origin.span
                )
            )
    return rows, diagnostics


def _file_cell(cell: str, system: str, systems: Mapping[str, SystemInfo]) -> CodeValue | None:
    if cell == "-":
        return None
    if "|" in cell:
        name, code = cell.split("|", 1)
        return CodeValue(systems[name].uri, code)
    return CodeValue(system, cell)
