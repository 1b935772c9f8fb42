"""FHIR R4: spot checks against the standard, choices, extensions, shapes and search parameters."""

import json

import pytest

from mapper.schema import load
from mapper.schema.fhir import ExtensionMember, FhirSchema
from mapper.schema.fhir_shapes import search_params, shapes
from mapper.schema.store import read


@pytest.fixture(scope="module")
def schema() -> FhirSchema:
    found = load("fhir", ["R4"])
    assert isinstance(found, FhirSchema)
    return found


def loaded(format, versions, profile=None):
    return load(format, versions, profile)


@pytest.mark.parametrize(
    ("owner", "step", "type_name", "minimum", "maximum"),
    [
        ("Patient", "name", "HumanName", 0, None),
        ("Patient", "id", "id", 0, 1),
        ("Patient", "contact", "Patient.contact", 0, None),
        ("Patient.contact", "gender", "code", 0, 1),
        ("HumanName", "given", "string", 0, None),
        ("HumanName", "id", "string", 0, 1),
        ("Encounter", "status", "code", 1, 1),
        ("Encounter", "class", "Coding", 1, 1),
        ("Coverage", "payor", "Reference", 1, None),
        ("Bundle.entry", "resource", "Resource", 0, 1),
        ("MessageHeader", "source", "MessageHeader.source", 1, 1),
        ("Timing", "repeat", "Timing.repeat", 0, 1),
        ("Extension", "url", "uri", 1, 1),
        ("Narrative", "div", "xhtml", 1, 1),
        ("Quantity", "value", "decimal", 0, 1),
    ],
)
def test_elements(schema, owner, step, type_name, minimum, maximum):
    element = schema.element(owner, step)
    assert (element.types, element.minimum, element.maximum) == ((type_name,), minimum, maximum)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Patient", "resource"),
        ("Patient.contact", "backbone"),
        ("HumanName", "composite"),
        ("Timing.repeat", "backbone"),
        ("code", "primitive"),
    ],
)
def test_kinds(schema, name, kind):
    assert schema.type(name).kind == kind


def test_choices(schema):
    quantity = schema.element("Observation", "valueQuantity")
    assert (quantity.types, quantity.choice, quantity.slot) == (("Quantity",), "value[x]", "valueQuantity")
    whole = schema.element("Observation", "value")
    assert whole.slot == "value[x]"
    assert whole.types[:3] == ("Quantity", "CodeableConcept", "string")
    assert schema.element("Observation", "value[x]") == whole
    assert schema.element("MedicationRequest", "medicationReference").targets == ("Medication",)
    assert schema.element("MedicationRequest", "medication").minimum == 1
    assert schema.element("Observation", "valueAddress") is None


def test_content_references_name_the_defining_element(schema):
    element = schema.element("Observation.component", "referenceRange")
    assert element.types == ("Observation.referenceRange",)
    assert schema.element("Bundle.entry", "link").types == ("Bundle.link",)


def test_reference_targets(schema):
    assert schema.element("Encounter", "subject").targets == ("Group", "Patient")
    assert schema.element("Observation", "focus").targets == ("Resource",)


def test_required_bindings_are_expanded(schema):
    gender = schema.element("Patient", "gender").binding
    assert gender.strength == "required"
    assert gender.codes == {
        "http://hl7.org/fhir/administrative-gender": {"male", "female", "other", "unknown"}
    }
    clinical = schema.element("Condition", "clinicalStatus").binding
    (codes,) = clinical.codes.values()
    assert {"active", "inactive", "resolved"} <= codes
    assert schema.element("Attachment", "contentType").binding.codes is None
    assert schema.element("Encounter", "class").binding.strength == "extensible"
    assert (
        "AMB"
        in schema.element("Encounter", "class").binding.codes[
            "http://terminology.hl7.org/CodeSystem/v3-ActCode"
        ]
    )
    assert schema.meaning("http://hl7.org/fhir/administrative-gender", "male") == "Male"


def test_only_open_required_value_sets_stay_unexpanded(schema):
    required = {
        element.binding.value_set: element.binding.codes
        for name in schema.type_names()
        for element in schema.elements(name)
        if element.binding and element.binding.strength == "required"
    }
    assert len(required) > 200
    assert {url.rsplit("/", 1)[1] for url, codes in required.items() if codes is None} == {
        "LL379-9",
        "currencies",
        "mimetypes",
        "ucum-units",
    }


def test_every_type_is_whole(schema):
    for name in schema.type_names():
        for element in schema.elements(name):
            assert element.types, (name, element)
            assert all(schema.type(kind) for kind in element.types), (name, element)
            assert element.maximum is None or element.maximum >= element.minimum
            assert schema.element(name, element.name) == element


def test_extensions_on_a_type(schema):
    url = "http://hl7.org/fhir/StructureDefinition/patient-religion"
    extended = schema.with_extension(["Patient"], "religion", "CodeableConcept", True, url)
    religion = extended.element("Patient", "religion")
    assert (religion.types, religion.extension, religion.repeats) == (("CodeableConcept",), url, True)
    assert schema.element("Patient", "religion") is None
    again = extended.with_extension(["Patient"], "religion", "Coding", False, url)
    assert again.element("Patient", "religion").types == ("Coding",)


def test_extensions_on_an_element(schema):
    extended = schema.with_extension(
        ["HumanName.suffix", "Address.line"], "qualifier", "code", False, "urn:q"
    )
    found = extended.element_extension("HumanName", "suffix", "qualifier")
    assert (found.types, found.extension) == (("code",), "urn:q")
    assert extended.element("HumanName", "qualifier") is None
    assert extended.element_extension("HumanName", "given", "qualifier") is None
    assert [one.name for one in extended.element_extensions("Address", "line")] == ["qualifier"]


def test_complex_extensions_have_a_type_of_their_own(schema):
    members = [ExtensionMember("code", "CodeableConcept", False, "code")]
    extended = schema.with_extension(["Patient"], "citizenship", None, True, "urn:citizenship", members)
    citizenship = extended.element("Patient", "citizenship")
    assert citizenship.types == ("Patient.citizenship",)
    assert extended.type("Patient.citizenship").kind == "backbone"
    code = extended.element("Patient.citizenship", "code")
    assert (code.types, code.extension) == (("CodeableConcept",), "code")


def test_shapes(schema):
    found = shapes(schema, ["Patient"])
    assert json.loads(json.dumps(found)) == found
    assert found["Patient"]["name"] == ["HumanName", True]
    assert found["Patient"]["birthDate"] == ["date", False]
    assert found["Patient"]["deceasedBoolean"] == ["boolean", False]
    assert found["Patient.contact"]["name"] == ["HumanName", False]
    assert found["HumanName"]["given"] == ["string", True]
    assert "Observation" not in found
    assert "date" not in found
    assert "Account" in shapes(schema)


def test_shapes_hold_no_extension_steps():
    found = shapes(loaded("fhir", ["R4"], "us-core"), ["Patient"])
    assert "race" not in found["Patient"]
    assert found["Patient"]["extension"] == ["Extension", True]


def test_search_params():
    patient = {param.name: param for param in search_params("Patient")}
    assert (patient["identifier"].type, patient["identifier"].paths) == ("token", ("identifier",))
    assert patient["birthdate"].type == "date"
    assert patient["family"].paths == ("name.family",)
    assert patient["_id"].paths == ("id",)
    encounter = {param.name: param for param in search_params("Encounter")}
    assert encounter["subject"].type == "reference"
    assert "class" in encounter
    assert search_params("Nonsense") == ()


def test_search_paths_are_elements(schema):
    unknown = [
        (name, param.name, path)
        for name, kind in read("fhir")["kinds"].items()
        if kind == "resource"
        for param in search_params(name)
        for path in param.paths
        if not _resolves(schema, name, path)
    ]
    assert unknown == []


def _resolves(schema, type_name, path):
    for step in path.split("."):
        element = schema.element(type_name, step)
        if element is None:
            return False
        type_name = element.types[0]
    return True
