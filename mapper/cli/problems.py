"""What a command raises, told on standard error: mistakes of the call, errors of mappings, faults of mapper."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

import click

from mapper.driver.session import Uncompilable, UnknownName
from mapper.settings import SettingsError

FAILED = 1
USAGE = 2


def tell(error: Exception) -> int:
    """Tell what happened and give the exit code."""
    match error:
        case SettingsError() | UnknownName():
            return _usage(str(error))
        case Uncompilable():
            from mapper.render import write

            errors = [each for each in error.compiled.diagnostics if each.severity == "error"]
            write(errors, error.compiled.sources, sys.stderr)
            return FAILED
        case OSError(filename=str(name), strerror=str(reason)):
            return _usage(f"{name}: {reason}")
        case _:
            from mapper.schema.errors import SchemaError  # loads the schemas, which no command needs for this

            return _usage(str(error)) if isinstance(error, SchemaError) else _fault(error)


def _usage(text: str) -> int:
    for line in text.split("\n"):
        click.echo(f"Error: {line}", err=True)
    return USAGE


def _fault(error: Exception) -> int:
    """A fault of mapper itself. What the exception says is not shown: it may quote data."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"
    click.echo(
        f"Error: this is a fault of mapper ({type(error).__name__} at {place}); please report it.\n"
        "MAPPER_DEBUG=1 shows the whole traceback.",
        err=True,
    )
    return FAILED
