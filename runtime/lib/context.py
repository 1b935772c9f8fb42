"""The context of one run: what the site says, the resources made so far, findings, and the trace where it is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from runtime.errors import Finding, Level
from runtime.lib.fhir import NOTHING, Node, is_valued
from runtime.lib.identity import Identity, Keys, identify, merge_into, says
from runtime.lib.ids import derived_id, site_namespace
from runtime.lib.trail import Trail

LEVELS: dict[str, Level] = {
    "R203": "info", "R205": "info", "R206": "warning", "R207": "info", "R215": "info",
}  # fmt: skip

MESSAGES = {
    "R201": "the value does not fit the target's type",
    "R202": "the code has no row in the table",
    "R203": "further repetitions than the first are not mapped",
    "R204": "two sources disagree about one resource; the first is kept",
    "R205": "no key identifies the resource; its whole content does",
    "R206": "a time without a zone is cut to its date",
    "R207": "a time is padded or cut to the precision that the target wants",
    "R209": "a reference leads to nothing in the Bundle",
    "R211": "the result reads back as another case than the one that wrote it",
    "R212": "a look-up finds none or several matches",
    "R215": "the target has no room for all of the value",
}


@dataclass(frozen=True, slots=True)
class Site:
    """What a site's configuration gives to mappings; nothing is invented where it is silent.

    `tables` are those of `from site`: by table name, code to code, both ways one-to-one. `partner` are the
    values of `$partner` (`submitter.name`) where a run names no other partner.
    """

    zone: ZoneInfo | None = None
    base: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    partner: Mapping[str, str] = field(default_factory=dict)


NO_SITE = Site()
NO_TRAIL = Trail()


class Context:
    """See the module. Generated code calls these methods; nothing here raises on any input."""

    def __init__(
        self,
        site: Site = NO_SITE,
        message: Mapping[str, str] | None = None,
        tracing: bool = False,
        given: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        """`given` holds the values of `$partner` and `$batch`, by set and member."""
        self.site = site
        self.zone = site.zone
        self.base = site.base
        self.number = 1
        self.findings: list[Finding] = []
        self.made: dict[str, Identity] = {}
        self.trail = Trail() if tracing else NO_TRAIL
        self.tracing = tracing
        self._message = message or {}
        self._given = given or {}
        self._namespace = site_namespace(site.base)
        self._keys: dict[int, list[tuple[str, tuple[Any, ...], Any]]] = {}
        self._tables: dict[tuple[str, str], Mapping[Any, Any]] = {}
        self._by_url: dict[str, Node] = {}
        self._by_type: dict[str, list[Node]] = {}
        self._owners: dict[int, Node] = {}
        self._used: set[int] = set()
        self._ids_known = False
        self.documents: list[tuple[Node, dict[str, Identity]]] = []

    # -- context values ----------------------------------------------------------------------

    def context(self, name: str, member: str) -> str | None:
        """`$site.application`, `$message.received`: absent where nobody gave it."""
        if name == "message":
            return self._message.get(member)
        if name == "site":
            return self.site.values.get(member)
        given = self._given.get(name) or (self.site.partner if name == "partner" else {})
        return given.get(member)

    def table(self, name: str, direction: str) -> Mapping[Any, Any]:
        """A table whose rows the site gives, in one direction."""
        key = (name, direction)
        if key not in self._tables:
            rows = self.site.tables.get(name, {})
            pairs = rows.items() if direction == "go" else ((right, left) for left, right in rows.items())
            self._tables[key] = {code: (("", other),) for code, other in pairs}
        return self._tables[key]

    def count(self, number: int) -> None:
        """Tell the mapping that is called next which repetition it builds."""
        self.number = number

    # -- findings ----------------------------------------------------------------------------

    def tell(
        self, code: str, detail: str = "", where: str = "", line: str = "", level: Level | None = None
    ) -> None:
        """Report a finding; `detail` names paths, never values."""
        message = MESSAGES.get(code, detail)
        if detail and code in MESSAGES:
            message = f"{message} ({detail})" if detail != message else message
        self.findings.append(Finding(code, level or LEVELS.get(code, "warning"), message, where, "", line))

    def _told(self, code: str, site: str, where: tuple[Any, ...] | None = None, detail: str = "") -> None:
        line, _, path = site.partition(" ")
        self.tell(code, detail, self.trail.text(where) if where is not None else path, line)

    def unfit(self, site: str, where: tuple[Any, ...] | None = None) -> None:
        """A value does not fit its target's type; for a time that lacks a zone that has been told already."""
        if self.findings and self.findings[-1].code == "R206" and not self.findings[-1].where:
            told = self.findings.pop()
            line, _, path = site.partition(" ")
            self.tell(told.code, "", path if where is None else self.trail.text(where), line)
            return
        self._told("R201", site, where)

    def untranslated(self, site: str) -> None:
        self._told("R202", site)

    def further(self, site: str, items: Sequence[Any]) -> None:
        self._told("R203", site, None, f"{len(items)} in all")

    def required(self, site: str, level: str, text: str) -> None:
        """A `require` of the mapping does not hold."""
        known: dict[str, Level] = {"error": "error", "reject": "error", "warn": "warning", "info": "info"}
        line, _, path = site.partition(" ")
        self.findings.append(Finding("R210", known.get(level, "error"), text, path, "", line))

    def unmade(self, site: str, kind: str) -> None:
        """What a line tells of a resource is lost where the line that makes the resource found nothing."""
        self._told("R213", site, None, f"no line makes the {kind}, so what others put into it is lost")

    def unproven(self, site: str, earlier: str) -> None:
        """What a case has written makes the guard of an earlier case true; `earlier` is that one's `.map` line."""
        self._told("R211", site, None, f"{earlier} is tried before")

    def no_room(self, site: str) -> None:
        """The places that the target has for a list are full."""
        self._told("R215", site, None, "all places are taken")

    def found(self, matches: Sequence[Any], site: str) -> Any:
        """The one reference, value or row that a look-up found; `None` for none and for several, which is told."""
        known = [match for match in matches if match]
        if len(known) != 1:
            self._told("R212", site, None, f"{len(known)} matches")
            return None
        return known[0]

    def missed(self, site: str, why: str) -> None:
        """A look-up table has no row for a line."""
        self._told("R212", site, None, why)

    # -- resources under construction --------------------------------------------------------

    def key(self, node: Node, name: str, values: tuple[Any, ...]) -> None:
        """An identity that stands on the source side only."""
        self._keys.setdefault(id(node), []).append((name, values, None))

    def resource(self, kind: str, node: Node, keys: Keys, own: bool) -> tuple[str, Node]:
        """Give a resource its identity; the same key gives the same resource, whose absent parts are filled.

        `own` tells a resource that a line of the message makes from one that is only referred to: two rows of one
        `each` never merge. Returns the reference (`urn:uuid:...`) and the node that the Bundle holds.
        """
        if self._keys:
            keys = (*self._keys.pop(id(node), ()), *keys)
        identifier, parameter, value, keyed = identify(self._namespace, kind, node, keys)
        held = self.made.get(identifier)
        if held is not None and own and held.own:
            identifier, held, parameter = self._further_row(kind, identifier), None, None
        if not keyed and keys:
            self.tell("R205", kind)
        if held is None:
            url = f"urn:uuid:{identifier}"
            self.made[identifier] = Identity(kind, identifier, url, node, parameter, value, own)
            return url, node
        if held.node is not node:
            self._merge(held.node, node, kind)
        if own and not held.own:
            self.made[identifier] = held._replace(own=True)
        return held.url, held.node

    def enclosing(self, site: str, kind: str, node: Node) -> tuple[str, Node]:
        """The resource that rows of an `under` belong to: the one made already that says the same, else a new one.

        That one had to be made is told.
        """
        for identity in self.made.values():
            if identity.kind == kind and says(identity.node, node):
                if self.tracing:
                    self.trail.into(node, identity.node)
                return identity.url, identity.node
        self._told("R212", site, None, f"no {kind} says the same; one is made for it")
        return self.resource(kind, node, (), own=True)

    def document(self, bundle: Node) -> None:
        """One of several Bundles is complete: the resources made since the last one are its own."""
        self.documents.append((bundle, self.made))
        self.made = {}

    def _further_row(self, kind: str, identifier: str) -> str:
        """The id of a further row with the key of an earlier one."""
        number = 2
        while (further := derived_id(self._namespace, kind, identifier, number)) in self.made:
            number += 1
        return further

    def _merge(self, held: Node, other: Node, kind: str) -> None:
        for path in merge_into(held, other):
            self.tell("R204", f"{kind}.{path}")
        if self.tracing:
            self.trail.into(other, held)

    # -- resources to read -------------------------------------------------------------------

    def load(self, bundle: Mapping[str, Any]) -> None:
        """Make a Bundle's resources known: by full URL, by `Type/id`, by type."""
        if self.tracing:
            self.trail.place_below(bundle, ("Bundle",))
        for entry in bundle.get("entry", ()):
            resource = entry.get("resource")
            if not resource:
                continue
            kind = resource.get("resourceType", "")
            if kind in self._by_type:
                self._by_type[kind].append(resource)
            else:
                self._by_type[kind] = [resource]
            url = entry.get("fullUrl")
            if url is not None and url not in self._by_url:
                self._by_url[url] = resource
            if "contained" in resource:
                self._own(resource, resource)

    def _add_ids(self) -> None:
        """Make resources known by their ids too: most references are full URLs."""
        for kind, resources in self._by_type.items():
            for resource in resources:
                if "id" in resource:
                    self._by_url.setdefault(f"{kind}/{resource['id']}", resource)
                    self._by_url.setdefault(f"urn:uuid:{resource['id']}", resource)
        self._ids_known = True

    def enter(self, bundle: Mapping[str, Any]) -> None:
        """From now on resources are looked for in another one of several Bundles."""
        for known in (self._by_url, self._by_type, self._owners, self._used):
            known.clear()
        self._ids_known = False
        self.load(bundle)

    def _own(self, node: Any, owner: Node) -> None:
        """Remember which resource a reference stands in, so that `#id` finds that resource's own contained ones."""
        if isinstance(node, dict):
            if "reference" in node:
                self._owners[id(node)] = owner
            for value in node.values():
                self._own(value, owner)
        elif isinstance(node, list):
            for value in node:
                self._own(value, owner)

    def resources(self, kind: str) -> Sequence[Node]:
        """The resources of a type: those of the Bundle that is read, or those made so far."""
        found = self._by_type.get(kind)
        return found or [made.node for made in self.made.values() if made.kind == kind]

    def follow(self, reference: Mapping[str, Any], types: Sequence[str]) -> Mapping[str, Any]:
        """The resource that a reference points to if its type is among `types`, else `NOTHING`.

        What the Bundle does not hold becomes a stub of what the reference itself says: identifier and display.
        """
        if not reference:
            return NOTHING
        made = self._made(reference) if self.made else None
        if made is not None:
            return made.node if made.kind in types else NOTHING
        found = self._resolve(reference)
        if found is not None:
            return found if found.get("resourceType") in types else NOTHING
        kind = reference.get("type") or _type_in(reference.get("reference", "")) or types[0]
        if kind not in types:
            return NOTHING
        stub = _stub(kind, reference)
        if stub is NOTHING and "reference" in reference:
            self.tell("R209", kind)
        if self.tracing and stub is not NOTHING:
            self.trail.place_stub(stub, reference)
        return stub

    def follow_all(
        self, references: Iterable[Mapping[str, Any]], types: Sequence[str]
    ) -> list[Mapping[str, Any]]:
        return [found for reference in references if (found := self.follow(reference, types)) is not NOTHING]

    def _made(self, reference: Mapping[str, Any]) -> Identity | None:
        """The resource under construction that a reference leads to."""
        return self.made.get(reference.get("reference", "").removeprefix("urn:uuid:"))

    def _resolve(self, reference: Mapping[str, Any]) -> Node | None:
        url = reference.get("reference")
        if not url:
            return None
        made = self._made(reference) if self.made else None
        if made is not None:
            return made.node
        found = self._by_url.get(url)
        return found if found is not None else self._resolve_id(url, reference)

    def _resolve_id(self, url: str, reference: Mapping[str, Any]) -> Node | None:
        """The resource that a reference leads to which is no full URL of the Bundle."""
        if url.startswith("#"):
            owner = self._owners.get(id(reference), {})
            return next((held for held in owner.get("contained", ()) if held.get("id") == url[1:]), None)
        if not self._ids_known:
            self._add_ids()
        found = self._by_url.get(url)
        return found if found is not None else self._by_url.get("/".join(url.rsplit("/", 2)[-2:]))

    def points_to(self, references: Iterable[Mapping[str, Any]], target: Mapping[str, Any]) -> bool:
        """Whether one of several references points to a resource."""
        return any(reference and self._resolve(reference) is target for reference in references)

    def points_to_type(self, item: Mapping[str, Any], types: Sequence[str]) -> bool:
        """Whether an item (a reference, or a resource that one led to) is of one of the types."""
        if "resourceType" in item:
            return item["resourceType"] in types
        return self.follow(item, types) is not NOTHING

    def joined(self, held: Any, target: Mapping[str, Any]) -> bool:
        """Whether a resource belongs to the named one: its reference leads there, or it has none to say otherwise."""
        if held is None or not is_valued(target):
            return True
        references = held if isinstance(held, list) else [held]
        return self.points_to(references, target)


def _type_in(url: str) -> str:
    """The resource type that a literal reference names: `Practitioner/17`."""
    parts = url.split("/")
    return parts[-2] if len(parts) >= 2 and parts[-2][:1].isupper() else ""


def _stub(kind: str, reference: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reference alone says of its resource."""
    stub: Node = {}
    if "identifier" in reference:
        stub["identifier"] = [reference["identifier"]]
    if "display" in reference:
        person = kind in ("Practitioner", "Patient", "RelatedPerson", "Person")
        stub["name"] = [{"text": reference["display"]}] if person else reference["display"]
    return {"resourceType": kind, **stub} if stub else NOTHING
