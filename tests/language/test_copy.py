"""Copying lines: plain, in bodies, with `each`, defaults, constants and absence."""

from __future__ import annotations

from tests.language.harness import Maker, bundle_of, only


def test_a_line_copies_both_ways(maker: Maker) -> None:
    program = maker.patient("PID-5[1].1.1 <-> name[1].family\nPID-7.1 <-> birthDate")
    bundle = program.go("PID|||||Doe||19800203")
    assert only(bundle, "Patient") == {"name": [{"family": "Doe"}], "birthDate": "1980-02-03"}
    assert program.back(bundle) == ["PID|||||Doe||19800203"]


def test_one_way_lines_go_one_way(maker: Maker) -> None:
    program = maker.patient("PID-5[1].1.1 -> name[1].family\nPID-19 <- name[1].text")
    assert only(program.go("PID|||||Doe||||||||||||||7"), "Patient") == {"name": [{"family": "Doe"}]}
    patient = {"resourceType": "Patient", "name": [{"text": "T", "family": "F"}]}
    assert program.back(bundle_of(patient)) == ["PID|||||||||||||||||||T"]


def test_each_makes_one_for_each(maker: Maker) -> None:
    program = maker.patient("each PID-5 <-> name {\n PID-5.1.1 <-> family\n PID-5.2 <-> given[1]\n}")
    bundle = program.go("PID|||||Doe^Ann~Roe")
    assert only(bundle, "Patient") == {"name": [{"family": "Doe", "given": ["Ann"]}, {"family": "Roe"}]}
    assert program.back(bundle) == ["PID|||||Doe^Ann~Roe"]


def test_each_copies_values_of_a_list(maker: Maker) -> None:
    program = maker.patient("each PID-3.1 <-> identifier.value")
    bundle = program.go("PID|||7~8")
    assert only(bundle, "Patient") == {"identifier": [{"value": "7"}, {"value": "8"}]}
    assert program.back(bundle) == ["PID|||7~8"]


def test_positions_count(maker: Maker) -> None:
    program = maker.patient("PID-5[1].1.1 <-> name[1].family\nPID-5[2].1.1 <-> name[2].family")
    bundle = program.go("PID|||||Doe~Roe~Third")
    assert [n["family"] for n in only(bundle, "Patient")["name"]] == ["Doe", "Roe"]
    assert program.back(bundle) == ["PID|||||Doe~Roe"]


def test_an_open_position_takes_the_rest(maker: Maker) -> None:
    program = maker.patient(
        "PID-5[1] <-> name[1] {\n PID-5.2 <-> given[1]\n PID-5.3 <-> given[2..] using words\n}",
        before="import lib (words)",
    )
    bundle = program.go("PID|||||^Ann^Bea Cora")
    assert only(bundle, "Patient") == {"name": [{"given": ["Ann", "Bea", "Cora"]}]}
    assert program.back(bundle) == ["PID|||||^Ann^Bea Cora"]


def test_each_over_a_range(maker: Maker) -> None:
    program = maker.patient("PID-3[1].1 <-> identifier[1].value\neach PID-3[2..].1 <-> identifier[2..].value")
    bundle = program.go("PID|||7~8~9")
    assert only(bundle, "Patient") == {"identifier": [{"value": "7"}, {"value": "8"}, {"value": "9"}]}
    assert program.back(bundle) == ["PID|||7~8~9"]


def test_last(maker: Maker) -> None:
    program = maker.patient("PID-3[last].1 -> identifier[1].value\nPID-19 <- identifier[last].value")
    assert only(program.go("PID|||7~8~9"), "Patient") == {"identifier": [{"value": "9"}]}
    patient = {"resourceType": "Patient", "identifier": [{"value": "1"}, {"value": "2"}]}
    assert program.back(bundle_of(patient)) == ["PID|||||||||||||||||||2"]


def test_holes_in_a_list_are_placeholders_and_come_back(maker: Maker) -> None:
    program = maker.patient("PID-5[1] <-> name[1] {\n PID-5.2 <-> given[1]\n PID-5.3 <-> given[2]\n}")
    bundle = program.go("PID|||||^^Bea")
    name = only(bundle, "Patient")["name"][0]
    assert name["given"] == [None, "Bea"]
    reason = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
    assert name["_given"] == [{"extension": [{"url": reason, "valueCode": "unknown"}]}, None]
    assert program.back(bundle) == ["PID|||||^^Bea"]


def test_part_one_of_a_plain_value_is_the_value(maker: Maker) -> None:
    program = maker.patient("PID-19.1 <-> identifier[1].value\nPID-8.1.1 -> name[1].text")
    bundle = program.go("PID||||||||F|||||||||||7")
    assert only(bundle, "Patient") == {"identifier": [{"value": "7"}], "name": [{"text": "F"}]}
    assert program.back(bundle) == ["PID|||||||||||||||||||7"]


def test_a_body_makes_its_node_only_for_a_source_value(maker: Maker) -> None:
    program = maker.patient('PID-5[1] <-> name[1] {\n PID-5.1.1 <-> family\n "official" -> use\n}')
    assert "entry" not in program.go("PID|1")
    bundle = program.go("PID|||||Doe")
    assert only(bundle, "Patient") == {"name": [{"family": "Doe", "use": "official"}]}


def test_constants_fill_and_never_make(maker: Maker) -> None:
    program = maker.patient(
        'PID-5[1].1.1 <-> name[1].family\n"official" -> name[1].use\n"home" -> address[1].use'
    )
    assert only(program.go("PID|||||Doe"), "Patient") == {"name": [{"family": "Doe", "use": "official"}]}
    assert "entry" not in program.go("PID|1")


def test_a_constant_on_the_way_back(maker: Maker) -> None:
    program = maker.patient('PID-5[1].1.1 <-> name[1].family\nPID-5[1].7 <- "L"')
    assert program.both("PID|||||Doe") == ["PID|||||Doe^^^^^^L"]
    assert program.both("PID|1") == []


def test_named_nodes_are_first_steps(maker: Maker) -> None:
    program = maker.message(
        "PID <-> Patient as patient {\n PID-7.1 <-> birthDate\n}\n"
        'PV1 <-> Encounter as visit {\n PV1-19.1 <-> identifier[1].value\n "unknown" -> status\n'
        ' "AMB" -> class\n PID-5[1].1.1 -> patient.name[1].family\n}',
    )
    bundle = program.go("PID|||||Doe||19800203", "PV1||O|||||||||||||||||7")
    assert only(bundle, "Patient")["birthDate"] == "1980-02-03"
    assert only(bundle, "Encounter")["identifier"] == [{"value": "7"}]


def test_using_a_mapping_then_the_lines_of_the_body(maker: Maker) -> None:
    before = (
        "mapping name between hl7v2 XPN and fhir HumanName {\n XPN.1.1 <-> family\n XPN.2 <-> given[1]\n}"
    )
    program = maker.patient(
        'each PID-5 <-> name using name {\n "official" -> use\n PID-5.4 <-> suffix[1]\n}', before=before
    )
    bundle = program.go("PID|||||Doe^Ann^^Jr~Roe")
    assert only(bundle, "Patient")["name"] == [
        {"family": "Doe", "given": ["Ann"], "suffix": ["Jr"], "use": "official"}, {"family": "Roe", "use": "official"},
    ]  # fmt: skip
    assert program.back(bundle) == ["PID|||||Doe^Ann^^Jr~Roe"]


def test_the_mapping_for_a_pair_of_types_is_found(maker: Maker) -> None:
    before = "mapping name between hl7v2 XPN and fhir HumanName {\n XPN.1.1 <-> family\n}"
    program = maker.patient("each PID-5 <-> name\nPID-9[1] -> name[2]", before=before)
    assert only(program.go("PID|||||Doe||||Old"), "Patient")["name"] == [{"family": "Doe"}, {"family": "Old"}]


def test_this_is_the_current_node(maker: Maker) -> None:
    before = (
        "mapping text between hl7v2 HD and fhir uri {\n HD.2 <-> this\n}\n"
        "mapping authority between hl7v2 HD and fhir Identifier {\n HD.1 <-> system\n}\n"
        "mapping identifier between hl7v2 CX and fhir Identifier {\n CX.1 <-> value\n CX.4 <-> this using authority\n}"
    )
    program = maker.patient("each PID-3 <-> identifier", before=before)
    bundle = program.go("PID|||7^^^A")
    assert only(bundle, "Patient")["identifier"] == [{"value": "7", "system": "A"}]
    assert program.back(bundle) == ["PID|||7^^^A"]


def test_number_counts_on_the_way_back(maker: Maker) -> None:
    program = maker.message(
        "PID <-> Patient as patient {\n PID-7.1 <-> birthDate\n}\n"
        "each NK1 <-> RelatedPerson {\n patient <-> patient\n NK1-1 <- $number\n"
        " NK1-2[1].1.1 <-> name[1].family\n}"
    )
    bundle = program.go("PID|||||||1980", "NK1|5|A", "NK1|6|B")
    assert program.back(bundle) == ["PID|||||||1980", "NK1|1|A", "NK1|2|B"]


def test_number_in_a_mapping_that_a_loop_calls(maker: Maker) -> None:
    before = (
        "mapping kin between hl7v2 NK1 and fhir RelatedPerson {\n NK1-1 <- $number\n"
        " NK1-2[1].1.1 <-> name[1].family\n}"
    )
    program = maker.message(
        "PID <-> Patient as patient {\n PID-7.1 <-> birthDate\n}\n"
        "each NK1 <-> RelatedPerson using kin {\n patient <-> patient\n"
        " NK1-16.1 <-> birthDate\n}",
        before=before,
    )
    bundle = program.go("PID|||||||1980", "NK1|5|A", "NK1|6|B")
    assert program.back(bundle) == ["PID|||||||1980", "NK1|1|A", "NK1|2|B"]


def test_context_values(maker: Maker) -> None:
    program = maker.patient(
        "PID-7.1 <-> birthDate\n$site.application -> name[1].text\nPID-19 <- $site.application"
    )
    bundle = program.go("PID|||||||19800203")
    assert only(bundle, "Patient") == {"birthDate": "1980-02-03"}
    assert program.back(bundle_of({"resourceType": "Patient", "birthDate": "1980-02-03"})) == [
        "PID|||||||19800203||||||||||||MAPPER"
    ]
