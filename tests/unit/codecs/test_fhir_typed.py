"""The quick way to read FHIR takes nothing that the thorough way would cut, and gives the same values."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapper.schema.fhir import FhirSchema
from mapper.schema.fhir_shapes import shapes
from runtime.codecs.fhir.document import conform
from runtime.codecs.fhir.shapes import Tables, tables_of
from runtime.codecs.fhir.strict_json import load_exactly
from runtime.codecs.fhir.typed import reader_of
from runtime.codecs.limits import DEFAULT_LIMITS
from runtime.errors import DecodeError

EXTENSION = {
    "url": "http://x.org/e",
    "valueCodeableConcept": {"coding": [{"system": "http://x.org", "code": "a"}]},
}
PATIENT = {
    "resourceType": "Patient",
    "id": "p",
    "extension": [EXTENSION, {"url": "http://x.org/f", "extension": [{"url": "g", "valueDecimal": 1.50}]}],
    "identifier": [
        {"system": "http://x.org", "value": "1", "assigner": {"reference": "urn:uuid:1", "display": "O"}}
    ],
    "active": False,
    "name": [
        {"family": "Smith", "given": ["A", "B"], "_given": [None, {"extension": [EXTENSION]}]},
        {"given": [None, "C"], "_given": [{"extension": [EXTENSION]}, None]},
    ],
    "multipleBirthInteger": 0,
    "photo": [{"size": 3}],
}
BUNDLE: dict[str, Any] = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {"fullUrl": "urn:uuid:1", "resource": PATIENT},
        {
            "fullUrl": "urn:uuid:2",
            "resource": {
                "resourceType": "Observation",
                "status": "final",
                "code": {"text": "x"},
                "valueQuantity": {"value": 7.10, "unit": "mg"},
            },
        },
    ],
}
VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(
            None,
            "",
            "x",
            0,
            1,
            -1.5,
            True,
            [],
            {},
            [None],
            [{}],
            [""],
            ["x"],
            {"a": 1},
            {"id": "1"},
            10**30,
            "1.5",
        ),
        *(
            {"extension": []},
            {"url": "u"},
            [EXTENSION],
            {"extension": [EXTENSION]},
            {"reference": "Patient/1"},
        ),
    ]
)
PARTS = ["{}", "[]", '""', "null", ",", '"', '{"id":"1"}', "1e9", "\\u0041", "\u00e9", " "]
KEYS = [
    "id",
    "extension",
    "_given",
    "given",
    "_family",
    "resource",
    "contained",
    "value",
    "coding",
    "nonsense",
]


@cache
def tables() -> Tables:
    return tables_of(shapes(FhirSchema()))


def quickly(data: bytes) -> Any:
    return reader_of(tables()).read(data)


def thoroughly(data: bytes) -> Any:
    """The value where nothing is cut, else what the codec says."""
    try:
        document = conform(load_exactly(data), tables().shapes)
    except DecodeError as error:
        return error.finding.code
    return document.findings or document.value


def text_of(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def test_a_usual_bundle_is_read_quickly() -> None:
    data = text_of(BUNDLE)
    value = quickly(data)
    assert value == thoroughly(data)
    assert str(value["entry"][1]["resource"]["valueQuantity"]["value"]) == "7.1"


@st.composite
def changed(draw: st.DrawFn) -> bytes:
    """The Bundle with a few parts replaced, added or removed."""
    bundle = deepcopy(BUNDLE)
    for _ in range(draw(st.integers(1, 3))):
        at: Any = draw(st.sampled_from(list(nodes(bundle))))
        if isinstance(at, list):
            at.insert(draw(st.integers(0, len(at))), deepcopy(draw(VALUES)))
            continue
        key = draw(st.sampled_from([*at, *KEYS]))
        if draw(st.booleans()):
            at.pop(key, None)
        else:
            at[key] = deepcopy(draw(VALUES))
    return text_of(bundle)


def nodes(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        yield value
        for item in value.values() if isinstance(value, dict) else value:
            yield from nodes(item)


@settings(max_examples=400, deadline=None)
@given(changed())
def test_what_is_read_quickly_is_read_the_same_thoroughly(data: bytes) -> None:
    found = quickly(data)
    if found is not None:
        assert found == thoroughly(data)
        assert repr(found) == repr(thoroughly(data))  # 1 is not Decimal("1") there


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, 10**6),
    st.sampled_from(["{}", "[]", '""', "null", ",", '"', '{"id":"1"}', "1e9", "\\u0041", "é", " "]),
)
def test_text_that_was_spoilt_is_read_the_same(at: int, part: str) -> None:
    text = text_of(BUNDLE).decode()
    at %= len(text)
    data = (text[:at] + part + text[at:]).encode()
    found = quickly(data)
    if found is not None:
        assert found == thoroughly(data)


LEFT = {
    "a key twice": b'{"resourceType":"Patient","id":"1","id":"1"}',
    "a key twice, far inside": b'{"resourceType":"Patient","name":[{"family":"a","family":"b"}]}',
    "an empty object": b'{"resourceType":"Patient","maritalStatus":{}}',
    "a number as text": b'{"resourceType":"Observation","valueQuantity":{"value":"1.5"}}',
    "an integer with a fraction": b'{"resourceType":"Patient","multipleBirthInteger":1.0}',
    "an exponent": b'{"resourceType":"Observation","valueQuantity":{"value":1E+2}}',
    "nulls without a neighbour": b'{"resourceType":"Patient","name":[{"_given":[null,{"id":"1"}]}]}',
    "nulls with no neighbour": b'{"resourceType":"Patient","name":[{"given":[null,"a"]}]}',
    "no primitive": b'{"resourceType":"Patient","name":[{"given":[null],"_given":[{"id":"1"}]}]}',
    "nothing but nulls": b'{"resourceType":"Patient","name":[{"given":["a"],"_given":[null]}]}',
    "a lone surrogate": b'{"resourceType":"Patient","id":"\\ud800"}',
    "bytes that are no text": b'{"resourceType":"Patient","id":"\xff"}',
    "blanks": b'{"resourceType": "Patient"}',
    "another first key": b'{"id":"1","resourceType":"Patient"}',
    "an unknown type": b'{"resourceType":"Nonsense"}',
    "a contained resource": b'{"resourceType":"Patient","contained":[{"resourceType":"Patient"}]}',
    "nothing": b"",
}


@pytest.mark.parametrize("name", LEFT)
def test_what_may_not_fit_is_left_to_the_thorough_way(name: str) -> None:
    assert quickly(LEFT[name]) is None


def test_deep_extensions_and_identifiers_of_assigners_are_read_quickly() -> None:
    beside = {"extension": [{"url": "s", "valueString": "Route"}]}
    address = {"url": "a", "valueAddress": {"line": ["Route 50"], "_line": [beside]}}
    assigner = {"identifier": {"assigner": {"identifier": {"value": "1"}}}}
    whole = [{"url": "x", "extension": [address]}, {"url": "y", "valueReference": assigner}]
    patient = {"resourceType": "Patient", "extension": whole}
    assert quickly(text_of(patient)) == patient


def test_text_that_looks_like_nulls_does_no_harm() -> None:
    data = text_of(
        {"resourceType": "Patient", "name": [{"given": ["a,null", None], "_given": [None, {"id": "1"}]}]}
    )
    assert quickly(data) in (None, thoroughly(data))


def test_depth_is_bounded() -> None:
    inner: dict[str, Any] = {"url": "u", "valueString": "x"}
    for _ in range(100):
        inner = {"url": "u", "extension": [inner]}
    assert quickly(text_of({"resourceType": "Patient", "extension": [inner]})) is None
    assert depth(quickly(text_of(BUNDLE))) < DEFAULT_LIMITS.depth


def depth(value: Any) -> int:
    held = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(depth, held), default=0)
