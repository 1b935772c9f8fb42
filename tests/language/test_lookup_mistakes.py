"""What is wrong with look-up tables and with the lines that read them, and how table files are read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapper.resolve.lookups import MAX_TOLD
from mapper.resolve.table_files import MAX_BYTES, MAX_ROWS
from runtime.lib.lookups import CELL, ROW, Rows, days_of
from tests.language.harness import HEAD, Maker
from tests.language.test_lookup_tables import FEES, ROOM, WARDS, call, mapping, pid

FILE = 'table fees(code key, amount money, note) dated from "fees.tsv"\n'


def told(maker: Maker, text: str, files: dict[str, str] | None = None) -> list[tuple[str, str]]:
    """Codes and messages of the errors."""
    return [(d.code, d.message) for d in maker.compile(text, files).diagnostics if d.code[0] != "W"]


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("wards[code = PID-19].name <-> name[1].text", "E501", "only read"),
        ("PID-23 -> wards[code = PID-19].name", "E501", "only read"),
        ("each wards[code = PID-19].name -> name", "E406", "one value"),
        ("wards.name -> name[1].text", "E302", "`code` is missing"),
        ("wards[name = PID-19].beds -> multipleBirthInteger", "E302", "no key"),
        ("wards[code = PID-19 and code = PID-23].name -> name[1].text", "E302", "twice"),
        ("wards[code != PID-19].name -> name[1].text", "E302", "found by its keys"),
        ("wards[1].name -> name[1].text", "E303", "no positions"),
        ("wards[code = PID-19].floor -> name[1].text", "E301", "no column"),
        ("wards[code = PID-19] -> name[1].text", "E301", "which column"),
        ("wards[code = PID-19].name.part -> name[1].text", "E301", "no parts"),
        ("wards[code = PID-19].name -> birthDate", "E401", "date"),
        ("wards[code = PID-19].opened -> multipleBirthInteger", "E401", "integer"),
        ("wards[code = PID-7].name -> name[1].text", "E401", "is a text"),
        ("wards[code = 3].name -> name[1].text", "E401", "is a text"),
        ("wards[code = PID-11[1]].name -> name[1].text", "E401", "is a text"),
        ("wards[code = PID-21.1].name -> name[1].text", "E403", "repeats"),
        ("wards[code = PID-19].name as of PID-7 -> name[1].text", "E302", "every day"),
        ("PID-19 as of PID-7 -> name[1].text", "E302", "belongs to a look-up"),
        ("fees[code = PID-19].amount as of PID-19 -> identifier[1].value", "E401", "one day"),
        ("room[ward = PID-19].name -> name[1].text", "E302", "`number` is missing"),
        ("room[ward = PID-19 and number = PID-7].name -> name[1].text", "E401", "is a number"),
        ("PID-19 -> name[1].text when PID-19 in table room", "E302", "2 keys"),
        ("PID-19 -> name[1].text using table wards", "E206", "no code table"),
        ("PID-19 -> name[1].text when wards[code = PID-19] = \"x\"", "E301", "which column"),
        ("PID-19 -> name[1].text when PID-8 in table sex as of PID-7", "E302", "every day"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_line_is_told(maker: Maker, line: str, code: str, words: str) -> None:
    sex = 'table sex "a" <-> "b" {\n  "F" <-> "female"\n}\n'
    found = told(maker, mapping(line, WARDS + FEES + ROOM + sex))
    assert {each for each, _ in found} == {code}
    assert words in found[0][1]


@pytest.mark.parametrize(
    ("table", "code", "words"),
    [
        ('table t(a, b) {\n  "x", "y"\n}', "E604", "no key"),
        ('table t(a key, a) {\n  "x", "y"\n}', "E203", "twice"),
        ("table t(a key, b) from site", "E603", "code tables"),
        ('table t(a key, b) {\n  "x"\n}', "E604", "1 values"),
        ('table t(a key, b number) {\n  "x", "y"\n}', "E407", "a number"),
        ('table t(a key, b money) {\n  "x", 1.005\n}', "E407", "two decimals"),
        ('table t(a key, b date) {\n  "x", "2024-01-01"\n}', "E407", "a day"),
        ('table t(a key, b) {\n  absent, "y"\n}', "E407", "a text"),
        ('table t(a key, b) {\n  "x", "y" from 2024-01-01\n}', "E604", "not dated"),
        (
            'table t(a key, b) dated {\n  "x", "y" from 2024-02-01 to 2024-01-01\n}',
            "E604",
            "before its first",
        ),
        ('table t(a key, b) {\n  "x", "y"\n  "x", "z"\n}', "E601", "twice"),
        (
            'table t(a key, b) dated {\n  "x", "y" from 2024-01-01 to 2024-06-30\n  "x", "z" from 2024-06-30\n}',
            "E601",
            "one day",
        ),
        ('table t(a key, b) dated {\n  "x", "y"\n  "x", "z" from 2024-06-30\n}', "E601", "one day"),
    ],
)
def test_a_mistake_in_a_table_is_told(maker: Maker, table: str, code: str, words: str) -> None:
    found = told(maker, f"{HEAD}{table}\n")
    assert [each for each, _ in found] == [code]
    assert words in found[0][1]


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("x\t1.00\tn\t2024-01-01\t", "", ""),
        ("x\t1\t-\t20240101\t20240131", "", ""),
        ("x\t1.00\tn", "E603", "line 3 of the table file has 3 cells"),
        ("x\tone\tn\t\t", "E603", "line 3, column 2 of the table file: `amount` is an amount"),
        ("x\t1.001\tn\t\t", "E603", "line 3, column 2"),
        ("\t1.00\tn\t\t", "E603", "line 3, column 1 of the table file: the key `code` is missing"),
        ("x\t1.00\tn\t2024-13-01\t", "E603", "line 3, column 4"),
        ("x\t1.00\tn\t2024-02-01\t2024-01-01", "E603", "line 3 of the table file: the last day"),
        ("a\t1.00\tn\t2024-06-01\t", "E601", "line 3, column 1 of the table file: two rows of one key"),
        ("x\t1.00\tn\x0b\t\t", "E603", "line 3, column 3"),
    ],
)
def test_a_row_of_a_file_is_read_or_told_with_its_line_and_column(
    maker: Maker, line: str, code: str, words: str
) -> None:
    content = f"# a comment\na\t2.50\tnote\t2024-01-01\t\n{line}\n"
    found = told(maker, HEAD + FILE, {"fees.tsv": content})
    assert [each for each, _ in found] == ([code] if code else [])
    assert words in "".join(message for _, message in found)


def test_a_file_may_name_its_columns_and_only_so(maker: Maker) -> None:
    rows = "a\t2.50\tnote\t\t\n"
    assert told(maker, HEAD + FILE, {"fees.tsv": "code\tamount\tnote\tfirst\tlast\n" + rows}) == []
    found = told(maker, HEAD + FILE, {"fees.tsv": "amount\tcode\tnote\tfirst\tlast\n" + rows})
    assert [code for code, _ in found] == ["E603"]
    assert "names other columns" in found[0][1]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../fees.tsv", "beside"),
        ("/etc/passwd", "beside"),
        ("fees.csv", ".tsv"),
        ("none.tsv", "No such file"),
    ],
)
def test_a_file_lies_below_its_map_file(maker: Maker, name: str, words: str) -> None:
    found = told(maker, HEAD + FILE.replace("fees.tsv", name))
    assert [code for code, _ in found] == ["E603"]
    assert words in found[0][1]


def test_a_link_out_of_the_folder_is_not_followed(maker: Maker) -> None:
    outside = maker.folder.parent / "outside.tsv"
    outside.write_text("a\t1\tn\t\t\n")
    (maker.folder / "fees.tsv").symlink_to(outside)
    assert [code for code, _ in told(maker, HEAD + FILE)] == ["E603"]


def test_files_are_bounded_and_mistakes_too(maker: Maker) -> None:
    assert "more than" in told(maker, HEAD + FILE, {"fees.tsv": "\n" * (MAX_BYTES + 1)})[0][1]
    assert "more than" in told(maker, HEAD + FILE, {"fees.tsv": "x\n" * (MAX_ROWS + 1)})[0][1]
    assert len(told(maker, HEAD + FILE, {"fees.tsv": "x\n" * 1000})) == MAX_TOLD + 1


def test_a_file_is_read_through_its_links_of_lines(maker: Maker) -> None:
    program = maker.program(
        mapping("fees[code = PID-19].note as of PID-7 -> name[1].text", FILE),
        {"fees.tsv": "\ufeffa\t2.50\tfirst\t2024-01-01\t2024-01-31\r\na\t3\tsecond\t2024-02-01\t\r\n"},
    )
    assert call(program, "go", pid(f19="a", f7="20240131")) == {"name": [{"text": "first"}]}
    assert call(program, "go", pid(f19="a", f7="20240201")) == {"name": [{"text": "second"}]}


def test_a_table_that_no_line_reads_is_told(maker: Maker) -> None:
    found = maker.compile(mapping("PID-19 -> name[1].text", WARDS)).diagnostics
    assert [d.code for d in found if d.code == "W906"] == ["W906"]


Days = st.dates().map(lambda day: day.isoformat())
Spans = st.lists(st.tuples(st.sampled_from("ab"), Days, Days), max_size=6)


@given(Spans, st.sampled_from("ab"), Days)
def test_a_row_is_found_where_a_search_through_all_finds_it(
    spans: list[tuple[str, str, str]], key: str, day: str
) -> None:
    rows = [(k, min(a, b), max(a, b)) for k, a, b in spans]
    text = ROW.join(CELL.join((k, str(n), first, last)) for n, (k, first, last) in enumerate(rows))
    found = Rows("tn", (0,), True, text).find((key,), (day, day))
    wanted = [str(n) for n, (k, first, last) in enumerate(rows) if k == key and first <= day <= last]
    assert (found[1] if found else None) == (wanted[0] if wanted else None)


@given(st.text() | st.dates().map(str))
def test_any_text_is_a_span_of_days_or_none(text: str) -> None:
    found = days_of(text)
    assert found is None or (found[0] <= found[1] and text.startswith(found[0][:4]))
