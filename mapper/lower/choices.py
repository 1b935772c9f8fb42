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
    TConst,
    TInList,
    TInTable,
    TOr,
    TPath,
    TPointsTo,
    TRead,
    TRequire,
    TTranslated,
    TValued,
    source_side,
    target_side,
)
from mapper.lower.coming_back import note_otherwise, remember_choice
from mapper.lower.conditions import condition_fills, lower_condition

if TYPE_CHECKING:
    from mapper.lower.function import Frame, FunctionLowering


def lower_choose(low: FunctionLowering, frame: Frame, choose: TChoose) -> None:
    """The first case whose guard holds on the source side; its `=` guards on the target side are written."""
    choice = low.names.new("choice")
    frame.head.append(ir.Assign(choice, ir.const(0)))
    cases = [case for case in choose.cases if _considered(low, case)]
    remember_choice(low, frame, choose, cases, choice)
    _case(low, frame, choose, cases, 1, choice)


def _considered(low: FunctionLowering, case: TCase) -> bool:
    """A case without a guard on the source side, or with an arrow the other way, is not met in this direction."""
    if case.arrow == ("<-" if low.direction == "go" else "->"):
        return False
    return case.guard(source_side(low.direction)) is not None


def _case(
    low: FunctionLowering, frame: Frame, choose: TChoose, cases: list[TCase], number: int, choice: str
) -> None:
    if not cases:
        if choose.otherwise:
            note_otherwise(frame, choice, number, choose.span)
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
            _write_guard(low, frame, written, _needs_value(guard))
    last = len(cases) == 1 and not choose.otherwise
    with low.branch(frame, None if last else _otherwise_guard(choice, number)) as other:
        _case(low, frame, choose, cases[1:], number + 1, choice)
    frame.block.add(ir.If(test, then.statements, other.statements, span=case.span))


def _otherwise_guard(choice: str, number: int) -> ast.expr:
    """Fills of the later cases hold only where none of the earlier ones did."""
    earlier = ir.literal(tuple(range(1, number + 1)))
    return ir.compare(ir.var(choice), "not in", earlier)


def _needs_value(condition: TCond) -> bool:
    """Whether only a source that holds a value can make a condition true."""
    match condition:
        case TAnd(terms=terms):
            return any(map(_needs_value, terms))
        case TOr(terms=terms):
            return all(map(_needs_value, terms))
        case TValued(negated=negated):
            return not negated
        case TCompare(operator=operator):
            return operator == "="
        case TCodeIs() | TInList() | TInTable() | TPointsTo():
            return True
        case _:
            return False


def _write_guard(low: FunctionLowering, frame: Frame, condition: TCond, makes: bool) -> None:
    """Make the target side's guard true, and with it its node where a source value has chosen the case."""
    for term in condition.terms if isinstance(condition, TAnd) else (condition,):
        path = written_path_of(term)
        if path is None:
            continue
        node = low.base(path)
        low.outlive(frame, node)
        fills = low.under_guards(frame, condition_fills(low, frame, node, term))
        if node.finished:
            frame.block.add(ir.If(low.writer.made(node), fills))
        else:
            node.fills.extend(fills)
            if makes and fills:
                node.made_by.append(ir.both(list(frame.guards)))


def written_path_of(term: TCond) -> TPath | None:
    """The path that a guard's term writes, `None` for a term that only tests."""
    match term:
        case TCodeIs(path=path) | TInList(expr=TRead(path=path)):
            return path
        case TCompare(operator="=", left=TRead(path=path) | TTranslated(path=path), right=TConst()):
            return path
        case _:
            return None


def lower_require(low: FunctionLowering, frame: Frame, require: TRequire) -> None:
    """A requirement is told where it does not hold, in the direction that reads its side."""
    if require.side != source_side(low.direction):
        return
    test = lower_condition(low, require.condition, frame.block)
    tell = ir.method(
        ir.var("c"),
        "required",
        low.site(require.span, require.where),
        ir.const(require.level),
        ir.const(require.text),
    )
    frame.block.add(ir.If(ir.not_(test), [ir.Do(tell, require.span)], span=require.span))
