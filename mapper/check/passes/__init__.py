"""The passes over a checked module, in order. Lints run where nothing is wrong."""

from __future__ import annotations

from collections.abc import Callable

from mapper.check.env import Env
from mapper.check.model import TMapping
from mapper.check.passes.cases import cases
from mapper.check.passes.codes import codes
from mapper.check.passes.keys import keys
from mapper.check.passes.lines import normalised_lines, one_way_lines
from mapper.check.passes.names import unused_imports, unused_tables
from mapper.check.passes.partition import partition
from mapper.check.passes.required import required
from mapper.check.passes.writers import writers
from mapper.diagnostics import Diagnostic
from mapper.resolve.program import Program, Scope

Pass = Callable[[TMapping, Env], list[Diagnostic]]
ModulePass = Callable[[Program, Scope], list[Diagnostic]]

PASSES: tuple[Pass, ...] = (partition, writers, required, codes, cases, keys)
LINTS: tuple[Pass, ...] = (one_way_lines, normalised_lines)
MODULE_LINTS: tuple[ModulePass, ...] = (unused_imports, unused_tables)
