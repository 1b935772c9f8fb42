"""Translations of codes in generated code.

A table in one direction is a dict: code (or `(system, code)`, or a tuple of codes where the side has several columns)
to a tuple of `(system, code)` cells, empty for a code that is ignored; the key `None` is the row for all other codes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

Cell = tuple[str, str]
Cells = tuple[Cell | None, ...]
Table = Mapping[Any, Cells]
Function = Callable[[str], Any]


class Teller(Protocol):
    """What a translation needs of the context."""

    def untranslated(self, site: str) -> None:
        """Report a code without a row; the code itself is not told."""
        ...


def holds(table: Table, value: Any) -> bool:
    """Whether a code, Coding or CodeableConcept has a row of its own."""
    if not value:
        return False
    if type(value) is not str:
        codings = value.get("coding")
        if codings is None:
            return bool(_of_coding(table, value))
        return any(_of_coding(table, coding) for coding in codings)
    return bool(table.get(value))


def code_of(table: Table, value: Any) -> str | None:
    """The code that a value translates to, for comparisons."""
    found = table.get(value) if value is None or isinstance(value, str) else _of_coding(table, value)
    return found[0][1] if found and found[0] else None


def _of_coding(table: Table, coding: Mapping[str, Any]) -> Cells | None:
    code = coding.get("code")
    system = coding.get("system")
    if code is None:
        return None
    if system is not None:
        found = table.get((system, code))
        if found is not None:
            return found
        plain = table.get(code)
        return None if plain is None or any(type(key) is tuple for key in table) else plain
    return table.get(code)


# -- reading the source --------------------------------------------------------------------------


def from_text(
    context: Teller, table: Table, code: str | None, site: str, otherwise: Function | None
) -> Cell | None:
    """The cell for a plain code."""
    if code is None or code == "":
        return None
    found = table.get(code)
    if found is not None:
        return found[0] if found else None
    return _otherwise(context, table, code, site, otherwise)


def _otherwise(
    context: Teller, table: Table, code: str, site: str, otherwise: Function | None
) -> Cell | None:
    if otherwise is not None:
        made = otherwise(code)
        if made is not None:
            return "", made
    rest = table.get(None)
    if rest is not None:
        return rest[0]
    context.untranslated(site)
    return None


def from_boolean(
    context: Teller, table: Table, value: bool | None, site: str, otherwise: Function | None
) -> Cell | None:
    """The cell for a FHIR boolean, which a table writes as `"true"` and `"false"`."""
    if value is None:
        return None
    return from_text(context, table, "true" if value else "false", site, otherwise)


def from_integer(
    context: Teller, table: Table, value: int | None, site: str, otherwise: Function | None
) -> Cell | None:
    """The cell for a FHIR integer, which a table writes in digits."""
    return from_text(context, table, None if value is None else str(value), site, otherwise)


def from_coding(
    context: Teller, table: Table, coding: Mapping[str, Any], site: str, otherwise: Function | None
) -> Cell | None:
    """The cell for a Coding: by system and code."""
    found = _of_coding(table, coding)
    if found is not None:
        return found[0] if found else None
    code = coding.get("code")
    return _otherwise(context, table, code, site, otherwise) if code is not None else None


def from_concept(
    context: Teller, table: Table, concept: Mapping[str, Any], site: str, otherwise: Function | None
) -> Cell | None:
    """The cell for the first coding of a CodeableConcept that has a row."""
    codings = concept.get("coding", ())
    for coding in codings:
        if "system" not in coding and coding.get(
            "code"
        ):  # the sender's own code, kept beside the translation
            return "", coding["code"]
    for coding in codings:
        found = _of_coding(table, coding)
        if found:
            return found[0]
    code = codings[0].get("code") if codings else None
    if code is None:
        return None
    return _otherwise(context, table, code, site, otherwise) or ("", code)


# -- making the target ---------------------------------------------------------------------------


def to_text(cell: Cell | None) -> str | None:
    """The code alone."""
    return cell[1] if cell is not None else None


def translated(context: Teller, table: Table, code: str | None, site: str) -> str | None:
    """`to_text(from_text(...))` in one call."""
    found = table.get(code) if code else None
    return found[0][1] if found and found[0] else to_text(from_text(context, table, code, site, None))


def to_integer(cell: Cell | None) -> int | None:
    """A FHIR integer; nothing for a code that is none."""
    return int(cell[1]) if cell is not None and cell[1].isascii() and cell[1].isdigit() else None


def to_boolean(cell: Cell | None) -> bool | None:
    """The FHIR boolean that a table writes as `"true"` or `"false"`."""
    return cell[1] == "true" if cell is not None else None


def to_coding(cell: Cell | None) -> dict[str, Any] | None:
    """A Coding; without a system where the table gives none."""
    if cell is None:
        return None
    return {"system": cell[0], "code": cell[1]} if cell[0] else {"code": cell[1]}


def to_concept(cell: Cell | None, original: dict[str, Any] | None) -> dict[str, Any] | None:
    """The translation as a CodeableConcept, with the source's own codings and text kept beside it."""
    coding = to_coding(cell)
    concept = original or {}
    if coding is None:
        return concept or None
    kept = [
        held
        for held in concept.get("coding", ())
        if (held.get("system"), held.get("code")) != (coding.get("system"), coding["code"])
    ]
    same = [held for held in concept.get("coding", ()) if held not in kept]
    if same:
        coding = {**same[0], **coding}
    return {**concept, "coding": [coding, *kept]}


def untranslated_part(table: Table, concept: Mapping[str, Any]) -> dict[str, Any]:
    """What a concept holds beside its translation: the source's own codings and text."""
    codings = concept.get("coding", ())
    sent = {coding.get("code") for coding in codings if "system" not in coding}
    kept = [coding for coding in codings if not _translated(table, coding, sent)]
    rest = {key: value for key, value in concept.items() if key != "coding"}
    return {**rest, "coding": kept} if kept else rest


def _translated(table: Table, coding: Mapping[str, Any], sent: set[Any]) -> bool:
    """Whether a coding stands for another code: a code that is its own translation is the source's own coding, unless
    that stands beside it as it was `sent`, without a system.
    """
    if "system" not in coding:
        return False
    found = _of_coding(table, coding)
    if found is None:
        return False
    cell = found[0]
    if cell is None or cell[1] in sent:
        return True
    return cell[1] != coding.get("code") or not _same_system(cell[0], coding["system"])


def _same_system(v2_table: str, uri: str) -> bool:
    """Whether a FHIR code system is that of an HL7 table: `HL70131` and `.../CodeSystem/v2-0131`."""
    return v2_table.startswith("HL7") and uri.endswith(f"/v2-{v2_table[3:]}")


def to_coded(cell: Cell | None, original: dict[int, Any] | None) -> dict[int, Any] | None:
    """A coded v2 composite: what the source had sent, else the code that the table gives."""
    if cell is None or (original and (1 in original or not cell[0])):
        return original or None
    return {**(original or {}), 1: cell[1]}


# -- several columns -----------------------------------------------------------------------------


def key_text(value: str | None) -> str | None:
    """A plain code as part of a key."""
    return value or None


def key_boolean(value: bool | None) -> str | None:
    """A FHIR boolean as part of a key."""
    return None if value is None else ("true" if value else "false")


def key_integer(value: int | None) -> str | None:
    """A FHIR integer as part of a key."""
    return None if value is None else str(value)


def key_coding(value: Mapping[str, Any]) -> str | None:
    """The code of a Coding as part of a key."""
    return value.get("code")


def key_concept(value: Mapping[str, Any]) -> str | None:
    """The first code of a CodeableConcept as part of a key."""
    codings = value.get("coding", ())
    return codings[0].get("code") if codings else None


def from_tuple(
    context: Teller, table: Table, codes: tuple[str | None, ...] | str | None, site: str
) -> Cells | None:
    """The cells for several codes at once, or for the code of a side with one column; nothing where none is there."""
    if not codes or not any(codes):
        return None
    found = table.get(codes)
    if found is None:
        found = table.get(None)
        if found is None:
            context.untranslated(site)
    return found


MAKERS: dict[str, Callable[[Cell | None], Any]] = {
    "text": to_text,
    "boolean": to_boolean,
    "integer": to_integer,
    "coding": to_coding,
    "concept": lambda cell: {"coding": [to_coding(cell)]} if cell is not None else None,
}


def to_tuple(cells: Cells | None, shapes: tuple[str, ...]) -> tuple[Any, ...] | None:
    """Each cell in the shape of its target."""
    if not cells:
        return None
    return tuple(MAKERS[shape](cell) for cell, shape in zip(cells, shapes, strict=True))
