"""What became of each populated leaf of an input, from what the mapping's lines claim: no tracing, no compiler.

A leaf is in exactly one class:

* `mapped`: a line passes its value on, or reads it to decide or to identify (`how` tells: `condition`, `key`);
* `ignored`: a line says so, with a reason; or it is a counter or part of the envelope, which need no line;
* `removed`: the explicit null of HL7 v2, with the elements that it would clear;
* `unmapped`: nothing reads it.

The claims are static: a line counts also where its guard did not hold. The trace knows better (`mapper.coverage.loss`).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Any, Literal, NamedTuple

from runtime.codecs.hl7v2 import NULL, Message, leaves, numbered_leaves
from runtime.codecs.hl7v2.positions import Leaf as Numbers
from runtime.errors import Finding
from runtime.release import Release
from runtime.translate import Result

Class = Literal["mapped", "ignored", "removed", "unmapped"]
CLASSES: tuple[Class, ...] = ("mapped", "ignored", "removed", "unmapped")
_VALUES = frozenset({"copy", "table", "function", "reference"})
_READ = frozenset({"condition", "key"})
_ENVELOPE = frozenset({"resourceType", "id"})


class Verdict(NamedTuple):
    """The class of a leaf, what kind of line decided, the reason of an `ignore`, the line, and where its value goes.

    `read` tells that a condition or a key reads the leaf, too.
    """

    kind: Class
    how: str
    reason: str
    line: str
    targets: tuple[str, ...]
    read: bool = False


class Account(NamedTuple):
    """One leaf of one input. `element` is its position without numbers of repetitions, for counting."""

    position: str
    element: str
    verdict: Verdict


_TEXT = re.compile(r"[^~^&]+")
UNMAPPED = Verdict("unmapped", "", "", "", ())
UNPLACED = Verdict("unmapped", "", "the segment has no place in the message structure", "", ())
_STRUCTURE = Verdict("ignored", "ignore", "the envelope and ids are the Bundle's own", "", ())


class Accounts:
    """All leaves of one input, by class, in input order; they are listed when they are first asked for."""

    def __init__(
        self, leaves: Sequence[Account] | Callable[[], list[Account]], counts: dict[str, int] | None = None
    ) -> None:
        self._made = leaves
        self._counts = counts

    @cached_property
    def leaves(self) -> Sequence[Account]:
        return self._made() if callable(self._made) else self._made

    def of(self, kind: Class) -> list[Account]:
        return [leaf for leaf in self.leaves if leaf.verdict.kind == kind]

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many leaves there are of each class."""
        if self._counts is not None:
            return self._counts
        found = dict.fromkeys(CLASSES, 0)
        for leaf in self.leaves:
            found[leaf.verdict.kind] += 1
        return {str(kind): number for kind, number in found.items()}

    def findings(self) -> list[Finding]:
        """R208 for each explicit null."""
        return [] if not self.counts["removed"] else [
            Finding("R208", "info", "the sender asks to remove what stands here", leaf.position,
                    ", ".join(leaf.verdict.targets), leaf.verdict.line)
            for leaf in self.of("removed")
        ]  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """Counts, and the leaves that were not mapped; no values."""
        lost = [
            {"position": leaf.position, "class": leaf.verdict.kind, "reason": leaf.verdict.reason,
             "line": leaf.verdict.line, "target": list(leaf.verdict.targets)}
            for leaf in self.leaves if leaf.verdict.kind != "mapped"
        ]  # fmt: skip
        return {"counts": self.counts, "leaves": lost}


class Accounting:
    """Accounts for inputs of a release's mappings. Safe to use for any number of results, one at a time."""

    def __init__(self, release: Release) -> None:
        path = release.folder / "coverage.json"
        self._claims: Mapping[str, Any] = (
            json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        )
        self._tables: dict[tuple[str, str], _Table] = {}

    def of(self, result: Result) -> Accounts:
        """The account of a translation's input."""
        if isinstance(result.source, Message):
            return self.message(result.source, result.mapping)
        return self.bundle(result.source, result.mapping)

    def message(self, message: Message, mapping: str) -> Accounts:
        """The account of an HL7 v2 message. The counts are made at once, from the shapes of its fields."""
        table = self._table(mapping, "go")
        counts = dict.fromkeys(map(str, CLASSES), 0)
        roots = dict(segment_roots(message.tree))
        for segment in message.segments:
            root = roots.get(id(segment))
            for number in range(3 if segment[0] == "MSH" else 1, len(segment)):
                if segment[number]:
                    for kind, count in table.of_shape(root, number, segment[number]):
                        counts[kind] += count
        return Accounts(partial(self._leaves_of, message, table), counts)

    def _leaves_of(self, message: Message, table: _Table) -> list[Account]:
        roots = dict(segment_roots(message.tree))
        found: list[Account] = []
        for leaf, (position, _, _) in zip(numbered_leaves(message), leaves(message), strict=True):
            segment = message.segments[leaf.segment]
            root = roots.get(id(segment))
            verdict, below = (UNPLACED, _below(leaf)) if root is None else table.of_field(root, leaf)
            found.append(Account(position, segment[0] + below, verdict))
        return found

    def bundle(self, bundle: Mapping[str, Any], mapping: str) -> Accounts:
        """The account of a FHIR Bundle."""
        table = self._table(mapping, "back")
        found: list[Account] = []
        for position, root, keys in fhir_leaves(bundle):
            own = not root or (len(keys) == 1 and keys[0] in _ENVELOPE)
            verdict = _STRUCTURE if own else table.of_keys(root, keys)
            found.append(Account(position, ".".join((root or "Bundle", *map(_short, keys))), verdict))
        return Accounts(found)

    def _table(self, mapping: str, direction: str) -> _Table:
        key = (mapping, direction)
        if key not in self._tables:
            self._tables[key] = _Table(self._claims.get(mapping, {}).get(direction, {}))
        return self._tables[key]


class _Table:
    """The claims of one mapping in one direction; verdicts are remembered, since feeds repeat themselves."""

    def __init__(self, rows: Mapping[str, list[list[Any]]]) -> None:
        self.rows = {root: [_Row(tuple(row[0]), *row[1:]) for row in found] for root, found in rows.items()}
        self.known: dict[tuple[str, tuple[str, ...]], Verdict] = {}
        self.fields: dict[tuple[Any, ...], tuple[Verdict, str]] = {}
        self.shapes: dict[tuple[str | None, int, str], Sequence[tuple[str, int]]] = {}

    def of_field(self, root: str, leaf: Numbers) -> tuple[Verdict, str]:
        """The verdict on a v2 leaf, and the leaf's numbers as `Account.element` writes them."""
        key = (root, leaf[1:5], leaf.text == NULL)
        found = self.fields.get(key)
        if found is None:
            place = (leaf.field, leaf.component, leaf.subcomponent)
            rows = [row for row in self.rows.get(root, ()) if row.takes(place, leaf.repetition)]
            found = _removed(rows) if leaf.text == NULL else _verdict(rows), _below(leaf)
            self.fields[key] = found
        return found

    def of_shape(self, root: str | None, number: int, raw: str) -> Sequence[tuple[str, int]]:
        """How many leaves of a field are in each class: equal for all fields that are divided alike."""
        shape = "x" if raw.isalnum() else _TEXT.sub(_mark, raw)
        key = (root, number, shape)
        found = self.shapes.get(key)
        if found is None:
            leaves = numbered_leaves(
                Message([["", *[""] * (number - 1), shape]], {}, "", "", "", "", "", True)
            )
            verdicts = [UNPLACED if root is None else self.of_field(root, leaf)[0] for leaf in leaves]
            found = self.shapes[key] = tuple(Counter(str(verdict.kind) for verdict in verdicts).items())
        return found

    def of_keys(self, root: str, keys: tuple[str, ...]) -> Verdict:
        found = self.known.get((root, keys))
        if found is None:
            found = _verdict([row for row in self.rows.get(root, ()) if row.holds(keys)])
            self.known[root, keys] = found
        return found


class _Row(NamedTuple):
    keys: tuple[Any, ...]
    first: int
    last: int | None
    whole: bool
    how: str
    line: str
    target: str
    note: str

    def takes(self, place: tuple[int, ...], repetition: int) -> bool:
        """Whether a v2 leaf is what the line reads: of a composite that it reads as text, the first part."""
        if repetition < self.first or (self.last is not None and repetition > self.last):
            return False
        if self.whole:
            return place[: len(self.keys)] == self.keys
        return bool(self.keys) and (*self.keys, 1, 1)[:3] == place

    def holds(self, keys: tuple[str, ...]) -> bool:
        """Whether a FHIR leaf is at or below what the line reads."""
        return keys[: len(self.keys)] == self.keys and (self.how != "condition" or len(self.keys) > 0)


def _verdict(rows: Sequence[_Row]) -> Verdict:
    passed = [row for row in rows if row.how in _VALUES]
    if passed:
        read = any(row.how in _READ for row in rows)
        return Verdict("mapped", passed[0].how, "", passed[0].line, _targets(passed), read)
    ignored = next((row for row in rows if row.how == "ignore"), None)
    if ignored is not None:
        return Verdict("ignored", "ignore", ignored.note, ignored.line, ())
    if rows:
        return Verdict("mapped", rows[0].how, "", rows[0].line, ())
    return UNMAPPED


def _removed(rows: Sequence[_Row]) -> Verdict:
    passed = [row for row in rows if row.how in _VALUES]
    return Verdict("removed", "", "", passed[0].line if passed else "", _targets(passed))


def _mark(found: re.Match[str]) -> str:
    """Text without its content; the explicit null stays what it is."""
    return NULL if found[0] == NULL else "x"


def _targets(rows: Sequence[_Row]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row.target for row in rows if row.target))


def segment_roots(group: Mapping[str, list[Any]], above: str = "") -> Iterator[tuple[int, str]]:
    """The identity of each placed segment, and its slots: `INSURANCE/IN1`."""
    for slot, nodes in group.items():
        for node in nodes:
            if isinstance(node, dict):
                yield from segment_roots(node, f"{above}{slot}/")
            else:
                yield id(node), f"{above}{slot}"


def _below(leaf: Numbers) -> str:
    """`-5.2`; the first component of a field is written as the field."""
    text = f"-{leaf.field}"
    if leaf.component > 1 or leaf.subcomponent > 1:
        text += f".{leaf.component}"
    return f"{text}.{leaf.subcomponent}" if leaf.subcomponent > 1 else text


FhirLeaf = tuple[str, str, tuple[str, ...]]


def fhir_leaves(bundle: Mapping[str, Any]) -> Iterator[FhirLeaf]:
    """Each JSON leaf of a Bundle: its position, the resource type that it lies in (empty outside), and its keys there.

    An extension's key is its URL, which is itself no leaf; `value[x]` below it is left out.
    """
    yield from _leaves(bundle, "Bundle", "Bundle", ())


def _leaves(value: Any, position: str, root: str, keys: tuple[str, ...]) -> Iterator[FhirLeaf]:
    if isinstance(value, dict):
        inside = value.get("resourceType")
        if isinstance(inside, str) and keys:
            root, keys = inside, ()
        for key, item in value.items():
            plain = key.removeprefix("_")
            if plain == "extension" and isinstance(item, list):
                yield from _extensions(item, f"{position}.{key}", root, keys)
            elif root == "Bundle" and key in ("fullUrl", "request"):
                yield from _leaves(item, f"{position}.{key}", "", (key,))
            else:
                yield from _leaves(item, f"{position}.{key}", root, (*keys, plain))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _leaves(item, f"{position}[{number}]", root, keys)
    elif value is not None:
        yield position, root, keys


def _extensions(items: Sequence[Any], position: str, root: str, keys: tuple[str, ...]) -> Iterator[FhirLeaf]:
    for number, item in enumerate(items):
        below = (*keys, str(item.get("url", "")))
        for key, value in item.items():
            where = f"{position}[{number}].{key}"
            if key == "extension":
                yield from _extensions(value, where, root, below)
            elif key != "url":
                yield from _leaves(value, where, root, below)


def _short(key: str) -> str:
    return key.rpartition("/")[2]
