"""Whatever stands in a `.map` file, parse, resolve and check answer with diagnostics and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mapper.assets import standard_mappings
from mapper.check import check
from mapper.diagnostics import Diagnostic
from mapper.registry import REGISTRY
from mapper.resolve import Library, load_modules, resolve
from tests.check.checking import CASES

EXAMPLES = 25
TOKEN = re.compile(r'"[^"\n]*"|<->|->|<-|[A-Za-z_$][\w$]*|\d+|\S|\n')
FILES = [*sorted((standard_mappings() / "hl7v2_fhir").rglob("*.map")), *sorted(CASES.glob("*.map"))]
WORDS = (
    "each",
    "choose",
    "case",
    "otherwise",
    "using",
    "table",
    "mapping",
    "between",
    "and",
    "fhir",
    "hl7v2",
    "key",
    "as",
    "this",
    "default",
    "when",
    "valued",
    "not",
    "absent",
    "ignore",
    "override",
    "drop",
    "extend",
    "from",
    "to",
    "use",
    "PID-5",
    "PID-5.1",
    "OBX-5",
    "MSH-9",
    "identifier",
    "name",
    "subject",
    "Patient",
    "Bundle",
    "value",
    "coding",
    '"x"',
    '"2.5.1"',
    "[1]",
    "[2..]",
    "[last]",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ",",
    ".",
    "|",
    "=",
    "<->",
    "->",
    "<-",
    "0",
    "-1",
    "2024-02-30",
    "$number",
    "$site.base",
    "\n",
    "\t",
    "\u00e9",
    "\x00",
)


def tokens(path: Path) -> list[str]:
    return TOKEN.findall(path.read_text(encoding="utf-8"))


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A file of the project with a few of its tokens replaced, doubled, moved or left out."""
    words = tokens(draw(st.sampled_from(FILES)))
    start = draw(st.integers(0, max(len(words) - 200, 0)))
    head = [word for word in words[:60] if start]  # keep the `use` and `import` lines in most cases
    words = head + words[start : start + 200]
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(words) - 1))
        match draw(st.sampled_from(("replace", "drop", "double", "swap", "other"))):
            case "replace":
                words[at] = draw(st.sampled_from(WORDS))
            case "drop" if len(words) > 1:
                del words[at]
            case "double":
                words.insert(at, words[at])
            case "swap":
                other = draw(st.integers(0, len(words) - 1))
                words[at], words[other] = words[other], words[at]
            case _:
                words[at] = draw(st.text(min_size=1, max_size=4))
    return joined(words)


@st.composite
def lines(draw: st.DrawFn) -> str:
    """A file of the project with lines left out, doubled, or taken from another file."""
    own = draw(st.sampled_from(FILES)).read_text(encoding="utf-8").splitlines()
    foreign = draw(st.sampled_from(FILES)).read_text(encoding="utf-8").splitlines()
    for _ in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, len(own) - 1))
        match draw(st.sampled_from(("drop", "double", "foreign", "swap"))):
            case "drop" if len(own) > 1:
                del own[at]
            case "double":
                own.insert(at, own[at])
            case "foreign":
                own.insert(at, draw(st.sampled_from(foreign)))
            case _:
                other = draw(st.integers(0, len(own) - 1))
                own[at], own[other] = own[other], own[at]
    return "\n".join(own)


def joined(words: list[str]) -> str:
    return re.sub(r" ?([\n.\[\]()|,-]) ?", r"\1", " ".join(words))


def told(text: str, folder: Path) -> Iterator[Diagnostic]:
    path = folder / "fuzz.map"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    library = Library((folder, standard_mappings()))
    modules, sources, syntax = load_modules([path], library, lambda shown: shown.name)
    program, names = resolve(modules, sources, overlays=["fuzz"])
    _, meaning = check(program)
    yield from (*syntax, *names, *meaning)


@pytest.mark.parametrize("kind", [mutated(), lines()], ids=["tokens", "lines"])
def test_nothing_but_diagnostics_comes_out(kind: st.SearchStrategy[str], tmp_path: Path) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    @given(kind)
    def run(text: str) -> None:
        for each in told(text, tmp_path):
            assert isinstance(each, Diagnostic)
            assert each.code in REGISTRY

    run()
