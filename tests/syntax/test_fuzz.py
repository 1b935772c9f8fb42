"""Whatever the text, the parser answers with a module and diagnostics, never with an exception."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mapper.source import SourceFile
from mapper.syntax.limits import LARGEST_FILE
from mapper.syntax.parser import parse
from mapper.syntax.printer import format_source
from tests.syntax.dump import without_spans

GOOD = [path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parent / "good").glob("*.map"))]
PIECES = [
    *"{}()[]\"'#\n\t\\;:=<>|.,*$@", "<->", "->", "<-", "mapping", "each", "choose", "case", "otherwise", "use", "when",
    "using", "table", "default", "key", "rules", "not", "absent", "loop 2300", "[1]", "[last]", "..12 step 3", '"x"',
    "a|b", "2026-01-01", "\n}\n", "\n{\n", "\r\n", "ä", "\x00", "\ud800", "else", "as of", "valued", "  \n\n",
]  # fmt: skip
BUDGET = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A good file with a few words deleted, repeated, swapped or put in."""
    text = draw(st.sampled_from(GOOD))
    words = text.replace("\n", " \n ").split(" ")
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(words) - 1))
        match draw(st.sampled_from(["delete", "insert", "swap", "cut"])):
            case "delete":
                del words[at : at + draw(st.integers(1, 4))]
            case "insert":
                words.insert(at, draw(st.sampled_from(PIECES) | st.text(max_size=4)))
            case "swap":
                other = draw(st.integers(0, len(words) - 1))
                words[at], words[other] = words[other], words[at]
            case _:
                words[at] = words[at][: draw(st.integers(0, 5))]
        words = words or [""]
    return " ".join(words)


def check(text: str) -> None:
    source = SourceFile("x.map", text)
    module, diagnostics = parse(source)
    for diagnostic in diagnostics:
        assert diagnostic.span is not None
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text)
        assert diagnostic.code.startswith("E1")
        assert diagnostic.message[0] != diagnostic.message[0].upper() or diagnostic.message[0] == "`"
    shown = format_source(source)
    if diagnostics:
        assert shown == text
    else:
        again = SourceFile("x.map", shown)
        assert without_spans(parse(again)[0].declarations) == without_spans(module.declarations)
        assert format_source(again) == shown


@BUDGET
@given(mutated())
def test_mutated_files(text: str) -> None:
    check(text)


@BUDGET
@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    check(text)


@BUDGET
@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_any_words(pieces: list[str]) -> None:
    check(" ".join(pieces))


HOSTILE = {
    "deep brackets": "(" * 100_000,
    "deep blocks": "mapping m between hl7v2 A and fhir B {\n" + "a <-> b {\n" * 20_000,
    "deep selectors": "mapping m between hl7v2 A and fhir B {\n" + "a[" * 20_000,
    "long sum": "mapping m between hl7v2 A and fhir B {\na -> b when c = " + "1 + " * 50_000 + "1\n}",
    "long not": "mapping m between hl7v2 A and fhir B {\na -> b when " + "not " * 50_000 + "c\n}",
    "long number": "mapping m between hl7v2 A and fhir B {\n" + "9" * 100_000 + " -> b\n}",
    "long path": "mapping m between hl7v2 A and fhir B {\na" + ".b" * 50_000 + " -> b\n}",
    "long position": "mapping m between hl7v2 A and fhir B {\na[" + "9" * 100_000 + "] -> b\n}",
    "many lines": "mapping m between hl7v2 A and fhir B {\n" + "a b\n" * 50_000 + "}",
    "many blank lines": "\n" * 200_000,
    "many comments": "# x\n" * 100_000,
    "unclosed text": '"' + "x" * 200_000,
    "many quotes": '"' * 100_001,
    "too large": "#" * (LARGEST_FILE + 1),
    "closing braces": "}\n" * 50_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts(name: str) -> None:
    module, diagnostics = parse(SourceFile("x.map", HOSTILE[name]))
    assert len(diagnostics) <= 50
    if name not in {"many blank lines", "many comments", "long path", "long number"}:
        assert diagnostics
    repr(module)
