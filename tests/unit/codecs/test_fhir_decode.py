from __future__ import annotations

import json
from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.codecs.fhir import conform, decode, encode
from runtime.codecs.limits import DEFAULT_LIMITS, Limits
from runtime.errors import DecodeError
from tests.unit.codecs.tables import SHAPES, check_position


def read(text: str | bytes, limits: Limits = DEFAULT_LIMITS):
    return decode(text if isinstance(text, bytes) else text.encode(), SHAPES, limits)


def patient(**elements: Any):
    return conform({"resourceType": "Patient", **elements}, SHAPES)


def told(document):
    return [(finding.code, finding.where) for finding in document.findings]


def refused(text: str | bytes, limits: Limits = DEFAULT_LIMITS) -> tuple[str, str]:
    with pytest.raises(DecodeError) as caught:
        read(text, limits)
    return caught.value.finding.code, caught.value.finding.where


def test_a_fitting_resource_is_read_as_it_is():
    value = {
        "resourceType": "Patient",
        "id": "1",
        "active": False,
        "name": [{"family": "A", "given": ["B", "C"], "period": {"start": "2020"}}],
        "birthDate": "1980-01-01",
        "_birthDate": {"extension": [{"url": "u", "valueString": "x"}]},
        "multipleBirthInteger": 2,
        "contained": [{"resourceType": "Patient", "contact": [{"name": {"family": "D"}}]}],
    }
    document = read(json.dumps(value))
    assert document.value == value
    assert document.findings == []


@pytest.mark.parametrize(
    "number",
    ["1.0", "1.50", "0.000", "-0.10", "1e2", "1.5E-7", "12345678901234567890.123", "3", "-7", "1" + "0" * 40],
)
def test_decimals_are_exact(number):
    text = f'{{"resourceType":"Patient","extension":[{{"url":"u","valueDecimal":{number}}}]}}'
    found = read(text).value["extension"][0]["valueDecimal"]
    assert type(found) is Decimal
    assert found == Decimal(number)
    assert (
        Decimal(json.loads(encode(read(text).value), parse_float=Decimal)["extension"][0]["valueDecimal"])
        == found
    )
    assert str(found) == str(Decimal(number))


def test_a_number_that_only_looks_like_one_inside_text():
    assert read('{"resourceType":"Patient","name":[{"family":"x, 1.5"}]}').value["name"] == [
        {"family": "x, 1.5"}
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("R120", "line 1")),
        (" \n", ("R120", "line 1")),
        ("{", ("R120", "line 1, column ")),
        ('{"resourceType":\n"Patient",}', ("R120", "line 2, column ")),
        ('{"resourceType":"Patient"} {}', ("R120", "line 1, column ")),
        ('{"resourceType":"Patient","x":NaN}', ("R120", "line 1, column ")),
        ('{"resourceType":"Patient","x":-Infinity}', ("R120", "line 1, column ")),
        ('{"resourceType":"Patient","x":01}', ("R120", "line 1, column ")),
        ('{"resourceType":"Patient","id":"\\ud800"}', ("R120", "line 1, column ")),
        ('{"resourceType":"Patient",\n"id":"1",\n"id":"2"}', ("R120", "line 3, column 1")),
        ('{"resourceType":"Patient","id":"1","\\u0069d":"2"}', ("R120", "line 1, column 36")),
        (
            '{"resourceType":"Patient","name":[{"family":"a\\":","family" : "b"}]}',
            ("R120", "line 1, column 52"),
        ),
        (
            '{"resourceType":"Patient","extension":[{"url":"u","valueDecimal":1.0,"url":"v"}]}',
            ("R120", "line 1, column 70"),
        ),
        (b'{"resourceType":"Patient","id":"\xff"}', ("R104", "byte 32")),
        (b"\x89PNG\r\n\x1a\n", ("R104", "byte 0")),
        ("[]", ("R121", "line 1")),
        ("5", ("R121", "line 1")),
        ("{}", ("R123", "resourceType")),
        ('{"resourceType":"Alien"}', ("R123", "resourceType")),
        ('{"resourceType":"Resource"}', ("R123", "resourceType")),
        ('{"resourceType":["Patient"]}', ("R123", "resourceType")),
        ("[" * 5_000, ("R103", "line 1, column ")),
        ('{"resourceType":"Patient","x":1e400}', ("R103", "line 1, column ")),
        ('{"resourceType":"Patient","x":1e-99999999999999999999}', ("R103", "line 1, column ")),
        ('{"resourceType":"Patient","x":' + "9" * 5_000 + "}", ("R103", "line 1, column ")),
    ],
)
def test_refuses(text, expected):
    code, where = refused(text)
    assert code == expected[0]
    assert where.startswith(expected[1])


def test_a_string_that_looks_like_a_key_is_no_duplicate():
    value = {"resourceType": "Patient", "name": [{"family": '":', "given": [': "a": "b"', '"":"']}]}
    assert read(json.dumps(value)).value == value


def test_byte_order_mark_and_limits():
    assert read(b'\xef\xbb\xbf{"resourceType":"Patient"}').value == {"resourceType": "Patient"}
    assert refused('{"resourceType":"Patient"}', Limits(message=10)) == ("R103", "byte 10")
    nested: dict[str, Any] = {"url": "u"}
    for _ in range(40):
        nested = {"url": "u", "extension": [nested]}
    text = json.dumps({"resourceType": "Patient", "extension": [nested]})
    assert refused(text)[0] == "R103"
    assert refused(text)[1].startswith("Patient.extension[0].extension[0]")
    assert read(text, Limits(depth=100)).findings == []


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"active": "true"}, ("R121", "Patient.active")),
        ({"active": 1}, ("R121", "Patient.active")),
        ({"birthDate": 1980}, ("R121", "Patient.birthDate")),
        ({"birthDate": None}, ("R121", "Patient.birthDate")),
        ({"birthDate": ["1980"]}, ("R121", "Patient.birthDate")),
        ({"multipleBirthInteger": True}, ("R121", "Patient.multipleBirthInteger")),
        ({"multipleBirthInteger": Decimal("1.0")}, ("R121", "Patient.multipleBirthInteger")),
        ({"name": {"family": "A"}}, ("R121", "Patient.name")),
        ({"name": ["A"]}, ("R121", "Patient.name[0]")),
        ({"nmae": []}, ("R122", "Patient.nmae")),
        ({"a b\n": 1}, ("R122", "Patient.?")),
        ({"name": []}, ("R124", "Patient.name")),
        ({"name": [{}]}, ("R124", "Patient.name[0]")),
        ({"birthDate": ""}, ("R124", "Patient.birthDate")),
        ({"contained": [{"id": "1"}]}, ("R123", "Patient.contained[0]")),
        ({"_name": {}}, ("R122", "Patient._name")),
        ({"_birthDate": []}, ("R121", "Patient._birthDate")),
        ({"extension": [{"valueDecimal": "1.0"}]}, ("R121", "Patient.extension[0].valueDecimal")),
    ],
)
def test_what_does_not_fit_is_cut_and_told(elements, expected):
    document = patient(**elements)
    assert document.value == {"resourceType": "Patient"}
    assert told(document)[0] == expected


def test_positions_are_those_of_the_input():
    entries = [
        {"resource": {"resourceType": "Alien"}},
        {"fullUrl": "u", "resource": {"resourceType": "Patient", "name": [{}, {"given": ["a", 5]}]}},
    ]
    document = conform({"resourceType": "Bundle", "type": "batch", "entry": entries}, SHAPES)
    assert told(document) == [
        ("R123", "Bundle.entry[0].resource"),
        ("R124", "Bundle.entry[0]"),
        ("R124", "Bundle.entry[1].resource.name[0]"),
        ("R121", "Bundle.entry[1].resource.name[1].given[1]"),
    ]
    assert document.value["entry"] == [
        {"fullUrl": "u", "resource": {"resourceType": "Patient", "name": [{"given": ["a"]}]}}
    ]


def test_null_keeps_primitives_and_their_extensions_aligned():
    name = {"given": ["a", None, 5], "_given": [None, {"id": "k"}, {"id": "l"}]}
    document = patient(name=[name])
    assert document.value["name"][0] == {
        "given": ["a", None, None],
        "_given": [None, {"id": "k"}, {"id": "l"}],
    }
    assert told(document) == [("R121", "Patient.name[0].given[2]")]
    assert told(patient(name=[{"given": ["a", None]}])) == [("R121", "Patient.name[0].given[1]")]


def test_an_empty_object_after_cutting_is_cut_too():
    document = patient(contact=[{"name": {"family": ""}}])
    assert document.value == {"resourceType": "Patient"}
    assert [code for code, _ in told(document)] == ["R124", "R124", "R124"]


def test_findings_hold_no_values():
    document = patient(name="SMITH", active="SMITH", **{"SMITH JANE": 1})
    assert "SMITH" not in repr(document.findings)


JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.text(max_size=5),
        st.decimals(allow_nan=False, allow_infinity=False),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["resourceType", "id", "name", "given", "_given", "entry", "resource", "extension", "x"]
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.sampled_from(["Patient", "Bundle"]), JSON)
def test_after_conforming_everything_fits(kind, value):
    name, entry, extension = deepcopy(value), deepcopy(value), deepcopy(value)
    document = conform({"resourceType": kind, "name": name, "entry": entry, "extension": extension}, SHAPES)
    again = conform(document.value, SHAPES)
    assert again.findings == []
    encode(document.value)


@settings(deadline=None)
@given(st.one_of(st.binary(max_size=60), st.text(max_size=60).map(str.encode)))
def test_any_bytes_give_a_document_or_a_decode_error(data):
    try:
        read(data)
    except DecodeError as error:
        check_position(error)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ('"valueString":"a:1.5,b"},{"url":"u","valueDecimal":1.50', "1.50"),
        ('"valueString":"[1.50,"},{"url":"u","valueDecimal": 1.5', "1.5"),
        (
            '"valueString":",1.5]"},{"url":"u","valueDecimal":12345678901234567890123',
            "12345678901234567890123",
        ),
        ('"valueDecimal":2.0},{"url":"u","valueDecimal":100e-2', "1.00"),
    ],
)
def test_text_that_looks_like_a_number_does_not_mislead(text, number):
    read_back = read(f'{{"resourceType":"Patient","extension":[{{"url":"u",{text}}}]}}')
    assert read_back.findings == []
    assert str(read_back.value["extension"][1]["valueDecimal"]) == number


def test_nulls_keep_a_list_and_what_is_beside_it_aligned():
    name = {"given": ["A", None], "_given": [None, {"extension": [{"url": "u", "valueString": "x"}]}]}
    document = read(json.dumps({"resourceType": "Patient", "name": [name]}))
    assert document.findings == []
    assert document.value["name"] == [name]
