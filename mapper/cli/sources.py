"""Which `.map` files a command is about."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from mapper.driver.session import map_files, near_file, project_modules
from mapper.settings import Settings


def map_sources(arguments: Sequence[Path], settings: Settings) -> list[Path]:
    """The files given, those below folders given, else all of the project; without a project those below its folder.

    Raises `click.UsageError` where there are none.
    """
    if not arguments:
        found = project_modules(settings) if settings.file else list(map_files(settings.folder))
        if not found:
            where = " ".join(map(str, settings.sources))
            raise click.UsageError(f"there is no .map file in {where}; `mapper new NAME` begins a project")
        return found
    return list(dict.fromkeys(path for argument in arguments for path in _files(argument)))


def _files(argument: Path) -> list[Path]:
    if argument.is_dir():
        found = list(map_files(argument))
        if not found:
            raise click.UsageError(f"there is no .map file in {argument}")
        return found
    if not argument.exists():
        raise click.UsageError(f"there is no file {argument}{near_file(argument)}")
    if argument.suffix != ".map":
        raise click.UsageError(f"{argument} is no .map file")
    return [argument]
