"""Accounts for what feeds give: of HL7 v2 and FHIR message by message, of X12 part by part in the order of the file.

Each populated element of an X12 file is in exactly one account. What stands in one unit (a claim) is in the account of
that unit; what units share (a billing provider) in that of the part at which its loop closes: it is mapped if any of
them took it. Memory holds the loops that are open, however long the file is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias

from mapper.coverage.accounting import Account, Accounting, Accounts
from mapper.coverage.claimed import CLASSES, Verdict
from mapper.coverage.loss import corrected, loss
from mapper.coverage.x12 import ENVELOPE, Leaf, envelope_leaves
from mapper.trace.places import matches
from mapper.trace.sides import output_of
from runtime.codecs.hl7v2 import Message, numbered_leaves
from runtime.codecs.x12 import (
    COMPONENT,
    REPETITION,
    Event,
    InterchangeStart,
    Loose,
    Placed,
    Segments,
    TransactionEnd,
    TransactionStart,
)
from runtime.codecs.x12.verdict import Withheld
from runtime.errors import Finding
from runtime.lib.trail import Where
from runtime.translate import Result, Translator
from runtime.x12.feed import Unit, X12Feed, control_of
from runtime.x12.positions import Excerpt, Positions, Standing, depth_of, element

Part: TypeAlias = Result | Unit
"""What an account is asked for: a translation, or what came of a part of an X12 file."""

OUTSIDE = Verdict("unmapped", "", "stands outside of every transaction", "", ())
REFUSED = "the transaction is refused, and nothing of it is given"
TAKEN_BACK = "given before, and to be taken back: the transaction is refused"


class Accountant:
    """Accounts for results, by what really happened; what was not traced is translated again."""

    def __init__(self, traced: Translator, message: Mapping[str, str]) -> None:
        """`message` is what `$message` gives."""
        self._traced = traced
        self._message = message
        self._accounting = Accounting(traced.release)
        self._files: X12Accountant | None = None

    def of(self, part: Part) -> Accounts:
        """The account of one part; those of X12 must come in the order of their file, each once."""
        if isinstance(part, Unit):
            if self._files is None:
                self._files = X12Accountant(self._traced, self._message, self._accounting)
            return self._files.of(part)
        if isinstance(part.source, list):
            return self._bundles(part.source)
        return self._message_account(part)

    def _message_account(self, result: Result) -> Accounts:
        found = loss(self._again(result), self._accounting)
        found.texts = partial(texts_of, result.source)
        return found

    def _again(self, result: Result) -> Result:
        if result.context is not None and result.context.tracing:
            return result
        if isinstance(result.source, Message):
            return self._traced.forward_message(result.source, result.mapping, self._message)
        return self._traced.back_value(result.source, None, result.mapping, self._message)

    def _bundles(self, bundles: Sequence[object]) -> Accounts:
        """The Bundles of one interchange, each by itself."""
        feed = X12Feed(self._traced)
        found: list[Account] = []
        for number, bundle in enumerate(bundles, 1):
            account = loss(feed.back([bundle], None, self._message), self._accounting)
            if len(bundles) == 1:
                return account
            found += (leaf._replace(position=f"{number}: {leaf.position}") for leaf in account.leaves)
        return Accounts(found)


@dataclass(slots=True)
class _Held:
    """A segment whose elements have no verdict yet."""

    ordinal: int
    standing: Standing
    depth: int
    leaves: Sequence[Leaf]
    mapped: set[int] = field(default_factory=set)
    reason: str = ""
    read: bool = False
    findings: list[Finding] = field(default_factory=list)


Decided: TypeAlias = list[tuple[int, Standing | None, Leaf, Verdict]]


class X12Accountant:
    """See the module."""

    def __init__(self, traced: Translator, message: Mapping[str, str], accounting: Accounting) -> None:
        self._feed = X12Feed(traced)
        self._message = message
        self._accounting = accounting
        self._positions = Positions(True)
        self._held: list[_Held] = []
        self._mapped = 0

    def of(self, unit: Unit) -> Accounts:
        """The elements that a part decides: its own, and those of loops that close behind it."""
        decided: Decided = []
        taken_back = 0
        for event in unit.events:
            if isinstance(event, TransactionStart):
                self._positions = Positions(True, control_of(event.st))
                self._held, self._mapped = [], 0
            if isinstance(event, Placed):
                self._positions.note(event)
                self._hold(event, unit)
            else:
                decided += (_envelope(leaf) for leaf in _loose(event))
        placed = [event for event in unit.events if isinstance(event, Placed)]
        if placed:
            self._read(unit, placed[-1])
            decided += self._decide(placed[-1])
        counts = Counter(verdict.kind for *_, verdict in decided)
        self._mapped += counts["mapped"]
        if placed and isinstance(placed[-1], TransactionEnd) and not placed[-1].accepted:
            taken_back, self._mapped = self._mapped, 0
            counts["mapped"] -= taken_back
            counts["unmapped"] += taken_back
        control = self._positions.control
        listed: Callable[[], list[Account]] = partial(_listed, decided, control, taken_back)
        accounts = Accounts(listed, {str(kind): counts[kind] for kind in CLASSES})
        accounts.texts = partial(_texts, decided)
        return accounts

    def _hold(self, event: Placed, unit: Unit) -> None:
        claimed = self._accounting.segments(unit.entry.qualified if unit.entry is not None else "")
        for step in event.steps():
            if step.kind in ("SEGMENT", "UNPLACED"):
                standing = Standing(step.segment, step.node)
                held = _Held(step.ordinal, standing, depth_of(standing.loop), claimed.leaves(standing))
                self._held.append(held)

    # -- what a translation took ---------------------------------------------------------------

    def _read(self, unit: Unit, event: Placed) -> None:
        """Note what a translation took of the segments that are held, or why there was none."""
        results = self._results(unit, event)
        reached = _reached(results)
        why = "" if results else _nothing(unit, event)
        for held in self._held:
            held.reason = "" if held.read else why or held.reason
            held.read = held.read or bool(results)
            wheres = reached.get(held.ordinal)
            if results and unit.findings:
                held.findings = unit.findings
            if wheres is not None:
                held.mapped.update(n for n, leaf in enumerate(held.leaves) if _is_reached(leaf, wheres))

    def _results(self, unit: Unit, event: Placed) -> list[Result]:
        if not unit.results or all(r.context is not None and r.context.tracing for r in unit.results):
            return unit.results
        assert unit.entry is not None
        return self._feed.translated(unit.entry, event, self._message, self._positions).results

    def _decide(self, event: Placed) -> Iterator[tuple[int, Standing | None, Leaf, Verdict]]:
        """The verdicts on segments that no later translation can read."""
        last = isinstance(event, TransactionEnd)
        kept: list[_Held] = []
        for held in self._held:
            if last or held.depth >= (10_000 if event.closed is None else event.closed):
                for number, leaf in enumerate(held.leaves):
                    yield held.ordinal, held.standing, leaf, _verdict(held, number, leaf)
            else:
                kept.append(held)
        self._held = kept


def _verdict(held: _Held, number: int, leaf: Leaf) -> Verdict:
    if leaf.verdict.reason and leaf.verdict.kind == "ignored" and number not in held.mapped:
        return leaf.verdict
    if not held.read:
        return Verdict("unmapped", "", held.reason, "", ())
    return corrected(leaf.verdict, number in held.mapped, held.findings)


def _nothing(unit: Unit, event: Placed) -> str:
    """Why nothing came of a part."""
    if isinstance(event, Withheld) or (isinstance(event, TransactionEnd) and not event.accepted):
        return REFUSED
    if unit.entry is None:
        return "no mapping takes the transaction set"
    if unit.error and unit.findings:
        return f"not translated: {unit.findings[-1].code} {unit.findings[-1].message}"
    return "nothing was made of it"


def _reached(results: Sequence[Result]) -> dict[int, set[Where]]:
    """The places that were put into an output, by segment: element, repetition, component, as far as they go."""
    found: dict[int, set[Where]] = {}
    for result in results:
        if result.context is not None:
            for _, mark in result.context.trail.found(output_of(result).roots):
                found.setdefault(mark.where[0], set()).add(mark.where[1:4])
    return found


def _is_reached(leaf: Leaf, wheres: set[Where]) -> bool:
    place = leaf.place
    if place in wheres or place[:1] in wheres or place[:2] in wheres or () in wheres:
        return True
    return any(None in where and matches(place, where) for where in wheres)


def _loose(event: Event) -> Iterator[Leaf]:
    """The elements of an envelope's segments."""
    if isinstance(event, InterchangeStart):
        yield from envelope_leaves(event.isa)
    elif isinstance(event, Segments):
        odd = isinstance(event, Loose) and event.faults
        for segment in event.segments:
            yield from envelope_leaves(segment, OUTSIDE if odd else ENVELOPE)


def _envelope(leaf: Leaf) -> tuple[int, Standing | None, Leaf, Verdict]:
    return 0, None, leaf, leaf.verdict


def _texts(decided: Decided) -> Iterator[str]:
    for _, standing, leaf, _ in decided:
        number, repetition, component = leaf.place
        raw = element(standing.segment, number) if standing is not None else ""
        parts = raw.split(REPETITION)[repetition - 1 :][:1]
        yield "".join(parts[0].split(COMPONENT)[component - 1 :][:1]) if parts else ""


def _listed(decided: Decided, control: str, taken_back: int) -> list[Account]:
    excerpt = Excerpt(
        {ordinal: standing for ordinal, standing, *_ in decided if standing is not None}, control
    )
    found = [
        Account(
            excerpt.text((ordinal, *leaf.place)) if standing is not None else leaf.element,
            leaf.element,
            verdict,
        )
        for ordinal, standing, leaf, verdict in decided
    ]
    if taken_back:
        reason = f"{taken_back} elements {TAKEN_BACK}"
        found.append(
            Account(f"ST {control}", "refused transactions", Verdict("unmapped", "", reason, "", ()))
        )
    return found


def texts_of(source: Any) -> Iterator[str]:
    """The values of the leaves of a message or Bundle, in the order of its account."""
    if isinstance(source, Message):
        yield from (leaf.text for leaf in numbered_leaves(source))
    else:
        yield from _values(source, False)


def _values(value: Any, extension: bool) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            if not (extension and key == "url"):
                yield from _values(item, key in ("extension", "_extension"))
    elif isinstance(value, list):
        for item in value:
            yield from _values(item, extension)
    elif value is not None:
        yield str(value)
