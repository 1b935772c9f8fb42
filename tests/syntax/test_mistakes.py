"""Examples of mistakes: each fails to parse, has a registered code, and is explained with it."""

import re
from pathlib import Path

import pytest

from mapper.registry import REGISTRY
from mapper.source import SourceFile
from mapper.syntax.examples import EXAMPLES
from mapper.syntax.examples.advice import Advice
from mapper.syntax.parser import parse
from mapper.syntax.spellings import SPELLINGS

HERE = Path(__file__).parent
SYNTAX = HERE.parents[1] / "mapper" / "syntax"


@pytest.mark.parametrize("advice", EXAMPLES, ids=lambda advice: f"{advice.code} {advice.message}")
def test_examples_are_mistakes(advice: Advice) -> None:
    assert advice.code in REGISTRY
    for text in EXAMPLES[advice]:
        _, diagnostics = parse(SourceFile("x.map", text))
        assert diagnostics, text


@pytest.mark.parametrize("advice", EXAMPLES, ids=lambda advice: f"{advice.code} {advice.message}")
def test_most_examples_are_explained_with_their_code(advice: Advice) -> None:
    told = [{d.code for d in parse(SourceFile("x.map", text))[1]} for text in EXAMPLES[advice]]
    assert sum(advice.code in codes for codes in told) >= 0.7 * len(told)


def test_every_code_of_the_syntax_stage_has_a_case_and_an_entry() -> None:
    written = "".join(path.read_text(encoding="utf-8") for path in SYNTAX.rglob("*.py"))
    used = set(re.findall(r'"(E1\d\d)"', written))
    assert used <= set(REGISTRY)
    assert used == {path.stem[:4] for path in (HERE / "bad").glob("E*.map")}


def test_messages_stand_alone_without_advice() -> None:
    said = [(a.message, a.help) for a in EXAMPLES] + [(s.message, s.help) for s in SPELLINGS]
    for message, help in said:
        assert message[0] in "{`" or message[0].islower()
        assert not message.endswith(".")
        assert help
