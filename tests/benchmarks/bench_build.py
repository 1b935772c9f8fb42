"""Builds and checks of all standard mappings, each in a process of its own as a user starts it.

    python -m tests.benchmarks.bench_build [--runs 3] [--check]

Bounds: 10 s for a first build, 0.5 s for one where nothing has changed, 1 s for a check of one file and for one message
after the first, 0.3 s for the help. The quickest run counts. Beside them stands what nobody can do without: starting
Python with the command line, and splitting all `.map` files into lines; so a slow machine is told from a slow compiler.
With --check the exit code is 1 where a bound is passed.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mapper.assets import standard_mappings

MAPPER = ("-m", "mapper")
ONE_FILE = standard_mappings() / "hl7v2_fhir" / "adt.map"
SEED = standard_mappings() / "sites" / "ecw_seed" / "a04_register.hl7"
ONE_MESSAGE = ("run", "auto", str(SEED), "--site", "ecw_seed")
SPLIT = f"""
import mapper.cli, pathlib
[path.read_text().split("\\n") for path in pathlib.Path({str(standard_mappings())!r}).rglob("*.map")]
"""


@dataclass(frozen=True)
class Time:
    """Seconds on the clock, and of all processors."""

    clock: float
    processors: float


def run(cache: Path, *arguments: str) -> Time:
    """One call of Python with a cache of its own. Raises CalledProcessError where it fails."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    environment = {**os.environ, "MAPPER_CACHE": str(cache)}
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True, env=environment)
    clock, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Time(clock, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def round_of_all() -> dict[str, Time]:
    """Each task once, in an order in which the cache is empty first and full then."""
    with tempfile.TemporaryDirectory() as folder:
        cache, empty = Path(folder) / "cache", Path(folder) / "empty"
        for each in (cache, empty):
            each.mkdir(mode=0o700)
        build = (*MAPPER, "build", "-o", str(Path(folder) / "release"))
        return {
            "start, split all files": run(empty, "-c", SPLIT),
            "first build": run(cache, *build),
            "nothing changed": run(cache, *build),
            "check one file, no cache": run(empty, *MAPPER, "check", str(ONE_FILE)),
            "check one file": run(cache, *MAPPER, "check", str(ONE_FILE)),
            "first message": run(cache, *MAPPER, *ONE_MESSAGE),
            "next message": run(cache, *MAPPER, *ONE_MESSAGE),
            "help": run(empty, *MAPPER, "--help"),
        }


BOUNDS = {
    "first build": 10.0, "nothing changed": 0.5, "check one file": 1.0, "next message": 1.0, "help": 0.3,
}  # fmt: skip


def measure(runs: int) -> dict[str, Time]:
    """The quickest run of each task."""
    rounds = [round_of_all() for _ in range(runs)]
    return {name: min((each[name] for each in rounds), key=lambda one: one.clock) for name in rounds[0]}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and prints. Exit code 1 with --check where a bound is passed."""
    parser = argparse.ArgumentParser(description="builds and checks of all standard mappings")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--check", action="store_true", help="fail where a bound is passed")
    options = parser.parse_args(arguments)
    found, passed = measure(options.runs), False
    print(f"{'':<26} {'seconds':>8} {'bound':>6} {'of all processors':>18}")
    for name, taken in found.items():
        bound = BOUNDS.get(name)
        passed = passed or (bound is not None and taken.clock > bound)
        print(f"{name:<26} {taken.clock:>8.2f} {'' if bound is None else bound:>6} {taken.processors:>18.2f}")
    return 1 if options.check and passed else 0


if __name__ == "__main__":
    raise SystemExit(main())
