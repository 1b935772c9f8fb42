"""An installed wheel translates in any folder, with no build step: `pip install` and `mapper run auto message.hl7`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.integration.cli.conftest import ROOT, SEED


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `mapper` of a fresh environment with the wheel; other packages are those of the running environment."""
    folder = tmp_path_factory.mktemp("install")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    wheel = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run([*pip, *wheel], check=True, capture_output=True)
    (made,) = folder.glob("mapper-*.whl")
    venv.create(folder / "env", with_pip=False)
    python = folder / "env" / "bin" / "python"
    install = ["--python", str(python), "install", "--quiet", "--no-deps", "--no-index", str(made)]
    subprocess.run([*pip, *install], check=True, capture_output=True)
    (site,) = (folder / "env" / "lib").glob("python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "env" / "bin" / "mapper"


def run(command: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return subprocess.run(
        [str(command), *arguments], cwd=folder, env=environment, capture_output=True, text=True
    )


def test_an_installed_wheel_translates_both_ways(command: Path, tmp_path: Path) -> None:
    (tmp_path / "seed.hl7").write_bytes(SEED.read_bytes())
    there = run(command, tmp_path, "run", "auto", "seed.hl7", "--site", "ecw_seed")
    assert there.returncode == 0, there.stderr
    assert json.loads(there.stdout)["resourceType"] == "Bundle"
    (tmp_path / "bundle.json").write_text(there.stdout)
    back = run(command, tmp_path, "run", "auto", "bundle.json", "--site", "ecw_seed")
    assert "MRN001234" in back.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bundle.json", "seed.hl7"]


def test_an_installed_wheel_begins_a_project(command: Path, tmp_path: Path) -> None:
    assert run(command, tmp_path, "new", "clinic").returncode == 0
    for arguments in (("check",), ("test",)):
        done = run(command, tmp_path / "clinic", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
