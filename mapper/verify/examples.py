"""`example "a" <-> "b"`: the files that a `.map` file declares, run through its mapping and compared."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mapper.diagnostics import Diagnostic, Label, Severity, diagnostic, in_order
from mapper.driver import cached_release
from mapper.settings import Settings, load_site
from mapper.settings import Site as SiteSettings
from mapper.source import SourceFile, Span, read_source
from mapper.syntax import tree
from mapper.syntax.parser import parse
from mapper.verify.differences import Difference
from mapper.verify.routes import Mistake, Way, WrongFile, route_of
from runtime.errors import MapperError
from runtime.lib.context import Site
from runtime.release import Release
from runtime.translate import Translator

MOST_MISTAKES = 5
"""Mistakes of one file that are told."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One direction of one example: what differs, and the file that was written for it."""

    file: Path
    line: int
    source: str
    arrow: Way
    target: str
    diagnostics: tuple[Diagnostic, ...] = ()
    differences: tuple[Difference, ...] = ()
    written: Path | None = None

    @property
    def passed(self) -> bool:
        return not self.diagnostics


@dataclass
class ExampleReport:
    """All examples of some files; `diagnostics` also holds what kept a file from being compiled."""

    outcomes: list[Outcome] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    sources: dict[str, SourceFile] = field(default_factory=dict)
    files: int = 0


def files_with_examples(settings: Settings) -> list[Path]:
    """The project's own modules that declare examples."""
    found = (path for root in settings.sources for path in sorted(root.rglob("*.map")))
    return [path for path in dict.fromkeys(found) if '\nexample "' in path.read_text("utf-8", "replace")]


def run_examples(files: Sequence[Path], settings: Settings, update: bool = False) -> ExampleReport:
    """Run the examples of each file; `update` writes the results where they differ or are missing.

    Raises `SettingsError` where a site file is wrong.
    """
    report = ExampleReport(files=len(files))
    for path in files:
        _run_file(path, settings, update, report)
    return report


def _run_file(path: Path, settings: Settings, update: bool, report: ExampleReport) -> None:
    try:
        source = read_source(path)
    except (OSError, UnicodeDecodeError):
        report.diagnostics.append(diagnostic("E100", f"{path} cannot be read", Span(str(path), 0, 0)))
        return
    module, _ = parse(source)
    examples = [each for each in module.declarations if isinstance(each, tree.Example)]
    if not examples:
        return
    site = site_for(path, settings)
    folder, compiled = cached_release(
        [path], settings.roots, site.overlays, settings.functions, maps=settings.x12_maps
    )
    report.sources[str(path)] = source
    if folder is None:
        assert compiled is not None
        report.sources.update(compiled.sources)
        report.diagnostics += [each for each in compiled.diagnostics if each.severity is Severity.ERROR]
        return
    translator = Translator(Release(folder), runtime_site(site))
    runner = _Runner(path, source, translator, update, report.sources)
    for example in examples:
        for outcome in runner.run(example):
            report.outcomes.append(outcome)
            report.diagnostics = in_order([*report.diagnostics, *outcome.diagnostics])


def site_for(path: Path, settings: Settings) -> SiteSettings:
    """The site of a file's examples: the `.toml` of the same name beside it, else the project's default site."""
    beside = path.with_suffix(".toml")
    return load_site(beside) if beside.is_file() else settings.find_site()


def runtime_site(site: SiteSettings) -> Site:
    """A site as the runtime takes it."""
    return Site(site.zone, site.base, site.values, site.tables, site.partner)


@dataclass
class _Runner:
    path: Path
    source: SourceFile
    translator: Translator
    update: bool
    sources: dict[str, SourceFile]

    def run(self, example: tree.Example) -> Iterator[Outcome]:
        """One outcome for each direction of the arrow."""
        if example.arrow in ("->", "<->"):
            yield self._one(example, "->", example.left, example.right)
        if example.arrow in ("<-", "<->"):
            yield self._one(example, "<-", example.right, example.left)

    def _one(self, example: tree.Example, arrow: Way, source: tree.String, target: tree.String) -> Outcome:
        line = self.source.position(example.span.start)[0]
        base = Outcome(self.path, line, source.value, arrow, target.value)
        given, wanted = self.path.parent / source.value, self.path.parent / target.value
        if not given.is_file():
            return self._failed(base, (_missing(source),))
        data = given.read_bytes()
        try:
            route = route_of(self.translator, arrow, data)
            made = route.run(arrow, data)
        except (MapperError, WrongFile) as error:
            return self._failed(base, self._wrong(source, given, error))
        if not wanted.is_file():
            return (
                self._written(base, wanted, made) if self.update else self._failed(base, (_missing(target),))
            )
        try:
            found = tuple(route.differences(arrow, wanted.read_bytes(), made))
        except (MapperError, WrongFile) as error:
            return self._failed(base, self._wrong(target, wanted, error))
        if found and self.update and (arrow == "->" or example.arrow == "<-"):
            return self._written(base, wanted, made)
        return self._failed(base, (_differs(target, found),), found) if found else base

    def _written(self, base: Outcome, path: Path, made: bytes) -> Outcome:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made)
        return Outcome(base.file, base.line, base.source, base.arrow, base.target, written=path)

    def _wrong(
        self, named: tree.String, file: Path, error: MapperError | WrongFile
    ) -> tuple[Diagnostic, ...]:
        """What is wrong with a file, at its own place where that is known."""
        mistakes = error.mistakes if isinstance(error, WrongFile) else (Mistake(str(error)),)
        return tuple(self._unreadable(named, file, each) for each in mistakes[:MOST_MISTAKES])

    def _unreadable(self, named: tree.String, file: Path, mistake: Mistake) -> Diagnostic:
        words = f"`{named.value}` cannot be read: {mistake.message}"
        others: tuple[Label, ...] = ()
        if mistake.offset is not None:
            data, name = file.read_bytes(), str(file)
            self.sources[name] = SourceFile(name, data.decode("utf-8", "replace"))
            start = len(data[: mistake.offset].decode("utf-8", "replace"))
            segment = re.match(rb"[^~\r\n]*", data[mistake.offset :])
            length = len(segment[0].decode("utf-8", "replace")) if segment else 1
            others = (Label(Span(name, start, start + max(length, 1)), "here"),)
        return diagnostic("E801", words, named.span, "named here", others=others)

    def _failed(
        self, base: Outcome, told: tuple[Diagnostic, ...], found: tuple[Difference, ...] = ()
    ) -> Outcome:
        return Outcome(base.file, base.line, base.source, base.arrow, base.target, told, found)


def _missing(named: tree.String) -> Diagnostic:
    return diagnostic(
        "E801", f"there is no file `{named.value}`", named.span, "named here",
        help="paths of examples are relative to the `.map` file; `mapper test --update` writes a missing result",
    )  # fmt: skip


def _differs(named: tree.String, found: Sequence[Difference]) -> Diagnostic:
    more = f", and at {len(found) - 1} more" if len(found) > 1 else ""
    return diagnostic(
        "E802", f"the result differs from `{named.value}` at {found[0].path}{more}", named.span, "expected here",
        help="if the new result is right: mapper test --update",
    )  # fmt: skip
