"""The 999 (005010X231A1): which segments and elements of each transaction are in error, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from runtime.codecs.x12 import SetTable
from runtime.x12.acknowledge.received import CLAIM_SETS, Group, Note, Transaction
from runtime.x12.acknowledge.tree import Built, Element
from runtime.x12.acknowledge.verdict import of_group, of_transaction, told
from runtime.x12.segments import value

_MOST_ELEMENTS = 99
_LOOP_WIDTH = 4
_COPY_WIDTH = 99
_NO_ID = "ZZZ"
_INVALID = "7"
_TRIGGER = "SITUATIONAL TRIGGER"
_MOST_TRIGGERS = 9
UNIT_WIDTH = 35
"""Characters of a business unit's number that CTX01-2 has room for."""


def implementation(group: Group, table: SetTable, *, strict: bool = False, copies: bool = False) -> Built:
    """The 999 of a group. With `copies`, IK404 repeats bad values, which may be of a patient."""
    root = Built.root(table)
    version = value(group.gs, 8)
    root.add("AK1", value(group.gs, 1), value(group.gs, 6), version)
    for transaction in group.transactions:
        if not transaction.control or not value(transaction.st, 1):
            continue  # it cannot be named: the counts of AK9 tell of it
        _transaction(root.open("2000"), transaction, version, strict, copies)
    verdict = of_group(group, strict)
    declared = (
        group.declared if group.declared.isdecimal() and len(group.declared) <= 6 else str(verdict.received)
    )
    root.add("AK9", verdict.code, declared, str(verdict.received), str(verdict.accepted), *verdict.codes)
    return root


def _transaction(loop: Built, transaction: Transaction, version: str, strict: bool, copies: bool) -> None:
    st = transaction.st
    loop.add("AK2", value(st, 1), value(st, 2), value(st, 3) or version)
    for notes in _by_segment(told(transaction)):
        inner = loop.open("2100")
        head = notes[0]
        loop_id = head.loop[:_LOOP_WIDTH]
        inner.add("IK3", _segment_id(head.segment), str(head.ordinal), loop_id, _segment_code(notes))
        _context(inner, transaction, notes)
        if not head.element:
            _triggers(inner, notes, _MOST_TRIGGERS)
        inner.as_added("CTX")  # either order is right; pyx12 takes only this one
        for note in [each for each in notes if each.element][:_MOST_ELEMENTS]:
            _element(inner, note, copies)
    verdict = of_transaction(transaction, strict)
    loop.add("IK5", verdict.code, *verdict.codes)


def _by_segment(notes: Sequence[Note]) -> Iterator[list[Note]]:
    """Notes of one segment together; a fault of the whole segment stands apart from those of its elements."""

    def key(note: Note) -> tuple[int, str, str]:
        return (note.ordinal, note.segment, "8" if note.element else note.ik304)

    for _, found in groupby(sorted(notes, key=key), key):
        yield list(
            {
                (each.element, each.component, each.repetition, each.ik403, each.trigger): each
                for each in found
            }.values()
        )


def _segment_code(notes: Sequence[Note]) -> str:
    return "8" if any(note.element for note in notes) else notes[0].ik304


def _segment_id(name: str) -> str:
    """A segment id of two or three characters; of what is none, what can be told of it."""
    kept = "".join(each for each in name.upper() if each.isascii() and each.isalnum())[:3]
    return kept if len(kept) > 1 else _NO_ID


def _triggers(loop: Built, notes: Sequence[Note], most: int) -> None:
    """CTX for what makes a situational rule hold: segment, position and loop, and the element with its number."""
    for trigger in list(dict.fromkeys(each.trigger for each in notes if each.trigger is not None))[:most]:
        elements: list[Element] = [(_TRIGGER,), _segment_id(trigger.segment), str(trigger.ordinal)]
        elements.append(trigger.loop[:_LOOP_WIDTH])
        if trigger.element:
            elements.append((str(trigger.element), str(trigger.component or "")))
            elements.append((trigger.data_element,) if trigger.data_element.isdecimal() else "")
        loop.add("CTX", *elements)


def _context(loop: Built, transaction: Transaction, notes: Sequence[Note]) -> None:
    """The claim that a segment belongs to, by its number (CLM01), so that the sender finds it.

    A number that is itself at fault is not repeated, and of a long one the first 35 characters are told (X12 RFI 2293).
    """
    note = notes[0]
    if transaction.set not in CLAIM_SETS or note.level != "claim":
        return
    if note.segment == "CLM" and any(each.element == 1 for each in notes):
        return
    index = transaction.claim_of(note)
    control = transaction.claims[index].control if 0 <= index < len(transaction.claims) else ""
    if control:
        loop.add("CTX", ("CLM01", control[:UNIT_WIDTH]))


def _element(loop: Built, note: Note, copies: bool) -> None:
    inner = loop.open("2110")
    place = [str(note.element), str(note.component or ""), str(note.repetition or "")]
    copy = note.value[:_COPY_WIDTH] if copies else ""
    inner.add(
        "IK4",
        tuple(place),
        note.data_element if note.data_element.isdecimal() else "",
        note.ik403 or _INVALID,
        copy,
    )
    _triggers(inner, [note], 1)
