"""Exact checks of one segment's elements: presence, length, characters, type, codes, dates. For segments that the fast
pattern does not take. Sources: X12.6 for types and syntax conditions, the structure table for everything else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from runtime.codecs.x12.delimiters import COMPONENT, REPETITION
from runtime.x12.validate import finding as kinds
from runtime.x12.validate.finding import Kind
from runtime.x12.validate.values import (
    PRINTABLE,
    has_format,
    is_date,
    is_decimal,
    is_number,
    is_time,
    measured,
)

Lists = Mapping[str, frozenset[str]]
Condition = Callable[[Sequence[str]], bool]


class ElementTable(TypedDict, total=False):
    """An element, or a component of a composite, as the structure table has it: type, lengths, usage, codes."""

    n: int
    type: str
    min: int
    max: int | None
    usage: str
    repeat: int | None
    codes: list[str] | None
    external: str | None
    name: str
    de: str
    components: list[ElementTable] | None
    syntax: list[str]
    pattern: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A finding about an element before its segment's place is added."""

    kind: Kind
    message: str
    element: int
    component: int = 0
    repetition: int = 0
    data_element: str = ""
    value: str = ""


def faults(elements: Sequence[ElementTable], segment: Sequence[str], lists: Lists) -> Iterator[Fault]:
    """What is wrong with the elements of a segment, in their order; `segment[0]` is its id."""
    known = {part["n"]: part for part in elements}
    last = max(known, default=0)
    if len(segment) - 1 > last:
        yield Fault(
            kinds.TOO_MANY, f"the segment has {len(segment) - 1} elements, at most {last} belong", last + 1
        )
    if len(segment) > 1 and not segment[-1]:
        yield Fault(
            kinds.TRAILING, "empty elements at the end of the segment are written out", len(segment) - 1
        )
    qualifier = ""
    for number in range(1, last + 1):
        value = segment[number] if number < len(segment) else ""
        part = known.get(number)
        if part is None:
            continue
        yield from _element(part, number, value, qualifier, lists)
        qualifier = value if part.get("de") == "1250" else ""


def _element(part: ElementTable, number: int, value: str, qualifier: str, lists: Lists) -> Iterator[Fault]:
    """One element with all its repetitions."""
    if not value.strip(COMPONENT + REPETITION):
        if part.get("usage") == "R":
            yield Fault(
                kinds.MISSING_ELEMENT,
                "a required element is missing",
                number,
                data_element=part.get("de", ""),
            )
        elif value:
            yield Fault(
                kinds.TRAILING, "empty components are written out", number, data_element=part.get("de", "")
            )
        return
    if part.get("usage") == "N":
        yield Fault(
            kinds.UNUSED_ELEMENT,
            "the guide does not use this element",
            number,
            0,
            0,
            part.get("de", ""),
            value,
        )
        return
    most = part.get("repeat", 1)
    parts = value.split(REPETITION) if most != 1 or REPETITION in value else [value]
    if most is not None and len(parts) > most:
        message = f"the element occurs {len(parts)} times, at most {most} are allowed"
        yield Fault(kinds.REPETITIONS, message, number, 0, most + 1, part.get("de", ""))
    components = part.get("components")
    for repetition, one in enumerate(parts, 1):
        at = repetition if len(parts) > 1 else 0
        if components:
            yield from _components(part, components, number, at, one, lists)
        elif COMPONENT in one:
            yield Fault(
                kinds.CHARACTER, "a plain element has components", number, 0, at, part.get("de", ""), one
            )
        else:
            for kind, message in _value(part, one, qualifier, lists):
                yield Fault(kind, message, number, 0, at, part.get("de", ""), one)


def _components(
    composite: ElementTable,
    components: Sequence[ElementTable],
    number: int,
    repetition: int,
    value: str,
    lists: Lists,
) -> Iterator[Fault]:
    parts = value.split(COMPONENT)
    known = {part["n"]: part for part in components}
    last = max(known, default=0)
    if len(parts) > last:
        message = f"the composite has {len(parts)} components, at most {last} belong"
        yield Fault(kinds.TOO_MANY, message, number, last + 1, repetition, composite.get("de", ""))
    elif len(parts) > 1 and not parts[-1]:
        yield Fault(
            kinds.TRAILING, "empty components at the end are written out", number, len(parts), repetition
        )
    qualifier = ""
    for index in range(1, last + 1):
        one = parts[index - 1] if index <= len(parts) else ""
        part = known.get(index)
        if part is None:
            continue
        for fault in _element(part, number, one, qualifier, lists):
            yield Fault(fault.kind, fault.message, number, index, repetition, part.get("de", ""), fault.value)
        qualifier = one if part.get("de") == "1250" else ""
    for condition in composite.get("syntax") or ():
        if not holds(condition)(["", *parts]):
            kind, message = broken(condition)
            yield Fault(kind, message, number, int(condition[1:3]), repetition)


def _value(part: ElementTable, value: str, qualifier: str, lists: Lists) -> Iterator[tuple[Kind, str]]:
    """What is wrong with a simple value that is there."""
    kind, least, most = part.get("type", "AN"), part.get("min", 1), part.get("max")
    if PRINTABLE.fullmatch(value) is None and kind != "B":
        yield kinds.CHARACTER, "a character that is not in the extended character set"
        return
    length = measured(kind, value)
    if length < least:
        yield kinds.TOO_SHORT, f"{length} characters, at least {least} are needed"
    elif most is not None and length > most:
        yield kinds.TOO_LONG, f"{length} characters, at most {most} fit"
    if kind in ("AN", "ID") and value.endswith(" ") and len(value.rstrip()) >= least:
        yield kinds.CHARACTER, "trailing spaces"
    yield from _code(part, value, lists)
    yield from _form(kind, value)
    pattern = part.get("pattern")
    if pattern and re.search(pattern, value) is None:
        yield kinds.PATTERN, "not of the form that the guide asks for"
    if part.get("de") == "1251" and qualifier and not has_format(qualifier, value):
        yield (
            (kinds.BAD_TIME if qualifier == "TM" else kinds.BAD_DATE),
            "not of the form that its qualifier names",
        )


def _code(part: ElementTable, value: str, lists: Lists) -> Iterator[tuple[Kind, str]]:
    codes, external = part.get("codes"), part.get("external")
    if (not codes and not external) or (codes and value in codes):
        return
    if external:
        known = lists.get(external)
        if known is not None and value not in known:
            yield kinds.NOT_IN_LIST, f"not a code of the list {external}"
    else:
        yield kinds.BAD_CODE, "not a code that the guide allows here"


def _form(kind: str, value: str) -> Iterator[tuple[Kind, str]]:
    if kind[:1] == "N" and not is_number(value):
        yield kinds.CHARACTER, "not a whole number"
    elif kind == "R" and not is_decimal(value):
        yield kinds.CHARACTER, "not a decimal number"
    elif kind in ("DT", "D8") and not is_date(value):
        yield kinds.BAD_DATE, "not a date"
    elif kind == "RD8" and not has_format("RD8", value):
        yield kinds.BAD_DATE, "not a period of two dates"
    elif kind == "TM" and not is_time(value):
        yield kinds.BAD_TIME, "not a time"


def _there(values: Sequence[str], number: int) -> bool:
    if number >= len(values):
        return False
    found = values[number]
    return bool(found) and (found[0].isalnum() or bool(found.strip(COMPONENT + REPETITION)))


def _numbers(condition: str) -> list[int]:
    return [int(condition[at : at + 2]) for at in range(1, len(condition) - 1, 2)]


def holds(condition: str) -> Condition:
    """A syntax condition as a test: `P0304`, `R0203`, `E0102`, `C0506`, `L070809` (X12.6, relational conditions)."""
    letter, numbers = condition[0], _numbers(condition)
    first, rest = numbers[0], numbers[1:]
    if letter == "P":
        return lambda values: len({_there(values, number) for number in numbers}) == 1
    if letter == "R":
        return lambda values: any(_there(values, number) for number in numbers)
    if letter == "E":
        return lambda values: sum(_there(values, number) for number in numbers) <= 1
    if letter == "C":
        return lambda values: not _there(values, first) or all(_there(values, number) for number in rest)
    return lambda values: not _there(values, first) or any(_there(values, number) for number in rest)


def vacuous(condition: str) -> int:
    """The count of parts (id and elements) of a segment up to which a condition holds in any case."""
    return 0 if condition[0] == "R" else min(_numbers(condition))


def broken(condition: str) -> tuple[Kind, str]:
    """The finding for a condition that does not hold."""
    numbers = [f"{number:02}" for number in _numbers(condition)]
    listed, first, rest = ", ".join(numbers), numbers[0], ", ".join(numbers[1:])
    messages = {
        "P": f"elements {listed} stand together or not at all",
        "R": f"at least one of elements {listed} is needed",
        "E": f"at most one of elements {listed} may stand",
        "C": f"element {first} needs {rest}",
        "L": f"element {first} needs one of {rest}",
    }
    return (kinds.EXCLUSION if condition[0] == "E" else kinds.CONDITION), messages[condition[0]]


def implied(condition: str, elements: Sequence[ElementTable]) -> bool:
    """Whether the usage of the elements already decides a condition, so that it needs no test of its own."""
    usage = {part["n"]: part.get("usage", "S") for part in elements}
    numbers = _numbers(condition)
    uses = [usage.get(number, "N") for number in numbers]
    if condition[0] == "P":
        return set(uses) in ({"R"}, {"N"})
    if condition[0] == "R":
        return "R" in uses
    if condition[0] == "E":
        return sum(use != "N" for use in uses) <= 1
    if condition[0] == "C":
        return uses[0] == "N" or set(uses[1:]) == {"R"}
    return uses[0] == "N" or "R" in uses[1:]
