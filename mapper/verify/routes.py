"""How the files of examples go through a mapping and are compared, whatever their formats."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple, Protocol

from mapper.trace.x12 import segment_leaves
from mapper.verify.differences import Difference, json_differences, message_differences
from runtime.codecs import fhir
from runtime.codecs.x12 import (
    Event,
    Fault,
    GroupStart,
    InterchangeStart,
    LoopNode,
    Placed,
    SetTable,
    Step,
    read,
)
from runtime.errors import MapperError
from runtime.lib.fhir import without_holes
from runtime.translate import Translator
from runtime.x12.feed import X12Feed
from runtime.x12.positions import Standing, name_of
from runtime.x12.routing import gives_x12

MESSAGE = {"received": "20260101000000+0000", "id": "example", "channel": "example"}
"""What `$message` gives in an example: the same at every run."""
AT = datetime(2026, 1, 1)  # noqa: DTZ001  # the envelope's local time
"""The time of the envelopes that examples write."""

Way = Literal["->", "<-"]
_PARTIES = {"ISA": (5, 6, 7, 8, 12, 15), "GS": (1, 2, 3, 7, 8)}
"""Elements of the envelope that count: times, control numbers and delimiters are those of each writing."""


class Mistake(NamedTuple):
    """What is wrong with a file: words, and where in it (a byte), where that is known."""

    message: str
    offset: int | None = None


class WrongFile(Exception):
    """A file of an example cannot be used."""

    def __init__(self, *mistakes: Mistake) -> None:
        super().__init__(mistakes[0].message)
        self.mistakes = mistakes


class Route(Protocol):
    """The way between two formats."""

    def run(self, arrow: Way, data: bytes) -> bytes:
        """What a file becomes. Raises `MapperError`, and `WrongFile` for one that cannot be used."""

    def differences(self, arrow: Way, wanted: bytes, found: bytes) -> Iterator[Difference]:
        """Where a result is not what a file holds. Raises `WrongFile` where that holds no such thing."""


def route_of(translator: Translator, arrow: Way, data: bytes) -> Route:
    """The way that a file takes, by what it holds. Raises `WrongFile`."""
    if arrow == "->":
        return X12Route(translator) if data.lstrip()[:3] == b"ISA" else Hl7v2Route(translator)
    bundles = _json(data)
    first = bundles[0] if isinstance(bundles, list) and bundles else bundles
    return X12Route(translator) if gives_x12(translator.release, first) else Hl7v2Route(translator)


class Hl7v2Route:
    """One message, one Bundle."""

    def __init__(self, translator: Translator) -> None:
        self._translator = translator

    def run(self, arrow: Way, data: bytes) -> bytes:
        translator = self._translator
        if arrow == "->":
            return _pretty(translator.forward(data, None, MESSAGE).output)
        return translator.back(data, None, MESSAGE).data

    def differences(self, arrow: Way, wanted: bytes, found: bytes) -> Iterator[Difference]:
        if arrow == "->":
            return json_differences(_json(wanted), _json(found))
        sets = self._translator.release.structures
        return message_differences(wanted, found, sets[next(iter(sets))])


class X12Route:
    """Interchanges, and Bundles: one, or a list of them."""

    def __init__(self, translator: Translator) -> None:
        self._translator = translator
        self._feed = X12Feed(translator)

    def run(self, arrow: Way, data: bytes) -> bytes:
        if arrow == "<-":
            return self._back(data)
        made: list[Any] = []
        wrong: list[Mistake] = []
        for unit in self._feed.forward(data, MESSAGE, every=True):
            found = _mistakes(fault for event in unit.events for fault in event.faults)
            if unit.error and not found and not wrong:
                found = [Mistake(str(MapperError(unit.findings[-1])), unit.offset)]
            wrong += found
            made += (result.output for result in unit.results)
        if wrong or not made:
            raise WrongFile(*(wrong or [Mistake("nothing is made of it")]))
        return _pretty(made[0] if len(made) == 1 else made)

    def _back(self, data: bytes) -> bytes:
        found = _json(data)
        values = []
        for each in found if isinstance(found, list) else [found]:
            document = fhir.decode(
                fhir.encode(each), self._translator.release.shapes, self._translator.limits
            )
            values.append(without_holes(document.value) if document.holes else document.value)
        written = self._feed.back(values, None, MESSAGE, at=AT).data
        return written if b"\n" in written else written.replace(b"~", b"~\n")

    def differences(self, arrow: Way, wanted: bytes, found: bytes) -> Iterator[Difference]:
        if arrow == "->":
            yield from json_differences(_json(wanted), _json(found))
            return
        expected, got = (interchange_values(data, self._feed.sets.values()) for data in (wanted, found))
        for place in {**expected, **got}:
            if expected.get(place) != got.get(place):
                yield Difference(place, expected.get(place), got.get(place))


def interchange_values(data: bytes, sets: Any) -> dict[str, str]:
    """Every populated element of an interchange by its place; of the envelope who sends what to whom.

    A place counts loops and segments where there are several: `2000B[2]/2300/REF("EA")/REF02`. Raises `WrongFile`.
    """
    values: dict[str, str] = {}
    places = _Places()
    tables: dict[str, SetTable] = {str(table["set"]): table for table in sets}
    wrong: list[Mistake] = []
    for event in _events(data, tables):
        wrong += _mistakes(event.faults)
        if isinstance(event, InterchangeStart):
            values.update(_parties(event.isa))
        elif isinstance(event, GroupStart):
            values.update(_parties(event.gs))
        elif isinstance(event, Placed):
            for step in event.steps():
                values.update(places.of(step))
    if wrong:
        raise WrongFile(*wrong)
    return values


def _events(data: bytes, tables: dict[str, SetTable]) -> Iterator[Event]:
    try:
        yield from read(data, tables)
    except MapperError as error:
        raise WrongFile(Mistake(str(error))) from error


def _parties(segment: Sequence[str]) -> Iterator[tuple[str, str]]:
    for number in _PARTIES[segment[0]]:
        if number < len(segment) and segment[number].strip():
            yield f"{segment[0]}{number:02}", segment[number].rstrip()


class _Places:
    """Names for the places of a walk, that do not depend on what stands elsewhere."""

    def __init__(self) -> None:
        self._open: list[tuple[str, Counter[str]]] = []

    def of(self, step: Step) -> Iterator[tuple[str, str]]:
        """The leaves of a segment of the walk; of other steps none."""
        node = step.node
        if isinstance(node, LoopNode) and node.parent is None and step.kind == "OPEN":
            self._open = [("", Counter())]
        elif step.kind == "OPEN":
            self._open.append((self._counted(node.slot), Counter()))
        elif step.kind == "CLOSE":
            if len(self._open) > 1:
                self._open.pop()
        elif step.segment[0] not in ("ST", "SE"):
            name = self._counted("?" if isinstance(node, LoopNode) else node.slot)
            above = "/".join([label for label, _ in self._open if label] + [name])
            standing = Standing(step.segment, node)
            for number, repetition, component, text in segment_leaves(step.segment):
                last = name_of(standing, number, component).rpartition("/")[2]
                yield f"{above}/{last}" + (f"[{repetition}]" if repetition > 1 else ""), text

    def _counted(self, slot: str) -> str:
        if not self._open:
            self._open = [("", Counter())]
        counts = self._open[-1][1]
        counts[slot] += 1
        head, _, qualifier = slot.partition("_")
        name = f'{head}("{qualifier}")' if qualifier else slot
        return name if counts[slot] == 1 else f"{name}[{counts[slot]}]"


def _mistakes(faults: Iterable[Fault]) -> list[Mistake]:
    """What is wrong with an interchange."""
    return [_mistake(fault) for fault in faults if fault.finding.level == "error"]


def _mistake(fault: Fault) -> Mistake:
    finding = fault.finding
    return Mistake(f"{finding.code} {finding.where}: {finding.message}", fault.offset)


def _json(data: bytes) -> Any:
    try:
        return json.loads(data, parse_float=Decimal)
    except ValueError as error:
        raise WrongFile(Mistake("it is no JSON")) from error


def _pretty(value: Any) -> bytes:
    return fhir.encode(value, pretty=True) + b"\n"
