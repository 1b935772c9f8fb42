"""Resources: identity by keys, references that make and follow, joins when reading back."""

from __future__ import annotations

from tests.language.harness import Maker, bundle_of, only, resources

PATIENT = (
    "PID <-> Patient as patient {\n key identifier[1]\n"
    " PID-3[1].1 <-> identifier[1].value\n PID-7.1 <-> birthDate\n}\n"
)

VISIT = """PV1 <-> Encounter as visit {
 key identifier[1]
 "unknown" -> status
 "AMB" -> class
 PV1-19.1 <-> identifier[1].value
 %s
}
"""

DOCTOR = """mapping doctor between hl7v2 XCN and fhir Practitioner {
 key identifier[1]
 XCN.1 <-> identifier[1].value
 XCN.2.1 <-> name[1].family
}
"""

ORGANIZATION = """mapping organization between hl7v2 XON and fhir Organization {
 key identifier[1]
 key name
 XON.1 <-> name
 XON.10 <-> identifier[1].value
}
"""


def ids(bundle: dict[str, object], kind: str) -> list[str]:
    return [e["resource"]["id"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind]  # type: ignore[attr-defined]


def test_a_key_gives_a_stable_id(maker: Maker) -> None:
    program = maker.message(PATIENT)
    first = program.go("PID|||7||||19800203")
    assert ids(first, "Patient") == ids(program.go("PID|||7||||19900203"), "Patient")
    assert ids(first, "Patient") != ids(program.go("PID|||8||||19800203"), "Patient")


def test_several_keys_are_tried_in_order(maker: Maker) -> None:
    program = maker.message(
        "PID <-> Patient as patient {\n key identifier[1]\n key birthDate\n PID-3[1].1 <-> identifier[1].value\n"
        " PID-7.1 <-> birthDate\n PID-8 -> name[1].text\n}"
    )
    by_date = [ids(program.go(s), "Patient") for s in ("PID|||||||1980|F", "PID|||||||1980|M")]
    assert by_date[0] == by_date[1]
    assert ids(program.go("PID|||7||||1980|F"), "Patient") != by_date[0]


def test_without_a_valued_key_the_content_identifies_and_is_told(maker: Maker) -> None:
    program = maker.message(PATIENT)
    assert ids(program.go("PID|||||||1980"), "Patient") != ids(program.go("PID|||||||1981"), "Patient")
    assert "R205" in program.told()


def test_one_key_is_one_resource_absent_parts_fill_and_a_differing_value_is_told(maker: Maker) -> None:
    program = maker.message(
        VISIT
        % "PV1-7[1] <-> participant[1].individual(Practitioner)\n PV1-8[1] <-> participant[2].individual(Practitioner)",
        before=DOCTOR,
    )
    bundle = program.go("PV1||O|||||7|7^Doe|||||||||||V")
    assert only(bundle, "Practitioner") == {"identifier": [{"value": "7"}], "name": [{"family": "Doe"}]}
    assert "R204" not in program.told()
    bundle = program.go("PV1||O|||||7^Roe|7^Doe|||||||||||V")
    assert only(bundle, "Practitioner")["name"] == [{"family": "Roe"}]
    assert "R204" in program.told()


def test_two_rows_of_one_each_never_merge(maker: Maker) -> None:
    program = maker.message(
        PATIENT
        + "each NK1 <-> RelatedPerson {\n key birthDate\n patient <-> patient\n NK1-16.1 <-> birthDate\n}"
    )
    bundle = program.go("PID|||7", "NK1||||||||||||||||1980", "NK1||||||||||||||||1980")
    assert len(resources(bundle, "RelatedPerson")) == 2
    assert len(set(ids(bundle, "RelatedPerson"))) == 2


def test_a_source_side_key_gives_identity_only(maker: Maker) -> None:
    program = maker.message("PID <-> Patient as patient {\n key MSH-10\n PID-7.1 <-> birthDate\n}")
    assert ids(program.go("PID|||||||1980"), "Patient") == ids(program.go("PID|||||||1981"), "Patient")


def test_a_followed_reference_makes_its_resource(maker: Maker) -> None:
    program = maker.message(VISIT % "PV1-7[1] <-> participant[1].individual(Practitioner)", before=DOCTOR)
    bundle = program.go("PV1||O|||||7^Doe||||||||||||V")
    visit = only(bundle, "Encounter")
    (practitioner,) = [e for e in bundle["entry"] if e["resource"]["resourceType"] == "Practitioner"]
    assert visit["participant"] == [{"individual": {"reference": practitioner["fullUrl"]}}]
    assert program.back(bundle) == ["PV1|||||||7^Doe||||||||||||V"]


def test_references_to_several_types(maker: Maker) -> None:
    before = DOCTOR + ORGANIZATION
    lines = VISIT % (
        ["each PV1-7 <-> participant.individual(Practitioner)", " serviceProvider -> serviceProvider"][0]
        + "\n PV1-39 -> serviceProvider(Organization).name"
    )
    program = maker.message(lines, before=before)
    bundle = program.go("PV1||O|||||7^Doe~8^Roe||||||||||||V||||||||||||||||||||Clinic")
    assert [p["name"][0]["family"] for p in resources(bundle, "Practitioner")] == ["Doe", "Roe"]
    assert only(bundle, "Organization") == {"name": "Clinic"}


def test_one_reference_of_several_types_reads_the_type_that_it_finds(maker: Maker) -> None:
    before = """mapping person between hl7v2 XCN and fhir Practitioner {
 key identifier[1]
 XCN.1 <-> identifier[1].value
}
mapping role between hl7v2 XCN and fhir PractitionerRole {
 key practitioner
 XCN <-> practitioner(Practitioner)
}
"""
    program = maker.message(
        VISIT % "each PV1-7 <-> participant.individual(Practitioner, PractitionerRole)", before=before
    )
    visit = {
        "resourceType": "Encounter", "status": "unknown", "class": {"code": "AMB"}, "identifier": [{"value": "V"}],
        "participant": [
            {"individual": {"reference": "Practitioner/a"}}, {"individual": {"reference": "PractitionerRole/b"}},
        ],
    }  # fmt: skip
    bundle = bundle_of(
        visit,
        {"resourceType": "Practitioner", "id": "a", "identifier": [{"value": "7"}]},
        {"resourceType": "PractitionerRole", "id": "b", "practitioner": {"reference": "Practitioner/c"}},
        {"resourceType": "Practitioner", "id": "c", "identifier": [{"value": "8"}]},
    )
    assert program.back(bundle) == ["PV1|||||||7~8||||||||||||V"]


def test_references_resolve_by_url_relative_contained_identifier_and_display(maker: Maker) -> None:
    program = maker.message(VISIT % "PV1-7[1] <-> participant[1].individual(Practitioner)", before=DOCTOR)
    doctor = {"resourceType": "Practitioner", "id": "d", "identifier": [{"value": "7"}]}

    def visit(reference: dict[str, object], **more: object) -> dict[str, object]:
        return {
            "resourceType": "Encounter",
            "identifier": [{"value": "V"}],
            "participant": [{"individual": reference}],
            **more,
        }

    want = ["PV1|||||||7||||||||||||V"]
    assert program.back(bundle_of(visit({"reference": "urn:uuid:d"}), doctor)) == want
    assert program.back(bundle_of(visit({"reference": "Practitioner/d"}), doctor)) == want
    assert (
        program.back(bundle_of(visit({"reference": "https://x.example/fhir/Practitioner/d"}), doctor)) == want
    )
    assert program.back(bundle_of(visit({"reference": "#d"}, contained=[doctor]))) == want
    assert program.back(bundle_of(visit({"identifier": {"value": "7"}}))) == want
    assert program.back(bundle_of(visit({"reference": "urn:uuid:nothing"}))) == ["PV1|||||||||||||||||||V"]
    assert "R209" in program.told()


def test_a_named_resource_is_referred_to(maker: Maker) -> None:
    program = maker.message(PATIENT + VISIT % "patient <-> subject")
    bundle = program.go("PID|||7", "PV1||O|||||||||||||||||V")
    (patient,) = [e for e in bundle["entry"] if e["resource"]["resourceType"] == "Patient"]
    assert only(bundle, "Encounter")["subject"] == {"reference": patient["fullUrl"]}
    assert program.back(bundle) == ["PID|||7", "PV1|||||||||||||||||||V"]


def test_back_a_reference_is_a_join(maker: Maker) -> None:
    program = maker.message(PATIENT + VISIT % "patient <-> subject")
    patient = {"resourceType": "Patient", "id": "p", "identifier": [{"value": "7"}]}
    other = {
        "resourceType": "Encounter",
        "identifier": [{"value": "other"}],
        "subject": {"reference": "Patient/q"},
    }
    visit = {
        "resourceType": "Encounter",
        "identifier": [{"value": "V"}],
        "subject": {"reference": "Patient/p"},
    }
    stranger = {"resourceType": "Patient", "id": "q"}
    assert program.back(bundle_of(patient, other, visit, stranger)) == ["PID|||7", "PV1|||||||||||||||||||V"]


def test_a_resource_that_no_message_value_makes_is_not_made(maker: Maker) -> None:
    program = maker.message(PATIENT + VISIT % "patient <-> subject")
    bundle = program.go("PID|||7")
    assert resources(bundle, "Encounter") == []


def test_two_lines_of_one_resource(maker: Maker) -> None:
    program = maker.message(
        'PV1 <-> Encounter as visit {\n key identifier[1]\n PV1-19.1 <-> identifier[1].value\n "unknown" -> status\n'
        ' "AMB" -> class\n PV2 <-> this {\n  PV2-3.2 <-> reasonCode[1].text\n }\n}'
    )
    bundle = program.go("PV1||O|||||||||||||||||V", "PV2|||^Cough")
    assert only(bundle, "Encounter")["reasonCode"] == [{"text": "Cough"}]
    assert program.back(bundle) == ["PV1|||||||||||||||||||V", "PV2|||^Cough"]


def test_a_selector_that_names_a_resource_is_a_link(maker: Maker) -> None:
    lines = """PV1 <-> Encounter as visit {
 key identifier[1]
 PV1-19.1 <-> identifier[1].value
 "unknown" -> status
 "AMB" -> class
}
PID <-> Patient as patient {
 PID-7.1 <-> birthDate
}
each DG1 <-> Condition as problem {
 patient <-> subject
 DG1-3.1 <-> code.text
 DG1-6 <-> visit.diagnosis[condition = problem].use.text
}
"""
    program = maker.message(lines)
    bundle = program.go("PID|||||||1980", "PV1||O|||||||||||||||||V", "DG1|||A|||x", "DG1|||B|||y")
    diagnosis = only(bundle, "Encounter")["diagnosis"]
    urls = [e["fullUrl"] for e in bundle["entry"] if e["resource"]["resourceType"] == "Condition"]
    assert [d["condition"]["reference"] for d in diagnosis] == urls
    assert program.back(bundle) == ["PID|||||||1980", "PV1|||||||||||||||||||V", "DG1|||A|||x", "DG1|||B|||y"]
