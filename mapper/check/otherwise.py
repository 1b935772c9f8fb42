"""`otherwise` rows of code tables: one code one way, or a two-way function whose values no other row has."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

from mapper.check.functions import load
from mapper.diagnostics import Diagnostic, Fix, diagnostic
from mapper.resolve.program import FunctionInfo, Program, TableInfo
from mapper.suggest import nearest
from mapper.syntax import tree


def check_otherwise(table: TableInfo, program: Program) -> Iterator[Diagnostic]:
    """What is wrong with the `otherwise` rows of a table (E207, E501, E503, E604)."""
    for row in table.otherwise:
        columns = table.declaration.left if row.arrow == "<-" else table.declaration.right
        if row.function is not None:
            columns = (*table.declaration.left, *table.declaration.right)[1:]
        if len(columns) > 1:
            message = f"`otherwise` gives one code, and `{table.name}` has tuples"
            yield diagnostic(
                "E604", message, row.span, "one code", help="write a row for each tuple, or `default`"
            )
        elif row.function is not None:
            yield from _function(table, row, row.function, program)
        elif row.arrow == "<->":
            yield _code(table, row)


def _code(table: TableInfo, row: tree.OtherwiseRow) -> Diagnostic:
    code = row.code
    held = f"{code.system}|{code.code}" if isinstance(code, tree.Code) else f'"{code.value if code else ""}"'
    return diagnostic(
        "E503",
        f"`{table.name}` cannot be read back from {held}",
        row.span,
        "stands for all other codes",
        help=f"make it one-way: otherwise -> {held}",
        fix=Fix("make it one-way", row.span, f"otherwise -> {held}", safe=True),
    )


def _function(
    table: TableInfo, row: tree.OtherwiseRow, name: tree.Name, program: Program
) -> Iterator[Diagnostic]:
    scope = program.scope_at(name.span)
    scope.use(name.text)
    info = scope.functions.get(name.text)
    if info is None:
        close = nearest(name.text, scope.functions)
        yield diagnostic(
            "E207",
            f"there is no function `{name.text}`",
            name.span,
            "not declared or imported",
            help=f"did you mean {close}?" if close else "import it from lib",
        )
        return
    if row.arrow != "->" and not info.declaration.two_way:
        message = f"`{name.text}` does not go back"
        yield diagnostic("E501", message, name.span, "only one-way", help=f"write `otherwise -> {name.text}`")
        return
    if row.arrow == "<->":
        yield from _reached(table, name, info)


def _reached(table: TableInfo, name: tree.Name, info: FunctionInfo) -> Iterator[Diagnostic]:
    """Rows whose right code is a value of the function: it would be read back from two codes."""
    target = info.declaration.target.value
    loaded = load(target)
    if isinstance(loaded, str) or not loaded.pair or loaded.context["back"]:
        return  # told at its declaration, or not to be known without a site
    module, _, attribute = target.partition(":")
    back = getattr(importlib.import_module(module), attribute).back
    for written in table.rows:
        cell = written.right[0]
        if written.back and cell is not None and _answer(back, cell.code) is not None:
            yield diagnostic(
                "E503",
                f'`{table.name}` cannot be read back from "{cell.code}"',
                written.span,
                f"`{name.text}` gives it, too",
                help="make the row one-way with `->`, or let it go",
            )


def _answer(function: object, code: str) -> object:
    """What a function of the project gives for a code; a function that fails gives nothing."""
    try:
        return function(code)  # type: ignore[operator]  # a pair holds two callables
    except Exception:  # noqa: BLE001 - the project's own code, which must not stop the compiler
        return None
