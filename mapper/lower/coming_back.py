"""The run-time check of cases that may come back as an earlier one (W904): R211 where the result says that they do.

The check stands where the body ends that holds the `choose`: by then all that its cases write is in place. Cases that
are proven cost nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mapper import ir
from mapper.check.env import Env
from mapper.check.model import (
    Node,
    TAnd,
    TCase,
    TChoose,
    TCodeIs,
    TCompare,
    TCond,
    TInList,
    TInTable,
    TNot,
    TOr,
    TPointsTo,
    TQuantified,
    TValued,
    target_side,
)
from mapper.check.model.reads import reads_of
from mapper.check.passes.cases import open_cases, otherwise_span
from mapper.check.passes.writes import writes
from mapper.lower.block import Block
from mapper.lower.built import read_apart
from mapper.lower.cursor import Cursor
from mapper.lower.out import OutNode
from mapper.lower.values import describe
from mapper.source import Span

if TYPE_CHECKING:
    from mapper.lower.function import Frame, FunctionLowering

LIBS = {"hl7v2": "runtime.lib.written", "x12": "runtime.lib.written_x12"}


@dataclass(frozen=True)
class Unproven:
    """A case by the number under which its choice is remembered in the local `choice`, and the cases before it."""

    choice: str
    number: int
    earlier: list[TCase]
    span: Span


def remember_choice(
    low: FunctionLowering, frame: Frame, choose: TChoose, cases: list[TCase], choice: str
) -> None:
    """Have the unproven cases of a `choose` checked where the frame ends. `cases` are those that are met."""
    for case, earlier in _open(low, choose):
        number = 1 + next((i for i, each in enumerate(cases) if each is case), len(cases))
        span = case.span if case is not None else otherwise_span(choose, low.mapping, _env(low))
        frame.choices.append(Unproven(choice, number, earlier, span))


def note_otherwise(frame: Frame, choice: str, number: int, span: Span) -> None:
    """Remember that the `otherwise` was met, where that is to be checked."""
    if any(each.choice == choice and each.number == number for each in frame.choices):
        frame.block.add(ir.Assign(choice, ir.const(number), span))


def _open(low: FunctionLowering, choose: TChoose) -> Iterator[tuple[TCase | None, list[TCase]]]:
    """The unproven cases of a `choose` with the earlier ones that they may come back as."""
    if not low.mapping.two_way:
        return
    if low.written is None:
        low.written = list(writes(low.mapping.body, low.direction))
    for _, case, earlier in open_cases(choose, _env(low), low.direction, low.written):
        yield case, earlier


def _env(low: FunctionLowering) -> Env:
    return Env(low.unit.program, [], low.mapping.left, low.mapping.right, checked=low.unit.checked)


def check_choice(low: FunctionLowering, frame: Frame, unproven: Unproven) -> None:
    """`if choice == 3: if <an earlier guard holds on the result>: c.unproven(...)`."""
    side = target_side(low.direction)
    tests: list[tuple[ast.expr, TCase]] = []
    block = Block(low.names)
    with reading_the_result(low, block):
        from mapper.lower.conditions import lower_condition

        for case in unproven.earlier:
            guard = case.guard(side)
            if guard is not None:
                tests.append((lower_condition(low, guard, None), case))
    told: list[ir.Stmt] = []
    for test, case in reversed(tests):
        tell = ir.method(
            ir.var("c"),
            "unproven",
            low.site(unproven.span, _concerned(case.guard(side))),
            ir.const(low.unit.position(case.span)),
        )
        told = [ir.If(test, [ir.Do(tell, unproven.span)], told, span=unproven.span)]
    used = {part.id for test, _ in tests for part in ast.walk(test) if isinstance(part, ast.Name)}
    reads = [each for each in block.statements if isinstance(each, ir.Assign) and each.name in used]
    if low.target.format == "hl7v2":
        reads, told = read_apart(low.unit.module, reads, told)
    held = ir.compare(ir.var(unproven.choice), "=", ir.const(unproven.number))
    frame.block.add(ir.If(held, [*reads, *told], span=unproven.span))


def _concerned(condition: TCond | None) -> str:
    """The path that a guard reads first, as findings show it."""
    match condition:
        case TAnd(terms=(term, *_)) | TOr(terms=(term, *_)) | TNot(term=term):
            return _concerned(term)
        case TCodeIs(path=path) | TPointsTo(path=path) | TQuantified(path=path):
            return describe(path)
        case TCompare(left=expr) | TValued(expr=expr) | TInList(expr=expr) | TInTable(expr=expr):
            return next((describe(path) for path in reads_of(expr)), "")
        case _:
            return ""


@contextmanager
def reading_the_result(low: FunctionLowering, block: Block) -> Iterator[None]:
    """Paths of the target side lead into what was built. `block` gets what that needs to be read."""
    before = dict(low.cursors)
    for node, out in low.outs.items():
        low.cursors[node] = _cursor(low, node, out, block)
    with low.unit.reads_built(low.target.format):
        yield
    low.cursors.clear()
    low.cursors.update(before)


def _cursor(low: FunctionLowering, node: Node, out: OutNode, block: Block) -> Cursor:
    kind, type_name = low.unit.kind(node), node.types[0]
    if node.format == "fhir":
        if out.kind == "pair":
            return Cursor("pair", out.var, ir.var("at"), type_name)
        return Cursor("leaf" if kind == "primitive" else "node", out.var, ir.var("at"), type_name)
    if kind in ("message", "group"):
        return Cursor("group", out.var, ir.var("at"), type_name)
    name = low.names.new(f"{type_name}_written")
    if kind == "segment":
        return Cursor("segment", _built(low, block, name, "fields", out, node), ir.var("at"), type_name)
    if kind == "composite":
        return Cursor("parts", _built(low, block, name, "parts", out, node), ir.var("at"), type_name)
    return Cursor("raw", _built(low, block, name, "raw", out, None), ir.var("at"), type_name)


def _built(
    low: FunctionLowering, block: Block, name: str, function: str, out: OutNode, padded: Node | None
) -> ast.expr:
    """A local that holds what was built as the codec would give it, padded to what its type may have."""
    value: ast.expr = ir.call(low.unit.module.use(LIBS[low.target.format], function), out.var)
    if padded is not None:
        value = ast.BinOp(value, ast.Add(), low.unit.blank(padded))
    block.add(ir.Assign(name, value))
    return ir.var(name)
