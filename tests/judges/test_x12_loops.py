"""The loops that the codec finds are those that pyx12 finds, segment by segment."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

import pytest
from pyx12.error_handler import errh_null
from pyx12.params import params
from pyx12.x12context import X12ContextReader

from mapper.schema.x12_data import set_tables
from runtime.codecs.x12 import Placed, read
from tests.benchmarks import x12_load
from tests.x12.claims import claims
from tests.x12.judge import verdict
from tests.x12.remittances import remittances

DATA = Path(os.environ.get("MAPPER_DATA", "../shared/data")) / "samples" / "x12"
SAMPLES = sorted(path for path in DATA.glob("*_005010*/*") if path.parent.name[:3] in {"835", "837"})
MADE = {
    "load 837P": b"".join(x12_load.claims(0.02)),
    "load 835": b"".join(x12_load.remittance(0.02)),
    **{f"{name} {seed}": claims(name, seed).bytes() for name in ("837P", "837I") for seed in range(2)},
    **{f"835 {seed}": remittances(seed).bytes() for seed in range(2)},
}

# pyx12 has areas where the guide has none, and names a repeated segment by its qualifier.
_AREAS = {"ISA_LOOP", "GS_LOOP", "ST_LOOP", "HEADER", "DETAIL", "FOOTER", ""}
_NEWER = {"005010X222A2": "005010X222A1", "005010X223A3": "005010X223A2"}


def ours(data: bytes) -> list[tuple[str, str]]:
    """Loops and segment id of each segment within a transaction; `?` for what has no place."""
    found = []
    for event in read(data, set_tables()):
        if isinstance(event, Placed):
            for step in event.steps():
                if step.kind == "SEGMENT":
                    path = step.node.path.rsplit("/", 1)[0] if "/" in step.node.path else ""
                    found.append((path, step.segment[0]))
                elif step.kind == "UNPLACED":
                    found.append(("?", step.segment[0]))
    return found


def theirs(data: bytes) -> list[tuple[str, str, str]]:
    """Loops, segment id of the place, and segment id of each segment within a transaction, as pyx12 reads it."""
    text = data.decode("ascii")
    for new, known in _NEWER.items():
        text = text.replace(new, known)
    found = []
    for node in X12ContextReader(params(), errh_null(), io.StringIO(text)).iter_segments():
        *loops, place = node.x12_map_node.get_path().split("/")
        name = node.seg_data.get_seg_id()
        if name not in {"ISA", "GS", "ST", "GE", "IEA"}:
            found.append(
                ("/".join(each for each in loops if each not in _AREAS), re.sub(r"\[.*", "", place), name)
            )
    return found


def compare(data: bytes) -> list[str]:
    """Differences, apart from segments that neither finds a place for: pyx12 leaves those at the place before."""
    told = []
    before = ("", "")
    for (path, name), (their_path, their_place, their_name) in zip(ours(data), theirs(data), strict=True):
        assert name == their_name
        if (path, name) != (their_path, their_place) and not (
            path == "?" and (their_path, their_place) == before
        ):
            told.append(f"{path}/{name} {their_path}/{their_place}")
        before = (their_path, their_place)
    return told


@pytest.mark.skipif(not SAMPLES, reason="the sample files are not there (MAPPER_DATA)")
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_samples_have_the_loops_that_pyx12_finds(path: Path) -> None:
    # Many samples write `>` between components where their ISA16 says `:`. pyx12 then finds no place for SV1 and SVC.
    assert compare(path.read_bytes().replace(b">", b":")) == []


@pytest.mark.parametrize("name", MADE)
def test_made_files_have_the_loops_that_pyx12_finds(name: str) -> None:
    assert compare(MADE[name]) == []


@pytest.mark.parametrize("name", ["load 837P", "load 835"])
def test_pyx12_accepts_the_files_of_the_benchmark(name: str) -> None:
    assert verdict(MADE[name]) == (True, [])
