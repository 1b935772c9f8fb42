"""Load times in fresh processes: `python tests/benchmarks/bench_schema.py`. The aim is 50 ms for each schema."""

from __future__ import annotations

import statistics
import subprocess
import sys

LOADS = {
    "hl7v2 2.5.1": "load('hl7v2', ['2.5.1']).element('PID', '5')",
    "hl7v2, five versions": "load('hl7v2', ['2.5.1', '2.5', '2.4', '2.3.1', '2.3']).element('PID', '8')",
    "fhir R4": "load('fhir', ['R4']).element('Patient', 'name')",
    "fhir R4 with US Core": "load('fhir', ['R4'], 'us-core').element('Patient', 'gender')",
    "x12 837P": "load('x12', ['005010X222A1']).element('2000A', '2010AA')",
}
PROGRAM = """
import time
from mapper.schema import load
start = time.perf_counter()
{expression}
print((time.perf_counter() - start) * 1000)
"""


def milliseconds(expression: str) -> float:
    """One load and first look-up, in a process of its own."""
    command = [sys.executable, "-c", PROGRAM.format(expression=expression)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main(runs: int = 7) -> None:
    for name, expression in LOADS.items():
        times = [milliseconds(expression) for _ in range(runs)]
        print(f"{name:24} median {statistics.median(times):5.1f} ms, worst {max(times):5.1f} ms")


if __name__ == "__main__":
    main()
