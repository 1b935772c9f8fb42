"""`NODE("Q")`, the alternative that a standard itself names by a code: `REF("G1")`, `loop 2310A("DN")`, `DTP03(D8)`.

Going, the code selects; back, it is written. Nothing here knows a standard: an alternative is a child of that name
whose first coded element may hold the code, a form is a type that the element before it tells by a code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mapper.check import notation
from mapper.schema.model import Element, Schema
from mapper.syntax import tree


@dataclass(frozen=True, slots=True)
class Alternative:
    """A child, and the way below it to the code that tells it from its like; none where it has its place alone."""

    element: Element
    way: tuple[str, ...]


def base_name(element: Element) -> str:
    """The name without what tells alternatives apart: `REF` of `REF("G1")`."""
    return element.name.split("(", maxsplit=1)[0]


def named_code(written: tree.Step) -> str | None:
    """The code of `NODE("Q")` or `NODE(Q)`; `None` for a step without one."""
    if written.args is None or len(written.args) != 1:
        return None
    (arg,) = written.args
    return arg.value if isinstance(arg, tree.String) else type_argument(arg)


def type_argument(arg: tree.Expr) -> str | None:
    """The name in parentheses: a type, a slice, a code without quotes."""
    match arg:
        case tree.Read(path=tree.Path(steps=(tree.Step(name=name, args=None, selects=()),), window=None)):
            return name
        case _:
            return None


def alternative(schema: Schema, owner: str, name: str, code: str) -> Alternative | None:
    """The child of that name that a code selects; an earlier element tells more than a later one (CRC01, CRC03)."""
    found = [
        (number, element, way, codes)
        for element in candidates(schema, owner, name)
        for number, (way, codes) in enumerate(_coded(schema, element))
        if code in codes
    ]
    if not found:
        return None
    _, element, way, codes = min(found, key=lambda each: each[0])
    return Alternative(element, way if len(codes) > 1 else ())


def candidates(schema: Schema, owner: str, name: str) -> list[Element]:
    """The children of a type that share a name."""
    return [element for element in schema.elements(owner) if base_name(element) == name]


def codes_of(schema: Schema, owner: str, name: str) -> list[str]:
    """The codes by which the children of one name are told apart, first ones first."""
    found: list[str] = []
    for element in candidates(schema, owner, name):
        first = next(_coded(schema, element), None)
        found += sorted(first[1]) if first is not None else []
    return found


def _coded(schema: Schema, element: Element) -> Iterator[tuple[tuple[str, ...], frozenset[str]]]:
    """The coded elements of a segment, or of the one that a loop begins with; of a composite its first component."""
    way: tuple[str, ...] = ()
    kind = _kind(schema, element.types[0])
    while kind == "group":
        first = next(iter(schema.elements(element.types[0])), None)
        if first is None:
            return
        way, element = (*way, first.name), first
        kind = _kind(schema, element.types[0])
    for child in schema.elements(element.types[0]):
        if not notation.is_number(child.name):
            continue
        inner = child
        names = (*way, child.name)
        if _kind(schema, child.types[0]) == "composite":
            inner = next(iter(schema.elements(child.types[0])), child)
            names = (*names, inner.name)
        if codes := element_codes(inner):
            yield names, codes


def element_codes(element: Element) -> frozenset[str]:
    """The codes that an element may hold, where they are few and known."""
    binding = element.binding
    if binding is None or binding.strength != "required" or not binding.codes:
        return frozenset()
    return frozenset(code for held in binding.codes.values() for code in held)


def form(schema: Schema, owner: str, element: Element, code: str) -> tuple[str, str | None] | None:
    """The type that the element before tells by a code, and that element's name where the code must be asked for.

    `None` where the element has no such form.
    """
    if (
        schema.format not in notation.FORMS
        or not notation.is_number(element.name)
        or code not in element.types
    ):
        return None
    before = schema.element(owner, str(int(element.name) - 1))
    codes = element_codes(before) if before is not None else frozenset()
    if before is None or code not in codes:
        return None
    return code, before.name if len(codes) > 1 else None


def _kind(schema: Schema, type_name: str) -> str:
    info = schema.type(type_name)
    return info.kind if info is not None else ""
