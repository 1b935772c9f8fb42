"""The X12 codec beside a streaming split and pyx12: `python -m tests.benchmarks.bench_x12 [--memory]`.

On a 5 MB 837P (9,400 claims) and a 5 MB 835, one core: reading with loops, walking the steps, writing again byte for
byte, JSON of all claims, and building from trees. The yardstick is a split of the same stream into elements.
`--memory` reads 5 MB and 100 MB in fresh processes, all of it in one transaction, and tells the peak of each.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pyx12.error_handler import errh_null
from pyx12.params import params
from pyx12.x12context import X12ContextReader

from mapper.schema.x12_data import set_tables
from runtime.codecs.x12 import Placed, Slice, content, emit, read, segment_values, serialize
from tests.benchmarks.x12_load import MEGABYTE, write

ROUNDS = 3
CHUNK = 256 * 1024
PYX12_MEGABYTES = 0.3


def split(path: Path) -> int:
    """Every element of every segment, in constant memory."""
    count, rest = 0, b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            parts = (rest + chunk).split(b"~")
            rest = parts.pop()
            for part in parts:
                count += len(part.split(b"*"))
    return count


def parse(path: Path) -> int:
    """All events of a file."""
    with path.open("rb") as file:
        return sum(1 for _ in read(file, set_tables()))


def walk(path: Path) -> int:
    """All events and all steps through the loops."""
    with path.open("rb") as file:
        return sum(
            1 for event in read(file, set_tables()) if isinstance(event, Placed) for _ in event.steps()
        )


def write_again(path: Path) -> int:
    """Read, and write what was read."""
    with path.open("rb") as file:
        return sum(len(piece) for piece in emit(read(file, set_tables())))


def as_json(path: Path) -> int:
    """Read, and make the JSON value of every slice."""
    table = set_tables()[path.stem]
    with path.open("rb") as file:
        return sum(
            len(content(event.tree, table)) for event in read(file, set_tables()) if isinstance(event, Slice)
        )


def pyx12(path: Path) -> int:
    """Every segment with its loop, as pyx12 reads it."""
    reader = X12ContextReader(params(), errh_null(), io.StringIO(path.read_text(encoding="ascii")))
    return sum(1 for _ in reader.iter_segments())


def built(path: Path) -> tuple[float, int]:
    """Seconds and bytes of writing the file's claims from built trees."""
    table = set_tables()[path.stem]
    with path.open("rb") as file:
        trees = [as_built(event.tree) for event in read(file, set_tables()) if isinstance(event, Slice)]
    start = time.process_time()
    size = sum(len("*".join(segment)) + 1 for tree in trees for segment in serialize(tree, table))
    return time.process_time() - start, size


def as_built(tree: dict[str, list[object]]) -> dict[str, object]:
    """The tree as generated code builds it: segments as values by number."""
    return {
        slot: [as_built(node) if isinstance(node, dict) else segment_values(node) for node in nodes]  # type: ignore[arg-type]
        for slot, nodes in tree.items()
    }


def rates(tasks: list[Callable[[Path], int]], path: Path) -> dict[str, float]:
    """Megabytes a second of processor time of each task: the fastest of interleaved rounds."""
    best = {task.__name__: float("inf") for task in tasks}
    for _ in range(ROUNDS):
        for task in tasks:
            start = time.process_time()
            task(path)
            best[task.__name__] = min(best[task.__name__], time.process_time() - start)
    return {name: path.stat().st_size / MEGABYTE / seconds for name, seconds in best.items()}


def peak(path: Path, task: str) -> float:
    """Peak memory in MB of a fresh process that reads the file."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.bench_x12", "--peak", task, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ},
    )
    return float(done.stdout)


def speed(folder: Path) -> None:
    """Print the speeds."""
    for name in ("837P", "835"):
        path = write(name, 5, folder / f"{name}.x12")
        small = write(name, PYX12_MEGABYTES, folder / f"small-{name}.x12")
        found = rates([split, parse, walk, write_again, as_json], path)
        seconds, size = built(path)
        print(f"{name}, 5 MB")
        for task, each in found.items():
            print(f"  {task:<12} {each:8.1f} MB/s   {found['split'] / each:5.1f} times the split's time")
        print(f"  {'serialize':<12} {size / MEGABYTE / seconds:8.1f} MB/s   written from trees")
        print(
            f"  {'pyx12':<12} {rates([pyx12], small)['pyx12']:8.2f} MB/s   loops of a file of {PYX12_MEGABYTES} MB"
        )


def memory(folder: Path) -> None:
    """Print the peaks."""
    for name in ("837P", "835"):
        peaks = [peak(write(name, size, folder / f"{name}.x12"), "parse") for size in (0.01, 5, 100)]
        print(
            f"{name}: peak memory {peaks[0]:.0f} MB at 10 kB, {peaks[1]:.0f} MB at 5 MB, {peaks[2]:.0f} MB at 100 MB"
        )


if __name__ == "__main__":
    if "--peak" in sys.argv:
        {"parse": parse, "walk": walk, "write_again": write_again}[sys.argv[-2]](Path(sys.argv[-1]))
        # not ru_maxrss, which begins with that of the process that started this one
        status = Path("/proc/self/status").read_text(encoding="ascii")
        print(int(status.split("VmHWM:")[1].split()[0]) / 1024)
    else:
        with tempfile.TemporaryDirectory() as name:
            (memory if "--memory" in sys.argv else speed)(Path(name))
