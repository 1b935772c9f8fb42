"""Checks files as a project uses them: plain modules together, and each site's overlays over what they change."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mapper.diagnostics import Diagnostic, Severity, in_order
from mapper.driver.cache import LIBRARY, shown_path
from mapper.driver.reports import keep_report, kept_report, report_key
from mapper.driver.session import module_file, module_name
from mapper.settings import Settings
from mapper.source import SourceFile, read_source
from runtime.lib.memory import NoCollection

_OVERRIDE = re.compile(r"^override[ \t]", re.MULTILINE)


@dataclass(frozen=True)
class CheckReport:
    """What was found in the files that were asked for, and errors in what they import."""

    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, SourceFile]

    @property
    def failed(self) -> bool:
        return any(each.severity is Severity.ERROR for each in self.diagnostics)


def check_files(
    files: Sequence[Path], settings: Settings, shown: Callable[[Path], str] = shown_path
) -> CheckReport:
    """Check files. Warnings of files that are only imported are left out: their authors see them.

    What was checked before and has not changed since, nor anything around it, is not checked again.
    """
    if shown is not shown_path:
        return _checked(files, settings, shown)
    key = report_key(files, settings)
    kept = kept_report(key) if key is not None else None
    if kept is not None:
        diagnostics, names = kept
        return CheckReport(tuple(diagnostics), {name: read_source(Path(name), name) for name in names})
    report = _checked(files, settings, shown)
    if key is not None and key == report_key(files, settings):  # else something changed in the meantime
        keep_report(key, report.diagnostics, report.sources)
    return report


def _checked(files: Sequence[Path], settings: Settings, shown: Callable[[Path], str]) -> CheckReport:
    from mapper.driver.compile import compile_project
    from mapper.resolve import Library

    library = Library(settings.roots, settings.x12_maps)
    allowed = (LIBRARY, *settings.functions)
    asked = {shown(path) for path in files}
    sources: dict[str, SourceFile] = {}
    found: list[Diagnostic] = []
    with NoCollection(stays=True):
        for group, overlays in _groups(files, settings):
            compiled = compile_project(group, library, overlays, allowed, shown)
            sources |= compiled.sources
            found += compiled.diagnostics
    return CheckReport(tuple(in_order(each for each in found if _wanted(each, asked))), sources)


def _wanted(diagnostic: Diagnostic, asked: set[str]) -> bool:
    span = diagnostic.span
    return diagnostic.severity is Severity.ERROR or span is None or span.file in asked


def _groups(files: Sequence[Path], settings: Settings) -> Iterator[tuple[list[Path], tuple[str, ...]]]:
    """Files that are checked together: those without overrides; then each set of overlays that a site uses."""
    overlays = {module_name(settings, path): path for path in files if _overrides(path)}
    plain = [path for path in files if path not in overlays.values()]
    if plain:
        yield plain, ()
    alone = dict(overlays)
    for used in dict.fromkeys(settings.find_site(site).overlays for site in settings.sites):
        if used and overlays.keys() & set(used):
            yield [path for name in used if (path := module_file(settings, name)) is not None], used
            for name in used:
                alone.pop(name, None)
    for name, path in alone.items():
        yield [path], (name,)


def _overrides(path: Path) -> bool:
    """Whether a file changes mappings of others; read as text, since the file may be broken."""
    try:
        return _OVERRIDE.search(path.read_text(encoding="utf-8", errors="replace")) is not None
    except OSError:
        return False
