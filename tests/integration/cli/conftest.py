"""The command line under test, in this process and as one of its own; all tests share one cache of releases."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mapper.cli import main

ROOT = Path(__file__).parents[3]
SEED = ROOT / "mappings" / "sites" / "ecw_seed" / "a04_register.hl7"
PROJECT = ROOT / "mapper" / "cli" / "template"

Run = Callable[..., Result]
Process = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("cache")
    before = os.environ.get("MAPPER_CACHE")
    os.environ["MAPPER_CACHE"] = str(folder)
    kept, sys.dont_write_bytecode = (
        sys.dont_write_bytecode,
        False,
    )  # a release is compiled once, not once a test
    yield folder
    sys.dont_write_bytecode = kept
    if before is None:
        del os.environ["MAPPER_CACHE"]
    else:
        os.environ["MAPPER_CACHE"] = before


@pytest.fixture
def mapper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in this process, in an empty folder; faults of mapper itself fail the test."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object, input: bytes | None = None) -> Result:
        done = CliRunner().invoke(main, [str(each) for each in arguments], input=input)
        assert "fault of mapper" not in done.stderr, done.stderr
        return done

    return run


@pytest.fixture
def process(tmp_path: Path) -> Process:
    """Runs a command as a process, in an empty folder, with byte code cached as on a user's machine."""

    def run(*arguments: object, **options: object) -> subprocess.CompletedProcess[bytes]:
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPATH"] = str(ROOT)
        command = [sys.executable, "-m", "mapper", *map(str, arguments)]
        settings = {"cwd": tmp_path, "env": environment, "capture_output": True} | options
        return subprocess.run(command, check=False, **settings)  # type: ignore[call-overload]

    return run
