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
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Any, NamedTuple

from mapper.coverage.claimed import CLASSES, UNPLACED, Claimed, Class, Verdict, below
from mapper.coverage.x12 import X12Claimed
from runtime.codecs.hl7v2 import Message, leaves, numbered_leaves
from runtime.errors import Finding
from runtime.release import Release
from runtime.translate import Result
from runtime.x12.positions import Excerpt

_ENVELOPE = frozenset({"resourceType", "id"})


class Account(NamedTuple):
    """One leaf of one input. `element` is its position without numbers of repetitions, for counting."""

    position: str
    element: str
    verdict: Verdict


_STRUCTURE = Verdict("ignored", "ignore", "the envelope and ids are the Bundle's own", "", ())


class Accounts:
    """All leaves of one input, by class, in input order; they are listed when they are first asked for."""

    def __init__(
        self, leaves: Sequence[Account] | Callable[[], list[Account]], counts: dict[str, int] | None = None
    ) -> None:
        self.texts: Callable[[], Iterator[str]] | None = (
            None  # the values of the leaves, for those who may show them
        )
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
        self._tables: dict[tuple[str, str], Claimed] = {}
        self._segments: dict[str, X12Claimed] = {}

    def of(self, result: Result) -> Accounts:
        """The account of a translation's input; of X12 that was traced, and of all that the mapping could read."""
        match result.formats[0]:
            case "hl7v2":
                return self.message(result.source, result.mapping)
            case "x12":
                return self.excerpt(result.excerpt, result.mapping)
            case _:
                source = result.source
                return self.bundle(source[0] if isinstance(source, list) else source, result.mapping)

    def excerpt(self, excerpt: Excerpt, mapping: str) -> Accounts:
        """The account of the segments that an X12 mapping could read."""
        claimed = self.segments(mapping)
        return Accounts(
            [
                Account(excerpt.text((ordinal, *leaf.place)), leaf.element, leaf.verdict)
                for ordinal, standing in sorted(excerpt.segments.items())
                for leaf in claimed.leaves(standing)
            ]
        )

    def segments(self, mapping: str) -> X12Claimed:
        """What a mapping's lines claim of X12 segments; nothing where there is no such mapping."""
        if mapping not in self._segments:
            claims = self._claims.get(mapping, {})
            self._segments[mapping] = X12Claimed(claims.get("go", {}), claims.get("written", {}))
        return self._segments[mapping]

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

    def _leaves_of(self, message: Message, table: Claimed) -> list[Account]:
        roots = dict(segment_roots(message.tree))
        found: list[Account] = []
        for leaf, (position, _, _) in zip(numbered_leaves(message), leaves(message), strict=True):
            segment = message.segments[leaf.segment]
            root = roots.get(id(segment))
            verdict, name = (UNPLACED, below(leaf)) if root is None else table.of_field(root, leaf)
            found.append(Account(position, segment[0] + name, verdict))
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

    def _table(self, mapping: str, direction: str) -> Claimed:
        key = (mapping, direction)
        if key not in self._tables:
            self._tables[key] = Claimed(self._claims.get(mapping, {}).get(direction, {}))
        return self._tables[key]


def segment_roots(group: Mapping[str, list[Any]], above: str = "") -> Iterator[tuple[int, str]]:
    """The identity of each placed segment, and its slots: `INSURANCE/IN1`."""
    for slot, nodes in group.items():
        for node in nodes:
            if isinstance(node, dict):
                yield from segment_roots(node, f"{above}{slot}/")
            else:
                yield id(node), f"{above}{slot}"


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
