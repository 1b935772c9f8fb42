"""Lowers what fills nodes without making them: constants, counters, context values, defaults."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mapper import ir
from mapper.check.model import Converter, TAbsent, TContext, TExpr, TLookup, TPath, TRead, TStep, Way
from mapper.lower.block import Block
from mapper.lower.cells import computed, is_computed
from mapper.lower.conditions import written_slots
from mapper.lower.convert import is_source_value
from mapper.lower.values import lower_expr, read_path
from mapper.source import Span

if TYPE_CHECKING:
    from mapper.lower.function import Frame, FunctionLowering

NULL = '""'


def fill_constant(low: FunctionLowering, frame: Frame, way: Way, span: Span) -> None:
    """A constant, counter or context value: set when the node that holds it turns out to be made."""
    target = way.targets[0]
    source = way.sources[0]
    value = _filling(low, frame, source, way.converters[0][1], span)
    missing = isinstance(source, TAbsent)
    add_fill(low, frame, target, value, span, missing, _given(source, value), missing)


def _filling(low: FunctionLowering, frame: Frame, source: TExpr, through: Converter, span: Span) -> ast.expr:
    """The value of a fill; what is looked up is kept, for it may not be there."""
    if is_computed(source):
        return computed(low, frame.block, source, through, span)
    return lower_expr(low, source, frame.block)


def _given(source: TExpr, value: ast.expr) -> ast.expr | None:
    """Whether a fill that the context or a table gives is there; `None` for one that always is."""
    if isinstance(source, TLookup):
        return ir.compare(value, "is not", ir.const(None))
    return value if isinstance(source, TContext) else None


def add_fill(
    low: FunctionLowering,
    frame: Frame,
    target: TPath,
    value: ast.expr,
    span: Span,
    absent_only: bool,
    given: ast.expr | None,
    missing: bool = False,
    unless: ast.expr | None = None,
) -> None:
    """Append what sets a leaf to the fills of its parent node; nothing happens where `unless` holds."""
    if not target.steps:
        frame.block.add(ir.Assign("out", value, span))
        return
    made = _required_from(low, target)
    parent = low.node(frame, target, made)
    if low.target.format == "fhir" and target.steps[-1].selectors:
        parent = low.node(frame, target, len(target.steps))
        block = Block(low.names)
        statements: list[ir.Stmt] = [ir.Do(ir.method(parent.var, "update", value), span)]
    else:
        from mapper.lower.conditions import fill_path

        block = Block(low.names)
        beside = missing and low.target.format == "fhir" and low.writer.is_leaf(target.types[0])
        statements = fill_path(low, parent, target.steps[made:], value, "_" if beside else "")
    if given is not None:
        statements = [ir.If(given, statements)]
    if absent_only:
        way = tuple(low.writer.key(step) for step in target.steps[made:])
        lacks = low.unit.module.use("runtime.lib.fhir", "lacks")
        statements = [ir.If(ir.call(lacks, parent.var, ir.literal(way)), statements)]
    if unless is not None:
        statements = [ir.If(ir.not_(unless), statements)]
    low.outlive(frame, parent)
    statements = low.under_guards(frame, statements)
    if parent.finished:
        frame.block.add(ir.If(low.writer.made(parent), [*block.statements, *statements]))
    else:
        parent.fills.extend([*block.statements, *statements])


def _required_from(low: FunctionLowering, target: TPath) -> int:
    """How many steps of a path lead to the node that a fill belongs to.

    Required nodes below it come with it, and so does what its selectors write.
    """
    steps = target.steps
    made = next((i for i in range(len(steps) - 1) if _written_by_selector(low, target, i)), len(steps) - 1)
    while made > 0 and steps[made - 1].element.minimum >= 1 and not _own_node(steps[made - 1]):
        made -= 1
    return made


def _written_by_selector(low: FunctionLowering, target: TPath, number: int) -> bool:
    """Whether a step leads to what a selector of the node before it writes: `participant[type = x]`, `type.text`."""
    out = low.out_of(target.base)
    holder = target.steps[number - 1] if number else (out.step if out is not None else None)
    if holder is None or target.steps[number].element.extension:
        return False
    return target.steps[number].element.slot in written_slots(holder)


def _own_node(step: TStep) -> bool:
    """Steps whose node has an identity or a place of its own: resources, extensions, selected items."""
    return bool(step.resource or step.deref or step.element.extension or step.selectors)


def fill_defaults(
    low: FunctionLowering, frame: Frame, way: Way, removed: ast.expr | None, span: Span
) -> None:
    """Defaults that do not read the source: they stand in where nothing was put, unless the source asks for removal."""
    for default, through in way.defaults:
        if not is_source_value(default):
            value = _filling(low, frame, default, through, span)
            missing = isinstance(default, TAbsent)
            add_fill(low, frame, way.targets[0], value, span, True, _given(default, value), missing, removed)


def removal(low: FunctionLowering, frame: Frame, way: Way, span: Span) -> ast.expr | None:
    """A local that tells whether a v2 source holds the explicit null, which fires no default.

    A required element cannot be removed: there the default stands in for a null as for an absent value.
    """
    source = way.sources[0]
    if all(step.element.minimum >= 1 for step in way.targets[0].steps[-1:]):
        return None
    if (
        low.source.format != "hl7v2"
        or not way.defaults
        or not isinstance(source, TRead)
        or not source.path.steps
    ):
        return None
    cursor = read_path(low, source.path, frame.block)
    if cursor.kind not in ("raw", "component"):
        return None
    name = low.names.new("removed")
    frame.head.append(ir.Assign(name, ir.const(False)))
    frame.block.add(ir.Assign(name, ir.compare(cursor.value, "=", ir.const(NULL)), span))
    return ir.var(name)
