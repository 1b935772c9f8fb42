"""The standard mappings are free of mistakes and of warnings, with and without a site."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapper.assets import standard_mappings
from mapper.diagnostics import Severity
from mapper.resolve import Library
from tests.check.checking import check_files


def told(paths: list[Path], overlay: str | None = None) -> list[str]:
    found, _ = check_files(paths, Library((standard_mappings(),)), overlay)
    return [f"{each.code} {each.message} {each.span}" for each in found if each.severity is not Severity.INFO]


def test_the_whole_library_is_right() -> None:
    assert told(sorted(standard_mappings().rglob("*.map"))) == []


@pytest.mark.parametrize(
    "path", sorted((standard_mappings() / "sites").glob("*.map")), ids=lambda path: path.stem
)
def test_the_library_is_right_under_each_site(path: Path) -> None:
    assert told([path], overlay=f"sites.{path.stem}") == []


@pytest.mark.parametrize(
    "path",
    sorted((standard_mappings() / "hl7v2_fhir" / "segments").glob("*.map")),
    ids=lambda path: path.stem,
)
def test_each_segment_is_right_alone(path: Path) -> None:
    assert told([path]) == []
