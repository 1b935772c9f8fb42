"""US Core from its package: what each profile adds to R4, its slices, and its extensions as named steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from mapper.schema.make.fhir import element_types, plain
from mapper.schema.store import write

Json = Mapping[str, Any]


def build(folder: Path, core: list[Json], package: list[Json]) -> None:
    """Write `us_core.json.z`: `{"profiles": [...], "extensions": {url: {...}}}`."""
    found = profiles(package)
    published = {
        resource["url"]: resource
        for resource in (*core, *package)
        if resource.get("type") == "Extension" and resource.get("snapshot")
    }
    used = {use["url"] for profile in found for use in profile["extensions"].values()} & published.keys()
    extensions = {
        url: _extension(published[url]["snapshot"]["element"], published[url]) for url in sorted(used)
    }
    write(folder, "us_core", {"profiles": found, "extensions": extensions})


def profiles(package: Iterable[Json]) -> list[dict[str, Any]]:
    """The profiles of resource types, in the order of their files."""
    return [
        _profile(resource)
        for resource in package
        if resource.get("derivation") == "constraint" and resource["kind"] == "resource"
    ]


def _profile(definition: Json) -> dict[str, Any]:
    elements = definition["snapshot"]["element"]
    plain_ones = [element for element in elements[1:] if ":" not in element["id"]]
    return {
        "name": definition["id"],
        "url": definition["url"],
        "title": definition.get("title", definition["name"]),
        "type": definition["type"],
        "required": {e["path"]: e["min"] for e in plain_ones if e["min"] > e["base"]["min"]},
        "must_support": [element["path"] for element in plain_ones if element.get("mustSupport")],
        "bindings": {
            e["path"]: list(_binding(e)) for e in plain_ones if e.get("binding", {}).get("valueSet")
        },
        "targets": {e["path"]: targets for e in plain_ones if (targets := _targets(e))},
        "fixed": {e["path"]: value for e in plain_ones if (value := fixed(e)) is not None},
        "extensions": dict(_extension_steps(elements)),
        "slices": list(_slices(elements)),
    }


def _binding(element: Json) -> tuple[str, str]:
    return element["binding"]["strength"], plain(element["binding"]["valueSet"])


def _targets(element: Json) -> list[str]:
    """Reference targets as profile names (`us-core-patient`) or resource types."""
    return [
        url.rsplit("/", 1)[1] for kind in element.get("type", ()) for url in kind.get("targetProfile", ())
    ]


def fixed(element: Json) -> Any:
    """The value of `fixed[x]` or `pattern[x]`, else `None`."""
    return next((value for key, value in element.items() if key.startswith(("fixed", "pattern"))), None)


def _extension_steps(elements: Iterable[Json]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Slices of `extension` by name: owner path, URL, cardinality."""
    for element in elements:
        if (
            element["path"].endswith(".extension")
            and element.get("sliceName")
            and element["id"].count(":") == 1
        ):
            profile = element["type"][0].get("profile", [""])[0]
            yield (
                element["sliceName"],
                {
                    "owner": element["path"].rpartition(".")[0],
                    "url": plain(profile),
                    "min": element["min"],
                    "max": element["max"],
                    "must_support": bool(element.get("mustSupport")),
                },
            )


def _extension(elements: list[Json], definition: Json) -> dict[str, Any]:
    """One extension: its value's types and binding, or its members by URL."""
    members = [e for e in elements if e["path"] == "Extension.extension" and e.get("sliceName")]
    top = {"text": definition.get("title", ""), "members": {}}
    if not members:
        return top | _value(elements, "Extension.value[x]")
    for member in members:
        value = _value(elements, f"{member['id']}.value[x]")
        cardinality = {"min": member["min"], "max": member["max"], "text": member.get("short", "")}
        top["members"][member["sliceName"]] = value | cardinality
    return top


def _value(elements: Iterable[Json], ident: str) -> dict[str, Any]:
    for element in elements:
        if element["id"] in (ident, ident.replace("[x]", "")):
            bound = list(_binding(element)) if element.get("binding", {}).get("valueSet") else None
            return {"types": element_types(element), "binding": bound}
    return {"types": [], "binding": None}


def _slices(elements: list[Json]) -> Iterator[dict[str, Any]]:
    """Slices of elements other than `extension`, with the fixed values that tell them apart."""
    for element in elements:
        name = element.get("sliceName")
        if not name or element["path"].endswith("xtension") or element["id"].count(":") > 1:
            continue
        below = _below(elements, element)
        values = {path: value for path, other in below.items() if (value := fixed(other)) is not None}
        own = dict(_leaves(fixed(element)))
        yield {
            "name": name,
            "path": element["path"],
            "min": element["min"],
            "max": element["max"],
            "must_support": bool(element.get("mustSupport")),
            "types": element_types(element),
            "fixed": own
            | {leaf: code for path, value in values.items() for leaf, code in _leaves(value, path)},
            "required": {path: other["min"] for path, other in below.items() if other["min"]},
        }


def _below(elements: Iterable[Json], element: Json) -> dict[str, Json]:
    """The unsliced elements below a slice, by their path from it."""
    start = element["id"] + "."
    inner = (other for other in elements if other["id"].startswith(start))
    return {other["id"][len(start) :]: other for other in inner if ":" not in other["id"][len(start) :]}


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """A pattern as leaf paths: `{"coding": [{"code": "x"}]}` is `coding.code` = x."""
    if isinstance(value, dict):
        for key, child in value.items():
            yield from _leaves(child, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for child in value:
            yield from _leaves(child, path)
    elif value is not None:
        yield path, value
