"""From `.map` files to checked mappings, and plans of modules: each stage returns its findings beside its result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mapper.check import check
from mapper.check.functions import ALLOWED_MODULES
from mapper.check.model import Checked
from mapper.diagnostics import Diagnostic, Severity, in_order
from mapper.driver.trees import stored_trees
from mapper.resolve import Library, Program, load_modules, reached, resolve
from mapper.source import SourceFile

if TYPE_CHECKING:
    from mapper import ir


@dataclass(frozen=True)
class Compiled:
    """What the stages made."""

    program: Program
    checked: Checked
    sources: Mapping[str, SourceFile]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def failed(self) -> bool:
        return any(d.severity is Severity.ERROR for d in self.diagnostics)

    @cached_property
    def plans(self) -> tuple[ir.ModulePlan, ...]:
        """Plans of all modules that passed the checker, imports before importers."""
        from mapper.lower import lower  # a fourth of what `check` would load, and it has no use for it

        return tuple(lower(self.program, self.checked))


def compile_project(
    files: Sequence[Path],
    library: Library,
    overlays: Sequence[str] = (),
    allowed: tuple[str, ...] = ALLOWED_MODULES,
    shown: Callable[[Path], str] = str,
) -> Compiled:
    """Compile files and all that they import; the modules named in `overlays` change what they override."""
    overlay_files = [path for name in overlays if (path := library.file(name)) is not None]
    trees = stored_trees()
    wanted = [*files, *overlay_files]
    with trees.ahead(reached(wanted, library)):
        modules, sources, diagnostics = load_modules(wanted, library, shown, trees.parse)
    trees.store.prune()
    program, found = resolve(modules, sources, overlays, library.maps)
    diagnostics += found
    checked, found = check(program, allowed)
    diagnostics += found
    return Compiled(program, checked, sources, tuple(in_order(diagnostics)))
