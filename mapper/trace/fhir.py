"""FHIR Bundles as sides of a trace: `Patient.name[0].family`, `Practitioner#2.name[0]`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from mapper.trace import places
from runtime.lib.trail import Where
from runtime.translate import Result


class FhirInput:
    """See `Input`. Of several Bundles each place is one in its own Bundle, named by the first one's resources."""

    def __init__(self, result: Result) -> None:
        source = result.source
        self._bundle = source[0] if isinstance(source, list) and source else source
        self._trail = result.context.trail if result.context is not None else None

    @cached_property
    def _labels(self) -> list[str]:
        entries = self._bundle.get("entry", ())
        return labels([entry.get("resource", {}).get("resourceType", "") for entry in entries])

    def leaves(self) -> Iterator[Where]:
        yield from (path for path, _ in places.leaves_of(self._bundle, ("Bundle",)))

    def text(self, where: Where) -> str:
        """A place, with resources named as in outputs."""
        if where[1:2] == ("entry",) and where[3:4] == ("resource",):
            return fhir_path((self._labels[where[2]], *where[4:]))
        return self._trail.text(where) if self._trail is not None else fhir_path(where)

    def under(self, place: str, wanted: str) -> bool:
        return places.under(place, wanted)

    def plain(self, place: str) -> str:
        return places.plain(place)

    def claimed(self, root: str, keys: tuple[Any, ...]) -> str:
        return ".".join((root, *map(str, keys)))


class FhirOutput:
    """See `Output`: each resource is a root, then the Bundle."""

    def __init__(self, result: Result) -> None:
        self._result = result

    @cached_property
    def roots(self) -> Mapping[str, Any]:
        output = self._result.output
        resources = [(entry["fullUrl"], entry["resource"]) for entry in output.get("entry", ())]
        self._join_identities(dict(resources))
        names = labels([resource["resourceType"] for _, resource in resources])
        return {**dict(zip(names, (resource for _, resource in resources), strict=True)), "Bundle": output}

    def _join_identities(self, resources: Mapping[str, Any]) -> None:
        context = self._result.context
        if context is not None:
            for identity in context.made.values():
                context.trail.into(identity.node, resources.get(identity.url))

    def name(self, path: Where) -> str | None:
        if path[0] == "Bundle" and path[1:2] == ("entry",) and "resource" in path:
            return None  # told of the resource itself
        return fhir_path(path)

    def under(self, name: str, wanted: str) -> bool:
        return places.under(name, wanted)

    def target(self, text: str) -> str:
        return text

    def order(self, name: str) -> tuple[Any, ...]:
        return ()


def labels(kinds: Sequence[str]) -> list[str]:
    """`Patient`, `Practitioner#1`, `Practitioner#2`: numbers only where there are several."""
    totals, seen = Counter(kinds), Counter[str]()
    found = []
    for kind in kinds:
        seen[kind] += 1
        found.append(kind if totals[kind] == 1 else f"{kind}#{seen[kind]}")
    return found


def fhir_path(path: Where) -> str:
    """A path with JSON keys and 0-based numbers; `[*]` where all items are meant."""
    text = str(path[0])
    for part in path[1:]:
        if part is None:
            text += "[*]"
        else:
            text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text
