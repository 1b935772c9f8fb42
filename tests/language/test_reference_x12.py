"""Every example of docs/language-x12.md is compiled and run both ways."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mapper.schema import load
from mapper.schema.x12 import X12Schema
from runtime.codecs.fhir import encode
from runtime.lib.written_x12 import fields
from runtime.lib.x12 import COMPONENT
from tests.language.harness import Maker

PAGE = Path(__file__).parents[2] / "docs" / "language-x12.md"
FENCE = re.compile(r"^```(\w+) ?([\w. ]*)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
HEAD = 'use x12 "005010X222A1"\nuse fhir "R4"\n'
SCHEMA = load("x12", ["005010X222A1"])
assert isinstance(SCHEMA, X12Schema)


def examples() -> list[tuple[str, str, str, str, str]]:
    """Types, lines, segments, FHIR, segments that come back."""
    found: list[list[str]] = []
    for match in FENCE.finditer(PAGE.read_text(encoding="utf-8")):
        if match[1] == "map" and match[2] != "file":
            found.append([match[2], match[3]])
        elif match[1] in ("x12", "json"):
            found[-1].append(match[3])
    return [(*each, each[2])[:5] for each in found]  # type: ignore[misc]


def tree_of(loop: str, text: str) -> dict[str, list[Any]]:
    """The segments of a loop by slot."""
    tree: dict[str, list[Any]] = {}
    for line in text.splitlines():
        segment = line.replace(":", COMPONENT).split("*")
        tree.setdefault(_slot(loop, segment), []).append(segment)
    return tree


def _slot(loop: str, segment: list[str]) -> str:
    assert isinstance(SCHEMA, X12Schema)
    places = SCHEMA.positions(loop, segment[0])
    return next((p.element.slot for p in places if segment[1] in p.codes), places[0].element.slot)


def shown(tree: dict[str, Any]) -> Iterator[str]:
    """Built segments as text."""
    for slot, held in tree.items():
        for each in held if isinstance(held, list) else [held]:
            raw = fields(each)
            yield "*".join([slot.split("_")[0], *raw[1:]]).replace(COMPONENT, ":")


@pytest.mark.parametrize("example", examples(), ids=lambda example: example[0])
def test_the_examples_of_the_page(maker: Maker, example: tuple[str, str, str, str, str]) -> None:
    types, lines, segments, expected, back = example
    left, right = types.split()
    text = f"{HEAD}mapping example between x12 {left} and fhir {right} {{\n{lines}}}\n"
    program = maker.program(text, partial=True)
    made = program.call("example", "go", tree_of(left, segments))
    assert json.loads(encode(made)) == json.loads(expected)
    again = program.call("example", "back", made)
    assert sorted(shown(again)) == sorted(back.splitlines())


def test_every_declaration_example_is_right(maker: Maker) -> None:
    texts = [
        m[3] for m in FENCE.finditer(PAGE.read_text(encoding="utf-8")) if m[1] == "map" and m[2] == "file"
    ]
    assert texts
    for text in texts:
        maker.program(HEAD + text, partial=True)
