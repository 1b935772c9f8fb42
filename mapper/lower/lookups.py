"""Lowers `found[conditions] <-> x`: a look-up among the pairs that an `each` made."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mapper import ir
from mapper.check.model import TAnd, TChoose, TCompare, TCond, TFound, TPath, TRead, TScope, TStatement
from mapper.lower.block import Block
from mapper.lower.conditions import lower_condition
from mapper.lower.copies import put_leaf
from mapper.lower.cursor import Cursor
from mapper.lower.values import lower_expr, read_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mapper.check.model import Node
    from mapper.lower.function import Frame, FunctionLowering
    from mapper.lower.out import OutNode


def looked_up(statements: Iterable[TStatement]) -> Iterator[Node]:
    """The right nodes of all `each` lines among whose pairs a line of the mapping looks something up."""
    for statement in statements:
        match statement:
            case TFound(each=each):
                yield each
            case TScope(body=body):
                yield from looked_up(body)
            case TChoose(cases=cases, otherwise=otherwise):
                for case in cases:
                    yield from looked_up(case.body)
                yield from looked_up(otherwise)
            case _:
                pass


def remember_pair(
    low: FunctionLowering, frame: Frame, inner: Frame, scope: TScope, item: Cursor, node: OutNode
) -> None:
    """Keep each turn's source item with the reference to what was made of it, and that itself."""
    if scope.right_node not in low.looked_up:
        return
    name = low.names.new(f"{node.name}_pairs")
    frame.head.append(ir.Assign(name, ast.List([], ast.Load())))
    low.pairs[scope.right_node] = (ir.var(name), scope)
    reference = ir.var(node.reference) if node.reference else ir.const(None)
    pair = ast.Tuple([item.value, reference, node.var], ast.Load())
    inner.after.append(ir.Do(ir.method(ir.var(name), "append", pair), scope.span))


def lower_found(low: FunctionLowering, frame: Frame, statement: TFound) -> None:
    """Going, the one pair whose left item meets the conditions; back, the one whose right item is meant."""
    known = low.pairs.get(statement.each)
    if known is None or statement.arrow == ("<-" if low.direction == "go" else "->"):
        return
    pairs, scope = known
    if low.direction == "go":
        _go(low, frame, statement, pairs, scope)
    else:
        _back(low, frame, statement, pairs, scope)


def _matches(pairs: ast.expr, name: str, value: ast.expr, tests: list[ast.expr]) -> ast.expr:
    names = (name, f"{name}_ref", f"{name}_made")
    target = ast.Tuple([ast.Name(each, ast.Store()) for each in names], ast.Store())
    return ast.ListComp(value, [ast.comprehension(target, pairs, tests, 0)])


def _item(low: FunctionLowering, path: TPath) -> tuple[str, Cursor]:
    """A name for the source item of a pair, and its cursor."""
    name = low.names.new("pair")
    low.names.taken.update((f"{name}_ref", f"{name}_made"))
    index = path.each_index()
    assert index is not None
    return name, low.unit.reader(path.base.format).item(path.steps[index], name, ast.Tuple([], ast.Load()))


def _go(low: FunctionLowering, frame: Frame, statement: TFound, pairs: ast.expr, scope: TScope) -> None:
    name, cursor = _item(low, scope.left)
    low.cursors[statement.item] = cursor
    terms = [term for selector in statement.conditions for term in _terms(selector.condition)]
    tests = [lower_condition(low, term, None) for term in terms]
    wanted = [lower_expr(low, term.right, frame.block) for term in terms if isinstance(term, TCompare)]
    made: ast.expr = ir.var(f"{name}_made" if statement.tail is not None else f"{name}_ref")
    for step in statement.tail.steps if statement.tail is not None else ():
        made = ir.get(made, step.element.slot)
    found = ir.method(ir.var("c"), "found", _matches(pairs, name, made, tests), low.site(statement.span, ""))
    local = low.names.new("found")
    value = (
        ir.var(local) if statement.tail is not None else ast.Dict([ir.const("reference")], [ir.var(local)])
    )
    with low.branch(frame, None) as inner:
        put_leaf(low, frame, statement.path, value, None, statement.span)
    outer = Block(low.names, [], frame.block)
    outer.add(ir.Assign(local, found, statement.span))
    outer.add(
        ir.If(ir.compare(ir.var(local), "is not", ir.const(None)), inner.statements, span=statement.span)
    )
    low.add_if(frame.block, ir.either(wanted) if wanted else ir.const(True), outer.statements, statement.span)


def _back(low: FunctionLowering, frame: Frame, statement: TFound, pairs: ast.expr, scope: TScope) -> None:
    """The item that the element points to, or whose part equals it, gives the values that the conditions name."""
    name, item = _item(low, scope.right)
    held = read_path(low, statement.path, frame.block)
    if statement.tail is None:
        test: ast.expr = ir.method(ir.var("c"), "points_to", ast.Tuple([held.value], ast.Load()), item.value)
    else:
        part: ast.expr = item.value
        for step in statement.tail.steps:
            part = ir.get(part, step.element.slot)
        test = ir.compare(part, "=", low.reader.text(held))
    matches = _matches(pairs, name, ir.var(f"{name}_made"), [test])
    local = low.names.new("found")
    outer = Block(low.names, [], frame.block)
    outer.add(
        ir.Assign(
            local, ir.method(ir.var("c"), "found", matches, low.site(statement.span, "")), statement.span
        )
    )
    with low.branch(frame, None) as inner:
        for selector in statement.conditions:
            for term in _terms(selector.condition):
                _write(low, frame, term, ir.var(local))
    outer.add(
        ir.If(ir.compare(ir.var(local), "is not", ir.const(None)), inner.statements, span=statement.span)
    )
    frame.block.add(ir.If(low.reader.valued(held), outer.statements, span=statement.span))


def _write(low: FunctionLowering, frame: Frame, term: TCond, made: ast.expr) -> None:
    """`found.a = b` read back: b gets what a of the found row is."""
    match term:
        case TCompare(operator="=", left=TRead(path=left), right=TRead(path=right)):
            way = ir.literal(tuple(low.unit.key_of(step) for step in left.steps))
            value = ir.call(low.unit.module.use("runtime.lib.hl7v2", "built"), made, way)
            held = frame.block.bind("part", value, left.span)
            with low.branch(frame, None) as inner:
                put_leaf(low, frame, right, held, None, right.span)
            frame.block.add(ir.If(held, inner.statements, span=right.span))
        case _:
            pass


def _terms(condition: TCond) -> tuple[TCond, ...]:
    return condition.terms if isinstance(condition, TAnd) else (condition,)
