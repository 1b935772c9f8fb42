"""The module graph: from root files through their imports, with cycles and missing files reported."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from mapper.diagnostics import Diagnostic, diagnostic
from mapper.source import SourceFile, Span, read_source
from mapper.suggest import nearest
from mapper.syntax import tree

IMPORTED = re.compile(r"^import[ \t]+([\w.]+)[ \t]*\(([^)]*)\)", re.MULTILINE)
DECLARED = re.compile(r"^(?:table|mapping|function|system)[ \t]+([A-Za-z_]\w*)", re.MULTILINE)


Parse = Callable[[SourceFile], tuple[tree.Module, list[Diagnostic]]]


@dataclass(frozen=True)
class Library:
    """Folders that hold modules, searched in order: the project's own first, the standard library last.

    `maps` are the project's own X12 guides.
    """

    roots: tuple[Path, ...]
    maps: tuple[Path, ...] = ()

    def file(self, module: str) -> Path | None:
        """The `.map` file of a dotted module name."""
        relative = Path(*module.split(".")).with_suffix(".map")
        return next((root / relative for root in self.roots if (root / relative).is_file()), None)

    def folder_files(self, module: str) -> dict[str, Path]:
        """The modules inside a folder module such as `tables`, by dotted name; empty where there is no such folder."""
        found: dict[str, Path] = {}
        for root in self.roots:
            folder = root / Path(*module.split("."))
            for path in sorted(folder.glob("*.map")):
                found.setdefault(f"{module}.{path.stem}", path)
        return found

    def name_of(self, path: Path) -> str:
        """The dotted name of a file: relative to the root that holds it (the innermost of several), else its stem."""
        resolved = path.resolve()
        holding = [root for root in map(Path.resolve, self.roots) if resolved.is_relative_to(root)]
        if not holding:
            return path.stem
        innermost = max(holding, key=lambda root: len(root.parts))
        return ".".join(resolved.relative_to(innermost).with_suffix("").parts)

    @cached_property
    def module_names(self) -> tuple[str, ...]:
        """All names of modules and of folders that hold some, for suggestions."""
        names = [self.name_of(path) for root in self.roots for path in sorted(root.rglob("*.map"))]
        folders = [name.rpartition(".")[0] for name in names if "." in name]
        return tuple(dict.fromkeys([*folders, *names]))

    def wanted(self, module: str) -> frozenset[str]:
        """Names that files of the library import from a module, from it or from the folder that holds it."""
        folder = module.rpartition(".")[0]
        return self._imports.get(module, frozenset()) | self._imports.get(folder, frozenset())

    @cached_property
    def _imports(self) -> Mapping[str, frozenset[str]]:
        """Imported names by module or folder, read without parsing: who calls a file is known without checking all."""
        found: dict[str, frozenset[str]] = {}
        for path in {path for root in self.roots for path in root.rglob("*.map")}:
            for module, names in IMPORTED.findall(_text(path)):
                found[module] = found.get(module, frozenset()) | frozenset(re.findall(r"\w+", names))
        return found


@dataclass(frozen=True)
class ModuleFile:
    """One parsed module and where each of its imported names comes from (`name -> module`).

    `wanted` are the names that other files of the library import from it, loaded or not.
    """

    name: str
    source: SourceFile
    tree: tree.Module
    imported: dict[str, str] = field(default_factory=dict)
    broken: bool = False
    wanted: frozenset[str] = frozenset()


@dataclass
class _Loader:
    library: Library
    shown: Callable[[Path], str]
    parse: Parse
    modules: dict[str, ModuleFile] = field(default_factory=dict)
    sources: dict[str, SourceFile] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    loading: list[str] = field(default_factory=list)
    declared: dict[str, frozenset[str]] = field(default_factory=dict)

    def load(self, name: str, path: Path, wanted_at: Span | None = None) -> bool:
        """Load a module and all that it imports; tell whether it is usable."""
        if name in self.modules:
            return not self.modules[name].broken
        if name in self.loading:
            chain = " -> ".join([*self.loading[self.loading.index(name) :], name])
            self.diagnostics.append(
                diagnostic("E204", f"modules import each other: {chain}", wanted_at, "closes the circle")
            )
            return False
        shown = self.shown(path)
        try:
            source = read_source(path, shown)
        except (OSError, UnicodeDecodeError) as error:
            self.diagnostics.append(_unreadable(shown, error, wanted_at))
            self.modules[name] = ModuleFile(name, SourceFile(shown, ""), _empty(shown), broken=True)
            return False
        self.sources[shown] = source
        module, problems = self.parse(source)
        self.diagnostics.extend(problems)
        self.loading.append(name)
        broken = bool(problems)
        imported: dict[str, str] = {}
        for declaration in module.declarations:
            if isinstance(declaration, tree.Import):
                broken |= not self._import(declaration, imported)
        self.loading.pop()
        self.modules[name] = ModuleFile(name, source, module, imported, broken, self.library.wanted(name))
        return not broken

    def _import(self, declaration: tree.Import, imported: dict[str, str]) -> bool:
        """Load what one import line names; record the module of each name."""
        module, usable = declaration.module.text, True
        path = self.library.file(module)
        if path is not None:
            imported.update((name.text, module) for name in declaration.names)
            return self.load(module, path, declaration.module.span)
        files = self.library.folder_files(module)
        if not files:
            close = nearest(module, self.library.module_names)
            hint = (
                f"did you mean {close}?"
                if close
                else "modules are looked up in the source roots of mapper.toml and the standard library"
            )
            self.diagnostics.append(
                diagnostic(
                    "E202", f"there is no module `{module}`", declaration.module.span, "not found", help=hint
                )
            )
            return False
        for name in declaration.names:
            owner = self._owner(name.text, files)
            if owner is None:
                known = [known for path in files.values() for known in self._declared_in(path)]
                close = nearest(name.text, known)
                self.diagnostics.append(
                    diagnostic(
                        "E201",
                        f"no module in `{module}` declares `{name.text}`",
                        name.span,
                        "not found",
                        help=f"did you mean {close}?" if close else None,
                    )
                )
                usable = False
                continue
            imported[name.text] = owner
            usable &= self.load(owner, files[owner], name.span)
        return usable

    def _owner(self, name: str, files: dict[str, Path]) -> str | None:
        by_file = next((module for module in files if module.rsplit(".", 1)[1] == name), None)
        if by_file and name in self._declared_in(files[by_file]):
            return by_file
        return next((module for module, path in files.items() if name in self._declared_in(path)), None)

    def _declared_in(self, path: Path) -> frozenset[str]:
        """Names that a file declares, read without parsing it: only the files that are needed get parsed."""
        key = str(path)
        if key not in self.declared:
            self.declared[key] = frozenset(DECLARED.findall(_text(path)))
        return self.declared[key]


def _text(path: Path) -> str:
    """The text of a file that is only searched; what cannot be read holds nothing."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def load_modules(
    roots: Sequence[Path],
    library: Library,
    shown: Callable[[Path], str] = str,
    parse: Parse | None = None,
) -> tuple[dict[str, ModuleFile], dict[str, SourceFile], list[Diagnostic]]:
    """Parse the root files and everything they import; `parse` may know the trees of texts that it has seen before.

    Returns modules by dotted name (imports before importers), source files by shown path, and diagnostics.
    """
    loader = _Loader(library, shown, parse or _parser())
    for path in roots:
        loader.load(library.name_of(path), path)
    return loader.modules, loader.sources, loader.diagnostics


def reached(files: Iterable[Path], library: Library) -> list[Path]:
    """Files and those that they import, as far as can be told without parsing; the last to be loaded come first."""
    declared = cache(lambda path: frozenset(DECLARED.findall(_text(path))))
    folder_files = cache(library.folder_files)
    found: dict[Path, None] = {}
    left = [*files]
    while left:
        path = left.pop()
        if path in found:
            continue
        found[path] = None
        for module, listed in IMPORTED.findall(_text(path)):
            names = frozenset(re.findall(r"\w+", listed))
            file = library.file(module)
            if file is not None:
                left.append(file)
            else:
                left += [
                    each for each in folder_files(module).values() if not names.isdisjoint(declared(each))
                ]
    return list(found)


def _parser() -> Parse:
    """With it comes Lark: slow to load, and of no use where trees are known."""
    from mapper.syntax.parser import parse

    return parse


def _empty(shown: str) -> tree.Module:
    return tree.Module(shown, (), Span(shown, 0, 0))


def _unreadable(shown: str, error: OSError | UnicodeDecodeError, wanted_at: Span | None) -> Diagnostic:
    if isinstance(error, UnicodeDecodeError):
        return diagnostic(
            "E100",
            f"{shown} is not UTF-8: byte {error.start} cannot be read",
            wanted_at or Span(shown, 0, 0),
            help="save the file as UTF-8; a file in Latin-1 or UTF-16 is not read",
        )
    return diagnostic("E100", f"{shown} cannot be read: {error.strerror}", wanted_at or Span(shown, 0, 0))
