"""ADT to FHIR and back: the compiled mapping beside a plain split, a careful hand and packages from PyPI.

    python -m tests.benchmarks.bench_adt [--json] [--seconds 1.0] [--check]

One process, pinned to one core where the system allows it. The contestants take turns of some 10 ms on the same
message, so that each one runs warm, as on a feed; a figure is its quickest turn in processor time, so that what else
the machine does counts little. Ratios are to the plain split and to the hand-written function. With --check the exit
code is 1 where a ratio is above the project's limits.

The compiled mapping is measured as a channel runs it: decoding, mapping with its findings (what does not fit is told),
ids, encoding. The account of all populated elements, which `mapper run` gives as its loss report, is not in that
figure: it has a row of its own, and so has the tracing flavour, which the account is made from. The function by hand
does the same work: `peers/test_peers.py` compares both outputs value by value. Public sample messages are measured
too where the sample data is there ($MAPPER_DATA); the function by hand does not know all that they hold, and stays out.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.peers.by_hand import ECW_SITE, SITE, from_fhir, to_fhir
from tests.benchmarks.peers.compiled import accounted, compiled
from tests.benchmarks.peers.packages import installed
from tests.benchmarks.peers.split import full_split

DATA = Path(__file__).parent / "data"
MESSAGES = ("seed_a04", "a01", "a08")
SAMPLES = ("ADT01-23", "ADT-A08-01")  # an A01 of 1.5 KB, an A08 of 8.6 KB
SPLIT, HAND, MAPPING = "plain split", "by hand", "compiled mapping"
TRACING = "compiled mapping, tracing"
ACCOUNTED = "... with loss report"
SPLIT_LIMIT, HAND_LIMIT = 5.0, 2.5
TURN = 0.01


@dataclass(frozen=True)
class Figure:
    """One contestant on one message in one direction; microseconds, bytes of output."""

    message: str
    direction: str
    contestant: str
    microseconds: float
    to_split: float
    to_hand: float | None
    output: int | None


def rounds(contestants: dict[str, Callable[[], Any]], seconds: float) -> dict[str, float]:
    """The quickest turn's time of one call, in microseconds of the processor; that many seconds for each contestant."""
    calls = {name: max(1, int(TURN / _once(run))) for name, run in contestants.items()}
    times: dict[str, list[float]] = {name: [] for name in contestants}
    spent = dict.fromkeys(contestants, 0.0)
    while any(value < seconds for value in spent.values()):
        for name, run in contestants.items():
            if spent[name] < seconds:
                taken = _turn(run, calls[name])
                times[name].append(taken / calls[name])
                spent[name] += taken
    return {name: min(taken) * 1e6 for name, taken in times.items()}


def _turn(run: Callable[[], Any], calls: int) -> float:
    started = time.thread_time()
    for _ in range(calls):
        run()
    return time.thread_time() - started


def _once(run: Callable[[], Any]) -> float:
    """The time of one warm call, in seconds."""
    _turn(run, 3)
    return _turn(run, 3) / 3


def there(message: str, data: bytes, seconds: float) -> list[Figure]:
    """Bytes of a v2 message to JSON bytes; packages beside."""
    peers, _ = installed()
    runs: dict[str, Callable[[bytes], Any]] = {
        SPLIT: full_split,
        **({HAND: by_hand(message)[0]} if message in MESSAGES else {}),
        MAPPING: compiled(message)[0],
        TRACING: compiled(message, tracing=True)[0],
        ACCOUNTED: accounted(message)[0],
        **peers,
    }
    return figures(message, "to FHIR", runs, dict.fromkeys(runs, data), seconds)


def by_hand(message: str) -> tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]:
    """The hand-written functions, with the site of the message."""
    site = ECW_SITE if message.startswith("seed") else SITE
    return (lambda data: to_fhir(data, site)), (lambda data: from_fhir(data, site))


def back(message: str, data: bytes, seconds: float) -> list[Figure]:
    """JSON bytes back to v2: each contestant takes the Bundle that it made itself; the split is that of the message."""
    go, return_to = compiled(message)
    traced = compiled(message, tracing=True)[1]
    made = go(data)
    runs: dict[str, Callable[[bytes], Any]] = {
        SPLIT: full_split, MAPPING: return_to, TRACING: traced, ACCOUNTED: accounted(message)[1],
    }  # fmt: skip
    inputs = {SPLIT: data, **dict.fromkeys((MAPPING, TRACING, ACCOUNTED), made)}
    if message in MESSAGES:
        runs[HAND], inputs[HAND] = by_hand(message)[1], by_hand(message)[0](data)
    return figures(message, "to HL7 v2", runs, inputs, seconds)


def figures(
    message: str,
    direction: str,
    runs: dict[str, Callable[[bytes], Any]],
    inputs: dict[str, bytes],
    seconds: float,
) -> list[Figure]:
    """The figures of all contestants on one message."""
    outputs = {name: run(inputs[name]) for name, run in runs.items()}
    calls = {name: _bound(run, inputs[name]) for name, run in runs.items()}
    times = rounds(calls, seconds)
    return [
        Figure(
            message,
            direction,
            name,
            round(taken, 1),
            round(taken / times[SPLIT], 2),
            None if name == SPLIT or HAND not in times else round(taken / times[HAND], 2),
            len(outputs[name]) if isinstance(outputs[name], bytes) else None,
        )
        for name, taken in times.items()
    ]


def _bound(run: Callable[[bytes], Any], data: bytes) -> Callable[[], Any]:
    return lambda: run(data)


def messages() -> dict[str, bytes]:
    """The messages by name: the project's own ones, and public samples where they are."""
    found = {name: (DATA / f"{name}.hl7").read_bytes() for name in MESSAGES}
    samples = Path(os.environ.get("MAPPER_DATA", DATA.parents[3] / "shared" / "data")) / "samples" / "hl7v2"
    for name in SAMPLES:
        for path in samples.rglob(f"{name}.hl7"):
            text = path.read_bytes().removeprefix(b"\xef\xbb\xbf")  # which python-hl7 does not take
            found[name] = text.replace(b"\r\n", b"\r").replace(b"\n", b"\r")
    return found


def measure(seconds: float) -> list[Figure]:
    """All figures, the collector on as it is in production."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    found: list[Figure] = []
    for message, data in messages().items():
        for direction in (there, back):
            gc.collect()
            found += direction(message, data, seconds)
    return found


def above(found: list[Figure]) -> list[str]:
    """Where the compiled mapping is slower than the limits allow."""
    told = []
    for figure in found:
        if figure.contestant != MAPPING:
            continue
        where = f"{figure.message}, {figure.direction}"
        if figure.to_split > SPLIT_LIMIT:
            told.append(f"{where}: {figure.to_split} times the plain split (limit {SPLIT_LIMIT})")
        if figure.to_hand is not None and figure.to_hand > HAND_LIMIT:
            told.append(f"{where}: {figure.to_hand} times the hand-written function (limit {HAND_LIMIT})")
    return told


def table(found: list[Figure]) -> str:
    """The figures as text."""
    head = f"{'message':<10} {'direction':<10} {'contestant':<27} {'µs':>10} {'/split':>8} {'/hand':>8} {'bytes':>8}"
    lines = [head, "-" * len(head)]
    for row in found:
        hand = "" if row.to_hand is None else f"{row.to_hand:.2f}"
        output = "" if row.output is None else str(row.output)
        lines.append(
            f"{row.message:<10} {row.direction:<10} {row.contestant:<27} "
            f"{row.microseconds:>10.1f} {row.to_split:>8.2f} {hand:>8} {output:>8}"
        )
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Measures and prints. Exit code 1 with --check where a limit is passed."""
    parser = argparse.ArgumentParser(description="ADT to FHIR and back, beside peers")
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    parser.add_argument("--seconds", type=float, default=1.0, help="time for each contestant and message")
    parser.add_argument("--check", action="store_true", help="fail where a limit is passed")
    options = parser.parse_args(arguments)
    found = measure(options.seconds)
    for name, reason in installed()[1].items():
        print(f"{name}: left out, {reason}", file=sys.stderr)
    print(json.dumps([asdict(figure) for figure in found], indent=2) if options.json else table(found))
    told = above(found)
    print("\n".join(told), file=sys.stderr, end="\n" if told else "")
    return 1 if options.check and told else 0


if __name__ == "__main__":
    raise SystemExit(main())
