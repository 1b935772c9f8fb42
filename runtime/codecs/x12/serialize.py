"""Turns the tree that generated code builds into segments, in the order of the guide."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from runtime.codecs.findings import (
    DELIMITER_IN_DATA,
    MISSING_SEGMENT,
    UNKNOWN_SLOT,
    UNWRITABLE_VALUE,
    encode_error,
)
from runtime.codecs.x12.automaton import automaton_of
from runtime.codecs.x12.delimiters import COMPONENT, REPETITION
from runtime.codecs.x12.events import Segment
from runtime.codecs.x12.numbers import format_implied, format_real, parse_number
from runtime.codecs.x12.plan import UNBOUNDED, Constant, LoopPlan, Part, SegmentPlan, plan_of, qualifiers_of
from runtime.codecs.x12.style import DEFAULT_STYLE, Style
from runtime.codecs.x12.table import UNPLACED, LoopNode, SegmentNode, SetTable
from runtime.errors import Finding, Level

Value: TypeAlias = "str | int | Decimal | dict[int, Value] | list[Value] | None"
"""An element: text or a number, components by number, or a list of repetitions. None and `""` are absent."""

Places: TypeAlias = dict[int, tuple[SegmentNode, Any]]
"""By ordinal (ST is 1): the position of a segment, and the node of the tree that it was written from."""

_PLAIN = Part("AN", 0, UNBOUNDED, True, False, {}, ())
_CONTROL = frozenset({"ST", "SE"})
_PLANS: dict[int, tuple[SegmentNode, SegmentPlan]] = {}
_LOOPS: dict[int, tuple[LoopNode, LoopPlan]] = {}
_MOST_PLANS = 20_000


def serialize(
    tree: Mapping[str, Any],
    table: SetTable,
    *,
    control: str = "0001",
    style: Style = DEFAULT_STYLE,
    findings: list[Finding] | None = None,
    places: Places | None = None,
) -> list[Segment]:
    """The segments of a transaction from ST to SE, with `COMPONENT` and `REPETITION` in their elements.

    `tree` holds by slot one segment or loop, or a list of them; a segment is values by element number, or a segment as
    `read` gives it. Written without being in the tree: ST, SE, codes with one legal value, HL01 to HL04, LX01. What had
    to be changed or does not fit is added to `findings`; `places` gets what each segment was written from. Raises
    EncodeError R130 for a slot that the set does not have, R131 for a value that cannot be written at all.
    """
    writer = _Writer(table, control, style, [] if findings is None else findings, places)
    return writer.transaction(tree)


def segment_values(segment: Segment) -> dict[int, Value]:
    """Values by number of one segment that was read, as `serialize` takes them; the inverse of writing it."""
    return {number: _values(text) for number, text in enumerate(segment[1:], 1) if text}


def _values(text: str) -> Value:
    if REPETITION in text:
        return [_parts(each) for each in text.split(REPETITION)]
    return _parts(text)


def _parts(text: str) -> Value:
    if COMPONENT in text:
        return {place: part for place, part in enumerate(text.split(COMPONENT), 1) if part}
    return text


class _Writer:
    def __init__(
        self, table: SetTable, control: str, style: Style, findings: list[Finding], places: Places | None
    ) -> None:
        self._places = places
        self._table = table
        self._control = control
        self._style = style
        self._findings = findings
        self._root = automaton_of(table).root
        self._segments: list[Segment] = []
        self._levels = 0

    def transaction(self, tree: Mapping[str, Any]) -> list[Segment]:
        self._loop({name: held for name, held in tree.items() if name not in _CONTROL}, self._root, "")
        body = self._segments
        st = self._root.first
        version = next(
            (each for each in (st.data["elements"] if st else ()) if each["n"] == 3), {"usage": "N"}
        )
        header = ["ST", self._table["transaction"], self._control]
        if version["usage"] != "N":
            header.append(self._table["version"])
        return [header, *body, ["SE", str(len(body) + 2), self._control]]

    def _loop(self, held: Mapping[str, Any], loop: LoopNode, parent: str) -> None:
        """Write a loop. `parent` is the HL01 of the innermost enclosing HL."""
        plan = _loop_plan(loop)
        level, first = parent, plan.hierarchy
        if first is not None:
            level = self._hierarchy(held, loop, first, parent)
        places = plan.places
        known = [places[slot] for slot in held if slot in places]
        known.sort()
        begun, leader, led = len(self._segments), plan.leader, False
        for place in known:
            child = plan.children[place]
            nodes = held[child.slot]
            if nodes is None or child is first:
                continue
            if leader is not None and place and not led and len(self._segments) == begun:
                self._lead(leader)
                led = True
            if isinstance(child, LoopNode):
                for number, node in enumerate(_occurrences(nodes), 1):
                    self._loop(_numbered(node, child, number), child, level)
            else:
                for node in _occurrences(nodes):
                    self._segment(node, child)
        if len(known) < len(held):
            self._rest(held, loop, places)
        if leader is not None and led:
            self._settle(leader, begun)

    def _lead(self, leader: SegmentNode) -> None:
        """Begin a loop that has nothing for its first segment: without it what follows is read into another loop."""
        texts = qualifiers_of(leader)
        _fill(texts, _plan(leader).constants)
        self._segments.append([leader.id, *(texts.get(n, "") for n in range(1, max(texts, default=0) + 1))])

    def _settle(self, leader: SegmentNode, begun: int) -> None:
        """Take back a first segment that nothing follows, or tell that it says nothing."""
        if len(self._segments) == begun + 1:
            self._segments.pop()
            return
        place = f"{leader.loop.path.rsplit('/', 1)[-1]}/{leader.id}"
        where = f"{place} (segment {begun + 2} of ST {self._control})"
        self._tell(MISSING_SEGMENT, "warning", where, "nothing is known for the segment that begins the loop")

    def _hierarchy(self, held: Mapping[str, Any], loop: LoopNode, first: SegmentNode, parent: str) -> str:
        self._levels += 1
        level = str(self._levels)
        below = any(
            isinstance(child, LoopNode) and _loop_plan(child).hierarchy and _occurrences(held.get(child.slot))
            for child in loop.children
        )
        codes = next((codes for element, _, codes in first.match if element == 3), None)
        hl = ["HL", level, parent, min(codes) if codes else ""]
        if _uses(first, 4):
            hl.append("1" if below else "0")
        self._segments.append(hl)
        return level

    def _rest(self, held: Mapping[str, Any], loop: LoopNode, places: Mapping[str, int]) -> None:
        """What has no place is written at the end of its loop; a slot that the set does not have is an error."""
        for slot in held:
            if slot == UNPLACED:
                self._segments += [list(segment) for segment in held[slot]]
                self._tell(
                    UNWRITABLE_VALUE, "warning", f"{loop.path}/?".lstrip("/"), "segments without a place"
                )
            elif slot not in places and not (loop.parent is None and slot in _CONTROL):
                raise encode_error(
                    UNKNOWN_SLOT, f"{loop.path}/{slot}".lstrip("/"), "the set has no such slot"
                )

    def _segment(self, held: Any, node: SegmentNode) -> None:
        if type(held) is list:
            self._segments.append(list(held))
            return
        if not isinstance(held, dict):
            raise encode_error(UNWRITABLE_VALUE, node.path, f"a segment expected, not {type(held).__name__}")
        plan = _plan(node)
        elements = plan.elements
        texts: dict[int, str] = {}
        for number, value in held.items():
            part = elements.get(number, _PLAIN)
            if type(value) is str and self._simple(value, part):
                texts[number] = value
            elif value is not None and value != "":
                text = self._element(value, part, node, number)
                if text:
                    texts[number] = text
        if not texts and (held or not plan.constants):
            return
        if plan.constants:
            _fill(texts, plan.constants)
        if not texts:  # its codes stand beside values that are not there
            return
        if self._places is not None:
            self._places[len(self._segments) + 2] = (node, held)
        segment = [node.id] + [""] * max(texts)
        for number, text in texts.items():
            segment[number] = text
        self._segments.append(segment)

    def _simple(self, text: str, part: Part) -> bool:
        """Whether a text is written as it is: the usual case, found without looking at each character."""
        if not part.shortest <= len(text) <= part.longest or self._style.upper:
            return False
        if part.codes and text not in part.codes:
            return False
        if part.simple:
            return text.isalnum()
        return part.whole and text.isdecimal() and text[0] != "0" and text.isascii()

    def _element(self, value: Value, part: Part, node: SegmentNode, number: int) -> str:
        if type(value) is list:
            return REPETITION.join([self._repetition(each, part, node, number) for each in value]).rstrip(
                REPETITION
            )
        return self._repetition(value, part, node, number)

    def _repetition(self, value: Value, part: Part, node: SegmentNode, number: int) -> str:
        if value is None or value == "":
            return ""
        if part.components and type(value) is not dict:
            value = {1: value}
        if type(value) is not dict:
            return self._text(value, part, f"{node.id}{number:02}", node)
        texts: dict[int, str] = {}
        for place, each in value.items():
            below = part.components.get(place, _PLAIN)
            if type(each) is str and self._simple(each, below):
                texts[place] = each
            elif each is not None and each != "":
                text = self._text(each, below, f"{node.id}{number:02}-{place}", node)
                if text:
                    texts[place] = text
        if not texts:
            return ""
        _fill(texts, part.constants)
        return COMPONENT.join([texts.get(place, "") for place in range(1, max(texts) + 1)])

    def _text(self, value: Value, part: Part, name: str, node: SegmentNode) -> str:
        """A value as text of its type; what is odd about it is told."""
        if isinstance(value, dict | list):
            raise encode_error(UNWRITABLE_VALUE, self._where(node, name), "a value may not have parts here")
        text = value if isinstance(value, str) else str(value)
        if part.kind == "R" or (part.kind[0] == "N" and part.kind[1:].isdecimal()):
            text = self._number(text, part.kind, node, name)
        else:
            text, replaced = self._style.clean(text)
            text = text.rstrip(" ")
            if replaced:
                words = f"{replaced} characters cannot stand in data and were replaced"
                self._tell(DELIMITER_IN_DATA, "warning", self._where(node, name), words)
        self._check_length(text, part, node, name)
        if text and part.codes and text not in part.codes:
            words = "is none of the codes that may stand here"
            self._tell(UNWRITABLE_VALUE, "warning", self._where(node, name), words)
        return text

    def _number(self, text: str, kind: str, node: SegmentNode, name: str) -> str:
        number = parse_number(text)
        written = None
        if number is not None:
            written = format_real(number) if kind == "R" else format_implied(number, int(kind[1:]))
        if written is None:
            self._tell(UNWRITABLE_VALUE, "error", self._where(node, name), f"is no number of type {kind}")
            return self._style.clean(text)[0]
        return written

    def _check_length(self, text: str, part: Part, node: SegmentNode, name: str) -> None:
        length = len(text.replace("-", "").replace(".", "")) if part.kind == "R" else len(text)
        if text and length > part.longest:
            words = f"has {length} characters, at most {part.longest} may stand here"
            self._tell(UNWRITABLE_VALUE, "warning", self._where(node, name), words)
        elif text and length < part.shortest:
            words = f"has {length} characters, at least {part.shortest} must stand here"
            self._tell(UNWRITABLE_VALUE, "warning", self._where(node, name), words)

    def _where(self, node: SegmentNode, name: str) -> str:
        place = f"{node.loop.path.rsplit('/', 1)[-1]}/{name}".lstrip("/")
        return f"{place} (segment {len(self._segments) + 2} of ST {self._control})"

    def _tell(self, code: str, level: Level, where: str, words: str) -> None:
        self._findings.append(Finding(code, level, words, where))


def _uses(node: SegmentNode, number: int) -> bool:
    """Whether the guide uses an element of a segment: the lowest level of a 277CA has no HL04."""
    return any(each["n"] == number and each["usage"] != "N" for each in node.data.get("elements") or ())


def _occurrences(held: Any) -> list[Any]:
    """The nodes of a slot, which holds one or a list of them; a segment as `read` gives it is one."""
    if held is None:
        return []
    if type(held) is list and not (held and type(held[0]) is str and held[0]):
        return [node for node in held if node]  # an empty text keeps a place for what did not come
    return [held]


def _numbered(held: Any, loop: LoopNode, number: int) -> Mapping[str, Any]:
    """The loop with its LX01. Lines of a claim are counted; a number that counts nothing is kept where there is one."""
    if not isinstance(held, Mapping):
        raise encode_error(UNWRITABLE_VALUE, loop.path, f"a loop expected, not {type(held).__name__}")
    first = _loop_plan(loop).line
    if first is None:
        return held
    given = _occurrences(held.get(first.slot))
    if loop.depth == 1 and given and (given[0][1:2] if type(given[0]) is list else given[0].get(1)):
        return held
    return {**held, first.slot: {1: str(number)}}


def _fill(texts: dict[int, str], constants: tuple[Constant, ...]) -> None:
    for constant in constants:
        if constant.number not in texts and (not constant.beside or any(n in texts for n in constant.beside)):
            texts[constant.number] = constant.code


def _plan(node: SegmentNode) -> SegmentPlan:
    known = _PLANS.get(id(node))
    if known is None or known[0] is not node:
        if len(_PLANS) >= _MOST_PLANS:
            _PLANS.clear()
        known = _PLANS[id(node)] = (node, plan_of(node))
    return known[1]


def _loop_plan(loop: LoopNode) -> LoopPlan:
    known = _LOOPS.get(id(loop))
    if known is None or known[0] is not loop:
        if len(_LOOPS) >= _MOST_PLANS:
            _LOOPS.clear()
        known = _LOOPS[id(loop)] = (loop, LoopPlan(loop))
    return known[1]
