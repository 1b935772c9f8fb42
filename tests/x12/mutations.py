"""Random damage to X12 documents, the same for each seed: one change at one place."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

Segments = list[list[str]]
CONTROL = ("ISA", "GS", "ST", "SE", "GE", "IEA")
_DATES = ("20241332", "20240101")
_ODD = ("A ", " ", "12:B:1", "é", "a^b", "\x07")
_TEXTS = ("", "X", "0", "-1", "1.5", "AB", "ZZZ", "A" * 90, *_DATES, *_ODD)


def parse(data: bytes) -> Segments:
    """The segments of an interchange with the usual delimiters, by nothing but `split`."""
    text = data.decode("latin-1")
    return [part.strip("\r\n").split("*") for part in text.split("~") if part.strip()]


def write(segments: Segments) -> bytes:
    """The interchange again; the counts of SE are made true, so that only the damage is wrong."""
    start = 0
    for number, segment in enumerate(segments):
        if segment[0] == "ST":
            start = number
        elif segment[0] == "SE" and len(segment) > 1:
            segment[1] = str(number - start + 1)
    return "".join("*".join(segment) + "~\n" for segment in segments).encode("latin-1")


def mutate(data: bytes, seed: object) -> tuple[str, bytes]:
    """One change; its name, and the interchange with it."""
    rng = Random(f"mutation/{seed}")
    segments = [list(segment) for segment in parse(data)]
    places = [number for number, segment in enumerate(segments) if segment[0] not in CONTROL]
    change = rng.choice(CHANGES)
    change(segments, rng.choice(places), rng)
    return change.__name__, write(segments)


def drop(segments: Segments, at: int, rng: Random) -> None:
    del segments[at]


def repeat(segments: Segments, at: int, rng: Random) -> None:
    segments.insert(at, list(segments[at]))


def swap(segments: Segments, at: int, rng: Random) -> None:
    segments[at - 1 : at + 1] = [segments[at], segments[at - 1]]


def move(segments: Segments, at: int, rng: Random) -> None:
    segments.insert(rng.randrange(3, len(segments) - 3), segments.pop(at))


def rename(segments: Segments, at: int, rng: Random) -> None:
    segments[at][0] = rng.choice(("REF", "NM1", "N3", "ZZZ", "DTP", "AMT"))


def replace(segments: Segments, at: int, rng: Random) -> None:
    segment = segments[at]
    segment[rng.randrange(1, len(segment))] = rng.choice(_TEXTS)


def blank(segments: Segments, at: int, rng: Random) -> None:
    segment = segments[at]
    segment[rng.randrange(1, len(segment))] = ""
    while not segment[-1]:
        segment.pop()


def lengthen(segments: Segments, at: int, rng: Random) -> None:
    segment = segments[at]
    segment += [""] * rng.randrange(3) + ["1"]


def shorten(segments: Segments, at: int, rng: Random) -> None:
    segment = segments[at]
    del segment[rng.randrange(2, len(segment) + 1) :]


def fill(segments: Segments, at: int, rng: Random) -> None:
    """Put something where nothing is."""
    segment = segments[at]
    empty = [number for number in range(1, len(segment)) if not segment[number]]
    if empty:
        segment[rng.choice(empty)] = rng.choice(("1", "AB", "Y", "20240101"))


def component(segments: Segments, at: int, rng: Random) -> None:
    segment = segments[at]
    number = rng.randrange(1, len(segment))
    parts = segment[number].split(":")
    parts[rng.randrange(len(parts))] = rng.choice(("", "X", "ABCDEF", "1"))
    segment[number] = ":".join(parts).rstrip(":")
    while len(segment) > 1 and not segment[-1]:
        segment.pop()


CHANGES: tuple[Callable[[Segments, int, Random], None], ...] = (
    drop,
    repeat,
    swap,
    move,
    rename,
    replace,
    blank,
    lengthen,
    shorten,
    fill,
    component,
)
