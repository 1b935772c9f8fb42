"""What every name means: mappings, tables, functions and systems by module, with overrides applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from mapper.diagnostics import Diagnostic, Label, Severity, diagnostic
from mapper.resolve.lookups import read_lookup
from mapper.resolve.model import FunctionInfo, LookupInfo, MappingInfo, Program, Scope, SystemInfo, TableInfo
from mapper.resolve.modules import ModuleFile
from mapper.resolve.overrides import Overrides
from mapper.resolve.schemas import schemas_for
from mapper.resolve.tables import read_rows
from mapper.source import SourceFile, Span
from mapper.suggest import nearest
from mapper.syntax import tree
from mapper.syntax.tree import Name

__all__ = [
    "FunctionInfo",
    "LookupInfo",
    "MappingInfo",
    "Program",
    "Scope",
    "SystemInfo",
    "TableInfo",
    "resolve",
]

KINDS = {
    tree.Mapping: "mappings",
    tree.CodeTable: "tables",
    tree.LookupTable: "tables",
    tree.Function: "functions",
    tree.System: "systems",
}


def resolve(
    modules: Mapping[str, ModuleFile],
    sources: Mapping[str, SourceFile],
    overlays: Sequence[str] = (),
    maps: Sequence[Path] = (),
) -> tuple[Program, list[Diagnostic]]:
    """Resolve all modules (given imports first). The overrides of the modules named in `overlays` are applied.

    `maps` are further X12 guides.
    """
    diagnostics: list[Diagnostic] = []
    scopes: dict[str, Scope] = {}
    program = Program(modules, sources, scopes, {}, tuple(overlays), maps=tuple(maps))
    for name, module in modules.items():
        scope = Scope(name)
        scopes[name] = scope
        program.by_file[module.source.path] = scope
        diagnostics += _import_names(module, scope, scopes)
        scope.schemas, problems = schemas_for(
            module, {m: scopes[m].schemas for m in _imports(module) if m in scopes}, maps
        )
        diagnostics += problems
        diagnostics += _declare(module, scope)
    for name in overlays:
        if name in modules:
            diagnostics += Overrides(program, modules[name]).apply()
    files = {
        found.span.file
        for found in diagnostics
        if found.severity is Severity.ERROR and found.span is not None
    }
    program.wrong.update(name for name, module in modules.items() if module.source.path in files)
    return program, diagnostics


def _imports(module: ModuleFile) -> list[str]:
    return list(dict.fromkeys(module.imported.values()))


def _import_names(module: ModuleFile, scope: Scope, scopes: Mapping[str, Scope]) -> list[Diagnostic]:
    """Bring imported names into scope. A table and a mapping may share a name: both come."""
    diagnostics: list[Diagnostic] = []
    for declaration in module.tree.declarations:
        if not isinstance(declaration, tree.Import):
            continue
        for name in declaration.names:
            owner = scopes.get(module.imported.get(name.text, ""))
            if owner is None:
                continue  # told when the module was loaded
            found = False
            for kind in ("mappings", "tables", "functions", "systems"):
                known = getattr(owner, kind)
                if name.text in known:
                    getattr(scope, kind)[name.text] = known[name.text]
                    found = True
            if not found:
                names = [*owner.mappings, *owner.tables, *owner.functions, *owner.systems]
                close = nearest(name.text, names)
                diagnostics.append(
                    diagnostic(
                        "E201",
                        f"`{owner.module}` declares no `{name.text}`",
                        name.span,
                        "not found",
                        help=f"did you mean {close}?" if close else None,
                    )
                )
    return diagnostics


def _declare(module: ModuleFile, scope: Scope) -> list[Diagnostic]:
    """Add a module's own declarations; a name stands once for each kind."""
    diagnostics: list[Diagnostic] = []
    first: dict[tuple[str, str], Span] = {}
    for declaration in module.tree.declarations:
        kind = KINDS.get(type(declaration))
        if kind is None:
            continue
        name: Name = declaration.name  # type: ignore[union-attr]
        earlier = first.setdefault((kind, name.text), name.span)
        if earlier != name.span:
            diagnostics.append(
                diagnostic(
                    "E203",
                    f"`{name.text}` is declared twice",
                    name.span,
                    "again here",
                    others=[Label(earlier, "first declared here")],
                    help="rename or remove one of the two",
                )
            )
            continue
        if name.text in getattr(scope, kind):
            diagnostics.append(
                diagnostic(
                    "E203",
                    f"`{name.text}` is imported and declared",
                    name.span,
                    "declared here",
                    help="import another name, or rename this one",
                )
            )
            continue
        diagnostics += _add(module, scope, declaration)
    return diagnostics


def _add(module: ModuleFile, scope: Scope, declaration: tree.Declaration) -> list[Diagnostic]:
    match declaration:
        case tree.Mapping(name=name, body=body):
            scope.mappings[name.text] = MappingInfo(name.text, module.name, declaration, body.statements)
        case tree.CodeTable(name=name, rows=rows):
            read, problems = read_rows(declaration, rows, module.source.path, scope.systems)
            scope.tables[name.text] = TableInfo(name.text, module.name, declaration, *read)
            return problems
        case tree.LookupTable(name=name):
            found, problems = read_lookup(declaration, module.source.path)
            scope.tables[name.text] = LookupInfo(name.text, module.name, declaration, found)
            return problems
        case tree.Function(name=name):
            scope.functions[name.text] = FunctionInfo(name.text, module.name, declaration)
        case tree.System(name=name, uri=uri):
            scope.systems[name.text] = SystemInfo(name.text, uri.value)
        case _:
            pass
    return []
