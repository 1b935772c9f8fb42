"""The table of implicit conversions, and the functions that `lib.map` declares."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mapper.source import SourceFile
from mapper.syntax.parser import parse
from mapper.syntax.tree import Function
from runtime.lib.conversions import CONVERSIONS, conversion
from runtime.lib.functions import Pair, remembered, reverse, takes_context

ROOT = Path(__file__).parents[3]


def find(name: str) -> Any:
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(module), attribute)


def declared() -> list[Function]:
    path = ROOT / "mappings" / "lib.map"
    module, diagnostics = parse(SourceFile(str(path), path.read_text(encoding="utf-8")))
    assert diagnostics == []
    return [found for found in module.declarations if isinstance(found, Function)]


def test_each_pair_of_types_is_there_from_both_sides() -> None:
    for (left, one, right, other), found in CONVERSIONS.items():
        turned = CONVERSIONS[right, other, left, one]
        assert turned.pair == reverse(found.pair)
        assert turned.normalises == found.normalises


def test_each_function_is_found_by_its_name() -> None:
    for found in CONVERSIONS.values():
        for function, name in ((found.pair.go, found.go), (found.pair.back, found.back)):
            assert (name is None) == (function is None)
            assert name is None or find(name) is function
        assert found.needs_context == (found.go_takes_context or found.back_takes_context)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("hl7v2", "ST"), ("fhir", "date")),
        (("hl7v2", "ST"), ("fhir", "decimal")),
        (("hl7v2", "ID"), ("fhir", "boolean")),
        (("hl7v2", "DT"), ("fhir", "instant")),
        (("hl7v2", "TS"), ("fhir", "string")),
        (("hl7v2", "NM"), ("hl7v2", "TS")),
        (("fhir", "string"), ("fhir", "decimal")),
        (("fhir", "instant"), ("fhir", "date")),
    ],
)
def test_what_may_not_copy_by_itself(left: tuple[str, str], right: tuple[str, str]) -> None:
    assert conversion(*left, *right) is None
    assert conversion(*right, *left) is None


def test_equal_types_are_copied() -> None:
    for format_, name in {(key[0], key[1]) for key in CONVERSIONS}:
        found = conversion(format_, name, format_, name)
        if name == "Period":  # no primitive: an X12 span of dates becomes one
            continue
        assert found is not None
        assert found.pair == Pair(None, None)


def test_text_loses_nothing_as_a_string() -> None:
    found = conversion("hl7v2", "ST", "fhir", "string")
    assert found is not None
    assert (found.go, found.back, found.normalises) == ("runtime.lib.text:visible", None, None)


def test_remembering_changes_nothing_and_keeps_no_long_text() -> None:
    calls: list[str] = []

    @remembered
    def echo(text: str) -> str | None:
        calls.append(text)
        return text or None

    for text in ("a", "a", "", "", "x" * 300, "x" * 300):
        assert echo(text) == (text or None)
    assert [len(text) for text in calls] == [1, 0, 0, 300, 300]


@pytest.mark.parametrize("function", declared(), ids=lambda function: function.name.text)
def test_a_declared_function_is_what_it_says(function: Function) -> None:
    found = find(function.target.value)
    assert isinstance(found, Pair) == function.two_way
    sides: list[Callable[..., Any] | None] = [found.go, found.back] if isinstance(found, Pair) else [found]
    assert all(callable(side) for side in sides)


def test_the_page_on_the_library_has_every_function() -> None:
    page = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
    assert [function.name.text for function in declared() if f"| `{function.name.text}" not in page] == []


def test_only_a_first_parameter_named_context_takes_the_context() -> None:
    def without(text: str) -> str:
        return text

    assert not takes_context(without)
    assert not takes_context(None)
    assert list(inspect.signature(without).parameters) == ["text"]
