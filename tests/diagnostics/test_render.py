"""What people and machines get to see of a diagnostic."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapper.diagnostics import Label, Severity, diagnostic, in_order
from mapper.render import findings as findings_report
from mapper.render import render, summary, write
from mapper.render.layout import cut, lay_out, visible, window
from mapper.source import SourceFile, Span
from runtime.errors import Finding
from tests.conftest import Golden
from tests.diagnostics.cases import CASES, EVERYTHING, NOT_INVERTIBLE, SOURCES

GOLDEN = Path(__file__).parent / "golden"


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("name", CASES)
def test_text(name: str, golden: Golden) -> None:
    golden(GOLDEN / f"{name}.txt", render(CASES[name], SOURCES))


def test_the_style_of_the_language_page() -> None:
    expected = """error[E503 not-invertible]: `sex` cannot be read back from "other"
  ┌─ mappings/tables/sex.map:6:3
  │
5 │   "O" <-> "other"
  │           ------- already read back as "O"
6 │   "A" <-> "other"
  │   ^^^ a second code claims "other"
  │
  = help: make it one-way: "A" -> "other"        [safe fix]
  = more: mapper explain E503

1 error in 1 file
"""
    assert render([NOT_INVERTIBLE], SOURCES) == expected


@pytest.mark.parametrize(("form", "ending"), [("json", "json"), ("sarif", "sarif"), ("github", "github.txt")])
def test_machine_formats(form: str, ending: str, golden: Golden, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mapper.render.sarif.metadata.version", lambda _: "0.0.0")
    golden(GOLDEN / f"everything.{ending}", render(EVERYTHING, SOURCES, form))  # type: ignore[arg-type]


def test_sarif_refers_to_its_rules() -> None:
    run = json.loads(render(EVERYTHING, SOURCES, "sarif"))["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[each["ruleIndex"]]["id"] for each in run["results"]] == [each.code for each in EVERYTHING]


def test_github_escapes_what_would_end_a_command() -> None:
    line = render([diagnostic("E301", "a%b\n::error::c", Span("a,b:c.map", 0, 0))], {}, "github")
    assert line == "::error file=a%2Cb%3Ac.map,title=E301 unknown-path::a%25b%0A::error::c\n"


@pytest.mark.parametrize(
    ("severities", "files", "line"),
    [
        ([], 3, "no errors in 3 files"),
        (["error", "error", "warning"], 3, "2 errors, 1 warning in 3 files"),
        (["info"], 1, "1 note in 1 file"),
        (["error"], None, "1 error"),
    ],
)
def test_summary(severities: list[str], files: int | None, line: str) -> None:
    found = [diagnostic("E301", "m", None, severity=Severity(each)) for each in severities]
    assert summary(found, files) == line


def test_in_order_is_by_place_and_once_each() -> None:
    late, early = diagnostic("E301", "m", Span("a.map", 9, 10)), diagnostic("E403", "m", Span("a.map", 2, 3))
    other, nowhere = diagnostic("E301", "m", Span("b.map", 0, 1)), diagnostic("E202", "m", None)
    assert in_order([late, other, late, nowhere, early]) == [nowhere, early, late, other]


def test_colour_only_where_a_terminal_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    file, terminal = io.StringIO(), Terminal()
    write(EVERYTHING, SOURCES, file)
    write(EVERYTHING, SOURCES, terminal)
    assert "\x1b[" not in file.getvalue()
    assert "\x1b[1;31merror[E503 not-invertible]" in terminal.getvalue()
    monkeypatch.setenv("NO_COLOR", "1")
    quiet = Terminal()
    write(EVERYTHING, SOURCES, quiet)
    assert "\x1b[" not in quiet.getvalue()


def test_a_stream_without_box_characters_gets_plain_ones() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    write([NOT_INVERTIBLE], SOURCES, stream)
    stream.flush()
    assert b"  +- mappings/tables/sex.map:6:3\n  |\n5 |" in raw.getvalue()


def test_finding_names_both_sides() -> None:
    finding = Finding("R202", "warning", "no row", "PID-8", "Patient.gender", "pid.map:44")
    assert findings_report.render([finding], "adt.hl7:3") == (
        "adt.hl7:3: warning[R202 code-not-in-table]: no row at PID-8 -> Patient.gender (pid.map:44)\n"
    )
    assert findings_report.finding_json(Finding("R213", "info", "m")) == {
        "code": "R213",
        "slug": "unmapped",
        "level": "info",
        "message": "m",
    }


TEXT = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\x1b\t\r\n\u202e名"), max_size=200)


@given(TEXT, st.integers(0, 400), st.integers(2, 60))
def test_a_cut_line_fits(text: str, focus: int, room: int) -> None:
    line = lay_out(text.replace("\n", ""))
    shown = cut(line, window(line, min(focus, line.width), room))
    assert lay_out(shown).width <= room or line.width <= room


@given(TEXT, st.integers(0, 220), st.integers(0, 220), st.integers(0, 220), st.integers(0, 220), TEXT)
def test_no_span_is_too_strange(text: str, a: int, b: int, c: int, d: int, message: str) -> None:
    source = SourceFile("x.map", text)
    labels = [Label(Span("x.map", min(c, d), max(c, d)), message)]
    found = [diagnostic("E301", message, Span("x.map", min(a, b), max(a, b)), "here", others=labels)]
    for form in ("text", "json", "sarif", "github"):
        rendered = render(found, {"x.map": source}, form)
        assert "\x1b" not in rendered


@given(TEXT)
def test_visible_keeps_the_length(text: str) -> None:
    assert len(visible(text)) == len(text)
