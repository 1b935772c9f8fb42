"""Datatypes of HL7 v2 as FHIR elements; each takes the raw text of one repetition and leaves out what is empty."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from tests.benchmarks.peers.by_hand.codes import (
    ADDRESS_USE,
    HL7,
    NAME_USE,
    OWN,
    STANDARD,
    TELECOM_SYSTEM,
    TELECOM_USE,
    THO,
    V2_0203,
    system_of,
)
from tests.benchmarks.peers.by_hand.text import NULL, day, leaf, moment, unescape

Json = dict[str, Any]
SSN = f"{HL7}/sid/us-ssn"
QUALIFIER = f"{HL7}/StructureDefinition/iso21090-EN-qualifier"


class Site:
    """What the sender's site says: zone, base, named authorities and applications, and whether it shifts fields."""

    def __init__(self, base: str, zone: ZoneInfo, names: dict[str, str] | None = None) -> None:
        self.base = base
        self.zone = zone
        self.namespace = uuid5(NAMESPACE_URL, base).bytes
        self.authorities = names or {}
        self.shifts = names is not None


def authority(raw: str, site: Site) -> str | None:
    """HD as a system: the site's table, OID, UUID, URI, else a name under the site's base."""
    if not raw or raw == NULL:
        return None
    parts = raw.split("&")
    name = unescape(parts[0])
    if name in site.authorities:
        return site.authorities[name]
    if len(parts) > 2 and parts[1]:
        kind = parts[2]
        if kind == "ISO":
            return f"urn:oid:{parts[1]}"
        return f"urn:uuid:{parts[1].lower()}" if kind == "UUID" else unescape(parts[1])
    return f"{site.base}/namespace/{name}" if name else None


def identifier(raw: str, site: Site) -> Json | None:
    """CX as Identifier."""
    parts = raw.split("^")
    value = leaf(parts, 0)
    if not value:
        return None
    made: Json = {"value": value}
    count = len(parts)
    if count > 3 and (system := authority(parts[3], site)):
        made["system"] = system
        _assigner(made, parts[3])
    if kind := leaf(parts, 4):
        made["type"] = {"coding": [{"system": V2_0203, "code": kind}]}
    if facility := leaf(parts, 5):
        made["extension"] = [{"url": f"{OWN}/assigning-facility", "valueReference": {"display": facility}}]
    if count > 6:
        _period(made, day(leaf(parts, 6)), day(leaf(parts, 7)))
    return made


def _assigner(made: Json, raw: str) -> None:
    """The name of an authority, beside its system."""
    name = unescape(raw.partition("&")[0])
    if name and name != NULL:
        made["assigner"] = {"display": name}


def _period(made: Json, start: str | None, end: str | None) -> None:
    period = {}
    if start:
        period["start"] = start
    if end:
        period["end"] = end
    if period:
        made["period"] = period


def concept(raw: str) -> Json | None:
    """CWE, CE, IS as CodeableConcept."""
    if "^" not in raw:
        code = unescape(raw)
        return {"coding": [{"code": code}]} if code and code != NULL else None
    parts = raw.split("^")
    codings = [coding for start in (0, 3) if (coding := _coding(parts, start))]
    made: Json = {"coding": codings} if codings else {}
    if text := leaf(parts, 8):
        made["text"] = text
    return made or None


def _coding(parts: list[str], start: int) -> Json | None:
    made: Json = {}
    if (system := leaf(parts, start + 2)) and (uri := system_of(system)):
        made["system"] = uri
    if code := leaf(parts, start):
        made["code"] = code
    if display := leaf(parts, start + 1):
        made["display"] = display
    return made if "code" in made or "display" in made else None


def human_name(raw: str) -> Json | None:
    """XPN as HumanName."""
    return _name(raw.split("^"), 0, use=6, period=11)


def _name(parts: list[str], at: int, use: int, period: int) -> Json | None:
    made: Json = {}
    if family := leaf(parts, at):
        made["family"] = family
    given = [text] if (text := leaf(parts, at + 1)) else []
    if middle := leaf(parts, at + 2):
        given += middle.split()
    if given:
        made["given"] = given
    if suffix := leaf(parts, at + 3):
        made["suffix"] = [suffix]
    if degree := leaf(parts, at + 5):
        _degree(made, degree)
    if prefix := leaf(parts, at + 4):
        made["prefix"] = [prefix]
    if not made:
        return None
    if known := NAME_USE.get(leaf(parts, use)):
        made["use"] = known
    if len(parts) > 9 and period < 99:
        within = (parts[9] + "&").split("&")
        start = leaf(parts, period) or within[0]
        _period(made, day(start), day(leaf(parts, period + 1) or within[1]))
    return made


def _degree(made: Json, degree: str) -> None:
    mark = {"extension": [{"url": QUALIFIER, "valueCode": "AC"}]}
    before = made.get("suffix", [])
    made["_suffix"] = [None] * len(before) + [mark]
    made["suffix"] = [*before, degree]


def address(raw: str) -> Json | None:
    """XAD as Address."""
    parts = raw.split("^")
    made: Json = {}
    lines = [line for line in (leaf(parts, 0), leaf(parts, 1)) if line]
    if lines:
        made["line"] = lines
        if "&" in parts[0]:
            _street(made, parts[0], len(lines))
    for index, name in ((2, "city"), (3, "state"), (4, "postalCode"), (5, "country"), (8, "district")):
        if text := leaf(parts, index):
            made[name] = text
    if not made:
        return None
    kind = leaf(parts, 6)
    if kind in ("M", "SH"):
        made["type"] = "postal"
    elif use := ADDRESS_USE.get(kind):
        made["use"] = use
    if len(parts) > 12:
        _period(made, day(leaf(parts, 12)), day(leaf(parts, 13)))
    return made


def _street(made: Json, raw: str, count: int) -> None:
    """The parts of a street line (SAD) beside it."""
    found = raw.split("&")
    rows = zip(("streetName", "houseNumber"), found[1:], strict=False)
    parts = [
        {"url": f"{STANDARD}/iso21090-ADXP-{name}", "valueString": unescape(text)}
        for name, text in rows
        if text
    ]
    if parts:
        made["_line"] = [{"extension": parts}, *[None] * (count - 1)]


def telecom(raw: str, use: str | None = None) -> Json | None:
    """XTN as ContactPoint; its code beside a mobile's or an email's use, the parts of a number beside its text."""
    parts = raw.split("^")
    kind, code = leaf(parts, 2), leaf(parts, 1)
    extensions: list[Json] = []
    if code and (kind == "CP" or code == "NET"):
        extensions.append({"url": f"{OWN}/contactpoint-purpose", "valueCode": code})
    if email := leaf(parts, 3):
        made: Json = {"system": "email", "value": email}
    else:
        text = _number(parts, extensions)
        number = leaf(parts, 0) or leaf(parts, 11) or text
        if not number:
            return None
        made = {"system": TELECOM_SYSTEM.get(kind, "phone"), "value": number}
    if extensions:
        made["extension"] = extensions
    if kind == "CP":
        made["use"] = "mobile"
    elif known := TELECOM_USE.get(code) or (None if code == "NET" else use):
        made["use"] = known
    return made


NUMBER_PARTS = ((4, "country"), (5, "area"), (6, "local"), (7, "extension"))


def _number(parts: list[str], extensions: list[Json]) -> str:
    """A number as text, its parts as extensions."""
    country, area, local, extension = (leaf(parts, index) for index, _ in NUMBER_PARTS)
    if not local:
        return ""
    for text, (_, name) in zip((country, area, local, extension), NUMBER_PARTS, strict=True):
        if text:
            extensions.append({"url": f"{STANDARD}/contactpoint-{name}", "valueString": text})
    text = f"{local[:3]}-{local[3:]}" if len(local) == 7 else local
    if area:
        text = f"{area} {text}"
    if country:
        text = f"+{country} {text}"
    return f"{text} ext. {extension}" if extension else text


def practitioner(raw: str, site: Site) -> Json | None:
    """XCN as Practitioner, without an id."""
    parts = raw.split("^")
    made: Json = {"resourceType": "Practitioner"}
    if value := leaf(parts, 0):
        known: Json = {"value": value}
        if len(parts) > 8 and (system := authority(parts[8], site)):
            known["system"] = system
            _assigner(known, parts[8])
        if kind := leaf(parts, 12):
            known["type"] = {"coding": [{"system": V2_0203, "code": kind}]}
        made["identifier"] = [known]
    name = _name([*parts[1:4], *parts[4:7]], 0, use=99, period=99)
    if name:
        if use := NAME_USE.get(leaf(parts, 9)):
            name["use"] = use
        made["name"] = [name]
    if degree := leaf(parts, 6):
        made["qualification"] = [{"code": {"coding": [{"code": degree, "system": f"{THO}/v2-0360"}]}}]
    return made if len(made) > 1 else None


def organization(raw: str, site: Site) -> Json | None:
    """XON as Organization, without an id."""
    parts = raw.split("^")
    made: Json = {"resourceType": "Organization", "active": True}
    if name := leaf(parts, 0):
        made["name"] = name
    if kind := leaf(parts, 1):
        made["extension"] = [{"url": f"{OWN}/organization-name-type", "valueCode": kind}]
    if value := leaf(parts, 9) or leaf(parts, 2):
        known: Json = {"value": value}
        if len(parts) > 5 and (system := authority(parts[5], site)):
            known["system"] = system
            _assigner(known, parts[5])
        if kind := leaf(parts, 6):
            known["type"] = {"coding": [{"system": V2_0203, "code": kind}]}
        made["identifier"] = [known]
    return made if len(made) > 2 else None


def when(raw: str, site: Site) -> str | None:
    """TS as dateTime; the degree of precision component is not read."""
    if not raw or raw == NULL:
        return None
    return moment(raw.partition("^")[0], site.zone)
