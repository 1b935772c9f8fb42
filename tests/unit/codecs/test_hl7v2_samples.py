"""The public sample messages, with hl7apy as an independent judge of what they hold."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.exceptions import InvalidName
from hl7apy.parser import parse_message

from runtime.codecs.hl7v2 import Message, leaves, parse, read_batch, serialize
from tests.unit.codecs.tables import STRUCTURES, values

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def samples(data: Path) -> list[tuple[str, bytes]]:
    return [(path.name, path.read_bytes()) for path in sorted((data / "samples" / "hl7v2").glob("*.hl7"))]


def test_every_sample_is_read(samples):
    assert len(samples) > 100
    for name, data in samples:
        read = parse(data, STRUCTURES)
        assert {finding.code for finding in read.findings} <= {f"R{number}" for number in range(104, 113)}, (
            name
        )
        assert sum(1 for _ in leaves(read)) > 10


def test_known_structures_are_written_as_they_were(samples):
    """What is written is read as the same tree, values and all."""
    written = 0
    for name, data in samples:
        read = parse(data, STRUCTURES)
        if not read.structure:
            continue
        tree = values(read.tree)
        again = values(parse(serialize(tree, STRUCTURES, read.structure), STRUCTURES).tree)
        for header in (tree["MSH"][0], again["MSH"][0]):
            header[9] = {**header[9], 3: read.structure}
            header[18] = ""
        assert _without_empties(again) == _without_empties(tree), name
        written += 1
    assert written > 15


def test_hl7apy_reads_the_same_values(samples):
    compared = sum(_compare(name, parse(data, STRUCTURES)) for name, data in samples[::6])
    assert compared > 3_000


def test_all_samples_in_one_stream(samples):
    stream = io.BytesIO(b"\r\n".join(data for _, data in samples))
    items = list(read_batch(stream, STRUCTURES))
    assert [item.error for item in items] == [None] * len(samples)
    for (name, data), item in zip(samples, items, strict=True):
        assert item.message is not None
        assert item.message.segments == parse(data, STRUCTURES).segments, name


def _without_empties(node: Any) -> Any:
    """Without absent values; a single first part is the value itself."""
    if isinstance(node, list):
        return [_without_empties(one) for one in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _without_empties(value) for key, value in node.items()}
    kept = {key: value for key, value in kept.items() if value not in ("", {}, [])}
    return kept[1] if kept.keys() == {1} else kept


def _compare(name: str, read: Message) -> int:
    """Compare the leaves of each repetition that hl7apy knows; the number of fields that were compared."""
    text = "\r".join("|".join(_without_separator(segment)) for segment in read.segments)
    try:
        judge = parse_message(text, validation_level=VALIDATION_LEVEL.TOLERANT, find_groups=False)
    except InvalidName:  # hl7apy knows no PRT in some versions
        return 0
    compared = 0
    for segment, theirs in zip(read.segments, judge.children, strict=True):
        for number in range(3 if segment[0] == "MSH" else 1, len(segment)):
            known = theirs.children.indexes.get(f"{segment[0]}_{number}") if segment[number] else None
            if known:
                ours = _leaves_of(segment[number].split("~"))
                assert ours == _leaves_of([field.value for field in known]), f"{name} {segment[0]}-{number}"
                compared += 1
    return compared


def _without_separator(segment: list[str]) -> list[str]:
    return ["MSH", *segment[2:]] if segment[0] == "MSH" else segment


def _leaves_of(repetitions: list[str]) -> list[list[str]]:
    """Leaves without regard to what hl7apy changes: order of surplus components, blanks of dates, zeros of numbers."""
    split = [
        sorted(leaf.strip().lstrip("0") for leaf in re.split("[&^]", one) if leaf) for one in repetitions
    ]
    return [one for one in split if one]
