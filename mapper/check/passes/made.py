"""The nodes that a mapping makes in one direction, with all that is written into each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mapper.check.model import (
    ByMapping,
    Checked,
    Direction,
    Node,
    Same,
    TChoose,
    TCopy,
    TFill,
    TMapping,
    TPath,
    TScope,
    TStatement,
    TStep,
    target_side,
)
from mapper.check.passes.writes import Write, fixed_paths, step_key, writes
from mapper.check.selectors import home
from mapper.resolve.program import MappingInfo
from mapper.source import Span


@dataclass
class Made:
    """A node that is made: its types, where, its children, and the mappings that fill it.

    `opaque` tells that something outside the language writes it: what it holds is not known.
    """

    types: tuple[str, ...]
    span: Span
    step: TStep | None = None
    parent: Made | None = None
    children: dict[str, Made] = field(default_factory=dict)
    filled: list[tuple[str | None, MappingInfo]] = field(default_factory=list)
    opaque: bool = False

    @property
    def slots(self) -> frozenset[str]:
        """The elements that lines write here, by slot."""
        return frozenset(
            child.step.element.slot for child in self.children.values() if child.step is not None
        )

    def child(self, step: TStep, fresh: int | None = None) -> Made:
        """The node behind a step; `fresh` tells apart resources of one type that different lines make."""
        key = step_key(step) + (f"#{fresh}" if fresh is not None and step.resource else "")
        if key not in self.children:
            made = Made(step.types, step.span, step, self)
            self.children[key] = made
            for selector in step.selectors:
                for path in fixed_paths(selector.condition):
                    made.follow(path.steps)
        return self.children[key]

    def follow(self, steps: tuple[TStep, ...]) -> Made:
        """The node behind several steps."""
        node = self
        for step in steps:
            node = node.child(step)
        return node

    def below(self) -> Iterator[Made]:
        """All nodes under this one, outer ones first."""
        for child in self.children.values():
            yield child
            yield from child.below()


class Makings:
    """The tree of made nodes of one mapping and direction."""

    def __init__(self, mapping: TMapping, direction: Direction) -> None:
        side = target_side(direction)
        root = mapping.node(side)
        types = mapping.info.declaration.right if side == "right" else mapping.info.declaration.left
        self.root = Made(root.types, types.names[0].span)
        self._nodes: dict[int, Made] = {id(root): self.root}
        for write in writes(mapping.body, direction):
            self._add(write, side == "right")
        for fill in fills(mapping.body):
            if fill.side == side:  # what fills an element that no line has written
                self.at(fill.path)

    def _add(self, write: Write, right: bool) -> None:
        statement = write.statement
        if isinstance(statement, TScope):
            node = statement.right_node if right else statement.left_node
            made = self.at(write.path, fresh=id(node))
            self._nodes[id(node)] = made
            if statement.using is not None:
                made.filled.append((None, statement.using))
            return
        made = self.at(write.path)
        if isinstance(statement, TCopy) and write.way is not None:
            for type_name, converter in write.way.converters:
                if isinstance(converter, ByMapping):
                    made.filled.append((type_name or None, converter.mapping))
                elif not isinstance(converter, Same) or not write.way.makes:
                    made.opaque = True

    def at(self, path: TPath, fresh: int | None = None) -> Made:
        """The node behind a path."""
        made = self._home(home(path.base))
        for number, step in enumerate(path.steps):
            made = made.child(step, fresh if number == len(path.steps) - 1 else None)
        return made

    def of(self, node: Node) -> Made:
        """The node that a scope's body stands in."""
        return self._home(home(node))

    def _home(self, node: Node) -> Made:
        if id(node) not in self._nodes:
            self._nodes[id(node)] = (
                self.at(node.path) if node.path is not None else Made(node.types, self.root.span)
            )
        return self._nodes[id(node)]


def fills(statements: tuple[TStatement, ...]) -> Iterator[TFill]:
    """The `fill` lines of a body, those of inner bodies included."""
    for statement in statements:
        match statement:
            case TFill():
                yield statement
            case TScope(body=body):
                yield from fills(body)
            case TChoose(cases=cases, otherwise=otherwise):
                for body in (*(case.body for case in cases), otherwise):
                    yield from fills(body)
            case _:
                pass


def filled_slots(
    info: MappingInfo,
    direction: Direction,
    checked: Checked,
    seen: frozenset[str] = frozenset(),
    types: tuple[str, ...] = (),
) -> frozenset[str] | None:
    """The slots that a mapping writes on its root, its own fillers included; `None` where that is not known.

    `types` are those of the root at hand.
    """
    if info.qualified in seen:
        return frozenset()
    mapping = checked.of(info.qualified, *((types, ()) if direction == "back" else ((), types)))
    if mapping is None:
        return None
    asked = (info.qualified, mapping.variant, direction)
    if seen or asked not in checked.slots:
        root = Makings(mapping, direction).root
        found = node_slots(root, direction, checked, seen | {info.qualified})
        if seen:  # in a circle of mappings this one has left out what the others write
            return found
        checked.slots[asked] = found
    return checked.slots[asked]


def node_slots(
    made: Made,
    direction: Direction,
    checked: Checked,
    seen: frozenset[str] = frozenset(),
    type_name: str | None = None,
) -> frozenset[str] | None:
    """The slots that are written on a node by lines and by the mappings that fill it; `None` where not known."""
    if made.opaque:
        return None
    found = made.slots
    for for_type, info in made.filled:
        if type_name is not None and for_type in made.types and for_type != type_name:
            continue
        inner = filled_slots(info, direction, checked, seen, made.types)
        if inner is None:
            return None
        found |= inner
    return found


def graft(
    made: Made, direction: Direction, checked: Checked, seen: frozenset[tuple[str, str]] = frozenset()
) -> None:
    """Put what the mappings that fill a node make into the tree below it, as if their lines stood there."""
    for _, info in made.filled:
        types = made.types
        mapping = checked.of(info.qualified, *((types, ()) if direction == "back" else ((), types)))
        key = (info.qualified, made.types[0])
        if mapping is None or key in seen:
            made.opaque = made.opaque or mapping is None
            continue
        inner = Makings(mapping, direction).root
        graft(inner, direction, checked, seen | {key})
        _join(made, inner)
    made.filled = []
    for child in made.children.values():
        graft(child, direction, checked, seen)


def _join(made: Made, other: Made) -> None:
    """All that is below another node, below this one."""
    made.opaque = made.opaque or other.opaque
    made.filled += other.filled
    for key, child in other.children.items():
        if key in made.children:
            _join(made.children[key], child)
        else:
            child.parent = made
            made.children[key] = child
