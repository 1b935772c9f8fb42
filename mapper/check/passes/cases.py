"""Cases."""

from __future__ import annotations

from mapper.check.env import Env
from mapper.check.model import TMapping
from mapper.diagnostics import Diagnostic


def cases(mapping: TMapping, env: Env) -> list[Diagnostic]:
    return []
