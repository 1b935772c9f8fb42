"""Memory while one piece of work is done."""

from __future__ import annotations

import gc
from types import TracebackType


class NoCollection:
    """`with NoCollection():` nothing looks for cycles of garbage meanwhile.

    Trees of messages and of modules have none: they go when nothing refers to them any more. Looking for what does not
    live takes a third of a compiler's time and a sixteenth of a translation's. Nests, and may overlap between threads:
    whoever found the collector on turns it on again.
    """

    __slots__ = ("_was",)

    def __init__(self) -> None:
        self._was = False

    def __enter__(self) -> None:
        self._was = gc.isenabled()
        gc.disable()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._was:
            gc.enable()
