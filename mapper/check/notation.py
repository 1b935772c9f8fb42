"""How each standard writes a step: `PID-5` is a segment and its field, `NM109` a segment and its element."""

from __future__ import annotations

import re

from mapper.schema.model import Element

_FIELD = re.compile(r"([A-Z][A-Z0-9]{2})-(\d+)\Z")
_ELEMENT = re.compile(r"([A-Z][A-Z0-9]{1,2})(\d\d)(?:-(\d+))?\Z")


def split(format: str, step: str) -> tuple[str, ...]:
    """The child names that one written step stands for."""
    if format == "hl7v2":
        found = _FIELD.match(step)
        if found:
            return found.group(1), found.group(2)
    if format == "x12" and (found := _ELEMENT.match(step)):
        return tuple(part if part == found.group(1) else str(int(part)) for part in found.groups() if part)
    return (step,)


def bare(format: str, type_name: str) -> str:
    """A type as lines name it: `271.2100A` is the loop 2100A of one of several sets that have one."""
    head, _, rest = type_name.partition(".")
    return rest if format == "x12" and rest and head[:1].isdigit() and len(head) < LOOP else type_name


LOOP = 5
"""No set has a name as long as this, and no loop of a set is said without one: `837P`, `2010AA`."""


def is_number(name: str) -> bool:
    """Whether a child is a field, an element or a component; names of X12 loops have digits, too, but more of them."""
    return len(name) <= NUMBER and name.isdigit()


NUMBER = 2


def join(format: str, names: list[str]) -> str:
    """Child names in the standard's notation: `PID-5.1`, `name.family`, `2010AA/NM109`.

    A field of HL7 v2 is named by its segment alone.
    """
    if format == "x12":
        return _x12([*names[0].split("."), *names[1:]])
    text = last = ""
    for name in names:
        last, before = name, last
        if not text:
            text = name
        elif format == "hl7v2" and name.isdigit() and len(before) == 3:
            text = f"{before}-{name}"
        else:
            text += f".{name}"
    return text


def _x12(names: list[str]) -> str:
    text, numbers = "", 0
    for name in names:
        if is_number(name):
            text += f"-{name}" if numbers else f"{int(name):02}"
            numbers += 1
        else:
            text += ("/" if text else "") + name.split("_", maxsplit=1)[0]
            numbers = 0
    return text


def shown(format: str, owner: str, element: str) -> str:
    """An element as people name it: `PID-8`, `gender`, `NM109`."""
    if not is_number(element):
        return element
    if format == "x12":
        head, _, rest = owner.partition(".")
        owner = rest or head
    return join(format, [owner, element])


def parts(format: str, segment: bool) -> str:
    """What the numbered parts of a segment or of a composite are called."""
    if not segment:
        return "components"
    return "elements" if format == "x12" else "fields"


# Formats whose values are raw text between delimiters: absent is empty text, and what is built is keyed by number.
DELIMITED = frozenset({"hl7v2", "x12"})

# Formats in which an element may tell the form of the next one: `DTP02` that of `DTP03`.
FORMS = frozenset({"x12"})

# Formats whose numbered elements may hold a list: `CAS02..19 step 3`.
RUNS = frozenset({"x12"})

# Formats in which a head may name several types with lines of their own: `2010BA/NM109` where 2010CA is named, too.
BY_TYPE = frozenset({"x12"})

# Formats whose minima are proven. In HL7 v2 they are not: senders leave required fields empty every day, and receivers
# take that.
PROVEN_MINIMA = frozenset({"fhir", "x12"})

# Numbers that FHIR lists of a claim count their items by, and the lists that other elements point to by such a number.
COUNTER = "sequence"
POINTED = {
    "diagnosisSequence": "diagnosis",
    "procedureSequence": "procedure",
    "careTeamSequence": "careTeam",
    "informationSequence": "supportingInfo",
    "supportingInfoSequence": "supportingInfo",
}


def counts(format: str, element: Element) -> bool:
    """Whether an element is the number of its item in the list: it is written where no line does."""
    return format == "fhir" and element.name == COUNTER and element.types == ("positiveInt",)


# Formats in which a mapping and its callers write into the same nodes: an NM1 gets its name here, its qualifier there.
SHARED_NODES = frozenset({"x12"})

# Segments that the serializer writes itself: it opens and closes transactions and numbers levels and lines.
WRITTEN_BY_CODEC = frozenset({"ST", "SE", "HL", "LX"})


def needs_no_line(format: str, element: Element) -> bool:
    """Whether a required element is written where no line does it: counters, and codes without an alternative."""
    if format == "x12":
        return element.fixed is not None or element.name in WRITTEN_BY_CODEC
    return counts(format, element)


# Elements whose code names the type of a sibling of type `varies`.
DISCRIMINATORS = frozenset({("OBX", "2"), ("MFE", "5"), ("MFA", "6")})
