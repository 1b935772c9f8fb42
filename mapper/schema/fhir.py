"""FHIR R4 as typed trees: resources, backbone elements (`Patient.contact`), datatypes, choices, declared extensions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from mapper.schema import fhir_profile
from mapper.schema.fhir_profile import Profile, Slice
from mapper.schema.model import Binding, Element, Strength, TypeInfo
from mapper.schema.store import read

STRENGTHS: Mapping[str, Strength] = {
    "req": "required",
    "ext": "extensible",
    "pre": "preferred",
    "exa": "example",
}
CODED = frozenset({"code", "Coding", "CodeableConcept", "Quantity", "string", "uri"})


@dataclass(frozen=True, slots=True)
class ExtensionMember:
    """A declared extension: its name as a step, the type of its value (`None` where it has members), its URL."""

    name: str
    type: str | None
    repeats: bool
    url: str
    members: tuple[ExtensionMember, ...] = ()


class FhirSchema:
    """See `mapper.schema.model.Schema`.

    A choice is listed as its alternatives (`valueQuantity`, each with the choice's minimum: one of them satisfies it);
    the bare name (`value`) resolves to an element with all types and the slot `value[x]`. A reference has the type
    `Reference` and its `targets`. `Element.minimum` is R4's own; what profiles add is told by `profile_minimum`.
    """

    format = "fhir"

    def __init__(
        self,
        versions: Sequence[str] = ("4.0.1",),
        profile: str | None = None,
        extensions: Mapping[str, tuple[Element, ...]] | None = None,
        titles: Mapping[str, str] | None = None,
    ) -> None:
        self.versions: Sequence[str] = tuple(versions)
        self.profile = profile
        self._extensions = dict(extensions or {})
        self._titles = dict(titles or {})
        self._cache: dict[str, tuple[Element, ...]] = {}
        self._named: dict[str, dict[str, Element]] = {}

    def type(self, name: str) -> TypeInfo | None:
        if name in self._titles:
            return TypeInfo(name, "backbone", self._titles[name])
        kind = read("fhir")["kinds"].get(name)
        return TypeInfo(name, kind, read("fhir_text").get(name, "")) if kind else None

    def elements(self, type_name: str) -> Sequence[Element]:
        """All children, choices as alternatives, declared extensions last."""
        if type_name not in self._cache:
            base = (self._overlaid(element, type_name) for element in _base_elements(type_name))
            self._cache[type_name] = (*base, *self.element_extensions(type_name))
        return self._cache[type_name]

    def element(self, type_name: str, step: str, after: str | None = None) -> Element | None:
        named = self._named.get(type_name)
        if named is None:
            children = reversed(self.elements(type_name))  # of two with one name the first counts
            named = self._named[type_name] = {child.name: child for child in children}
        return named.get(step) or self._choice(type_name, step)

    def element_extensions(self, owner_type: str, element: str | None = None) -> Sequence[Element]:
        """Extensions declared on a type, or on one element of it (`HumanName`, `suffix`; `Patient`, `birthDate`)."""
        owner = owner_type if element is None else f"{owner_type}.{element}"
        return self._extensions.get(owner, ())

    def element_extension(self, owner_type: str, element: str, step: str) -> Element | None:
        """The extension that a step below an element names: `HumanName`, `suffix`, `qualifier`."""
        return next(
            (found for found in self.element_extensions(owner_type, element) if found.name == step), None
        )

    def type_names(self) -> Iterable[str]:
        return (*read("fhir")["kinds"], *self._titles)

    def profiles(self, resource_type: str) -> tuple[Profile, ...]:
        """The profiles of a resource type in the declared profile set; Condition and Observation have several."""
        return fhir_profile.profiles(self.profile).get(resource_type, ()) if self.profile else ()

    def profile_minimum(self, path: str) -> int:
        """The minimum that every profile of the resource sets beyond R4: `Patient.identifier.system` is 1.

        Where profiles differ (Condition, Observation) only what all of them require counts, since a mapping line does
        not know which profile its resource will be held to; `profiles` tells each one's own.
        """
        return fhir_profile.common_minimum(self.profiles(path.split(".", maxsplit=1)[0]), path)

    def slices(self, type_name: str, step: str) -> tuple[Slice, ...]:
        """The named slices of an element over all profiles; `step` of a choice is its bare name."""
        paths = (f"{type_name}.{step}", f"{type_name}.{step}[x]")
        found = self.profiles(type_name.split(".", maxsplit=1)[0])
        named = {one.name: one for profile in found for one in profile.slices if one.path in paths}
        return tuple(named.values())

    def slice(self, type_name: str, step: str, name: str) -> Slice | None:
        """The slice that `identifier(NPI)` names."""
        return next((found for found in self.slices(type_name, step) if found.name == name), None)

    def slice_names(self, type_name: str, step: str) -> Sequence[str]:
        """Names of the slices of an element."""
        return [found.name for found in self.slices(type_name, step)]

    def split(self, path: str) -> Sequence[str]:
        """`Patient.name.family` as steps; selectors and positions (`[1]`) and `(Type)` are left out."""
        return [step for step in re.sub(r"\[[^\]]*\]|\([^)]*\)", "", path.strip()).split(".") if step]

    def below(self, owner: str, element: Element, step: str) -> Element | None:
        """An extension declared on an element of `owner`."""
        return self.element_extension(owner, element.name, step)

    def meaning(self, system: str, code: str) -> str:
        """The display of a code; empty when unknown."""
        found: str = read("fhir_display").get(system, {}).get(code, "")
        return found

    def value_set_name(self, value_set: str) -> str:
        """Empty: the URL of a value set is its name."""
        return ""

    def documentation(self, path: str) -> str:
        """The first sentence of the definition of a type or element (`Patient.name`, `Observation.value[x]`)."""
        found: str = read("fhir_text").get(path, "")
        return found

    def with_extension(
        self,
        type_names: Iterable[str],
        name: str,
        type: str | None,
        repeats: bool,
        url: str,
        members: Sequence[ExtensionMember] = (),
    ) -> FhirSchema:
        """A schema in which a step `name` below each of the types or element paths is the extension with that URL.

        Declaring the same name again for an owner replaces the former declaration.
        """
        extensions, titles = dict(self._extensions), dict(self._titles)
        declared = ExtensionMember(name, type, repeats, url, tuple(members))
        for owner in type_names:
            _declare(owner, declared, extensions, titles)
        return FhirSchema(self.versions, self.profile, extensions, titles)

    def _overlaid(self, element: Element, type_name: str) -> Element:
        path = f"{type_name}.{element.choice or element.name}"
        found = self.profiles(type_name.split(".", maxsplit=1)[0])
        if not found:
            return element
        supported = any(path in profile.must_support for profile in found)
        bound = fhir_profile.common_binding(found, path) if CODED.intersection(element.types) else None
        binding = make_binding(*bound) if bound else element.binding
        return replace(element, must_support=supported, binding=binding)

    def _choice(self, type_name: str, step: str) -> Element | None:
        """`value` for the whole of `value[x]`."""
        choice = f"{step.removesuffix('[x]')}[x]"
        options = [child for child in self.elements(type_name) if child.choice == choice]
        if not options:
            return None
        kinds = tuple(option.types[0] for option in options)
        targets = next((option.targets for option in options if option.targets), ())
        binding = next((option.binding for option in options if option.binding), None)
        name = choice.removesuffix("[x]")
        return replace(options[0], name=name, slot=choice, types=kinds, targets=targets, binding=binding)


def _declare(
    owner: str, declared: ExtensionMember, extensions: dict[str, tuple[Element, ...]], titles: dict[str, str]
) -> None:
    type_name = declared.type or f"{owner}.{declared.name}"
    element = extension_element(declared.name, (type_name,), 0, None if declared.repeats else 1, declared.url)
    kept = tuple(other for other in extensions.get(owner, ()) if other.name != declared.name)
    extensions[owner] = (*kept, element)
    if declared.type is None:
        titles[type_name] = f"Extension {declared.url}"
        extensions.pop(type_name, None)
    for member in declared.members:
        _declare(type_name, member, extensions, titles)


def extension_element(
    name: str, types: tuple[str, ...], minimum: int, maximum: int | None, url: str
) -> Element:
    """The step of a named extension; a member of a complex extension has its member name as URL."""
    return Element(name, name, types, minimum, maximum, f"Extension {url}", extension=url)


@cache
def _base_elements(type_name: str) -> tuple[Element, ...]:
    """R4's own elements of a type."""
    block = read("fhir")["types"].get(type_name, "")
    return tuple(element for line in block.split("\n") if line for element in _line(line))


def _line(line: str) -> Iterator[Element]:
    name, minimum, maximum, kinds, bound, targets, text = line.split("\t")
    limit = None if maximum == "*" else int(maximum)
    binding = make_binding(STRENGTHS[bound[:3]], bound[4:]) if bound else None
    whole = Element(
        name, name, tuple(kinds.split()), int(minimum), limit, text, binding, tuple(targets.split())
    )
    if name.endswith("[x]"):
        yield from (_alternative(whole, kind) for kind in whole.types)
    else:
        yield whole


def _alternative(whole: Element, kind: str) -> Element:
    name = whole.name.removesuffix("[x]") + kind[0].upper() + kind[1:]
    return replace(
        whole,
        name=name,
        slot=name,
        types=(kind,),
        choice=whole.name,
        binding=whole.binding if kind in CODED else None,
        targets=whole.targets if kind == "Reference" else (),
    )


@cache
def make_binding(strength: Strength, value_set: str) -> Binding:
    """A binding with its codes, where the value set could be expanded."""
    codes: Mapping[str, Any] | None = read("fhir_codes").get(value_set)
    return Binding(
        strength, value_set, {system: frozenset(found) for system, found in codes.items()} if codes else None
    )


@cache
def load(versions: tuple[str, ...] = ("4.0.1",), profile: str | None = None) -> FhirSchema:
    """R4, with the extension steps of a profile set (`race`, `ethnicity`, `birthsex` of US Core)."""
    if profile is None:
        return FhirSchema(versions)
    extensions: dict[str, tuple[Element, ...]] = {}
    titles: dict[str, str] = {}
    data = read(fhir_profile.PROFILES[profile])
    for row in data["profiles"]:
        for name, use in row["extensions"].items():
            definition = data["extensions"].get(use["url"])
            if definition:
                _declare_published(name, use, definition, extensions, titles)
    return FhirSchema(versions, profile, extensions, titles)


def _declare_published(
    name: str,
    use: Mapping[str, Any],
    definition: Mapping[str, Any],
    extensions: dict[str, tuple[Element, ...]],
    titles: dict[str, str],
) -> None:
    owner = use["owner"]
    members = definition["members"]
    types = (f"{owner}.{name}",) if members else tuple(definition["types"])
    element = _published(name, use, types, use["url"], definition)
    others = tuple(other for other in extensions.get(owner, ()) if other.name != name)
    extensions[owner] = (*others, replace(element, must_support=use["must_support"]))
    if members:
        titles[types[0]] = definition["text"]
        extensions[types[0]] = tuple(
            _published(step, member, tuple(member["types"]), step, member) for step, member in members.items()
        )


def _published(
    name: str, use: Mapping[str, Any], types: tuple[str, ...], url: str, definition: Mapping[str, Any]
) -> Element:
    maximum = None if use["max"] == "*" else int(use["max"])
    bound = definition.get("binding")
    element = extension_element(name, types, use["min"], maximum, url)
    return replace(element, text=definition["text"], binding=make_binding(*bound) if bound else None)
