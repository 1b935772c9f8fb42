"""What a command works with: a project's settings, its site, and a release of the mappings that were asked for.

Nothing here imports the compiler: a release that was built before is found without it.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mapper.assets import standard_mappings
from mapper.driver.cache import LIBRARY, cached_release
from mapper.settings import Settings, Site, find_settings, settings_for
from mapper.suggest import nearest
from runtime.lib.bundle import BundleKind
from runtime.lib.context import Site as RunSite
from runtime.release import MANIFEST, Entry, Release
from runtime.translate import Translator

if TYPE_CHECKING:
    from mapper.driver.compile import Compiled

AUTO = "auto"
_SITES = "sites"  # modules of overlays; they are compiled only for the site that names them
_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
_SKIPPED = ("node_modules", "__pycache__", "build", "dist", "venv")


class UnknownName(Exception):
    """A mapping, module or file that does not exist; the message says what is near."""


class Uncompilable(Exception):
    """The mappings have errors; `compiled` has the diagnostics and their sources."""

    def __init__(self, compiled: Compiled) -> None:
        super().__init__("the mappings have errors")
        self.compiled = compiled


@dataclass(frozen=True)
class Wanted:
    """Which mappings a command works with: the modules to compile, and the module and mapping to keep to, if any."""

    files: tuple[Path, ...]
    module: str = ""
    mapping: str = ""

    def takes(self, entry: Entry) -> bool:
        """Whether an entry of the release belongs to what was asked for."""
        return (not self.module or entry.module == self.module) and (
            not self.mapping or entry.name == self.mapping
        )


@dataclass(frozen=True)
class Session:
    """A project, a site, and the release of the wanted mappings with the site's overlays compiled in."""

    settings: Settings
    site: Site
    wanted: Wanted
    folder: Path
    compiled: Compiled | None = None
    """What was compiled, where the release was not built before."""

    @cached_property
    def manifest(self) -> Mapping[str, Any]:
        """What the release says of itself."""
        return json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))  # type: ignore[no-any-return]

    @cached_property
    def release(self) -> Release:
        """The release with the wanted mappings alone; a project's own mapping wins over a standard one."""
        release = Release(self.folder)
        own = {name for name, entry in release.entries.items() if not _is_standard(entry, self.settings)}
        kept = sorted(
            filter(self.wanted.takes, release.entries.values()), key=lambda entry: entry.qualified in own
        )
        release.entries = {entry.qualified: entry for entry in kept}
        return release

    def translator(self, bundle: BundleKind | None = None, tracing: bool = False) -> Translator:
        """A translator with the site and the limits of the project; `bundle` overrides its kind of Bundle."""
        return Translator(
            self.release, run_site(self.site), bundle or self.settings.bundle, self.settings.limits, tracing
        )


def open_session(
    wanted: str = AUTO, site: str | None = None, start: Path | None = None, fresh: bool = False
) -> Session:
    """The session for `auto`, a module, a mapping or a `.map` file, and a site by name or file.

    Raises `SettingsError`, `UnknownName`, and `Uncompilable` where the mappings have errors.
    """
    settings = project_settings(start, wanted)
    chosen = settings.find_site(site)
    found = find_wanted(settings, wanted)
    check_overlays(settings, chosen)
    folder, compiled = cached_release(
        found.files,
        _roots(settings, found.files, chosen.overlays),
        chosen.overlays,
        tuple(m for m in settings.functions if m != LIBRARY),
        fresh,
        settings.x12_maps,
    )
    if folder is None:
        assert compiled is not None
        raise Uncompilable(compiled)
    return Session(settings, chosen, found, folder, compiled)


def _roots(settings: Settings, files: Iterable[Path], overlays: Iterable[str]) -> tuple[Path, ...]:
    """Where imports are looked up. Outside a project standard modules see each other only: one release for all."""
    used = (*files, *(module_file(settings, name) for name in overlays))
    standard = all(path is not None and path.is_relative_to(standard_mappings()) for path in used)
    return (standard_mappings(),) if standard and settings.file is None else settings.roots


def project_settings(start: Path | None = None, wanted: str = "") -> Settings:
    """The settings of the current folder's project; of the folder of a `.map` file that lies in a project elsewhere.

    The project's folder becomes importable, so that functions of its own Python modules are found.
    """
    folder = start or Path.cwd()
    if wanted.endswith(".map") and find_settings(folder) is None and Path(wanted).is_file():
        folder = Path(wanted).resolve().parent
    settings = settings_for(folder)
    if len(settings.functions) > 1 and str(settings.folder) not in sys.path:
        sys.path.insert(0, str(settings.folder))
    return settings


def run_site(site: Site) -> RunSite:
    """A site's settings as the runtime takes them."""
    values = {name: value for name, value in site.values.items() if name not in ("zone", "base")}
    return RunSite(site.zone, site.base, values, site.tables, site.partner)


# -- which modules -------------------------------------------------------------------------------


def find_wanted(settings: Settings, wanted: str) -> Wanted:
    """What `auto`, `hl7v2_fhir.adt`, `hl7v2_fhir.adt.adt` or `mappings/mine.map` stands for. Raises `UnknownName`."""
    if wanted == AUTO:
        return Wanted((*standard_modules(), *project_modules(settings)))
    if wanted.endswith(".map") or os.sep in wanted:
        return Wanted((_map_file(wanted),), module_name(settings, Path(wanted)))
    if _NAME.fullmatch(wanted):
        for module, mapping in ((wanted, ""), (*wanted.rpartition(".")[::2],)):
            file = module_file(settings, module) if module else None
            if file is not None:
                return Wanted(_with_standard(file), module, mapping)
    known = [module_name(settings, path) for path in (*standard_modules(), *project_modules(settings))]
    close = nearest(wanted, [*known, AUTO])
    raise UnknownName(
        f"there is no mapping or module {wanted!r}" + (f"; did you mean {close}?" if close else "")
    )


def _map_file(wanted: str) -> Path:
    path = Path(wanted)
    if path.is_file() and path.suffix == ".map":
        return path
    if path.exists():
        raise UnknownName(f"{wanted} is no .map file")
    raise UnknownName(f"there is no file {wanted}{near_file(path)}")


def near_file(path: Path) -> str:
    """`; did you mean ...?` for a path that does not exist, from the names in its folder; empty where none is close."""
    try:
        names = [each.name for each in path.parent.iterdir()]
    except OSError:
        return ""
    close = nearest(path.name, names)
    return f"; did you mean {close}?" if close else ""


def _with_standard(file: Path) -> tuple[Path, ...]:
    """A module; a standard one together with all others, so that one release serves them all."""
    return tuple(standard_modules()) if file in standard_modules() else (file,)


def module_file(settings: Settings, module: str) -> Path | None:
    """The file of a module, looked up as an import would be."""
    relative = Path(*module.split(".")).with_suffix(".map")
    return next((path for root in settings.roots if (path := root / relative).is_file()), None)


def module_name(settings: Settings, path: Path) -> str:
    """The dotted name of a module's file: relative to the innermost root that holds it, else its stem."""
    resolved = path.resolve()
    holding = [root for root in settings.roots if resolved.is_relative_to(root)]
    if not holding:
        return path.stem
    innermost = max(holding, key=lambda root: len(root.parts))
    return ".".join(resolved.relative_to(innermost).with_suffix("").parts)


def standard_modules() -> list[Path]:
    """All modules that ship with mapper, but for the overlays of its sites."""
    root = standard_mappings()
    return [path for path in sorted(root.rglob("*.map")) if path.relative_to(root).parts[0] != _SITES]


def project_modules(settings: Settings) -> list[Path]:
    """All `.map` files of a project's sources; none where there is no `mapper.toml`."""
    if settings.file is None:
        return []
    return list(dict.fromkeys(path for root in settings.sources for path in map_files(root)))


def map_files(folder: Path) -> Iterable[Path]:
    """The `.map` files below a folder, in order; hidden folders and those of tools are left out."""
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED and not name.startswith("."))
        yield from (Path(where) / name for name in sorted(files) if name.endswith(".map"))


def check_overlays(settings: Settings, site: Site) -> None:
    """Raises `UnknownName` where a site names an overlay that is no module."""
    for name in site.overlays:
        if module_file(settings, name) is None:
            roots = (*settings.sources, *settings.imports, standard_mappings())
            known = [module_name(settings, path) for root in roots for path in map_files(root)]
            close = nearest(name, known)
            hint = f"; did you mean {close}?" if close else ""
            raise UnknownName(
                f"the site {site.name} has the overlay {name!r}, and there is no such module{hint}"
            )


def _is_standard(entry: Entry, settings: Settings) -> bool:
    file = module_file(settings, entry.module)
    return file is not None and file.is_relative_to(standard_mappings())
