"""Examples of mistakes for Lark's `match_examples`: texts that fail in the same parser state as the analyst's line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Advice:
    """What to say: `{found}` in the message is the text that did not fit."""

    code: str
    message: str
    help: str


def _body(*lines: str) -> list[str]:
    """Each line as the only statement of a mapping."""
    return ["mapping m between hl7v2 PID and fhir Patient {\n  " + line + "\n}" for line in lines]


def _rows(*lines: str) -> list[str]:
    return ['table t "a" <-> "b" {\n  ' + line + "\n}" for line in lines]


def _steps(*lines: str) -> list[str]:
    return ['rules r for x12 837P {\n  rule "1" "t" {\n    ' + line + "\n  }\n}" for line in lines]


EXAMPLES: dict[Advice, list[str]] = {
    Advice("E104", "`=` does not join two sides",
           "the sides are joined by `<->` (both ways), `->` or `<-`; `=` compares, in selectors and conditions"): [
        *_body("x = y", "x = \"a\"", "x.y = z", "x-1.2 = z", "x[1] = y", "x(A) = y", "each x = y", "\"a\" = x", "x, y = z"),
        *_rows('"a" = "b"', "a|b = c|d"), 'example "a" = "b"', 'table t "a" = "b"',
    ],
    Advice("E105", "an arrow is missing before {found}",
           "the two sides are joined by `<->` (both ways), `->` or `<-`: `PID-5 <-> name`"): [
        *_body("x y", "x", '"a" b', '"a"', '"a" "b"', "x[1] y", "x.y z", "x-1.2", "PID-5[1].2 y",
               "each x y", "each x", "each x.y z", "each x[1] y", "x as y z", 'x default "a" y', "x, y z", "x, y",
               "x(A) y", 'x("A") y', "x / y z", "loop 2300 x", "loop 2300", "2010AA/NM1 x", "1 x", "a|b x",
               "x { }", "x { y -> z }", "x using y", "x when y", "ROL after PV1 x", "x under A y", "x by a b",
               'absent "x" y', "true x", "2026-01-01 x", "x..3 y"),
        *_rows('"a" "b"', '"a"', '"a", "b"', "a|b c|d", "none none", "otherwise b", 'otherwise "b"'),
        'example "a" "b"', 'example "a"', 'table t "a" "b"', 'table t "a"', 'table t "a" {',
    ],
    Advice("E123", "the right side of the arrow is missing", "say what the left side corresponds to, on the same line"): [
        *_body("x <->", "x ->", "each x <->", '"a" ->', "x <-> { }", "x <-> , y"),
        *_rows('"a" <->', 'otherwise ->'), 'table t "a" <->',
    ],
    Advice("E123", "the left side of the arrow is missing", "say what the right side corresponds to, before the arrow"): [
        *_body("<-> x", "each <-> x", ", x <-> y"), *_rows('<-> "b"'), 'example <-> "b"',
    ],
    Advice("E128", "a second arrow stands on this line", "one line joins two sides; begin a new line for the next pair"): [
        *_body("a <-> b <-> c", "a -> b\n  -> c", 'a -> "b" -> c', "a -> b.c -> d", "a -> b[1] -> d"),
    ],
    Advice("E128", "{found} does not fit behind this line",
           "the order is: left, arrow, right, then `as`, `using`, `default`, `key`, then `when`, then the block"): [
        *_body("a -> b c", "a -> b.c d", "a -> b[1] c", 'a -> b "c"', "a -> b as c d", "a -> b using c d",
               "a -> b using table c d", 'a -> b default "c" d', "a -> b when c d", "a -> b when c using d",
               'a -> b when c default "d"', "a -> b when c = d e", "a -> b when c valued d", "a -> b ]", "a -> b )",
               'a -> "b" c', "a -> b { } c", "a -> b by c", "a -> b { } when c", "a -> b = c", "a -> 1 b", "a -> b or c", "a -> b and c", "a -> b is c", "a -> b.c or d"),
    ],
    Advice("E128", "a clause is not finished", "a name or a value belongs behind this word"): [
        *_body("a -> b using", "a -> b using table", "a -> b as", "a -> b default", "a -> b when", "a -> b key",
               "a as <-> b", "a default <-> b", "a under <-> b", "a by <-> b", "key", "drop", "fill a", "fill a from",
               "a -> b using { }"),
    ],
    Advice("E129", "the reason for ignoring is missing", 'end the line with a reason in quotes: `ignore PID-2 "unused since 2.3"`'): [
        *_body("ignore a", "ignore a, b", "ignore a.b", "ignore a[1]", "ignore a-1.1", "ignore", "ignore a, ", "ignore a b", "ignore a, b c", "ignore a-1 b"),
        *_rows('ignore "a"', 'ignore "a", "b"', "ignore a"),
    ],
    Advice("E111", "this case has no block", "write what holds in this case in braces: `case A <-> B { ... }`, or `{ }` for nothing"): [
        *_body("choose {\n case a\n }", "choose {\n case a = b\n }", "choose {\n case a = b <-> c = d\n }",
               "choose {\n case a valued\n }", "choose {\n case a valued <-> b valued\n }", "choose {\n otherwise\n }",
               'choose {\n case a = "b"\n }', 'choose {\n case a = "b" <-> c = "d"\n }', "choose {\n case a in table b\n }",
               'choose {\n case a in ["b"]\n }'),
    ],
    Advice("E111", "{found} does not stand in a `choose`", "a `choose` holds `case ... { ... }` lines and at last `otherwise { ... }`"): [
        *_body("choose {\n x <-> y\n }", "choose {\n case a { }\n x <-> y\n }", "choose {\n otherwise { }\n case a { }\n }",
               "choose {\n otherwise { }\n x <-> y\n }", "choose x", "choose\n x", "choose { case a { } }", 'choose {\n "x" -> y\n }'),
    ],
    Advice("E111", "a case needs a condition", "write `case A = \"x\" <-> B = \"y\" { ... }`"): [
        *_body("choose {\n case { }\n }", "choose {\n case -> { }\n }", "choose {\n case\n }"),
    ],
    Advice("E124", "this condition is not finished", "compare with `=`, `!=`, `<`, `in table t`, `in [\"a\", \"b\"]`, or ask `valued`"): [
        *_body("a -> b when c =", "a -> b when c in", "a -> b when c in table", "a -> b when not", "a -> b when c and",
               "a -> b when c or", "a -> b when (c", "a[b =] -> c", "a[b -> c", "a[b = c -> d", "a[b = \"c\" -> d", "a[] -> b",
               "a[b = \"c\"", "a[b in c] -> d", "a -> b when c in d", "a -> b when c in (d)", "a[b, c] -> d",
               "a[b = \"c\", d = \"e\"] -> d", "a -> b when c = = d"),
    ],
    Advice("E126", "this `}` closes nothing", "delete it, or look for a block above that was closed too early"): [
        "}", 'use fhir "R4"\n}', "mapping m between hl7v2 PID and fhir Patient {\n}\n}",
    ],
    Advice("E120", "the types of this mapping are not said completely",
           "write `mapping NAME between hl7v2 PID and fhir Patient {`, or `from ... to ...` for one way"): [
        "mapping m {", "mapping {", "mapping m", "mapping", "mapping m betwen hl7v2 PID and fhir Patient {",
        "mapping m between PID and fhir Patient {", "mapping m between hl7v2 and fhir Patient {",
        "mapping m between hl7v2 PID and Patient {", "mapping m between hl7v2 PID and {", "mapping m between hl7v2 PID {",
        "mapping m between hl7v2 PID and fhir {", "mapping m between hl7v2 PID fhir Patient {",
        "mapping m between hl7v2 PID <-> fhir Patient {", "mapping m between hl7v2 PID to fhir Patient {",
        "mapping m from hl7v2 PID and fhir Patient {", "mapping m hl7v2 PID -> fhir Patient {",
        "mapping m between hl7v2 PID and fhir Patient", "mapping m from hl7v2 PID {", "mapping m from PID",
        "mapping m from hl7v2 PID to Patient", "mapping m between hl7v2 PID and fhir Patient as x {",
        "mapping m between \"hl7v2\"", "mapping \"m\" between hl7v2 A and fhir B {",
    ],
    Advice("E120", "the code systems of this table are missing",
           'write `table NAME "system" <-> "system" {`, or `table NAME(column key, column) {` for a look-up table'): [
        "table t {", "table t", "table {", "table", "table t <-> {", "table t()", "table t(a", 'table "t" <-> "u" {',
        'table t "a" <-> {', "table t from site",
    ],
    Advice("E120", "this function is not declared completely",
           'write `function NAME between hl7v2 TS and fhir instant "module:name"`, or `from ... to ...` for one way'): [
        "function f", "function", "function f between hl7v2 A and fhir B", "function f(a)", "function f from hl7v2 A to fhir B",
        'function f "m:n"', "function f between A and B", "function f between hl7v2 A and fhir B {",
        "function f between hl7v2 A fhir B",
    ],
    Advice("E121", "{found} is not a format", "the formats are hl7v2, fhir, x12 and cda: `use hl7v2 \"2.5.1\"`"): [
        'use hl7 "2.5"', 'use "2.5"', "use", "use FHIR", "extend Patient {", "extend", "extend hl7 A {",
    ],
    Advice("E127", "a text in quotes is missing at the end of this line", 'versions, addresses and file names stand in double quotes: `use hl7v2 "2.5.1"`'): [
        "use hl7v2", "system a", "example x <->", 'example "a" <->', 'use hl7v2 "2.5",', 'use fhir "R4" profile', "example",
    ],
    Advice("E127", "{found} is not in quotes", "versions, addresses and file names stand in double quotes: `use hl7v2 \"2.5.1\"`"): [
        "use hl7v2 2.5.1", "use fhir R4", 'use fhir "R4" profile us-core', "system a http://x", "system a b",
        'use hl7v2 "2.5", 2.3', "example a <-> b", "example x", 'example "a" <-> b', "table t a <-> b {", "table t x",
        'table t "a" <-> b',
    ],
    Advice("E127", "this import is not complete", "write `import module (name, name)`"): [
        "import a", "import", "import a.b", 'import "a"', "import a (", "import a ()", "import a (b", "import a (b c)", "import a b",
        "import a (b,)", "import a from b", "import a.", "import a (b) c", "import (a) from b",
    ],
    Advice("E125", "a code is missing behind the comma", "rows stand on lines of their own, without commas between them"): [
        *_rows('"a" <-> "b",', '"a",', '"a" <-> "b", "c",'),
    ],
    Advice("E125", "{found} is not a row of a table", 'a row joins two codes: `"M" <-> "male"`; the rest is `otherwise -> "other"`'): [
        *_rows("x -> y", "M <-> male", "1 -> 2", '"a" -> b', "x", '"a" <-> "b" "c"', '"a" <-> "b" using x', '"a" <-> 1', "case a { }",
               '"a" <-> "b"\n  x', '"a" <-> "b" when c', '"a" <-> b', 'otherwise -> 1', '"a", <-> "b"',
               '"a" <-> "b"\n  1', "each a <-> b"),
        'table t(a key) {\n  x\n}', 'table t(a key) {\n  "x" "y"\n}',
    ],
    Advice("E130", "this extension is not declared completely",
           '`extension NAME Type "url"`, or `segment ZPD after PID optional "text" { 1 name ST "text" }`'): [
        "extend fhir Patient {\n  extension a\n}", "extend fhir Patient {\n  extension a string\n}",
        "extend fhir Patient {\n  x\n}", 'extend fhir Patient {\n  a string "u"\n}', "extend fhir Patient",
        "extend fhir {", 'extend fhir Patient {\n  extension "u"\n}', "extend hl7v2 A {\n segment Z\n}",
        "extend hl7v2 A {\n segment Z after B\n}", "extend hl7v2 A {\n segment Z after B optional\n}",
        'extend hl7v2 A {\n segment Z after B optional "t"\n}', 'extend hl7v2 A {\n segment Z after B optional "t" {\n x\n }\n}',
        'extend hl7v2 A {\n segment Z after B optional "t" {\n 1\n }\n}', 'extend hl7v2 A {\n segment Z after B optional "t" {\n 1 a\n }\n}',
        "extend fhir A {\n extension a b c\n}", "extend fhir Patient { x", "extend hl7v2 A {\n segment Z optional\n}",
    ],
    Advice("E118", "this path is not finished", "a step belongs behind the separator: `name.family`, `2010AA/NM109`, `PID-5.1`"): [
        *_body("a. <-> b", "a/ <-> b", "a <-> b.", "a <-> b/", "a <-> b. using c", "a.b. <-> c", "a <-> b.{ }", "a.[1] <-> b",
               "loop <-> a", "loop x <-> a", "a -> loop", "a.. -> b", "ROL after <-> x"),
    ],
    Advice("E118", "this argument is not closed", "`NODE(name)` takes names or texts between round brackets"): [
        *_body("a( <-> b", "a() <-> b", "a(b <-> c", "a <-> b(", "a <-> b()", "a <-> b(c", "a(b c) <-> d"),
    ],
    Advice("E128", "{found} does not fit on one line with `{{`", "the lines of a block stand on lines of their own"): [
        *_body("a -> b { c -> d }", "choose { case a { } }"), "mapping m between hl7v2 PID and fhir Patient { a -> b }",
        'table t "a" <-> "b" { "c" -> "d" }',
    ],
    Advice("E131", "this line does not fit in a rule", "a rule holds `each`, `require`, `let`, `set`, `suggest`, `passes` and `fails`"): [
        *_steps("x", "x <-> y", "1", '"a"', "each a\n    x", "each a -> b", "require a\n  x"),
        "rules r for x12 837P {\n  x\n}", "rules r for x12 837P {\n  require a\n}", 'rules r for x12 837P {\n  "x"\n}',
    ],
    Advice("E131", "this rule is not complete", 'write `require CONDITION else error "text" at PATH`'): [
        *_steps("require", "require a else", 'require a else "x"', "require a else error", "require a = ", "set a", "set a =",
                "suggest a", "let a", "let a =", "passes", "fails x", "each", "require a error"),
        'rules r for x12 837P {\n  rule "x" {\n  }\n}', "rules r {", "rules r for x12 837P", "rules r", "rules r for 837P {",
        "rules r for x12 837P\n  effective x\n{", "rules r for x12 837P\n  source\n{", "rules r for x12 837P\n  x\n{",
    ],
}
