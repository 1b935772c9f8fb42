"""The public sample messages, with hl7apy as an independent judge of what they hold."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import Any

import pytest
from hl7apy.consts import VALIDATION_LEVEL  # type: ignore[import-untyped]
from hl7apy.parser import parse_segment  # type: ignore[import-untyped]

from runtime.codecs.hl7v2 import Message, leaves, parse, read_batch, segment_values, serialize, unescape
from tests.unit.codecs.tables import STRUCTURES, values

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def samples(data: Path) -> list[tuple[str, bytes]]:
    return [(path.name, path.read_bytes()) for path in sorted((data / "samples" / "hl7v2").glob("*.hl7"))]


def test_every_sample_is_read(samples):
    assert len(samples) > 100
    for name, data in samples:
        read = parse(data, STRUCTURES)
        assert {finding.code for finding in read.findings} <= {
            f"R1{number:02}" for number in range(104, 113)
        }, name
        assert sum(1 for _ in leaves(read)) > 10


def test_known_structures_are_written_as_they_were(samples):
    """What is written is read as the same tree, values and all."""
    written = 0
    for name, data in samples:
        read = parse(data, STRUCTURES)
        if not read.structure:
            continue
        tree = values(read.tree)
        again = parse(serialize(tree, STRUCTURES, read.structure), STRUCTURES)
        header: Any = tree["MSH"][0]
        header[9][3] = read.structure
        header.setdefault(18, values(again.tree)["MSH"][0].get(18, ""))
        assert _without_empties(values(again.tree)) == _without_empties(tree), name
        written += 1
    assert written > 20


def test_hl7apy_reads_the_same_values(samples):
    compared = sum(_compare(parse(data, STRUCTURES)) for _, data in samples[::6])
    assert compared > 2_000


def test_all_samples_in_one_stream(samples):
    stream = io.BytesIO(b"\r\n".join(data for _, data in samples))
    items = list(read_batch(stream, STRUCTURES))
    assert [item.error for item in items] == [None] * len(samples)
    for (name, data), item in zip(samples, items, strict=True):
        assert item.message is not None
        assert item.message.segments == parse(data, STRUCTURES).segments, name


def _without_empties(node: Any) -> Any:
    if isinstance(node, dict):
        kept = {key: _without_empties(value) for key, value in node.items()}
        return {key: value for key, value in kept.items() if value not in ("", {}, [])}
    return [_without_empties(one) for one in node] if isinstance(node, list) else node


def _compare(read: Message) -> int:
    """Compare each leaf of the segments that hl7apy knows; the number of leaves that were compared."""
    compared = 0
    for segment in read.segments:
        if segment[0] == "MSH" or segment[0] == "OBX":
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                judge = parse_segment(
                    "|".join(segment), version="2.5.1", validation_level=VALIDATION_LEVEL.TOLERANT
                )
        except Exception:  # noqa: BLE001  # the judge does not know every segment of 2.8
            continue
        ours = {number: segment_values(segment)[number] for number in segment_values(segment)}
        for number, value in ours.items():
            theirs = [unescape(field.value) for field in judge.children.get(f"{segment[0]}_{number}") or []]
            mine = [unescape(repetition) for repetition in segment[number].split("~")]
            assert value
            if theirs:
                assert theirs == mine, f"{segment[0]}-{number}"
                compared += len(theirs)
    return compared
