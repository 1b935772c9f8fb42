"""The verifier finds what it is there for: a mapping that breaks one law is caught by that law."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapper.check.model import Side
from mapper.driver.compile import compile_project
from mapper.resolve import Library
from mapper.verify import laws
from mapper.verify.verifier import Options, Verified, Verifier, mappings_of

HEAD = """use hl7v2 "2.5.1"
use fhir "R4"

function f between hl7v2 ST and fhir string, date "tests.laws.functions:{function}"
"""
NAME = """
mapping m between hl7v2 XPN and fhir HumanName {
  XPN.2 <-> given[1] using f
}
"""
BIRTH = """
mapping m between hl7v2 PID and fhir Patient {
  PID-23 <-> birthDate using f
}
"""
ONE_WAYS = """
mapping m between hl7v2 XPN and fhir HumanName {
  XPN.2  -> given[1]
  XPN.5 <-  given[1]
  XPN.5  -> prefix[1]
}
"""
SILENT = """
table use_of "HL70200" <-> "http://hl7.org/fhir/name-use" {
  "L" <-> "official"
}
mapping m between hl7v2 XPN and fhir HumanName {
  choose {
    case XPN.7 in table use_of <-> use valued {
      XPN.7 <-> use using table use_of
    }
  }
}
"""
DOUBLE = """
mapping m between hl7v2 XPN and fhir HumanName {
  XPN.1.1 <-> family using f
  XPN.2   <-> given[1] using f
}
"""


def verified(
    folder: Path, text: str, function: str = "good", sides: tuple[Side, ...] = ("left", "right")
) -> Verified:
    path = folder / "m.map"
    path.write_text(HEAD.format(function=function) + text, encoding="utf-8")
    compiled = compile_project([path], Library((folder,)), allowed=("tests.laws",))
    assert [each.message for each in compiled.diagnostics if each.severity == "error"] == []
    verifier = Verifier(compiled, folder / "release")
    (mapping,) = mappings_of(compiled, ["m"])
    return verifier.verify(mapping, Options(examples=100, most=2, sides=sides))


@pytest.mark.parametrize(
    ("law", "text", "function"),
    [
        (laws.TOTAL, NAME, "failing"),
        (laws.SAME, NAME, "counting"),
        (laws.SURVIVES, NAME, "lossy"),
        (laws.SURVIVES, SILENT, "good"),
        (laws.STABLE, ONE_WAYS, "good"),
        (laws.STABLE, DOUBLE, "growing"),
        (laws.VALID, BIRTH, "invalid"),
    ],
)
def test_a_broken_law_is_found(tmp_path: Path, law: str, text: str, function: str) -> None:
    assert law in {each.law for each in verified(tmp_path, text, function, ("left",)).found}


@pytest.mark.parametrize("text", [NAME, DOUBLE])
def test_a_good_mapping_passes(tmp_path: Path, text: str) -> None:
    assert verified(tmp_path, text).found == []


def test_laws_hold_from_the_fhir_side_too(tmp_path: Path) -> None:
    found = verified(tmp_path, NAME, "growing", ("right",)).found
    assert {each.side for each in found} == {"right"}
    assert {each.law for each in found} <= {laws.SURVIVES, laws.STABLE}


def test_the_counterexample_is_small_and_names_the_place(tmp_path: Path) -> None:
    (found,) = [
        each for each in verified(tmp_path, NAME, "lossy", ("left",)).found if each.law == laws.SURVIVES
    ]
    assert found.paths == ("XPN.2",)
    assert found.signatures == {"survives XPN.2"}
    assert found.given.endswith(b"\rZVR|^Bo\r")


def test_a_known_gap_is_met_and_not_told(tmp_path: Path) -> None:
    path = tmp_path / "m.map"
    path.write_text(HEAD.format(function="lossy") + NAME, encoding="utf-8")
    compiled = compile_project([path], Library((tmp_path,)), allowed=("tests.laws",))
    (mapping,) = mappings_of(compiled, ["m"])
    known = frozenset({"survives XPN.2", "stable part.given"})
    done = Verifier(compiled, tmp_path / "release").verify(mapping, Options(sides=("left",), known=known))
    assert done.found == []
    assert "survives XPN.2" in done.met


def test_the_same_seed_finds_the_same(tmp_path: Path) -> None:
    path = tmp_path / "m.map"
    path.write_text(HEAD.format(function="lossy") + NAME, encoding="utf-8")
    compiled = compile_project([path], Library((tmp_path,)), allowed=("tests.laws",))
    (mapping,) = mappings_of(compiled, ["m"])
    verifier = Verifier(compiled, tmp_path / "release")
    first, second = (verifier.verify(mapping, Options(50, seed=7, sides=("left",))).found for _ in range(2))
    assert first == second


def test_other_formats_are_told_as_not_tried(tmp_path: Path) -> None:
    path = tmp_path / "m.map"
    path.write_text(
        'use fhir "R4"\nmapping m between fhir HumanName and fhir HumanName {\n  family <-> family\n}\n',
        "utf-8",
    )
    compiled = compile_project([path], Library((tmp_path,)))
    done = [
        Verifier(compiled, tmp_path / "release").verify(each, Options()) for each in mappings_of(compiled, [])
    ]
    assert all(each.skipped for each in done)
