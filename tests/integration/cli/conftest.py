"""The command line under test, in this process and as one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mapper.cli import main

ROOT = Path(__file__).parents[3]
SEED = ROOT / "mappings" / "sites" / "ecw_seed" / "a04_register.hl7"
PROJECT = ROOT / "mapper" / "cli" / "template"

Run = Callable[..., Result]
Process = Callable[..., subprocess.CompletedProcess[bytes]]


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
