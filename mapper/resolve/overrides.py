"""Overlays: what one module overrides, in place of the base declarations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from mapper.diagnostics import Diagnostic, diagnostic
from mapper.resolve.model import MappingInfo, Program, TableInfo
from mapper.resolve.modules import ModuleFile
from mapper.resolve.tables import read_rows
from mapper.suggest import nearest
from mapper.syntax import tree
from mapper.syntax.tree import Name


class Overrides:
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

    def _replace(self, kind: str, base: MappingInfo | TableInfo, changed: MappingInfo | TableInfo) -> None:
        self.program.overlaid.setdefault(base.module, set()).add(self.module.name)
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
        case tree.Require(outcome=tree.Outcome(at=tree.Path() as at)):
            return None if path_text(at) == wanted else statement
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
