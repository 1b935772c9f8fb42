"""What a message's own version has no place for is left out before it is written, and told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runtime.codecs.findings import NO_PLACE
from runtime.codecs.hl7v2.model import Structures
from runtime.errors import Finding


def fit(tree: dict[str, Any], structures: Structures, structure_name: str) -> list[Finding]:
    """Take out the segments that the version in MSH-12 lacks in a structure; one finding for each slot.

    `structures["lacking"]` says which those are: by structure and version, paths of slots. A version that it does not
    know lacks nothing.
    """
    lacking = structures.get("lacking", {}).get(structure_name)
    if not lacking:
        return []
    version = _version(tree)
    return [
        Finding(NO_PLACE, "warning", f"HL7 v2 {version} has no place for it here: left out", path)
        for path in lacking.get(version, ())
        if _remove(tree, path.split("."))
    ]


def _version(tree: Mapping[str, Any]) -> str:
    held = tree.get("MSH", {}).get(12, "")
    return str(held.get(1, "") if isinstance(held, dict) else held)


def _remove(group: Any, path: list[str]) -> bool:
    """Whether anything stood at a path of slots; it is gone now."""
    if not isinstance(group, dict):
        return False
    if len(path) == 1:
        return bool(group.pop(path[0], None))
    held = group.get(path[0], ())
    removed = [_remove(each, path[1:]) for each in (held if isinstance(held, list) else (held,))]
    return any(removed)
