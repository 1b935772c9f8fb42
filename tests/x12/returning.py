"""What comes back: an interchange through a mapping to Bundles and back, and its segments in a form that compares."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from mapper.driver.session import open_session, run_site
from mapper.settings import Site
from runtime.errors import Finding
from runtime.translate import Translator
from runtime.x12.feed import X12Feed

ENVELOPE = frozenset({"ISA", "GS", "ST", "SE", "GE", "IEA"})
AT = datetime(2025, 2, 10, 9, 15)  # noqa: DTZ001 - the envelope's local time
PARTNER = {
    "sender_id": "NORTH",
    "receiver_id": "CLEARING",
    "usage": "T",
    "submitter.name": "NORTH CLINIC",
    "submitter.etin": "123456789",
    "submitter.contact": "BILLING",
    "submitter.phone": "5555550100",
    "receiver.name": "CLEARING HOUSE",
    "receiver.id": "987654321",
}


@cache
def feed(module: str, zone: str = "America/New_York") -> X12Feed:
    """The mapping of a standard module at a site in a time zone."""
    from zoneinfo import ZoneInfo

    site = run_site(Site(zone=ZoneInfo(zone), partner=PARTNER))
    return X12Feed(Translator(open_session(module).release, site))


def bundles(through: X12Feed, data: bytes) -> tuple[list[dict[str, Any]], list[Finding]]:
    """The Bundles of an interchange, as they are after a way through JSON, and what was told."""
    units = list(through.forward(data))
    made = [json.loads(result.data, parse_float=Decimal) for unit in units for result in unit.results]
    return made, [finding for unit in units for finding in unit.findings]


def there_and_back(through: X12Feed, data: bytes) -> bytes:
    """An interchange through FHIR: one that holds the same claims."""
    return through.back(bundles(through, data)[0], at=AT).data


def segments(data: bytes) -> list[str]:
    """The segments within the transactions, with `*` and `:`, in their order.

    Numbers are plain (`1.00` is `1`), and what stands empty at an end is cut.
    """
    text = data.decode("ascii")
    element, component, terminator = text[3], text[104], text[105]
    found = []
    for segment in filter(None, (part.strip() for part in text.split(terminator))):
        parts = [part.split(component) for part in segment.split(element)]
        if parts[0][0] not in ENVELOPE:
            found.append("*".join(":".join(map(plain, part)).rstrip(":") for part in parts).rstrip("*"))
    return found


def plain(text: str) -> str:
    """A number in the form that X12 wants: without zeros that say nothing, behind its digits and before its point."""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, point, rest = digits.partition(".")
    if not point or not (whole + rest).isdigit():
        return text
    short = f"{whole.lstrip('0')}.{rest.rstrip('0')}".removesuffix(".")
    return f"{sign}{short}" if short else "0"
