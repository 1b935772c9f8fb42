"""Which transaction set a Bundle belongs to, and with whom a site exchanges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from runtime.codecs.x12.write import Partner
from runtime.errors import Finding
from runtime.release import Entry, Release


def mapped_sets(release: Release) -> dict[str, Entry]:
    """The X12 sets that a release's mappings take. Of several mappings of one set the last counts: one that goes both
    ways."""
    oneway_first = sorted(release.entries.values(), key=lambda each: each.two_way)
    return {
        name: entry
        for entry in oneway_first
        if entry.message and entry.left[0] == "x12"
        for name in entry.left[1]
    }


def gives_x12(release: Release, bundle: object) -> bool:
    """Whether a Bundle goes to X12: no other mapping is at hand, or it is about what an X12 set holds.

    A Bundle with a MessageHeader is a message, and goes to HL7 v2 even with a claim in it.
    """
    formats = {entry.left[0] for entry in release.entries.values() if entry.message}
    if "x12" not in formats or formats == {"x12"}:
        return "x12" in formats
    if any(name in mapped_sets(release) for name in sets_of(bundle)):
        return not any(resource.get("resourceType") == "MessageHeader" for resource in resources_of(bundle))
    return False


def resources_of(bundle: Any) -> Iterator[Mapping[str, Any]]:
    """The resources in a Bundle's entries; none of what is no Bundle."""
    if isinstance(bundle, dict) and bundle.get("resourceType") == "Bundle":
        for each in bundle.get("entry", ()):
            yield each.get("resource", {})


def sets_of(bundle: Any) -> Iterator[str]:
    """The X12 sets that a Bundle's resources belong to, in their order."""
    return (name for resource in resources_of(bundle) if (name := set_of(resource)) is not None)


def set_of(resource: Mapping[str, Any]) -> str | None:
    """The set in which a resource travels: a Claim by its type, eligibility and payment by what they are."""
    kind = resource.get("resourceType")
    if kind == "Claim":
        codes = {coding.get("code") for coding in resource.get("type", {}).get("coding", ())}
        return "837I" if "institutional" in codes else "837P" if "professional" in codes else None
    return {
        "PaymentReconciliation": "835",
        "CoverageEligibilityRequest": "270",
        "CoverageEligibilityResponse": "271",
    }.get(str(kind))


def partner_of(values: Mapping[str, str]) -> Partner:
    """The envelope's parties from the values of a site's `[partner]`."""
    return Partner(
        values.get("sender_id", ""),
        values.get("receiver_id", ""),
        values.get("sender_qualifier", "ZZ"),
        values.get("receiver_qualifier", "ZZ"),
        usage=values.get("usage", "P"),
    )


def without_partner(values: Mapping[str, str]) -> list[Finding]:
    """An interchange needs somebody who sends and somebody who receives it; nothing is invented for them."""
    return [
        Finding(
            "R210", "warning", f"the site's [partner] names no {name}: the envelope is not complete", place
        )
        for name, place in (("sender_id", "ISA06"), ("receiver_id", "ISA08"))
        if not values.get(name)
    ]
