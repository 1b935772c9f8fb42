"""The claims of one mapping in one direction, and the verdicts on leaves that follow from them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from runtime.codecs.hl7v2 import NULL, Message, numbered_leaves
from runtime.codecs.hl7v2.positions import Leaf as Numbers

Class = Literal["mapped", "ignored", "removed", "unmapped"]
CLASSES: tuple[Class, ...] = ("mapped", "ignored", "removed", "unmapped")
VALUES = frozenset({"copy", "table", "function", "reference"})
_READ = frozenset({"condition", "key"})
_TEXT = re.compile(r"[^~^&]+")


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


UNMAPPED = Verdict("unmapped", "", "", "", ())
UNPLACED = Verdict("unmapped", "", "the segment has no place in the message structure", "", ())


class Claimed:
    """The claims of one mapping in one direction; verdicts are remembered, since feeds repeat themselves."""

    def __init__(self, rows: Mapping[str, list[list[Any]]]) -> None:
        self.rows = {
            root: [Row(tuple(row[0]), *row[1:]) for row in found if row[4] != "made"]
            for root, found in rows.items()
        }
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
            found = _removed(rows) if leaf.text == NULL else verdict_of(rows), below(leaf)
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
            found = verdict_of([row for row in self.rows.get(root, ()) if row.holds(keys)])
            self.known[root, keys] = found
        return found


class Row(NamedTuple):
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


def verdict_of(rows: Sequence[Row]) -> Verdict:
    """The verdict on a leaf from all rows that take it."""
    passed = [row for row in rows if row.how in VALUES]
    if passed:
        read = any(row.how in _READ for row in rows)
        return Verdict("mapped", passed[0].how, "", passed[0].line, _targets(passed), read)
    ignored = next((row for row in rows if row.how == "ignore"), None)
    if ignored is not None:
        return Verdict("ignored", "ignore", ignored.note, ignored.line, ())
    if rows:
        return Verdict("mapped", rows[0].how, "", rows[0].line, ())
    return UNMAPPED


def _removed(rows: Sequence[Row]) -> Verdict:
    passed = [row for row in rows if row.how in VALUES]
    return Verdict("removed", "", "", passed[0].line if passed else "", _targets(passed))


def _mark(found: re.Match[str]) -> str:
    """Text without its content; the explicit null stays what it is."""
    return NULL if found[0] == NULL else "x"


def _targets(rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row.target for row in rows if row.target))


def below(leaf: Numbers) -> str:
    """`-5.2`; the first component of a field is written as the field."""
    text = f"-{leaf.field}"
    if leaf.component > 1 or leaf.subcomponent > 1:
        text += f".{leaf.component}"
    return f"{text}.{leaf.subcomponent}" if leaf.subcomponent > 1 else text
