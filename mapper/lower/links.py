"""Lowers references and keys: what needs the identity of another resource."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from mapper import ir
from mapper.check.model import (
    Node,
    TAnd,
    TChoose,
    TCopy,
    TKey,
    TPath,
    TPointsTo,
    TReference,
    TScope,
    TStatement,
)
from mapper.lower.conditions import fill_path
from mapper.lower.cursor import Cursor
from mapper.lower.fills import add_fill
from mapper.lower.out import Key, OutNode
from mapper.lower.read_fhir import FhirReader
from mapper.lower.values import lower_expr, read_path
from mapper.schema.fhir_shapes import search_params

if TYPE_CHECKING:
    from mapper.lower.function import Frame, FunctionLowering


def lower_reference(low: FunctionLowering, frame: Frame, statement: TReference) -> None:
    """Going, the element refers to the named resource; back, the reference was a join already."""
    from mapper.lower.identities import must_wait

    if low.direction == "back" or statement.arrow == "<-" or must_wait(low, frame, statement):
        return
    reference = low.reference_of(statement.node)
    if reference is not None:
        _point(low, frame, statement, reference)
    if statement.missing is not None:
        missing = lower_expr(low, statement.missing, frame.block)
        add_fill(low, frame, statement.path, missing, statement.span, True, None)


def _point(low: FunctionLowering, frame: Frame, statement: TReference, reference: ast.expr) -> None:
    value = ast.Dict([ir.const("reference")], [reference])
    path = statement.path
    parent = low.node(frame, path, len(path.steps) - 1)
    step = path.steps[-1]
    if step.position is not None and step.element.repeats:
        place = low.unit.module.use("runtime.lib.fhir", "place")
        fills: list[ir.Stmt] = [
            ir.Do(
                ir.call(place, parent.var, ir.const(step.element.slot), ir.const(step.position.first), value),
                statement.span,
            )
        ]
    else:
        fills = fill_path(low, parent, path.steps[-1:], value)
    guarded = low.under_guards(frame, [ir.If(reference, fills, span=statement.span)])
    if parent.finished:
        frame.block.add(ir.If(low.writer.made(parent), guarded, span=statement.span))
    else:
        parent.fills.extend(guarded)


def lower_key(low: FunctionLowering, frame: Frame, statement: TKey) -> None:
    """Collect a resource's identity; a source-side key is read at once."""
    if low.direction == "back":
        return
    name = key_name(statement.paths)
    node = low.out_of(statement.node) or low.outs[low.target]
    told = tuple(low.reader.text(read_path(low, p, frame.block)) for p in statement.paths if p.side == "left")
    own = tuple(path for path in statement.paths if path.side == "right")
    if told and (node.kind == "root" or not own):
        call = ir.method(ir.var("c"), "key", node.var, ir.const(name), ast.Tuple(list(told), ast.Load()))
        frame.block.add(ir.Do(call, statement.span))
    elif node.kind != "root":
        node.keys.append(
            Key(name, own, tuple(frame.block.bind("key", value, statement.span) for value in told))
        )


def key_name(paths: Iterable[TPath]) -> str:
    """What a key is called: its paths. What selectors say is no part of it: one number may be found in several ways."""
    return "+".join(".".join(s.element.slot for s in p.steps) or p.base.alias or "this" for p in paths)


def keys_expr(low: FunctionLowering, node: OutNode) -> ast.expr:
    """The identities of a finished node, most telling first: the body's `key` lines, then the mapping's."""
    own = key_tuples(low, node, node.keys)
    function = low.unit.keys_function(node.using) if node.using is not None else None
    if function is None:
        return own
    from_mapping = ir.call(function, ir.var("c"), node.var)
    return from_mapping if not own.elts else ast.BinOp(own, ast.Add(), from_mapping)


def key_tuples(low: FunctionLowering, node: OutNode, keys: list[Key]) -> ast.Tuple:
    """`((name, values), ...)` read from the node itself."""
    reader = low.unit.reader("fhir")
    assert isinstance(reader, FhirReader)
    rows: list[ast.expr] = []
    for key in keys:
        values: list[ast.expr] = list(key.source)
        for path in key.paths:
            holder = low.out_of(path.base) or node
            if not path.steps and holder is not node:
                values.append(low.reference_of(path.base) or ir.const(None))
                continue
            low.cursors[path.base] = Cursor("node", holder.var, ir.const(None), holder.type)
            saved, low.partition = low.partition, low.no_partition
            cursor = read_path(low, path, None)
            low.partition = saved
            values.append(reader.text(cursor))
        search = ir.const(_search(node.type, key))
        rows.append(ast.Tuple([ir.const(key.name), ast.Tuple(values, ast.Load()), search], ast.Load()))
    return ast.Tuple(rows, ast.Load())


def _search(type_name: str, key: Key) -> str | None:
    """The R4 search parameter by which a server finds a resource with this key: one identifier, as a token."""
    if key.source or len(key.paths) != 1 or not key.paths[0].steps or key.paths[0].types[0] != "Identifier":
        return None
    element = key.paths[0].steps[0].element.name
    for parameter in search_params(type_name):
        if parameter.type == "token" and element in parameter.paths:
            return parameter.name
    return None


def pointed_nodes(statement: TStatement) -> Iterator[Node]:
    """The nodes whose references a statement needs before it can write."""
    match statement:
        case TReference(node=node):
            yield from node.choices or (node,)
        case TScope(right=right, body=body):
            yield from _in_selectors(right)
            del body
        case TCopy(go=go) if go is not None:
            for target in go.targets:
                yield from _in_selectors(target)
        case _:
            pass


def pointed_inside(statements: Sequence[TStatement]) -> Iterator[Node]:
    """The same for all lines of a body and of the bodies in it, with the resources that identify others."""
    for statement in statements:
        yield from pointed_nodes(statement)
        match statement:
            case TKey(paths=paths):
                yield from (path.base for path in paths if not path.steps)
            case TScope(body=body):
                yield from pointed_inside(body)
            case TChoose(cases=cases, otherwise=otherwise):
                for case in cases:
                    yield from pointed_inside(case.body)
                yield from pointed_inside(otherwise)
            case _:
                pass


def _in_selectors(path: TPath) -> Iterator[Node]:
    for step in path.steps:
        for selector in step.selectors:
            condition = selector.condition
            for term in condition.terms if isinstance(condition, TAnd) else (condition,):
                if isinstance(term, TPointsTo):
                    yield term.node
