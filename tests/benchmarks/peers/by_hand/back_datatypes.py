"""FHIR elements as the text of one repetition of a v2 field."""

from __future__ import annotations

from typing import Any

from tests.benchmarks.peers.by_hand.codes import (
    ADDRESS_USE,
    NAME_USE,
    NAMES_OF_SYSTEMS,
    OWN,
    STANDARD,
    TELECOM_USE,
    name_of,
    reverse,
)
from tests.benchmarks.peers.by_hand.text import escape, v2_moment

Json = dict[str, Any]
NAME_CODE = reverse(NAME_USE)
ADDRESS_CODE = reverse(ADDRESS_USE)
TELECOM_CODE = reverse(TELECOM_USE)
EQUIPMENT = {"phone": "PH", "fax": "FX", "pager": "BP"}


def segment(name: str, fields: dict[int, str]) -> str:
    """A segment from its fields by number, without empty fields at its end."""
    last = max((number for number, text in fields.items() if text), default=0)
    return "|".join([name, *(fields.get(number, "") for number in range(1, last + 1))])


def parts(values: dict[int, Any]) -> str:
    """Components by number, escaped, without empty ones at the end."""
    last = max((number for number, text in values.items() if text), default=0)
    return "^".join(escape(values.get(number) or "") for number in range(1, last + 1))


def field(*values: str | None) -> str:
    """Components in a row."""
    return parts(dict(enumerate(values, 1)))


def number_text(number: Any) -> str:
    """A number as NM."""
    return str(number)


def concept(value: Json | None) -> str:
    """CodeableConcept as CWE; a code of HL7's own terminology that stands beside the sender's is not written."""
    if not value:
        return ""
    codings = value.get("coding", [])
    coding = codings[-1] if codings else {}
    return parts(
        {
            1: coding.get("code"),
            2: coding.get("display"),
            3: name_of(coding["system"]) if "system" in coding else "",
            9: value.get("text"),
        }
    )


def authority(system: str) -> str:
    """A system as HD with subcomponents."""
    if system in NAMES_OF_SYSTEMS:
        return NAMES_OF_SYSTEMS[system]
    if system.startswith("urn:oid:"):
        return f"&{system[8:]}&ISO"
    if system.startswith("urn:uuid:"):
        return f"&{system[9:]}&UUID"
    return escape(system.rsplit("/", 1)[-1])


def assigner(known: Json) -> str:
    """The system of an identifier as HD, with the name that stands beside it."""
    text = authority(known["system"]) if "system" in known else ""
    name = escape(known.get("assigner", {}).get("display", ""))
    return name + text if text.startswith("&") else name or text


def facility(known: Json) -> str:
    """CX-6."""
    for found in known.get("extension", []):
        if found["url"] == f"{OWN}/assigning-facility":
            return escape(found["valueReference"]["display"])
    return ""


def identifier(known: Json) -> str:
    """CX."""
    period = known.get("period", {})
    kind = known.get("type", {}).get("coding", [{}])[0].get("code", "")
    values = [escape(known["value"]), "", "", assigner(known), kind, facility(known)]
    values += [v2_moment(period.get("start", "")), v2_moment(period.get("end", ""))]
    return "^".join(values).rstrip("^")


def human_name(name: Json) -> str:
    """XPN."""
    start = v2_moment(name.get("period", {}).get("start", ""))
    return parts({**common_name(name, 1), 7: NAME_CODE.get(name.get("use", "")), 12: start})


def common_name(name: Json, at: int) -> dict[int, Any]:
    """Family, given, middle, suffix, prefix and degree in the order that XPN and XCN share."""
    given = name.get("given", [])
    suffixes = name.get("suffix", [])
    marks = name.get("_suffix", [])
    degrees = [text for index, text in enumerate(suffixes) if index < len(marks) and marks[index]]
    plain = [text for text in suffixes if text not in degrees]
    return {
        at: name.get("family"),
        at + 1: given[0] if given else "",
        at + 2: " ".join(given[1:]),
        at + 3: plain[0] if plain else "",
        at + 4: name.get("prefix", [""])[0],
        at + 5: degrees[0] if degrees else "",
    }


def person_id(who: Json) -> str:
    """A Practitioner as XCN."""
    known = who.get("identifier", [{}])[0]
    values = {1: known.get("value"), **common_name(who.get("name", [{}])[0], 2)}
    text = parts(values)
    if "system" in known:
        text += "^" * (8 - text.count("^")) + assigner(known)
    return text


def organization(owner: Json) -> str:
    """An Organization as XON."""
    known = owner.get("identifier", [{}])[0]
    kind = known.get("type", {}).get("coding", [{}])[0].get("code", "")
    system = assigner(known)
    legal = owner.get("extension", [{}])[0].get("valueCode", "")
    values = [
        escape(owner.get("name", "")),
        legal,
        "",
        "",
        "",
        system,
        kind,
        "",
        "",
        escape(known.get("value", "")),
    ]
    return "^".join(values).rstrip("^")


def address(place: Json) -> str:
    """XAD."""
    lines = place.get("line", [])
    kind = "M" if place.get("type") == "postal" else ADDRESS_CODE.get(place.get("use", ""))
    first = escape(lines[0]) if lines else ""
    for found in (place.get("_line", [None])[0] or {}).get("extension", []):
        first += "&" + escape(found["valueString"])
    values = {
        1: "",
        2: lines[1] if len(lines) > 1 else "",
        3: place.get("city"),
        4: place.get("state"),
        5: place.get("postalCode"),
        6: place.get("country"),
        7: kind,
        9: place.get("district"),
    }
    return first + ("^" + rest if (rest := parts(values)[1:]) else "")


def telecom(point: Json) -> str:
    """XTN."""
    held = {found["url"]: found for found in point.get("extension", [])}
    purpose = held.get(f"{OWN}/contactpoint-purpose", {}).get("valueCode")
    if point["system"] == "email":
        return parts({2: purpose or "NET", 3: "Internet", 4: point["value"]})
    mobile = point.get("use") == "mobile"
    values: dict[int, Any] = {
        2: purpose or ("PRN" if mobile else TELECOM_CODE.get(point.get("use", ""))),
        3: "CP" if mobile else EQUIPMENT.get(point["system"], "PH"),
    }
    for number, name in enumerate(NUMBER_PARTS, 5):
        if found := held.get(f"{STANDARD}/contactpoint-{name}"):
            values[number] = found["valueString"]
    values[1] = point["value"]
    return parts(values)


NUMBER_PARTS = ("country", "area", "local", "extension")
