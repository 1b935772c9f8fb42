"""What a compiled mapping was seen to do: which places of generated messages reached which elements, by which line.

The traced mapping runs on messages made from the schema and the mapping. A claim of a line is *shown* where one of them
had its source and that very line put it there, or where the constant that it writes stood there.
"""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mapper.check.model import TMapping
from mapper.claims import Claim, Place
from mapper.coverage.messages import Messages
from mapper.driver import Compiled, build_release
from mapper.schema.hl7v2 import Hl7v2Schema
from mapper.trace import Trace
from mapper.verify.facts import facts_of
from mapper.verify.subject import MESSAGE, site, tell_site_codes
from runtime.codecs.hl7v2 import Message, numbered_leaves, serialize
from runtime.errors import MapperError
from runtime.lib.trail import Where
from runtime.release import Release
from runtime.translate import Result, Translator

Way = tuple[str, ...]
"""Keys of a resource without numbers; an extension's URL stands for it and for its value."""
Numbers = tuple[int, ...]
_EXTENSIONS = ("extension", "modifierExtension")
TIMES = 24
"""Messages for each kind of segment: with them nearly every row of ADT_A01 that is implemented shows."""


@dataclass
class Witness:
    """Marks of all runs by resource type, and the leaves of their outputs."""

    runs: int = 0
    marks: dict[str, set[tuple[str, Numbers, Way]]] = field(default_factory=lambda: defaultdict(set))
    leaves: dict[tuple[str, Way], set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, result: Result) -> None:
        """Look at one traced translation of an HL7 v2 message."""
        self.runs += 1
        trace = Trace(result)
        leaves = _below(result.source)
        for root, below, where in trace.places():
            way = tuple(_way(root, below))
            for source in leaves.get(_plain(where), ()):
                self.marks[root["resourceType"]].add((*source, way))
        for entry in result.output.get("entry", ()):
            self._read(entry["resource"])
        self._read({key: value for key, value in result.output.items() if key != "entry"})

    def _read(self, resource: Mapping[str, Any]) -> None:
        for way, value in flat(resource):
            self.leaves[resource["resourceType"], way].add(value)

    def shows(self, claim: Claim) -> bool:
        """Whether a claim was seen to hold; what only decides (conditions, keys) shows in what its case wrote."""
        if claim.target is None:
            return True
        way = way_of(claim.target)
        match claim.how:
            case "constant":
                found = ((claim.target.root, (*way, *below), value) for below, value in constant_of(claim))
                return all(value in self.leaves.get((root, place), ()) for root, place, value in found)
            case "reference":
                return self._written(claim.target.root, (*way, "reference"))
            case "context":
                return self._written(claim.target.root, way)
            case _:
                return self._carried(claim, claim.target.root, way)

    def _written(self, root: str, way: Way) -> bool:
        return any(kind == root and found[: len(way)] == way for kind, found in self.leaves)

    def _carried(self, claim: Claim, root: str, way: Way) -> bool:
        segment, numbers = source_of(claim.source)
        whole = claim.whole or claim.how == "call"
        return any(
            segment == read
            and places[: len(numbers)] == numbers
            and (whole or set(places[len(numbers) :]) <= {1})
            and to[: len(way)] == way
            for read, places, to in self.marks.get(root, ())
        )


def witness_of(compiled: Compiled, mapping: TMapping, structure: str, times: int = TIMES) -> Witness:
    """Run a message mapping, compiled for the purpose, on made messages of a structure.

    A message that fails counts for nothing; `mapper verify` would tell it.
    """
    witness = Witness()
    schema = compiled.program.scopes[mapping.info.module].schemas.get("hl7v2")
    facts = facts_of(mapping, compiled.checked)
    tell_site_codes(facts)
    tables = {info.name: "" for info in compiled.checked.tables.values() if info.from_site}
    with tempfile.TemporaryDirectory(prefix="mapper-witness-") as scratch:
        build_release(compiled, Path(scratch) / "release")
        release = Release(Path(scratch) / "release", verify=False)
        translator = Translator(release, site(tables), tracing=True)
        events = translator.structures["events"]
        event = next((event for event, name in events.items() if name == structure), structure)
        assert isinstance(schema, Hl7v2Schema)
        for tree in Messages(schema, facts.left, structure, event).made(times):
            data = serialize(tree, translator.structures, structure)
            with suppress(MapperError):
                witness.add(translator.forward(data, mapping.info.qualified, MESSAGE))
    return witness


def source_of(place: Place | None) -> tuple[str, Numbers]:
    """The segment of a place, and the numbers below it."""
    segment, numbers = "", []
    for step in place.steps if place is not None else ():
        if step.name.isdigit():
            numbers.append(int(step.name))
        else:
            segment, numbers = step.name, []
    return segment, tuple(numbers)


def way_of(place: Place) -> Way:
    """The keys of a place below its root."""
    return tuple(step.url or step.key for step in place.steps)


def _below(message: Message) -> dict[Where, set[tuple[str, Numbers]]]:
    """The populated leaves at and below each place; repetitions are not told apart."""
    found: dict[Where, set[tuple[str, Numbers]]] = defaultdict(set)
    for leaf in numbered_leaves(message):
        name, numbers = message.segments[leaf.segment][0], (leaf.field, leaf.component, leaf.subcomponent)
        for count in range(4):
            found[leaf.segment, *numbers[:count]].add((name, numbers))
    return found


def _plain(where: Where) -> Where:
    """A place without the number of its repetition, cut where it is open."""
    numbers = (*where[:2], *where[3:])
    return numbers[: numbers.index(None)] if None in numbers else numbers


def _way(node: Any, below: Iterable[Any]) -> Iterator[str]:
    """The keys on the way to an element of a resource."""
    inside = False  # an extension, whose value needs no key
    extensions = False
    for part in below:
        node = _child(node, part)
        if isinstance(part, int):
            if extensions and isinstance(node, dict):
                yield str(node.get("url", ""))
                inside, extensions = True, False
            continue
        plain = part.removeprefix("_")
        extensions = plain in _EXTENSIONS
        if not extensions and not (inside and plain.startswith("value")):
            yield plain
        inside = False


def _child(node: Any, part: Any) -> Any:
    if isinstance(node, dict):
        return node.get(part)
    return node[part] if isinstance(node, list) and isinstance(part, int) and part < len(node) else None


def flat(value: Any, extension: bool = False) -> Iterator[tuple[Way, str]]:
    """The leaves of JSON, each with its way."""
    match value:
        case dict():
            for key, item in value.items():
                plain = key.removeprefix("_")
                if plain in _EXTENSIONS:
                    for each in item:
                        for way, text in flat(each, extension=True):
                            yield (str(each.get("url", "")), *way), text
                elif extension and plain == "url":
                    yield (), str(item)
                else:
                    inner = () if extension and plain.startswith("value") else (plain,)
                    for way, text in flat(item):
                        yield (*inner, *way), text
        case list():
            for item in value:
                yield from flat(item)
        case None:
            pass
        case _:
            yield (), str(value).lower() if isinstance(value, bool) else str(value)


def constant_of(claim: Claim) -> list[tuple[Way, str]]:
    """The leaves of the constant that a claim writes, below its target."""
    kind = claim.target.type if claim.target is not None else ""
    if claim.note.startswith(("{", "[")):
        return list(flat(json.loads(claim.note)))
    if kind == "CodeableConcept":
        return [(("coding", "code"), claim.note), (("coding", "system"), claim.system)]
    if kind == "Coding":
        return [(("code",), claim.note), (("system",), claim.system)]
    return [((), claim.note.lower() if claim.note in ("True", "False") else claim.note)]
