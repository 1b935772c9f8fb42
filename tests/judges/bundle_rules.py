"""The Bundle's own rules (hl7.org/fhir/R4/bundle.html): bdl-1 to 12, and its text on fullUrl and request."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from tests.judges.finding import Verdict
from tests.judges.primitives import COMPILED
from tests.judges.walk import Json, items

JUDGE = "own"
REQUESTING = ("batch", "transaction", "history")
RESPONDING = ("batch-response", "transaction-response", "history")
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH")
REST_URL = re.compile(r"https?://.*/([A-Za-z]+)/([A-Za-z0-9\-.]{1,64})")
Told = Iterator[tuple[str, str, str]]


def judge(bundle: Json) -> Iterator[Verdict]:
    """Objections to a Bundle as a whole; nothing about its resources."""
    entries = [
        (path, entry)
        for path, entry in items(bundle.get("entry", []), "Bundle.entry")
        if isinstance(entry, dict)
    ]
    for rule in WHOLE:
        yield from (Verdict(JUDGE, *told) for told in rule(bundle, entries))
    for path, entry in entries:
        for check in SINGLE:
            yield from (Verdict(JUDGE, *told) for told in check(str(bundle.get("type")), path, entry))


Entries = list[tuple[str, Json]]


def _totals(bundle: Json, entries: Entries) -> Told:
    if "total" in bundle and bundle.get("type") not in ("searchset", "history"):
        yield "bdl-1", "Bundle.total", "only a search or a history has a total"


def _distinct_urls(bundle: Json, entries: Entries) -> Told:
    def version(entry: Json) -> tuple[Any, Any]:
        meta = entry.get("resource", {}).get("meta", {})
        return entry["fullUrl"], meta.get("versionId")

    counted = Counter(version(entry) for _, entry in entries if "fullUrl" in entry)
    for path, entry in entries:
        if bundle.get("type") != "history" and "fullUrl" in entry and counted[version(entry)] > 1:
            yield "bdl-7", f"{path}.fullUrl", "not unique in the Bundle"


def _document(bundle: Json, entries: Entries) -> Told:
    if bundle.get("type") != "document":
        return
    identifier = bundle.get("identifier", {})
    if not (identifier.get("system") and identifier.get("value")):
        yield "bdl-9", "Bundle.identifier", "a document has an identifier with system and value"
    if "timestamp" not in bundle:
        yield "bdl-10", "Bundle.timestamp", "a document has a date"
    yield from _first(entries, "Composition", "bdl-11")


def _message(bundle: Json, entries: Entries) -> Told:
    if bundle.get("type") == "message":
        yield from _first(entries, "MessageHeader", "bdl-12")


def _first(entries: Entries, kind: str, check: str) -> Told:
    first = entries[0][1].get("resource", {}) if entries else {}
    if first.get("resourceType") != kind:
        yield check, "Bundle.entry[0].resource", f"the first resource is not a {kind}"


def _same_resource(bundle: Json, entries: Entries) -> Told:
    seen: Counter[tuple[Any, Any]] = Counter()
    for path, entry in entries:
        resource = entry.get("resource", {})
        key = (resource.get("resourceType"), resource.get("id"))
        seen[key] += 1
        if key[1] is not None and seen[key] == 2 and bundle.get("type") != "history":
            yield "entry-twice", f"{path}.resource.id", "another entry has the same type and id"


def _search(kind: str, path: str, entry: Json) -> Told:
    if "search" in entry and kind != "searchset":
        yield "bdl-2", f"{path}.search", "only in a searchset"


def _request(kind: str, path: str, entry: Json) -> Told:
    if ("request" in entry) != (kind in REQUESTING):
        yield "bdl-3", f"{path}.request", f"{'missing' if kind in REQUESTING else 'not allowed'} in a {kind}"
    if isinstance(entry.get("request"), dict):
        yield from _request_fits(path, entry["request"], entry.get("resource"))


def _request_fits(path: str, request: Json, resource: Any) -> Told:
    method, url = request.get("method"), str(request.get("url", ""))
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    if method not in METHODS or not url:
        yield "request", f"{path}.request", "needs a method and a url"
    if method in ("POST", "PUT") and kind is None:
        yield "request", f"{path}.resource", f"missing for {method}"
    if method == "POST" and kind is not None and url != kind:
        yield "request", f"{path}.request.url", "POST goes to the resource type"
    if method == "PUT" and not _put_url(url, kind, resource):
        yield "request", f"{path}.request.url", "PUT goes to Type/id of the resource or to Type?query"
    if "ifNoneExist" in request and method != "POST":
        yield "request", f"{path}.request.ifNoneExist", "only with POST"


def _put_url(url: str, kind: Any, resource: Any) -> bool:
    own = isinstance(resource, dict) and url == f"{kind}/{resource.get('id')}"
    return own or (url.startswith(f"{kind}?") and "=" in url)


def _response(kind: str, path: str, entry: Json) -> Told:
    if ("response" in entry) != (kind in RESPONDING):
        yield "bdl-4", f"{path}.response", f"{'missing' if kind in RESPONDING else 'not allowed'} in a {kind}"


def _something(kind: str, path: str, entry: Json) -> Told:
    if not ({"resource", "request", "response"} & entry.keys()):
        yield "bdl-5", path, "neither resource nor request nor response"


def _full_url(kind: str, path: str, entry: Json) -> Told:
    url, resource = entry.get("fullUrl"), entry.get("resource")
    if url is None:
        posted = entry.get("request", {}).get("method") == "POST"
        if isinstance(resource, dict) and not posted and kind not in RESPONDING:
            yield "fullUrl", f"{path}.fullUrl", "missing"
        return
    if "/_history/" in str(url):
        yield "bdl-8", f"{path}.fullUrl", "version-specific"
    yield from _full_url_form(path, str(url), resource)


def _full_url_form(path: str, url: str, resource: Any) -> Told:
    where = f"{path}.fullUrl"
    if url.startswith("urn:uuid:"):
        if not COMPILED["uuid"].fullmatch(url):
            yield "fullUrl", where, "not a valid UUID URN"
    elif url.startswith("urn:oid:"):
        if not COMPILED["oid"].fullmatch(url):
            yield "fullUrl", where, "not a valid OID URN"
    elif not re.match(r"[a-z]+:", url):
        yield "fullUrl", where, "not an absolute URI"
    elif (rest := REST_URL.fullmatch(url)) and isinstance(resource, dict):
        yield from _rest_form(where, rest, resource)


def _rest_form(where: str, rest: re.Match[str], resource: Json) -> Told:
    if rest.groups() != (resource.get("resourceType"), resource.get("id", rest.group(2))):
        yield "fullUrl", where, "does not end in the resource's type and id"


WHOLE: tuple[Callable[[Json, Entries], Told], ...] = (
    _totals, _distinct_urls, _document, _message, _same_resource,
)  # fmt: skip
SINGLE: tuple[Callable[[str, str, Json], Told], ...] = (_search, _request, _response, _something, _full_url)
