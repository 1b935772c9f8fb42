"""What names stand for, what a module sees, and the whole program."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from mapper.resolve.lookups import LookupRow
from mapper.resolve.modules import ModuleFile
from mapper.resolve.schemas import Schemas
from mapper.resolve.tables import CodeRow
from mapper.source import SourceFile, Span
from mapper.syntax import tree
from mapper.syntax.tree import Name


@dataclass(frozen=True)
class MappingInfo:
    """A mapping with its overrides applied. `statements` of an overlay keep the overlay's spans, and so its scope."""

    name: str
    module: str
    declaration: tree.Mapping
    statements: tuple[tree.Statement, ...]

    @property
    def qualified(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(frozen=True)
class TableInfo:
    """A code table with its rows read and overrides applied."""

    name: str
    module: str
    declaration: tree.CodeTable
    rows: tuple[CodeRow, ...]
    otherwise: tuple[tree.OtherwiseRow, ...] = ()
    ignored: Mapping[str, str] = field(default_factory=dict)

    @property
    def qualified(self) -> str:
        return f"{self.module}.{self.name}"

    @property
    def from_site(self) -> bool:
        return isinstance(self.declaration.origin, Name)


@dataclass(frozen=True)
class LookupInfo:
    """A look-up table with its rows read."""

    name: str
    module: str
    declaration: tree.LookupTable
    rows: tuple[LookupRow, ...] = ()

    @property
    def qualified(self) -> str:
        return f"{self.module}.{self.name}"

    @property
    def keys(self) -> tuple[tree.Column, ...]:
        """The columns that a look-up gives, in their order."""
        return tuple(column for column in self.declaration.columns if column.key)


@dataclass(frozen=True)
class FunctionInfo:
    name: str
    module: str
    declaration: tree.Function


@dataclass(frozen=True)
class SystemInfo:
    name: str
    uri: str


@dataclass
class Scope:
    """What one module sees: its own names, the imported ones, and a schema for each format that it uses."""

    module: str
    mappings: dict[str, MappingInfo] = field(default_factory=dict)
    tables: dict[str, TableInfo | LookupInfo] = field(default_factory=dict)
    functions: dict[str, FunctionInfo] = field(default_factory=dict)
    systems: dict[str, SystemInfo] = field(default_factory=dict)
    schemas: Schemas = field(default_factory=Schemas)
    used: set[str] = field(default_factory=set)

    def use(self, name: str) -> None:
        """Remember that a line uses a name."""
        self.used.add(name)


@dataclass
class Program:
    """All modules, resolved. `scopes` is keyed by module, `by_file` by the shown path of the source file.

    `overlays` are the modules whose overrides are applied; `overlaid` says which of them change something of a module.
    `maps` are the project's own X12 guides, `wrong` the modules in which a name or a declaration is wrong.
    """

    modules: Mapping[str, ModuleFile]
    sources: Mapping[str, SourceFile]
    scopes: dict[str, Scope]
    by_file: dict[str, Scope]
    overlays: tuple[str, ...] = ()
    overlaid: dict[str, set[str]] = field(default_factory=dict)
    maps: tuple[Path, ...] = ()
    wrong: set[str] = field(default_factory=set)

    @cached_property
    def imported_names(self) -> frozenset[tuple[str, str]]:
        """Every module and name that some module imports, or another file of the library would."""
        loaded = (
            (owner, name) for module in self.modules.values() for name, owner in module.imported.items()
        )
        others = ((module.name, name) for module in self.modules.values() for name in module.wanted)
        return frozenset([*loaded, *others])

    @cached_property
    def imported_from(self) -> Mapping[str, frozenset[str]]:
        """The same by module."""
        found: dict[str, set[str]] = {}
        for owner, name in self.imported_names:
            found.setdefault(owner, set()).add(name)
        return {owner: frozenset(names) for owner, names in found.items()}

    def scope_at(self, span: Span) -> Scope:
        """The scope in which a name at that span is looked up: an overlay's line sees the overlay's imports."""
        return self.by_file[span.file]

    def mappings(self) -> Iterable[MappingInfo]:
        """Every mapping once, in module order."""
        for module, scope in self.scopes.items():
            for info in scope.mappings.values():
                if info.module == module:
                    yield info
