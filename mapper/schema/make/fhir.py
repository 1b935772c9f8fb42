"""FHIR R4 from the official core package: types, elements, value sets, search parameters."""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from mapper.schema.make.valuesets import Terminology
from mapper.schema.store import write

Json = Mapping[str, Any]
Expansions = dict[str, dict[str, list[str]]]  # value set, system, codes

KINDS = {"resource": "resource", "complex-type": "composite", "primitive-type": "primitive"}
LIMIT = 800  # codes: a larger expansion is kept only where the binding is required
WANTED = "StructureDefinition|ValueSet|CodeSystem|SearchParameter"


def read_package(path: Path) -> list[Json]:
    """The conformance resources of an npm package (.tgz), in the order of their names."""
    with tarfile.open(path) as archive:
        members = [m for m in archive if re.fullmatch(rf"package/({WANTED})-[^/]*\.json", m.name)]
        files = [archive.extractfile(member) for member in sorted(members, key=lambda member: member.name)]
        return [json.loads(file.read()) for file in files if file]


def build(folder: Path, core: list[Json], profiles: list[Json]) -> None:
    """Write `fhir.json.z`, `fhir_codes.json.z`, `fhir_display.json.z`, `fhir_text.json.z` and `fhir_search.json.z`."""
    definitions = sorted(base_definitions(core), key=lambda definition: definition["name"])
    types: dict[str, list[str]] = {}
    kinds: dict[str, str] = {}
    texts: dict[str, str] = {}
    for definition in definitions:
        _definition(definition, types, kinds, texts)
    blocks = {name: "\n".join(lines) for name, lines in types.items()}
    write(folder, "fhir", {"types": blocks, "kinds": kinds})
    write(folder, "fhir_text", texts)
    terminology = Terminology((core, profiles))
    codes = _codes(terminology, core, profiles)
    write(folder, "fhir_codes", codes)
    write(folder, "fhir_display", _displays(terminology, codes))
    write(folder, "fhir_search", _search(core))


def base_definitions(core: Iterable[Json]) -> Iterator[Json]:
    """Resources, datatypes and primitives: no profiles, no logical models."""
    for resource in core:
        if resource.get("kind") in KINDS and resource.get("derivation") != "constraint":
            yield resource


def _definition(
    definition: Json, types: dict[str, list[str]], kinds: dict[str, str], texts: dict[str, str]
) -> None:
    name = definition["type"]
    kinds[name] = {"resource": "resource", "complex-type": "composite", "primitive-type": "primitive"}[
        definition["kind"]
    ]
    root, *elements = definition["snapshot"]["element"]
    texts[name] = sentence(root.get("definition", ""))
    if kinds[name] == "primitive":
        return
    types[name] = []
    for element in elements:
        parent, _, step = element["path"].rpartition(".")
        types.setdefault(parent, []).append(_line(step, element, is_resource=kinds[name] == "resource"))
        texts[element["path"]] = sentence(element.get("definition", ""))
        if _is_backbone(element):
            kinds[element["path"]] = "backbone"
            types[element["path"]] = []


def _is_backbone(element: Json) -> bool:
    return (
        any(t["code"] in ("BackboneElement", "Element") for t in element.get("type", ()))
        and "." in element["path"]
    )


def _line(step: str, element: Json, *, is_resource: bool) -> str:
    """One element: name, min, max, types, binding (`r http://...`), reference targets, short text."""
    binding = element.get("binding", {})
    bound = f"{binding['strength'][:3]} {plain(binding['valueSet'])}" if binding.get("valueSet") else ""
    targets = sorted(
        {t.rsplit("/", 1)[1] for kind in element.get("type", ()) for t in kind.get("targetProfile", ())}
    )
    kinds = " ".join(element_types(element, is_resource=is_resource))
    short = " ".join(element.get("short", "").split())
    return "\t".join((step, str(element["min"]), element["max"], kinds, bound, " ".join(targets), short))


def plain(canonical: str) -> str:
    """A canonical URL without its version."""
    return canonical.partition("|")[0]


def element_types(element: Json, *, is_resource: bool = False) -> list[str]:
    """Type names; a backbone element and a contentReference name the element that defines the content."""
    if "contentReference" in element:
        return [element["contentReference"].split("#")[1]]
    if _is_backbone(element):
        return [element["path"]]
    if element["path"].endswith(".id"):
        return ["id" if is_resource and element["path"].count(".") == 1 else "string"]
    return [_type(kind) for kind in element.get("type", ())]


def _type(kind: Json) -> str:
    code = str(kind["code"])
    if not code.startswith("http://hl7.org/fhirpath/"):
        return code
    marks = kind.get("extension", ())
    return next(
        (mark["valueUrl"] for mark in marks if mark["url"].endswith("structuredefinition-fhir-type")),
        "string",
    )


def sentence(text: str) -> str:
    """The first sentence, at most 240 characters."""
    flat = " ".join(text.split())
    first = re.split(r"(?<=[a-z0-9)][.])\s+(?=[A-Z])", flat, maxsplit=1)[0]
    return first if len(first) <= 240 else first[:237].rsplit(" ", 1)[0] + "..."


def bindings(packages: Iterable[Iterable[Json]]) -> Iterator[tuple[str, str]]:
    """Each (strength, value set) that an element of a resource, datatype or profile has."""
    for package in packages:
        for resource in package:
            if resource["resourceType"] != "StructureDefinition":
                continue
            for element in resource["snapshot"]["element"]:
                binding = element.get("binding", {})
                if binding.get("valueSet"):
                    yield binding["strength"], plain(binding["valueSet"])


def _codes(terminology: Terminology, core: list[Json], profiles: list[Json]) -> Expansions:
    """Value set to system to codes: all required ones that can be expanded, others up to `LIMIT` codes."""
    strengths: dict[str, set[str]] = {}
    for strength, url in bindings(([*base_definitions(core)], profiles)):
        strengths.setdefault(url, set()).add(strength)
    found: Expansions = {}
    for url in sorted(strengths):
        codes = terminology.expand(url) if strengths[url] != {"example"} else None
        if codes and ("required" in strengths[url] or sum(map(len, codes.values())) <= LIMIT):
            found[url] = {system: sorted(codes[system]) for system in sorted(codes)}
    return found


def _displays(terminology: Terminology, expansions: Expansions) -> dict[str, dict[str, str]]:
    """System to code to display, for the codes of the expansions."""
    used: dict[str, set[str]] = {}
    for systems in expansions.values():
        for system, codes in systems.items():
            used.setdefault(system, set()).update(codes)
    return {system: terminology.displays(system, used[system]) for system in sorted(used)}


def _search(core: Iterable[Json]) -> dict[str, dict[str, str]]:
    """Resource type to parameter to `type path path`."""
    found: dict[str, dict[str, str]] = {}
    for resource in core:
        if resource["resourceType"] != "SearchParameter" or not resource.get("expression"):
            continue
        for base in resource["base"]:
            paths = search_paths(base, resource["expression"])
            if paths:
                found.setdefault(base, {})[resource["code"]] = " ".join((resource["type"], *paths))
    return {base: dict(sorted(found[base].items())) for base in sorted(found)}


def search_paths(base: str, expression: str) -> list[str]:
    """Element paths of a parameter's FHIRPath for one resource type; `value as Quantity` is `valueQuantity`."""
    paths = []
    for part in expression.split("|"):
        text = re.sub(r"\.where\((?:[^()]|\([^()]*\))*\)", "", part)
        text = re.sub(r"\s+as\s+(\w)(\w*)", lambda match: match[1].upper() + match[2], text)
        text = re.sub(r"\.as\((\w)(\w*)\)", lambda match: match[1].upper() + match[2], text).strip("() ")
        if re.fullmatch(rf"{base}(\.\w+)+", text) and text.split(".", 1)[1] not in paths:
            paths.append(text.split(".", 1)[1])
    return paths
