"""From `.map` files to plans of modules: each stage returns its findings beside its result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mapper.check import check
from mapper.check.functions import ALLOWED_MODULES
from mapper.check.model import Checked
from mapper.diagnostics import Diagnostic, Severity, in_order
from mapper.driver.trees import stored_trees
from mapper.resolve import Library, Program, load_modules, resolve
from mapper.source import SourceFile

if TYPE_CHECKING:
    from mapper import ir


@dataclass(frozen=True)
class Compiled:
    """What the stages made. `plans` is empty where only checking was asked for."""

    program: Program
    checked: Checked
    plans: tuple[ir.ModulePlan, ...]
    sources: Mapping[str, SourceFile]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def failed(self) -> bool:
        return any(d.severity is Severity.ERROR for d in self.diagnostics)


def compile_project(
    files: Sequence[Path],
    library: Library,
    overlays: Sequence[str] = (),
    allowed: tuple[str, ...] = ALLOWED_MODULES,
    shown: Callable[[Path], str] = str,
    check_only: bool = False,
) -> Compiled:
    """Compile files and all that they import; the modules named in `overlays` change what they override."""
    overlay_files = [path for name in overlays if (path := library.file(name)) is not None]
    trees = stored_trees()
    modules, sources, diagnostics = load_modules([*files, *overlay_files], library, shown, trees.parse)
    trees.prune()
    program, found = resolve(modules, sources, overlays, library.maps)
    diagnostics += found
    checked, found = check(program, allowed)
    diagnostics += found
    plans = () if check_only else _lowered(program, checked)
    return Compiled(program, checked, plans, sources, tuple(in_order(diagnostics)))


def _lowered(program: Program, checked: Checked) -> tuple[ir.ModulePlan, ...]:
    from mapper.lower import lower  # a fourth of what `check` would load, and it has no use for it

    return tuple(lower(program, checked))
