"""Lists that several lines share: selectors, partition on both sides, positions among the rest."""

from __future__ import annotations

from tests.language.harness import HEAD, Maker, bundle_of, only

PHONES = """each PID-13 <-> telecom[use = "home"] {
 PID-13.12 <-> value
}
each PID-14 <-> telecom[use = "work"] {
 PID-14.12 <-> value
}
"""


def phone(number: str) -> str:
    return "^" * 11 + number


def test_selectors_divide_a_list_both_ways(maker: Maker) -> None:
    program = maker.patient(PHONES)
    segment = f"PID|||||||||||||{phone('1')}~{phone('2')}|{phone('3')}"
    bundle = program.go(segment)
    assert only(bundle, "Patient")["telecom"] == [
        {"value": "1", "use": "home"}, {"value": "2", "use": "home"}, {"value": "3", "use": "work"},
    ]  # fmt: skip
    assert program.back(bundle) == [segment]


def test_a_line_without_selector_takes_the_rest(maker: Maker) -> None:
    program = maker.patient(PHONES.replace('telecom[use = "home"]', "telecom"))
    telecom = [{"value": "1"}, {"value": "2", "use": "work"}, {"value": "3", "use": "mobile"}]
    assert program.back(bundle_of({"resourceType": "Patient", "telecom": telecom})) == [
        f"PID|||||||||||||{phone('1')}~{phone('3')}|{phone('2')}"
    ]


def test_the_v2_side_is_divided_too(maker: Maker) -> None:
    lines = """PID-19 <-> identifier[type.text = "SS" and system = "urn:ssn"].value
each PID-3 <-> identifier {
 PID-3.1 <-> value
 PID-3.5 <-> type.text
}
"""
    program = maker.patient(lines)
    segment = "PID|||7^^^^MR~8^^^^SS||||||||||||||||9"
    bundle = program.go(segment)
    assert {"value": "9", "type": {"text": "SS"}, "system": "urn:ssn"} in only(bundle, "Patient")[
        "identifier"
    ]
    assert program.back(bundle) == [segment]


def test_source_selectors_filter_repetitions(maker: Maker) -> None:
    lines = """each PID-3[CX.5 = "MR"] <-> identifier[type.text = "MR"] {
 PID-3.1 <-> value
}
each PID-3 <-> identifier {
 PID-3.1 <-> value
}
"""
    program = maker.patient(lines)
    bundle = program.go("PID|||7^^^^SS~8^^^^MR")
    assert only(bundle, "Patient")["identifier"] == [{"value": "8", "type": {"text": "MR"}}, {"value": "7"}]
    assert program.back(bundle) == ["PID|||8^^^^MR~7"]


def test_without_each_the_first_match_is_taken_and_further_ones_told(maker: Maker) -> None:
    program = maker.patient('PID-19 <-> identifier[system = "urn:ssn"].value')
    held = [
        {"value": "1", "system": "urn:x"},
        {"value": "2", "system": "urn:ssn"},
        {"value": "3", "system": "urn:ssn"},
    ]
    assert program.back(bundle_of({"resourceType": "Patient", "identifier": held})) == [
        "PID|||||||||||||||||||2"
    ]
    assert "R203" in program.told()


def test_in_writes_the_first_of_its_list(maker: Maker) -> None:
    program = maker.patient('PID-13[1].12 <-> telecom[system in ["phone", "sms"]].value')
    bundle = program.go(f"PID|||||||||||||{phone('1')}")
    assert only(bundle, "Patient")["telecom"] == [{"value": "1", "system": "phone"}]
    sms = bundle_of(
        {
            "resourceType": "Patient",
            "telecom": [{"value": "e", "system": "email"}, {"value": "2", "system": "sms"}],
        }
    )
    assert program.back(sms) == [f"PID|||||||||||||{phone('2')}"]


def test_a_table_in_a_selector_filters(maker: Maker) -> None:
    before = 'table use "HL70200" <-> "http://hl7.org/fhir/name-use" {\n "L" <-> "official"\n "M" <-> "maiden"\n}\n'
    lines = (
        "each PID-5[XPN.7 in table use] <-> name[use in table use] {\n"
        " PID-5.1.1 <-> family\n PID-5.7 <-> use using table use\n}"
    )
    program = maker.patient(lines, before=before)
    bundle = program.go("PID|||||Doe^^^^^^L~Alias^^^^^^A~Roe^^^^^^M")
    assert only(bundle, "Patient")["name"] == [
        {"family": "Doe", "use": "official"},
        {"family": "Roe", "use": "maiden"},
    ]
    assert program.back(bundle) == ["PID|||||Doe^^^^^^L~Roe^^^^^^M"]


def test_positions_count_what_selectors_leave(maker: Maker) -> None:
    program = maker.patient('PID-9[1].1.1 <-> name[use = "nickname"].family\nPID-5[1].1.1 <-> name[1].family')
    names = [{"family": "Nick", "use": "nickname"}, {"family": "Doe"}]
    assert program.back(bundle_of({"resourceType": "Patient", "name": names})) == ["PID|||||Doe||||Nick"]


def test_overlapping_selectors_are_refused(maker: Maker) -> None:
    body = """mapping m between hl7v2 PID and fhir Patient {
 PID-19 <-> identifier[system = "urn:ssn"].value
 PID-20.1 <-> identifier[use = "official"].value
}"""
    assert "E502" in maker.codes(HEAD + body)


def test_one_way_lines_claim_nothing(maker: Maker) -> None:
    program = maker.patient(
        'each PID-3.1 <-> identifier.value\nPID-19 <- identifier[system = "urn:ssn"].value'
    )
    held = [{"value": "1"}, {"value": "2", "system": "urn:ssn"}]
    assert program.back(bundle_of({"resourceType": "Patient", "identifier": held})) == [
        "PID|||1~2||||||||||||||||2"
    ]


def test_an_array_without_each_or_position_is_refused(maker: Maker) -> None:
    assert "E403" in maker.codes(
        HEAD + "mapping m between hl7v2 PID and fhir Patient {\n PID-5.1.1 <-> name.family\n}"
    )


def test_each_needs_a_list_on_each_side(maker: Maker) -> None:
    body = "mapping m between hl7v2 PID and fhir Patient {\n each PID-7.1 <-> birthDate\n}"
    assert "E406" in maker.codes(HEAD + body)


def test_extensions_are_divided_by_their_names(maker: Maker) -> None:
    before = """extend fhir Patient {
 extension maiden string "https://x.example/maiden"
 extension religion CodeableConcept * "https://x.example/religion"
 extension citizen * "https://x.example/citizen" {
  extension code CodeableConcept "code"
  extension since date "since"
 }
}
extend fhir Patient.birthDate {
 extension time dateTime "https://x.example/time"
}
"""
    lines = """PID-6[1].1.1 <-> maiden
PID-17.1 <-> religion[1].text
PID-7.1 <-> birthDate
PID-33 <-> birthDate.time
each PID-26 <-> citizen {
 PID-26.1 <-> code.text
}
"""
    program = maker.patient(lines, before=before)
    segment = "PID||||||Roe|19800203||||||||||CAT" + "|" * 9 + "IT~FR" + "|" * 7 + "20200101"
    bundle = program.go(segment)
    assert only(bundle, "Patient") == {
        "birthDate": "1980-02-03",
        "_birthDate": {"extension": [{"url": "https://x.example/time", "valueDateTime": "2020-01-01"}]},
        "extension": [
            {
                "url": "https://x.example/citizen",
                "extension": [{"url": "code", "valueCodeableConcept": {"text": "IT"}}],
            },
            {
                "url": "https://x.example/citizen",
                "extension": [{"url": "code", "valueCodeableConcept": {"text": "FR"}}],
            },
            {"url": "https://x.example/maiden", "valueString": "Roe"},
            {"url": "https://x.example/religion", "valueCodeableConcept": {"text": "CAT"}},
        ],
    } or sorted(e["url"] for e in only(bundle, "Patient")["extension"])
    assert program.back(bundle) == [segment]


def test_extensions_on_items_of_a_list_of_primitives(maker: Maker) -> None:
    before = """extend fhir HumanName.suffix {
 extension qualifier code "https://x.example/qualifier"
}
"""
    lines = """PID-5[1] <-> name[1] {
 PID-5.4 <-> suffix[1]
 PID-5.6.1 <-> suffix[qualifier = "AC"]
}
"""
    program = maker.patient(lines, before=before)
    segment = "PID|||||^^^Jr^^MD"
    bundle = program.go(segment)
    (name,) = only(bundle, "Patient")["name"]
    assert sorted(name["suffix"]) == ["Jr", "MD"]
    assert program.back(bundle) == [segment]
