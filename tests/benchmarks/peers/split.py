"""The plain full split: every field to repetitions, components and subcomponents, and nothing else."""

from __future__ import annotations


def full_split(data: bytes) -> list[list[list[list[list[str]]]]]:
    """Segments, fields, repetitions, components, subcomponents of a message with the standard delimiters."""
    return [
        [
            [[component.split("&") for component in repetition.split("^")] for repetition in field.split("~")]
            for field in segment.split("|")
        ]
        for segment in data.decode().split("\r")
        if segment
    ]
