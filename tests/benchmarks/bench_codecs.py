"""Codecs against plain library calls that do less: `python -m tests.benchmarks.bench_codecs`.

HL7 v2 against a full split of the same text to subcomponents; FHIR against `json.loads` with decimals and `orjson`.
All figures of one line come from one run, interleaved, and are the minimum over rounds.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson

from runtime.codecs.fhir import decode, encode
from runtime.codecs.hl7v2 import leaves, parse, serialize, unescape
from tests.unit.codecs.tables import SHAPES, STRUCTURES, values

DATA = Path(__file__).parent / "data"
ROUNDS, CALLS = 25, 20


def full_split(data: bytes) -> list[Any]:
    """Every subcomponent of a message, with nothing else done."""
    return [
        [[[c.split("&") for c in r.split("^")] for r in f.split("~")] for f in line.split("|")]
        for line in data.decode().split("\r")
    ]


def measure(tasks: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Microseconds for one call of each task: the fastest of interleaved rounds."""
    best = dict.fromkeys(tasks, float("inf"))
    for _ in range(ROUNDS):
        for name, task in tasks.items():
            start = time.perf_counter()
            for _ in range(CALLS):
                task()
            best[name] = min(best[name], (time.perf_counter() - start) / CALLS * 1e6)
    return best


def hl7v2_tasks(data: bytes) -> dict[str, Callable[[], object]]:
    """What is timed for one message; the first task is the yardstick."""
    message = parse(data, STRUCTURES)
    tree = values(message.tree)
    texts = [text for _, _, text in leaves(message)]
    return {
        "split": lambda: full_split(data),
        "parse": lambda: parse(data, STRUCTURES),
        "serialize": lambda: serialize(tree, STRUCTURES, message.structure),
        "unescape all leaves": lambda: [unescape(text) for text in texts],
        "list all leaves": lambda: list(leaves(message)),
    }


def bundle(patients: int) -> dict[str, Any]:
    """A bundle of made-up patients, about 600 bytes each."""
    patient = {
        "resourceType": "Patient",
        "id": "a3e7b4c2-1f0d-4f7e-9c55-0d8f5a1b2c3d",
        "extension": [{"url": f"http://example.org/{n}", "valueDecimal": Decimal("1.50")} for n in range(3)],
        "active": True,
        "name": [{"family": "EXAMPLE", "given": ["ANNA", "B"], "period": {"start": "2020-01-01"}}] * 2,
        "birthDate": "1980-01-01",
        "contact": [{"name": {"family": "EXAMPLE"}}] * 2,
    }
    entries = [{"fullUrl": f"urn:uuid:{n}", "resource": patient} for n in range(patients)]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def fhir_tasks(value: dict[str, Any]) -> dict[str, Callable[[], object]]:
    data = encode(value)
    return {
        "json.loads, decimals": lambda: json.loads(data, parse_float=Decimal),
        "orjson.loads": lambda: orjson.loads(data),
        "decode": lambda: decode(data, SHAPES),
        "encode": lambda: encode(value),
    }


def report(title: str, tasks: dict[str, Callable[[], object]]) -> None:
    times = measure(tasks)
    yardstick = next(iter(times.values()))
    print(title)
    for name, microseconds in times.items():
        print(f"  {name:24}{microseconds:9.1f} µs {microseconds / yardstick:6.2f} x")


def main() -> None:
    for path in sorted(DATA.glob("*.hl7")):
        data = path.read_bytes().replace(b"\r\n", b"\r").replace(b"\n", b"\r")
        report(f"{path.name}, {len(data)} bytes", hl7v2_tasks(data))
    for patients in (1, 8):
        value = bundle(patients)
        report(f"bundle of {patients}, {len(encode(value))} bytes", fhir_tasks(value))
    report("the same without decimals", fhir_tasks(_without_decimals(bundle(8))))


def _without_decimals(value: dict[str, Any]) -> dict[str, Any]:
    for entry in value["entry"]:
        entry["resource"] = {**entry["resource"], "extension": [{"url": "u", "valueString": "x"}] * 3}
    return value


if __name__ == "__main__":
    main()
