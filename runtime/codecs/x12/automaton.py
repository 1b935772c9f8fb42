"""The automaton that gives each segment of a transaction its place among the loops of its set.

A state is the position that took the last segment. A move is worked out once for a state, a segment id and the
qualifiers that matter, from the table alone, and cached. The places that could take a segment are tried in this order:

1. in the innermost open loop, from the current position on; a loop is entered by its first segment;
2. the same in each enclosing loop, innermost first, so that inner loops close;
3. earlier places in open loops, innermost first: the segment is out of order. It is put there, and the loops that are
   open stay open, unless it begins a loop of its own;
4. as 1 and 2, but with a first element that is none of the position's codes.

A segment without a place is kept where it stands. If its id begins loops (an NM1 with an unknown qualifier), what
follows belongs to a loop that the table does not have: it is kept too, until a segment comes that begins a known loop
or has its place in an enclosing one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias, final

from runtime.codecs.x12.table import LoopNode, SegmentNode, SetTable, compile_root, value_at

CONTROL = frozenset({"ISA", "IEA", "GS", "GE", "ST", "SE"})
"""Segments that end a transaction, wherever they stand."""

Found: TypeAlias = "tuple[SegmentNode | LoopNode, tuple[LoopNode, ...]]"
"""A place that takes a segment, and the loops that open with it."""

_HIERARCHY = "HL"


class Move(NamedTuple):
    """Where a segment goes.

    `node` is its position, None if it has none. `keep` is how many of the open loops stay open; `opens` are the loops
    that begin with it; `depth` is the depth of the loop that takes it. `problem` is `""`, `order` or `unplaced`.
    `control` tells that it belongs to the envelope. `simple` is the slot of the one loop that opens and the slot of its
    first segment, if no more is to be done than to put them there.
    """

    node: SegmentNode | None
    keep: int
    opens: tuple[LoopNode, ...]
    depth: int
    problem: str = ""
    control: bool = False
    simple: tuple[str, str] | None = None


Entry: TypeAlias = "tuple[State, str | None, Move]"
"""Next state, the slot of the innermost open loop that simply takes the segment (else None), and the move."""


@final
class Choice(dict[Any, "Entry"]):
    """Entries by the qualifiers that tell positions of a segment id apart.

    With one qualifier the key is its value, found at `element` and `component` (0 or 1); with several, or another
    component, `element` is 0 and the key is the tuple of values. Values that no position of the id knows are all one,
    the key `""`.
    """

    __slots__ = ("component", "element", "qualifiers")

    def __init__(self, qualifiers: dict[tuple[int, int], set[str]]) -> None:
        super().__init__()
        self.qualifiers = qualifiers
        (self.element, self.component), *others = qualifiers
        if others or self.component > 1:
            self.element = self.component = 0

    def key(self, segment: list[str]) -> str | tuple[str, ...]:
        """The qualifiers of a segment, `""` for each value that no position knows."""
        values = []
        for (element, component), codes in self.qualifiers.items():
            value = value_at(segment, element, component)
            values.append(value if value in codes else "")
        return tuple(values) if self.element == 0 else values[0]


class State(dict[str, "Entry | Choice"]):
    """Moves by segment id from one position. `lost` is the depth of the loop that holds an unknown loop, else None."""

    __slots__ = ("lost", "node", "unknown_hierarchy")

    def __init__(self, node: SegmentNode, lost: int | None = None, unknown_hierarchy: bool = False) -> None:
        super().__init__()
        self.node = node
        self.lost = lost
        self.unknown_hierarchy = unknown_hierarchy

    @property
    def depth(self) -> int:
        """Depth of the loop that keeps a segment without a place."""
        return self.node.loop.depth if self.lost is None else self.lost


class Automaton:
    """All states of one set, made on demand. Their number is bounded by the table, whatever the input."""

    def __init__(self, table: SetTable) -> None:
        self.table = table
        self.root = compile_root(table)
        self._states: dict[tuple[int, int | None, bool], State] = {}
        self._qualifiers: dict[str, dict[tuple[int, int], set[str]]] = {}
        for node in self.root.segments():
            held = self._qualifiers.setdefault(node.id, {})
            for element, component, codes in node.strict:
                held.setdefault((element, component), set()).update(codes)
        self.names = frozenset(self._qualifiers)
        start = self.root.first
        if start is None:
            raise ValueError("a set begins with a segment")
        self.start = self.state(start)

    def state(self, node: SegmentNode, lost: int | None = None, unknown_hierarchy: bool = False) -> State:
        """The state after `node` took a segment."""
        key = (id(node), lost, unknown_hierarchy)
        found = self._states.get(key)
        if found is None:
            found = self._states[key] = State(node, lost, unknown_hierarchy)
        return found

    def find(self, state: State, segment: list[str]) -> Entry:
        """The entry for a segment that the state has none for yet; kept for the next time if its key is known."""
        name = segment[0]
        if name in CONTROL:
            entry: Entry = (state, None, Move(None, state.depth + 1, (), state.depth, control=True))
            state[name] = entry
            return entry
        qualifiers = self._qualifiers.get(name)
        if qualifiers is None:
            move, following = self._unplaced(state, segment)
            return following, None, move
        if not qualifiers:
            state[name] = entry = self._entry(state, segment)
            return entry
        choice = state.get(name)
        if not isinstance(choice, Choice):
            state[name] = choice = Choice(qualifiers)
        key = choice.key(segment)
        known = choice.get(key)
        if known is None:
            known = choice[key] = self._entry(state, segment)
        return known

    def _entry(self, state: State, segment: list[str]) -> Entry:
        move, next_state = self._move(state, segment)
        node = move.node
        plain = (
            node is not None
            and not move.problem
            and not move.opens
            and node.loop is state.node.loop
            and state.lost is None
        )
        return next_state, node.slot if plain and node is not None else None, move

    def _move(self, state: State, segment: list[str]) -> tuple[Move, State]:
        return (
            self._ahead(state, segment, True)
            or self._behind(state, segment)
            or self._ahead(state, segment, False)
            or self._unplaced(state, segment)
        )

    def _ahead(self, state: State, segment: list[str], strict: bool) -> tuple[Move, State] | None:
        """A place from the current one on, in the innermost loop that has one."""
        for loop, current in _levels(state.node):
            found = []
            for child in loop.children:
                if child.rank >= current.rank and _allowed(child, loop, state):
                    opens = _taken(child, segment, strict)
                    if opens is not None:
                        found.append((child, opens))
            if found:
                child, opens = _nearest(found, current)
                node = child if isinstance(child, SegmentNode) else _first(opens)
                simple = None
                if len(opens) == 1 and not opens[0].holds_unit and node.id != _HIERARCHY:
                    simple = (opens[0].slot, node.slot)
                return Move(node, loop.depth + 1, opens, node.loop.depth, simple=simple), self.state(node)
        return None

    def _behind(self, state: State, segment: list[str]) -> tuple[Move, State] | None:
        """An earlier place in a loop that is open."""
        for loop, current in _levels(state.node):
            for child in loop.children:
                if child.rank < current.rank and _allowed(child, loop, state):
                    opens = _taken(child, segment, True)
                    if opens:
                        node = _first(opens)
                        return Move(node, loop.depth + 1, opens, node.loop.depth, "order"), self.state(node)
                    if opens is not None and isinstance(child, SegmentNode):
                        return Move(child, state.node.loop.depth + 1, (), loop.depth, "order"), state
        return None

    def _unplaced(self, state: State, segment: list[str]) -> tuple[Move, State]:
        depth = state.depth
        open_depth = state.node.loop.depth + 1
        if segment[0] == _HIERARCHY and any(_begins(loop, _HIERARCHY) for loop, _ in _levels(state.node)):
            return Move(None, open_depth, (), 0, "unplaced"), self.state(state.node, 0, True)
        for loop, _ in _levels(state.node):
            if loop.depth <= depth and not state.unknown_hierarchy and _begins(loop, segment[0]):
                lost = self.state(state.node, loop.depth)
                return Move(None, open_depth, (), loop.depth, "unplaced"), lost
        return Move(None, open_depth, (), depth, "unplaced"), state


def _levels(node: SegmentNode) -> Iterator[tuple[LoopNode, SegmentNode | LoopNode]]:
    """The open loops, innermost first, each with its child that is current."""
    current: SegmentNode | LoopNode = node
    loop: LoopNode | None = node.loop
    while loop is not None:
        yield loop, current
        current, loop = loop, loop.parent


def _nearest(found: list[Found], current: SegmentNode | LoopNode) -> Found:
    """The nearest of several places: from the current one on if that may repeat, then later ones, then the rest."""
    least = current.index + (current.maximum == 1)
    return next((each for each in found if each[0].index >= least), found[0])


def _allowed(child: SegmentNode | LoopNode, loop: LoopNode, state: State) -> bool:
    """Whether a child may take a segment: a loop's first segment begins it anew, and unknown loops shut places."""
    if child.index == 0 and loop.parent is not None and isinstance(child, SegmentNode) and child.maximum == 1:
        return False
    if state.lost is None:
        return True
    first = child if isinstance(child, SegmentNode) else child.first
    if state.unknown_hierarchy:
        return loop.parent is None or (child is not first and first is not None and first.id == _HIERARCHY)
    return loop.depth < state.lost or (loop.depth == state.lost and isinstance(child, LoopNode))


def _taken(child: SegmentNode | LoopNode, segment: list[str], strict: bool) -> tuple[LoopNode, ...] | None:
    """The loops that open if the child takes the segment, outermost first; None if it does not."""
    if isinstance(child, SegmentNode):
        return () if child.takes(segment, strict) else None
    if not child.children:
        return None
    below = _taken(child.children[0], segment, strict)
    return None if below is None else (child, *below)


def _first(opens: tuple[LoopNode, ...]) -> SegmentNode:
    """The segment with which the innermost of the loops begins."""
    first = opens[-1].first
    if first is None:
        raise ValueError("a loop that opens begins with a segment")
    return first


def _begins(loop: LoopNode, name: str) -> bool:
    """Whether a loop directly below begins with the segment."""
    firsts = [child.first for child in loop.children if isinstance(child, LoopNode)]
    return any(first is not None and first.id == name for first in firsts)


_AUTOMATA: dict[int, Automaton] = {}
_MOST_AUTOMATA = 64


def automaton_of(table: SetTable) -> Automaton:
    """The automaton of a set, compiled on the first use of its table."""
    found = _AUTOMATA.get(id(table))
    if found is None or found.table is not table:
        if len(_AUTOMATA) >= _MOST_AUTOMATA:
            _AUTOMATA.clear()
        found = _AUTOMATA[id(table)] = Automaton(table)
    return found
