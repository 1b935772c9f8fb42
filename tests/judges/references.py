"""References resolve within the Bundle: fullUrl, relative to it, or contained (R4, references.html)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.judges.finding import Verdict
from tests.judges.walk import Json, Placed, items, objects, resources

JUDGE = "own"
RELATIVE = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(/_history/[A-Za-z0-9\-.]{1,64})?")
CONDITIONAL = re.compile(r"([A-Z][A-Za-z]+)\?\S+=\S+")


class Index:
    """The resources of a Bundle by fullUrl and by type and id."""

    def __init__(self, bundle: Json) -> None:
        self.kind = bundle.get("type")
        self.by_url: dict[str, Json] = {}
        self.by_id: dict[str, Json] = {}
        for _, entry in items(bundle.get("entry", []), ""):
            resource = entry.get("resource")
            if isinstance(resource, dict):
                self.by_url[str(entry.get("fullUrl"))] = resource
                self.by_id[f"{resource.get('resourceType')}/{resource.get('id')}"] = resource

    def find(self, text: str, placed: Placed) -> Json | None:
        """The resource that a reference in `placed` points to."""
        if text.startswith("#"):
            return contained(text[1:], placed)
        if relative := RELATIVE.fullmatch(text):
            key = f"{relative.group(1)}/{relative.group(2)}"
            return self.by_id.get(key) or self._ending(key)
        return self.by_url.get(text)

    def _ending(self, key: str) -> Json | None:
        return next((resource for url, resource in self.by_url.items() if url.endswith("/" + key)), None)

    def elsewhere(self, text: str) -> bool:
        """Whether it may point out of the Bundle: in a transaction, a query for the server to answer."""
        return self.kind == "transaction" and CONDITIONAL.fullmatch(text) is not None


def contained(identifier: str, placed: Placed) -> Json | None:
    """The contained resource of that id; an empty id is the container itself."""
    container = placed.container or placed.resource
    if not identifier:
        return container
    inside = [inner for inner in container.get("contained", []) if isinstance(inner, dict)]
    return next((inner for inner in inside if inner.get("id") == identifier), None)


def references(placed: Placed) -> Iterator[tuple[str, Json]]:
    """Every Reference in a resource with its position: an object with `reference`."""
    for path, value in objects(placed.resource, placed.path):
        if isinstance(value.get("reference"), str) and "resourceType" not in value:
            yield path, value


def judge(bundle: Json) -> Iterator[Verdict]:
    """Objections to references that point nowhere or to another type than they say."""
    index = Index(bundle)
    for placed in resources(bundle):
        for path, reference in references(placed):
            yield from _one(index, placed, path, reference)


def _one(index: Index, placed: Placed, path: str, reference: Json) -> Iterator[Verdict]:
    text = reference["reference"]
    target = index.find(text, placed)
    if target is None:
        if not index.elsewhere(text):
            check = "ref-1" if text.startswith("#") else "reference"
            yield Verdict(JUDGE, check, f"{path}.reference", "points to nothing in the Bundle")
    elif reference.get("type", target.get("resourceType")) != target.get("resourceType"):
        yield Verdict(JUDGE, "reference-type", f"{path}.type", "is not the type of the resource it points to")


def target_type(index: Index, placed: Placed, reference: Any) -> str | None:
    """The type of the resource that a Reference points to, as far as the Bundle or its text tells."""
    text = str(reference.get("reference", ""))
    if target := index.find(text, placed):
        return str(target.get("resourceType"))
    told = RELATIVE.fullmatch(text) or CONDITIONAL.fullmatch(text)
    return told.group(1) if told else reference.get("type")
