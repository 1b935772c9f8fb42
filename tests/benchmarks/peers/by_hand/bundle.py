"""The Bundle being built: resources by key, made once and found again; ids by UUIDv5 of the key."""

from __future__ import annotations

from collections.abc import Callable

from tests.benchmarks.peers.by_hand import datatypes
from tests.benchmarks.peers.by_hand.codes import THO
from tests.benchmarks.peers.by_hand.datatypes import Json, Site
from tests.benchmarks.peers.by_hand.text import leaf, uuid

LEVELS = ((2, "bd"), (1, "ro"), (0, "wa"), (7, "lvl"), (6, "bu"))


class Builder:
    """Entries in the order of their making."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.entries: list[Json] = []
        self._known: dict[str, Json] = {}
        self._raw: dict[tuple[str, str], Json | None] = {}

    def add(self, resource: Json, key: str) -> Json:
        """A Reference to the resource, which is added unless its key is known."""
        kind = resource["resourceType"]
        name = f"{kind}|{key}"
        known = self._known.get(name)
        if known is None:
            made = uuid(self.site.namespace, name)
            resource["id"] = made
            url = f"urn:uuid:{made}"
            self.entries.append({"fullUrl": url, "resource": resource})
            known = self._known[name] = {"reference": url}
        return known

    def resource(self, reference: Json) -> Json:
        """The resource that a reference of this builder leads to."""
        url = reference["reference"]
        return next(entry["resource"] for entry in self.entries if entry["fullUrl"] == url)

    def practitioner(self, raw: str) -> Json | None:
        """XCN as a reference to a Practitioner."""
        return self._once("Practitioner", raw, datatypes.practitioner)

    def organization(self, raw: str) -> Json | None:
        """XON as a reference to an Organization."""
        return self._once("Organization", raw, datatypes.organization)

    def _once(self, kind: str, raw: str, make: Callable[[str, Site], Json | None]) -> Json | None:
        place = (kind, raw)
        if place not in self._raw:
            resource = make(raw, self.site)
            self._raw[place] = None if resource is None else self.add(resource, key_of(resource))
        return self._raw[place]

    def location(self, raw: str) -> Json | None:
        """PL as a reference to its smallest place, each place a part of the next larger one."""
        place = ("Location", raw)
        if place not in self._raw:
            self._raw[place] = self._chain(raw)
        return self._raw[place]

    def _chain(self, raw: str) -> Json | None:
        parts = raw.split("^")
        above: Json | None = None
        key = ""
        if facility := leaf(parts, 3):
            key = facility
            above = self._place({"name": facility, **_identified(parts[3])}, "si", key, None)
        for index, kind in reversed(LEVELS):
            if name := leaf(parts, index):
                key = f"{key}|{kind}|{name}"
                above = self._place({"name": name}, kind, key, above)
        return above

    def _place(self, named: Json, kind: str, key: str, above: Json | None) -> Json:
        system = f"{THO}/location-physical-type"
        resource: Json = {"resourceType": "Location", "mode": "instance", **named}
        resource["physicalType"] = {"coding": [{"system": system, "code": kind}]}
        if above is not None:
            resource["partOf"] = above
        return self.add(resource, key)


def _identified(raw: str) -> Json:
    """The universal id of a facility (HD.2, HD.3) as its identifier."""
    parts = raw.split("&")
    if len(parts) < 3 or not parts[1]:
        return {}
    kind = {"coding": [{"code": parts[2], "system": f"{THO}/v2-0301"}]}
    return {"identifier": [{"value": parts[1], "type": kind}]}


def key_of(resource: Json) -> str:
    """What tells a Practitioner or Organization apart: its identifier, else its name."""
    identifiers = resource.get("identifier")
    if identifiers:
        first = identifiers[0]
        return f"{first.get('system', '')}|{first['value']}"
    name = resource.get("name", "")
    return str(name) if isinstance(name, str) else repr(name[0])
