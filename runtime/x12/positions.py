"""Where the segments of a transaction stand, for traces: loop, segment, element, and the number counted from ST."""

from __future__ import annotations

from typing import Any

from runtime.codecs.x12 import COMPONENT, LoopNode, Placed, Slice
from runtime.lib.context import Context


class Positions:
    """Segments of the transaction at hand with loop and ordinal; those above the units are kept for later ones."""

    def __init__(self, wanted: bool, control: str = "?") -> None:
        self._wanted = wanted
        self._control = control
        self._above: dict[int, tuple[list[str], str]] = {}
        self._here: dict[int, tuple[list[str], str]] = {}

    def note(self, event: Placed) -> None:
        """Take the segments of an event, where a trace is wanted."""
        if not self._wanted:
            return
        if isinstance(event, Slice):  # the end of a transaction that came whole adds to it
            self._here = {}
        for step in event.steps():
            if step.kind == "SEGMENT":
                loop = step.node.loop if not isinstance(step.node, LoopNode) else step.node
                held = self._here if _in_unit(loop) else self._above
                held[step.ordinal] = (step.segment, loop.id)

    def place(self, context: Context) -> None:
        """Tell a run's trail where the segments stand."""
        for segments in (self._above, self._here):
            for ordinal, (segment, _) in segments.items():
                context.trail.place(segment, (ordinal,))
        context.trail.describe = self.text

    def text(self, where: tuple[Any, ...]) -> str:
        """`2010AA/NM109 (segment 12 of ST 0001)`."""
        segment, loop = self._here.get(where[0]) or self._above.get(where[0]) or ([""], "")
        text = f"{loop}/{segment[0]}"
        if len(where) > 1 and where[1] is not None:
            moved = getattr(where[0], "moved", 0) if where[1] >= getattr(where[0], "first", 0) else 0
            number = where[1] + moved
            text += f"{number:02}"
            if len(where) > 3 and where[3] is not None and COMPONENT in element(segment, number):
                text += f"-{where[3]}"
        return f"{text} (segment {where[0]} of ST {self._control})"


def _in_unit(loop: LoopNode | None) -> bool:
    while loop is not None:
        if loop.is_unit:
            return True
        loop = loop.parent
    return False


def element(segment: list[str], number: int) -> str:
    """An element by its number; empty where the sender wrote fewer."""
    return segment[number] if number < len(segment) else ""
