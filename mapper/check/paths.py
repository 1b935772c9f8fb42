"""Paths against schemas: every step exists, lists are narrowed rightly, references point to what they may."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from mapper.check import notation
from mapper.check.alternatives import alternative, base_name, named_code, type_argument
from mapper.check.chosen import followed, item_node, pointing, step_by_form, with_code
from mapper.check.env import Env
from mapper.check.model import Node, Side, TPath, TPosition, TSelector, TStep
from mapper.check.rows import in_run, mark_levels, with_levels, with_run
from mapper.check.unknown import (
    group_ways,
    tell_unknown,
    tell_unknown_child,
)
from mapper.diagnostics import diagnostic
from mapper.schema.model import Element
from mapper.source import Span
from mapper.syntax import tree

STRUCTURAL = ("segment", "group")


def resolve_path(env: Env, path: tree.Path, side: Side, under: Sequence[tree.Name] = ()) -> TPath | None:
    """Resolve a path on one side; what is wrong is told, then the result is `None`.

    `under` names the lists around the rows that the path leads to.
    """
    if env.scope(path.span).schemas.get(env.node(side).format) is None:
        env.tell(diagnostic("E501", "what the context gives is only read", path.span, "written here"))
        return None
    levels = under if path.window is None else ()
    resolver = _Resolver(env, side, with_levels(path, levels))
    found = resolver.resolve()
    if found is not None and path.window is not None:
        return with_run(env, resolver.schema, found, path.window, under)
    if found is not None and levels:
        return mark_levels(env, side, found, levels, resolver.ends)
    return found


class _Resolver:
    def __init__(self, env: Env, side: Side, path: tree.Path) -> None:
        self.env = env
        self.side = side
        self.path = path
        self.schema = env.schema(side, path.span)
        self.format = env.node(side).format
        self.base = env.node(side)
        self.ends: list[tuple[str, int]] = []

    def resolve(self) -> TPath | None:
        first = self.path.steps[0]
        found = self._base(first)
        if found is None:
            return None
        base, names, resource = found
        self.base = base
        steps: list[TStep] = []
        types = base.types
        if resource is not None:
            step = self._finish(resource, "Bundle", (first.name,), first, steps, resource=not base.many)
            if step is None:
                return None
            steps.append(replace(step, document=base.many))
            types = step.types
        elif not self._walk(types, names, first, steps):
            return None
        self.ends.append((first.name, len(steps) - 1))
        for written in self.path.steps[1:]:
            types = steps[-1].types if steps else base.types
            if not self._walk(types, self._names(written, steps), written, steps):
                return None
            self.ends.append((written.name, len(steps) - 1))
        types = steps[-1].types if steps else base.types
        if types[0] == "varies":
            types = self.env.varies.get(self.side, types)
        return TPath(base, tuple(steps), types, self.path.span)

    def _names(self, written: tree.Step, steps: list[TStep]) -> tuple[str, ...]:
        """The child names of a further step, without a segment that is named once more: `REF("G1")/REF02`."""
        names = notation.split(self.format, written.name)
        held = (base_name(steps[-1].element),) if steps else self.base.names
        return names[1:] if len(names) > 1 and names[0] in held else names

    # -- the first step ----------------------------------------------------------------------

    def _base(self, step: tree.Step) -> tuple[Node, tuple[str, ...], Element | None] | None:
        """The node that a first step starts from, the child names still to walk, and a Bundle's resource list."""
        current = self.env.node(self.side)
        if step.name == "this":
            return current, (), None
        names = notation.split(self.format, step.name)
        if self._child(current, names[0], step) is not None:
            return current, names, None
        inner = self._named(current, names, step)
        if inner is not None:
            return current, inner, None
        if (alias := self._alias(step)) is not None:
            return None if alias.choices else (alias, (), None)
        node: Node | None = current
        while node is not None:
            if node.many and step.name in node.types:
                return node, (), _resource_list(step.name)
            inner = self._named(node, names, step)
            if inner is None and names[0] in node.names:
                inner = names[1:]
            if inner is not None:
                return node, inner, None
            if node is not current and self._structural(node, names[0], step):
                return node, names, None
            if "Bundle" in node.types and not node.many and self._is_resource(step.name):
                return node, (), _resource_list(step.name)
            node = node.parent
        if (below := self._below(current, names[0])) is not None:
            return below[0], (*below[1], *names[1:]), None
        tell_unknown(self.env, self.side, step, current)
        return None

    def _named(self, node: Node, names: tuple[str, ...], step: tree.Step) -> tuple[str, ...] | None:
        """The names left behind a node's own: `HI01-2` in a body of `HI01`, `PV1-9.1` in one of `PV1-9`."""
        for count in range(len(names), 0, -1):
            shown = step.name if count == len(names) else notation.join(self.format, list(names[:count]))
            if shown in node.names and not node.many and (count > 1 or count == len(names)):
                return names[count:]
        return None

    def _alias(self, step: tree.Step) -> Node | None:
        """The node of this side that a name was given to; one that has several nodes is told."""
        alias = self.env.aliases.get(step.name)
        node = alias.node(self.side) if alias is not None else None
        if node is None or node.format != self.format:
            return None
        if node.choices:
            self._tell(
                "E212",
                f"`{step.name}` names a node of each case, so it can only be referred to",
                step.span,
                "one of several",
                "write the line in the cases",
            )
        return node

    def _child(self, node: Node, name: str, step: tree.Step) -> Element | None:
        after = step.after.text if step.after else None
        code = named_code(step)
        for type_name in node.types:
            if code is not None and (found := alternative(self.schema, type_name, name, code)) is not None:
                return found.element
            element = self.schema.element(type_name, name, after)
            if element is not None:
                return element
        return self._extension(node.element, name)

    def _below(self, node: Node, name: str) -> tuple[Node, tuple[str, ...]] | None:
        """The one way to a group of that name further down, from the nearest node that has one: `2100/CLP04`."""
        info = self.schema.type(name)
        found: Node | None = node if info is not None and info.kind == "group" else None
        while found is not None:
            ways = group_ways(self.schema, found.types[0], name)
            if ways:
                return (found, ways[0]) if len(ways) == 1 else None
            found = found.parent
        return None

    def _structural(self, node: Node, name: str, step: tree.Step) -> bool:
        element = self._child(node, name, step)
        info = self.schema.type(element.types[0]) if element else None
        return info is not None and info.kind in STRUCTURAL

    def _is_resource(self, name: str) -> bool:
        info = self.schema.type(name)
        return info is not None and info.kind == "resource"

    # -- further steps -----------------------------------------------------------------------

    def _walk(
        self, types: tuple[str, ...], names: tuple[str, ...], written: tree.Step, steps: list[TStep]
    ) -> bool:
        """Append the steps for one written step; selectors, position and arguments belong to the last of them."""
        if not names:
            if written.selects or written.args:
                self._tell("E302", "a node itself cannot be narrowed by a selector", written.span)
                return False
            return True
        for number, name in enumerate(names):
            last = number == len(names) - 1
            found = self._element(types, name, written, steps)
            if found is None:
                return False
            owner, element = found
            if element is None:  # `.1` of a plain value is the value
                continue
            narrowed = not last and (written.selects or written.args is not None)
            plain = replace(written, selects=(), args=None) if narrowed else written
            step = self._finish(element, owner, element.types, plain, steps)
            if step is None:
                return False
            steps.append(step)
            types = step.types
        return True

    def _element(
        self, types: tuple[str, ...], name: str, written: tree.Step, steps: list[TStep]
    ) -> tuple[str, Element | None] | None:
        """The element that a step names in the first type that has it; `None` inside for `.1` of a plain value."""
        after = written.after.text if written.after else None
        slice_name = _slice(written)
        code = named_code(written)
        for owner in types:
            if slice_name is not None:
                element = self.schema.element(owner, f"{name}({slice_name})", after)
                if element is not None:
                    return owner, element
            if code is not None and (found := alternative(self.schema, owner, name, code)) is not None:
                return owner, found.element
            element = self.schema.element(owner, name, after)
            if element is not None:
                return owner, element if steps else in_run(self.schema, self.base, owner, element)
        place = (steps[-1].owner, steps[-1].element.name) if steps else self.base.element
        if (element := self._extension(place, name)) is not None:
            return types[0], element
        info = self.schema.type(types[0])
        if (element := self._preadopted(types[0], name, after, written)) is not None:
            return types[0], element
        if name == "1" and self.format == "hl7v2" and info is not None and info.kind == "primitive":
            return types[0], None
        tell_unknown_child(self.env, self.schema, types, name, written)
        return None

    def _preadopted(self, owner: str, name: str, after: str | None, written: tree.Step) -> Element | None:
        """A field that only a newer version than the declared ones has."""
        finder = getattr(self.schema, "preadopted", None)
        element: Element | None = finder(owner, name, after) if finder else None
        if element is not None and element.versions:
            shown = notation.join(self.format, [owner, name])
            since = min(element.versions, key=_version)
            declared = ", ".join(self.schema.versions)
            proposed = ", ".join(f'"{version}"' for version in (since, *self.schema.versions))
            self._tell(
                "W903",
                f"{shown} is newer than {declared}",
                written.span,
                f"since {since}",
                help=f"declare the newer version too: `use {self.format} {proposed}`",
            )
        return element

    def _extension(self, place: tuple[str, str] | None, name: str) -> Element | None:
        """A named extension declared on an element rather than on a type: `birthDate.birth_time`."""
        finder = getattr(self.schema, "element_extension", None)
        return finder(*place, name) if finder and place else None

    def _finish(
        self,
        element: Element,
        owner: str,
        types: tuple[str, ...],
        written: tree.Step,
        steps: list[TStep],
        resource: bool = False,
    ) -> TStep | None:
        """The step with its reference types, selectors and position."""
        deref: tuple[str, ...] = ()
        if types[0] == "varies":
            types = narrowed_types(steps) or self.env.varies.get(self.side, types)
        named_slice = None
        if written.args and "Reference" not in element.types and self._has_slices(owner, element):
            named_slice = _slice(written)
        elif written.args and "Reference" not in element.types and self.format in notation.FORMS:
            return self._alternative(element, owner, types, written, steps)
        elif written.args and _slice_element(element) is None:
            named = followed(self.env, self.schema, element, written)
            if named is None:
                return None
            deref = types = named
        step = TStep(element, owner, types, written.span, deref=deref, resource=resource)
        if any(isinstance(select, tree.Selector) for select in written.selects):
            step = pointing(self.env, self.side, self.schema, step)
        return (
            step
            if not written.selects and named_slice is None
            else self._narrowed(step, written, named_slice)
        )

    def _alternative(
        self, element: Element, owner: str, types: tuple[str, ...], written: tree.Step, steps: list[TStep]
    ) -> TStep | None:
        """The step to what a code selects; where others share the place, a selector asks for it."""
        code = named_code(written)
        found = alternative(self.schema, owner, base_name(element), code) if code is not None else None
        if code is None or found is None:
            return step_by_form(self.env, self.side, element, owner, written, steps)
        plain = self._finish(element, owner, types, replace(written, args=None), steps)
        return (
            with_code(self.env, self.side, plain, found.way, code, written.span)
            if plain is not None
            else None
        )

    def _narrowed(self, step: TStep, written: tree.Step, named_slice: str | None) -> TStep | None:
        """A step with its selectors and position."""
        element, owner = step.element, step.owner
        item = item_node(self.env, self.side, step)
        selectors: list[TSelector] = []
        position: TPosition | None = None
        if named_slice is not None:
            from mapper.check.slices import slice_condition

            inside = self.env.item(self.side, item)
            held = slice_condition(inside, self.side, owner, element.name, named_slice, written.span)
            if held is None:
                return None
            selectors.append(TSelector(held, written.span))
        for select in written.selects:
            if isinstance(select, tree.Position):
                position = TPosition(select.first, select.end)
                if not element.repeats:
                    name = notation.shown(self.format, owner, element.name)
                    self._tell(
                        "E303",
                        f"`{name}` does not repeat, so it has no positions",
                        select.span,
                        "one value",
                        "drop the position",
                    )
                    return None
                continue
            from mapper.check.conditions import resolve_condition  # paths and conditions contain each other

            condition = resolve_condition(self.env.item(self.side, item), select.condition, self.side)
            if condition is None:
                return None
            selectors.append(TSelector(condition, select.span))
        return replace(step, selectors=tuple(selectors), position=position, element_node=item)

    def _has_slices(self, owner: str, element: Element) -> bool:
        from mapper.check.slices import has_slices

        return has_slices(self.schema, owner, element.name)

    # -- what is wrong -----------------------------------------------------------------------

    def _tell(self, code: str, message: str, span: Span, label: str = "", help: str | None = None) -> None:
        self.env.tell(diagnostic(code, message, span, label, help=help))


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdigit())


def narrowed_types(steps: Iterable[TStep]) -> tuple[str, ...]:
    """The types that selectors on the discriminating field leave for what varies below: `OBX[OBX-2 = "TX"]`."""
    from mapper.check.conditions import discriminated

    found = (discriminated(selector.condition) for step in steps for selector in step.selectors)
    return next((types for types in found if types), ())


def _resource_list(type_name: str) -> Element:
    """A Bundle's resources of one type, as if they were an element of it."""
    return Element(type_name, type_name, (type_name,), 0, None, f"the {type_name} resources of the Bundle")


def _slice(written: tree.Step) -> str | None:
    if written.args is None or len(written.args) != 1:
        return None
    return type_argument(written.args[0])


def _slice_element(element: Element) -> str | None:
    """The slice that an element's name carries: `identifier(NPI)`."""
    return element.name[element.name.index("(") :] if "(" in element.name else None


def written_path(path: TPath) -> str:
    """A resolved path in its standard's notation, for texts and coverage; no selectors."""
    return notation.join(path.base.format, [path.base.types[0], *(step.element.name for step in path.steps)])
