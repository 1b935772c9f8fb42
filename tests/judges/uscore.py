"""US Core 6.1.0: minima where the source has the data; the race, ethnicity and birth sex extensions.

The profiles come from the published package (MAPPER_DATA/us-core/us_core_610.tgz), never from the mapping's
own schema.
"""

from __future__ import annotations

import json
import os
import tarfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from tests.judges import fields
from tests.judges.finding import Verdict
from tests.judges.walk import Json, Placed, codes, items

JUDGE = "us-core"
BASE = "http://hl7.org/fhir/us/core/StructureDefinition"
OMB_SYSTEM = "urn:oid:2.16.840.1.113883.6.238"
UNKNOWN = frozenset({"ASKU", "UNK"})
OMB_RACE = frozenset({"1002-5", "2028-9", "2054-5", "2076-8", "2106-3"}) | UNKNOWN
OMB_ETHNICITY = frozenset({"2135-2", "2186-5"}) | UNKNOWN
BIRTH_SEX = frozenset({"F", "M", "ASKU", "OTH", "UNK"})

PROFILE_OF = {
    "AllergyIntolerance": "us-core-allergyintolerance",
    "Condition": "us-core-condition-encounter-diagnosis",
    "Coverage": "us-core-coverage",
    "Encounter": "us-core-encounter",
    "Location": "us-core-location",
    "Organization": "us-core-organization",
    "Patient": "us-core-patient",
    "Practitioner": "us-core-practitioner",
    "PractitionerRole": "us-core-practitionerrole",
    "Procedure": "us-core-procedure",
    "Provenance": "us-core-provenance",
    "RelatedPerson": "us-core-relatedperson",
}

# Minima whose data an ADT message may lack, and the fields that have it; every other minimum holds always.
SOURCE_OF: dict[str, tuple[str, ...]] = {
    "AllergyIntolerance.code": ("AL1-3",),
    "Condition.code": ("DG1-3",),
    "Coverage.relationship": ("IN1-17",),
    "Encounter.type": ("PV1-4",),
    "Encounter.identifier.system": ("PV1-19.4",),
    "Encounter.identifier.value": ("PV1-19",),
    "Encounter.location.location": ("PV1-3",),
    "Location.name": (),
    "Organization.name": (),
    "Patient.communication.language": ("PID-15",),
    "Patient.gender": ("PID-8",),
    "Patient.identifier": ("PID-3",),
    "Patient.identifier.system": ("PID-3.4",),
    "Patient.identifier.value": ("PID-3",),
    "Patient.name": ("PID-5",),
    "Patient.telecom.system": ("PID-13",),
    "Patient.telecom.value": ("PID-13",),
    "Practitioner.identifier": (),
    "Practitioner.identifier.system": (),
    "Practitioner.identifier.value": (),
    "Practitioner.name": (),
    "Practitioner.name.family": (),
    "Procedure.code": ("PR1-3",),
}


def package() -> Path:
    """Where the US Core package should be."""
    root = os.environ.get("MAPPER_DATA", str(Path(__file__).parents[3] / "shared" / "data"))
    return Path(root) / "us-core" / "us_core_610.tgz"


def reason() -> str | None:
    """Why this judge cannot sit, or `None`."""
    return None if package().is_file() else "the US Core package is absent: set MAPPER_DATA"


@cache
def members(prefix: str) -> tuple[Json, ...]:
    """The JSON files of the package whose path starts with `package/` and the prefix."""
    with tarfile.open(package()) as archive:
        names = [n for n in archive.getnames() if n.startswith(f"package/{prefix}") and n.endswith(".json")]
        return tuple(json.load(archive.extractfile(name)) for name in sorted(names))  # type: ignore[arg-type]


@cache
def profiles() -> dict[str, Json]:
    """The profiles by their URL."""
    return {profile["url"]: profile for profile in members("StructureDefinition-")}


def claimed(resource: Json) -> list[str]:
    """The US Core profiles that a resource says it follows and that the package has."""
    urls = [str(url).split("|")[0] for url in resource.get("meta", {}).get("profile", [])]
    return [url for url in urls if url in profiles()]


@cache
def minima(url: str) -> tuple[str, ...]:
    """The paths of a profile that must be present where their parent is; slices are left to medplum."""
    elements = profiles()[url]["snapshot"]["element"]
    return tuple(e["path"] for e in elements if e["min"] > 0 and ":" not in e["id"] and "." in e["path"])


def judge(placed: Placed, source: bytes | None = None) -> Iterator[Verdict]:
    """Missing minima: of the claimed profiles; and of the type's own, where the source has the data."""
    if placed.type == "Patient":
        yield from _extensions(placed)
    own = f"{BASE}/{PROFILE_OF.get(placed.type, '')}"
    urls = claimed(placed.resource)
    for url in urls:
        yield from _missing(placed, url, None)
    if source is not None and own in profiles() and own not in urls:
        yield from _missing(placed, own, source)


def _missing(placed: Placed, url: str, source: bytes | None) -> Iterator[Verdict]:
    for path in minima(url):
        if source is not None and not _expected(path, source):
            continue
        for where, parent in _parents(placed, path.split(".")[1:-1]):
            name = path.rsplit(".", 1)[-1]
            if not _present(parent, name):
                yield Verdict(JUDGE, url.rsplit("/", 1)[-1], f"{where}.{name}", "missing")


def _expected(path: str, source: bytes) -> bool:
    if path not in SOURCE_OF:
        return True
    return any(fields.always_valued(source, field) for field in SOURCE_OF[path])


def _parents(placed: Placed, steps: list[str]) -> Iterator[tuple[str, Json]]:
    found: list[tuple[str, Any]] = [(placed.path, placed.resource)]
    for step in steps:
        found = [
            member
            for path, parent in found
            if isinstance(parent, dict) and step in parent
            for member in items(parent[step], f"{path}.{step}")
        ]
    yield from ((path, parent) for path, parent in found if isinstance(parent, dict))


def _present(parent: Json, name: str) -> bool:
    if name.endswith("[x]"):
        return any(key.lstrip("_").startswith(name[:-3]) for key in parent)
    return name in parent or f"_{name}" in parent


def _extensions(placed: Placed) -> Iterator[Verdict]:
    for where, extension in items(placed.resource.get("extension", []), f"{placed.path}.extension"):
        url = str(extension.get("url", ""))
        if url in (f"{BASE}/us-core-race", f"{BASE}/us-core-ethnicity"):
            allowed = OMB_RACE if url.endswith("race") else OMB_ETHNICITY
            yield from _omb(where, url.rsplit("/", 1)[-1], extension, allowed)
        if url == f"{BASE}/us-core-birthsex" and extension.get("valueCode") not in BIRTH_SEX:
            yield Verdict(JUDGE, "us-core-birthsex", f"{where}.valueCode", "not a code of its value set")


def _omb(where: str, check: str, extension: Json, allowed: frozenset[str]) -> Iterator[Verdict]:
    parts = [part for part in extension.get("extension", []) if isinstance(part, dict)]
    if sum(part.get("url") == "text" and "valueString" in part for part in parts) != 1:
        yield Verdict(JUDGE, check, where, "needs exactly one text")
    for index, part in enumerate(parts):
        coding = part.get("valueCoding", {})
        if part.get("url") == "ombCategory" and not codes({"coding": [coding]}) <= allowed:
            yield Verdict(JUDGE, check, f"{where}.extension[{index}]", "not an OMB category")
        coded = part.get("url") in ("ombCategory", "detailed") and coding.get("code") not in UNKNOWN
        if coded and coding.get("system") != OMB_SYSTEM:
            yield Verdict(JUDGE, check, f"{where}.extension[{index}]", "not a code of CDC race and ethnicity")
