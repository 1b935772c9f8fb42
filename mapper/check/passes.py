"""The passes over a checked mapping, in order. Each is a function `(mapping, env) -> diagnostics`."""

from __future__ import annotations

from collections.abc import Callable

from mapper.check.env import Env
from mapper.check.model import TMapping
from mapper.diagnostics import Diagnostic

Pass = Callable[[TMapping, Env], list[Diagnostic]]

PASSES: tuple[Pass, ...] = ()
