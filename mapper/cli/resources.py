"""A FHIR resource as lines that one can read: `name.family  SMITH`."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

_LABEL = 46
_WIDTH = 80
_HIDDEN = ("resourceType", "id")


def resource_text(resource: Mapping[str, Any], bundle: Mapping[str, Any]) -> str:
    """The type as a head, then an element a line; a reference shows what kind of resource it leads to."""
    kinds = {entry.get("fullUrl"): entry["resource"]["resourceType"] for entry in bundle.get("entry", ())}
    lines = [str(resource["resourceType"])]
    for path, value in _leaves({key: value for key, value in resource.items() if key not in _HIDDEN}, ""):
        shown = f"-> {kinds[value]}" if value in kinds else _plain(value)
        label = path.removesuffix(".reference") if value in kinds else path
        lines += _line(label, shown)
    return "\n".join(lines) + "\n"


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _line(label: str, value: str) -> list[str]:
    head = f"  {label}".ljust(_LABEL)
    if len(head) > _LABEL:
        return [head, *textwrap.wrap(value, _WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6)]
    return textwrap.wrap(value, _WIDTH, initial_indent=head, subsequent_indent=" " * _LABEL)


def _leaves(node: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(node, Mapping):
        if "code" in node and "system" in node:
            yield path, _coding(node)
            node = {name: value for name, value in node.items() if name not in ("code", "system", "display")}
        for name, value in node.items():
            below = f"{path}.{name}" if path else name
            yield from _extensions(value, path) if name == "extension" else _leaves(value, below)
    elif isinstance(node, list):
        for number, item in enumerate(node):
            yield from _leaves(item, f"{path}[{number}]" if len(node) > 1 else path)
    elif node is not None:
        yield path, node


def _coding(node: Mapping[str, Any]) -> str:
    """`AMB (v3-ActCode)`: a code with the last part of its system."""
    system = str(node["system"]).rsplit("/", 1)[-1].removeprefix("urn:oid:")
    return " ".join(filter(None, (str(node["code"]), str(node.get("display", "")), f"({system})")))


def _extensions(extensions: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Each extension by the last part of its URL."""
    for extension in extensions:
        name = str(extension["url"]).rsplit("/", 1)[-1]
        place = f"{path}.{name}" if path else name
        for key, value in extension.items():
            if key == "extension":
                yield from _extensions(value, place)
            elif key != "url":
                yield from _leaves(value, place)
