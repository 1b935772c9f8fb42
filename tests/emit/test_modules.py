"""Generated modules: what they look like, that nothing hostile gets in, and that both flavours are there."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapper.assets import standard_mappings
from mapper.driver import Compiled, compile_project
from mapper.driver.texts import module_texts
from mapper.emit import emit
from mapper.resolve import Library
from tests.conftest import Golden

HERE = Path(__file__).parent

# What the emitter may write. A node kind that is not here needs a reason why it is safe.
STATEMENTS = "Module Expr Assign If For FunctionDef arguments arg Return Pass ImportFrom alias"
VALUES = (
    "Name Constant Attribute Subscript Call Starred Tuple List Dict Slice ListComp GeneratorExp comprehension"
)
OPERATORS = (
    "BoolOp And Or UnaryOp Not USub BinOp Add Sub Mult Compare Eq NotEq Lt LtE Gt GtE In NotIn Is IsNot IfExp"
)
NODES = {*f"{STATEMENTS} {VALUES} {OPERATORS} Load Store JoinedStr FormattedValue".split()}

# Builtins that generated code calls; everything else is imported from the runtime, the release or an allowed module.
BUILTINS = {"len", "str", "enumerate", "any", "all", "Decimal"}

SMALL = """\
use hl7v2 "2.5.1"
use fhir "R4"

table sex "HL70001" <-> "http://hl7.org/fhir/administrative-gender" {
  "F" <-> "female"
  "M" <-> "male"
}

mapping name between hl7v2 XPN and fhir HumanName {
  XPN.1.1 <-> family
  XPN.2   <-> given[1]
}

mapping person between hl7v2 PID and fhir Patient {
  key identifier[1]
  PID-1 <- $number
  PID-2.1 <-> identifier[1].value
  each PID-5 <-> name
  PID-8 <-> gender using table sex default "unknown"
  "official" -> name[1].use when PID-8 valued
}
"""


def compiled(text: str, folder: Path) -> Compiled:
    path = folder / "small.map"
    path.write_text(text, encoding="utf-8")
    return compile_project([path], Library((folder,)), shown=lambda p: p.name)


def emitted(text: str, folder: Path, tracing: bool = False) -> str:
    result = compiled(text, folder)
    assert [d.message for d in result.diagnostics if d.severity == "error"] == []
    return emit(result.plans[-1], result.sources, tracing)


@pytest.mark.parametrize("tracing", [False, True])
def test_a_module_reads_like_this(tmp_path: Path, golden: Golden, tracing: bool) -> None:
    module = emitted(SMALL, tmp_path, tracing)
    golden(HERE / "golden" / f"small{'_traced' if tracing else ''}.py.txt", module)


def test_lines_lead_back_into_the_map_file(tmp_path: Path) -> None:
    module = emitted(SMALL, tmp_path)
    lines = module.split("\n")
    wanted = next(number for number, line in enumerate(SMALL.split("\n"), 1) if "XPN.2 " in line)
    from_xpn2 = [line for line in lines if line.endswith(f"  # small.map:{wanted}")]
    assert any("src[1]" in line for line in from_xpn2)


def test_the_same_map_gives_the_same_text(tmp_path: Path) -> None:
    assert emitted(SMALL, tmp_path) == emitted(SMALL, tmp_path)


@cache
def standard() -> list[str]:
    root = standard_mappings()
    files = sorted((root / "hl7v2_fhir").glob("*.map"))
    result = compile_project(files, Library((root,)))
    with module_texts(result) as modules:
        return [text for _, texts in modules for text in texts]


def test_standard_modules_hold_nothing_but_known_nodes() -> None:
    for module in standard():
        check_safe(module)


def check_safe(module: str) -> None:
    tree = ast.parse(module)
    kinds = {type(node).__name__ for node in ast.walk(tree)}
    assert kinds <= NODES, kinds - NODES
    known = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    known |= {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level > 0 or (node.module or "").split(".")[0] in (
                "runtime",
                "functools",
                "decimal",
                "__future__",
            )
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id in known | BUILTINS | assigned(tree), node.func.id
        if isinstance(node, ast.Attribute):
            assert not node.attr.startswith("_"), node.attr


def assigned(tree: ast.Module) -> set[str]:
    """Module-level constants: `day_go = day_pair.go`."""
    return {
        t.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for t in node.targets
        if isinstance(t, ast.Name)
    }


HOSTILE = st.text(
    st.characters(codec="utf-8", exclude_characters="\n\r"), min_size=1, max_size=40
) | st.sampled_from(
    [
        "'); import os #",
        '"""',
        "\\",
        "${x}",
        "{{ 7*7 }}",
        "{% raw %}",
        "\u2028",
        "# pid.map:1",
        "__import__('os')",
        "\x00",
        "\t",
    ]
)


def in_map(text: str) -> str:
    """A text as a string of the language."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t") + '"'


@settings(max_examples=25, deadline=None)
@given(HOSTILE, HOSTILE)
def test_strings_of_a_map_file_stay_strings(
    tmp_path_factory: pytest.TempPathFactory, code: str, other: str
) -> None:
    """Whatever stands between quotes arrives as a constant with that value, and nothing else changes."""
    text = SMALL.replace('"F" <->', f"{in_map(code)} <->").replace(
        '"official" -> name[1].use', f"{in_map(other)} -> name[1].text"
    )
    result = compiled(text, tmp_path_factory.mktemp("hostile"))
    if any(d.severity == "error" for d in result.diagnostics):
        return  # not every text may stand in a .map file: the parser says so
    module = emit(result.plans[-1], result.sources)
    check_safe(module)
    constants = {n.value for n in ast.walk(ast.parse(module)) if isinstance(n, ast.Constant)}
    assert code in constants
    assert other in constants
