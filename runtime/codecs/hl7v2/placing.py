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
from runtime.codecs.hl7v2.positions import is_segment_name, segment_positions
from runtime.codecs.hl7v2.structure import Automaton, Entry, Move, Node


def place(
    segments: list[Segment], automaton: Automaton, findings: Findings
) -> tuple[Group, list[Segment], bool]:
    """The tree of the segments, those that no slot took, and whether the message may end where it does."""
    tree: Group = {}
    opened = [tree]
    group = tree
    state = automaton.start
    unplaced: list[Segment] = []
    notes: list[tuple[int, str]] = []
    regular = True
    for index, segment in enumerate(segments):
        move = state[segment[0]]
        if move.irregular is not None:
            move = _settle(move, opened)
            notes.append((index, _code(move, opened)))
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
    if notes:
        _tell_all(notes, segments, findings)
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


def _code(move: Move, opened: list[Group]) -> str:
    """What is to be told of a move; empty for one that is regular or only passes over required segments."""
    irregular = move.irregular
    if irregular is None or irregular.kind == "gap":
        return ""
    if irregular.kind == "unplaced":
        return UNKNOWN_SEGMENT
    return UNEXPECTED_REPETITION if irregular.single and _is_taken(move, opened) else SEGMENT_OUT_OF_ORDER


def _tell_all(notes: list[tuple[int, str]], segments: list[Segment], findings: Findings) -> None:
    """Report the segments that the structure did not expect where they came."""
    positions = segment_positions(segments)
    for index, code in notes:
        where = positions[index]
        if code == UNEXPECTED_REPETITION:
            findings.tell(code, "warning", where, "the structure allows it once here; both are kept")
        elif code == SEGMENT_OUT_OF_ORDER:
            findings.tell(code, "warning", where, "comes later than the structure says")
        elif code == UNKNOWN_SEGMENT:
            _tell_unknown(segments[index][0], where, findings)


def _tell_unknown(name: str, where: str, findings: Findings) -> None:
    """Report a segment without a slot, or a line that is no segment; a blank one is not worth it."""
    if not is_segment_name(name):
        if name.strip():
            message = "the line does not begin with a segment name; it is kept apart"
            findings.tell(NOT_A_SEGMENT, "warning", where, message)
    elif name[0] == "Z":
        message = "a local segment that no mapping declares; it is kept apart"
        findings.tell(UNKNOWN_SEGMENT, "info", where, message)
    else:
        message = "the message structure has no such segment; it is kept apart"
        findings.tell(UNKNOWN_SEGMENT, "warning", where, message)


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
