"""Text, numbers, identifiers, codes and telephone numbers: what they become, by example."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID, uuid5

import pytest

from runtime.lib import codes, ids, numbers, text
from runtime.lib.phone import phone
from tests.unit.lib.support import Site


@pytest.mark.parametrize("blank", ["", " ", "\t\n", "\u00a0", "\u2003"])
def test_blank_text_is_no_fhir_string(blank: str) -> None:
    assert text.visible(blank) is None
    assert text.to_code(blank) is None
    assert text.to_uri(blank) is None


def test_a_string_keeps_its_blanks_and_a_code_does_not() -> None:
    assert text.visible("Ann Arbor ") == "Ann Arbor "
    assert text.to_code("M ") == "M"
    assert text.to_code("over due") == "over due"
    assert text.to_code("over  due") is None


@pytest.mark.parametrize(
    ("sent", "id_"), [("a-1.B", "a-1.B"), ("a_b", None), ("x" * 65, None), ("é", None), (" 7 ", "7")]
)
def test_an_id_has_its_characters(sent: str, id_: str | None) -> None:
    assert text.to_id(sent) == id_


def test_a_uri_has_no_white_space() -> None:
    assert text.to_uri("http://x.example/a ") == "http://x.example/a"
    assert text.to_uri("http://x.example/a b") is None


def test_given_names() -> None:
    assert text.split_words("MARY  ANN ") == ["MARY", "ANN"]
    assert text.join_words(["MARY", "ANN LEE"]) == "MARY ANN LEE"
    assert text.split_words(" ") is None
    assert text.join_words([]) is None


def test_lines_keep_their_indent_and_their_gaps() -> None:
    assert text.join_lines(["first", "", "  third ", ""]) == "first\n\n  third"
    assert text.split_lines("first\n\n  third") == ["first", " ", "  third"]
    assert text.join_lines(["", " "]) is None
    assert text.split_lines("\r\n") is None


def test_a_list_names_each_text_once() -> None:
    assert text.list_of(["White", "", "Asian", "White"]) == "White, Asian"
    assert text.list_of([]) is None


@pytest.mark.parametrize(
    ("sent", "value", "back"),
    [
        ("912.00", "912.00", "912.00"),
        ("+5", "5", "5"),
        ("007", "7", "7"),
        ("-0.50", "-0.50", "-0.50"),
        ("1.", "1", "1"),
        (".5", "0.5", "0.5"),
        (" 12 ", "12", "12"),
        ("0.0000001", "1E-7", "0.0000001"),
    ],
)
def test_numbers_are_exact(sent: str, value: str, back: str) -> None:
    number = numbers.to_decimal(sent)
    assert str(number) == value
    assert number is not None
    assert numbers.from_decimal(number) == back


@pytest.mark.parametrize(
    "sent", ["", "-", ".", "1e5", "1,000", "<5", "٣", "1 2", "NaN", "9" * 65, "Infinity"]
)
def test_what_is_no_number_gives_nothing(sent: str) -> None:
    assert numbers.to_decimal(sent) is None
    assert numbers.to_integer(sent) is None


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), Decimal("1E+99"), Decimal("1E-99")])
def test_what_hl7_has_no_digits_for_does_not_come_back(value: Decimal) -> None:
    assert numbers.from_decimal(value) is None


def test_integers_have_their_ranges() -> None:
    assert numbers.to_integer("3.0") == 3
    assert numbers.to_integer("3.5") is None
    assert numbers.to_integer("-2147483648") == -(2**31)
    assert numbers.to_integer("2147483648") is None
    assert numbers.to_positive("0") is None
    assert numbers.to_unsigned("0") == 0
    assert numbers.to_unsigned("-1") is None
    assert numbers.from_positive(0) is None
    assert numbers.integer_of(Decimal("3.00")) == 3


def test_signs_and_counts() -> None:
    assert numbers.negate("12.50") == Decimal("-12.50")
    assert numbers.negate_back(Decimal("-12.50")) == "12.50"
    assert numbers.one_less("1") == 0
    assert numbers.one_less("0") is None
    assert numbers.one_more(0) == "1"


@pytest.mark.parametrize(
    ("range_", "low", "high"),
    [
        ("3.5-5.1", "3.5", "5.1"),
        ("3.5 - 5.1", "3.5", "5.1"),
        ("-2--1", "-2", "-1"),
        (">=3.5", "3.5", None),
        ("<5", None, "5"),
        ("negative", None, None),
        ("", None, None),
    ],
)
def test_reference_ranges(range_: str, low: str | None, high: str | None) -> None:
    assert numbers.low_of(range_) == (low and Decimal(low))
    assert numbers.high_of(range_) == (high and Decimal(high))


@pytest.mark.parametrize(
    ("amount", "unit", "minutes"),
    [
        ("30", "MIN", 30),
        ("30", "", 30),
        ("1.5", "h", 90),
        ("90", "S", 2),
        ("1", "wk", None),
        ("0", "MIN", None),
        ("x", "", None),
    ],
)
def test_durations(amount: str, unit: str, minutes: int | None) -> None:
    assert numbers.minutes(amount, unit) == minutes


def test_oids_and_uuids() -> None:
    assert ids.to_oid("2.16.840.1.113883.4.1") == "urn:oid:2.16.840.1.113883.4.1"
    assert ids.from_oid("urn:oid:2.16.840.1.113883.4.1") == "2.16.840.1.113883.4.1"
    assert [ids.to_oid(bad) for bad in ("", "2", "3.1", "2.01", "2.1.", "MAYO", "1.2.x")] == [None] * 7
    assert ids.from_oid("urn:oid:MAYO") is None
    assert (
        ids.to_uuid("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11") == "urn:uuid:a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"
    )
    assert ids.from_uuid("http://x.example") is None


def test_a_bare_name_space_lies_under_the_sites_base() -> None:
    site = Site(base="https://practice.example/fhir/")
    uri = ids.to_namespace(site, "GOOD HEALTH/1")
    assert uri == "https://practice.example/fhir/namespace/GOOD%20HEALTH%2F1"
    assert ids.from_namespace(site, uri) == "GOOD HEALTH/1"
    assert ids.from_namespace(Site(base="https://other.example"), uri) is None


@pytest.mark.parametrize("tail", ["", "a b", "%zz", "%FF", "a/b", "%61"])
def test_only_what_a_name_makes_is_read_as_a_name(tail: str) -> None:
    assert ids.from_namespace(Site(), "https://practice.example/fhir/namespace/" + tail) is None


def test_without_a_base_there_is_no_name_space() -> None:
    assert ids.to_namespace(Site(base=""), "MAYO") is None
    assert ids.from_namespace(Site(base=""), "/namespace/MAYO") is None


def test_derived_ids_are_uuids_of_version_5() -> None:
    namespace = ids.site_namespace("https://practice.example/fhir")
    derived = ids.derived_id(namespace, "Patient", "identifier", "MRN001234")
    assert derived == str(uuid5(UUID(bytes=namespace), "Patient\x1fidentifier\x1fMRN001234"))
    assert UUID(derived).version == 5


def test_derived_ids_tell_types_and_borders_apart() -> None:
    namespace = ids.site_namespace("https://practice.example/fhir")
    parts = [
        ("a", "b"),
        ("ab",),
        ("a", "b", ""),
        ("1",),
        (1,),
        (Decimal(1),),
        (None,),
        ("None",),
        (True,),
        ("é",),
        ("e\u0301",),
        ("a\x1fb",),
        ("('a', 1)",),
        ("a", 1),
        ("a", ("b", None)),
        ("\ud800",),
        (),
        ("",),
    ]
    assert len({ids.derived_id(namespace, *each) for each in parts}) == len(parts)
    assert ids.derived_id(namespace, "a") != ids.derived_id(ids.site_namespace("https://other.example"), "a")


def test_base64() -> None:
    assert codes.to_base64("Grüße") == "R3LDvMOfZQ=="
    assert codes.from_base64("R3LDvMOfZQ==") == "Grüße"
    assert codes.from_base64("/w==") is None
    assert codes.to_base64_binary("R3LD\r\nvMOf ZQ==") == "R3LDvMOfZQ=="
    assert [codes.to_base64_binary(bad) for bad in ("", "abc", "a===", "R3LD!", "Grüße")] == [None] * 5


def test_flags() -> None:
    assert [codes.to_flag(sent) for sent in ("Y", "N", "U", "")] == [True, False, None, None]
    assert [codes.from_flag(value) for value in (True, False)] == ["Y", "N"]


def test_types_of_bill() -> None:
    assert codes.type_of_bill("13", "1") == "0131"
    assert [codes.type_of_bill(*bad) for bad in (("1", "1"), ("13", ""), ("131", "7"), ("1*", "1"))] == [
        None
    ] * 4
    assert [codes.bill_place(code) for code in ("0131", "131", "0897")] == ["13", "13", "89"]
    assert [codes.bill_place(bad) for bad in ("", "13", "1131", "01311", "0-31")] == [None] * 5


def test_icd_codes_as_messages_have_them() -> None:
    assert [codes.icd10_code(code) for code in ("E119", "E11.9", " e11.9", "I10")] == [
        "E11.9",
        "E11.9",
        "E11.9",
        "I10",
    ]
    assert [codes.icd9_code(code) for code in ("25000", "250.00", "V7389", "E8889")] == ["250.00"] * 2 + [
        "V73.89",
        "E888.9",
    ]
    assert [codes.icd10_code(bad) for bad in ("", "29857009", "E1", "E.1.1.9")] == [None] * 4


def test_what_is_an_npi() -> None:
    assert all(map(ids.is_npi, ("1234567893", "1245319599", "1679576722", "1003000126")))
    assert not any(map(ids.is_npi, ("1234567890", "2234567893", "123456789", "C006", "", "12345678933")))


def test_what_a_site_states_stands_where_a_message_is() -> None:
    assert text.stated("MSG1", "NORTH") == "NORTH"
    assert (text.stated("", "NORTH"), text.stated("MSG1", "")) == (None, None)


def test_icd_codes() -> None:
    assert codes.to_icd_dotted("E119") == "E11.9"
    assert codes.to_icd_dotted("I10") == "I10"
    assert codes.from_icd_dotted("E11.9") == "E119"
    odd = ["E1.19", "E11.", "E11..9", "A/B.C", "1"]
    assert [codes.from_icd_dotted(bad) for bad in odd] == [codes.to_icd_dotted(bad) for bad in odd] == odd
    assert codes.from_icd_dotted("E119") == "E119"  # a FHIR code whose point was forgotten
    assert codes.from_icd9_dotted("E888.9") == "E8889"


@pytest.mark.parametrize(
    ("components", "media_type", "back"),
    [
        (["", "AP", "PDF"], "application/pdf", {2: "AP", 3: "pdf"}),
        (["", "Image", "JPEG", "Base64"], "image/jpeg", {2: "IM", 3: "jpeg"}),
        (["", "TEXT"], "text/plain", {2: "TEXT", 3: "plain"}),
        (["", "", "pdf"], "application/pdf", {2: "AP", 3: "pdf"}),
        (["", "SD", "TIFF"], "image/tiff", {2: "IM", 3: "tiff"}),
        (["", "", "video/mp4"], "video/mp4", {3: "video/mp4"}),
        (["", "AP"], None, None),
        (["", "XX", "PDF"], None, None),
        ([], None, None),
    ],
)
def test_media_types(components: list[str], media_type: str | None, back: dict[int, str] | None) -> None:
    assert codes.to_mime(components) == media_type
    if media_type is not None:
        assert codes.from_mime(media_type) == back
        assert codes.from_mime(media_type.upper() + "; charset=utf-8") == back


@pytest.mark.parametrize(
    ("parts", "number"),
    [
        (("", "270", "6009800", ""), "(270) 600-9800"),
        (("1", "555", "5550123", ""), "+1 555 555-0123"),
        (("0044", "20", "79460000", "12"), "+44 20 79460000 ext. 12"),
        (("", "", "5551234", ""), "5551234"),
        (("1", "555", "", "2"), None),
        ((), None),
    ],
)
def test_telephone_numbers(parts: tuple[str, ...], number: str | None) -> None:
    assert phone(*parts) == number
