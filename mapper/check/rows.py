"""Where the rows of an `each` come from: lists inside the levels that `under` names, runs of numbered elements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mapper.check import notation
from mapper.check.env import Env
from mapper.check.model import Node, Side, TPath, TRun, TStep
from mapper.diagnostics import Diagnostic, diagnostic
from mapper.schema.model import Element, Schema
from mapper.source import Span
from mapper.syntax import tree


def with_levels(path: tree.Path, under: Sequence[tree.Name]) -> tree.Path:
    """The path through the levels that it leaves out: `loop 2300 under 2000A` is `2000A/2300`."""
    named = {step.name for step in path.steps}
    before = tuple(tree.Step(name.text, name.span) for name in under if name.text not in named)
    return replace(path, steps=(*before, *path.steps)) if before else path


def mark_levels(
    env: Env, side: Side, path: TPath, under: Sequence[tree.Name], ends: Sequence[tuple[str, int]]
) -> TPath | None:
    """The path with the steps that `under` names as levels; `ends` tell to which step each written one has led."""
    steps = list(path.steps)
    parent = env.node(side)
    schema = env.schema(side, path.span)
    for name in under:
        number = next((end for written, end in ends[:-1] if written == name.text and end >= 0), None)
        if number is None or not (steps[number].repeats or steps[number].resource):
            env.tell(_unfit_level(name, number is not None))
            return None
        step = steps[number]
        if step.element.extension:
            env.tell(_extended(name))
            return None
        parent = _level(side, path, tuple(steps[: number + 1]), parent)
        further = steps[number + 1].element.name if number + 1 < len(steps) else ""
        passable = schema.element(step.owner, further) is not None and not step.resource
        steps[number] = replace(step, level=parent, passable=passable and not steps[number + 1].level)
    return replace(path, steps=tuple(steps))


def _unfit_level(name: tree.Name, known: bool) -> Diagnostic:
    if known:
        return diagnostic(
            "E406",
            f"`{name.text}` does not repeat, so nothing is shared under it",
            name.span,
            "one only",
            help="leave it out of `under`",
        )
    return diagnostic(
        "E406",
        f"`{name.text}` does not stand around these rows",
        name.span,
        "not on the way",
        help="name the lists that enclose the rows, from the outermost on",
    )


def _extended(name: tree.Name) -> Diagnostic:
    return diagnostic(
        "E406",
        f"`{name.text}` is an extension, and rows are not put together under one",
        name.span,
        "an extension",
        help="write an `each` over the extension, and the rows in its body",
    )


def _level(side: Side, path: TPath, steps: tuple[TStep, ...], parent: Node) -> Node:
    step = steps[-1]
    name = step.element.name
    names = (name, *step.types, notation.join(path.base.format, [step.owner, name]))
    held = replace(path, steps=steps, types=step.types)
    return Node(
        side,
        path.base.format,
        step.types,
        tuple(dict.fromkeys(names)),
        parent,
        held,
        resource=step.resource,
        each=True,
        element=(step.owner, name),
    )


# -- runs ------------------------------------------------------------------------------------------


def with_run(
    env: Env, schema: Schema, path: TPath, window: tree.Window, under: Sequence[tree.Name]
) -> TPath | None:
    """The path over a run of numbered elements: each part of it is a segment of its own, or one component."""
    if path.base.format not in notation.RUNS:
        env.tell(_told(window.span, "only X12 has runs of numbered elements", "name each of them"))
        return None
    last = path.steps[-1] if path.steps else None
    if (
        last is None
        or not notation.is_number(last.element.name)
        or last.selectors
        or last.position is not None
    ):
        env.tell(
            _told(window.span, "a run goes over numbered elements", "name the first and the last number")
        )
        return None
    first = int(last.element.name)
    highest = max((int(e.name) for e in schema.elements(last.owner) if notation.is_number(e.name)), default=0)
    if not first < window.last <= highest or window.step < 1:
        shown = notation.shown(path.base.format, last.owner, str(highest))
        env.tell(_told(window.span, "the run has no such last number", f"numbers go up to {shown}"))
        return None
    holder = path.steps[-2] if len(path.steps) > 1 else None
    spills = holder is not None and any(name.text == holder.element.name.split("(")[0] for name in under)
    run = TRun(first, window.last, window.step, spills)
    if holder is not None and _is_segment(schema, holder):
        return replace(path, steps=(*path.steps[:-2], replace(holder, run=run), last))
    if under:
        env.tell(
            _told(under[0].span, "this run lies in one place, so it goes on nowhere", "leave `under` out")
        )
        return None
    element = replace(last.element, maximum=run.count)
    return replace(path, steps=(*path.steps[:-1], replace(last, element=element, run=run)))


def as_row(env: Env, path: TPath) -> TPath | None:
    """The path to what a body over a run stands in: the segment, whose first numbers stand for the moving ones."""
    if not any(step.run is not None for step in path.steps):
        return path
    if len(path.steps) > 1 and path.steps[-2].run is not None:
        return replace(path, steps=path.steps[:-1], types=path.steps[-2].types)
    env.tell(
        _told(
            path.span,
            "a body stands in a segment, and this run lies inside an element",
            "give its values with a line of their own: `each SV101-3..6 <-> modifier`",
        )
    )
    return None


def in_run(schema: Schema, base: Node, owner: str, element: Element) -> Element:
    """An element of a row of a run, which stands for the moving ones: it may hold the codes that any of them may."""
    run = base.path.steps[-1].run if base.path is not None and base.path.steps else None
    if run is None or element.binding is None or not notation.is_number(element.name):
        return element
    number = int(element.name)
    if not run.first <= number < run.first + run.step:
        return element
    numbers = range(number, run.last + 1, run.step)
    moving = [found for n in numbers if (found := schema.element(owner, str(n))) is not None]
    codes: dict[str, frozenset[str]] = {}
    for each in moving:
        if each.binding is None or each.binding.codes is None:
            return element
        for system, held in each.binding.codes.items():
            codes[system] = codes.get(system, frozenset()) | held
    return replace(element, binding=replace(element.binding, codes=codes))


def _is_segment(schema: Schema, step: TStep) -> bool:
    info = schema.type(step.types[0])
    return info is not None and info.kind == "segment"


def _told(span: Span, message: str, help: str) -> Diagnostic:
    return diagnostic("E303", message, span, "a run", help=help)
