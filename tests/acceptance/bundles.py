"""Looking things up in a Bundle."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def resources(bundle: Json, kind: str = "") -> list[Json]:
    """The resources of a type; all of them where none is named."""
    found = [entry["resource"] for entry in bundle["entry"]]
    return [each for each in found if not kind or each["resourceType"] == kind]


def only(bundle: Json, kind: str) -> Json:
    """The one resource of a type."""
    (found,) = resources(bundle, kind)
    return found


def target(bundle: Json, reference: Json) -> Json:
    """What a reference points to."""
    (found,) = (e["resource"] for e in bundle["entry"] if e["fullUrl"] == reference["reference"])
    return found
