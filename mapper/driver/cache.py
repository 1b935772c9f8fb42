"""Releases that were built before, found again by what went into them: a warm start compiles and parses nothing."""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from mapper.assets import grammar
from runtime.lib.memory import NoCollection
from runtime.release import MANIFEST

if TYPE_CHECKING:
    from mapper.driver.compile import Compiled
    from mapper.resolve import Library
    from mapper.resolve.modules import ModuleFile

LIBRARY = "runtime.lib"
_NO_PART = ("__pycache__", "_assets", "cli", "render", "verify", "spec")  # folders that no release depends on
_KEPT = 40  # releases; the longest unused go first
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_SETTLED = 3600.0  # seconds; a younger release may be another process's, which has yet to write its index


@dataclass(frozen=True, slots=True)
class Stamp:
    """A file or folder that a release was made from: its size and time, and for a file the hash of its content."""

    path: str
    size: int
    time: int
    hash: str

    def holds(self) -> bool:
        """Whether it is as it was. A file whose time alone changed is read."""
        try:
            found = Path(self.path).stat()
        except OSError:
            return False
        if not self.hash:
            return found.st_mtime_ns == self.time
        same_size = found.st_size == self.size
        return same_size and (found.st_mtime_ns == self.time or _hash_of(Path(self.path)) == self.hash)


def cached_release(
    files: Sequence[Path],
    roots: Sequence[Path],
    overlays: Sequence[str] = (),
    allowed: Sequence[str] = (),
    fresh: bool = False,
    maps: Sequence[Path] = (),
) -> tuple[Path | None, Compiled | None]:
    """The release of some files, built only where something that it was made from has changed.

    `roots` are the folders in which modules are looked up, `allowed` Python modules whose functions may be used, `maps`
    the project's own X12 guides.
    Returns the release's folder, and what was compiled if it had to be; the folder is `None` where the compiler
    found errors.
    """
    index = cache_folder() / f"{_key(files, roots, overlays, allowed, maps)}.json"
    if not fresh and (known := _known(index)) is not None:
        return known, None
    from mapper.resolve import Library

    with NoCollection(stays=True):
        return _built(index, files, Library(tuple(roots), tuple(maps)), overlays, allowed)


def shown_path(path: Path) -> str:
    """A path as people see it: relative to the current folder where it lies below it."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _built(
    index: Path, files: Sequence[Path], library: Library, overlays: Sequence[str], allowed: Sequence[str]
) -> tuple[Path | None, Compiled]:
    """Compile and build a release, and write the index that finds it again."""
    from mapper.driver.compile import compile_project

    compiled = compile_project(files, library, overlays, (LIBRARY, *allowed), shown_path)
    if compiled.failed:
        return None, compiled
    stamps = inputs(compiled, library, allowed)
    name = hashlib.sha256(f"{index.stem} {[(s.path, s.hash) for s in stamps]}".encode()).hexdigest()[:32]
    folder = index.parent / name
    _build(compiled, folder)
    write_whole(index, {"release": name, "inputs": [asdict(stamp) for stamp in stamps]})
    _prune(index.parent)
    return folder, compiled


def _build(compiled: Compiled, folder: Path) -> None:
    from mapper.driver.build import build_release

    try:
        build_release(compiled, folder)
    except OSError:
        if not (folder / MANIFEST).is_file():  # else another process has just built the very same
            raise


def _known(index: Path) -> Path | None:
    """The release that an index names, where all that it was made from is as it was."""
    try:
        entry = json.loads(index.read_text(encoding="utf-8"))
        folder: Path = index.parent / entry["release"]
        stamps = [Stamp(**stamp) for stamp in entry["inputs"]]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not (folder / MANIFEST).is_file() or not all(stamp.holds() for stamp in stamps):
        return None
    return folder


def inputs(compiled: Compiled, library: Library, allowed: Sequence[str]) -> list[Stamp]:
    """All that the compiler looked at: sources, tables, modules of functions, and the folders they were found in.

    A folder counts by its time, which changes when a file appears in it that might shadow another.
    """
    sources = {Path(source.path).resolve() for source in compiled.sources.values()}
    folders = {path.parent for path in sources}
    for name in compiled.program.modules:
        folders |= {(root / Path(*name.split("."))).parent for root in library.roots}
    tables = {table for folder in folders for table in folder.glob("*.tsv")}
    tables.update(path for module in compiled.program.modules.values() for path in table_files(module))
    code = {path for module in allowed for path in function_files(module)}
    found = [_stamp(path, content=True) for path in sorted(sources | tables | code | {*library.maps})]
    return [*found, *(_stamp(path, content=False) for path in sorted(folders) if path.is_dir())]


def table_files(module: ModuleFile) -> Iterator[Path]:
    """The files that a module's tables read their rows from, in whatever folder below its `.map` file."""
    from mapper.resolve.table_files import table_path
    from mapper.syntax import tree

    for declaration in module.tree.declarations:
        origin = declaration.origin if isinstance(declaration, tree.CodeTable | tree.LookupTable) else None
        if isinstance(origin, tree.String):
            yield table_path(origin, module.source.path)


def function_files(module: str) -> Iterator[Path]:
    """The files of a Python module or package of functions."""
    try:
        spec = find_spec(module)
    except (ImportError, ValueError):
        return
    if spec is None or spec.origin is None:
        return
    origin = Path(spec.origin)
    yield from sorted(origin.parent.rglob("*.py")) if spec.submodule_search_locations else [origin]


def _stamp(path: Path, content: bool) -> Stamp:
    found = path.stat()
    return Stamp(str(path), found.st_size, found.st_mtime_ns, _hash_of(path) if content else "")


def _hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _key(
    files: Iterable[Path],
    roots: Iterable[Path],
    overlays: Sequence[str],
    allowed: Sequence[str],
    maps: Iterable[Path],
) -> str:
    told = [
        [str(p.resolve()) for p in files],
        [str(p) for p in roots],
        list(overlays),
        list(allowed),
        [str(p) for p in maps],
        compiler_stamp(),
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]


@cache
def compiler_stamp() -> str:
    """Changes whenever a file of compiler, runtime, schemas or grammar does: sizes and times suffice."""
    package = Path(__file__).resolve().parents[1]
    found = [
        entry for folder in (package, package.parent / "runtime", grammar()) for entry in _files(str(folder))
    ]
    return hashlib.sha256(repr(sorted(found)).encode()).hexdigest()


def _files(folder: str) -> Iterator[tuple[str, int, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in _NO_PART:
                    yield from _files(entry.path)
            else:
                stat = entry.stat()
                yield entry.path, stat.st_size, stat.st_mtime_ns


# -- the folder ----------------------------------------------------------------------------------


def cache_folder() -> Path:
    """`$MAPPER_CACHE`, else `$XDG_CACHE_HOME/mapper`, else `~/.cache/mapper`; else a folder for this process alone."""
    named = os.environ.get("MAPPER_CACHE")
    home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    folder = Path(named) if named else Path(home).expanduser() / "mapper"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        usable = os.access(folder, os.W_OK | os.X_OK) and _private(folder)
    except OSError:
        usable = False
    return folder if usable else _passing_folder()


def _private(folder: Path) -> bool:
    """Whether nobody else can put something there: releases are run as code. A folder of ours is made so."""
    if not hasattr(os, "getuid"):
        return True
    found = folder.stat()
    if found.st_uid != os.getuid():
        return False
    if found.st_mode & _OTHERS_WRITE:
        folder.chmod(stat.S_IMODE(found.st_mode) & ~_OTHERS_WRITE)
    return True


@cache
def _passing_folder() -> Path:
    folder = tempfile.mkdtemp(prefix="mapper-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def write_whole(path: Path, entry: object) -> None:
    """Write JSON in one rename: a reader sees the old file or the new one."""
    scratch = path.with_suffix(f".{os.getpid()}")
    scratch.write_text(json.dumps(entry), encoding="utf-8")
    scratch.replace(path)


def _prune(folder: Path) -> None:
    """Remove releases that no index names any more, and of the rest the oldest beyond those that are kept."""
    indexes = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    for index in indexes[_KEPT:]:
        index.unlink(missing_ok=True)
    named = set()
    for index in indexes[:_KEPT]:
        try:
            named.add(json.loads(index.read_text(encoding="utf-8"))["release"])
        except (OSError, ValueError, KeyError):
            continue
    for release in folder.iterdir():
        settled = (release / MANIFEST).is_file() and time.time() - release.stat().st_mtime > _SETTLED
        if settled and not release.name.startswith(".") and release.name not in named:
            shutil.rmtree(release, ignore_errors=True)
