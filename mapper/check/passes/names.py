"""Names that a module brings in or declares and never uses (W902, W906)."""

from __future__ import annotations

from mapper.diagnostics import Diagnostic, diagnostic
from mapper.resolve.modules import ModuleFile
from mapper.resolve.program import Program, Scope, TableInfo
from mapper.syntax import tree


def unused_imports(program: Program, scope: Scope) -> list[Diagnostic]:
    """Imported names that no line of the module uses and no other module imports from it.

    An import that brings extensions is used. An overlay may drop the lines that used a name: its base modules are
    not told, nor is an overlay that is not applied.
    """
    module = program.modules[scope.module]
    own = (info for info in scope.mappings.values() if info.module == scope.module)
    changed = any(info.statements is not info.declaration.body.statements for info in own)
    if changed or _is_idle_overlay(program, scope):
        return []
    used = scope.used | _systems_in_rows(scope) | program.imported_from.get(scope.module, frozenset())
    needed = {owner for name, owner in module.imported.items() if name in used}
    names = (name for d in module.tree.declarations if isinstance(d, tree.Import) for name in d.names)
    return [
        diagnostic(
            "W902",
            f"`{name.text}` is imported and never used",
            name.span,
            "unused",
            help="remove it from the import",
        )
        for name in names
        if name.text not in used
        and (module.imported[name.text] in needed or not _extends(program, module, name.text))
    ]


def _is_idle_overlay(program: Program, scope: Scope) -> bool:
    """Whether a module overrides something in a run that does not apply it."""
    declarations = program.modules[scope.module].tree.declarations
    overlay = any(isinstance(d, tree.OverrideMapping | tree.OverrideTable) for d in declarations)
    return overlay and scope.module not in program.overlays


def _extends(program: Program, module: ModuleFile, name: str) -> bool:
    """Whether an import brings extensions of a schema with it."""
    owner = program.scopes.get(module.imported[name])
    return owner is not None and bool(owner.schemas.extends)


def _systems_in_rows(scope: Scope) -> frozenset[str]:
    """Systems that cells of the module's own tables name."""
    own = (t for t in scope.tables.values() if isinstance(t, TableInfo) and t.module == scope.module)
    uris = {
        cell.system
        for table in own
        for row in table.rows
        for cell in (*row.left, *row.right)
        if cell is not None
    }
    return frozenset(name for name, system in scope.systems.items() if system.uri in uris)


def unused_tables(program: Program, scope: Scope) -> list[Diagnostic]:
    """Tables that no line uses and no module imports. A module of tables alone is a library for others."""
    declares = any(info.module == scope.module for info in scope.mappings.values())
    if not declares or _is_idle_overlay(program, scope):
        return []
    return [
        diagnostic(
            "W906",
            f"the table `{table.name}` is never used",
            table.declaration.name.span,
            "declared here",
            help="use it with `using table`, or remove it",
        )
        for table in scope.tables.values()
        if table.module == scope.module
        and table.name not in scope.used
        and (scope.module, table.name) not in program.imported_names
    ]
