"""Reads a FHIR JSON document and cuts it to the shapes of its types: generated code may trust these."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from runtime.codecs.fhir.conform import Inexact, cut_to_shape, fits
from runtime.codecs.fhir.shapes import Shapes, tables_of
from runtime.codecs.fhir.strict_json import comes_back, has_keys, load_exactly, load_quickly
from runtime.codecs.fhir.typed import places, reader_of
from runtime.codecs.findings import TOO_LARGE, UNKNOWN_RESOURCE, WRONG_SHAPE, Findings, decode_error
from runtime.codecs.limits import DEFAULT_LIMITS, Limits
from runtime.errors import Finding

_REASON = b"data-absent-reason"
_ALONE = b'{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/'
_BESIDE = re.compile(rb'"_[A-Za-z]+":\[(?:null,)*')
_LONGEST_BESIDE = 100
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Document:
    """A resource as plain JSON values, and what was cut from it. Decimals are `decimal.Decimal`.

    `holes` is false where no list has an item that only says why it is absent (data-absent-reason).
    """

    value: dict[str, Any]
    findings: list[Finding]
    holes: bool = True


def decode(data: bytes, shapes: Shapes, limits: Limits = DEFAULT_LIMITS) -> Document:
    """The resource that `data` holds, in the shapes of its types; what does not fit is cut out and told.

    Raises DecodeError R103 (size, depth), R104 (not UTF-8), R120 (not JSON, or a key twice), R121 (not an
    object) or R123 (the resource type is missing or unknown), and nothing else.
    """
    if len(data) > limits.message:
        where = f"byte {limits.message}"
        raise decode_error(TOO_LARGE, where, f"larger than the limit of {limits.message} bytes")
    data = data.removeprefix(_BYTE_ORDER_MARK)
    tables = tables_of(shapes)
    if limits.depth >= DEFAULT_LIMITS.depth:
        known = reader_of(tables).read(data)
        if known is not None:
            return Document(known, [], _may_have_holes(data))
    value = load_quickly(data)
    table = tables.resource(value.get("resourceType")) if type(value) is dict else None
    inexact: Inexact = []
    keys = fits(value, table, tables, limits.depth, inexact) if table is not None else 0
    if keys and (comes_back(value, data, inexact) or (not inexact and has_keys(data, keys))):
        return Document(value, [])
    return conform(load_exactly(data), shapes, limits)


def _may_have_holes(data: bytes) -> bool:
    """Whether a compact text may have holes in lists of objects.

    It has none where each reason for an absence stands beside one primitive, or beside the first that a list has.
    """
    for at in places(data, _REASON):
        start = at - len(_ALONE)
        if start < 1 or not data.startswith(_ALONE, start):
            return True
        if data[start - 1] == _COLON:
            continue
        key = data.rfind(b'"_', max(0, start - _LONGEST_BESIDE), start)
        if key < 0 or not _BESIDE.fullmatch(data, key, start):
            return True
    return False


_COLON = ord(":")


def conform(value: Any, shapes: Shapes, limits: Limits = DEFAULT_LIMITS) -> Document:
    """A JSON value, cut in place to the shapes of its types. Raises DecodeError R103, R121 or R123."""
    if type(value) is not dict:
        raise decode_error(WRONG_SHAPE, "line 1", "a FHIR resource is a JSON object")
    tables = tables_of(shapes)
    kind = value.get("resourceType")
    table = tables.resource(kind)
    if table is None:
        what = "the resource type is missing" if kind is None else "the resource type is not known"
        raise decode_error(UNKNOWN_RESOURCE, "resourceType", what)
    findings = Findings(limits)
    inexact: Inexact = []
    if not fits(value, table, tables, limits.depth, inexact) or inexact:
        cut_to_shape(value, table, str(kind), tables, limits.depth, findings)
    return Document(value, findings)
