"""What all tests share: golden files (`pytest --update` rewrites them), the folder of sample data, and a cache."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How long an input takes to make says how busy the machine is, not whether a law holds.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")

ROOT = Path(__file__).parent.parent

Golden = Callable[[Path, str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update", action="store_true", help="write golden files instead of comparing with them"
    )


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One cache for all tests of a run, whatever processes they are spread over: each module is made once.

    Releases are compiled to byte code once, not once a test.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "mapper-cache"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAPPER_CACHE", str(folder))
        patch.setattr(sys, "dont_write_bytecode", False)
        yield folder


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compares a text with a golden file, or writes the file under `--update`."""

    def compare(path: Path, text: str) -> None:
        if request.config.getoption("--update"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        assert path.is_file(), f"{path} is missing; `pytest --update` writes it"
        assert text == path.read_bytes().decode("utf-8")

    return compare


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of public samples (environment variable `MAPPER_DATA`); without it the test is skipped."""
    folder = Path(os.environ.get("MAPPER_DATA") or ROOT / ".." / "shared" / "data").resolve()
    if not folder.is_dir():
        pytest.skip(f"no sample data in {folder}; MAPPER_DATA names the folder")
    return folder
