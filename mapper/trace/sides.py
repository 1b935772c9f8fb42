"""What a trace knows of the two sides of a translation, whatever their formats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from runtime.lib.trail import Where
from runtime.translate import Result


class Input(Protocol):
    """The input: its populated leaves, and how its places are written."""

    def leaves(self) -> Iterator[Where]:
        """The place of each populated leaf, in the order of the input."""

    def text(self, where: Where) -> str:
        """A place in the notation of its standard."""

    def under(self, place: str, wanted: str) -> bool:
        """Whether a place as text is the wanted one or below it; where the wanted one has no numbers, none count."""

    def plain(self, place: str) -> str:
        """A place without what tells repetitions and occurrences apart."""

    def claimed(self, root: str, keys: tuple[Any, ...]) -> str:
        """A place of a mapping's claims (`mapper.claims.data`) as `plain` writes it."""


class Output(Protocol):
    """The output: what its paths begin with, and how they are written."""

    @property
    def roots(self) -> Mapping[str, Any]:
        """The trees that marks lie in, by the first step of a path."""

    def name(self, path: Where) -> str | None:
        """The leaf at a path as people name it; `None` for one that is not shown, or was not written."""

    def under(self, name: str, wanted: str) -> bool:
        """Whether a name is the wanted one or lies below it."""

    def target(self, text: str) -> str:
        """The target of a claim, as names are written."""

    def order(self, name: str) -> tuple[Any, ...]:
        """What puts names into the order of what was written, where the tree has another one."""


def input_of(result: Result) -> Input:
    """The input of a traced translation."""
    match result.formats[0]:
        case "hl7v2":
            from mapper.trace.hl7v2 import Hl7v2Input

            return Hl7v2Input(result)
        case "x12":
            from mapper.trace.x12 import X12Input

            return X12Input(result)
        case _:
            from mapper.trace.fhir import FhirInput

            return FhirInput(result)


def output_of(result: Result) -> Output:
    """The output of a traced translation."""
    match result.formats[1]:
        case "hl7v2":
            from mapper.trace.hl7v2 import Hl7v2Output

            return Hl7v2Output(result)
        case "x12":
            from mapper.trace.x12 import X12Output

            return X12Output(result)
        case _:
            from mapper.trace.fhir import FhirOutput

            return FhirOutput(result)
