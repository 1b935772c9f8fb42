"""Codes that tables give: within the required value sets that they reach, and for every source code (E405, E604)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mapper.check import notation
from mapper.check.env import Env
from mapper.check.model import (
    ByTable,
    Direction,
    TChoose,
    TCopy,
    TMapping,
    TPath,
    TRead,
    TScope,
    TStatement,
    Way,
)
from mapper.check.tables import cell_span
from mapper.diagnostics import Diagnostic, Label, diagnostic
from mapper.resolve.program import TableInfo
from mapper.resolve.tables import CodeRow
from mapper.schema.model import Binding
from mapper.source import Span
from mapper.suggest import nearest
from mapper.syntax import tree


@dataclass(frozen=True)
class Use:
    """One direction of a line that translates through a table."""

    copy: TCopy
    way: Way
    by: ByTable
    direction: Direction


def codes(mapping: TMapping, _env: Env) -> list[Diagnostic]:
    """Rows whose code the target refuses, and required targets that a table may leave empty."""
    names = dict(table_names(mapping.info.statements))
    diagnostics: list[Diagnostic] = []
    for use in _uses(mapping.body):
        at = names.get(use.copy.span, use.copy.span)
        for column, target in enumerate(use.way.targets):
            diagnostics += _refused(use, column, target, at)
            if problem := _uncovered(use, target, at):
                diagnostics.append(problem)
    return diagnostics


def _uses(statements: tuple[TStatement, ...]) -> Iterator[Use]:
    for statement in statements:
        match statement:
            case TCopy():
                for direction in ("go", "back"):
                    way = statement.way(direction)
                    for _, converter in way.converters if way is not None else ():
                        if way is not None and isinstance(converter, ByTable):
                            yield Use(statement, way, converter, converter.direction)
            case TScope(body=body):
                yield from _uses(body)
            case TChoose(cases=cases, otherwise=otherwise):
                for case in cases:
                    yield from _uses(case.body)
                yield from _uses(otherwise)
            case _:
                pass


def table_names(statements: tuple[tree.Statement, ...]) -> Iterator[tuple[Span, Span]]:
    """Where each line names its table."""
    for statement in statements:
        match statement:
            case tree.Link(span=span, using_table=tree.Name(span=name)):
                yield span, name
            case tree.Link(body=tree.Body(statements=inner)):
                yield from table_names(inner)
            case tree.Choose(cases=cases, otherwise=otherwise):
                for body in (
                    *(case.body for case in cases),
                    *((otherwise,) if otherwise is not None else ()),
                ):
                    yield from table_names(body.statements)
            case _:
                pass


# -- value sets ----------------------------------------------------------------------------------


def _refused(use: Use, column: int, target: TPath, at: Span) -> Iterator[Diagnostic]:
    binding = target.steps[-1].element.binding if target.steps else None
    if binding is None or binding.strength != "required" or not binding.codes:
        return
    shape = use.by.target_shapes[column]
    told: set[Span] = set()
    for row in use.by.table.rows:
        cells = row.right if use.direction == "go" else row.left
        cell = cells[column]
        if (
            not _reaches(row, use.direction)
            or cell is None
            or _admits(binding, cell.system, cell.code, shape)
        ):
            continue
        if row.span not in told:
            told.add(row.span)
            where = cell_span(use.by.table, row, use.direction == "go", column)
            yield _not_allowed(use.by.table, where, cell.code, target, binding, at)
    for otherwise in use.by.table.otherwise:
        code = otherwise.code
        if (
            _otherwise_goes(otherwise, use.direction)
            and isinstance(code, tree.String)
            and len(use.way.targets) == 1
        ):
            column_system = _columns(use.by.table, use.direction)[column].value
            if not _admits(binding, column_system, code.value, shape):
                yield _not_allowed(use.by.table, code.span, code.value, target, binding, at)


def _reaches(row: CodeRow, direction: Direction) -> bool:
    return row.going if direction == "go" else row.back


def _columns(table: TableInfo, direction: Direction) -> tuple[tree.String, ...]:
    return table.declaration.right if direction == "go" else table.declaration.left


def _admits(binding: Binding, system: str, code: str, shape: str) -> bool:
    known = binding.codes or {}
    if shape in ("Coding", "CodeableConcept"):
        return code in known.get(system, ())
    return any(code in held for held in known.values())


def _not_allowed(
    table: TableInfo, span: Span, code: str, target: TPath, binding: Binding, at: Span
) -> Diagnostic:
    every = sorted(c for held in (binding.codes or {}).values() for c in held)
    close = nearest(code, every)
    name = target.steps[-1].element.name
    shown = ", ".join(every[:12]) + (", ..." if len(every) > 12 else "")
    return diagnostic(
        "E405",
        f"the table `{table.name}` gives `{code}`, which `{name}` does not allow",
        span,
        "not allowed there",
        others=[Label(at, f"reaches `{name}` here")],
        notes=[f"{binding.value_set} holds {shown}"],
        help=f"did you mean {close}?" if close else f"give a code of {binding.value_set}",
    )


# -- coverage ------------------------------------------------------------------------------------


def _uncovered(use: Use, target: TPath, at: Span) -> Diagnostic | None:
    """A required element that the table may leave empty."""
    if (
        not target.steps
        or target.steps[-1].element.minimum == 0
        or use.way.defaults
        or use.way.when is not None
    ):
        return None
    if target.base.format not in notation.PROVEN_MINIMA or _total(use):
        return None
    last = target.steps[-1]
    name = notation.shown(target.base.format, last.owner, last.element.name)
    table = use.by.table
    return diagnostic(
        "E604",
        f"`{table.name}` does not cover every code, and `{name}` is required",
        at,
        "may give nothing",
        others=[Label(table.declaration.name.span, "has no `otherwise`")],
        help=f'add a row such as `otherwise -> "{_fallback(target)}"`, or write `default` behind the line',
    )


def _total(use: Use) -> bool:
    table = use.by.table
    if any(_otherwise_goes(row, use.direction) for row in table.otherwise):
        return True
    known = _source_codes(use)
    if known is None or table.from_site:
        return False
    held = {
        row.left if use.direction == "go" else row.right for row in table.rows if _reaches(row, use.direction)
    }
    return known <= {cells[0].code for cells in held if cells[0] is not None}


def _source_codes(use: Use) -> frozenset[str] | None:
    """Every code that the source may hold, where it is bound to them and cannot be absent."""
    source = use.way.sources[0]
    if len(use.way.sources) != 1 or not isinstance(source, TRead) or not source.path.steps:
        return None
    element = source.path.steps[-1].element
    if element.binding is None or element.binding.strength != "required" or not element.binding.codes:
        return None
    return frozenset(code for held in element.binding.codes.values() for code in held)


def _otherwise_goes(row: tree.OtherwiseRow, direction: Direction) -> bool:
    return row.arrow != ("<-" if direction == "go" else "->")


def _fallback(target: TPath) -> str:
    binding = target.steps[-1].element.binding
    codes = (
        {code for held in (binding.codes or {}).values() for code in held} if binding is not None else set()
    )
    return next(
        (code for code in ("unknown", "UNK", "other") if code in codes), min(codes, default="unknown")
    )
