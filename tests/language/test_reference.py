"""Every example of docs/language.md is compiled and run both ways; `pytest --update` writes what comes of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.language.harness import HEAD, Maker, Program

PAGE = Path(__file__).parents[2] / "docs" / "language.md"
FENCE = re.compile(r"^```(\w+) ?([\w ]*)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)

IMPORTS = """import codes (loinc, us_ssn)
import lib (words)
table sex "HL70001" <-> "http://hl7.org/fhir/administrative-gender" {
  "F" <-> "female"
  "M" <-> "male"
}
"""


class Example:
    """A program in a `map` fence with the fences behind it: input, FHIR, and the way back where it differs."""

    def __init__(self, number: int, start: int, kind: str, text: str) -> None:
        self.number = number
        self.start = start
        self.kind = kind
        self.text = text
        self.followers: list[re.Match[str]] = []

    def part(self, language: str, about: str = "") -> str | None:
        return next((m[3] for m in self.followers if (m[1], m[2]) == (language, about)), None)

    def program(self, maker: Maker) -> Program:
        structure = "ORU_R01" if "OBSERVATION" in self.text else "ADT_A01"
        declarations, _, lines = self.text.rpartition("---\n")
        before = declarations + "".join(_unless_declared(declarations))
        if self.kind == "patient":
            return maker.patient(lines, before=before, structure=structure)
        return maker.message(lines, before=before, structure=structure)


def _unless_declared(declarations: str) -> list[str]:
    return [] if "table sex" in declarations else [IMPORTS]


def examples() -> list[Example]:
    found: list[Example] = []
    for match in FENCE.finditer(PAGE.read_text(encoding="utf-8")):
        if match[1] == "map" and match[2] in ("patient", "message"):
            found.append(Example(len(found) + 1, match.start(), match[2], match[3]))
        elif match[1] in ("hl7", "json") and found:
            found[-1].followers.append(match)
    return found


def shown(bundle: dict[str, Any]) -> str:
    """The resources of a Bundle: one a line, its full URL as a short name where another refers to it."""
    text = json.dumps(bundle.get("entry", []))
    names: dict[str, str] = {}
    for entry in bundle.get("entry", []):
        kind = entry["resource"]["resourceType"]
        names[entry["fullUrl"]] = f"{kind}-{sum(n.startswith(kind) for n in names.values()) + 1}"
    lines: list[str] = []
    for entry in bundle.get("entry", []):
        resource = {k: v for k, v in entry["resource"].items() if k != "id"}
        if text.count(f'"reference": "{entry["fullUrl"]}"'):
            resource = {
                "resourceType": resource.pop("resourceType"),
                "id": names[entry["fullUrl"]],
                **resource,
            }
        line = json.dumps(resource, default=str)
        for url, name in names.items():
            line = line.replace(url, name)
        lines.append(line)
    return "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize("example", examples(), ids=lambda example: f"{example.number}")
def test_the_examples_of_the_reference(
    maker: Maker, example: Example, request: pytest.FixtureRequest
) -> None:
    program = example.program(maker)
    given = example.part("hl7") or ""
    bundle = program.go(*given.splitlines())
    if request.config.getoption("--update"):
        _write(example, shown(bundle))
    else:
        assert shown(bundle) == example.part("json")
    back = example.part("hl7", "back")
    assert program.back(bundle) == (back if back is not None else given).splitlines()


def _write(example: Example, text: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    again = examples()[example.number - 1]
    fence = next(m for m in again.followers if m[1] == "json")
    PAGE.write_text(page[: fence.start(3)] + text + page[fence.end(3) :], encoding="utf-8")


def test_every_declaration_example_is_right(maker: Maker) -> None:
    page = PAGE.read_text(encoding="utf-8")
    texts = [m[3] for m in FENCE.finditer(page) if m[1] == "map" and m[2] == "file"]
    assert texts
    for text in texts:
        assert maker.codes(text if text.startswith("use") else HEAD + text) == set()
