"""The formatter: same tree, same comments, same text when run twice, and the layout as it is meant."""

from pathlib import Path

import pytest

from mapper.source import SourceFile, read_source
from mapper.syntax.parser import parse
from mapper.syntax.printer import format_source
from tests.syntax.dump import without_spans

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FILES = sorted((HERE / "good").glob("*.map")) + sorted((ROOT / "mappings").rglob("*.map"))


def formatted(text: str) -> str:
    return format_source(SourceFile("x.map", text))


def comments(text: str) -> list[str]:
    return [line[line.index("#") :].strip() for line in text.splitlines() if "#" in line]


def check(source: SourceFile) -> None:
    once = format_source(source)
    assert formatted(once) == once
    assert without_spans(parse(source)[0].declarations) == without_spans(
        parse(SourceFile("x.map", once))[0].declarations
    )
    assert comments(source.text) == comments(once)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_meaning_and_comments_stay(path: Path) -> None:
    check(read_source(path))


def test_sketches_keep_meaning_and_comments(data: Path) -> None:
    for path in sorted((data.parent / "design" / "sketch").glob("*.map")):
        check(read_source(path))


def test_a_file_with_errors_stays_as_it_is() -> None:
    text = "mapping   m {\n"
    assert formatted(text) == text


def test_layout() -> None:
    text = """

use hl7v2   "2.5.1" ,"2.3"
use fhir "R4"


import a.b(c,d)
import longer (e)
mapping m   between hl7v2 PID and fhir Bundle * {

# own line
PID-5 [1] .1<->name [1].family # trailing
  "active"->status

    each PID-3   <-   identifier[ type="MR" ]   # another
  x -> y when not   valued_thing and ( a   not   valued )
        when2 <-> z

  SCH <-> Appointment {
"booked" -> status   using table t
     default "x"
  require a
    else error "no"
    at PID-3

}
}
# the end
"""
    assert (
        formatted(text)
        == """\
use hl7v2 "2.5.1", "2.3"
use fhir  "R4"

import a.b    (c, d)
import longer (e)
mapping m between hl7v2 PID and fhir Bundle* {
  # own line
  PID-5[1].1 <-> name[1].family  # trailing
  "active"    -> status

  each PID-3 <-  identifier[type = "MR"]  # another
  x           -> y when not valued_thing and (a not valued)
  when2      <-> z

  SCH <-> Appointment {
    "booked" -> status using table t
      default "x"
    require a
      else error "no"
        at PID-3
  }
}
# the end
"""
    )


def test_line_ends_become_unix() -> None:
    assert formatted('use fhir "R4"\r\nuse cda "2.1"\r\n') == 'use fhir "R4"\nuse cda  "2.1"\n'


def test_arrows_of_distant_lines_do_not_push_each_other() -> None:
    text = formatted(
        "mapping m between hl7v2 A and fhir B {\n  a <-> b\n\n  longer <-> c\n  "
        + "x" * 50
        + " <-> d\n  b <-> e\n}\n"
    )
    assert "  a <-> b\n\n  longer <-> c\n" in text
    assert "\n  b <-> e\n" in text
