"""Validation of X12 beside pyx12's, in one run: `python -m tests.benchmarks.bench_x12_validate [MEGABYTES]`.

Both read the same made 837P and 835 (see `x12_load`); pyx12 gets a smaller part of it, because it takes ten times as
long, and its speed does not depend on the size. SNIP 1 to 5 here, 1 and 2 (and some code lists) there. Peak memory is
that of a process of its own.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from mapper.schema import x12_data
from runtime.x12.validate import Validation, load_lists
from tests.benchmarks import x12_load
from tests.x12 import judge

ROUNDS = 3
FOR_PYX12 = 0.25  # megabytes
MAKERS = {"837P": x12_load.claims, "835": x12_load.remittance}


def validation(snip: int = 5) -> Validation:
    """All sets, compiled when they are first needed."""
    return Validation(x12_data.set_tables(), load_lists(), x12_data.envelope(), snip)


def validate(data: bytes, checks: Validation) -> int:
    """The count of errors."""
    steps = checks.stream(BytesIO(data))
    return sum(each.level == "error" for step in steps for each in step.findings)


def seconds(task: Callable[[], object]) -> float:
    """The fastest of some rounds, in processor time."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        task()
        best = min(best, time.process_time() - start)
    return best


def rows(megabytes: float) -> Iterator[str]:
    """One line for each set."""
    for name, make in MAKERS.items():
        data, part = b"".join(make(megabytes)), b"".join(make(FOR_PYX12))
        checks = validation()
        if validate(data, checks) or judge.verdict(part) != (True, []):
            raise ValueError(f"the {name} for measurements is not valid")
        ours = len(data) / 1e6 / seconds(partial(validate, data, checks))
        theirs = len(part) / 1e6 / seconds(partial(judge.verdict, part))
        yield f"{name}  mapper {ours:5.2f} MB/s  pyx12 {theirs:5.2f} MB/s  {ours / theirs:5.1f} times"


def memory(name: str, megabytes: float) -> int:
    """Peak memory of a process that validates such a file, in megabytes."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "load.x12"
        with path.open("wb") as stream:
            stream.writelines(MAKERS[name](megabytes))
        command = [sys.executable, "-m", "tests.benchmarks.bench_x12_validate", "--peak", str(path)]
        return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def peak(path: str) -> int:
    """Validate a file as a stream; the peak memory of this process in megabytes."""
    checks = validation()
    with Path(path).open("rb") as stream:
        for _ in checks.stream(stream):
            pass
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Print the speeds, and the peak memory at two sizes."""
    if sys.argv[1:2] == ["--peak"]:
        print(peak(sys.argv[2]))
        return
    megabytes = float(sys.argv[1]) if len(sys.argv) > 1 else 5
    for row in rows(megabytes):
        print(row)
    for name in MAKERS:
        small, large = memory(name, megabytes), memory(name, megabytes * 4)
        print(f"{name}  peak memory {small} MB at {megabytes:g} MB, {large} MB at {megabytes * 4:g} MB")


if __name__ == "__main__":
    main()
