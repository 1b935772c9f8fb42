from __future__ import annotations

import io
import tracemalloc
from typing import BinaryIO, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.codecs.hl7v2 import batch, read_batch, split_batch
from runtime.codecs.limits import DEFAULT_LIMITS, Limits
from tests.unit.codecs.tables import A04, STRUCTURES

FILE = b"FHS|^~\\&|A\rBHS|^~\\&|A\r" + A04 + A04 + b"BTS|2\rFTS|1\r"


def pieces(data: bytes, limits: Limits = DEFAULT_LIMITS):
    return [tuple(piece) for piece in split_batch(io.BytesIO(data), limits)]


def test_envelopes_are_left_out():
    assert pieces(FILE) == [(22, 3, A04), (22 + len(A04), 8, A04)]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_line_ends_and_line_numbers(end):
    data = FILE.replace(b"\r", end)
    assert [line for _, line, _ in pieces(data)] == [3, 8]
    assert all(data[offset : offset + 4] == b"MSH|" for offset, _, _ in pieces(data))


def test_concatenations_and_frames():
    assert [piece for _, _, piece in pieces(A04 * 3)] == [A04] * 3
    framed = b"\x0b" + A04 + b"\x1c\r"
    assert [item.error for item in read_batch(io.BytesIO(framed * 3), STRUCTURES)] == [None] * 3


def test_a_mark_is_a_whole_segment_name():
    data = A04.replace(b"EVN|", b"MSHX|")
    assert len(pieces(data)) == 1


@pytest.mark.parametrize("data", [b"", b"\r\n \n", b"\xef\xbb\xbf"])
def test_an_empty_stream_is_one_empty_piece(data):
    assert pieces(data) == [(0, 1, b"")]
    (item,) = read_batch(io.BytesIO(data), STRUCTURES)
    assert item.error is not None
    assert item.error.finding.code == "R101"


def test_an_empty_batch_has_no_messages():
    assert pieces(b"\xef\xbb\xbfFHS|^~\\&\rBHS|^~\\&\rBTS|0\rFTS|1\r") == []


def test_a_bad_message_is_told_with_its_place_and_the_rest_go_on():
    bad = b"MSH|^^\\&|A|B|C|D|E||ADT^A04\rPID|1\r"
    items = list(read_batch(io.BytesIO(b"noise\r" + A04 + bad + A04), STRUCTURES))
    told = [(item.error.finding.code, item.error.finding.where) if item.error else None for item in items]
    assert told == [
        ("R101", "line 1 (byte 0): line 1"),
        None,
        ("R102", f"line 7 (byte {6 + len(A04)}): MSH-2"),
        None,
    ]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (FILE, []),
        (FILE.replace(b"BTS|2", b"BTS|3"), ["line 13 (byte 550): BTS-1"]),
        (FILE.replace(b"FTS|1", b"FTS|7"), ["line 14 (byte 556): FTS-1"]),
        (FILE.replace(b"BTS|2", b"BTS"), []),
        (FILE.replace(b"BTS|2", b"BTS|two"), []),
        (FILE[: FILE.index(b"BTS")], ["line 8 (byte 286): FTS"]),
        (b"BHS|^~\\&\r" + A04, ["line 2 (byte 9): BTS"]),
        (b"BHS|^~\\&\r" + A04 + b"BTS|1\r" + b"BHS|^~\\&\r" + A04 + b"BTS|1\r", []),
    ],
)
def test_trailers_are_compared(data, told):
    items = list(read_batch(io.BytesIO(data), STRUCTURES))
    errors = [item.error.finding for item in items if item.error]
    assert [finding.where for finding in errors] == told
    assert {finding.code for finding in errors} <= {"R115"}
    assert sum(item.message is not None for item in items) == data.count(b"MSH|")


def test_text_behind_an_envelope_segment_is_told():
    items = list(read_batch(io.BytesIO(b"BHS|^~\\&\r\nstray\r" + A04), STRUCTURES))
    assert items[0].error is not None
    assert (items[0].piece.line, items[0].piece.offset, items[0].piece.data) == (2, 10, b"stray\r")
    assert items[1].message is not None


def test_an_oversized_message_is_cut_and_the_rest_go_on():
    huge = A04.replace(b"DOE", b"x" * 3_000_000)
    items = list(read_batch(io.BytesIO(A04 + huge + A04), STRUCTURES, Limits(message=100_000)))
    assert [item.error.finding.code if item.error else None for item in items] == [None, "R103", None]
    assert [item.piece.line for item in items] == [1, 6, 11]
    assert items[2].piece.offset == len(A04) + len(huge)
    assert len(items[1].piece.data) == 100_001


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([A04, b"noise\n", b"BTS|1\r", b"MSH|^~\\&|A\r\n", b"\r", b"\n"]), max_size=8),
    st.integers(1, 40),
)
def test_chunks_make_no_difference(parts, size):
    data = b"".join(parts)
    whole = pieces(data)
    before = batch._CHUNK
    batch._CHUNK = size
    try:
        assert pieces(data) == whole
        lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        for offset, line, piece in whole:
            assert data[offset : offset + len(piece)] == piece
            head = data[:offset].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            assert line == head.count(b"\n") + 1
        assert lines.count(b"MSH|") == sum(piece.count(b"MSH|") for _, _, piece in whole)
    finally:
        batch._CHUNK = before


class Endless(io.RawIOBase):
    """A stream of one message after the other that is never held as a whole."""

    def __init__(self, times: int) -> None:
        self.left = times

    def read(self, size: int = -1) -> bytes:
        count = min(self.left, max(1, size // len(A04)))
        self.left -= count
        return A04 * count


def test_memory_does_not_grow_with_the_stream():
    def peak(times: int) -> int:
        tracemalloc.start()
        assert len(list(map(len, split_batch(cast("BinaryIO", Endless(times)))))) == times
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(20_000) < peak(2_000) + 200_000


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(st.binary(max_size=30), st.sampled_from([A04, b"\rBHS|", b"\nBTS|9\r", b"\rFTS|\x00"])),
        max_size=5,
    )
)
def test_any_bytes_give_items(parts):
    for item in read_batch(io.BytesIO(b"".join(parts)), STRUCTURES):
        assert (item.message is None) != (item.error is None)
