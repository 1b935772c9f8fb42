"""US Core 6.1.0 over R4: extension steps, minima apart from R4's own, must-support, slices."""

import pytest

from mapper.schema import load
from mapper.schema.fhir import FhirSchema


@pytest.fixture(scope="module")
def schema() -> FhirSchema:
    found = load("fhir", ["R4"], "us-core")
    assert isinstance(found, FhirSchema)
    return found


def loaded(format, versions, profile=None):
    return load(format, versions, profile)


def test_patient_extensions_are_steps(schema):
    names = [element.name for element in schema.elements("Patient") if element.extension]
    assert names == ["race", "ethnicity", "tribalAffiliation", "birthsex", "sex", "genderIdentity"]
    race = schema.element("Patient", "race")
    assert race.extension == "http://hl7.org/fhir/us/core/StructureDefinition/us-core-race"
    assert race.types == ("Patient.race",)
    inner = {e.name: (e.types, e.minimum, e.maximum, e.extension) for e in schema.elements("Patient.race")}
    assert inner == {
        "ombCategory": (("Coding",), 0, 5, "ombCategory"),
        "detailed": (("Coding",), 0, None, "detailed"),
        "text": (("string",), 1, 1, "text"),
    }
    assert schema.element("Patient", "birthsex").types == ("code",)
    assert schema.element("Patient.ethnicity", "ombCategory").maximum == 1


def test_published_expansions(schema):
    omb = schema.element("Patient.race", "ombCategory").binding
    assert omb.codes["urn:oid:2.16.840.1.113883.6.238"] >= {"1002-5", "2028-9", "2054-5", "2076-8", "2106-3"}
    birthsex = schema.element("Patient", "birthsex").binding
    assert birthsex.strength == "required"
    assert set().union(*birthsex.codes.values()) == {"F", "M", "ASKU", "OTH", "UNK"}


def test_minima_are_kept_apart(schema):
    assert schema.element("Patient", "identifier").minimum == 0
    assert schema.profile_minimum("Patient.identifier") == 1
    assert schema.profile_minimum("Patient.identifier.system") == 1
    assert schema.profile_minimum("Patient.birthDate") == 0
    assert schema.profile_minimum("Encounter.type") == 1
    assert schema.profile_minimum("Practitioner.name.family") == 1
    assert schema.profile_minimum("Account.name") == 0
    assert loaded("fhir", ["R4"]).profile_minimum("Patient.identifier") == 0


def test_r4_minima_are_not_repeated_as_profile_minima(schema):
    assert schema.profile_minimum("Encounter.status") == 0
    assert "CarePlan.text.div" not in schema.profiles("CarePlan")[0].required


def test_several_profiles_of_one_type_count_where_they_agree(schema):
    conditions = {profile.name for profile in schema.profiles("Condition")}
    assert conditions == {
        "us-core-condition-encounter-diagnosis",
        "us-core-condition-problems-health-concerns",
    }
    assert schema.profile_minimum("Condition.category") == 1
    assert schema.profile_minimum("Condition.code") == 1
    assert schema.profile_minimum("Observation.effective[x]") == 0
    vitals = next(p for p in schema.profiles("Observation") if p.name == "us-core-vital-signs")
    assert vitals.required["Observation.effective[x]"] == 1


def test_must_support(schema):
    assert schema.element("Patient", "birthDate").must_support
    assert not schema.element("Patient", "photo").must_support
    assert not loaded("fhir", ["R4"]).element("Patient", "birthDate").must_support


def test_slices(schema):
    npi = schema.slice("Practitioner", "identifier", "NPI")
    assert npi.fixed == {"system": "http://hl7.org/fhir/sid/us-npi"}
    assert schema.slice("Organization", "identifier", "CLIA") is not None
    member = schema.slice("Coverage", "identifier", "memberid")
    assert member.fixed["type.coding.code"] == "MB"
    assert schema.slice("Patient", "identifier", "NPI") is None


def test_extensions_may_be_added_to_a_profiled_schema(schema):
    extended = schema.with_extension(["Patient"], "religion", "CodeableConcept", True, "urn:r")
    assert extended.element("Patient", "race") == schema.element("Patient", "race")
    assert extended.profile_minimum("Patient.name") == 1
    assert extended.element("Patient", "religion") is not None
