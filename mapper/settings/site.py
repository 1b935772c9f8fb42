"""A site: what a practice or hospital adds to the mappings. Without one nothing of this is assumed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mapper.settings.reader import Table, read
from mapper.suggest import nearest

_MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_AUTHORITY = "authority"  # the table `from site` that names identifier systems


@dataclass(frozen=True, slots=True)
class SecretReference:
    """Where a secret is kept: an environment variable, a file, or `service/name` of the keyring. Never the secret."""

    kind: Literal["env", "file", "keyring"]
    name: str


@dataclass(frozen=True, slots=True)
class Site:
    """What `$site` and `from site` read; an empty text is an absent member.

    `zone` is an IANA time zone and `base` an absolute URI without a trailing slash. `application` to
    `message_system` are the members of `$site` by their own names: who this site is in MSH-3/4, whom it writes
    to in MSH-5/6, MSH-11, MSH-12, and the identifier system of message ids. `billing_name` to
    `billing_postal_code` are who bills for this site, which no message says. `tables` has the rows of tables
    declared `from site`: table name -> HL7 v2 code -> code or URI of the other side. `overlays` are modules whose
    `override`s hold for this site. `partner` is who X12 is exchanged with: `sender_id`, `submitter.name`.
    """

    name: str = ""
    zone: ZoneInfo | None = None
    base: str = ""
    application: str = ""
    facility: str = ""
    endpoint: str = ""
    receiving_application: str = ""
    receiving_facility: str = ""
    receiving_endpoint: str = ""
    processing_id: str = ""
    version: str = ""
    message_system: str = ""
    billing_name: str = ""
    billing_npi: str = ""
    billing_tax_id: str = ""
    billing_taxonomy: str = ""
    billing_line: str = ""
    billing_city: str = ""
    billing_state: str = ""
    billing_postal_code: str = ""
    tables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    overlays: tuple[str, ...] = ()
    secrets: Mapping[str, SecretReference] = field(default_factory=dict)
    partner: Mapping[str, str] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, str]:
        """All members of `$site` that the site gives, as text."""
        return {name: value for name in MEMBERS if (value := self.member(name)) is not None}

    def member(self, name: str) -> str | None:
        """`$site.application` and its like; `None` where the site does not give it. Raises `KeyError` otherwise."""
        if name == "zone":
            return self.zone.key if self.zone else None
        if name not in MEMBERS:
            raise KeyError(name)
        value: str = getattr(self, name)
        return value or None


MEMBERS = tuple(
    each.name
    for each in fields(Site)
    if each.name not in ("name", "tables", "overlays", "secrets", "partner")
)
"""The members of `$site`."""


def load_site(path: Path) -> Site:
    """Read a site file. Its name is that of the file. Raises `SettingsError`."""
    document = read(path)
    table = document.table()
    site = Site(
        name=path.stem,
        zone=_zone(table),
        base=table.checked("base", _uri_problem).rstrip("/"),
        tables=_tables(table),
        overlays=_overlays(table),
        secrets=_secrets(table.table("secrets")),
        partner=_partner(table.table("partner")),
        **{name: table.text(name) for name in MEMBERS if name not in ("zone", "base")},
    )
    table.done()
    document.finish()
    return site


def _zone(table: Table) -> ZoneInfo | None:
    name = table.text("zone")
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        table.tell("zone", f"there is no time zone of this name{_near_zone(name)}")
        return None


def _near_zone(name: str) -> str:
    from zoneinfo import available_timezones

    close = nearest(name, sorted(available_timezones()), most=1)
    return f"; did you mean {close}?" if close else "; an IANA name is wanted, like America/Chicago"


def _uri_problem(value: str) -> str | None:
    return None if _URI.fullmatch(value) else "must be an absolute URI, like https://practice.example/fhir"


def _overlays(table: Table) -> tuple[str, ...]:
    overlays = table.texts("overlays")
    for overlay in overlays:
        if not _MODULE.fullmatch(overlay):
            table.tell("overlays", f"{overlay!r} is not the name of a module, like sites.north_clinic")
    return overlays


def _tables(table: Table) -> dict[str, dict[str, str]]:
    """`[tables.NAME]`, and `[identifier_systems]`, which is the table `authority` by a plainer name."""
    systems, tables = table.table("identifier_systems"), table.table("tables")
    rows = {name: tables.table(name).mapping() for name in tables.names()}
    authorities = {name: systems.checked(name, _uri_problem) for name in systems.names()}
    for name in authorities.keys() & rows.get(_AUTHORITY, {}).keys():
        systems.tell(name, f"stands in tables.{_AUTHORITY} too")
    if authorities:
        rows[_AUTHORITY] = rows.get(_AUTHORITY, {}) | authorities
    return rows


PARTNER = ("sender_id", "sender_qualifier", "receiver_id", "receiver_qualifier", "usage")
PARTIES = {
    "submitter": (
        *("entity_type", "name", "first", "middle", "etin"),
        *("contact", "phone", "extension", "fax", "email"),
    ),
    "receiver": ("name", "id"),
}


def _partner(table: Table) -> dict[str, str]:
    """`[partner]`: who stands in the envelope of X12, and the members of `$partner`."""
    found = {name: table.text(name) for name in PARTNER}
    for party, members in PARTIES.items():
        inner = table.table(party)
        found |= {f"{party}.{name}": inner.text(name) for name in members}
        inner.done()
    table.done()
    return {name: value for name, value in found.items() if value}


def _secrets(table: Table) -> dict[str, SecretReference]:
    found = ((name, _secret(table, name)) for name in table.names())
    return {name: secret for name, secret in found if secret is not None}


def _secret(table: Table, name: str) -> SecretReference | None:
    match table.values[name]:
        case {"env": str(where), **rest} if not rest:
            return SecretReference("env", where)
        case {"file": str(where), **rest} if not rest:
            return SecretReference("file", where)
        case {"keyring": str(where), **rest} if not rest:
            return SecretReference("keyring", where)
    table.tell(
        name, 'a secret stands here by reference only: { env = "NAME" }, { file = ... } or { keyring = ... }'
    )
    return None
