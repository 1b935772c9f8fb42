"""An installed wheel works in any folder: it carries the grammar, the standard mappings and the pages of the codes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the unpacked wheel; the dependencies are those of the running environment."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", str(folder), str(ROOT)], check=True, capture_output=True)
    (wheel,) = folder.glob("mapper-*.whl")
    with ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(installed: Path, folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(installed)} | variables
    command = [sys.executable, "-P", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def test_the_wheel_carries_every_asset(installed: Path) -> None:
    assets = installed / "mapper" / "_assets"
    for folder in ("grammar", "mappings", "docs/errors"):
        sources = {path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file()}
        carried = {path.relative_to(assets) for path in (assets / folder).rglob("*") if path.is_file()}
        assert carried == sources
    assert not (installed / "tests").exists()


def test_the_wheel_finds_its_own_assets(installed: Path, tmp_path: Path) -> None:
    code = "from mapper.assets import standard_mappings; print(standard_mappings())"
    assert run(installed, tmp_path, "-c", code).stdout.startswith(str(installed))


def test_the_wheel_explains(installed: Path, tmp_path: Path) -> None:
    done = run(installed, tmp_path, "-m", "mapper", "explain", "E503")
    assert (done.returncode, done.stdout.split("\n")[0]) == (0, "# E503 not-invertible"), done.stderr


def test_the_wheel_checks_without_parsing_the_standard_mappings(installed: Path, tmp_path: Path) -> None:
    """Trees ship with it: what reads the grammar is not even loaded where only standard modules are concerned."""
    checked = installed / "mapper" / "_assets" / "mappings" / "hl7v2_fhir" / "adt.map"
    code = (
        "import sys; from pathlib import Path; from mapper.driver.checking import check_files; "
        "from mapper.settings import settings_for; "
        f"report = check_files([Path({str(checked)!r})], settings_for(Path.cwd())); "
        "print(report.failed, 'lark' in sys.modules)"
    )
    done = run(installed, tmp_path, "-c", code, MAPPER_CACHE=str(tmp_path / "cache"))
    assert done.stdout.split() == ["False", "False"], done.stderr
