"""How rows of the guide and claims of lines are compared: fields, places, constants, codes."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module

from mapper.coverage.lines import Line, Tokens
from mapper.spec import CodePair, Place, Row, place_of
from mapper.spec.place import LABEL, type_of_map

# Coded and dated types that HL7 renamed between the declared versions and the guide's.
KIN = (
    frozenset({"CWE", "CNE", "CE", "CF", "IS", "ID", "ST", "varies"}),
    frozenset({"TS", "DTM", "DT"}),
    frozenset({"XPN", "PPN"}),
    frozenset({"XAD", "AD"}),
    frozenset({"FN", "ST"}),
    frozenset({"SAD", "ST"}),
    frozenset({"DR", "DTM"}),
)

# Datatypes of R4 that are profiles of another one, under whose name the guide has them.
PROFILED = {"Duration": "Quantity", "Age": "Quantity", "Distance": "Quantity", "Count": "Quantity"}


def field_of(source: str) -> tuple[str, Tokens]:
    """`PID-5` as `PID` and `5`; `XPN.2` as `XPN` and `2`."""
    name, *numbers = source.replace("-", ".").split(".")
    return name, tuple(number for number in numbers if number.isdigit())


def reads(line: Line, numbers: Tokens, wanted: Tokens) -> bool:
    """Whether a line that reads some numbers reads the wanted ones, or a part of them."""
    if numbers[: len(wanted)] == wanted:
        return True
    plain = (*numbers, "1", "1")
    if wanted and plain[: len(wanted)] == wanted and len(numbers) < len(wanted):
        return True  # `.1` of a plain value is the value
    return line.claim.whole and wanted[: len(numbers)] == numbers


def place_and_path(row: Row) -> tuple[Place, Tokens]:
    """The place of a row; one that is its datatype map's whole resource has that map's type."""
    place = place_of(row)
    if row.target == "$this" and row.datatype_map:
        place = Place(type_of_map(row.datatype_map), "", "")
    return place, tokens(place.path)


def referring(row: Row, place: Place) -> tuple[str, Tokens]:
    """The type and the element that refer to a row's resource."""
    via = place.via.removesuffix(".reference")
    holder = re.search(r"(?:^|\.)([A-Z]\w*)\.([^A-Z]*)$", via)
    return (holder[1], tokens(holder[2])) if holder else (type_of_map(row.map), tokens(via))


def is_constant(row: Row) -> bool:
    """One text in quotes; beside a datatype map it has slipped in from another row."""
    quoted = (
        row.assignment.startswith('"') and row.assignment.endswith('"') and row.assignment.count('"') == 2
    )
    return quoted and not row.datatype_map


@cache
def result_of(function: str, code: str) -> str | None:
    """What a function `module:name` makes of a code, as text; the code itself where no function is named."""
    if not function:
        return code
    module, _, name = function.partition(":")
    called = getattr(import_module(module), name, None)
    called = getattr(called, "go", called)
    try:
        made = called(code) if callable(called) else None
    except TypeError:  # it wants a context: dates and names, no codes
        return None
    return str(made).lower() if isinstance(made, bool) else made if isinstance(made, str) else None


def tokens(path: str) -> Tokens:
    """A path of the guide without its labels."""
    return tuple(token.partition(":")[0] for token in LABEL.sub("", path).split(".") if token)


def is_prefix(short: Tokens, long: Tokens) -> bool:
    """Whether a way begins with another one."""
    return len(short) <= len(long) and all(map(same_token, short, long))


def same_path(one: Tokens, other: Tokens) -> bool:
    """Whether two ways lead to one element."""
    return len(one) == len(other) and all(map(same_token, one, other))


def same_token(wanted: str, written: str) -> bool:
    """Equal, or one names a choice (`value`) of which the other is an alternative (`valueQuantity`)."""
    if wanted == written:
        return True
    short, long = sorted((wanted, written), key=len)
    return long.startswith(short) and long[len(short)].isupper() and short != "extension"


def same_text(one: str, other: str) -> bool:
    """Whether two constants say the same: the guide is loose about case, blanks and final marks."""
    return one.strip().casefold().rstrip("/.") == other.strip().casefold().rstrip("/.") or (
        "/" in one and "absent" in one and last_part(one) == last_part(other)
    )


def fits_system(pair: CodePair, system: str) -> bool:
    """Whether a translation's system is the one that the guide names, if it names any."""
    return not pair.target_system or not system or same_text(system, pair.target_system)


def last_part(url: str) -> str:
    """What names an extension: the last part of its URL, without the decoration of the guide's links."""
    return url.rpartition("/")[2].removesuffix(".html").removeprefix("extension-").casefold()
