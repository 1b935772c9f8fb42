"""Every required element of the target is written where its node is made (E404), and what the profile adds (W907)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mapper.check import notation
from mapper.check.env import Env
from mapper.check.model import (
    Direction,
    Side,
    TChoose,
    TIgnore,
    TKey,
    TMapping,
    TScope,
    TStatement,
    target_side,
)
from mapper.check.passes.made import Made, Makings, graft, node_slots
from mapper.check.passes.usage import is_used
from mapper.check.selectors import terms_of
from mapper.diagnostics import Diagnostic, diagnostic
from mapper.resolve.program import MappingInfo
from mapper.schema.model import Element, Schema

REFERENCE = "Reference"
CODED = ("code", "Coding", "CodeableConcept")
LISTED = 20  # codes of a value set that is small enough to guess from


@dataclass(frozen=True)
class Need:
    """A required element, or a choice of which one alternative is required."""

    name: str
    slots: frozenset[str]
    element: Element


def required(mapping: TMapping, env: Env) -> list[Diagnostic]:
    """Nodes that are made without a required element, in each direction whose target has proven minima."""
    diagnostics: list[Diagnostic] = []
    for direction in ("go", "back"):
        side = target_side(direction)
        if mapping.node(side).format in notation.PROVEN_MINIMA and (direction == "go" or mapping.two_way):
            diagnostics += _Direction(mapping, env, direction, side).told()
    return diagnostics


class _Direction:
    def __init__(self, mapping: TMapping, env: Env, direction: Direction, side: Side) -> None:
        self.mapping, self.env, self.direction, self.side = mapping, env, direction, side
        self.schema = env.schema(side, mapping.info.declaration.span)
        self.makings = Makings(mapping, direction)
        self.ignored = frozenset(self._ignored(mapping.body))

    def _ignored(self, statements: tuple[TStatement, ...]) -> Iterator[tuple[int, str]]:
        """Elements that a line leaves out on purpose, as their node and slot."""
        for statement in statements:
            match statement:
                case TIgnore(paths=paths):
                    for path in paths:
                        if path.side == self.side and path.steps:
                            holder = self.makings.at(replace(path, steps=path.steps[:-1]))
                            yield id(holder), path.steps[-1].element.slot
                case TScope(body=body):
                    yield from self._ignored(body)
                case TChoose(cases=cases, otherwise=otherwise):
                    for body in (*(case.body for case in cases), otherwise):
                        yield from self._ignored(body)
                case _:
                    pass

    def _ignored_by(self, info: MappingInfo) -> Iterator[str]:
        """Elements that a filling mapping leaves out on purpose."""
        mapping = self.env.checked.mappings.get(info.qualified)
        for statement in mapping.body if mapping is not None else ():
            if isinstance(statement, TIgnore):
                yield from (
                    p.steps[0].element.slot for p in statement.paths if p.side == self.side and p.steps
                )

    def told(self) -> list[Diagnostic]:
        if self.schema.format in notation.SHARED_NODES:
            if not self._whole_message() and is_used(self.env, self.mapping.info):
                return []  # told where it is called, with what the caller adds
            graft(self.makings.root, self.direction, self.env.checked)
        found = [*self._root()]
        for made in self.makings.root.below():
            if made.step is not None and made.step.resource and made.step.level is not None:
                continue  # rows of an `under` go into a resource that another line makes
            if made.step is not None and (len(made.types) == 1 or made.step.deref):
                filled = tuple(name for name, _ in made.filled if name in made.types)
                found += self._node(made, filled or made.types, references=True)
        return found

    def _root(self) -> Iterator[Diagnostic]:
        """The mapping's own node, where no other mapping can add to it.

        A mapping that nobody calls yet is checked if it makes its node: it has a key or writes something required.
        What refers to other resources only its caller can write, unless it sees the whole message.
        """
        root = self.makings.root
        if self.mapping.node(self.side).many:  # its Bundles are nodes of their own
            return
        whole = self._whole_message()
        if not whole and (is_used(self.env, self.mapping.info) or not self._makes(root)):
            return
        yield from self._node(root, root.types[:1], references=whole)

    def _whole_message(self) -> bool:
        kinds = [self._kind("left"), self._kind("right")]
        return "message" in kinds or "Bundle" in self.makings.root.types

    def _kind(self, side: Side) -> str:
        node = self.mapping.node(side)
        info = self.env.schema(side, self.mapping.info.declaration.span).type(node.types[0])
        return info.kind if info is not None else ""

    def _makes(self, root: Made) -> bool:
        keyed = any(isinstance(statement, TKey) for statement in self.mapping.body)
        needs = needs_of(self.schema, root.types[0])
        return keyed or any(need.slots & root.slots for need in needs)

    def _node(self, made: Made, types: tuple[str, ...], references: bool) -> Iterator[Diagnostic]:
        for type_name in types:
            slots = self._slots(made, type_name)
            if slots is None:
                continue
            needs = needs_of(self.schema, type_name)
            missing = [
                n
                for n in needs
                if not n.slots & slots
                and (references or REFERENCE not in n.element.types)
                and not notation.needs_no_line(self.schema.format, n.element)
            ]
            if missing:
                yield self._missing(made, type_name, missing)
            if references:  # the caller of a segment's mapping may write what the profile asks for
                yield from self._profile(made, type_name, slots)

    def _slots(self, made: Made, type_name: str) -> frozenset[str] | None:
        """What is written on a node; where it stands once, other lines' selectors may name the same one."""
        found = node_slots(made, self.direction, self.env.checked, type_name=type_name)
        step, parent = made.step, made.parent
        if found is None or step is None or parent is None or step.repeats or not step.element.slot:
            return found
        terms = terms_of(step)
        for other in parent.children.values():
            if other is made or other.step is None or other.step.element.slot != step.element.slot:
                continue
            if terms_of(other.step) > terms:  # the more special ones are looked at themselves
                return None
            if terms_of(other.step) < terms:
                more = node_slots(other, self.direction, self.env.checked, type_name=type_name)
                if more is None:
                    return None
                found |= more
        return found

    def _missing(self, made: Made, type_name: str, missing: list[Need]) -> Diagnostic:
        names = ", ".join(f"`{self._name(need, type_name)}`" for need in missing)
        return diagnostic(
            "E404",
            f"{_article(type_name)} is made without its required {names}",
            made.span,
            "made here",
            help=self._help(missing, "write", type_name),
        )

    def _name(self, need: Need, type_name: str) -> str:
        """A required element as its standard writes it: `NM108`, `REF("G1")`, `status`."""
        if notation.is_number(need.name):
            return notation.shown(self.schema.format, type_name, need.name)
        _, _, code = need.element.slot.partition("_")
        return f'{need.name}("{code}")' if code and self.schema.format in notation.FORMS else need.name

    def _profile(self, made: Made, type_name: str, slots: frozenset[str]) -> Iterator[Diagnostic]:
        path = profile_path(made, type_name)
        slots |= {slot for holder, slot in self.ignored if holder == id(made)}
        slots |= {slot for _, info in made.filled for slot in self._ignored_by(info)}
        lacking = [need for need in profile_needs(self.schema, type_name, path) if not need.slots & slots]
        if lacking:
            names = ", ".join(f"`{need.name}`" for need in lacking)
            yield diagnostic(
                "W907",
                f"US Core asks for {names} in {_article(type_name)}",
                made.span,
                "made here without",
                help=self._help(lacking, "write", type_name) + ", or `ignore` it with a reason",
            )

    def _help(self, missing: list[Need], verb: str, type_name: str) -> str:
        names = " and ".join(f"`{self._name(need, type_name)}`" for need in missing)
        name = self._name(missing[0], type_name)
        example = self._example(missing[0]) if self.side == "right" else f"{name} <-> ..."
        return f"{verb} {names}, for example `{example}`"

    def _example(self, need: Need) -> str:
        """A line that would write the element: a code of a small required value set, else a path of the source."""
        element = need.element
        binding = element.binding
        name = element.name if need.name.endswith("[x]") else need.name
        if binding is not None and binding.strength == "required" and binding.codes:
            codes = sorted(code for held in binding.codes.values() for code in held)
            if len(codes) <= LISTED:
                return f'"{_likely(codes)}" -> {name}'
        return f"{self._source(element)} <-> {name}"

    def _source(self, element: Element) -> str:
        """A required coded field of the source, for a coded element; else a gap to fill."""
        node = self.mapping.node("left" if self.side == "right" else "right")
        schema = self.env.schema(node.side, self.mapping.info.declaration.span)
        if element.types[0] in CODED:
            for field in schema.elements(node.types[0]):
                info = schema.type(field.types[0])
                if field.minimum > 0 and info is not None and info.kind == "composite":
                    return notation.join(node.format, [node.types[0], field.name])
        return "..."


def needs_of(schema: Schema, type_name: str) -> list[Need]:
    """The elements of a type with a minimum, choices as one."""
    found: dict[str, list[Element]] = {}
    for element in schema.elements(type_name):
        if element.minimum > 0:
            found.setdefault(element.choice or element.slot, []).append(element)
    return [
        Need(elements[0].choice or elements[0].name, _slots(name, elements), elements[0])
        for name, elements in found.items()
    ]


def profile_needs(schema: Schema, type_name: str, path: str | None) -> list[Need]:
    """The elements that the declared profile requires beyond the standard itself."""
    minimum = getattr(schema, "profile_minimum", None)
    if minimum is None or path is None:
        return []
    found: dict[str, list[Element]] = {}
    for element in schema.elements(type_name):
        name = element.choice or element.name
        if element.minimum == 0 and element.extension is None and minimum(f"{path}.{name}"):
            found.setdefault(name, []).append(element)
    return [Need(name, _slots(name, elements), elements[0]) for name, elements in found.items()]


def profile_path(made: Made, type_name: str) -> str | None:
    """The path of a node from its resource, as profiles write it; `None` below an extension."""
    names: list[str] = []
    node: Made | None = made
    while node is not None and node.step is not None and not (node.step.resource or node.step.deref):
        if node.step.element.extension is not None:
            return None
        names.insert(0, node.step.element.choice or node.step.element.name)
        node = node.parent
    if node is made:
        return type_name
    return ".".join([node.types[0], *names]) if node is not None else None


def _slots(name: str, elements: list[Element]) -> frozenset[str]:
    return frozenset({name, *(element.slot for element in elements)})


def _likely(codes: list[str]) -> str:
    return next(
        (code for code in ("final", "active", "completed", "message", "unknown") if code in codes), codes[0]
    )


def _article(type_name: str) -> str:
    return f"the {notation.join('x12', [type_name]) if type_name[:1].isdigit() else type_name}"
