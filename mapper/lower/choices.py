"""Lowers `choose` and `require`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mapper import ir
from mapper.check.model import (
    TAnd,
    TCase,
    TChoose,
    TCodeIs,
    TCompare,
    TCond,
    TInList,
    TPath,
    TRead,
    TRequire,
    source_side,
    target_side,
)
from mapper.lower.conditions import condition_fills, lower_condition

if TYPE_CHECKING:
    from mapper.lower.function import Frame, FunctionLowering


def lower_choose(low: FunctionLowering, frame: Frame, choose: TChoose) -> None:
    """The first case whose guard holds on the source side; its `=` guards on the target side are written."""
    choice = low.names.new("choice")
    frame.head.append(ir.Assign(choice, ir.const(0)))
    cases = [case for case in choose.cases if _considered(low, case)]
    _case(low, frame, choose, cases, 1, choice)


def _considered(low: FunctionLowering, case: TCase) -> bool:
    """A case without a guard on the source side, or with an arrow the other way, is not met in this direction."""
    if case.arrow == ("<-" if low.direction == "go" else "->"):
        return False
    return case.guard(source_side(low.direction)) is not None


def _case(low: FunctionLowering, frame: Frame, choose: TChoose, cases: list[TCase], number: int, choice: str) -> None:
    if not cases:
        if choose.otherwise:
            low.statements(frame, choose.otherwise)
        return
    case = cases[0]
    guard = case.guard(source_side(low.direction))
    assert guard is not None
    test = lower_condition(low, guard, frame.block)
    held = ir.compare(ir.var(choice), "=", ir.const(number))
    with low.branch(frame, held) as then:
        then.add(ir.Assign(choice, ir.const(number), case.span))
        low.statements(frame, case.body)
        written = case.guard(target_side(low.direction))
        if written is not None:
            _write_guard(low, frame, written)
    last = len(cases) == 1 and not choose.otherwise
    with low.branch(frame, None if last else _otherwise_guard(choice, number)) as other:
        _case(low, frame, choose, cases[1:], number + 1, choice)
    frame.block.add(ir.If(test, then.statements, other.statements, span=case.span))


def _otherwise_guard(choice: str, number: int) -> ast.expr:
    """Fills of the later cases hold only where none of the earlier ones did."""
    earlier = ir.literal(tuple(range(1, number + 1)))
    return ir.compare(ir.var(choice), "not in", earlier)


def _write_guard(low: FunctionLowering, frame: Frame, condition: TCond) -> None:
    """Make the target side's guard true."""
    for term in condition.terms if isinstance(condition, TAnd) else (condition,):
        path = _written_path(term)
        if path is None:
            continue
        parent = low.node(frame, path, max(len(path.steps) - 1, 0)) if len(path.steps) > 1 else low.base(path)
        fills = condition_fills(low, frame, parent, _from_parent(term, path))
        fills = low.under_guards(frame, fills)
        if parent.finished:
            frame.block.add(ir.If(low.writer.made(parent), fills))
        else:
            parent.fills.extend(fills)


def _written_path(term: TCond) -> TPath | None:
    match term:
        case TCodeIs(path=path) | TCompare(operator="=", left=TRead(path=path)) | TInList(expr=TRead(path=path)):
            return path
        case _:
            return None


def _from_parent(term: TCond, path: TPath) -> TCond:
    """The same condition on the last step alone, seen from the node that holds it."""
    from dataclasses import replace

    short = replace(path, steps=path.steps[-1:])
    match term:
        case TCodeIs():
            return replace(term, path=short)
        case TCompare():
            return replace(term, left=TRead(short))
        case TInList():
            return replace(term, expr=TRead(short))
        case _:
            return term


def lower_require(low: FunctionLowering, frame: Frame, require: TRequire) -> None:
    """A requirement is told where it does not hold, in the direction that reads its side."""
    if require.side != source_side(low.direction):
        return
    test = lower_condition(low, require.condition, frame.block)
    tell = ir.method(
        ir.var("c"), "required", low.site(require.span, ""), ir.const(require.level), ir.const(require.text)
    )
    frame.block.add(ir.If(ir.not_(test), [ir.Do(tell, require.span)], span=require.span))
