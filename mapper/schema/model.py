"""What the compiler asks of a format: types, elements, cardinalities, bindings. The core knows no format by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Strength = Literal["required", "extensible", "preferred", "example"]


@dataclass(frozen=True, slots=True)
class Binding:
    """The codes that an element may hold.

    `codes` maps a system URI to its codes where the value set could be expanded, else `None`.
    HL7 v2 bindings use the table id (`HL70001`) as `value_set` and as system.
    """

    strength: Strength
    value_set: str
    codes: Mapping[str, frozenset[str]] | None = None


@dataclass(frozen=True, slots=True)
class Element:
    """A child of a type.

    `name` is the step that reaches it: `5` (field, component), `family`, `valueQuantity`, `INSURANCE`, `ROL`.
    `slot` is the key under which a codec stores it (differs from `name` only where one structure holds a name twice:
    the second `ROL` has the slot `ROL.2`). `types` has one entry except for FHIR elements that a step did not narrow.
    `maximum` is `None` for unbounded. `choice` is the FHIR choice (`value[x]`) that the element is an alternative of.
    `targets` are the resource types that a reference may point to. `versions` are the
    declared ones that have it.
    """

    name: str
    slot: str
    types: tuple[str, ...]
    minimum: int
    maximum: int | None
    text: str = ""
    binding: Binding | None = None
    targets: tuple[str, ...] = ()
    choice: str | None = None
    fixed: str | None = None
    must_support: bool = False
    length: int | None = None
    after: str | None = None
    versions: tuple[str, ...] = ()
    extension: str | None = None  # the URL, where the step is a declared FHIR extension

    @property
    def repeats(self) -> bool:
        return self.maximum is None or self.maximum > 1


TypeKind = Literal["primitive", "composite", "segment", "group", "message", "resource", "backbone"]


@dataclass(frozen=True, slots=True)
class TypeInfo:
    """A type: `CX`, `PID`, `ADT_A01.INSURANCE`, `HumanName`, `Patient.contact`, `code`, `2010AA.NM1`.

    `general` is the wider type that this one is a case of: `NM1` for `2010AA.NM1`. Whatever is declared for the wider
    type fits the case; its elements have the same steps and slots.
    """

    name: str
    kind: TypeKind
    text: str = ""
    general: str | None = None


class Schema(Protocol):
    """One format in one set of versions, with extensions applied. Immutable; look-ups are total and never raise."""

    format: str
    versions: Sequence[str]

    def type(self, name: str) -> TypeInfo | None:
        """The type of that name, or `None`."""
        ...

    def elements(self, type_name: str) -> Sequence[Element]:
        """All children in the standard's order; empty for primitives and unknown types."""
        ...

    def element(self, type_name: str, step: str, after: str | None = None) -> Element | None:
        """The child that a step names, or `None`. `after` tells apart a segment that stands twice in one structure."""
        ...

    def type_names(self) -> Iterable[str]:
        """Names for suggestions."""
        ...
