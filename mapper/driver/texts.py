"""The texts of a release's modules, made by as many processes as there are processors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mapper.driver.kept_texts import KeptTexts
from mapper.driver.workers import processes, workers
from mapper.emit import emit
from mapper.lower import lower_module, modules_of

if TYPE_CHECKING:
    from mapper.driver.compile import Compiled

Texts = tuple[str, str]
"""A module's text in the plain and in the traced flavour."""


@contextmanager
def module_texts(compiled: Compiled) -> Iterator[Iterator[tuple[str, Texts]]]:
    """Names and texts of all modules, imports before importers; those that were kept are not made again. Where there
    are processes for it, they are made while the block does something else; iterating raises what lowering and emitting
    raise.
    """
    names = modules_of(compiled.program, compiled.checked)
    kept = KeptTexts(compiled)
    found = {name: texts for name in names if (texts := kept.read(name)) is not None}
    with _made_texts(compiled, [name for name in names if name not in found]) as made:
        yield ((name, found[name] if name in found else _kept(kept, name, made(name))) for name in names)
    kept.prune()


def _kept(kept: KeptTexts, name: str, texts: Texts) -> Texts:
    kept.keep(name, texts)
    return texts


@contextmanager
def _made_texts(compiled: Compiled, names: Sequence[str]) -> Iterator[Callable[[str], Texts]]:
    """What gives the texts of each of these modules."""
    count = processes(len(names))
    if count == 1:
        yield lambda name: _texts(compiled, name)
        return
    with workers(count, _held.append, compiled) as pool:
        largest_first = sorted(names, key=lambda name: -len(compiled.program.modules[name].source.text))
        made = {name: pool.submit(_made, name) for name in largest_first}
        yield lambda name: made[name].result()


def _texts(compiled: Compiled, name: str) -> Texts:
    plan = lower_module(compiled.program, compiled.checked, name)
    return emit(plan, compiled.sources), emit(plan, compiled.sources, tracing=True)


# -- in a worker ---------------------------------------------------------------------------------

_held: list[Compiled] = []
"""What the worker makes texts of; it came with the fork."""


def _made(name: str) -> Texts:
    return _texts(_held[-1], name)
