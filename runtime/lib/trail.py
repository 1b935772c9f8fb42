"""What the tracing flavour remembers: where each element of the output came from, however often it was moved since.

Marks name nodes by identity. Generated code moves what it has built (a child into a node that was there already, a
primitive with its extensions into two lists, a resource into the one with the same key); the tracing flavour moves
through the methods here, so that a mark can be followed to where its element ended up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runtime.codecs.hl7v2 import Message
from runtime.codecs.hl7v2.positions import segment_positions
from runtime.lib.x12 import Run

Where = tuple[Any, ...]
"""HL7 v2: segment index, field, repetition, component, subcomponent (`None` is any), or a prefix of these. FHIR: the
keys and indexes from the root, `("Bundle", "entry", 3, "resource", "name", 0)`."""

LEAF = 5


@dataclass(slots=True)
class Mark:
    """One element of the output (`node[key]`, or the whole node), one place that it came from, and its `.map` line."""

    node: Any
    key: Any
    where: Where
    line: str


class Slot:
    """Stands for a value in a list that has no identity of its own."""

    __slots__ = ()


class Part(int):
    """The number of a segment of which one part of a run was read: its elements from `first` on stand `moved` later."""

    first: int
    moved: int


def settled(where: Where) -> Where:
    """A place without the detour over the part of a run that it was read through."""
    if not where or type(where[0]) is not Part:
        return where
    part, rest = where[0], where[1:]
    if rest and rest[0] >= part.first:
        rest = (rest[0] + part.moved, *rest[1:])
    return (int(part), *rest)


class Trail:
    """See the module."""

    def __init__(self) -> None:
        self.marks: list[Mark] = []
        self.last: Any = None
        self.message: Message | None = None
        self.describe: Callable[[Where], str] | None = None  # places of formats that number their segments
        self._positions: dict[int, tuple[Any, Where]] = {}
        self._moved: dict[int, tuple[Any, Any]] = {}
        self._lists: dict[tuple[int, Any], tuple[Any, list[Any]]] = {}
        self._lost: set[tuple[int, Any]] = set()
        self._runs: dict[int, tuple[Any, Any, int, int]] = {}

    # -- where input stands ------------------------------------------------------------------

    def place(self, node: Any, position: Where) -> None:
        """Remember where a source node stands."""
        self._positions[id(node)] = (node, position)

    def place_below(self, node: Any, position: Where) -> None:
        """Remember where a node and all nodes below it stand."""
        if isinstance(node, Mapping):
            self.place(node, position)
            for key, value in node.items():
                self.place_below(value, (*position, key))
        elif isinstance(node, list):
            for number, value in enumerate(node):
                self.place_below(value, (*position, number))

    def place_stub(self, stub: Any, reference: Any) -> None:
        """A resource that stands only for what a reference says of it: its parts come from the reference."""
        where = self.at(reference)
        self.place(stub, where)
        for item in stub.get("name", ()) if isinstance(stub.get("name"), list) else ():
            self.place(item, where)

    def at(self, node: Any) -> Where:
        found = self._positions.get(id(node))
        if found is not None:
            return found[1]
        return self._part(node) if type(node) is Run else ()

    def _part(self, run: Run) -> Where:
        where = self.at(run.whole)
        if not where:
            return where
        part = Part(where[0])
        part.first, part.moved = run.first, run.moved
        return (part, *where[1:])

    def numbers(self, parts: Sequence[str], first: int, last: int, step: int) -> list[int]:
        """The numbers of the populated elements (or components) of a run."""
        return [number for number in range(first, min(last, len(parts) - 1) + 1, step) if parts[number]]

    def seen(self, how: Callable[..., Any], node: Any, way: Sequence[Any], value: Any) -> Any:
        """`how(node, way, value)`: a source node as a `fill` lets it be seen stands where it stood."""
        found = how(node, way, value)
        if found is not node:
            self.place(found, self.at(node))
        return found

    def nth(self, places: Sequence[int], position: int) -> int:
        """The place in a whole list of the item with a 1-based position (-1 is the last) among those that are left."""
        return places[position - (position > 0)] if len(places) >= abs(position) else 0

    def leaf(self, where: Where) -> Where:
        """The place of a value that was read as text: of what is divided further, the first part."""
        if not where or not isinstance(where[0], int):
            return where
        return (*where, *(1,) * (LEAF - len(where)))[:LEAF]

    def text(self, where: Where) -> str:
        """A place in its standard's notation; no values."""
        where = settled(where)
        if where and isinstance(where[0], int) and self.describe is not None:
            return self.describe(where)
        if where and isinstance(where[0], int) and self.message is not None:
            return hl7v2_text(self.message, where)
        return path_text(where)

    # -- marks -------------------------------------------------------------------------------

    def mark(self, node: Any, key: Any, where: Where, line: str) -> None:
        """`where` is one place, or a tuple of several."""
        several: Sequence[Where] = where if where and isinstance(where[0], tuple) else (where,)
        self.marks.extend(Mark(node, key, settled(each), line) for each in several if each)

    # -- moving ------------------------------------------------------------------------------

    def merge(self, how: Callable[..., None], node: Any, key: Any, value: Any) -> None:
        """`how(node, key, value)`: a child joins what another line has put there."""
        how(node, key, value)
        self.into(value, node.get(key))

    def update(self, node: Any, value: Any) -> None:
        """`node.update(value)`."""
        node.update(value)
        self.into(value, node)

    def fill(self, how: Callable[..., None], node: Any, value: Any) -> None:
        """`how(node, value)`: a value or its parts become those of a node."""
        how(node, value)
        self.into(value, node)

    def extend(self, how: Callable[..., None], node: Any, url: str, value: Any) -> None:
        """`how(node, url, value)`: an extension."""
        how(node, url, value)
        self.last = node["extension"][-1]
        self.into(value, self.last)

    def translate(self, how: Callable[..., Any], cell: Any, original: Any) -> Any:
        """`how(cell, original)`: a translation beside which the source's own coding is kept."""
        made = how(cell, original)
        if original and made is not original:
            self.into(original, made)
            if isinstance(made, dict) and made.get("coding"):
                kept = {id(coding) for coding in made["coding"]}
                for coding in original.get("coding", ()):
                    if id(coding) not in kept:
                        self.into(coding, made["coding"][0])
        return made

    def append(self, node: Any, key: Any, value: Any) -> None:
        """`node.setdefault(key, []).append(value)`."""
        held = node.setdefault(key, [])
        self._slot(node, key, len(held), len(held), value)
        held.append(value)

    def insert(self, how: Callable[..., None], node: Any, key: Any, number: int | None, item: Any) -> None:
        """`how(node, key, number, item)`: a value goes to a 1-based position, or to the end."""
        before = len(node.get(key) or ())
        how(node, key, number, item)
        self._slot(node, key, before, before if number is None else number - 1, item)

    def insert_from(self, how: Callable[..., None], node: Any, key: Any, first: int, item: Any) -> None:
        """`how(node, key, first, item)`: a value goes to the end, but not before a 1-based position."""
        before = len(node.get(key) or ())
        how(node, key, first, item)
        self._slot(node, key, before, max(first, before + 1) - 1, item)

    def run(self, how: Callable[..., Any], run: Any, first: int, *args: Any) -> None:
        """`how(*args)`: the elements of a part of a run, from `first` on, go to the next free place of a segment."""
        spot = how(*args)
        if spot is not None and spot[0] is not run:
            self._runs[id(run)] = (run, spot[0], first, spot[1])

    def run_value(self, how: Callable[..., Any], value: Any, first: int, *args: Any) -> None:
        """`how(*args)`: a value goes to the next free place of a run."""
        spot = how(*args)
        self.last = value if isinstance(value, dict) else Slot()
        if spot is not None and isinstance(self.last, Slot):
            self._runs[id(self.last)] = (self.last, spot[0], first, spot[1])

    def regroup(
        self, how: Callable[..., None], parent: Any, slots: Sequence[Any], node: Any, *args: Any
    ) -> None:
        """`how(parent, slots, node, ...)`: rows join their neighbour where the levels around them are equal."""
        how(parent, slots, node, *args)
        self._regrouped(parent, slots, node)

    def _regrouped(self, parent: Any, slots: Sequence[Any], node: Any) -> None:
        rows = parent[slots[0]]
        if any(row is node for row in rows):
            return
        self.into(node, rows[-1])
        for number, slot in enumerate(slots[1:], 1):
            for item in node.get(slot, ()):
                if rows[-1].get(slot):
                    self._regrouped(rows[-1], slots[number:], item)

    def _slot(self, node: Any, key: Any, before: int, at: int, item: Any) -> None:
        """Keep the list of what has no identity in step with the list that it mirrors."""
        slots = self._lists.setdefault((id(node), key), (node, []))[1]
        slots += [None] * (max(before, min(at, before)) - len(slots))
        grew = len(node.get(key) or ()) > before or at >= before
        slots += [None] * (at - len(slots))
        self.last = item if isinstance(item, dict) else Slot()
        if not grew and at < len(slots):
            slots[at] = self.last
        else:
            slots.insert(at, self.last)

    def into(self, other: Any, held: Any) -> None:
        """What was in a node is now in another one, as far as the two agree."""
        if other is held or not isinstance(other, dict) or not isinstance(held, dict):
            return
        self._moved[id(other)] = (other, held)
        for key, value in other.items():
            present = held.get(key)
            if present is value:
                self._continue(other, held, key)
            elif isinstance(value, dict):
                self.into(value, present)
            elif isinstance(value, list) and isinstance(present, list):
                self._continue(other, held, key)
                self._items(value, present)
            elif present != value:
                self._lost.add((id(other), key))

    def _items(self, values: list[Any], present: list[Any]) -> None:
        known = {id(item) for item in present}
        for value in values:
            if isinstance(value, dict) and id(value) not in known:
                equal = next((item for item in present if item == value), None)
                self.into(value, equal)

    def _continue(self, other: Any, held: Any, key: Any) -> None:
        """The slots of a list that was appended to another one."""
        found = self._lists.get((id(other), key))
        if found is None or not isinstance(held.get(key), list):
            return
        if held[key] is other[key]:
            self._lists[id(held), key] = (held, found[1])
            return
        slots = self._lists.setdefault((id(held), key), (held, []))[1]
        if slots is not found[1] and not (found[1] and found[1][-1] in slots):
            slots += [None] * (len(held[key]) - len(other[key]) - len(slots))
            slots += found[1]

    # -- what became of the marks ------------------------------------------------------------

    def found(self, roots: Mapping[str, Any]) -> Iterator[tuple[Where, Mark]]:
        """Each mark with the path of its element below one of the roots; marks of what was given up are left out."""
        index: dict[int, Where] = {}
        for name, root in roots.items():
            self._index(root, (name,), index)
        for mark in self.marks:
            if (id(mark.node), mark.key) in self._lost:
                continue
            node, key = self._moved_key(mark)
            path = self._path(node, index)
            if path is not None:
                yield (path if key is None or key == "" else (*path, key)), mark

    def _moved_key(self, mark: Mark) -> tuple[Any, Any]:
        """The node and key of a mark, also where they were those of a part of a run."""
        found = self._runs.get(id(mark.node))
        if found is None:
            return mark.node, mark.key
        part, holder, first, number = found
        if isinstance(part, Slot):
            return holder, number
        moved = isinstance(mark.key, int) and mark.key >= first
        return holder, mark.key + number - first if moved else mark.key

    def _path(self, node: Any, index: Mapping[int, Where]) -> Where | None:
        seen = 0
        while id(node) not in index and id(node) in self._moved and seen < 100:
            node, seen = self._moved[id(node)][1], seen + 1
        return index.get(id(node))

    def _index(self, node: Any, path: Where, index: dict[int, Where]) -> None:
        if isinstance(node, dict):
            index.setdefault(id(node), path)
            for key, value in node.items():
                self._index(value, (*path, key), index)
            self._index_slots(node, path, index)
        elif isinstance(node, list):
            for number, value in enumerate(node):
                self._index(value, (*path, number), index)

    def _index_slots(self, node: Any, path: Where, index: dict[int, Where]) -> None:
        for key in node:
            found = self._lists.get((id(node), key))
            if found is not None:
                for number, slot in enumerate(found[1]):
                    if slot is not None:
                        index.setdefault(id(slot), (*path, key, number))


def path_text(where: Where) -> str:
    """`Bundle.entry[2].resource.name[0]`."""
    text = ""
    for part in where:
        if part is None:
            text += "[*]"
        elif isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else str(part)
    return text


def hl7v2_text(message: Message, where: Where) -> str:
    """`PID-3[2].4.1`, in the notation of `runtime.codecs.hl7v2.positions`: numbers only where there are several."""
    segment = message.segments[where[0]]
    text = segment_positions(message.segments)[where[0]]
    if len(where) == 1:
        return text
    field = segment[where[1]] if where[1] < len(segment) else ""
    repetitions = field.split("~")
    text += f"-{where[1]}"
    if len(where) == 2:
        return text
    chosen = where[2] if where[2] is not None else 1
    text += f"[{chosen}]" if len(repetitions) > 1 and where[2] is not None else ""
    components = repetitions[chosen - 1].split("^") if chosen <= len(repetitions) else [""]
    if len(where) < 4 or where[3] is None:
        return text
    component = components[where[3] - 1] if where[3] <= len(components) else ""
    text += f".{where[3]}" if len(components) > 1 or "&" in component or where[3] > 1 else ""
    if len(where) < LEAF or (where[4] == 1 and "&" not in component):
        return text
    return f"{text}.{where[4]}"
