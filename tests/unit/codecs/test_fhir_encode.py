from __future__ import annotations

import io
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.codecs.fhir import encode, read_ndjson, write_ndjson
from runtime.codecs.limits import DEFAULT_LIMITS, Limits
from runtime.errors import EncodeError
from tests.unit.codecs.tables import SHAPES

VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
        st.decimals(allow_nan=False, allow_infinity=False),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=10,
)


def test_digits_are_kept():
    assert encode({"value": Decimal("1.500"), "é": [Decimal("-0"), 2**70, True]}) == (
        '{"value":1.500,"é":[-0,1180591620717411303424,true]}'.encode()
    )


def test_pretty():
    assert encode({"a": [Decimal("1.0")]}, pretty=True) == b'{\n  "a": [\n    1.0\n  ]\n}'


@settings(deadline=None)
@given(VALUES)
def test_what_is_written_is_read_the_same(value):
    assert json.loads(encode(value), parse_float=Decimal) == value


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"a": [{"b": Decimal("NaN")}]}, "a[0].b"),
        ({"a": Decimal("Infinity")}, "a"),
        ({"a": ["x", b"y"]}, "a[1]"),
        ({"a": "\ud800"}, "a"),
        ({"a": {1: "x"}}, "a"),
        ({"a": object()}, "a"),
    ],
)
def test_what_cannot_be_written(value, where):
    with pytest.raises(EncodeError) as caught:
        encode(value)
    assert (caught.value.finding.code, caught.value.finding.where) == ("R131", where)


def lines(data: bytes, limits: Limits = DEFAULT_LIMITS):
    return list(read_ndjson(io.BytesIO(data), SHAPES, limits))


def test_ndjson_there_and_back():
    values: list[Any] = [{"resourceType": "Bundle", "type": "batch"}, {"resourceType": "Patient", "id": "1"}]
    stream = io.BytesIO()
    assert write_ndjson(iter(values), stream) == 2
    assert [item.document.value for item in lines(stream.getvalue()) if item.document] == values


def test_a_bad_line_is_told_and_the_rest_go_on():
    good = b'{"resourceType":"Patient"}'
    items = lines(good + b"\r\n\n{oops\n" + b'{"x":"' + b"y" * 500 + b'"}\n' + good, Limits(message=100))
    assert [(item.line, item.error and item.error.finding.code) for item in items] == [
        (1, None),
        (3, "R120"),
        (4, "R103"),
        (5, None),
    ]
    assert items[1].error is not None
    assert items[1].error.finding.where.startswith("line 3 (byte 29): line 1, column")
    assert items[3].offset == 29 + 6 + 509
