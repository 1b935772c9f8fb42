"""Builds the loops of one transaction, and gives them away unit by unit."""

from __future__ import annotations

from runtime.codecs.findings import BAD_HIERARCHY, SEGMENT_OUT_OF_ORDER, TOO_LARGE, UNKNOWN_SEGMENT
from runtime.codecs.limits import Limits
from runtime.codecs.x12.automaton import Automaton, Choice, Move
from runtime.codecs.x12.delimiters import COMPONENT
from runtime.codecs.x12.events import AckKind, Fault, Irregular, Loop, Placed, Segment, Slice
from runtime.codecs.x12.framing import Batch
from runtime.codecs.x12.hierarchy import Hierarchy
from runtime.codecs.x12.table import UNPLACED, LoopNode, value_at
from runtime.errors import Finding


class Assembler:
    """The open loops of a transaction, and what has come since the last slice.

    `feed` takes segments until one belongs to the envelope or a slice is ready; `ready` holds slices to give away.
    """

    def __init__(self, automaton: Automaton, st: Segment, limits: Limits, known: bool = True) -> None:
        self.ready: list[Slice] = []
        self._automaton = automaton
        self._limits = limits
        self._known = known
        number = st[2] if len(st) > 2 else ""
        self._number = number if number.isalnum() and number.isascii() and len(number) <= 9 else "?"
        self._state = automaton.start
        root = automaton.root
        self._deepest = 0
        self._frames: list[Loop] = [{automaton.start.node.slot: [st]}]
        self._hierarchy = Hierarchy()
        self._unit: int | None = 0 if root.is_unit else None
        self._part = 0
        self._context = 0
        self._first = 2
        self._opened: tuple[LoopNode, ...] = (root,)
        self._batch = Batch([], [], "*")
        self._synced = 0
        self._fresh()

    def _fresh(self) -> None:
        self._segments: list[Segment] = []
        self._moves: list[Move] = []
        self._offsets: list[int] = []
        self._irregular: dict[int, Irregular] = {}
        self._faults: list[Fault] = []

    def feed(  # noqa: PLR0915  # one loop without calls: it runs for each segment
        self, batch: Batch, lines: enumerate[str], start: int
    ) -> tuple[int, Segment | None]:
        """Take segments from `start` on; the index of the next one, and the envelope's segment that stopped it.

        `lines` enumerates the batch's lines, and has been used up to `start`.
        """
        self._batch, self._synced = batch, start
        separator = batch.element
        state, loop = self._state, self._frames[-1]
        segments, moves = self._segments, self._moves
        find, frames, deepest = self._automaton.find, self._frames, self._deepest
        at = start - 1
        for at, line in lines:
            segment = line.split(separator)
            entry = state.get(segment[0])
            if type(entry) is Choice:
                value = segment[entry.element] if 0 < entry.element < len(segment) else ""
                entry = entry.get(value.partition(COMPONENT)[0] if entry.component else value)
            if entry is None:
                entry = find(state, segment)
            following, slot, move = entry
            if slot is not None:
                held = loop.get(slot)
                if held is None:
                    loop[slot] = [segment]
                else:
                    held.append(segment)
                segments.append(segment)
                moves.append(move)
                state = following
                continue
            simple = move.simple
            if simple is not None and move.keep > deepest:
                del frames[move.keep :]
                loop = {simple[1]: [segment]}
                frames[-1].setdefault(simple[0], []).append(loop)
                frames.append(loop)
                segments.append(segment)
                moves.append(move)
                state = following
                continue
            self._state = state
            if move.control:
                self._sync(at)
                return at + 1, segment
            self._apply(move, segment, at)
            state = following
            if self.ready:
                break
            loop, segments, moves, deepest = frames[-1], self._segments, self._moves, self._deepest
        self._state = state
        self._sync(at + 1)
        if len(self._segments) >= self._limits.segments:
            self._cut()
        return at + 1, None

    def end(self, se: Segment | None, offset: int, odd: Irregular | None = None) -> Placed:
        """Close what is open. The rest of the transaction: its tree without units, segments since the last slice."""
        root = self._frames[0]
        unit = self._unit
        node = next(
            (n for n in self._automaton.root.children if n.slot == "SE" and not isinstance(n, LoopNode)), None
        )
        if unit != 0 and (unit is not None or (self._segments and self._deepest > 0)):
            self._finish(1)
        del self._frames[1:]
        if se is not None:
            self._segments.append(se)
            self._moves.append(Move(node, 1, (), 0))
            self._offsets.append(offset)
            if odd is not None:
                self._irregular[len(self._segments) - 1] = odd
            root.setdefault("SE", []).append(se)
        if unit == 0:
            self._finish(0)
        return Placed(
            offset,
            tree=root,
            first=self._first,
            segments=self._segments,
            moves=self._moves,
            offsets=self._offsets,
            irregular=self._irregular,
            faults=self._faults,
            opened=self._opened,
            closed=0,
        )

    @property
    def ordinal(self) -> int:
        """The ordinal of the next segment in its transaction."""
        return self._first + len(self._segments)

    def _sync(self, upto: int) -> None:
        """Take over offsets and irregular bytes of the segments that were placed."""
        batch, start = self._batch, self._synced
        if batch.irregular:
            shift = len(self._offsets) - start
            for index in range(start, upto):
                if index in batch.irregular:
                    self._irregular[index + shift] = batch.irregular[index]
        self._offsets += batch.offsets[start:upto]
        self._synced = upto

    def _apply(self, move: Move, segment: Segment, at: int) -> None:
        """A move that is more than a segment or a loop that is put into the innermost loop."""
        nodes = self._state.node.loop.chain
        if len(self._frames) > move.keep:
            self._close(nodes, move.keep, at)
        if move.opens:
            nodes = move.opens[-1].chain
            level = segment[0] == "HL"
            usual = level and self._hierarchy.follows(
                nodes[-1], value_at(segment, 1, 0), value_at(segment, 2, 0)
            )
            if level and not usual and nodes[-1].holds_unit:
                self._hang(nodes[-1], segment, at)
            for loop in move.opens:
                self._open(loop)
            if level:
                self._level(nodes, segment, at, usual)
        if move.problem:
            self._context += move.depth < self._deepest
            self._tell_place(move, nodes, segment, at)
        slot = UNPLACED if move.node is None else move.node.slot
        self._frames[min(move.depth, len(self._frames) - 1)].setdefault(slot, []).append(segment)
        self._segments.append(segment)
        self._moves.append(move)

    def _open(self, loop: LoopNode) -> None:
        frame: Loop = {}
        if not loop.holds_unit:
            self._frames[-1].setdefault(loop.slot, []).append(frame)
        else:
            self._deepest = loop.depth
            if loop.is_unit:
                self._context += len(self._segments)
                self._unit = loop.depth
                self._part = 0
        self._frames.append(frame)

    def _close(self, nodes: tuple[LoopNode, ...], keep: int, at: int) -> None:
        if keep <= self._deepest:
            if self._unit is not None or self._segments:
                self._sync(at)
                self._finish(keep)
            self._deepest = keep - 1
        for closed in nodes[keep:]:
            self._hierarchy.close(closed.depth)
        del self._frames[keep:]

    def _finish(self, keep: int) -> None:
        """A slice of what has come: the unit, or loops above units in which there was none."""
        given = self._offsets[0] if self._offsets else 0
        self._give(keep)
        self._unit = None
        if self._context > self._limits.segments:
            self._context = sum(
                len(held) for frame in self._frames[: self._deepest] for held in frame.values()
            )
            if self._context > self._limits.segments:
                self._empty(0, self._deepest)
                words = (
                    "loops that hold others are larger than the limit: they go on with their first segments"
                )
                self._tell(TOO_LARGE, "error", words, "", [""], self.ordinal, given)

    def _give(self, keep: int | None) -> None:
        nodes = self._state.node.loop.chain
        depth = self._deepest
        tree = self._frames[depth]
        for above in range(depth - 1, -1, -1):
            tree = {**self._frames[above], nodes[above + 1].slot: [tree]}
        given = Slice(
            self._offsets[0] if self._offsets else 0,
            tree,
            self._first,
            nodes[depth] if self._unit is not None else None,
            self._part,
            segments=self._segments,
            moves=self._moves,
            offsets=self._offsets,
            irregular=self._irregular,
            faults=self._faults,
            opened=self._opened,
            closed=keep,
        )
        self.ready.append(given)
        self._first += len(self._segments)
        self._opened = nodes if keep is None else nodes[:keep]
        self._fresh()

    def _cut(self) -> None:
        """Give away a part of a unit that is too large to be held, and go on with its loops' first segments."""
        nodes = self._state.node.loop.chain
        depth = self._deepest
        self._part += 1
        words = f"more than {self._limits.segments} segments: given in parts, each by itself"
        place = nodes[depth].path or nodes[depth].slot
        self._tell(TOO_LARGE, "error", words, place, self._segments[-1], self.ordinal - 1, self._offsets[-1])
        self._give(None)
        self._empty(0 if self._unit is None else depth, len(self._frames))

    def _empty(self, start: int, stop: int) -> None:
        """Let open loops go on with their first segments only."""
        nodes = self._state.node.loop.chain
        for number in range(start, stop):
            first = nodes[number].first
            old = self._frames[number]
            fresh: Loop = {first.slot: old[first.slot][:1]} if first is not None and first.slot in old else {}
            self._frames[number] = fresh
            if number > self._deepest:
                self._frames[number - 1].setdefault(nodes[number].slot, []).append(fresh)

    def _hang(self, loop: LoopNode, segment: Segment, at: int) -> None:
        """Go back to the loop that HL02 names, if it has closed already."""
        place = self._hierarchy.elsewhere(loop, value_at(segment, 2, 0))
        if place is not None:
            if self._segments:
                self._sync(at)
                self._finish(loop.depth)
            self._frames[:] = place.frames
            words = "HL02 names a loop that has closed, and decides"
            offset = self._batch.offsets[at]
            self._tell(BAD_HIERARCHY, "warning", words, loop.path, segment, self.ordinal, offset, 2, "7")

    def _level(self, nodes: tuple[LoopNode, ...], segment: Segment, at: int, usual: bool) -> None:
        """Check an HL, and remember its loop if others may hang in it."""
        number, parent = value_at(segment, 1, 0), value_at(segment, 2, 0)
        problem = None if usual else self._hierarchy.open(nodes[-1].depth, number, parent)
        if problem:
            element, words = problem
            offset, path = self._batch.offsets[at], nodes[-1].path
            self._tell(BAD_HIERARCHY, "error", words, path, segment, self.ordinal, offset, element, "8")
        if nodes[-1].holds_unit and not nodes[-1].is_unit:
            self._hierarchy.remember(number, nodes[-1], self._frames)

    def _tell_place(self, move: Move, nodes: tuple[LoopNode, ...], segment: Segment, at: int) -> None:
        offset, ordinal = self._batch.offsets[at], self.ordinal
        if move.problem == "order" and move.node is not None:
            path = move.node.loop.path
            self._tell(
                SEGMENT_OUT_OF_ORDER,
                "warning",
                "stands behind its place",
                path,
                segment,
                ordinal,
                offset,
                0,
                "7",
            )
        elif self._known:
            path = nodes[min(move.depth, len(nodes) - 1)].path
            ack = "2" if segment[0] in self._automaton.names else "1"
            words = (
                "the loop has no place for it" if ack == "2" else "the transaction set has no such segment"
            )
            self._tell(UNKNOWN_SEGMENT, "error", words, path, segment, ordinal, offset, 0, ack)

    def _tell(
        self,
        code: str,
        level: str,
        words: str,
        path: str,
        segment: Segment,
        ordinal: int,
        offset: int,
        element: int = 0,
        ack: str = "",
    ) -> None:
        most = self._limits.findings
        if len(self._faults) > most:
            return
        name = (
            segment[0]
            if segment[0].isalnum() and len(segment[0]) <= 3 and segment[0].isascii()
            else "segment"
        )
        place = f"{path}/{name}".lstrip("/") + (f"{element:02}" if element else "")
        where = f"{place} (segment {ordinal} of ST {self._number})"
        if len(self._faults) == most:
            code, level, words = TOO_LARGE, "warning", f"further findings after {most} are not listed"
        finding = Finding(code, "error" if level == "error" else "warning", words, where)
        kind: AckKind = "IK304" if ack else ""
        self._faults.append(
            Fault(finding, kind, ack, path.rsplit("/", 1)[-1], name, ordinal, element, offset)
        )
