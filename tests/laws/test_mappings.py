"""The laws on every standard mapping, with a small budget and always the same inputs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mapper.assets import standard_mappings
from mapper.driver.compile import Compiled, compile_project
from mapper.resolve import Library
from mapper.verify.laws import LAWS, SAME, SLICED, TOTAL
from mapper.verify.verifier import Options, Verifier, mappings_of
from tests.laws.gaps import GAPS, YOUNG, known

PARTS, MESSAGES = 12, 8
FOLDERS = ("hl7v2_fhir", "x12_fhir")


def modules() -> list[Path]:
    return sorted(path for folder in FOLDERS for path in (standard_mappings() / folder).rglob("*.map"))


def names() -> list[str]:
    """Mappings by qualified name, read from the files without compiling them."""
    root = standard_mappings()
    return [
        ".".join((*path.relative_to(root).with_suffix("").parts, line.split()[1]))
        for path in modules()
        for line in path.read_text("utf-8").splitlines()
        if line.startswith("mapping ")
    ]


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    made = compile_project(modules(), Library((standard_mappings(),)))
    assert [each.message for each in made.diagnostics if each.severity == "error"] == []
    return made


@pytest.fixture(scope="module")
def verifier(compiled: Compiled) -> Iterator[Verifier]:
    made, scratch = Verifier.in_scratch(compiled)
    yield made
    scratch.cleanup()


@pytest.mark.parametrize("name", names())
def test_laws_hold(verifier: Verifier, name: str) -> None:
    (mapping,) = (each for each in mappings_of(verifier.compiled, [name]) if each.info.qualified == name)
    entry = verifier.release.entries[name]
    laws = (TOTAL, SAME, SLICED) if name in YOUNG else LAWS
    options = Options(examples=MESSAGES if entry.message else PARTS, most=1, known=known(name), laws=laws)
    told = [f"{each.law} {each.paths}: {each.text}" for each in verifier.verify(mapping, options).found]
    assert told == []


def test_gaps_name_mappings() -> None:
    assert set(GAPS) - {"*"} | set(YOUNG) <= set(names())
    assert all(reason for gaps in GAPS.values() for reason in gaps.values())


def test_a_patient_of_whom_only_pd1_speaks_is_told(verifier: Verifier) -> None:
    """PD1 fills a Patient that PID makes: without PID there is none, and the loss is told."""
    subject = verifier.subject(verifier.compiled.checked.mappings["hl7v2_fhir.adt.adt"])
    assert not isinstance(subject, str)
    header = b"MSH|^~\\&|||||20260101||ADT^A01^ADT_A01|1|P|2.5.1\r"
    gone = subject.go(header + b"PD1||||||||Y\r")
    assert "Patient" not in {entry["resource"]["resourceType"] for entry in gone.tree["entry"]}
    assert "R213" in {finding.code for finding in gone.findings}
