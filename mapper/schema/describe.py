"""Browse a format: what stands at a path, as data that the command line renders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Protocol

from mapper.schema.model import Binding, Element, Schema, Strength, TypeInfo


class Browsable(Schema, Protocol):
    """What browsing asks beyond `Schema`. Look-ups are total."""

    def split(self, path: str) -> Sequence[str]:
        """The steps of a path in the format's own notation, a type name first."""
        ...

    def below(self, owner: str, element: Element, step: str) -> Element | None:
        """A step below an element that its type does not define: an extension of it, or `1` of a plain value."""
        ...

    def documentation(self, path: str) -> str:
        """More than `Element.text`, where the standard's text is at hand."""
        ...

    def meaning(self, system: str, code: str) -> str:
        """What a code stands for; empty when unknown."""
        ...

    def value_set_name(self, value_set: str) -> str:
        """What a table or value set is called; empty when unknown."""
        ...

    def profile_minimum(self, path: str) -> int:
        """What the declared profile requires beyond the base; 0 without one."""
        ...

    def slice_names(self, type_name: str, step: str) -> Sequence[str]:
        """Names that the profile gives to alternatives of an element (`NPI`)."""
        ...


@dataclass(frozen=True, slots=True)
class CodeMeaning:
    """A code with its system and what it stands for."""

    system: str
    code: str
    meaning: str


@dataclass(frozen=True, slots=True)
class BindingDescription:
    """`codes` is `None` where the value set cannot be expanded."""

    strength: Strength
    value_set: str
    name: str
    codes: tuple[CodeMeaning, ...] | None


@dataclass(frozen=True, slots=True)
class Description:
    """A type or an element.

    `element` is `None` for a type, `type` for a choice that is not narrowed; `lacking` are declared versions without
    the element.
    """

    path: str
    type: TypeInfo | None
    element: Element | None
    documentation: str
    binding: BindingDescription | None
    children: tuple[Element, ...]
    lacking: tuple[str, ...]
    profile_minimum: int
    slices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotFound:
    """`step` is unknown below `reached` (empty: as a type).

    `nearest` are names that exist there, best first; for a number the highest one.
    """

    path: str
    reached: str
    step: str
    nearest: tuple[str, ...]


def describe(schema: Browsable, path: str) -> Description | NotFound:
    """What stands at `PID-11.1`, `ADT_A01.INSURANCE`, `Patient.name`, `CX`; else the nearest names."""
    steps = schema.split(path)
    if not steps:
        return NotFound(path, "", "", ())
    owner = steps[0]
    if schema.type(owner) is None:
        return NotFound(path, "", owner, nearest(owner, schema.type_names()))
    return _walk(schema, path, owner, steps[1:])


def _walk(schema: Browsable, path: str, owner: str, steps: Sequence[str]) -> Description | NotFound:
    found: Element | None = None
    inside, reached = owner, owner
    for step in steps:
        below = schema.element(inside, step)
        if below is None and found is not None:
            below = schema.below(owner, found, step)
        if below is None:
            return NotFound(path, reached, step, _offers(schema, inside, step))
        owner, inside, found = inside, below.types[0], below
        reached = f"{reached}.{step}"
    return _description(schema, path, owner, inside, found)


def _description(
    schema: Browsable, path: str, owner: str, inside: str, element: Element | None
) -> Description:
    if element is None:
        text = schema.documentation(owner)
        return Description(
            path, schema.type(owner), None, text, None, tuple(schema.elements(owner)), (), 0, ()
        )
    where = f"{owner}.{element.choice or element.name}"
    return Description(
        path=path,
        type=schema.type(inside) if len(element.types) == 1 else None,
        element=element,
        documentation=schema.documentation(where),
        binding=_binding(schema, element.binding),
        children=tuple(schema.elements(inside)) if len(element.types) == 1 else (),
        lacking=tuple(v for v in schema.versions if element.versions and v not in element.versions),
        profile_minimum=schema.profile_minimum(where),
        slices=tuple(schema.slice_names(owner, element.name)),
    )


def _binding(schema: Browsable, binding: Binding | None) -> BindingDescription | None:
    if binding is None:
        return None
    codes = None
    if binding.codes is not None:
        codes = tuple(
            CodeMeaning(system, code, schema.meaning(system, code))
            for system, found in binding.codes.items()
            for code in sorted(found)
        )
    return BindingDescription(
        binding.strength, binding.value_set, schema.value_set_name(binding.value_set), codes
    )


def _offers(schema: Browsable, type_name: str, step: str) -> tuple[str, ...]:
    names = [name for child in schema.elements(type_name) if (name := child.slot) != step]
    return tuple(names[-1:]) if step.isdigit() else nearest(step, names)


def nearest(name: str, known: Iterable[str], most: int = 5) -> tuple[str, ...]:
    """The known names closest to `name`, whatever its case; empty where none is close."""
    by_lower: dict[str, str] = {}
    for candidate in known:
        by_lower.setdefault(candidate.lower(), candidate)
    return tuple(by_lower[match] for match in get_close_matches(name.lower(), by_lower, most, 0.6))
