"""The pipeline as one function, releases on disk, and sessions that commands work with.

What compiles loads when it is first asked for: a command that finds its release built never imports the compiler.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mapper.driver.build import build_release
    from mapper.driver.cache import cached_release
    from mapper.driver.compile import Compiled, compile_project

__all__ = ["Compiled", "build_release", "cached_release", "compile_project"]

_HOMES = {
    "Compiled": "compile",
    "build_release": "build",
    "cached_release": "cache",
    "compile_project": "compile",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"mapper.driver.{_HOMES[name]}"), name)
