"""Identifiers of systems and resources: OID, UUID, names under a site's base, and ids derived from keys."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote
from uuid import NAMESPACE_URL, uuid5

from runtime.lib.functions import KNOWN, LONGEST, Context, Pair, remembered

_OID = re.compile(r"[0-2](?:\.(?:0|[1-9][0-9]*))+")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


_NPI = re.compile(r"[12][0-9]{9}")
_NPI_PREFIX_SUM = 24  # what the prefix 80840 of an NPI as a card number adds to its check sum


def is_npi(text: str) -> bool:
    """Whether a number is a National Provider Identifier: ten digits with a check digit (45 CFR 162.406, ISO 7812)."""
    if not _NPI.fullmatch(text):
        return False
    digits = [int(digit) for digit in text]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[0:9:2])
    return (doubled + sum(digits[1::2]) + _NPI_PREFIX_SUM) % 10 == 0


@remembered
def to_oid(text: str) -> str | None:
    """`2.16.840.1.113883.4.1` -> `urn:oid:2.16.840.1.113883.4.1`."""
    return f"urn:oid:{text}" if _OID.fullmatch(text) else None


def from_oid(uri: str) -> str | None:
    """The inverse of `to_oid`; other URIs give `None`."""
    return uri[8:] if uri.startswith("urn:oid:") and to_oid(uri[8:]) else None


@remembered
def to_uuid(text: str) -> str | None:
    """A UUID -> `urn:uuid:` and the UUID in lower case, as RFC 4122 writes it."""
    lower = text.lower()
    return f"urn:uuid:{lower}" if _UUID.fullmatch(lower) else None


def from_uuid(uri: str) -> str | None:
    """`urn:uuid:...` -> the UUID; other URIs give `None`."""
    return uri[9:].lower() if uri.startswith("urn:uuid:") and to_uuid(uri[9:]) else None


# -- names under the site's base -------------------------------------------------------------------


def to_namespace(context: Context, name: str) -> str | None:
    """A bare name space (HD.1) -> a URI under the site's base; `None` without a base."""
    return _writer(context.base)(name)


def from_namespace(context: Context, uri: str) -> str | None:
    """A URI that `to_namespace` makes for this site -> the name; other URIs give `None`."""
    return _reader(context.base)(uri)


@lru_cache(64)
def _writer(base: str) -> Callable[[str], str | None]:
    prefix = _prefix(base)

    @remembered
    def write(name: str) -> str | None:
        try:
            return prefix + quote(name, safe="") if base and name else None
        except UnicodeEncodeError:
            return None

    return write


@lru_cache(64)
def _reader(base: str) -> Callable[[str], str | None]:
    prefix, write = _prefix(base), _writer(base)

    @remembered
    def read(uri: str) -> str | None:
        if not uri.startswith(prefix):
            return None
        try:
            name = unquote(uri[len(prefix) :], errors="strict")
        except UnicodeDecodeError:
            return None
        return name if write(name) == uri else None

    return read


def _prefix(base: str) -> str:
    return base.rstrip("/") + "/namespace/"


# -- derived ids -----------------------------------------------------------------------------------


@lru_cache(64)
def site_namespace(base: str) -> bytes:
    """The UUID name space of a site: UUIDv5 of its base URI, as bytes for `derived_id`."""
    return uuid5(NAMESPACE_URL, base).bytes


def derived_id(namespace: bytes, *parts: Any) -> str:
    """UUIDv5 (RFC 4122, section 4.3) of typed parts, such as resource type, key name and key values.

    Parts are texts, integers, decimals, booleans, `None`, and lists and dicts of them. Their types count:
    `"1"` is not 1. The same parts give the same id on every machine and Python version.
    """
    name = namespace + _name(parts)
    known = _ids.get(name)
    if known is None:
        known = _version_5(name)
        if len(_ids) >= KNOWN:
            _ids.clear()
        if len(name) <= LONGEST:
            _ids[name] = known
    return known


_ids: dict[bytes, str] = {}


def keyed_id(namespace: bytes, kind: str, key: str, value: str) -> str:
    """The `derived_id` of three texts."""
    parts = (namespace, kind, key, value)
    known = _keyed.get(parts)
    if known is None:
        known = derived_id(*parts)
        if len(_keyed) >= KNOWN:
            _keyed.clear()
        if len(value) <= LONGEST:
            _keyed[parts] = known
    return known


_keyed: dict[tuple[bytes, str, str, str], str] = {}


def _name(parts: tuple[Any, ...]) -> bytes:
    """Parts as bytes, no two lists alike: joined texts, or (after a byte that UTF-8 lacks) Python's notation."""
    try:
        joined = _BORDER.join(parts)
    except TypeError:
        return b"\xff" + ascii(parts).encode("ascii")
    if joined.count(_BORDER) != len(parts) - 1:
        return b"\xff" + ascii(parts).encode("ascii")
    return joined.encode("utf-8", "surrogatepass")


_BORDER = "\x1f"


def _version_5(name: bytes) -> str:
    digest = hashlib.sha1(name, usedforsecurity=False).hexdigest()
    variant = _VARIANTS[digest[16]]
    return f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"


_VARIANTS = {f"{nibble:x}": "89ab"[nibble & 3] for nibble in range(16)}

oid = Pair(to_oid, from_oid)
uuid = Pair(to_uuid, from_uuid)
namespace = Pair(to_namespace, from_namespace)
