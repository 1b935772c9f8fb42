"""What stands in parentheses behind a step: resource types that a reference is followed to, codes that select."""

from __future__ import annotations

from dataclasses import replace

from mapper.check import notation
from mapper.check.alternatives import form, named_code, type_argument
from mapper.check.env import Env
from mapper.check.model import Node, Side, TCompare, TConst, TRead, TSelector, TStep
from mapper.check.unknown import did_you_mean, tell_unknown_alternative
from mapper.diagnostics import diagnostic
from mapper.schema.model import Element, Schema
from mapper.source import Span
from mapper.suggest import nearest
from mapper.syntax import tree


def followed(env: Env, schema: Schema, element: Element, written: tree.Step) -> tuple[str, ...] | None:
    """The resource types that a reference is followed to: `individual(Practitioner)` (E304)."""
    names = [str(type_argument(arg)) for arg in written.args or ()]
    if "Reference" not in element.types or not names or "None" in names:
        message, label = f"`{element.name}` is no reference", "has types in parentheses"
        env.tell(
            diagnostic(
                "E304", message, written.span, label, help="only a reference is followed with `(Type)`"
            )
        )
        return None
    for name in names:
        info = schema.type(name)
        if info is None or info.kind != "resource":
            close = nearest(name, element.targets)
            message = f"there is no resource type `{name}`"
            env.tell(diagnostic("E304", message, written.span, help=did_you_mean(close)))
            return None
        if element.targets and name not in element.targets and "Resource" not in element.targets:
            message = f"`{element.name}` may not point to {name}"
            known = "it may point to " + ", ".join(element.targets)
            env.tell(diagnostic("E304", message, written.span, "not a target", help=known))
            return None
    return tuple(names)


def item_node(env: Env, side: Side, step: TStep) -> Node:
    """What stands for one item of a step's list in the conditions of its selectors."""
    format = env.node(side).format
    name = step.element.name
    names = (notation.join(format, [step.owner, name]), name, *step.types)
    return Node(side, format, step.types, names, env.node(side), element=(step.owner, name))


def pointing(env: Env, side: Side, schema: Schema, step: TStep) -> TStep:
    """`careTeamSequence[role = ...]`: the step to an item that a number points to, in a list of a node around."""
    name = notation.POINTED.get(step.element.name) if env.node(side).format == "fhir" else None
    node: Node | None = env.node(side)
    while name is not None and node is not None:
        element = schema.element(node.types[0], name)
        if element is not None and element.repeats:
            return replace(step, types=element.types, pointer=(node, element))
        node = node.parent
    return step


def with_code(env: Env, side: Side, step: TStep, way: tuple[str, ...], code: str, span: Span) -> TStep | None:
    """A step whose items hold a code at the end of a way below them."""
    from mapper.check.paths import resolve_path  # paths and what narrows them contain each other

    if not way:
        return step
    item = step.element_node or item_node(env, side, step)
    written = tree.Path(tuple(tree.Step(name, span) for name in way), span)
    path = resolve_path(env.item(side, item), written, side)
    if path is None:
        return None
    condition = TCompare("=", TRead(path), TConst(code, path.type, span))
    return replace(step, selectors=(TSelector(condition, span), *step.selectors), element_node=item)


def step_by_form(
    env: Env, side: Side, element: Element, owner: str, written: tree.Step, steps: list[TStep]
) -> TStep | None:
    """`DTP03(D8)`: an element in the form that another one tells, which the segment before it is asked for."""
    schema = env.schema(side, written.span)
    code = named_code(written)
    told = form(schema, owner, element, code) if code is not None else None
    if code is None or told is None:
        tell_unknown_alternative(env, schema, owner, element, written)
        return None
    if told[1] is not None:
        holder = with_code(env, side, steps[-1], (told[1],), code, written.span) if steps else None
        if holder is None:
            env.tell(
                diagnostic(
                    "E304",
                    "a form is asked for behind its segment",
                    written.span,
                    "which one?",
                    help='name the segment before it, such as `DTP("472")/DTP03(D8)`',
                )
            )
            return None
        steps[-1] = holder
    return TStep(element, owner, (told[0],), written.span)
