"""X12 to FHIR, bytes to bytes: `python -m tests.benchmarks.bench_x12_map [--memory]`.

The 5 MB 837P (9,400 claims) and 835 of `x12_load` through their standard mappings, on one core, in processor time, in
turns with the codec's reading of the same file. `--memory` maps 5 MB and 100 MB of claims in processes of their own and
tells the peak of each.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from mapper.driver.session import open_session
from runtime.codecs.x12 import read
from runtime.x12.feed import X12Feed
from tests.benchmarks.x12_load import MEGABYTE, write

ROUNDS = 3
MAPPINGS = {"837P": "x12_fhir.claim_837p", "835": "x12_fhir.remittance"}


def feed(name: str) -> X12Feed:
    """The mapping of a set, compiled or from the cache."""
    return X12Feed(open_session(MAPPINGS[name], None).translator(None))


def parse(path: Path, mapping: X12Feed) -> int:
    """Events of a file, read as the mapping reads it."""
    with path.open("rb") as file:
        return sum(1 for _ in read(file, mapping.sets))


def translate(path: Path, mapping: X12Feed) -> int:
    """FHIR Bundles of a file, as JSON bytes. Raises ValueError where a unit fails."""
    count = 0
    with path.open("rb") as file:
        for unit in mapping.forward(file):
            if unit.error:
                raise ValueError(f"a unit of {path.name} fails: {unit.findings[-1].code}")
            count += sum(1 for result in unit.results if result.data)
    return count


def seconds(path: Path, mapping: X12Feed) -> tuple[float, float, int]:
    """Processor time of reading and of translating: the fastest of interleaved rounds; and the count of Bundles."""
    best, count = {"parse": float("inf"), "translate": float("inf")}, 0
    for _ in range(ROUNDS):
        for task in (parse, translate):
            start = time.process_time()
            count = task(path, mapping)
            best[task.__name__] = min(best[task.__name__], time.process_time() - start)
    return best["parse"], best["translate"], count


def speed(folder: Path) -> None:
    """Print the speeds of both sets."""
    for name in MAPPINGS:
        path = write(name, 5, folder / f"{name}.x12")
        parsing, translating, count = seconds(path, feed(name))
        size = path.stat().st_size / MEGABYTE
        rate = f", {count / translating:,.0f} claims/s" if name == "837P" else ""
        print(
            f"{name}: {size:.1f} MB to {count:,} Bundles: {size / translating:.2f} MB/s{rate}; "
            f"reading alone {size / parsing:.1f} MB/s, mapping takes {translating / parsing:.1f} times as long"
        )


def peak(path: Path) -> float:
    """Peak memory in MB of a fresh process that maps the file."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_x12_map", "--peak", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ})
    return float(done.stdout)


def memory(folder: Path) -> None:
    """Print the peaks of claims; the mapping is in the cache before."""
    translate(write("837P", 0.01, folder / "small.x12"), feed("837P"))
    peaks = [peak(write("837P", size, folder / "837P.x12")) for size in (5, 100)]
    print(f"837P: peak memory {peaks[0]:.0f} MB at 5 MB, {peaks[1]:.0f} MB at 100 MB")


if __name__ == "__main__":
    if "--peak" in sys.argv:
        translate(Path(sys.argv[-1]), feed("837P"))
        # not ru_maxrss, which begins with that of the process that started this one
        status = Path("/proc/self/status").read_text(encoding="ascii")
        print(int(status.split("VmHWM:")[1].split()[0]) / 1024)
    else:
        with tempfile.TemporaryDirectory() as name:
            (memory if "--memory" in sys.argv else speed)(Path(name))
