"""What tests of X12 mappings share."""

from __future__ import annotations

from typing import Any

from tests.language.harness import Program

HEAD = """use x12 "005010X222A1"
use fhir "R4"
"""

C = "\x1f"
"""What stands between components."""


def both(program: Program, mapping: str, tree: dict[str, Any]) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """There, and back from there."""
    made = program.call(mapping, "go", tree)
    return made, program.call(mapping, "back", made)
