"""`choose`: the first true guard, guards that are written, nesting, `otherwise`, one-way cases, `when`."""

from __future__ import annotations

from tests.language.harness import HEAD, Maker, bundle_of, only


def patient(**elements: object) -> dict[str, object]:
    return bundle_of({"resourceType": "Patient", **elements})


DECEASED = """PID-7.1 <-> birthDate
choose {
 case PID-29.1 valued <-> deceasedDateTime valued {
  PID-29 <-> deceasedDateTime
 }
 case PID-30 = "Y" <-> deceasedBoolean = true { }
 case PID-30 = "N" <-> deceasedBoolean = false { }
}
"""


def test_the_first_true_case_is_taken_on_either_side(maker: Maker) -> None:
    program = maker.patient(DECEASED)
    with_both = "PID|||||||1980" + "|" * 22 + "20200102|Y"
    assert only(program.go(with_both), "Patient") == {"birthDate": "1980", "deceasedDateTime": "2020-01-02"}
    assert program.back(patient(birthDate="1980", deceasedDateTime="2020-01-02")) == [
        "PID|||||||1980" + "|" * 22 + "20200102"
    ]


def test_guards_of_the_chosen_case_are_written_and_make_their_node(maker: Maker) -> None:
    program = maker.patient(DECEASED)
    for flag, truth in (("Y", True), ("N", False)):
        segment = "PID" + "|" * 30 + flag
        bundle = program.go(segment)
        assert only(bundle, "Patient") == {"deceasedBoolean": truth}
        assert program.back(bundle) == [segment]


def test_no_case_and_no_otherwise_does_nothing(maker: Maker) -> None:
    program = maker.patient(DECEASED)
    assert only(program.go("PID|||||||1980"), "Patient") == {"birthDate": "1980"}


def test_otherwise_is_what_no_guard_takes(maker: Maker) -> None:
    lines = """choose {
 case PID-5[1].7 = "D" <-> name[1].use = "usual" {
  PID-5[1].2 <-> name[1].given[1]
 }
 otherwise {
  PID-5[1].1.1 <-> name[1].family
 }
}
"""
    program = maker.patient(lines)
    assert only(program.go("PID|||||Doe^Ann^^^^^D"), "Patient") == {
        "name": [{"given": ["Ann"], "use": "usual"}]
    }
    assert program.both("PID|||||^Ann^^^^^D") == ["PID|||||^Ann^^^^^D"]
    assert only(program.go("PID|||||Doe^Ann"), "Patient") == {"name": [{"family": "Doe"}]}
    assert program.both("PID|||||Doe") == ["PID|||||Doe"]


def test_cases_nest(maker: Maker) -> None:
    lines = """choose {
 case PID-8 = "F" <-> gender = "female" {
  choose {
   case PID-16.1 = "M" <-> maritalStatus.text = "married" { }
   case PID-16.1 valued <-> maritalStatus.text valued {
    PID-16.1 <-> maritalStatus.text
   }
  }
 }
 case PID-8 = "M" <-> gender = "male" { }
}
"""
    program = maker.patient(lines)
    for segment, expected in (
        ("PID||||||||F||||||||M", {"gender": "female", "maritalStatus": {"text": "married"}}),
        ("PID||||||||F||||||||Q", {"gender": "female", "maritalStatus": {"text": "Q"}}),
        ("PID||||||||M", {"gender": "male"}),
    ):
        bundle = program.go(segment)
        assert only(bundle, "Patient") == expected
        assert program.back(bundle) == [segment]


def test_a_one_way_case_is_met_in_its_direction_only(maker: Maker) -> None:
    lines = """choose {
 case PID-8 = "F" <-> gender = "female" { }
 case PID-8 = "A" -> gender = "other" { }
 case PID-8 = "O" <- gender valued { }
}
"""
    program = maker.patient(lines)
    assert only(program.go("PID||||||||A"), "Patient") == {"gender": "other"}
    assert program.back(patient(gender="other")) == ["PID||||||||O"]


def test_an_earlier_case_that_a_later_one_makes_true_is_refused(maker: Maker) -> None:
    lines = """choose {
 case PID-8 = "F" <-> gender valued {
  PID-8 -> name[1].text
 }
 case PID-8 = "M" <-> gender = "male" { }
}
"""
    body = f"mapping m between hl7v2 PID and fhir Patient {{\n{lines}\n}}"
    assert "E504" in maker.codes(HEAD + body)


def test_when_reads_the_source(maker: Maker) -> None:
    program = maker.patient(
        "PID-7.1 <-> birthDate\nPID-8 -> name[1].text when PID-7.1 not valued\n"
        '"home" -> address[1].use when PID-8 = "F"\nPID-11[1].3 <-> address[1].city'
    )
    assert only(program.go("PID|||||||1980|F"), "Patient") == {"birthDate": "1980"}
    assert only(program.go("PID||||||||F"), "Patient") == {"name": [{"text": "F"}]}
    assert only(program.go("PID||||||||F|||^^Rome"), "Patient")["address"] == [
        {"city": "Rome", "use": "home"}
    ]
    assert only(program.go("PID|||||||||||^^Rome"), "Patient")["address"] == [{"city": "Rome"}]


def test_when_back(maker: Maker) -> None:
    program = maker.patient("PID-7.1 <-> birthDate\nPID-8 <- gender when birthDate valued")
    assert program.back(patient(gender="male", birthDate="1980")) == ["PID|||||||1980|male"]
    assert program.back(patient(gender="male")) == []


def test_when_on_a_line_that_goes_both_ways_is_refused(maker: Maker) -> None:
    body = "mapping m between hl7v2 PID and fhir Patient {\n PID-8 <-> gender when PID-7 valued\n}"
    assert "E501" in maker.codes(HEAD + body)


def test_conditions_join_compare_and_count(maker: Maker) -> None:
    program = maker.patient(
        """PID-7.1 <-> birthDate
"1" -> name[1].text when count(PID-3) > 1 and PID-8 != "F"
"home" -> address[1].use when not (PID-8 = "F" or PID-8 = "M")
"work" -> telecom[1].use when any PID-3.1 = "7"
PID-5[1].1.1 <-> name[1].family
PID-11[1].3 <-> address[1].city
PID-13[1].12 <-> telecom[1].value"""
    )
    tail = "|||^^Rome||^^^^^^^^^^^5"
    first = only(program.go("PID|||7~8||Doe||1980|M" + tail), "Patient")
    assert first["name"][0]["text"] == "1"
    assert "use" not in first["address"][0]
    assert first["telecom"][0]["use"] == "work"
    second = only(program.go("PID|||9||Doe||1980|X" + tail), "Patient")
    assert "text" not in second["name"][0]
    assert second["address"][0]["use"] == "home"
    assert "use" not in second["telecom"][0]


def test_a_function_in_a_guard(maker: Maker) -> None:
    before = "import lib (number)\n"
    lines = """choose {
 case number(PID-2.1) valued -> multipleBirthInteger valued {
  PID-2.1 -> multipleBirthInteger
 }
 otherwise {
  PID-2.1 -> name[1].text
 }
}"""
    program = maker.patient(lines, before=before)
    assert only(program.go("PID||3"), "Patient") == {"multipleBirthInteger": 3}
    assert only(program.go("PID||x"), "Patient") == {"name": [{"text": "x"}]}


def test_a_guard_is_written_into_the_item_that_it_names(maker: Maker) -> None:
    """Of several items the one with its number, whether another line fills it or none does."""
    lines = """PID-5[1].1.1 <-> name[1].family
PID-5[2].1.1 <-> name[2].family
choose {
 case PID-5[2].7 = "D" <-> name[2].use = "usual" { }
}
"""
    program = maker.patient(lines)
    for segment, names in (
        ("PID|||||Doe~Roe^^^^^^D", [{"family": "Doe"}, {"family": "Roe", "use": "usual"}]),
        ("PID|||||Doe~^^^^^^D", [{"family": "Doe"}, {"use": "usual"}]),
    ):
        bundle = program.go(segment)
        assert only(bundle, "Patient") == {"name": names}
        assert program.back(bundle) == [segment]
    bundle = program.go("PID|||||~^^^^^^D")
    assert only(bundle, "Patient")["name"][1:] == [{"use": "usual"}]
    assert program.back(bundle) == ["PID|||||~^^^^^^D"]
