"""The Bundle around the resources that a mapping made: entries, their order, and the requests of a transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from runtime.lib.fhir import Node
from runtime.lib.identity import Identity

BundleKind = Literal["message", "transaction", "collection"]


def finish(bundle: Node, made: Iterable[Identity], kind: BundleKind | None = None) -> Node:
    """The Bundle with its entries; `kind` overrides the type that the mapping wrote.

    A message begins with its MessageHeader (FHIR R4, Bundle, bdl-12); what has none is no message, whoever asks.
    In a transaction each entry has a request: a conditional update for what the message itself tells and R4 can
    search, a conditional create for what it only refers to, else PUT on the deterministic id. A MessageHeader is no
    part of a transaction's patient data, but is kept, so that the event's Provenance has its target.
    """
    held = list(made)
    if kind == "message" and all(each.kind != "MessageHeader" for each in held):
        kind = None
    kind = kind or bundle.get("type", "collection")
    identities = (
        sorted(held, key=lambda identity: identity.kind != "MessageHeader") if kind == "message" else held
    )
    entries = (
        [_requested(each) for each in identities]
        if kind == "transaction"
        else [_entry(each) for each in identities]
    )
    result: Node = {"resourceType": "Bundle", **bundle, "type": kind}
    if entries:
        result["entry"] = entries
    return result


def _entry(identity: Identity) -> Node:
    kind, identifier, url, node, *_ = identity
    return {"fullUrl": url, "resource": {"resourceType": kind, "id": identifier, **node}}


def _requested(identity: Identity) -> Node:
    """An entry of a transaction."""
    entry = _entry(identity)
    entry["request"] = _request(identity)
    if entry["request"]["method"] != "PUT" or identity.search is not None:
        del entry["resource"]["id"]  # the server gives or keeps its own
    return entry


def _request(identity: Identity) -> Node:
    if identity.search is None:
        return {"method": "PUT", "url": f"{identity.kind}/{identity.id}"}
    if identity.own:
        return {"method": "PUT", "url": f"{identity.kind}?{identity.search}"}
    return {"method": "POST", "url": identity.kind, "ifNoneExist": identity.search}
