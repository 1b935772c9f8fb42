"""The settings of a project: `mapper.toml`, found from the current folder upward."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Literal, cast

from mapper.assets import standard_mappings
from mapper.settings.reader import Problem, SettingsError, Table, read
from mapper.settings.site import Site, load_site
from mapper.suggest import nearest
from runtime.codecs.limits import DEFAULT_LIMITS, Limits

FILE_NAME = "mapper.toml"
LIBRARY = "runtime.lib"  # the functions that ship with mapper are always allowed

BundleKind = Literal["message", "transaction"]

_PYTHON_MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a project says of itself. All paths are absolute; a project without a file has the defaults.

    `sources` are the roots of the project's own modules, `imports` further folders in which an import is looked
    up (after the sources, before the standard mappings). `functions` are the Python modules and packages whose
    functions a `.map` file may declare. `x12_maps` are further X12 guides, below the project's folder, `x12_codes`
    folders with code lists; `control_numbers` is the file that keeps X12 control numbers. `sites` names site files;
    `site` is the one used when none is asked for.
    """

    folder: Path
    file: Path | None = None
    sources: tuple[Path, ...] = ()
    imports: tuple[Path, ...] = ()
    functions: tuple[str, ...] = (LIBRARY,)
    sites: Mapping[str, Path] = field(default_factory=dict)
    site: str = ""
    bundle: BundleKind = "message"
    limits: Limits = DEFAULT_LIMITS
    x12_maps: tuple[Path, ...] = ()
    control_numbers: Path | None = None
    x12_codes: tuple[Path, ...] = ()

    @property
    def roots(self) -> tuple[Path, ...]:
        """Where modules are looked up, in order: the project's own first, the standard mappings last."""
        return tuple(dict.fromkeys((*self.sources, *self.imports, standard_mappings())))

    def allows(self, module: str) -> bool:
        """Whether functions may come from a Python module."""
        return any(module == allowed or module.startswith(f"{allowed}.") for allowed in self.functions)

    def find_site(self, name_or_file: str | None = None) -> Site:
        """The site by name or by file; the project's default site for `None`; an empty site where there is none.

        Raises `SettingsError` for a name that is not declared and no file.
        """
        wanted = name_or_file or self.site
        if not wanted:
            return Site()
        path = self.sites.get(wanted) or _site_file(wanted)
        if path is None:
            raise SettingsError([self._unknown_site(wanted)])
        return replace(load_site(path), name=wanted if wanted in self.sites else path.stem)

    def _unknown_site(self, wanted: str) -> Problem:
        known = {*self.sites, *(path.stem for path in _standard_sites())}
        close = nearest(wanted, sorted(known))
        hint = (
            f"did you mean {close}?" if close else f"[sites] in {FILE_NAME} names them, or give a .toml file"
        )
        return Problem(str(self.file or self.folder), 0, "", f"there is no site {wanted!r}; {hint}")


def _standard_sites() -> list[Path]:
    return sorted((standard_mappings() / "sites").glob("*.toml"))


def _site_file(wanted: str) -> Path | None:
    """A file as given, or a site that ships with the standard mappings."""
    if wanted.endswith(".toml"):
        return Path(wanted)
    return next((path for path in _standard_sites() if path.stem == wanted), None)


def find_settings(start: Path) -> Path | None:
    """The nearest `mapper.toml` in a folder (or a file's folder) or above it."""
    folder = start.resolve()
    return next((path for up in (folder, *folder.parents) if (path := up / FILE_NAME).is_file()), None)


def settings_for(start: Path) -> Settings:
    """The settings that hold in a folder; without a file, modules lie in the folder itself. Raises `SettingsError`."""
    file = find_settings(start)
    if file is not None:
        return load_settings(file)
    folder = start.resolve()
    folder = folder if folder.is_dir() else folder.parent
    return Settings(folder, sources=(folder,))


def load_settings(path: Path) -> Settings:
    """Read a `mapper.toml`. Raises `SettingsError` with everything that is wrong in it."""
    document = read(path)
    table, folder = document.table(), path.resolve().parent
    sites = _sites(table.table("sites"), folder)
    defaults = table.table("defaults")
    x12 = table.table("x12")
    settings = Settings(
        folder=folder,
        file=path.resolve(),
        sources=_folders(table, "sources", folder, ("mappings",)),
        imports=_folders(table, "imports", folder, ()),
        functions=_functions(table),
        sites=sites,
        site=_default_site(defaults, sites),
        bundle=cast(BundleKind, defaults.choice("bundle", ("message", "transaction"), "message")),
        limits=_limits(table.table("limits")),
        x12_maps=_inside(x12, "maps", folder),
        control_numbers=_file_to_be(x12, "control_numbers", folder),
        x12_codes=_folders(x12, "codes", folder, ()),
    )
    defaults.done()
    x12.done()
    table.done()
    document.finish()
    return settings


def _folders(table: Table, key: str, folder: Path, default: tuple[str, ...]) -> tuple[Path, ...]:
    paths = tuple((folder / name).resolve() for name in table.texts(key, default))
    if isinstance(table.values.get(key), list):
        for path in paths:
            if not path.is_dir():
                table.tell(key, f"there is no folder {path}")
    return paths


def _inside(table: Table, key: str, folder: Path) -> tuple[Path, ...]:
    """Files that lie below the project's folder, whatever links lead to them."""
    paths: list[Path] = []
    for name in table.texts(key):
        if "\0" in name:
            table.tell(key, f"{name!r} is not the name of a file")
            continue
        path = (folder / name).resolve()
        if not path.is_relative_to(folder):
            table.tell(key, f"{path} lies outside the project")
        elif not path.is_file():
            table.tell(key, f"there is no file {path}")
        paths.append(path)
    return tuple(paths)


def _file_to_be(table: Table, key: str, folder: Path) -> Path | None:
    """A file that is made when it is needed; relative to the project's folder."""
    name = table.text(key)
    if not name:
        return None
    if "\0" in name:
        table.tell(key, f"{name!r} is not the name of a file")
        return None
    path = (folder / name).resolve()
    if not path.parent.is_dir():
        table.tell(key, f"there is no folder {path.parent}")
    return path


def _functions(table: Table) -> tuple[str, ...]:
    modules = table.texts("functions")
    for module in modules:
        if not _PYTHON_MODULE.fullmatch(module):
            table.tell("functions", f"{module!r} is not the name of a Python module, like clinic.functions")
    return (LIBRARY, *modules)


def _sites(table: Table, folder: Path) -> dict[str, Path]:
    paths = {name: folder / file for name, file in table.mapping().items()}
    for name, path in paths.items():
        if not path.is_file():
            table.tell(name, f"there is no file {path}")
    return paths


def _default_site(defaults: Table, sites: Mapping[str, Path]) -> str:
    known = {*sites, *(path.stem for path in _standard_sites())}

    def problem(name: str) -> str | None:
        close = nearest(name, sorted(known))
        return (
            None
            if name in known
            else "[sites] has no such site" + (f"; did you mean {close}?" if close else "")
        )

    return defaults.checked("site", problem)


def _limits(table: Table) -> Limits:
    values = {each.name: table.size(each.name, getattr(DEFAULT_LIMITS, each.name)) for each in fields(Limits)}
    table.done()
    return Limits(**values)
