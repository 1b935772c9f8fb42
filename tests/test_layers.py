"""The architecture holds: who may import whom (pyproject.toml has the contracts for import-linter)."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parent.parent
# What generated code calls, and so what the compiler may know of the runtime.
INTERFACE = (
    "runtime.lib",
    "runtime.codecs",
    "runtime.errors",
    "runtime.release",
    "runtime.translate",
    "runtime.x12",
)


@cache
def imports() -> list[tuple[str, str]]:
    """Every direct import inside the project: importer, imported."""
    graph = grimp.build_graph("mapper", "runtime", cache_dir=None)
    return [
        (importer, imported)
        for importer in sorted(graph.modules)
        for imported in sorted(graph.find_modules_directly_imported_by(importer))
    ]


def within(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def test_the_layers_are_kept() -> None:
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as c; c()",
        "--no-cache",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_compiler_uses_only_the_interface_of_generated_code() -> None:
    crossing = [
        (importer, imported)
        for importer, imported in imports()
        if within(importer, ("mapper",)) and within(imported, ("runtime",))
    ]
    assert [pair for pair in crossing if not within(pair[1], INTERFACE)] == []


@pytest.mark.parametrize("package", ["runtime.codecs", "mapper.schema", "runtime.connectors"])
def test_formats_do_not_know_each_other(package: str) -> None:
    """`hl7v2.py` and `hl7v2_parse.py` are one format; `fhir.py` is another."""
    formats = re.compile(
        rf"{re.escape(package)}\.(hl7v2|fhir|x12|cda|mllp|sftp|smart|healow|direct)(?=[_.]|$)"
    )
    crossing = [
        (importer, imported)
        for importer, imported in imports()
        if (one := formats.match(importer)) and (other := formats.match(imported)) and one[1] != other[1]
    ]
    assert crossing == []
