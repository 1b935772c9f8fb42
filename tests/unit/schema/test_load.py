"""`load` and its errors; look-ups are total; browsing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapper.schema import UnknownFormat, UnknownProfile, UnknownVersion, formats, known_versions, load
from mapper.schema.describe import Description, NotFound, describe

SCHEMAS = [load("hl7v2", ["2.5.1", "2.3"]), load("hl7v2", ["2.8.2"]), load("fhir", ["R4"], "us-core")]
NAMES = sorted({name for schema in SCHEMAS for name in schema.type_names()})
STEPS = st.one_of(
    st.text(max_size=12),
    st.integers(-3, 60).map(str),
    st.sampled_from(["name", "value", "value[x]", "ROL", "ROL.2", "MSH", "race", "", "[x]", "1"]),
)
TYPES = st.one_of(st.text(max_size=12), st.sampled_from(NAMES))


def test_unknown_formats_versions_and_profiles_list_the_known_ones():
    with pytest.raises(UnknownFormat, match="hl7v2, fhir") as format_error:
        load("edifact", [])
    assert format_error.value.known == formats()
    with pytest.raises(UnknownVersion, match=r"2\.5\.1") as version_error:
        load("hl7v2", ["2.5.1", "2.9"])
    assert (version_error.value.asked, version_error.value.known) == ("2.9", known_versions("hl7v2"))
    with pytest.raises(UnknownProfile, match="us-core"):
        load("fhir", ["R4"], "us-cor")
    with pytest.raises(UnknownProfile):
        load("hl7v2", ["2.5.1"], "us-core")
    with pytest.raises(UnknownVersion):
        load("fhir", ["R5"])


def test_load_is_cached_and_defaults_to_the_newest():
    assert load("hl7v2", ["2.5.1"]) is load("hl7v2", ("2.5.1",))
    assert tuple(load("hl7v2", []).versions) == ("2.8.2",)
    assert known_versions("nonsense") == ()


@given(type_name=TYPES, step=STEPS, after=st.none() | STEPS)
def test_look_ups_never_raise(type_name, step, after):
    for schema in SCHEMAS:
        schema.type(type_name)
        found = schema.element(type_name, step, after)
        assert found is None or found.types
        assert found is None or type_name in schema.type_names()
        assert all(child.slot for child in schema.elements(type_name))


@given(path=st.one_of(st.text(max_size=20), st.lists(TYPES | STEPS, max_size=4).map(".".join)))
def test_describing_never_raises(path):
    for schema in SCHEMAS:
        found = describe(schema, path)
        assert isinstance(found, Description | NotFound)
        assert found.path == path


def load_us_core():
    return SCHEMAS[2]


def shown(schema, path):
    return describe(schema, path)


def test_describe_a_field():
    found = shown(SCHEMAS[0], "PID-8")
    assert found.type.name == "IS"
    assert found.binding.name == "Administrative Sex"
    assert ("F", "Female") in {(code.code, code.meaning) for code in found.binding.codes}
    address = shown(SCHEMAS[0], "PID-11")
    assert [child.text for child in address.children][:3] == ["Street Address", "Other Designation", "City"]
    assert shown(SCHEMAS[0], "PID-39").lacking == ("2.3",)
    assert shown(SCHEMAS[0], "ADT_A01.INSURANCE.IN1-3[1].1").element.text == "ID Number"
    assert shown(SCHEMAS[0], "PID-8.1").element.text == "Administrative Sex"


def test_describe_an_element():
    schema = load_us_core()
    gender = shown(schema, "Patient.gender")
    assert [code.code for code in gender.binding.codes] == ["female", "male", "other", "unknown"]
    assert gender.documentation.startswith("Administrative Gender")
    assert gender.profile_minimum == 1
    assert shown(schema, "Patient.race.ombCategory").element.maximum == 5
    assert shown(schema, "Practitioner.identifier").slices == ("NPI",)
    assert shown(schema, "Observation.value").children == ()
    named = schema.with_extension(["HumanName.suffix"], "qualifier", "code", False, "urn:q")
    assert shown(named, "Patient.name.suffix.qualifier").element.extension == "urn:q"


def test_describe_offers_the_nearest_names():
    assert shown(SCHEMAS[2], "Patient.nam") == NotFound("Patient.nam", "Patient", "nam", ("name",))
    assert shown(SCHEMAS[2], "patient").nearest[0] == "Patient"
    assert shown(SCHEMAS[0], "PID-77").nearest == ("39",)
    assert shown(SCHEMAS[0], "") == NotFound("", "", "", ())
