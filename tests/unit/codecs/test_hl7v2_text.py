from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from runtime.codecs.findings import Findings
from runtime.codecs.hl7v2 import NULL, escape, parse, unescape
from runtime.codecs.hl7v2.charset import codec_name, decode_text
from runtime.codecs.limits import DEFAULT_LIMITS
from tests.unit.codecs.tables import A04, STRUCTURES, codes

TEXT = st.text(
    alphabet=st.one_of(st.sampled_from("\\|^~&\r\nFSTREHNXZ.br0aé"), st.characters(exclude_categories=["Cs"]))
)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f", "a|b^c&d~e\\f"),
        ("\\P\\", "#"),
        ("one\\.br\\two", "one\ntwo"),
        ("\\X0D\\\\X0A\\", "\r\n"),
        ("\\XC3A9\\\\Xc3a9\\", "éé"),
        ("\\H\\bold\\N\\", "\\H\\bold\\N\\"),
        (
            "\\.sp\\\\.sp 3\\\\.in+4\\\\.ti-2\\\\.sk5\\\\.fi\\\\.nf\\\\.ce\\",
            "\\.sp\\\\.sp 3\\\\.in+4\\\\.ti-2\\\\.sk5\\\\.fi\\\\.nf\\\\.ce\\",
        ),
        ("\\C2842\\\\M243B\\\\M24423B\\\\Zabc\\", "\\C2842\\\\M243B\\\\M24423B\\\\Zabc\\"),
        ("\\XFF\\", "\\XFF\\"),
        ("C:\\temp", "C:\\temp"),
        ("\\Q\\", "\\Q\\"),
        ("a\\", "a\\"),
        ("\\E\\T\\E\\", "\\T\\"),
        (NULL, NULL),
    ],
)
def test_unescape(raw, text):
    assert unescape(raw) == text


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("a|b^c&d~e\\f", "a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f"),
        ("one\ntwo\r\x0b\x1c", "one\\.br\\two\\X0D\\\\X0B\\\\X1C\\"),
        ("\\T\\", "\\E\\T\\E\\"),
        ("\\H\\bold\\N\\", "\\H\\bold\\N\\"),
        ("\\\\H\\", "\\E\\\\H\\"),
        ("C:\\temp\\", "C:\\E\\temp\\E\\"),
        ("é#", "é#"),
        (NULL, NULL),
    ],
)
def test_escape(text, raw):
    assert escape(text) == raw


@settings(deadline=None)
@given(TEXT)
@example("\\H\\F\\")
@example("\\XFF\\X41\\")
def test_unescape_undoes_escape(text):
    raw = escape(text)
    assert unescape(raw) == text
    assert not set(raw) & set("|^~&\r\n\x0b\x1c")


@settings(deadline=None)
@given(TEXT)
def test_writing_again_changes_nothing_more(raw):
    once = escape(unescape(raw))
    assert escape(unescape(once)) == once
    assert unescape(once) == unescape(raw)


SEQUENCES = st.lists(
    st.sampled_from(
        [
            "abc",
            "é",
            " ",
            "\\F\\",
            "\\S\\",
            "\\T\\",
            "\\R\\",
            "\\E\\",
            "\\.br\\",
            "\\X0D\\",
            "\\H\\",
            "\\N\\",
            "\\Z1\\",
            "\\.in4\\",
        ]
    )
).map("".join)


@settings(deadline=None)
@given(SEQUENCES)
@example("a\\E\\")
def test_well_formed_text_comes_back_as_it_was(raw):
    if "\\E\\" in raw:
        assert unescape(escape(unescape(raw))) == unescape(raw)
    else:
        assert escape(unescape(raw)) == raw


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("ASCII", "ascii"), ("8859/1", "iso8859-1"), ("8859/15", "iso8859-15"), ("UNICODE UTF-8", "utf-8"),
        ("UNICODE", "utf-8"), ("UTF-8", "utf-8"), ("utf8", "utf-8"),
        ("ISO IR100", "iso8859-1"), ("ISO_IR 100", "iso8859-1"),
        ("ISO-8859-1", "iso8859-1"), ("GB 18030-2000", "gb18030"), ("BIG-5", "big5"), ("KS X 1001", "euc_kr"),
        ("ISO IR87", "iso2022_jp"), ("UNICODE UTF-16", "utf-16"), ("CNS 11643-1992", ""), ("", ""),
    ],
)  # fmt: skip
def test_names_of_character_sets(name, codec):
    assert codec_name(name) == codec
    if codec:
        "".encode(codec)


def labelled(name: str, family: str, codec: str) -> bytes:
    text = A04.decode().replace("|2.5.1\r", f"|2.5.1||||||{name}\r").replace("DOE", family)
    return text.encode(codec)


@pytest.mark.parametrize(
    ("name", "codec", "family"),
    [
        ("8859/1", "latin-1", "MÜLLER"), ("8859/2", "iso8859-2", "ŻÓŁĆ"), ("BIG-5", "big5", "許功蓋"),
        ("GB 18030-2000", "gb18030", "张伟"), ("KS X 1001", "euc_kr", "김철수"), ("UNICODE UTF-8", "utf-8", "張"),
        ("", "utf-8", "Zoë"), ("8859/1~UNICODE UTF-8", "latin-1", "MÜLLER"),
    ],
)  # fmt: skip
def test_declared_character_sets(name, codec, family):
    read = parse(labelled(name, family, codec), STRUCTURES)
    assert read.segments[2][5].split("^")[0] == family
    assert codes(read) == []


def test_hexadecimal_bytes_are_in_the_message_character_set():
    latin = parse(labelled("8859/1", "M\\XDC\\LLERÄ", "latin-1"), STRUCTURES)
    assert unescape(latin.segments[2][5].split("^")[0]) == "MÜLLERÄ"
    big5 = parse(labelled("BIG-5", "\\XB35C\\功", "big5"), STRUCTURES)
    assert unescape(big5.segments[2][5].split("^")[0]) == "許功"
    ascii_only = parse(labelled("8859/1", "M\\XDC\\LLER", "latin-1"), STRUCTURES)
    assert unescape(ascii_only.segments[2][5].split("^")[0]) == "MÜLLER"


@pytest.mark.parametrize("name", ["", "UNICODE UTF-8", "ASCII"])
def test_wrong_bytes_fall_back_and_are_told(name):
    read = parse(labelled(name, "M\u00dcLLER\u2019", "cp1252"), STRUCTURES)
    assert read.segments[2][5].split("^")[0] == "MÜLLER\u2019"
    assert [code for code, _ in codes(read)] == ["R104"]
    assert read.findings[0].where.startswith("byte ")


def test_latin_1_is_the_last_resort():
    text, codec = decode_text(b"MSH|^~\\&|\x81\xff", Findings(DEFAULT_LIMITS))
    assert (text[-2:], codec) == ("\x81\xff", "latin-1")


def test_a_doubtful_or_unknown_declaration_is_told():
    assert codes(parse(labelled("8859/1", "MÜLLER", "utf-8"), STRUCTURES)) == [("R104", "MSH-18")]
    assert codes(parse(labelled("KLINGON", "DOE", "utf-8"), STRUCTURES)) == [("R104", "MSH-18")]
    assert codes(parse(labelled("KLINGON", "MÜLLER", "utf-8"), STRUCTURES)) == [("R104", "MSH-18")]
    assert codes(parse(labelled("UNICODE UTF-16", "MÜLLER", "utf-8"), STRUCTURES)) == [("R104", "MSH-18")]
