"""Reads of what was built of HL7 v2: one field or component where that is all that is asked, not all of them."""

from __future__ import annotations

import ast

from mapper import ir
from mapper.lower.simplify.shapes import rebuilt
from mapper.lower.simplify.statements import Body, every, everywhere, expressions, names

LIB = "runtime.lib.written"
ONE = {"fields": ("field", 0), "parts": ("part", 1)}
"""For a function that gives all, the one that gives one, and the number of the first."""


def read_apart(module: ir.ModulePlan, reads: list[ir.Assign], body: Body) -> tuple[list[ir.Assign], Body]:
    """`all = parts(out) + BLANK_4` with `all[0]` in the body, as `first = part(out, 1)` with `first` in it."""
    apart: list[ir.Assign] = []
    for read in reads:
        match read.value:
            case ast.BinOp(left=ast.Call(func=ast.Name(id=function), args=[built])) if _plain(
                module, function
            ) in ONE and _by_number_only(body, read.name):
                one, first = ONE[_plain(module, function)]
                found: dict[int, str] = {}
                body = everywhere(body, lambda e, name=read.name, found=found: _named(e, name, found))  # type: ignore[misc]
                for number, name in found.items():
                    value = ir.call(module.use(LIB, one), built, ir.const(number + first))
                    apart.append(ir.Assign(name, value, read.span))
            case _:
                apart.append(read)
    return apart, body


def _plain(module: ir.ModulePlan, alias: str) -> str:
    """What an imported name is called where it comes from."""
    return next((each.name for each in module.imports if each.alias == alias and each.module == LIB), "")


def _by_number_only(body: Body, name: str) -> bool:
    """Whether a list is read at fixed places only."""
    read = [e for statement in every(body) for e in expressions(statement)]
    placed = sum(_number(node, name) is not None for e in read for node in ast.walk(e))
    return placed == sum(names(e).count(name) for e in read)


def _number(node: ast.AST, name: str) -> int | None:
    match node:
        case ast.Subscript(value=ast.Name(id=held), slice=ast.Constant(value=int(number))) if held == name:
            return number
        case _:
            return None


def _named(expression: ir.Expr, name: str, found: dict[int, str]) -> ir.Expr:
    def change(node: ir.Expr) -> ir.Expr | None:
        number = _number(node, name)
        return None if number is None else ir.var(found.setdefault(number, f"{name}_at_{number}"))

    return rebuilt(expression, change)
