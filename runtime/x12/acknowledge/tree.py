"""Trees that the codec's serializer takes, built without knowing how a guide's slots are named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runtime.codecs.x12 import SetTable

Element = str | tuple[str, ...]


class Built:
    """A loop that is being built. `tree` is what the serializer takes."""

    def __init__(self, node: Mapping[str, Any], tree: dict[str, Any] | None = None) -> None:
        self.tree: dict[str, Any] = {} if tree is None else tree
        self._node = node

    @classmethod
    def root(cls, table: SetTable) -> Built:
        """The root loop of a set."""
        return cls(table["root"])

    def add(self, name: str, *elements: Element) -> None:
        """A segment at the position that takes its id and qualifiers; a tuple is a composite, empty texts are absent.

        Raises `LookupError` if the loop has no such position: the table is not that of the set that is built.
        """
        node = self._position(name, elements)
        widths = {each["n"]: each["max"] for each in node["elements"] if each["type"] == "AN"}
        values = {
            n: _element(each, widths.get(n))
            for n, each in enumerate(elements, start=1)
            if each not in ("", ())
        }
        self.tree.setdefault(node["slot"], []).append(values)

    def as_added(self, name: str) -> None:
        """Let segments of one id, whose positions X12 counts as one, stand in the order in which they were added."""
        slots = [
            each["slot"]
            for each in self._node["children"]
            if each["kind"] == "segment" and each["id"] == name and each["slot"] in self.tree
        ]
        if slots:
            added = [each for slot in list(self.tree) if slot in slots for each in self.tree.pop(slot)]
            self.tree[slots[0]] = added

    def open(self, loop: str) -> Built:
        """A new inner loop."""
        child = next(
            each for each in self._node["children"] if each["kind"] == "loop" and each["slot"] == loop
        )
        built = Built(child)
        self.tree.setdefault(loop, []).append(built.tree)
        return built

    def _position(self, name: str, elements: tuple[Element, ...]) -> Mapping[str, Any]:
        for child in self._node["children"]:
            if child["kind"] == "segment" and child["id"] == name and _matches(child["match"], elements):
                position: Mapping[str, Any] = child
                return position
        raise LookupError(f"the loop {self._node['slot']} has no place for this {name}")


def _element(element: Element, width: int | None) -> str | dict[int, str]:
    if isinstance(element, str):
        return _plain(element)[:width]
    return {n: _plain(each) for n, each in enumerate(element, start=1) if each}


def _plain(text: str) -> str:
    """What others wrote may be longer than our guide allows, and of any characters: what fits is kept, as ASCII."""
    return text if text.isascii() else text.encode("ascii", "replace").decode("ascii")


def _matches(match: list[Any], elements: tuple[Element, ...]) -> bool:
    for number, component, codes in match:
        element = elements[number - 1] if number <= len(elements) else ""
        parts = (element,) if isinstance(element, str) else element
        text = parts[max(component, 1) - 1] if max(component, 1) <= len(parts) else ""
        if text not in codes:
            return False
    return True
