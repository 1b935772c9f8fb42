"""Validation of a stream: takes the codec's events as they come, gives findings, units and verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Literal

from runtime.codecs.limits import DEFAULT_LIMITS, Limits
from runtime.codecs.x12 import (
    Event,
    GroupEnd,
    GroupStart,
    InterchangeEnd,
    InterchangeStart,
    LoopNode,
    Placed,
    Segments,
    SetTable,
    TransactionEnd,
    TransactionStart,
    automaton_of,
    read,
)
from runtime.x12.policy import rejects
from runtime.x12.validate.codelists import CodeLists, load_lists
from runtime.x12.validate.convert import converted
from runtime.x12.validate.elements import ElementTable, broken, faults, holds
from runtime.x12.validate.engine import Checker, Unit
from runtime.x12.validate.finding import X12Finding
from runtime.x12.validate.program import Program, compile_program

Verdict = Literal["accepted", "accepted in part", "rejected"]


@dataclass(frozen=True, slots=True)
class TransactionResult:
    """The verdict about one transaction, when its end has come.

    It is rejected if it has an error outside of its claims, or no good claim; accepted in part if some claims have
    errors (a 277CA says which). Where `strict` is set, an error of SNIP 1 or 2 anywhere rejects it. `set` is empty for
    a set that is not known.
    """

    set: str
    version: str
    control: str
    offset: int
    segments: int
    claims: int
    rejected: int
    errors: int
    warnings: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Checked:
    """What validation says about one event: findings by place, units that are complete, the verdict at an SE."""

    event: Event
    findings: Sequence[X12Finding] = ()
    units: Sequence[Unit] = ()
    result: TransactionResult | None = None


@dataclass(slots=True)
class _Account:
    """What is counted of the transaction that is open."""

    start: TransactionStart
    strict: bool = False
    errors: int = 0
    warnings: int = 0
    claims: int = 0
    rejected: int = 0
    broken: bool = False
    outside: bool = False

    def add(self, findings: Sequence[X12Finding], units: Sequence[Unit]) -> None:
        for each in findings:
            if each.level == "error":
                self.errors += 1
                self.broken = self.broken or each.snip <= 2
                self.outside = self.outside or (not each.claim and each.loop[:2] != "20")
            elif each.level == "warning":
                self.warnings += 1
        self.claims += len(units)
        self.rejected += sum(not unit.accepted for unit in units)

    def verdict(self) -> Verdict:
        unknown = self.start.table is None
        if rejects(unknown, self.outside, self.broken, self.strict) or (
            self.claims and self.rejected == self.claims
        ):
            return "rejected"
        if not self.claims and self.errors:
            return "rejected"
        return "accepted in part" if self.rejected else "accepted"


@dataclass(slots=True)
class Validation:
    """Checks a stream of events, `check` once for each in its order. Sets are compiled on their first use.

    `envelope` are the structure nodes of ISA, GS, GE and IEA; without them only the codec's checks of the envelope run.
    `snip` is the highest SNIP type that is checked, `values` puts values of the input into findings.
    With `strict` one error of SNIP 1 or 2 rejects its transaction.
    """

    sets: Mapping[str, SetTable]
    lists: CodeLists = field(default_factory=load_lists)
    envelope: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    snip: int = 5
    values: bool = False
    strict: bool = False
    _programs: dict[str, tuple[LoopNode, Program]] = field(default_factory=dict)
    _checker: Checker | None = None
    _account: _Account | None = None

    def check(self, event: Event) -> Checked:
        """What is wrong with what an event brings."""
        if isinstance(event, TransactionStart):
            return self._begin(event)
        if isinstance(event, Placed):
            return self._placed(event)
        return Checked(event, [*self._faults(event), *self._envelope(event)])

    def stream(self, source: BinaryIO | bytes, limits: Limits = DEFAULT_LIMITS) -> Iterator[Checked]:
        """Read a stream and check it. Raises `DecodeError` R132 if it holds no interchange."""
        for event in read(source, self.sets, limits):
            yield self.check(event)

    @property
    def not_loaded(self) -> list[str]:
        """Code lists that were needed and are not loaded; their codes were checked for their form only."""
        return sorted(self.lists.wanted)

    def _begin(self, event: TransactionStart) -> Checked:
        self._account = _Account(event, self.strict)
        self._checker = None
        if event.table is not None:
            self._checker = Checker(self._program(event.table), self.lists, self.values)
            self._checker.start(event.st)
        findings = list(self._faults(event, ordinal=1))
        self._account.add(findings, ())
        return Checked(event, findings)

    def _placed(self, event: Placed) -> Checked:
        account, checker = self._account, self._checker
        last = event.first + len(event.segments) - 1
        ordinal = last if isinstance(event, TransactionEnd) and event.se is not None else 0
        findings = list(self._faults(event, ordinal)) if event.faults else []
        units: Sequence[Unit] = ()
        if checker is not None:
            checker.feed(event)
            found, units = checker.take()
            findings = found if not findings else sorted([*found, *findings], key=lambda each: each.ordinal)
        if account is None:
            return Checked(event, findings, units)
        account.add(findings, units)
        if not isinstance(event, TransactionEnd):
            return Checked(event, findings, units)
        self._checker = self._account = None
        return Checked(event, findings, units, self._result(account, last))

    def _result(self, account: _Account, segments: int) -> TransactionResult:
        start = account.start
        return TransactionResult(
            "" if start.table is None else str(start.table["set"]),
            start.version,
            start.st[2] if len(start.st) > 2 else "",
            start.offset,
            segments,
            account.claims,
            account.rejected,
            account.errors,
            account.warnings,
            account.verdict(),
        )

    def _program(self, table: SetTable) -> Program:
        """The set's checks; anew where the codec has compiled the table anew, for they name its positions."""
        name, root = str(table["set"]), automaton_of(table).root
        found = self._programs.get(name)
        if found is None or found[0] is not root:
            found = self._programs[name] = (root, compile_program(table, self.lists, self.snip))
        return found[1]

    def _elements(self, name: str, node: Mapping[str, Any]) -> list[ElementTable]:
        """The elements of a segment of the envelope; GS08 takes the versions of all sets."""
        elements: list[ElementTable] = list(node["elements"])
        if name != "GS":
            return elements
        versions = [code for table in self.sets.values() for code in (table["version"], *table["accepts"])]
        return [{**each, "codes": versions} if each["n"] == 8 else each for each in elements]

    def _faults(self, event: Event, ordinal: int = 0) -> Iterator[X12Finding]:
        known = self._checker is not None
        for fault in event.faults:
            found = converted(fault, ordinal, known)
            if found is not None:
                yield found

    def _envelope(self, event: Event) -> Iterator[X12Finding]:
        """The elements of the envelope's segments."""
        for segment in _control_segments(event):
            node = self.envelope.get(segment[0])
            if node is None:
                continue
            elements = self._elements(segment[0], node)
            for each in faults(elements, segment, {}):
                value = each.value if self.values else ""
                yield X12Finding(
                    each.kind, each.message, "", segment[0], 0, each.element, each.component, value=value
                )
            for condition in node.get("syntax") or ():
                if not holds(condition)(segment):
                    kind, message = broken(condition)
                    yield X12Finding(kind, message, "", segment[0], 0, int(condition[1:3]))


def _control_segments(event: Event) -> Sequence[Sequence[str]]:
    if isinstance(event, InterchangeStart):
        return [event.isa]
    if isinstance(event, GroupStart | GroupEnd | InterchangeEnd) and isinstance(event, Segments):
        return event.segments
    return ()
