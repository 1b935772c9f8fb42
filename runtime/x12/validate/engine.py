"""Checks a transaction as its segments come: elements, counts, what is missing, and the rules of complete loops.

Memory holds the open loops and one unit (a claim); what came before is gone. A unit's findings are handed out when it
is complete, so that one bad claim never hides the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runtime.codecs.x12.events import Placed
from runtime.codecs.x12.table import LoopNode
from runtime.x12.validate import finding as kinds
from runtime.x12.validate.codelists import CodeLists
from runtime.x12.validate.coding import Coded, CodedElement, check_codes
from runtime.x12.validate.elements import broken, faults
from runtime.x12.validate.fast import SEPARATOR
from runtime.x12.validate.finding import Kind, Trigger, X12Finding
from runtime.x12.validate.frame import Entry, Frame, count, value
from runtime.x12.validate.numbering import Numbering
from runtime.x12.validate.plan import LoopPlan, SegmentPlan
from runtime.x12.validate.program import Program
from runtime.x12.validate.rule import Cause, Problem

_new = tuple.__new__  # makes an Entry without the detour over its Python constructor

_PASSED = "the segment comes later than the guide has it"

MOST_KEPT = 200_000
"""Segments of one unit that are kept for rules; a unit with more is checked without rules between segments."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A complete claim (837: 2300, 835: 2100), or whatever unit the set streams by.

    `number` counts from 1 in the transaction; `ordinal` is that of its first segment. It is accepted if neither it nor
    what stands above it (subscriber, provider) has an error.
    """

    number: int
    ordinal: int
    accepted: bool
    segment: Sequence[str]


class Checker:
    """Checks one transaction; feed it in order, and take what was found."""

    def __init__(self, program: Program, lists: CodeLists, values: bool = False) -> None:
        """`values` asks for values in findings."""
        self._program = program
        self._values = values
        self._plan = program.plan
        self._lists = lists
        self._numbering = Numbering(program.plan.name.startswith("837"))
        self._stack = [Frame(program.plan.root, None, 1)]
        self._found: list[X12Finding] = []
        self._units: list[Unit] = []
        self._coded: list[Coded] = []
        self._seen: set[str] = set()
        self._kept = 0
        self._keeping = True
        self._unit: Frame | None = None
        self.claims = 0

    def feed(self, placed: Placed) -> None:
        """Check the segments of one event."""
        self._kept += len(placed.segments)
        self._keeping = keeping = self._kept < MOST_KEPT
        ordinal = placed.first - 1
        stack, plans, came = self._stack, self._plan.segments, self._seen
        for move, segment in zip(placed.moves, placed.segments, strict=True):
            ordinal += 1
            if move.opens or len(stack) > move.keep:
                self._move(move.keep, move.opens, ordinal)
            depth, node = move.depth, move.node
            frame = stack[depth] if depth < len(stack) else stack[-1]
            if node is None:
                self._unplaced(segment, ordinal, frame)
                continue
            plan = plans[node]
            if move.problem:
                self._about(kinds.OUT_OF_ORDER, _PASSED, plan.loop, plan.id, ordinal, frame)
            seen, bit = frame.seen, plan.bit
            if bit & seen or plan.before & ~seen:
                self._unusual(plan, ordinal, frame)
            frame.seen = seen | bit
            joined = SEPARATOR.join(segment)
            if plan.fits(joined) is None or joined.count(SEPARATOR) != len(segment) - 1:
                self._explain(plan, segment, ordinal, frame)
            if len(segment) > plan.least:
                self._further(plan, segment, ordinal, frame)
            if keeping:
                entry: Entry = _new(Entry, (ordinal, segment))
                name = plan.id
                kept = frame.segments.get(name)
                if kept is None:
                    came.add(name)
                    frame.segments[name] = [entry]
                else:
                    kept.append(entry)
                if plan.coded:
                    self._note(plan.coded, frame, entry)
        if placed.closed is not None:
            self._settle(placed.closed, ordinal)

    def _settle(self, keep: int, ordinal: int) -> None:
        """The end of a slice or of the transaction: close what it closes."""
        self._move(max(keep, 1), (), ordinal + 1)
        if keep == 0:
            self._finish(self._stack[0], ordinal)

    def _move(self, keep: int, opens: Sequence[LoopNode], ordinal: int) -> None:
        """Close loops down to a number of open ones, then open others."""
        while len(self._stack) > keep:
            self._close(ordinal)
        for loop in opens:
            self._open(loop, ordinal)

    def start(self, st: Sequence[str]) -> None:
        """The ST with which the transaction begins."""
        root = self._stack[0]
        first = next((each for each in self._plan.root.children if isinstance(each, SegmentPlan)), None)
        if first is not None:
            root.seen |= first.bit
            if first.fits(SEPARATOR.join(st)) is None:
                self._explain(first, st, 1, root)

    def take(self) -> tuple[list[X12Finding], list[Unit]]:
        """Findings (by their place) and complete units since the last call."""
        if self._coded and self._unit is None:
            self._check_codes()
        found, self._found = self._found, []
        units, self._units = self._units, []
        found.sort(key=lambda each: (each.ordinal, each.element, each.component))
        return found, units

    # -- loops --------------------------------------------------------------------------------

    def _open(self, loop: LoopNode, ordinal: int) -> None:
        plan = self._plan.loops[loop]
        parent = self._stack[-1]
        frame = Frame(plan, parent, ordinal)
        if plan.bit & parent.seen:
            if plan.maximum is not None and count(parent, plan) > plan.maximum:
                message = f"the loop occurs more than {plan.maximum} time{'s' * (plan.maximum > 1)}"
                self._about(kinds.LOOP_COUNT, message, plan.id, plan.first, ordinal, frame)
        elif plan.before & ~parent.seen:
            _late(parent, plan.before & ~parent.seen, ordinal)
        if plan.unused:
            self._about(
                kinds.UNUSED_SEGMENT, "the guide does not use this loop", plan.id, plan.first, ordinal, frame
            )
        parent.seen |= plan.bit
        self._stack.append(frame)
        if plan.is_unit:
            self._begin(frame)
        self._seen.add(plan.id)
        if plan.kept and not plan.is_unit and self._keeping:
            parent.loops.setdefault(plan.id, []).append(frame)

    def _begin(self, frame: Frame) -> None:
        """A unit begins: what is missing above it is told first, so that the unit's verdict knows of it."""
        if self._coded:
            self._check_codes()
        self.claims += 1
        self._unit, self._kept = frame, 0
        self._seen.clear()
        above = frame.parent
        while above is not None:
            if above.late:
                self._missing(above, above.late, 0)
                above.late = None
            above = above.parent

    def _close(self, ordinal: int) -> None:
        frame = self._stack.pop()
        self._finish(frame, ordinal)
        if frame is self._unit:
            self._end_unit(frame)
        if not frame.plan.kept or frame.plan.is_unit:
            frame.let_go()

    def _finish(self, frame: Frame, ordinal: int) -> None:
        """What is missing in a complete loop, and its rules."""
        gone = frame.plan.required & ~frame.seen
        if gone or frame.late:
            self._missing(frame, frame.late or [], ordinal)
        if frame.plan.rules and self._keeping:
            seen = self._seen
            for each in frame.plan.rules:
                if each.when is None or each.when in seen:
                    for problem in each.check(frame):
                        self._problem(problem, each.id)

    def _end_unit(self, frame: Frame) -> None:
        self._check_codes()
        bad = False
        above: Frame | None = frame
        while above is not None:
            bad = bad or above.bad
            above = above.parent
        first = next(iter(frame.segments.values()))[0].segment if frame.segments else ()
        self._units.append(Unit(self.claims, frame.ordinal, not bad, first))
        self._unit, self._kept = None, 0

    def _missing(self, frame: Frame, late: list[tuple[int, int]], ordinal: int) -> None:
        """Tell required children that have not come; `ordinal` is where the loop ended, 0 while it is open."""
        told = 0
        for bits, place in late:
            self._tell_missing(frame, bits & ~frame.seen & ~told, place)
            told |= bits
        if ordinal:
            self._tell_missing(frame, frame.plan.required & ~frame.seen & ~told, ordinal)
        elif told:
            frame.seen |= told  # told once

    def _tell_missing(self, frame: Frame, bits: int, ordinal: int) -> None:
        for child in frame.plan.missing(bits):
            if isinstance(child, LoopPlan):
                message = "a required loop is missing"
                self._about(kinds.MISSING_LOOP, message, child.id, child.first, ordinal, frame)
            else:
                message = "a required segment is missing"
                place = _first_beside(frame, child, ordinal)
                self._about(kinds.MISSING_SEGMENT, message, child.loop, child.id, place, frame)

    # -- segments -----------------------------------------------------------------------------

    def _unusual(self, plan: SegmentPlan, ordinal: int, frame: Frame) -> None:
        """A segment at a position that has been taken before, or after a required one that has not come."""
        if not plan.bit & frame.seen:
            _late(frame, plan.before & ~frame.seen, ordinal)
        elif plan.maximum is not None and count(frame, plan) > plan.maximum:
            message = f"the segment occurs more than {plan.maximum} time{'s' * (plan.maximum > 1)}"
            self._about(kinds.SEGMENT_COUNT, message, plan.loop, plan.id, ordinal, frame)

    def _note(self, coded: tuple[CodedElement, ...], frame: Frame, entry: Entry) -> None:
        """Keep a segment for the check of its codes, unless all of them are known to be good."""
        segment = entry.segment
        for each in coded:
            if each.element >= len(segment):
                return
            code = segment[each.element]
            if code and code not in each.good:
                self._coded.append((coded, frame, entry))
                return

    def _further(self, plan: SegmentPlan, segment: Sequence[str], ordinal: int, frame: Frame) -> None:
        """Conditions between elements, and running numbers."""
        for least, condition, test in plan.conditions:
            if len(segment) <= least:
                break
            if not test(segment):
                kind, message = broken(condition)
                self._element(kind, message, plan, ordinal, frame, int(condition[1:3]))
        number = self._numbering.of.get(plan.id)
        wrong = number(segment) if number is not None else None
        if wrong is not None:
            self._element(kinds.NUMBERING, wrong[1], plan, ordinal, frame, wrong[0])

    def _explain(self, plan: SegmentPlan, segment: Sequence[str], ordinal: int, frame: Frame) -> None:
        """The exact checks, element by element."""
        if plan.unused:
            message = "the guide does not use this segment"
            self._about(kinds.UNUSED_SEGMENT, message, plan.loop, plan.id, ordinal, frame)
            return
        for each in faults(plan.elements, segment, self._program.lists):
            self._tell(
                X12Finding(
                    each.kind,
                    each.message,
                    plan.loop,
                    plan.id,
                    ordinal,
                    each.element,
                    each.component,
                    each.repetition,
                    each.data_element,
                    self._claim(frame),
                    value=each.value if self._values else "",
                ),
                frame,
            )

    def _unplaced(self, segment: Sequence[str], ordinal: int, frame: Frame) -> None:
        name = segment[0]
        known = name in self._program.ids
        kind = kinds.UNEXPECTED_SEGMENT if known else kinds.UNKNOWN_SEGMENT
        message = "the guide has no place for this segment here" if known else "the set has no such segment"
        shown = name if name.isalnum() and name.isascii() and len(name) <= 3 else "?"
        self._about(kind, message, frame.plan.shown, shown, ordinal, frame)

    def _check_codes(self) -> None:
        for codings, frame, entry in self._coded:
            for each in check_codes(codings, frame, entry, self._lists):
                coding = each.coding
                place = Problem(each.kind, each.message, frame, entry, coding.element, coding.component)
                place.status = each.status
                self._problem(place, f"CODE-{coding.list.upper()}")
        self._coded.clear()

    # -- telling ------------------------------------------------------------------------------

    def _problem(self, problem: Problem, rule: str) -> None:
        frame, entry, element, component = problem.frame, problem.entry, problem.element, problem.component
        known = entry is not None and element > 0
        self._tell(
            X12Finding(
                problem.kind,
                problem.message,
                problem.loop or frame.plan.shown,
                entry.segment[0] if entry is not None else problem.segment,
                entry.ordinal if entry is not None else frame.ordinal,
                element,
                component,
                data_element=frame.plan.data_element(entry.segment[0], element, component)
                if known and entry
                else "",
                claim=self._claim(frame),
                rule=rule,
                status=problem.status,
                value=value(entry.segment, element, component) if self._values and known and entry else "",
                warning=problem.warning,
                missing=problem.missing,
                trigger=_trigger(problem),
            ),
            frame,
        )

    def _element(
        self, kind: Kind, message: str, plan: SegmentPlan, ordinal: int, frame: Frame, element: int
    ) -> None:
        claim = self._claim(frame)
        self._tell(X12Finding(kind, message, plan.loop, plan.id, ordinal, element, claim=claim), frame)

    def _about(self, kind: Kind, message: str, loop: str, segment: str, ordinal: int, frame: Frame) -> None:
        claim = self._claim(frame)
        self._tell(X12Finding(kind, message, loop, segment, ordinal, claim=claim), frame)

    def _claim(self, frame: Frame) -> int:
        """The number of the claim that a loop belongs to; 0 above claims."""
        return self.claims if self._unit is not None and frame.within(self._unit) else 0

    def _tell(self, finding: X12Finding, frame: Frame) -> None:
        if finding.snip > self._program.snip:
            return
        self._found.append(finding)
        if finding.level == "error":
            frame.spoil()


def _first_beside(frame: Frame, child: SegmentPlan, ordinal: int) -> int:
    """Where a missing segment belongs: at the first of the segments that share its position, else at `ordinal`."""
    beside = [each for each in frame.plan.segments(child.id) if each.node.rank == child.node.rank]
    for entry in frame.all(child.id):
        if any(each.node.takes(list(entry.segment), True) for each in beside):
            return min(entry.ordinal, ordinal)
    return ordinal


def _late(frame: Frame, bits: int, ordinal: int) -> None:
    """Note that required children were passed; they may still come."""
    if frame.late is None:
        frame.late = []
    for noted, _ in frame.late:
        bits &= ~noted
    if bits:
        frame.late.append((bits, ordinal))


def _trigger(problem: Problem) -> Trigger | None:
    """Where the cause of a problem stands; what is missing is asked for by the place that is told."""
    cause = problem.cause
    if cause is None and problem.missing and problem.entry is not None:
        cause = Cause(problem.frame, problem.entry, problem.element, problem.component)
    if cause is None:
        return None
    plan, name = cause.frame.plan, cause.entry.segment[0]
    number = plan.data_element(name, cause.element, cause.component) if cause.element else ""
    return Trigger(name, cause.entry.ordinal, plan.shown, cause.element, cause.component, number)
