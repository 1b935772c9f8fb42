"""The automaton that gives each segment of a message its place in the message structure.

A state is the structure's leaf that took the last segment. A move is worked out once for a state and a
segment name, from the structure alone, and cached. Among the places that bear the name, the cheapest wins,
the nearest first:

* 0 for each place that the structure allows next: a repetition, a later place, a new repetition of an
  enclosing group;
* 1 for each required member that is passed over on the way;
* 0.9 for an earlier place in a group that is still open (the order is off), a little more if it lies in a
  closed group;
* 1.5 for one more occurrence of a segment that may occur once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from runtime.codecs.hl7v2.model import Structures

_BACKWARD = 0.9
_BACKWARD_INTO_GROUP = 0.02
_SURPLUS = 1.5


@dataclass(slots=True, eq=False)
class Node:
    """A segment or group of a structure. `maximum` is None if it may repeat without end."""

    slot: str
    name: str
    minimum: int
    maximum: int | None
    parent: Node | None
    index: int
    children: list[Node] = field(default_factory=list)
    is_group: bool = False

    @property
    def repeats(self) -> bool:
        """Whether it may occur more than once."""
        return self.maximum != 1

    def groups(self) -> list[Node]:
        """Enclosing groups, outermost first, without the root."""
        found: list[Node] = []
        node = self.parent
        while node is not None and node.parent is not None:
            found.append(node)
            node = node.parent
        return found[::-1]


class Entry(NamedTuple):
    """Groups to open below the outermost `keep`: each a slot, and whether its last occurrence goes on."""

    keep: int
    groups: tuple[tuple[str, bool], ...]


class Irregular(NamedTuple):
    """What is wrong with a move. `kind` is `gap`, `backward`, `surplus` or `unplaced`.

    `single` tells that the slot takes one segment; `otherwise` is the next best move if it is taken;
    `stay` keeps the state, so that the groups that are open now stay open.
    """

    kind: str
    single: bool = False
    stay: bool = False
    otherwise: Move | None = None


class Move(NamedTuple):
    """Where a segment goes: next state, slot, groups to open (None: the same group), and what is wrong."""

    state: State
    slot: str
    entry: Entry | None
    irregular: Irregular | None


class State(dict[str, Move]):
    """Moves from one leaf by segment name, worked out on demand. Names of no slot are not cached.

    `complete` tells that a message may end here: nothing required follows in a group that is open.
    """

    __slots__ = ("_automaton", "complete", "leaf")

    def __init__(self, automaton: Automaton, leaf: Node | None) -> None:
        super().__init__()
        self._automaton = automaton
        self.leaf = leaf
        self.complete = not any(
            later.minimum > 0
            for group, index in _levels(automaton.root, leaf)
            for later in group.children[index + 1 :]
        )

    def __missing__(self, name: str) -> Move:
        if name not in self._automaton.names:
            return Move(self, "", None, Irregular("unplaced"))
        move = self._automaton.find(self, name)
        self[name] = move
        return move


class Candidate(NamedTuple):
    """One place that could take a segment. `order` grows with the distance from the current place.

    `keep` open groups stay open; `fresh` tells that the first group below them begins anew.
    """

    cost: float
    order: int
    leaf: Node
    kind: str
    keep: int
    fresh: bool = False


class Automaton:
    """Places for the segments of one message structure."""

    def __init__(self, nodes: list[Any]) -> None:
        self.root = Node("", "", 1, 1, None, 0, is_group=True)
        self.names: set[str] = set()
        self._grow(self.root, nodes)
        self._states: dict[Node | None, State] = {}
        self.start = self._state(None)

    def find(self, state: State, name: str) -> Move:
        """The best move for a segment that the structure knows."""
        candidates = sorted(self._candidates(state.leaf, name), key=lambda one: one[:2])
        return self._choose(state, candidates)

    def _grow(self, parent: Node, nodes: list[Any]) -> None:
        for index, (slot, name, minimum, maximum, children) in enumerate(nodes):
            node = Node(slot, name, minimum, maximum, parent, index, is_group=children is not None)
            parent.children.append(node)
            if children is None:
                self.names.add(name)
            else:
                self._grow(node, children)

    def _state(self, leaf: Node | None) -> State:
        return self._states.setdefault(leaf, State(self, leaf))

    def _candidates(self, current: Node | None, name: str) -> Iterator[Candidate]:
        if current is not None and current.name == name:
            cost = 0.0 if current.repeats else _SURPLUS
            yield Candidate(cost, 0, current, "surplus" if cost else "", len(current.groups()))
        levels = _levels(self.root, current)
        passed = 0
        for number, (group, index) in enumerate(levels):
            keep = len(levels) - 1 - number
            order = number * 10_000
            for sibling in group.children[index + 1 :]:
                for leaf, skipped in _entries(sibling, name):
                    yield _forward(passed + skipped, order + sibling.index + 1, leaf, keep)
                passed += sibling.minimum > 0
            if group.repeats:
                for leaf, skipped in _entries(group, name):
                    yield _forward(passed + skipped, order + 5_000, leaf, keep - 1, fresh=True)
            yield from _backward(group, index, name, keep, order + 6_000)

    def _choose(self, state: State, candidates: list[Candidate]) -> Move:
        best = candidates[0]
        groups = best.leaf.groups()
        opened = tuple((group.slot, _continues(best, group)) for group in groups[best.keep :])
        here = len(state.leaf.groups()) if state.leaf is not None else 0
        same = best.keep == here and not opened
        entry = None if same else Entry(best.keep, opened)
        stay = best.kind == "backward" and not opened
        single = not best.leaf.repeats
        irregular = None
        if best.kind:
            otherwise = self._choose(state, candidates[1:]) if single and len(candidates) > 1 else None
            irregular = Irregular(best.kind, single, stay, otherwise)
        return Move(state if stay else self._state(best.leaf), best.leaf.slot, entry, irregular)


_compiled: dict[int, tuple[Structures, dict[str, Automaton]]] = {}
_MOST_COMPILED = 16


def automaton_of(structures: Structures, structure: str) -> Automaton:
    """The automaton of one structure, made once. Raises KeyError if the set lacks it."""
    known = _compiled.get(id(structures))
    if known is None:
        if len(_compiled) >= _MOST_COMPILED:
            _compiled.clear()
        # The set is kept alive beside its automata, so its id cannot be given to another one.
        known = _compiled[id(structures)] = (structures, {})
    automata = known[1]
    found = automata.get(structure)
    if found is None:
        found = automata[structure] = Automaton(structures["messages"][structure])
    return found


def _levels(root: Node, current: Node | None) -> list[tuple[Node, int]]:
    """Enclosing groups of the current leaf, innermost first, each with the index of its current member."""
    if current is None:
        return [(root, -1)]
    levels: list[tuple[Node, int]] = []
    node = current
    while node.parent is not None:
        levels.append((node.parent, node.index))
        node = node.parent
    return levels


def _entries(node: Node, name: str) -> Iterator[tuple[Node, int]]:
    """Leaves of that name at or below a node, each with the number of required members before it."""
    if not node.is_group:
        if node.name == name:
            yield node, 0
        return
    passed = 0
    for child in node.children:
        for leaf, skipped in _entries(child, name):
            yield leaf, passed + skipped
        passed += child.minimum > 0


def _forward(cost: int, order: int, leaf: Node, keep: int, fresh: bool = False) -> Candidate:
    return Candidate(float(cost), order, leaf, "gap" if cost else "", keep, fresh)


def _backward(group: Node, index: int, name: str, keep: int, order: int) -> Iterator[Candidate]:
    for sibling in reversed(group.children[: max(index, 0)]):
        for leaf, _ in _entries(sibling, name):
            depth = len(leaf.groups()) - keep
            cost = _BACKWARD + _BACKWARD_INTO_GROUP * depth
            yield Candidate(cost, order + index - sibling.index, leaf, "backward", keep)


def _continues(chosen: Candidate, group: Node) -> bool:
    """Whether a group's last occurrence goes on: the segment does not begin the group."""
    if not chosen.kind or (chosen.fresh and len(group.groups()) == chosen.keep):
        return False
    begins = next(_entries(group, chosen.leaf.name), None) == (chosen.leaf, 0)
    return not group.repeats or not begins
