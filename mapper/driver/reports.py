"""Reports of checks, found again by all that decides them: a second check of files that did not change reads them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import orjson

from mapper.diagnostics import Diagnostic, Fix, Label, Severity
from mapper.driver.cache import cache_folder, compiler_stamp, function_files
from mapper.driver.store import Store
from mapper.settings import Settings
from mapper.source import Span

_KEPT = 200  # reports; the oldest go first
_LOOKED_AT = ("*.map", "*.tsv")


def report_key(files: Sequence[Path], settings: Settings) -> str | None:
    """What decides a report: the files, all others that may be imported or suggested, the project and the compiler.

    `None` where a file cannot be read.
    """
    folders = {*settings.roots, *(path.resolve().parent for path in files)}
    looked_at = {path for folder in folders for form in _LOOKED_AT for path in folder.rglob(form)}
    code = {path for module in settings.functions for path in function_files(module)}
    try:
        contents = [
            [str(path), hashlib.sha256(path.read_bytes()).hexdigest()]
            for path in sorted(looked_at | code | {*settings.x12_maps} | {path.resolve() for path in files})
            if path.is_file()
        ]
    except OSError:
        return None
    told = [
        [str(path.resolve()) for path in files],
        [str(root) for root in settings.roots],
        [[name, list(settings.find_site(name).overlays)] for name in settings.sites],
        list(settings.functions),
        str(Path.cwd()),
        contents,
        compiler_stamp(),
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:40]


def kept_report(key: str) -> tuple[list[Diagnostic], list[str]] | None:
    """The diagnostics of an earlier check, and the files that they point into; `None` where none is kept."""
    try:
        kept = orjson.loads(_store().read(f"{key}.json") or b"")
        return [_diagnostic(each) for each in kept["diagnostics"]], list(kept["files"])
    except (ValueError, LookupError, TypeError):
        return None


def keep_report(key: str, diagnostics: Sequence[Diagnostic], readable: Container[str]) -> None:
    """Keep a report for `kept_report`; a folder that cannot be written keeps nothing.

    `readable` are the paths of files as shown that could be read.
    """
    spans = {label.span.file for each in diagnostics for label in each.labels}
    spans |= {each.fix.span.file for each in diagnostics if each.fix is not None}
    files = sorted(name for name in spans if name in readable)
    kept = {"diagnostics": [_plain(each) for each in diagnostics], "files": files}
    store = _store()
    store.write(f"{key}.json", orjson.dumps(kept))
    store.prune()


def _store() -> Store:
    return Store(cache_folder() / "reports", _KEPT)


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return [_plain(getattr(value, each.name)) for each in fields(value)]
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


def _diagnostic(kept: list[Any]) -> Diagnostic:
    code, message, labels, notes, help_, fix, severity = kept
    return Diagnostic(
        code,
        message,
        tuple(Label(Span(*span), text, primary) for span, text, primary in labels),
        tuple(notes),
        help_,
        Fix(fix[0], Span(*fix[1]), fix[2], fix[3]) if fix is not None else None,
        Severity(severity),
    )
