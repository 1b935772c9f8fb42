"""What is told of a step that leads nowhere: near names, what enclosing nodes are called, how far numbers go."""

from __future__ import annotations

from mapper.check import notation
from mapper.check.alternatives import base_name, candidates, codes_of, named_code
from mapper.check.env import Env
from mapper.check.model import Node, Side
from mapper.diagnostics import diagnostic
from mapper.resolve.program import LookupInfo
from mapper.schema.model import Element, Schema
from mapper.suggest import nearest
from mapper.syntax import tree


def tell_unknown(env: Env, side: Side, step: tree.Step, node: Node) -> None:
    """A first step that is neither in the node nor the name of an enclosing one."""
    if isinstance(env.scope(step.span).tables.get(step.name), LookupInfo):
        env.tell(
            diagnostic(
                "E501",
                f"`{step.name}` is a look-up table, which is only read",
                step.span,
                "a table",
                help="write one value of it on the side that the arrow comes from: `t[key = ...].column -> ...`",
            )
        )
        return
    schema = env.schema(side, step.span)
    if node.format in notation.FORMS and _several(env, schema, node, step):
        return
    known = [e.name for t in node.types for e in schema.elements(t)]
    known += env.aliases
    parent: Node | None = node
    while parent is not None:
        known += parent.names
        parent = parent.parent
    if _reads_as_alias(env, schema, step, node):
        close = nearest(step.name, env.aliases)
        names = [f"`{name}`" for name in env.aliases]
        hint = did_you_mean(close) or (
            f"the lines around give the names {', '.join(names)}" if names else "give a node a name with `as`"
        )
        env.tell(
            diagnostic("E212", f"no enclosing node is called `{step.name}`", step.span, "unknown", help=hint)
        )
        return
    parts = notation.split(node.format, step.name)
    close = nearest(parts[0], known)
    if close and len(parts) > 1:  # `PDI-7`: the segment is misspelt
        close = nearest(step.name, (notation.join(node.format, [name, *parts[1:]]) for name in known))
    env.tell(
        diagnostic(
            "E301",
            f"`{step.name}` is neither in {node.types[0]} nor the name of an enclosing node",
            step.span,
            "unknown",
            help=_followed(node) or did_you_mean(close),
        )
    )


def _several(env: Env, schema: Schema, node: Node, step: tree.Step) -> bool:
    """`REF("ZZ")`, or REF alone where several stand in a loop: told with their codes."""
    name = notation.split(node.format, step.name)[0]
    found = next(((owner, held) for owner in node.types if (held := candidates(schema, owner, name))), None)
    if found is None or (len(found[1]) == 1 and not step.args):
        return False
    tell_unknown_alternative(env, schema, found[0], found[1][0], step)
    return True


def _followed(node: Node) -> str | None:
    """What helps in the body of a reference: its resource is meant."""
    if "Reference" not in node.types or node.path is None or not node.path.steps:
        return None
    element = node.path.steps[-1].element
    target = element.targets[0] if element.targets else "Type"
    return f"follow the reference: write `{element.name}({target})` in the line around"


def _reads_as_alias(env: Env, schema: Schema, step: tree.Step, node: Node) -> bool:
    """Whether a first step looks like a node's name: written like one, in a place whose elements are not."""
    if not step.name.isidentifier() or not step.name.islower():
        return False
    elements = [e.name for t in node.types for e in schema.elements(t)]
    if nearest(step.name, elements):
        return False
    return bool(nearest(step.name, env.aliases)) or not any(name[:1].islower() for name in elements)


def tell_unknown_child(
    env: Env, schema: Schema, types: tuple[str, ...], name: str, written: tree.Step
) -> None:
    """A further step that the type before it does not have."""
    elements = [e for t in types for e in schema.elements(t)]
    owner = types[0]
    if elements and all(notation.is_number(e.name) for e in elements) and notation.is_number(name):
        last = max(int(e.name) for e in elements)
        segment = (info := schema.type(owner)) is not None and info.kind == "segment"
        what = notation.parts(schema.format, segment)
        env.tell(
            diagnostic(
                "E301",
                f"{owner} has no {what[:-1]} {name}",
                written.span,
                "unknown",
                help=f"{owner} has {last} {what} in version {schema.versions[0]}",
            )
        )
        return
    close = nearest(name, (e.name for e in elements))
    env.tell(
        diagnostic(
            "E301", f"{owner} has no element `{name}`", written.span, "unknown", help=did_you_mean(close)
        )
    )


def tell_unknown_alternative(
    env: Env, schema: Schema, owner: str, element: Element, written: tree.Step
) -> None:
    """`REF("ZZ")` where no REF is told by that code."""
    name, code = base_name(element), named_code(written)
    codes = codes_of(schema, owner, name)
    place = notation.join(schema.format, [owner])
    name = notation.shown(schema.format, owner, name)
    close = nearest(code or "", codes)
    shown = ", ".join(f'{name}("{each}")' for each in codes[:8]) + (", ..." if len(codes) > 8 else "")
    env.tell(
        diagnostic(
            "E304",
            f"no {name} of {place} is told by the code `{code}`" if code else f"{place} has several {name}",
            written.span,
            "unknown" if code else "which one?",
            help=did_you_mean(close) or (f"there are {shown}" if codes else "leave the parentheses out"),
        )
    )


def group_ways(schema: Schema, owner: str, name: str, seen: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """All ways from a type down to a group of that name, as child names."""
    ways: list[tuple[str, ...]] = []
    for element in schema.elements(owner):
        info = schema.type(element.types[0])
        if info is None or info.kind != "group" or element.types[0] in seen:
            continue
        if element.name == name:
            ways.append((name,))
        else:
            below = group_ways(schema, element.types[0], name, (*seen, owner))
            ways += [(element.name, *way) for way in below]
    return ways


def did_you_mean(close: str) -> str | None:
    """`did you mean X?` where something is close."""
    return f"did you mean {close}?" if close else None
