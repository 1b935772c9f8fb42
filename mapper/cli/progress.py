"""A progress bar on standard error, for work that is long, where it is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, TypeVar

from mapper.cli.inputs import Input


class Step(Protocol):
    """A piece of work on an input: the input's name, and the byte at which the piece begins."""

    @property
    def name(self) -> str: ...

    @property
    def offset(self) -> int: ...


S = TypeVar("S", bound=Step)

_LONG = 5_000_000  # bytes; below this the work is done before one could read a bar


@contextmanager
def progress(
    outcomes: Iterator[S], files: Sequence[Input], counted: str = "messages"
) -> Iterator[Iterator[S]]:
    """The same outcomes, with a bar while they are taken; the bar counts bytes of the inputs."""
    sizes = {each.name: each.size for each in files}
    total = sum(size or 0 for size in sizes.values())
    if not sys.stderr.isatty() or (total < _LONG and None not in sizes.values()):
        yield outcomes
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn(f"{{task.fields[messages]:,}} {counted}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None if None in sizes.values() else total, messages=0)

        def watched() -> Iterator[S]:
            done, behind, name = 0, 0, ""
            for number, outcome in enumerate(outcomes, 1):
                if outcome.name != name:
                    behind, name = behind + (sizes.get(name) or 0), outcome.name
                done = behind + outcome.offset
                if number % 50 == 0:
                    bar.update(task, completed=done, messages=number)
                yield outcome

        yield watched()
