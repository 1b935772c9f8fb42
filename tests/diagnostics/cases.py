"""Diagnostics over small sources, as the renderers' tests need them."""

from __future__ import annotations

from mapper.diagnostics import Diagnostic, Fix, Label, diagnostic
from mapper.source import SourceFile, Span

SEX = SourceFile(
    "mappings/tables/sex.map",
    """table sex "HL70001" <-> "http://hl7.org/fhir/administrative-gender" {
  "F" <-> "female"
  "M" <-> "male"

  "O" <-> "other"
  "A" <-> "other"
}
""",
)
PID = SourceFile(
    "mappings/pid.map",
    "import tables (sex)\n"
    "mapping person between hl7v2 PID and fhir Patient {\n"
    "\tPID-8 <->\tgendr using table sex\n"
    '  "名前" -> name.family  PID-9 -> name.famly\n'
    "  each PID-5 <-> name[use = \"official\"] # \x1b[31mred\x1b[0m " + "a long remark " * 20 + "\n"
    "  PID-3 <-> identifier\n"
    "}\n",
)  # fmt: skip
SOURCES = {source.path: source for source in (SEX, PID)}


def at(source: SourceFile, text: str, number: int = 1) -> Span:
    """The span of the `number`-th occurrence of a text."""
    start = -1
    for _ in range(number):
        start = source.text.index(text, start + 1)
    return Span(source.path, start, start + len(text))


NOT_INVERTIBLE = diagnostic(
    "E503",
    '`sex` cannot be read back from "other"',
    at(SEX, '"A"'),
    'a second code claims "other"',
    others=[Label(at(SEX, '"other"'), 'already read back as "O"')],
    help='make it one-way: "A" -> "other"',
    fix=Fix("make the row one-way", at(SEX, "<->", 5), "->", safe=True),
)

CASES: dict[str, list[Diagnostic]] = {
    "two_lines": [NOT_INVERTIBLE],
    "far_lines": [
        diagnostic(
            "E601", 'two rows for "F"', at(SEX, '"A"'), "again", others=[Label(at(SEX, '"F"'), "first")]
        )
    ],
    "one_line_between": [
        diagnostic("E601", "two rows", at(SEX, '"O"'), "here", others=[Label(at(SEX, '"M"'), "and here")])
    ],
    "labels_on_one_line": [
        diagnostic(
            "E301",
            "`Patient` has no element `gendr`",
            at(PID, "gendr"),
            "no such element",
            others=[
                Label(at(PID, "PID-8"), "written from here"),
                Label(at(PID, "sex", 2), "through this table"),
            ],
            help="the nearest name is `gender`",
        )
    ],
    "nested_labels": [
        diagnostic(
            "E302",
            "this selector never holds",
            at(PID, "use", 1),
            "not a list",
            others=[Label(at(PID, 'name[use = "official"]'), "in this step")],
        )
    ],
    "wide_characters": [diagnostic("E301", "`HumanName` has no element `famly`", at(PID, "famly"), "here")],
    "long_line": [diagnostic("W905", "a remark", at(PID, "a long remark", 15), "in the middle")],
    "hidden_characters": [diagnostic("W905", "escapes \x1b[31m are shown", at(PID, "name[use"), "a\x07b")],
    "several_lines": [
        diagnostic(
            "E404",
            "a required element is never written",
            Span(SEX.path, 0, SEX.text.index("{", 2) + 40),
            "this table",
            notes=["first line of a note\nsecond line", "another note"],
        )
    ],
    "two_files": [
        diagnostic(
            "E203",
            "`sex` is declared twice",
            at(PID, "sex"),
            "again",
            others=[Label(at(SEX, "sex"), "first declared")],
        )
    ],
    "end_of_file": [
        diagnostic("E301", "the file ends too soon", Span(SEX.path, len(SEX.text), len(SEX.text)), "here")
    ],
    "no_place": [
        diagnostic("E202", "there is no module `tables.sx`", None, help="did you mean `tables.sex`?")
    ],
    "unread_file": [diagnostic("E603", "not UTF-8: byte 17", Span("tables/latin1.map", 0, 0), "this file")],
    "repeated_code": [NOT_INVERTIBLE, NOT_INVERTIBLE],
}
EVERYTHING = [each for case in CASES.values() for each in case]
