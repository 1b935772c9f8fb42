"""Conditions as Python tests, and selectors as what is written when an item is made."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mapper import ir
from mapper.check import notation
from mapper.check.expressions import coded
from mapper.check.model import (
    Node,
    TAnd,
    TCall,
    TCodeIs,
    TCompare,
    TCond,
    TConst,
    TInList,
    TInTable,
    TNot,
    TOr,
    TPath,
    TPointsTo,
    TQuantified,
    TRead,
    TStep,
    TTranslated,
    TValued,
)
from mapper.lower.block import Block
from mapper.lower.out import OutNode
from mapper.lower.values import all_values, base_cursor, every_item, lower_expr, read_path

if TYPE_CHECKING:
    from mapper.lower.function import Frame, FunctionLowering


def lower_condition(low: FunctionLowering, condition: TCond, block: Block | None) -> ast.expr:
    """A condition as a Python expression; two-valued, absent is false."""
    match condition:
        case TAnd(terms=terms):
            return ir.both([lower_condition(low, term, block) for term in terms])
        case TOr(terms=terms):
            return ir.either([lower_condition(low, term, block) for term in terms])
        case TNot(term=term):
            return ir.not_(lower_condition(low, term, block))
        case TQuantified():
            return _quantified(low, condition)
        case TValued(expr=expr, negated=negated):
            test = _valued(low, expr, block)
            return ir.not_(test) if negated else test
        case TCompare():
            return _compared(low, condition, block)
        case TCodeIs():
            return _code_is(low, condition, block)
        case TPointsTo(path=path, node=node):
            return _points_to(low, path, node, block)
        case TInTable(expr=expr, table=table, direction=direction):
            value = lower_expr(low, expr, block)
            test = low.unit.module.use("runtime.lib.tables", "holds")
            return ir.call(test, low.unit.table(table, direction), value)
        case TInList(expr=expr, items=items):
            values = ir.literal(tuple(item.value for item in items))
            return ir.compare(lower_expr(low, expr, block), "in", values)


def _compared(low: FunctionLowering, condition: TCompare, block: Block | None) -> ast.expr:
    operator, left, right = condition.operator, condition.left, condition.right
    if isinstance(left, TCall) and left.name in ("length", "count") and isinstance(right, TConst):
        return ir.compare(lower_expr(low, left, block), operator, ir.const(int(right.value)))
    a, b = lower_expr(low, left, block), lower_expr(low, right, block)
    if _is_text(left) and isinstance(right, TConst):
        return ir.compare(a, operator, b) if operator == "=" else _different(a, b, operator, low)
    function = "equal" if operator in ("=", "!=") else "ordered"
    return ir.call(low.unit.module.use("runtime.lib.arithmetic", function), a, ir.const(operator), b)


def _is_text(expr: object) -> bool:
    return isinstance(expr, TRead | TTranslated)


def _different(a: ast.expr, b: ast.expr, operator: str, low: FunctionLowering) -> ast.expr:
    if operator == "!=":
        return ir.compare(a, "!=", b)
    return ir.call(low.unit.module.use("runtime.lib.arithmetic", "ordered"), a, ir.const(operator), b)


def _quantified(low: FunctionLowering, condition: TQuantified) -> ast.expr:
    """The quantifier runs over all lists of the path, and over all that a selector leaves of them."""
    loops, low.cursors[condition.item] = every_item(low, condition.path, None, selected=True)
    test = lower_condition(low, condition.term, None)
    every = condition.quantifier == "all"
    if not loops:
        return ir.not_(test) if condition.quantifier == "none" else test
    found = ir.call(ir.var("all" if every else "any"), ast.GeneratorExp(test, loops))
    return ir.not_(found) if condition.quantifier == "none" else found


def _valued(low: FunctionLowering, expr: object, block: Block | None) -> ast.expr:
    if isinstance(expr, TRead):
        reader = low.unit.reader(expr.path.base.format)
        if any(step.open for step in expr.path.steps):
            values = all_values_of_nodes(low, expr.path)
            return ir.call(low.unit.module.use("runtime.lib.arithmetic", "any_valued"), values)
        return reader.valued(read_path(low, expr.path, block))
    value = lower_expr(low, expr, block)  # type: ignore[arg-type]
    return ir.call(low.unit.module.use("runtime.lib.arithmetic", "is_valued"), value)


def all_values_of_nodes(low: FunctionLowering, path: TPath) -> ast.expr:
    """The items of a path with an open step, as they are held."""
    index = path.each_index()
    if index is None:
        return all_values(low, path, None)
    step = path.steps[index]
    cursor = read_path(low, path, None, index)
    reader = low.unit.reader(path.base.format)
    items = reader.many(cursor, step, None, path.span)
    if index == len(path.steps) - 1:
        return items
    return all_values(low, path, None)


def _code_is(low: FunctionLowering, condition: TCodeIs, block: Block | None) -> ast.expr:
    use = low.unit.module.use
    path = condition.path
    if path.steps and path.steps[-1].open:
        reader = low.unit.reader(path.base.format)
        cursor = read_path(low, path, block, len(path.steps) - 1)
        items = reader.many(cursor, path.steps[-1], block, path.span)
        return ir.call(
            use("runtime.lib.fhir", "any_code"), items, ir.const(condition.system), ir.const(condition.code)
        )
    cursor = read_path(low, path, block)
    if condition.shape == "code":
        text = low.unit.reader(path.base.format).text(cursor)
        return ir.compare(text, "=", ir.const(condition.code))
    name = "has_code" if condition.shape == "CodeableConcept" else "coding_is"
    return ir.call(
        use("runtime.lib.fhir", name), cursor.value, ir.const(condition.system), ir.const(condition.code)
    )


def _points_to(low: FunctionLowering, path: TPath, node: object, block: Block | None) -> ast.expr:
    reader = low.unit.reader(path.base.format)
    step = path.steps[-1]
    cursor = read_path(low, path, block, len(path.steps) - 1)
    references = (
        reader.many(cursor, step, block, path.span)
        if step.element.repeats
        else ast.Tuple([reader.one(cursor, step, block, path.span).value], ast.Load())
    )
    target = base_cursor(low, node).value  # type: ignore[arg-type]
    return ir.method(ir.var("c"), "points_to", references, target)


# -- what a selector writes ----------------------------------------------------------------------


def selector_fills(low: FunctionLowering, frame: Frame, node: OutNode, step: TStep) -> list[ir.Stmt]:
    """The statements that give a new item what its selectors demand: `=`, and the first of a list."""
    result: list[ir.Stmt] = []
    for selector in step.selectors:
        result += condition_fills(low, frame, node, selector.condition)
    return result


def written_slots(step: TStep) -> set[str]:
    """The children of an item that its selectors write."""
    slots: set[str] = set()
    for selector in step.selectors:
        condition = selector.condition
        for term in condition.terms if isinstance(condition, TAnd) else (condition,):
            match term:
                case (
                    TCodeIs(path=path)
                    | TCompare(operator="=", left=TRead(path=path), right=TConst())
                    | TInList(expr=TRead(path=path))
                ) if path.steps:
                    slots.add(path.steps[0].element.slot)
                case _:
                    pass
    return slots


def condition_fills(low: FunctionLowering, frame: Frame, node: OutNode, condition: TCond) -> list[ir.Stmt]:
    """What makes a condition true on a node under construction; nothing for conditions that only test."""
    match condition:
        case TAnd(terms=terms):
            return [s for term in terms for s in condition_fills(low, frame, node, term)]
        case TCodeIs(path=path, system=system, code=code, shape=shape):
            value = ir.literal(coded(system, code, shape))
            return fill_path(low, node, path.steps, value)
        case TCompare(operator="=", left=TRead(path=path), right=TConst(value=value)):
            return fill_path(low, node, path.steps, ir.literal(value))
        case TCompare(operator="=", left=TRead(path=path), right=TRead(path=counted)) if (
            number := _row_number(low, counted)
        ) is not None:
            return fill_path(low, node, path.steps, number)
        case TCompare(operator="=", left=TTranslated() as translated, right=TConst(value=value)):
            source = _source_code(translated, str(value))
            return (
                fill_path(low, node, translated.path.steps, ir.literal(source)) if source is not None else []
            )
        case TInList(expr=TRead(path=path), items=items) if items:
            return _unless_written(low, node, path.steps, ir.literal(items[0].value))
        case TPointsTo(path=path, node=target):
            return _reference_fill(low, node, path, target)
        case _:
            return []


def _unless_written(
    low: FunctionLowering, node: OutNode, steps: tuple[TStep, ...], value: ast.expr
) -> list[ir.Stmt]:
    """Set a value where no line has written it: of several that a condition allows the first."""
    fills = fill_path(low, node, steps, value)
    if not steps:
        return fills
    way = ir.literal(tuple(low.writer.key(step) for step in steps))
    lacks = low.unit.module.use("runtime.lib.fhir", "lacks")
    return [ir.If(ir.call(lacks, node.var, way), fills)] if fills else []


def _row_number(low: FunctionLowering, path: TPath) -> ast.expr | None:
    """The number that a row under construction will have in its list; `None` for any other path."""
    out = low.out_of(path.base) if len(path.steps) == 1 else None
    if out is None or out.parent is None or out.step is None:
        return None
    if not notation.counts(path.base.format, path.steps[0].element):
        return None
    use = low.unit.module.use("runtime.lib.fhir", "next_number")
    return ir.call(use, out.parent.var, ir.const(out.step.element.slot))


def _source_code(translated: TTranslated, code: str) -> str | None:
    """The code that a table translates to another one; a row that goes both ways before one that does not."""
    going = translated.direction == "go"
    rows = sorted(translated.table.rows, key=lambda row: row.arrow != "<->")
    for row in rows:
        source, target = (row.left[0], row.right[0]) if going else (row.right[0], row.left[0])
        if target is not None and source is not None and target.code == code:
            return source.code
    return None


def _reference_fill(low: FunctionLowering, node: OutNode, path: TPath, target: Node) -> list[ir.Stmt]:
    """`visit.diagnosis[condition = problem]`: the reference makes the element as soon as the resource is known.

    A resource is not made by whom it points to: there the reference only fills.
    """
    reference = low.reference_of(target)
    if reference is None:
        return []
    fills = fill_path(low, node, path.steps, ast.Dict([ir.const("reference")], [reference]))
    filled: list[ir.Stmt] = [ir.If(reference, fills)]
    if node.kind in ("resource", "reference"):
        return filled
    node.makers.extend(filled)
    node.tied_to.append(reference)
    return []


def fill_path(
    low: FunctionLowering, node: OutNode, steps: tuple[TStep, ...], value: ast.expr, prefix: str = ""
) -> list[ir.Stmt]:
    """Set a value below a node through intermediate steps that hold one value each.

    With the prefix `_` it is what stands beside a FHIR primitive.
    """
    writer = low.writer
    holder: ast.expr = node.var
    for step in steps[:-1]:
        if step.position is not None and step.position.first > 1:
            # Another line may have put one there, or none.
            module = "fhir" if low.target.format == "fhir" else "numbered"
            use = low.unit.module.use(f"runtime.lib.{module}", "item_for")
            holder = ir.call(use, holder, ir.const(writer.key(step)), ir.const(step.position.first))
            continue
        empty: ast.expr = (
            ast.List([ast.Dict([], [])], ast.Load()) if step.element.repeats else ast.Dict([], [])
        )
        holder = ir.method(holder, "setdefault", ir.const(writer.key(step)), empty)
        if step.element.repeats:
            holder = ir.index(holder, 0)
    if not steps:
        return [ir.Put(node.var, ir.const(""), value, node.span)] if node.span else []
    last = steps[-1]
    if last.element.extension:
        from mapper.lower.read_fhir import value_key

        held = ast.Dict([ir.const(value_key(last.types[0]))], [value])
        use = low.unit.module.use("runtime.lib.fhir", "add_extension")
        return [ir.Do(ir.call(use, holder, ir.const(last.element.extension), held), last.span)]
    if last.element.repeats and low.target.format == "fhir":
        ensure = low.unit.module.use("runtime.lib.fhir", "ensure")
        return [ir.Do(ir.call(ensure, holder, ir.const(writer.key(last)), value), last.span)]
    if last.element.repeats:
        value = ast.List([value], ast.Load())
    key = writer.key(last)
    return [ir.Put(holder, ir.const(f"{prefix}{key}" if prefix else key), value, last.span)]
