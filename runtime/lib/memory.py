"""Memory while one piece of work is done."""

from __future__ import annotations

import gc
from types import TracebackType


class NoCollection:
    """`with NoCollection():` nothing looks for cycles of garbage meanwhile.

    Trees of messages and of modules have none: they go when nothing refers to them any more. Looking for what does not
    live takes a third of a compiler's time and a sixteenth of a translation's. Nests, and may overlap between threads:
    whoever found the collector on turns it on again.

    With `stays`, what was made meanwhile is thought to live as long as the process: the collector passes it over from
    then on, and at the end. A process that does so again has more to come, and its garbage is looked for.
    """

    __slots__ = ("_stays", "_was")

    def __init__(self, stays: bool = False) -> None:
        self._stays = stays
        self._was = False

    def __enter__(self) -> None:
        self._was = gc.isenabled()
        gc.disable()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._was:
            if self._stays and not gc.get_freeze_count():
                gc.freeze()
            gc.enable()
