"""What every name means: mappings, tables, functions and systems by module, with overrides applied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from mapper.diagnostics import Diagnostic, Label, Severity, diagnostic
from mapper.resolve.modules import ModuleFile
from mapper.resolve.schemas import Schemas, schemas_for
from mapper.resolve.tables import CodeRow, read_rows
from mapper.source import SourceFile, Span
from mapper.suggest import nearest
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
    name: str
    module: str
    declaration: tree.LookupTable


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

    `wrong` are the modules in which a name or a declaration is wrong.
    """

    modules: Mapping[str, ModuleFile]
    sources: Mapping[str, SourceFile]
    scopes: dict[str, Scope]
    by_file: dict[str, Scope]
    overlays: tuple[str, ...] = ()
    wrong: set[str] = field(default_factory=set)

    @cached_property
    def imported_names(self) -> frozenset[tuple[str, str]]:
        """Every module and name that some module imports."""
        return frozenset(
            (owner, name) for module in self.modules.values() for name, owner in module.imported.items()
        )

    def scope_at(self, span: Span) -> Scope:
        """The scope in which a name at that span is looked up: an overlay's line sees the overlay's imports."""
        return self.by_file[span.file]

    def mappings(self) -> Iterable[MappingInfo]:
        """Every mapping once, in module order."""
        for module, scope in self.scopes.items():
            for info in scope.mappings.values():
                if info.module == module:
                    yield info


KINDS = {
    tree.Mapping: "mappings",
    tree.CodeTable: "tables",
    tree.LookupTable: "tables",
    tree.Function: "functions",
    tree.System: "systems",
}


def resolve(
    modules: Mapping[str, ModuleFile], sources: Mapping[str, SourceFile], overlays: Sequence[str] = ()
) -> tuple[Program, list[Diagnostic]]:
    """Resolve all modules (given imports first). The overrides of the modules named in `overlays` are applied."""
    diagnostics: list[Diagnostic] = []
    scopes: dict[str, Scope] = {}
    program = Program(modules, sources, scopes, {}, tuple(overlays))
    for name, module in modules.items():
        scope = Scope(name)
        scopes[name] = scope
        program.by_file[module.source.path] = scope
        diagnostics += _import_names(module, scope, scopes)
        scope.schemas, problems = schemas_for(
            module, {m: scopes[m].schemas for m in _imports(module) if m in scopes}
        )
        diagnostics += problems
        diagnostics += _declare(module, scope)
    for name in overlays:
        if name in modules:
            diagnostics += _Overrides(program, modules[name]).apply()
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
            scope.tables[name.text] = LookupInfo(name.text, module.name, declaration)
        case tree.Function(name=name):
            scope.functions[name.text] = FunctionInfo(name.text, module.name, declaration)
        case tree.System(name=name, uri=uri):
            scope.systems[name.text] = SystemInfo(name.text, uri.value)
        case _:
            pass
    return []


class _Overrides:
    """Applies what one overlay module overrides, in place of the base declarations, for all modules."""

    def __init__(self, program: Program, module: ModuleFile) -> None:
        self.program = program
        self.module = module
        self.scope = program.scopes[module.name]
        self.diagnostics: list[Diagnostic] = []

    def apply(self) -> list[Diagnostic]:
        for declaration in self.module.tree.declarations:
            match declaration:
                case tree.OverrideMapping():
                    self._mapping(declaration)
                case tree.OverrideTable():
                    self._table(declaration)
                case _:
                    pass
        return self.diagnostics

    def _mapping(self, override: tree.OverrideMapping) -> None:
        base = self.scope.mappings.get(override.name.text)
        if base is None:
            self._unknown(override.name, "mapping", self.scope.mappings)
            return
        self.scope.use(override.name.text)
        statements = base.statements
        added: list[tree.Statement] = []
        for statement in override.body.statements:
            if isinstance(statement, tree.Drop):
                statements = self._drop(statements, statement)
            else:
                added.append(statement)
        changed = replace(base, statements=(*statements, *added))
        self._replace("mappings", base, changed)

    def _drop(self, statements: tuple[tree.Statement, ...], drop: tree.Drop) -> tuple[tree.Statement, ...]:
        for path in drop.paths:
            wanted = path_text(path)
            kept = tuple(kept for s in statements if (kept := _without(s, wanted)) is not None)
            if kept == statements:
                known = sorted(set(_written(statements)))
                close = nearest(wanted, known)
                self.diagnostics.append(
                    diagnostic(
                        "E210",
                        f"no line of the mapping has `{wanted}` on a side",
                        path.span,
                        "nothing to drop",
                        help=f"did you mean {close}?" if close else None,
                    )
                )
            statements = kept
        return statements

    def _table(self, override: tree.OverrideTable) -> None:
        base = self.scope.tables.get(override.name.text)
        if not isinstance(base, TableInfo):
            self._unknown(override.name, "table", self.scope.tables)
            return
        self.scope.use(override.name.text)
        (rows, otherwise, ignored), problems = read_rows(
            base.declaration, override.rows, self.module.source.path, self.scope.systems, with_origin=False
        )
        self.diagnostics += problems
        kept = tuple(row for row in base.rows if not any(new.replaces(row) for new in rows))
        changed = replace(
            base,
            rows=(*kept, *rows),
            otherwise=otherwise or base.otherwise,
            ignored={**base.ignored, **ignored},
        )
        self._replace("tables", base, changed)

    def _replace(self, kind: str, base: object, changed: object) -> None:
        for scope in self.program.scopes.values():
            known = getattr(scope, kind)
            for name, info in known.items():
                if info is base:
                    known[name] = changed

    def _unknown(self, name: Name, kind: str, known: Mapping[str, object]) -> None:
        close = nearest(name.text, known)
        self.diagnostics.append(
            diagnostic(
                "E210",
                f"there is no {kind} `{name.text}` to override",
                name.span,
                "not imported",
                help=f"did you mean {close}?" if close else f"import the {kind} that this site changes",
            )
        )


def _without(statement: tree.Statement, wanted: str) -> tree.Statement | None:
    """The statement without its lines for a path (nested ones too); `None` where nothing is left of it."""
    match statement:
        case tree.Link(left=left, right=right, body=body):
            if wanted in {expr_text(e) for e in (*left, *right)}:
                return None
            return replace(statement, body=_body_without(body, wanted)) if body else statement
        case tree.Choose(cases=cases, otherwise=otherwise):
            changed = tuple(replace(case, body=_body_without(case.body, wanted)) for case in cases)
            return replace(
                statement, cases=changed, otherwise=_body_without(otherwise, wanted) if otherwise else None
            )
        case tree.Ignore(paths=paths):
            kept = tuple(path for path in paths if path_text(path) != wanted)
            return replace(statement, paths=kept) if kept else None
        case _:
            return statement


def _body_without(body: tree.Body, wanted: str) -> tree.Body:
    return replace(
        body, statements=tuple(k for s in body.statements if (k := _without(s, wanted)) is not None)
    )


def _written(statements: Iterable[tree.Statement]) -> Iterable[str]:
    for statement in statements:
        match statement:
            case tree.Link(left=left, right=right, body=body):
                yield from (expr_text(e) for e in (*left, *right))
                if body:
                    yield from _written(body.statements)
            case tree.Choose(cases=cases, otherwise=otherwise):
                for case in cases:
                    yield from _written(case.body.statements)
                if otherwise:
                    yield from _written(otherwise.statements)
            case _:
                pass


def expr_text(expr: tree.Expr) -> str:
    """An expression's path as written, for comparisons; empty for anything but a path."""
    return path_text(expr.path) if isinstance(expr, tree.Read) else ""


def path_text(path: tree.Path) -> str:
    """A path as written, without spaces and selectors' details: `PID-5.1`, `identifier[..].value`."""
    text = ""
    for number, step in enumerate(path.steps):
        separator = "" if number == 0 else "."
        text += separator + step.name + (f" after {step.after.text}" if step.after else "")
        for select in step.selects:
            if isinstance(select, tree.Position):
                text += f"[{select.first}]" if select.first == select.end else f"[{select.first}..]"
            else:
                text += "[..]"
    return text
