"""Processes that share work: they are forked, so that what they work on comes with them."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import Executor

FEWEST = 8
"""Fewer tasks than these are done sooner than processes are started."""


def processes(tasks: int) -> int:
    """How many processes to use: one alone where a fork could copy a lock that another thread holds."""
    if tasks < FEWEST or sys.platform != "linux" or threading.active_count() > 1:
        return 1
    from multiprocessing import parent_process  # slow to load, and of no use where little is to be done

    return len(os.sched_getaffinity(0)) if parent_process() is None else 1


@contextmanager
def workers(count: int, start: Callable[..., None] = lambda: None, *given: object) -> Iterator[Executor]:
    """So many processes, in each of which `start(*given)` is called first; they end with the block."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    pool = ProcessPoolExecutor(count, get_context("fork"), partial(_begin, start, given))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(start: Callable[..., None], given: tuple[object, ...]) -> None:
    """An interrupt is the parent's business: it lets its workers end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    start(*given)
