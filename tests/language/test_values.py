"""Values: defaults, absence, functions, times and their zones, the explicit null."""

from __future__ import annotations

from runtime.lib.context import Site
from tests.language.harness import HEAD, Maker, bundle_of, only

DIGITS = 'function digits from hl7v2 ST to fhir integer "tests.language.functions:digits"\n'
NULL = '""'


def patient(**elements: object) -> dict[str, object]:
    return bundle_of({"resourceType": "Patient", **elements})


def test_defaults_on_both_sides(maker: Maker) -> None:
    program = maker.patient('PID-7.1 <-> birthDate\nPID-8 default "U" <-> gender default "unknown"')
    assert only(program.go("PID|||||||1980"), "Patient")["gender"] == "unknown"
    assert program.back(patient(birthDate="1980")) == ["PID|||||||1980|U"]
    assert program.back(patient(birthDate="1980", gender="male")) == ["PID|||||||1980|male"]


def test_a_default_never_makes(maker: Maker) -> None:
    program = maker.patient('PID-7.1 <-> birthDate\nPID-8 <-> gender default "unknown"')
    assert "entry" not in program.go("PID|1")


def test_a_default_may_be_a_path_and_chain(maker: Maker) -> None:
    program = maker.patient(
        'PID-5[1].1.1 -> name[1].family default PID-9[1].1.1 default "none"\n'
        "PID-7.1 <-> birthDate\nPID-5[1].2 -> name[1].given[1]"
    )
    assert only(program.go("PID|||||Doe||||Nick"), "Patient")["name"] == [{"family": "Doe"}]
    assert only(program.go("PID|||||||||Nick"), "Patient")["name"] == [{"family": "Nick"}]
    assert only(program.go("PID|||||^Ann"), "Patient")["name"] == [{"family": "none", "given": ["Ann"]}]


def test_a_default_from_the_context(maker: Maker) -> None:
    program = maker.patient(
        "PID-7.1 <-> birthDate\nPID-5[1].1.1 -> name[1].text default $site.application\nPID-5[1].2 -> name[1].given[1]"
    )
    assert only(program.go("PID|||||^Ann"), "Patient")["name"] == [{"text": "MAPPER", "given": ["Ann"]}]


def test_a_default_after_a_function(maker: Maker) -> None:
    program = maker.patient(
        "PID-2.1 -> multipleBirthInteger using digits default 1\nPID-7.1 <-> birthDate", before=DIGITS
    )
    assert only(program.go("PID||x|||||1980"), "Patient") == {"birthDate": "1980", "multipleBirthInteger": 1}


def test_absent_says_why_in_fhir(maker: Maker) -> None:
    program = maker.patient('PID-5[1].1.1 <-> name[1].family\nPID-7.1 <-> birthDate default absent "unknown"')
    reason = {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
    bundle = program.go("PID|||||Doe")
    assert only(bundle, "Patient") == {"name": [{"family": "Doe"}], "_birthDate": {"extension": [reason]}}
    assert program.back(bundle) == ["PID|||||Doe"]


def test_absent_on_a_node_says_why_in_fhir(maker: Maker) -> None:
    program = maker.patient(
        "PID-5[1].1.1 <-> name[1].family\nPID-16.2 <-> maritalStatus.text\n"
        'absent "unknown" -> maritalStatus when PID-16 not valued'
    )
    reason = {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
    assert only(program.go("PID|||||Doe"), "Patient")["maritalStatus"] == {"extension": [reason]}
    assert only(program.go("PID|||||Doe|||||||||||^Single"), "Patient")["maritalStatus"] == {"text": "Single"}
    assert program.both("PID|||||Doe") == ["PID|||||Doe"]


def test_absent_is_the_explicit_null_in_v2(maker: Maker) -> None:
    program = maker.patient("PID-5[1].1.1 <-> name[1].family\nPID-7 default absent <-> birthDate")
    assert program.back(patient(name=[{"family": "Doe"}])) == [f"PID|||||Doe||{NULL}"]


def test_the_explicit_null_is_not_valued_and_fires_no_default(maker: Maker) -> None:
    program = maker.patient(
        'PID-5[1].1.1 <-> name[1].family\nPID-8 <-> gender default "unknown"\n"x" -> name[1].text when PID-8 valued'
    )
    assert only(program.go(f"PID|||||Doe|||{NULL}"), "Patient") == {"name": [{"family": "Doe"}]}


def test_functions_both_ways(maker: Maker) -> None:
    program = maker.patient(
        "PID-13[1].12 <-> telecom[1].value using shout",
        before='function shout between hl7v2 ST and fhir string "tests.language.functions:shout"',
    )
    bundle = program.go("PID|||||||||||||^^^^^^^^^^^abc")
    assert only(bundle, "Patient") == {"telecom": [{"value": "ABC"}]}
    assert program.back(bundle) == ["PID|||||||||||||^^^^^^^^^^^abc"]


def test_a_one_way_function_goes_one_way(maker: Maker) -> None:
    before = 'function first_word from hl7v2 ST to fhir string "tests.language.functions:first_word"\n'
    program = maker.patient("PID-5[1].2 -> name[1].given[1] using first_word", before=before)
    assert only(program.go("PID|||||^Ann Bea"), "Patient") == {"name": [{"given": ["Ann"]}]}
    body = (
        "mapping m between hl7v2 PID and fhir Patient {\n PID-5[1].2 <-> name[1].given[1] using first_word\n}"
    )
    assert "E501" in maker.codes(HEAD + before + body)


def test_a_function_that_has_no_answer_is_told(maker: Maker) -> None:
    program = maker.patient(
        "PID-2.1 -> multipleBirthInteger using digits\nPID-7.1 <-> birthDate", before=DIGITS
    )
    assert only(program.go("PID||x|||||1980"), "Patient") == {"birthDate": "1980"}
    assert "R201" in program.told()


def test_a_function_over_a_list(maker: Maker) -> None:
    before = 'function joined between hl7v2 ST* and fhir string "tests.language.functions:joined"\n'
    program = maker.patient("PID-3.1 <-> identifier[1].value using joined", before=before)
    bundle = program.go("PID|||7~8~9")
    assert only(bundle, "Patient") == {"identifier": [{"value": "7,8,9"}]}
    assert program.back(bundle) == ["PID|||7~8~9"]


def test_a_function_with_several_arguments(maker: Maker) -> None:
    before = 'function full from hl7v2 ST to fhir string "tests.language.functions:full"\n'
    program = maker.patient(
        "full(PID-5[1].2, PID-5[1].1.1) -> name[1].text\nPID-7.1 <-> birthDate", before=before
    )
    assert only(program.go("PID|||||Doe^Ann"), "Patient") == {"name": [{"text": "Ann Doe"}]}
    assert only(program.go("PID|||||||1980"), "Patient") == {"birthDate": "1980"}


def test_library_functions(maker: Maker) -> None:
    program = maker.patient(
        'PID-7.1 <-> birthDate\n"1" -> name[1].text when count(PID-3) = 2\nPID-5[1].1.1 <-> name[1].family\n'
        '"2" -> name[1].prefix[1] when length(PID-5[1].1.1) > 3'
    )
    assert only(program.go("PID|||7~8||Doe"), "Patient")["name"] == [{"family": "Doe", "text": "1"}]
    assert only(program.go("PID|||7||Long"), "Patient")["name"] == [{"family": "Long", "prefix": ["2"]}]


def test_a_function_that_wants_the_context(maker: Maker) -> None:
    before = 'function zoned from hl7v2 ST to fhir string "tests.language.functions:zoned"\n'
    program = maker.patient("PID-2.1 -> name[1].text using zoned", before=before)
    assert only(program.go("PID||x"), "Patient") == {"name": [{"text": "x America/New_York"}]}


def test_precision_is_kept(maker: Maker) -> None:
    program = maker.patient("PID-29 <-> deceasedDateTime")
    for given, made in (
        ("2020", "2020"), ("202001", "2020-01"), ("20200102", "2020-01-02"),
        ("20200102030405-0500", "2020-01-02T03:04:05-05:00"), ("20200702030405", "2020-07-02T03:04:05-04:00"),
    ):  # fmt: skip
        segment = "PID" + "|" * 29 + given
        bundle = program.go(segment)
        assert only(bundle, "Patient") == {"deceasedDateTime": made}
        assert program.back(bundle)[0].rsplit("|", 1)[1] in (given, given.removesuffix("-0500"))


def test_without_a_zone_a_time_is_cut_to_its_date_and_told(maker: Maker) -> None:
    program = maker.patient("PID-29 <-> deceasedDateTime")
    program.site = Site()
    assert only(program.go("PID" + "|" * 29 + "20200102030405"), "Patient") == {
        "deceasedDateTime": "2020-01-02"
    }
    assert "R206" in program.told()


def test_escapes_are_decoded_and_written(maker: Maker) -> None:
    program = maker.patient("PID-5[1].1.1 <-> name[1].family")
    bundle = program.go("PID|||||A\\T\\B\\S\\C")
    assert only(bundle, "Patient") == {"name": [{"family": "A&B^C"}]}
    assert program.back(bundle) == ["PID|||||A\\T\\B\\S\\C"]


def test_requirements_are_told_in_the_direction_that_reads_them(maker: Maker) -> None:
    program = maker.patient(
        'PID-7.1 <-> birthDate\nrequire PID-8 valued else warn "a sex is missing"\n'
        'require gender valued else error "no gender"'
    )
    program.go("PID|||||||1980")
    assert [f.message for f in program.findings if f.code == "R210"] == ["a sex is missing"]
    program.back(patient(birthDate="1980"))
    assert [(f.message, f.level) for f in program.findings if f.code == "R210"] == [("no gender", "error")]


def test_ignore_does_nothing(maker: Maker) -> None:
    program = maker.patient('PID-7.1 <-> birthDate\nignore PID-8, gender "not wanted"')
    assert program.both("PID|||||||1980|F") == ["PID|||||||1980"]


def test_a_call_against_a_functions_direction_is_refused(maker: Maker) -> None:
    before = 'function full from hl7v2 ST to fhir string "tests.language.functions:full"\n'
    body = "mapping m between hl7v2 PID and fhir Patient {\n PID-8 <- full(gender, birthDate)\n}"
    assert "E501" in maker.codes(HEAD + before + body)


def test_a_list_of_lists_of_lists_is_counted(maker: Maker) -> None:
    lines = """PATIENT_RESULT[1] <-> Patient {
 PATIENT.PID-7 <-> birthDate
 "3" -> name[1].text when count(ORDER_OBSERVATION.OBSERVATION.OBX-8) = 3
 PATIENT.PID-5[1].1.1 <-> name[1].family
}
"""
    program = maker.message(lines, structure="ORU_R01")
    bundle = program.go("PID|||||Doe||1980", "OBR|1", "OBX|1|||||||A~B", "OBR|2", "OBX|1|||||||C")
    assert only(bundle, "Patient")["name"] == [{"family": "Doe", "text": "3"}]
