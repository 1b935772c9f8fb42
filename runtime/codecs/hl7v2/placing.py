"""Places the segments of one message in the tree of its structure, and tells what did not fit."""

from __future__ import annotations

from runtime.codecs.findings import (
    MISSING_SEGMENT,
    NOT_A_SEGMENT,
    SEGMENT_OUT_OF_ORDER,
    UNEXPECTED_REPETITION,
    UNKNOWN_SEGMENT,
    Findings,
)
from runtime.codecs.hl7v2.model import Group, Segment
from runtime.codecs.hl7v2.positions import is_segment_name, segment_position
from runtime.codecs.hl7v2.structure import Automaton, Entry, Irregular, Move, Node


def place(
    segments: list[Segment], automaton: Automaton, findings: Findings
) -> tuple[Group, list[Segment], bool]:
    """The tree of the segments, those that no slot took, and whether the message may end where it does."""
    tree: Group = {}
    opened = [tree]
    group = tree
    state = automaton.start
    unplaced: list[Segment] = []
    regular = True
    for index, segment in enumerate(segments):
        move = state[segment[0]]
        if move.irregular is not None:
            move = _settle(move, opened)
            _tell(move.irregular, _is_taken(move, opened), index, segments, findings)
            if move.irregular is not None and move.irregular.kind == "unplaced":
                unplaced.append(segment)
                continue
            regular = False
            if move.irregular is not None and move.irregular.stay:
                _target(move, opened).setdefault(move.slot, []).append(segment)
                continue
        state, slot, entry, _ = move
        if entry is not None:
            group = _open(opened, entry)
        if slot in group:
            group[slot].append(segment)
        else:
            group[slot] = [segment]
    if not regular or not state.complete:
        _tell_missing(automaton.root, tree, "", findings)
    return tree, unplaced, state.complete


def _open(opened: list[Group], entry: Entry) -> Group:
    """Close groups down to `entry.keep`, then open or go on with the ones that it names."""
    del opened[entry.keep + 1 :]
    group = opened[-1]
    for slot, goes_on in entry.groups:
        occurrences = group.setdefault(slot, [])
        if not (goes_on and occurrences):
            occurrences.append({})
        group = occurrences[-1]
        opened.append(group)
    return group


def _settle(move: Move, opened: list[Group]) -> Move:
    """The move, or the next best one as long as its slot takes one segment and has it."""
    while (
        move.irregular is not None
        and move.irregular.kind == "backward"
        and move.irregular.single
        and move.irregular.otherwise is not None
        and _is_taken(move, opened)
    ):
        move = move.irregular.otherwise
    return move


def _target(move: Move, opened: list[Group]) -> Group:
    return opened[move.entry.keep] if move.entry is not None else opened[-1]


def _is_taken(move: Move, opened: list[Group]) -> bool:
    group = _target(move, opened)
    for slot, goes_on in move.entry.groups if move.entry is not None else ():
        occurrences = group.get(slot)
        if not occurrences or not goes_on:
            return False
        group = occurrences[-1]
    return move.slot in group


def _tell(
    irregular: Irregular | None, slot_taken: bool, index: int, segments: list[Segment], findings: Findings
) -> None:
    """Report a segment that the structure did not expect where it came."""
    if irregular is None or irregular.kind == "gap":
        return
    where = segment_position(segments, index)
    if irregular.kind == "unplaced":
        _tell_unknown(segments[index][0], where, findings)
    elif slot_taken and irregular.single:
        findings.tell(
            UNEXPECTED_REPETITION, "warning", where, "the structure allows it once here; both are kept"
        )
    else:
        findings.tell(SEGMENT_OUT_OF_ORDER, "warning", where, "comes later than the structure says")


def _tell_unknown(name: str, where: str, findings: Findings) -> None:
    if not name.strip():
        return
    if not is_segment_name(name):
        findings.tell(
            NOT_A_SEGMENT, "warning", where, "the line does not begin with a segment name; it is kept apart"
        )
    elif name[0] == "Z":
        findings.tell(
            UNKNOWN_SEGMENT, "info", where, "a local segment that no mapping declares; it is kept apart"
        )
    else:
        findings.tell(
            UNKNOWN_SEGMENT, "warning", where, "the message structure has no such segment; it is kept apart"
        )


def _tell_missing(node: Node, group: Group, path: str, findings: Findings) -> None:
    """Report each required member that an occurrence of its group lacks."""
    for child in node.children:
        occurrences = group.get(child.slot, [])
        where = f"{path}.{child.slot}" if path else child.slot
        if not occurrences and child.minimum > 0:
            kind = "group" if child.is_group else "segment"
            findings.tell(MISSING_SEGMENT, "warning", where, f"a required {kind} is missing")
        if child.is_group:
            for number, occurrence in enumerate(occurrences, 1):
                inner = where if len(occurrences) == 1 else f"{where}[{number}]"
                _tell_missing(child, occurrence, inner, findings)
