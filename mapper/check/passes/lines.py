"""One-way lines of a two-way mapping whose data does not come back (W901)."""

from __future__ import annotations

from mapper.check.env import Env
from mapper.check.model import TMapping
from mapper.diagnostics import Diagnostic


def one_way_lines(mapping: TMapping, env: Env) -> list[Diagnostic]:
    return []
